# SPDX-License-Identifier: Apache-2.0
"""What the README shows: a fleet with something wrong in it. Kept with SKYDEN_UPDATE_GOLDEN=1."""
import os
import pathlib
import unittest

from playwright.sync_api import expect

from daemon import wait_for
from page import ConsoleTest

PICTURE = pathlib.Path(__file__).parents[3] / "schema/console/fleet.png"


class Looks(ConsoleTest):
    def test_a_fleet(self):
        for name, zones in (("payments", 3), ("shop", 2), ("identity", 2), ("search", 0)):
            cp = self.daemon.control_plane(name)
            tokens = [self.daemon.zone_token(cp, f"eu-{i}") for i in range(1, zones + 1)]
            for i, token in enumerate(tokens, start=1):
                self.daemon.play(cp, token, f"eu-{i}", proxies=4)
            if name == "payments":
                self.daemon.zone_token(cp, "us-1")
                self.daemon.play(cp, tokens[0], "us-1")
        wait_for(lambda: self.daemon.api("GET", "/v3/fleet")[1]["totals"]["zones"]["online"] == 7, "seven zones online")
        wait_for(lambda: self.daemon.api("GET", "/v3/fleet")[1]["totals"]["zones"]["refused"] == 1, "one that is refused")
        page = self.signed_in(viewport={"width": 1000, "height": 560})
        expect(page.locator(".causes")).to_contain_text("1 zone refused")
        expect(page.locator(".fresh")).to_contain_text("live")
        if os.environ.get("SKYDEN_UPDATE_GOLDEN"):
            page.screenshot(path=str(PICTURE))


if __name__ == "__main__":
    unittest.main()
