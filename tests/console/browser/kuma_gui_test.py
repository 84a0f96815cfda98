# SPDX-License-Identifier: Apache-2.0
"""Kuma's own GUI, where SKYDEN_KUMA_GUI names a copy of it: with the session that the console made, of an operator, of who
administrates one control plane, and of who may only read it. It is followed from link to link. Nothing that it asks for is
refused, and nothing is wrong with its pages."""
import collections
import os
import re
import unittest

from playwright.sync_api import expect

from daemon import wait_for
from page import ConsoleTest

COPY = os.environ.get("SKYDEN_KUMA_GUI", "")
# What it complains of by itself: the one call that the policy keeps inside, and words that it lacks, for what played
# proxies do not say of themselves.
OWN = ("kuma.io", "Missing message")
PAGES_MOST = 200
NAMED = re.compile(r"(?<=/meshes/)[^/]+|(?<=/policies/)\w+/[^/]+|(?<=/data-planes/)[^/]+|(?<=-services/)[^/]+"
                   r"|(?<=/zone-cps/)[^/]+|(?<=/builtin/)[^/]+|(?<=/internal/)[^/]+")


def kind_of(path):
    """The screen, without what it is about."""
    return NAMED.sub(lambda found: re.sub(r"[^/]+$", "*", found[0]), path.split("?")[0])


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

    def leave_out_its_own(self):
        self.wrong = [one for one in self.wrong if not any(own in one for own in OWN)]

    def links(self, page):
        """Those of the page that lead on within the GUI."""
        found = page.eval_on_selector_all("a[href]", "links => links.map((one) => one.pathname + one.search)")
        return [one[len(self.gui):] or "/" for one in found if one.startswith(self.gui)]

    def look_at_all(self, token):
        page = self.signed_in(token=token)
        refused = []
        page.on("response", lambda answer: refused.append((answer.status, answer.url)) if answer.status >= 400 else None)
        kinds = set()
        waiting, known = collections.deque(["/"]), {"/"}
        while waiting and len(kinds) < PAGES_MOST:
            path = waiting.popleft()
            if kind_of(path) in kinds:
                continue
            kinds.add(kind_of(path))
            with self.subTest(path=path):
                page.goto(self.gui + path)
                expect(page.locator("html.kuma-ready")).to_have_count(1)
                page.wait_for_load_state("networkidle")
                self.assertNotIn("An error has occurred", page.inner_text("body"))
                new = [one for one in self.links(page) if one not in known]
                known.update(new)
                waiting.extend(dict.fromkeys(new))
        print(f"{len(kinds)} kinds of pages")
        self.assertGreater(len(kinds), 20)
        self.assertEqual(refused, [])
        self.leave_out_its_own()

    def test_as_an_operator(self):
        self.look_at_all(self.daemon.token)

    def test_as_who_may_only_read(self):
        _, _, token = self.daemon.account("reader", on=self.control_plane)
        self.look_at_all(token)

    def test_as_who_administrates_it(self):
        _, _, token = self.daemon.account("admin", role="Admin", on=self.control_plane)
        self.look_at_all(token)

    def test_who_has_not_signed_in_does_so_and_comes_back(self):
        page = self.page()
        page.goto(f"{self.gui}/zones?page=1")
        page.get_by_label("Token", exact=True).fill(self.daemon.token)
        page.get_by_role("button", name="Sign in", exact=True).click()
        # It adds to it.
        expect(page).to_have_url(re.compile(re.escape(f"{self.gui}/zones?page=1")))
        self.leave_out_its_own()


if __name__ == "__main__":
    unittest.main()
