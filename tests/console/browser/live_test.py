# SPDX-License-Identifier: Apache-2.0
"""What happens while the page is open, what strangers may call themselves, and what it all costs."""
import json
import re
import time
import unittest

from playwright.sync_api import expect

from page import ConsoleTest

HOSTILE = "<img src=x onerror=document.title='owned'>"
REQUESTS_COLD = 30
ROW_NODES = 400


def zone(i, name=None):
    return {"name": name or f"zone-{i}", "control_plane": {"id": "00000000-0000-4000-8000-000000000001", "name": HOSTILE},
            "status": "refused" if i % 3 == 0 else "online", "since": "2026-01-01T00:00:00Z", "reason": HOSTILE,
            "advice": HOSTILE, "version": "2.14.3", "peer": "10.0.0.1", "proxies": i}


class Live(ConsoleTest):
    def test_a_refused_zone_appears_by_itself(self):
        cp = self.daemon.control_plane("refusing")
        other = self.daemon.zone_token(cp, "first")
        page = self.signed_in(f"/console/cp/{cp}/zones")
        expect(page.locator(".fresh")).to_contain_text("live")
        expect(page.get_by_role("row", name="first")).to_be_visible()
        self.daemon.play(cp, other, "second")
        row = page.get_by_role("row", name="second refused")
        expect(row).to_be_visible()
        expect(page.locator("tr.detail").first).to_contain_text("What to do:")

    def test_all_pages_of_a_browser_have_one_stream(self):
        context = self.context()
        asked = []
        context.on("request", lambda request: asked.append(request) if "/v3/events" in request.url else None)
        first = self.signed_in(context=context)
        expect(first.locator(".fresh")).to_contain_text("live")
        second = self.page(context)
        second.goto("/console/zones")
        expect(second.locator(".fresh")).to_contain_text("live")
        self.assertEqual(len(asked), 1)
        # What the one reads the other hears.
        cp = self.daemon.control_plane("two pages")
        self.daemon.play(cp, self.daemon.zone_token(cp, "heard"), "heard")
        expect(second.get_by_role("row", name="heard")).to_contain_text("online")
        # When the first goes, the second takes its place.
        first.close()
        expect(second.locator(".fresh")).to_contain_text("live")
        self.daemon.play(cp, self.daemon.zone_token(cp, "later"), "later")
        expect(second.get_by_role("row", name="later")).to_contain_text("online")
        self.assertEqual(len(asked), 2)

    def test_a_thousand_zones_that_flap_are_drawn_seldom(self):
        context = self.context()
        page = self.signed_in("/console/zones", context=context)
        expect(page.locator(".fresh")).to_contain_text("live")
        expect(page.locator(".skeleton")).to_have_count(0)
        asked = []
        page.on("request", lambda request: asked.append(request.url) if "/v3/zones" in request.url else None)
        # As the page that reads the stream tells the others.
        self.page(context).goto("/console/licences")
        context.pages[1].evaluate("""async () => {
          const channel = new BroadcastChannel('skyden-events');
          for (let i = 0; i < 1000; ++i) {
            channel.postMessage({ happened: { kind: 'zone', data: { name: `zone-${i}`, control_plane: { id: 'x' } } } });
            if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }""")
        page.wait_for_timeout(1500)
        print(f"reads for a thousand events in two seconds: {len(asked)}")
        self.assertGreaterEqual(len(asked), 1)
        self.assertLessEqual(len(asked), 16)

    def test_names_are_text_whatever_they_say(self):
        # The API lets nobody name a control plane so; zones that are refused call themselves what they like.
        cp = self.daemon.control_plane("plain")
        page = self.signed_in("/console/zones")

        def rename(route):
            answer = route.fetch()
            route.fulfill(response=answer, body=answer.text().replace('"plain"', json.dumps(HOSTILE)))

        page.route(re.compile("/v3/fleet|/control-planes/"), rename)
        page.goto("/console/")
        expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()
        page.goto(f"/console/cp/{cp}")
        expect(page.locator("h1")).to_have_text(HOSTILE)
        page.route(re.compile("/v3/zones"), lambda route: route.fulfill(json={
            "meta": {"page": {"size": 100, "total": 3, "next": None}}, "facets": {"version": [{"value": HOSTILE, "count": 1}]},
            "data": [zone(0, HOSTILE), zone(1), zone(3)]}))
        page.goto("/console/zones")
        expect(page.locator("tr[data-index]").first).to_contain_text(HOSTILE)
        self.assertEqual(page.locator("img").count(), 0)
        self.assertNotIn("owned", page.title())

    def test_a_cold_start_keeps_within_its_budget(self):
        page = self.signed_in()
        cold = self.page(self.context(storage_state=page.context.storage_state()))
        asked = []
        cold.on("request", lambda request: asked.append(request.url))
        cold.goto("/console/")
        expect(cold.locator(".fresh")).to_contain_text("live")
        expect(cold.locator(".skeleton")).to_have_count(0)
        print(f"requests of a cold start: {len(asked)}")
        self.assertLessEqual(len(asked), REQUESTS_COLD, asked)
        self.assertEqual([url for url in asked if not url.startswith(self.daemon.url)], [])

    def test_ten_thousand_rows_are_few_in_the_tree(self):
        page = self.signed_in()
        rows = [zone(i) for i in range(10000)]

        def answer(route):
            begin = int((re.search(r"page%5Bafter%5D=(\d+)", route.request.url) or [0, 0])[1])
            route.fulfill(content_type="application/json", body=json.dumps({
                "meta": {"page": {"size": 1000, "total": 10000, "next": str(begin + 1000) if begin + 1000 < 10000 else None}},
                "facets": {}, "data": rows[begin:begin + 1000]}))

        page.route(re.compile("/v3/zones"), answer)
        page.goto("/console/zones")
        expect(page.locator("tr[data-index]").first).to_be_visible()
        most = 0
        for _ in range(12):
            page.mouse.wheel(0, 20000)
            page.wait_for_timeout(100)
            most = max(most, page.evaluate("document.querySelectorAll('tbody tr, tbody tr *').length"))
        print(f"nodes of rows, at most: {most}")
        self.assertLessEqual(most, ROW_NODES)
        # The row that has the focus stays, wherever one scrolls.
        page.evaluate("window.scrollTo(0, 0)")
        page.locator("tr[data-index='0']").focus()
        page.evaluate("window.scrollTo(0, 50000)")
        page.wait_for_timeout(200)
        self.assertEqual(page.evaluate("document.activeElement?.dataset.index"), "0")

    def test_going_back_and_reloading_restore_the_state(self):
        page = self.signed_in("/console/zones?status=online&sort=-name")
        expect(page.get_by_role("combobox", name="Status", exact=True)).to_have_value("online")
        page.reload()
        expect(page.get_by_role("combobox", name="Status", exact=True)).to_have_value("online")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").click()
        expect(page.locator("h1")).to_be_focused()
        page.go_back()
        expect(page.get_by_role("combobox", name="Status", exact=True)).to_have_value("online")
        self.assertIn("sort=-name", page.url)

    def test_how_soon_a_revocation_ends_the_page(self):
        user, token_id, token = self.daemon.account("timed")
        page = self.signed_in(token=token)
        expect(page.locator(".fresh")).to_contain_text("live")
        began = time.monotonic()
        self.daemon.api("PATCH", f"/v3/users/{user}/access-tokens/{token_id}/revoke")
        expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
        print(f"a revocation ended the page after {time.monotonic() - began:.2f} s")


if __name__ == "__main__":
    unittest.main()
