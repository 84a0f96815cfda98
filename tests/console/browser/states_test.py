# SPDX-License-Identifier: Apache-2.0
"""Each screen while it loads, with nothing in it, when something fails, when it is old, and when it is not for
whoever asks; in each of them nothing that axe finds fault with."""
import contextlib
import json
import re
import unittest

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from page import ConsoleTest

NOWHERE = "00000000-0000-4000-8000-000000000000"
NO_PAGE = {"meta": {"page": {"size": 100, "number": 1, "total": 0, "next": None}}, "data": [], "facets": {},
           "oldest_revision": 0, "revision": 0}


class States(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.control_plane = cls.daemon.control_plane("payments")
        cls.daemon.zone_token(cls.control_plane, "eu-1")
        cls.user, _, _ = cls.daemon.account("maria")
        # Where it is, what it reads, and what is said when there is nothing.
        cls.screens = [
            ("/console/", r"/v3/fleet", None),
            ("/console/zones", r"/v3/zones", "No zones yet"),
            ("/console/expiry", r"/v3/expiring", "Nothing ends"),
            ("/console/access", r"/v3/(users|system-accounts)\?", "yet"),
            ("/console/audit", r"/v3/audit-logs", "Nothing was done"),
            (f"/console/cp/{cls.control_plane}/zones", r"/v3/zones", "No zones yet"),
            (f"/console/cp/{cls.control_plane}/preview", r"/api/_resources", None),
            (f"/console/cp/{cls.control_plane}/preview?type=MeshRetry&mesh=default&name=mesh-retry-all-default", r"/meshretries/", None),
            (f"/console/cp/{cls.control_plane}/rollouts", r"/ops/rollouts", "Nothing was released"),
            (f"/console/cp/{cls.control_plane}/history", r"/ops/history", "Nothing was written"),
            (f"/console/cp/{cls.control_plane}/history?from=0&to=1", r"/ops/diff", None),
            (f"/console/cp/{cls.control_plane}/changes", r"/ops/audit", "Nothing was changed"),
            (f"/console/cp/{cls.control_plane}/refused", r"/ops/(rejected|withheld)", "No zone was turned away"),
            (f"/console/cp/{cls.control_plane}/access", r"/ops/access", "Nobody"),
            ("/console/operator", r"/v3/daemon", None),
            (f"/console/cp/{cls.control_plane}/zones/eu-1", r"/v3/zones", None),
            (f"/console/access/users/{cls.user}", r"/v3/users/", None),
        ]

    def answer(self, page, pattern, status, body):
        page.route(re.compile(pattern), lambda route: route.fulfill(
            status=status, content_type="application/json", headers={"x-request-id": "asked-1"}, body=json.dumps(body)))

    def each(self, check):
        """Calls check(page, path, pattern, none) for each screen."""
        page = self.signed_in()
        for path, pattern, none in self.screens:
            with self.subTest(path=path):
                check(page, path, pattern, none)
            page.unroute_all(behavior="ignoreErrors")

    def test_as_it_is(self):
        for scheme in ("light", "dark"):
            page = self.signed_in(color_scheme=scheme)
            for path, _, _ in self.screens:
                with self.subTest(path=path, scheme=scheme):
                    page.goto(path)
                    expect(page.locator("h1")).to_be_visible()
                    expect(page.locator(".skeleton")).to_have_count(0)
                    self.check_accessible(page, f"{path} {scheme}")

    def test_loading(self):
        def check(page, path, pattern, _):
            page.route(re.compile(pattern), lambda route: None)
            page.goto(path)
            expect(page.locator(".skeleton").first).to_be_visible()
            expect(page.locator("h1")).to_be_visible()
            self.check_accessible(page, f"{path} loading")

        self.each(check)

    def test_empty(self):
        def check(page, path, pattern, none):
            if none is None:
                return
            self.answer(page, pattern, 200, NO_PAGE)
            page.goto(path)
            expect(page.locator(".empty").first).to_contain_text(none)
            self.check_accessible(page, f"{path} empty")

        self.each(check)

    def test_failing(self):
        problem = {"status": 500, "title": "Internal Server Error", "detail": "it broke", "instance": "urn:skyden:request:asked-1"}

        def check(page, path, pattern, _):
            self.answer(page, pattern, 500, problem)
            page.goto(path)
            failure = page.locator(".failure").first
            expect(failure).to_contain_text("it broke")
            expect(failure).to_contain_text("asked-1")
            self.check_accessible(page, f"{path} failing")
            page.unroute_all(behavior="ignoreErrors")
            again = page.get_by_role("button", name="Try again")
            # Whatever happens in the organization has a page read anew by itself: one may be gone before it is pressed.
            for _ in range(20):
                if again.count() == 0:
                    break
                with contextlib.suppress(PlaywrightTimeout):
                    again.first.click(timeout=2000)
            expect(page.locator(".failure")).to_have_count(0)

        self.each(check)

    def test_denied(self):
        problem = {"status": 403, "title": "Forbidden", "detail": "Permission denied", "instance": "urn:skyden:request:asked-1"}

        def check(page, path, pattern, _):
            self.answer(page, pattern, 403, problem)
            page.goto(path)
            expect(page.locator(".failure").first).to_contain_text("can grant it")
            self.check_accessible(page, f"{path} denied")

        self.each(check)

    def test_gone(self):
        page = self.signed_in()
        for path in (f"/console/cp/{NOWHERE}", f"/console/cp/{NOWHERE}/zones", f"/console/cp/{self.control_plane}/zones/eu-7"):
            page.goto(path)
            expect(page.locator(".failure").first).to_contain_text("Not found.")
        answer = page.goto("/console/nowhere")
        self.assertEqual(answer.status, 404)
        expect(page.locator("h1")).to_have_text("Not found")
        self.check_accessible(page, "not found")

    def test_old(self):
        page = self.page()
        page.route(re.compile("/v3/events"), lambda route: route.abort())
        page.goto("/console/")
        page.get_by_label("Token", exact=True).fill(self.daemon.token)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator(".fresh.lost")).to_contain_text("reconnecting")
        self.check_accessible(page, "old")
        page.unroute_all(behavior="ignoreErrors")
        expect(page.locator(".fresh")).to_contain_text("live")

    def test_narrow_and_enlarged(self):
        page = self.signed_in()
        for path, _, _ in self.screens:
            page.goto(path)
            expect(page.locator(".skeleton")).to_have_count(0)
            expect(page.locator("h1")).to_be_visible()
            # 320 px, and half of 1280 px, which is 200 %.
            for width in (320, 640):
                with self.subTest(path=path, width=width):
                    page.set_viewport_size({"width": width, "height": 640})
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)


if __name__ == "__main__":
    unittest.main()
