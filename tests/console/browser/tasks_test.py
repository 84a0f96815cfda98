# SPDX-License-Identifier: Apache-2.0
"""The five tasks that the console is for, by mouse and by keyboard alone."""
import json
import re
import unittest

from playwright.sync_api import expect

from daemon import wait_for
from page import ConsoleTest

POLICY = {"type": "MeshTimeout", "mesh": "default", "name": "slow", "spec": {
    "targetRef": {"kind": "Mesh"}, "to": [{"targetRef": {"kind": "Mesh"}, "default": {"connectionTimeout": "5s"}}]}}


class Tasks(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payments = cls.daemon.control_plane("payments")
        # A zone that comes with the token of another is refused.
        other = cls.daemon.zone_token(cls.payments, "eu-8")
        cls.daemon.zone_token(cls.payments, "eu-9")
        cls.daemon.play(cls.payments, other, "eu-9")
        root = f"/v1/mesh/control-planes/{cls.payments}"
        wait_for(lambda: cls.daemon.api("GET", f"{root}/ops/rejected-connections")[1]["data"], "a zone that is refused")

    def test_find_what_is_broken(self):
        page = self.signed_in()
        page.get_by_role("link", name="refused").first.click()
        row = page.locator("tr[data-index]").filter(has_text="eu-9")
        expect(row).to_contain_text("refused")
        expect(page.locator("tr.detail").first).to_contain_text("What to do:")

    def test_find_what_is_broken_by_keyboard(self):
        page = self.signed_in()
        expect(page.locator("h1")).to_have_text("Fleet")
        page.keyboard.press("g")
        page.keyboard.press("z")
        expect(page.locator("h1")).to_have_text("Zones")
        expect(page.locator("tr[data-index]").first).to_be_visible()
        page.keyboard.press("j")
        expect(page.locator("tr[data-index]").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("eu-9")
        expect(page.locator("main")).to_contain_text("What to do:")

    def test_connect_a_zone(self):
        page = self.signed_in(f"/console/cp/{self.payments}")
        page.get_by_role("button", name="Connect a zone").click()
        page.get_by_label("Name of the zone").fill("Bad_Name")
        expect(page.locator("#zone-name-help")).to_contain_text("Lower-case letters")
        page.get_by_label("Name of the zone").fill("eu-1")
        page.get_by_role("button", name="Make the zone").click()
        setup = page.locator("dialog pre").inner_text()
        token = setup.split(f"{self.payments}:")[1].split("@")[0]
        expect(page.get_by_role("dialog")).to_contain_text("Waiting for eu-1")
        self.daemon.play(self.payments, token, "eu-1")
        expect(page.get_by_role("dialog")).to_contain_text("Online after")

    def test_connect_a_zone_by_keyboard(self):
        page = self.signed_in(f"/console/cp/{self.payments}")
        expect(page.get_by_role("button", name="Connect a zone")).to_be_visible()
        self.press_to(page, "Connect a zone")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Name of the zone")).to_be_focused()
        page.keyboard.type("eu-2")
        page.keyboard.press("Enter")
        setup = page.locator("dialog pre").inner_text()
        self.daemon.play(self.payments, setup.split(f"{self.payments}:")[1].split("@")[0], "eu-2")
        expect(page.get_by_role("dialog")).to_contain_text("Online after")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Connect a zone")).to_be_focused()

    def test_see_why_one_is_refused_and_mend_it(self):
        shop = self.daemon.control_plane("shop")
        other = self.daemon.zone_token(shop, "eu-5")
        self.daemon.zone_token(shop, "eu-6")
        wrong = self.daemon.play(shop, other, "eu-6")
        page = self.signed_in(f"/console/cp/{shop}/zones/eu-6")
        expect(page.locator("main")).to_contain_text("What to do:")
        page.get_by_role("button", name="New token").click()
        page.get_by_role("button", name="Make the token").click()
        token = page.get_by_role("dialog").get_by_label("Token", exact=True).inner_text().strip()
        self.daemon.stop(wrong)
        self.daemon.play(shop, token, "eu-6")
        expect(page.get_by_role("dialog")).to_contain_text("eu-6 came back after")

    def test_see_why_one_is_refused_and_mend_it_by_keyboard(self):
        shop = self.daemon.control_plane("by keyboard")
        other = self.daemon.zone_token(shop, "eu-7")
        self.daemon.zone_token(shop, "eu-8")
        wrong = self.daemon.play(shop, other, "eu-8")
        page = self.signed_in(f"/console/cp/{shop}/zones/eu-8")
        expect(page.locator("main")).to_contain_text("What to do:")
        self.press_to(page, "New token")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Make the token")).to_be_visible()
        self.press_to(page, "Make the token")
        page.keyboard.press("Enter")
        token = page.get_by_role("dialog").get_by_label("Token", exact=True).inner_text().strip()
        self.daemon.stop(wrong)
        self.daemon.play(shop, token, "eu-8")
        expect(page.get_by_role("dialog")).to_contain_text("eu-8 came back after")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    def test_exchange_the_token_of_a_zone(self):
        shop = self.daemon.control_plane("exchanged")
        first = self.daemon.zone_token(shop, "eu-1")
        old = self.daemon.play(shop, first, "eu-1")
        zone = f"/v1/mesh/control-planes/{shop}/ops/zones/eu-1"
        wait_for(lambda: self.daemon.api("GET", zone)[1].get("session"), "a zone that is connected")
        page = self.signed_in(f"/console/cp/{shop}/zones/eu-1")
        page.get_by_role("button", name="New token").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Good for, in days").fill("30")
        dialog.get_by_role("button", name="Make the token").click()
        token = dialog.get_by_label("Token", exact=True).inner_text().strip()
        # It comes again with what it had: then nothing is offered that would shut it out.
        self.daemon.stop(old)
        old = self.daemon.play(shop, first, "eu-1")
        expect(dialog).to_contain_text("came, but with another token")
        self.assertEqual(dialog.get_by_role("button", name="Revoke the old token").count(), 0)
        self.daemon.stop(old)
        self.daemon.play(shop, token, "eu-1")
        expect(dialog).to_contain_text("eu-1 came back after")
        self.assertEqual(len(self.daemon.api("GET", f"{zone}/tokens")[1]["data"]), 2)
        dialog.get_by_role("button", name="Revoke the old token").click()
        expect(dialog).to_contain_text("lets nobody in any more")
        self.check_accessible(page, "a token that was exchanged")
        [left] = self.daemon.api("GET", f"{zone}/tokens")[1]["data"]
        self.assertIsNotNone(left["expires_at"])
        self.assertEqual(self.daemon.api("GET", zone)[1]["session"]["token"]["id"], left["id"])
        refused = self.daemon.play(shop, first, "eu-1")
        turned = f"/v1/mesh/control-planes/{shop}/ops/rejected-connections"
        wait_for(lambda: "revoked" in json.dumps(self.daemon.api("GET", turned)[1]), "a zone that is turned away")
        self.daemon.stop(refused)

    def test_take_somebodys_access_back(self):
        user, _, token = self.daemon.account("jo")
        page = self.signed_in("/console/access")
        page.get_by_role("link", name="jo", exact=True).click()
        page.get_by_role("button", name="Revoke laptop").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
        expect(page.locator(".notice")).to_contain_text("Revoked laptop of jo.")
        self.assertEqual(self.daemon.api("GET", "/v3/users/me", token=token)[0], 401)
        expect(page.get_by_role("button", name="Revoke laptop")).to_have_count(0)

    def test_take_somebodys_access_back_by_keyboard(self):
        _, _, token = self.daemon.account("kim")
        page = self.signed_in("/console/")
        expect(page.locator("h1")).to_have_text("Fleet")
        page.keyboard.press("g")
        page.keyboard.press("c")
        expect(page.get_by_role("link", name="kim", exact=True)).to_be_visible()
        self.press_to(page, "kim", "a")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Revoke laptop")).to_be_visible()
        self.press_to(page, "Revoke laptop")
        page.keyboard.press("Enter")
        self.press_until(page, "Tab", "dialog button.danger")
        page.keyboard.press("Enter")
        expect(page.locator(".notice")).to_contain_text("Revoked laptop of kim.")
        self.assertEqual(self.daemon.api("GET", "/v3/users/me", token=token)[0], 401)

    def test_find_who_changed_a_policy(self):
        _, _, token = self.daemon.account("maria", role="Admin")
        path = f"/v1/mesh/control-planes/{self.payments}/api/meshes/default/meshtimeouts/slow"
        self.daemon.api("PUT", path, POLICY, token=token)
        changed = {**POLICY, "spec": {"targetRef": {"kind": "Mesh"}, "to": [
            {"targetRef": {"kind": "Mesh"}, "default": {"connectionTimeout": "9s"}}]}}
        self.daemon.api("PUT", path, changed, token=token)
        page = self.signed_in("/console/audit")
        page.get_by_label("Action", exact=True).fill("resource.update")
        page.get_by_label("Type", exact=True).fill("MeshTimeout")
        # It can be shown to somebody else; what was typed is there a moment later.
        expect(page).to_have_url(re.compile("action=resource.update&object_type=MeshTimeout"))
        entry = page.locator(".entry").filter(has_text="slow").first
        expect(entry).to_contain_text("maria")
        entry.get_by_role("button", name="Details").click()
        expect(entry.locator(".before")).to_contain_text("5s")
        expect(entry.locator(".after")).to_contain_text("9s")

    def test_find_who_changed_a_policy_by_keyboard(self):
        _, _, token = self.daemon.account("mario", role="Admin")
        path = f"/v1/mesh/control-planes/{self.payments}/api/meshes/default/meshtimeouts/slower"
        for wait in ("5s", "9s"):
            self.daemon.api("PUT", path, {**POLICY, "name": "slower", "spec": {"targetRef": {"kind": "Mesh"}, "to": [
                {"targetRef": {"kind": "Mesh"}, "default": {"connectionTimeout": wait}}]}}, token=token)
        page = self.signed_in()
        expect(page.locator("h1")).to_have_text("Fleet")
        page.keyboard.press("g")
        page.keyboard.press("a")
        expect(page.locator("h1")).to_have_text("Audit")
        page.get_by_label("Type", exact=True).evaluate("(field) => field.setAttribute('data-sought', '')")
        self.press_until(page, "Tab", "input[data-sought]")
        page.keyboard.type("MeshTimeout")
        entry = page.locator(".entry").filter(has_text="slower").first
        expect(page).to_have_url(re.compile("object_type=MeshTimeout"))
        expect(entry).to_contain_text("mario")
        entry.evaluate("(entry) => entry.setAttribute('data-sought', '')")
        self.press_until(page, "Tab", ".entry[data-sought] button")
        page.keyboard.press("Enter")
        expect(page.locator(".entry[data-sought] .before")).to_contain_text("5s")
        expect(page.locator(".entry[data-sought] .after")).to_contain_text("9s")


if __name__ == "__main__":
    unittest.main()
