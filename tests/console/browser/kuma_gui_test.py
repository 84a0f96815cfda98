# SPDX-License-Identifier: Apache-2.0
"""Kuma's own GUI, where SKYDEN_KUMA_GUI names a copy of it: with the session that the console made, of an
operator and of who may only read. Nothing that it asks for is refused, and nothing is wrong with its pages."""
import os
import unittest

from playwright.sync_api import expect

from daemon import wait_for
from page import ConsoleTest

COPY = os.environ.get("SKYDEN_KUMA_GUI", "")
SCREENS = ("", "/zones", "/zones/zone-cps/eu-1/overview", "/zones/zone-cps/eu-1/config", "/meshes/default/overview",
           "/meshes/default/services/mesh-services", "/meshes/default/services/internal", "/meshes/default/data-planes",
           "/meshes/default/policies/meshtimeouts", "/meshes/default/gateways/builtin", "/configuration")
# The one call that the policy keeps inside.
KEPT_INSIDE = "kuma.io"


@unittest.skipIf(not COPY, "SKYDEN_KUMA_GUI names no copy of Kuma's GUI")
class KumaGui(ConsoleTest):
    settings = ("--kuma-gui-dir", COPY)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.control_plane = cls.daemon.control_plane("demo")
        cls.daemon.play(cls.control_plane, cls.daemon.zone_token(cls.control_plane, "eu-1"), "eu-1", proxies=3)
        insights = f"/v1/mesh/control-planes/{cls.control_plane}/api/mesh-insights/default"
        wait_for(lambda: cls.daemon.api("GET", insights)[1].get("dataplanes", {}).get("total") == 3, "three proxies")
        cls.gui = f"/v1/mesh/control-planes/{cls.control_plane}/gui"

    def look_at_all(self, token):
        page = self.signed_in(token=token)
        refused = []
        page.on("response", lambda answer: refused.append((answer.status, answer.url)) if answer.status >= 400 else None)
        for screen in SCREENS:
            with self.subTest(screen=screen):
                page.goto(self.gui + screen)
                expect(page.locator("html.kuma-ready")).to_have_count(1)
                page.wait_for_load_state("networkidle")
                self.assertNotIn("An error has occurred", page.inner_text("body"))
        self.assertEqual(refused, [])
        self.wrong = [one for one in self.wrong if KEPT_INSIDE not in one]

    def test_as_an_operator(self):
        self.look_at_all(self.daemon.token)

    def test_as_who_may_only_read(self):
        _, _, token = self.daemon.account("reader", on=self.control_plane)
        self.look_at_all(token)

    def test_who_has_not_signed_in_does_so_and_comes_back(self):
        page = self.page()
        page.goto(f"{self.gui}/zones?page=1")
        page.get_by_label("Token", exact=True).fill(self.daemon.token)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page).to_have_url(f"{self.daemon.url}{self.gui}/zones?page=1")
        self.wrong = [one for one in self.wrong if KEPT_INSIDE not in one]


if __name__ == "__main__":
    unittest.main()
