# SPDX-License-Identifier: Apache-2.0
"""300 control planes with 5,000 zones: what the page asks for, what stands in its tree, how soon it is there."""
import concurrent.futures
import time
import unittest

from playwright.sync_api import expect

from page import ConsoleTest

CONTROL_PLANES = 300
ZONES = 5000
ROW_NODES = 400
PAGE_NODES = 2500
FLEET_BYTES = 60 << 10


class Volume(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def make(i):
            cp = cls.daemon.control_plane(f"cp-{i:03}")
            for zone in range(i, ZONES, CONTROL_PLANES):
                cls.daemon.zone_token(cp, f"zone-{zone:04}")

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(make, range(CONTROL_PLANES)))

    def nodes(self, page, selector="*"):
        return page.evaluate("(selector) => document.querySelectorAll(selector).length", selector)

    def test_the_fleet_is_one_small_answer(self):
        page = self.signed_in()
        # What was made a moment ago is still being counted: who looks then is told of it, and reads again.
        page.goto("/console/")
        expect(page.get_by_text("300 control planes")).to_be_visible()
        expect(page.locator(".fresh")).to_contain_text("live")
        answers = []
        page.on("response", lambda answer: answers.append(answer) if "/v3/" in answer.url else None)
        began = time.monotonic()
        page.goto("/console/")
        expect(page.get_by_text("300 control planes")).to_be_visible()
        expect(page.locator(".fresh")).to_contain_text("live")
        took = time.monotonic() - began
        fleet = [answer for answer in answers if "/v3/fleet" in answer.url]
        self.assertEqual(len(fleet), 1)
        size = fleet[0].request.sizes()["responseBodySize"]
        nodes = self.nodes(page)
        print(f"fleet of {CONTROL_PLANES} control planes: {took:.2f} s, {size} bytes, {nodes} nodes, {len(answers)} calls")
        self.assertLessEqual(size, FLEET_BYTES)
        self.assertLessEqual(nodes, PAGE_NODES)

    def test_of_all_zones_those_in_sight_are_in_the_tree(self):
        page = self.signed_in("/console/zones")
        expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", str(ZONES + 1))
        expect(page.locator("tr[data-index]").first).to_be_visible()
        most = 0
        for _ in range(10):
            page.mouse.wheel(0, 4000)
            page.wait_for_timeout(50)
            most = max(most, self.nodes(page, "tbody tr, tbody tr *"))
        began = time.monotonic()
        page.get_by_label("Name contains").fill("zone-4321")
        expect(page.locator("tr[data-index]")).to_have_count(1)
        print(f"of {ZONES} zones at most {most} nodes of rows; a filter took {time.monotonic() - began:.2f} s")
        self.assertLessEqual(most, ROW_NODES)
        expect(page.locator("tr[data-index]")).to_contain_text("zone-4321")


if __name__ == "__main__":
    unittest.main()
