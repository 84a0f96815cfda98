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

    def end_session(self, page):
        [session] = [page.evaluate("fetch('/v3/sessions/current').then(async (answer) => (await answer.json()).id)")]
        self.assertEqual(self.daemon.api("DELETE", f"/v3/sessions/{session}")[0], 204)

    def test_what_was_typed_stays_when_a_session_ends(self):
        page = self.signed_in(f"/console/cp/{self.daemon.control_plane('typed')}")
        page.get_by_role("button", name="Connect a zone").first.click()
        page.get_by_label("Name of the zone").fill("half-a-na")
        self.end_session(page)
        ended = page.get_by_role("dialog", name="Your session has ended")
        expect(ended).to_contain_text("what you typed is still here")
        self.check_accessible(page, "a session that ended over a form")
        ended.get_by_label("Token", exact=True).fill(self.daemon.token)
        ended.get_by_role("button", name="Sign in", exact=True).click()
        expect(ended).to_have_count(0)
        expect(page.get_by_label("Name of the zone")).to_have_value("half-a-na")
        page.get_by_label("Name of the zone").fill("half-a-name")
        page.get_by_role("button", name="Make the zone").click()
        expect(page.get_by_text("Waiting for half-a-name")).to_be_visible()

    def test_a_page_goes_on_after_another_one_signed_in_again(self):
        context = self.context()
        page = self.signed_in(f"/console/cp/{self.daemon.control_plane('older page')}", context=context)
        page.get_by_role("button", name="Connect a zone").first.click()
        page.get_by_label("Name of the zone").fill("late")
        # Not as a page of the console does, which tells the others.
        other = self.page(context)
        other.goto("/console/licences")
        status = other.evaluate(
            """(token) => fetch('/v3/sessions', { method: 'POST', body: JSON.stringify({ token }),
              headers: { 'content-type': 'application/json' } }).then((answer) => answer.status)""", self.daemon.token)
        self.assertEqual(status, 201)
        answers = []
        page.on("response", lambda answer: answers.append(answer.status) if "provision-zone" in answer.url else None)
        page.get_by_role("button", name="Make the zone").click()
        expect(page.get_by_text("Waiting for late")).to_be_visible()
        self.assertEqual(answers, [403, 200])

    def test_what_was_on_its_way_when_another_page_signed_in_is_asked_again(self):
        context = self.context()
        page = self.signed_in(context=context)
        expect(page.locator(".fresh")).to_contain_text("live")
        other = self.page(context)
        other.goto("/console/licences")
        status = other.evaluate(
            """(token) => fetch('/v3/sessions', { method: 'POST', body: JSON.stringify({ token }),
              headers: { 'content-type': 'application/json' } }).then((answer) => answer.status)""", self.daemon.token)
        self.assertEqual(status, 201)
        answers = []

        def as_of_the_session_before(route):
            answers.append(route.request.url)
            if len(answers) == 1:
                route.fulfill(status=401, content_type="application/json", body='{"status":401,"title":"Unauthorized"}')
            else:
                route.continue_()

        page.route(lambda url: "/v3/zones" in url, as_of_the_session_before)
        with page.expect_response(lambda answer: "/v3/zones" in answer.url and answer.status == 200):
            page.keyboard.press("g")
            page.keyboard.press("z")
        expect(page.locator("h1")).to_have_text("Zones")
        expect(page.locator("main .failure")).to_have_count(0)
        expect(page.get_by_role("dialog")).to_have_count(0)

    def test_what_a_page_reads_by_itself_is_no_use_of_its_session(self):
        page = self.page()
        page.clock.install()
        page.goto("/console/")
        page.get_by_label("Token", exact=True).fill(self.daemon.token)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator(".fresh")).to_contain_text("live")
        page.clock.fast_forward(5 * 60 * 1000)
        # From here on: what is still told of other tests' control planes was read while somebody was there.
        alone = []
        page.on("request", lambda request: alone.append("x-skyden-unattended" in request.headers)
                if "/v3/fleet" in request.url else None)
        self.daemon.control_plane("made meanwhile")
        expect(page.get_by_role("link", name="made meanwhile")).to_be_visible()
        self.assertEqual(set(alone), {True})
        # Somebody comes back: that is told at once, and what is read then is a use.
        with page.expect_request(lambda request: "/v3/sessions/current" in request.url) as told:
            page.mouse.click(5, 5)
        self.assertNotIn("x-skyden-unattended", told.value.headers)
        alone.clear()
        self.daemon.control_plane("made later")
        expect(page.get_by_role("link", name="made later")).to_be_visible()
        self.assertEqual(set(alone), {False})


if __name__ == "__main__":
    unittest.main()
