# SPDX-License-Identifier: Apache-2.0
import unittest

from playwright.sync_api import expect

from page import ConsoleTest


class SignIn(ConsoleTest):
    def test_a_token_lets_in_and_brings_back_to_where_one_wanted_to_go(self):
        page = self.signed_in("/console/zones?status=offline")
        expect(page).to_have_url(f"{self.daemon.url}/console/zones?status=offline")
        expect(page.locator("h1")).to_have_text("Zones")

    def test_a_bad_token_is_refused_and_forgotten(self):
        page = self.page()
        page.goto("/console/")
        page.get_by_label("Token", exact=True).fill("nothing")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("No token of this daemon")
        expect(page.get_by_label("Token", exact=True)).to_have_value("")

    def test_the_token_is_kept_nowhere_in_the_browser(self):
        page = self.signed_in()
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, document.cookie])")
        self.assertNotIn(self.daemon.token, kept)

    def test_addresses_elsewhere_are_not_gone_to(self):
        for wanted in ("https://example.com/", "//example.com/", "/console/\\\\example.com", "javascript:alert(1)",
                       "/v3/users", "/console/sign-in?return=/x"):
            with self.subTest(wanted=wanted):
                page = self.signed_in(f"/console/sign-in?return={wanted}")
                expect(page).to_have_url(f"{self.daemon.url}/console/")
                page.context.close()

    def test_signing_out_ends_the_session(self):
        page = self.signed_in()
        page.locator("header.bar .menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Token", exact=True)).to_be_visible()
        page.goto("/console/zones")
        expect(page.get_by_label("Token", exact=True)).to_be_visible()

    def test_a_token_that_is_revoked_ends_the_page_and_signing_in_goes_on_in_the_same_place(self):
        user, token_id, token = self.daemon.account("leaver")
        page = self.signed_in("/console/zones", token=token)
        expect(page.locator(".fresh")).to_contain_text("live")
        self.daemon.api("PATCH", f"/v3/users/{user}/access-tokens/{token_id}/revoke")
        expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
        fresh = self.daemon.made(f"/v3/users/{user}/access-tokens", {"name": "again", "ttl_seconds": 86400})
        page.get_by_label("Token", exact=True).fill(fresh["konnect_token"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page).to_have_url(f"{self.daemon.url}/console/zones")
        expect(page.locator(".fresh")).to_contain_text("live")


if __name__ == "__main__":
    unittest.main()
