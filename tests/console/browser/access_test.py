# SPDX-License-Identifier: Apache-2.0
"""Who may do what on a control plane, what only who runs the daemon sees, and dates for one's own calendar."""
import pathlib
import unittest

from playwright.sync_api import expect

from page import ConsoleTest


class Access(ConsoleTest):
    def menu(self, page):
        with page.expect_response("**/v3/daemon") as asked:
            page.locator("header.bar .menu summary").click()
        return asked.value.status

    def test_a_control_plane_says_who_may_do_what_on_it_and_by_what(self):
        cp = self.daemon.control_plane("shared")
        self.daemon.account("reader", on=cp)
        user, _, _ = self.daemon.account("owner", role="Admin", on=cp)
        self.daemon.account("elsewhere", on=self.daemon.control_plane("not shared"))
        page = self.signed_in(f"/console/cp/{cp}")
        page.get_by_role("navigation", name="Of this control plane").get_by_role("link", name="Access").click()
        table = page.get_by_role("table", name="Who may do what here")
        expect(table.get_by_role("row", name="reader")).to_contain_text("Viewer on this one")
        expect(table.get_by_role("row", name="reader")).not_to_contain_text("changes policies")
        expect(table.get_by_role("row", name="owner")).to_contain_text("changes policies")
        expect(table.get_by_role("row", name="elsewhere")).to_have_count(0)
        table.get_by_role("link", name="owner").click()
        expect(page).to_have_url(f"{self.daemon.url}/console/access/users/{user}")

    def test_who_owns_a_control_plane_sees_who_else_may_change_it(self):
        cp = self.daemon.control_plane("owned")
        _, _, owner = self.daemon.account("team", role="Admin", on=cp)
        _, _, reader = self.daemon.account("guest", on=cp)
        expect(self.signed_in(f"/console/cp/{cp}/access", token=owner).get_by_role("row", name="guest")).to_be_visible()
        expect(self.signed_in(f"/console/cp/{cp}/access", token=reader).locator(".failure")).to_contain_text("can grant it")

    def test_who_runs_the_daemon_sees_it_and_sets_quotas(self):
        page = self.signed_in()
        self.assertEqual(self.menu(page), 200)
        page.get_by_role("link", name="This daemon").click()
        expect(page.locator("h1")).to_have_text("This daemon")
        expect(page.locator(".facts")).to_contain_text("Version")
        page.get_by_role("button", name="Quota of default").click()
        dialog = page.get_by_role("dialog", name="What default may hold")
        dialog.get_by_label("Zones").fill("7")
        self.check_accessible(page, "a quota")
        dialog.get_by_role("button", name="Set", exact=True).click()
        expect(dialog).to_have_count(0)
        [organization] = self.daemon.api("GET", "/v3/organizations")[1]["data"]
        quota = self.daemon.api("GET", f"/v3/organizations/{organization['id']}/quota")[1]
        self.assertEqual(quota["set"], {"resources": None, "bytes": None, "zones": 7})

    def test_nobody_else_is_led_there(self):
        _, _, token = self.daemon.account("plain", role="Admin")
        page = self.signed_in(token=token)
        self.assertEqual(self.menu(page), 403)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        expect(page.get_by_role("link", name="This daemon")).to_have_count(0)
        page.goto("/console/operator")
        expect(page.locator(".failure")).to_contain_text("Permission denied")

    def test_what_ends_goes_into_a_calendar(self):
        self.daemon.account("ending")
        page = self.signed_in("/console/expiry?days=7")
        with page.expect_download() as saved:
            page.get_by_role("link", name="As a calendar").click()
        self.assertEqual(saved.value.suggested_filename, "skyden.ics")
        text = pathlib.Path(saved.value.path()).read_text(encoding="utf8")
        self.assertTrue(text.startswith("BEGIN:VCALENDAR"), text[:100])
        self.assertIn("SUMMARY:Token laptop of ending ends", text)


if __name__ == "__main__":
    unittest.main()
