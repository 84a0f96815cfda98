# SPDX-License-Identifier: Apache-2.0
"""Signing in at an identity provider that others wrote: in the console, and from a command line."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

from playwright.sync_api import expect

import provider
from daemon import BINARY, PATIENCE
from page import ConsoleTest

WAY = re.compile("^Sign in with 127.0.0.1")
SECRET = "known-to-two"


class AtProvider(ConsoleTest):
    issuer = "code"

    @classmethod
    def setUpClass(cls):
        if provider.MISSING:
            print(f"SKIPPED: {provider.MISSING}", file=sys.stderr)
            raise unittest.SkipTest(provider.MISSING)
        cls.provider = provider.Provider()
        cls.addClassCleanup(cls.provider.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.environment = {**os.environ, "XDG_CONFIG_HOME": folder.name}
        secret = os.path.join(folder.name, "secret")
        with open(os.open(secret, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(SECRET + "\n")
        # Its own address has to be known before it starts: the provider sends people back there.
        port = provider.free_port()
        cls.settings = (
            f"--http-address=127.0.0.1:{port}", f"--http-public-address=http://127.0.0.1:{port}",
            f"--oidc-issuer={cls.provider.issuer(cls.issuer)}", "--oidc-audience=skyden-cli",
            "--oidc-client-id=skyden", f"--oidc-client-secret-file={secret}",
            "--oidc-roles=admins=Admin,lookers=Viewer")
        super().setUpClass()
        cls.set_up_client()

    @classmethod
    def set_up_client(cls, secret=SECRET, **more):
        cls.provider.client("skyden", [f"{cls.daemon.url}/console/sign-in/callback"], secret, **more,
                            post_logout_redirect_uris=[f"{cls.daemon.url}/console/sign-in"],
                            backchannel_logout_uri=f"{cls.daemon.url}/v3/sign-in/oidc/back-channel-logout")

    def at_provider(self, page, name):
        """What somebody does on the provider's own pages, the first time."""
        page.get_by_label("Login").fill(name)
        page.get_by_label("Password").fill(provider.PASSWORD)
        page.get_by_role("button", name="OK").click()
        for scope in ("profile", "email", "offline_access"):
            if scope != "offline_access" or page.get_by_label(scope).count():
                page.get_by_label(scope).check()
        page.get_by_role("button", name="Grant access").click()
        page.get_by_role("button", name="Continue").click()

    def by_provider(self, name, *groups, path="/console/"):
        self.provider.person(name, *groups)
        page = self.page()
        page.goto(path)
        page.get_by_role("link", name=WAY).click()
        self.at_provider(page, name)
        return page

    def shows(self, page, name):
        expect(page.locator("header.bar .menu summary")).to_contain_text(f"{name}@example.com")

    def status(self, page, method, path, body=None):
        """What the page's session may do: the status of a call that it makes."""
        return page.evaluate(
            """async ([method, path, body]) => {
              const session = await (await fetch('/v3/sessions/current')).json();
              const headers = { 'content-type': 'application/json', 'x-skyden-session': session.csrf_token };
              return (await fetch(path, { method, headers, body: body && JSON.stringify(body) })).status;
            }""", [method, path, body])

    def skyden(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, check=False,
                              env=self.environment)

    def login(self, act):
        """`skyden login`; `act` gets what it says first."""
        process = subprocess.Popen([BINARY, "login", self.daemon.url, "-o", "json"], text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment)
        try:
            act(process.stderr.readline())
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            process.communicate()
        self.assertEqual(process.returncode, 0, err)
        return json.loads(out)


class Oidc(AtProvider):
    def test_people_land_where_they_wanted_to_go(self):
        page = self.by_provider("ann", "admins", path="/console/zones?status=offline")
        expect(page).to_have_url(f"{self.daemon.url}/console/zones?status=offline")
        self.shows(page, "ann")
        page.reload()
        self.shows(page, "ann")

    def test_groups_say_what_they_may_do(self):
        admin = self.by_provider("ada", "others", "admins")
        self.shows(admin, "ada")
        self.assertEqual(self.status(admin, "POST", "/v1/mesh/control-planes", {"name": "of-ada"}), 201)
        looker = self.by_provider("lou", "lookers")
        self.shows(looker, "lou")
        expect(looker.get_by_role("link", name="of-ada")).to_be_visible()
        self.assertEqual(self.status(looker, "POST", "/v1/mesh/control-planes", {"name": "of-lou"}), 403)
        stranger = self.by_provider("nobody", "others")
        self.shows(stranger, "nobody")
        expect(stranger.get_by_text("Permission denied")).to_be_visible()
        expect(stranger.locator(".fresh")).to_contain_text("not followed")
        self.assertEqual(self.status(stranger, "GET", "/v1/mesh/control-planes"), 403)

    def test_signing_out_ends_the_session_and_leads_to_the_providers_end(self):
        page = self.by_provider("oscar", "lookers")
        self.shows(page, "oscar")
        page.locator("header.bar .menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        # The provider takes our word for whose session it is, asks, and knows the way back. Its own page, of this
        # version, has a fault there and goes no further.
        expect(page.locator("body")).to_contain_text("wishes you to close the current session")
        expect(page.locator("body")).to_contain_text(f"you will be redirected to: {self.daemon.url}/console/sign-in")
        self.wrong = [one for one in self.wrong if self.provider.url not in one]
        page.goto("/console/")
        expect(page.get_by_role("link", name=WAY)).to_be_visible()
        self.assertEqual(page.evaluate("fetch('/v3/sessions/current').then((answer) => answer.status)"), 401)
        page.get_by_role("link", name=WAY).click()
        page.get_by_role("button", name="Continue").click()
        self.shows(page, "oscar")

    def test_who_signs_out_at_the_provider_is_signed_out_here(self):
        page = self.by_provider("becca", "lookers")
        self.shows(page, "becca")
        expect(page.locator(".fresh")).to_contain_text("live")
        [session] = [one["value"] for one in page.context.cookies() if one["name"] == "PROVIDER_OIDC"]
        elsewhere = self.page(page.context)
        elsewhere.goto(f"{self.provider.url}/callback.html")
        status = elsewhere.evaluate(
            "(path) => fetch(path, { method: 'DELETE' }).then((answer) => answer.status)", f"/api/code/session/{session}/")
        self.assertEqual(status, 200)
        ended = page.get_by_role("dialog", name="Your session has ended")
        expect(ended).to_be_visible()
        # Signing in again is done in a page of its own; this one, with what was typed into it, stays and goes on.
        with page.expect_popup() as popup:
            ended.get_by_role("link", name=WAY).click()
        again = popup.value
        again.get_by_role("button", name="Continue").or_(again.get_by_label("Login")).first.wait_for()
        if again.get_by_label("Login").count():
            again.get_by_label("Login").fill("becca")
            again.get_by_label("Password").fill(provider.PASSWORD)
            again.get_by_role("button", name="OK").click()
        again.get_by_role("button", name="Continue").click()
        self.shows(again, "becca")
        expect(ended).to_have_count(0)
        expect(page.locator(".fresh")).to_contain_text("live")

    def test_a_way_back_is_good_once_and_in_the_browser_that_began(self):
        came = []
        self.provider.person("remy", "admins")
        page = self.page()
        page.on("request", lambda request: came.append(request.url) if "/sign-in/callback" in request.url else None)
        page.goto("/console/")
        page.get_by_role("link", name=WAY).click()
        self.at_provider(page, "remy")
        self.shows(page, "remy")
        for again in (page, self.page()):
            again.goto(came[0])
            expect(again.locator("h1")).to_have_text("Nobody was signed in")
            expect(again.locator("body")).to_contain_text("was not begun in this browser")

    def test_what_the_provider_refuses_is_a_sentence(self):
        try:
            self.set_up_client(authorization_type=["refresh_token"])
            self.provider.person("paul", "admins")
            page = self.page()
            page.goto("/console/")
            page.get_by_role("link", name=WAY).click()
            expect(page.locator("h1")).to_have_text("Nobody was signed in")
            expect(page.locator("body")).to_contain_text("does not let this daemon's client sign people in (unauthorized_client)")
        finally:
            self.set_up_client()
        # This provider has no way to say no; others send people back with that.
        page.goto("/console/sign-in/oidc?return=/console/zones")
        expect(page.get_by_label("Login")).to_be_visible()
        [asked] = urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)["callback_url"]
        [state] = urllib.parse.parse_qs(urllib.parse.urlparse(asked).query)["state"]
        page.goto("/console/sign-in/callback?" + urllib.parse.urlencode(
            {"error": "access_denied", "iss": self.provider.issuer(), "state": state}))
        expect(page.locator("body")).to_contain_text("you were not let in there, or did not agree (access_denied)")
        page.get_by_role("link", name="Go on").click()
        expect(page.get_by_role("link", name=WAY)).to_be_visible()

    def test_a_secret_that_is_not_the_providers_is_a_sentence(self):
        try:
            self.set_up_client("another")
            page = self.by_provider("sid", "admins")
            expect(page.locator("h1")).to_have_text("Nobody was signed in")
            expect(page.locator("body")).to_contain_text("we are not set up there as here")
        finally:
            self.set_up_client()

    def test_a_command_line_signs_in_over_the_browser(self):
        self.provider.person("carl", "admins")
        page = self.page()

        def agree(said):
            [place] = re.findall(r"http://\S+", said)
            [back] = urllib.parse.parse_qs(urllib.parse.urlparse(place).query)["redirect_uri"]
            self.assertRegex(back, r"^http://127\.0\.0\.1:\d+/callback$")
            # This provider takes no other port than the one it knows.
            self.provider.client("skyden-cli", [back])
            page.goto(place)
            self.at_provider(page, "carl")
            expect(page.locator("body")).to_contain_text("You can close this page")

        made = self.login(agree)
        self.assertEqual(made["account"], "carl@example.com")
        self.assertTrue(made["renews"])
        created = self.skyden("cp", "create", "of-carl")
        self.assertEqual(created.returncode, 0, created.stderr)
        with open(os.path.join(self.environment["XDG_CONFIG_HOME"], "skyden", "contexts.json"), encoding="utf8") as file:
            [kept] = [one["renewal"]["refresh_token"] for one in json.load(file)["contexts"]]
        self.assertTrue(self.provider.renews("skyden-cli", kept))
        out = self.skyden("logout")
        self.assertEqual(out.returncode, 0, out.stderr)
        # This one takes back tokens only from clients that have a secret; then it is said.
        self.assertEqual(self.provider.renews("skyden-cli", kept), "stays good" in out.stderr)


class Device(AtProvider):
    issuer = "device"

    def test_a_command_line_signs_in_by_a_code_that_is_typed(self):
        self.provider.person("dora", "lookers")
        self.provider.client("skyden-cli", [])
        page = self.page()

        def agree(said):
            place, code = re.match(r"Open (\S+) and enter (\S+)", said).groups()
            page.goto(place)
            page.get_by_placeholder("X1Y2-A3B4").fill(code)
            page.get_by_role("button", name="OK").click()
            self.at_provider(page, "dora")
            expect(page.locator("body")).to_contain_text("Authorization complete")

        made = self.login(agree)
        self.assertEqual(made["account"], "dora@example.com")
        listed = self.skyden("cp", "list")
        self.assertEqual(listed.returncode, 0, listed.stderr)


if __name__ == "__main__":
    unittest.main()
