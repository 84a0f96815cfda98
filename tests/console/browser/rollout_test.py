# SPDX-License-Identifier: Apache-2.0
"""A change that is released zone by zone: how far it is, stopping it, going on, writing it, taking it back."""
import json
import re
import unittest

from playwright.sync_api import expect

from daemon import wait_for
from page import ConsoleTest


class Rollouts(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cp = cls.daemon.control_plane("payments")
        cls.root = f"/v1/mesh/control-planes/{cls.cp}"
        cls.screen = f"/console/cp/{cls.cp}"
        for zone in ("eu-1", "eu-2"):
            cls.daemon.play(cls.cp, cls.daemon.zone_token(cls.cp, zone), zone)
        online = f"/v3/zones?filter[control_plane_id]={cls.cp}&filter[status]=online"
        wait_for(lambda: cls.daemon.api("GET", online)[1]["meta"]["page"]["total"] == 2, "two zones")

    def begin(self, name):
        """One that waits for somebody once its first wave has it: no test takes an hour."""
        document = {"type": "MeshTimeout", "mesh": "default", "name": name, "spec": {"targetRef": {"kind": "Mesh"}, "to": [
            {"targetRef": {"kind": "Mesh"}, "default": {"connectionTimeout": "7s"}}]}}
        return self.daemon.made(f"{self.root}/ops/rollouts", {
            "documents": [document], "waves": [["eu-1"], ["eu-2"]], "hold": "1h"})["id"]

    def is_written(self, name):
        return self.daemon.api("GET", f"{self.root}/api/meshes/default/meshtimeouts/{name}")[0] == 200

    def press(self, page, verb):
        page.get_by_role("button", name=f"{verb}… Rollout").click()
        dialog = page.get_by_role("dialog")
        self.check_accessible(page, f"about to {verb}")
        dialog.get_by_role("button", name=verb, exact=True).click()
        expect(dialog).to_have_count(0)

    def test_seen_stopped_gone_on_with_and_taken_back(self):
        for scheme in ("light", "dark"):
            name = f"released-{scheme}"
            page = self.signed_in(f"{self.screen}/rollouts", color_scheme=scheme)
            expect(page.get_by_role("link", name="Rollouts")).to_have_attribute("aria-current", "page")
            rollout = self.begin(name)
            # Without being read again by anybody.
            one = page.get_by_role("region", name=f"Rollout in default, {rollout[:8]}")
            expect(one).to_contain_text("running")
            expect(one).to_contain_text(f"create MeshTimeout default {name}")
            expect(one).to_contain_text("1 of 2 waves released")
            expect(one.get_by_role("listitem").nth(0)).to_contain_text("Wave 1 is released: eu-1")
            expect(one.get_by_role("listitem").nth(1)).to_contain_text("Wave 2 is next: eu-2")
            self.check_accessible(page, f"a rollout, {scheme}")
            self.press(page, "Pause")
            expect(one).to_contain_text("paused")
            expect(page.locator(".notice")).to_contain_text("Pause: Rollout in default")
            self.press(page, "Resume")
            expect(one).to_contain_text("running")
            self.press(page, "Abort")
            expect(one).to_contain_text("aborted")
            expect(one.get_by_role("button")).to_have_count(0)
            self.check_accessible(page, f"a rollout that is over, {scheme}")
            self.assertFalse(self.is_written(name))

    def test_what_a_wave_has_is_seen(self):
        rollout = self.begin("arrives")
        page = self.signed_in(f"{self.screen}/rollouts")
        one = page.get_by_role("region", name=f"Rollout in default, {rollout[:8]}")
        path = f"{self.root}/ops/rollouts/{rollout}"
        wait_for(lambda: any(zone["standing"] == "arrived" for zone in self.daemon.api("GET", path)[1]["zones"]), "a zone that has it")
        page.reload()
        expect(one.get_by_role("listitem").nth(0)).to_contain_text("has it")
        self.press(page, "Abort")

    def test_by_keyboard_alone(self):
        self.begin("typed")
        page = self.signed_in(self.screen)
        expect(page.get_by_role("link", name="Rollouts")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("r")
        expect(page).to_have_url(re.compile("/rollouts$"))
        expect(page.get_by_role("button", name="Finish…")).to_be_visible()
        self.press_to(page, "Finish", "button")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("The resources are written")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        self.assertFalse(self.is_written("typed"))
        page.keyboard.press("Enter")
        self.press_until(page, "Tab", "dialog button.danger")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator("section.panel").first).to_contain_text("finished")
        self.assertTrue(self.is_written("typed"))

    def test_why_it_was_taken_back_is_text_and_what_fails_is_said(self):
        page = self.signed_in(self.screen)
        over = {"id": "0123456789", "mesh": "default", "state": "taken_back", "reason": "zone <b>eu-1</b> refused it", "wave": 1,
                "waves": [["eu-1"], ["eu-2"]], "hold": "0s", "away": "awaited", "end": "by_hand", "revision": 3, "resources": [],
                "created_at": "2026-01-01T00:00:00Z", "changed_at": "2026-01-01T00:00:00Z"}
        live = {**over, "id": "9876543210", "state": "running", "reason": ""}
        page.route(re.compile(r"/ops/rollouts$"), lambda route: route.fulfill(
            status=200, content_type="application/json", body=json.dumps({"data": [live, over]})))
        page.goto(f"{self.screen}/rollouts")
        expect(page.get_by_role("region", name="Rollout in default, 01234567")).to_contain_text("taken back: zone <b>eu-1</b> refused it")
        # The daemon has none with that id.
        expect(page.get_by_role("region", name="Rollout in default, 98765432")).to_contain_text("Not found.")
        page.get_by_role("button", name="Pause… Rollout").click()
        page.get_by_role("dialog").get_by_role("button", name="Pause", exact=True).click()
        expect(page.get_by_role("dialog").locator(".failure")).to_contain_text("Not found.")
        self.check_accessible(page, "what fails")


if __name__ == "__main__":
    unittest.main()
