# SPDX-License-Identifier: Apache-2.0
"""One zone: how far it is with what it is sent, what it refused, and when it was connected."""
import json
import unittest

from playwright.sync_api import expect

from page import ConsoleTest
from daemon import wait_for

TIMEOUT = {"type": "MeshTimeout", "mesh": "default", "name": "slow", "spec": {
    "targetRef": {"kind": "Mesh"}, "to": [{"targetRef": {"kind": "Mesh"}, "default": {"connectionTimeout": "7s"}}]}}


class Zone(ConsoleTest):
    def test_what_is_delivered_and_when_it_was_connected(self):
        cp = self.daemon.control_plane("delivering")
        token = self.daemon.zone_token(cp, "eu-1")
        path = f"/v1/mesh/control-planes/{cp}/ops/zones/eu-1"
        page = self.signed_in(f"/console/cp/{cp}/zones/eu-1")
        expect(page.get_by_role("region", name="Delivery")).to_contain_text("not connected")
        expect(page.get_by_role("region", name="Connections")).to_contain_text("never was connected")

        played = self.daemon.play(cp, token, "eu-1")
        expect(page.get_by_role("region", name="Connections")).to_contain_text("until now")
        status, _ = self.daemon.api("PUT", f"/v1/mesh/control-planes/{cp}/api/meshes/default/meshtimeouts/slow", TIMEOUT)
        self.assertEqual(status, 201)
        wait_for(lambda: self.daemon.api("GET", path)[1]["standing"] == "arrived", "a zone that has all")
        _, zone = self.daemon.api("GET", path)
        row = next(one for one in zone["delivery"] if one["type"] == "MeshTimeout")
        page.get_by_role("button", name="Look again").click()
        cells = page.get_by_role("row", name="MeshTimeout").get_by_role("cell")
        for i in range(3):
            expect(cells.nth(i)).to_have_text(f"{row['taken']:,}")
        self.check_accessible(page, "a zone that has all")

        self.daemon.stop(played)
        expect(page.get_by_role("region", name="Delivery")).to_contain_text("not connected")
        expect(page.get_by_role("region", name="Connections")).not_to_contain_text("until now")

    def test_what_is_behind_says_why(self):
        cp = self.daemon.control_plane("behind")
        self.daemon.zone_token(cp, "eu-1")
        context = self.context()
        behind = {"newest": "e.9", "name": "eu-1", "standing": "refused", "enabled": True, "withheld": [], "connects": [],
                  "session": {"since": "2026-01-01T00:00:00Z", "token": {}},
                  "refused": [{"type": "MeshRetry", "name": "r", "reason": "spec.to: <b>no</b>", "since": "2026-01-01T00:00:00Z"}],
                  "delivery": [{"type": "Mesh", "newest": 1, "sent": 1, "taken": 1},
                               {"type": "Secret", "newest": 0, "sent": 0, "taken": 0},
                               {"type": "MeshRetry", "newest": 9, "sent": 9, "taken": 4, "stage": "refused",
                                "behind_since": "2026-01-01T00:00:00Z"}]}
        context.route("**/ops/zones/eu-1", lambda route: route.fulfill(
            status=200, content_type="application/json", body=json.dumps(behind)))
        page = self.signed_in(f"/console/cp/{cp}/zones/eu-1", context=context)
        rows = page.get_by_role("table", name="Delivery").locator("tbody tr")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("MeshRetry")
        expect(rows.first).to_contain_text("refused")
        expect(rows.first).to_contain_text("spec.to: <b>no</b>")
        self.check_accessible(page, "a zone that is behind")


if __name__ == "__main__":
    unittest.main()
