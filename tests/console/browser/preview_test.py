# SPDX-License-Identifier: Apache-2.0
"""A change that is looked at before it is written: what it would do, faults with their lines, somebody who writes
meanwhile, whether it arrives; and the way back, through the history."""
import re
import unittest

from playwright.sync_api import expect

from daemon import wait_for
from page import ConsoleTest


def timeout(seconds, name="slow"):
    return f"""type: MeshTimeout
mesh: default
name: {name}
spec:
  targetRef: {{kind: Mesh}}
  to:
  - targetRef: {{kind: Mesh}}
    default: {{connectionTimeout: {seconds}s}}
"""


class Preview(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cp = cls.daemon.control_plane("payments")
        cls.root = f"/v1/mesh/control-planes/{cls.cp}"
        cls.screen = f"/console/cp/{cls.cp}"
        cls.daemon.play(cls.cp, cls.daemon.zone_token(cls.cp, "eu-1"), "eu-1", proxies=3)
        cls.daemon.zone_token(cls.cp, "away")
        insights = f"{cls.root}/api/mesh-insights/default"
        wait_for(lambda: (cls.daemon.api("GET", insights)[1].get("dataplanes") or {}).get("total") == 3, "three proxies")

    def seconds(self, name="slow"):
        """What is written; None: there is none."""
        status, found = self.daemon.api("GET", f"{self.root}/api/meshes/default/meshtimeouts/{name}")
        return found["spec"]["to"][0]["default"]["connectionTimeout"] if status == 200 else None

    def put(self, seconds, name):
        status, answer = self.daemon.api("PUT", f"{self.root}/api/meshes/default/meshtimeouts/{name}", {
            "type": "MeshTimeout", "mesh": "default", "name": name, "spec": {"targetRef": {"kind": "Mesh"}, "to": [
                {"targetRef": {"kind": "Mesh"}, "default": {"connectionTimeout": f"{seconds}s"}}]}})
        self.assertLess(status, 300, answer)

    def previewed(self, page, text):
        page.get_by_label("Documents").fill(text)
        page.get_by_role("button", name="Preview", exact=True).click()

    def write(self, page):
        page.get_by_role("button", name="Write…").click()
        page.get_by_role("dialog").get_by_role("button", name="Write", exact=True).click()

    def test_what_it_would_do_is_seen_then_written_then_arrives(self):
        for scheme in ("light", "dark"):
            page = self.signed_in(f"{self.screen}/preview", color_scheme=scheme)
            expect(page.locator(".empty")).to_contain_text("before anything is written")
            name = f"seen-{scheme}"
            self.previewed(page, timeout(7, name))
            effect = page.locator(".banner[role=status]")
            expect(effect).to_contain_text("1 created")
            expect(effect).to_contain_text("3 of 3 proxies would change")
            proxies = page.get_by_role("region", name="Proxies")
            expect(proxies).to_contain_text("3 Dataplanes changed")
            expect(proxies).to_contain_text("eu-1 3")
            expect(proxies.locator("pre .after").filter(has_text=name).first).to_be_visible()
            self.check_accessible(page, f"a preview, {scheme}")
            self.assertIsNone(self.seconds(name))
            page.get_by_role("button", name="Write…").click()
            # The second press repeats what the first said.
            expect(page.get_by_role("dialog")).to_contain_text(effect.inner_text())
            self.check_accessible(page, f"about to write, {scheme}")
            page.get_by_role("dialog").get_by_role("button", name="Write", exact=True).click()
            way = page.get_by_role("region", name="On its way")
            expect(way).to_contain_text("1 of 1 connected zone has taken it")
            expect(way).to_contain_text("1 zone that is away will get it")
            expect(page.locator(".notice")).to_contain_text("Wrote 1 resource.")
            self.check_accessible(page, f"written, {scheme}")
            self.assertEqual(self.seconds(name), "7s")

    def test_by_keyboard_alone(self):
        page = self.signed_in(self.screen)
        expect(page.get_by_role("link", name="Preview")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("p")
        expect(page).to_have_url(re.compile("/preview$"))
        expect(page.get_by_label("Documents")).to_be_visible()
        self.press_until(page, "Tab", "textarea")
        page.keyboard.insert_text(timeout(8, "typed"))
        self.press_to(page, "Preview", "button")
        page.keyboard.press("Enter")
        expect(page.locator(".banner[role=status]")).to_contain_text("1 created")
        self.press_to(page, "Write", "button")
        page.keyboard.press("Enter")
        self.press_until(page, "Tab", "dialog button.danger")
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="On its way")).to_contain_text("1 of 1")
        self.assertEqual(self.seconds("typed"), "8s")
        # And back again.
        page.keyboard.press("g")
        page.keyboard.press("h")
        expect(page.get_by_role("row", name="create MeshTimeout default typed")).to_be_visible()
        self.press_to(page, "Restore from revision", "button")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("1 deleted")
        self.press_until(page, "Tab", "dialog button.danger")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Restored")).to_contain_text("1 of 1")
        self.assertIsNone(self.seconds("typed"))

    def test_faults_lead_to_their_lines(self):
        page = self.signed_in(f"{self.screen}/preview")
        self.previewed(page, timeout(5, "good") + "---\n" + timeout(5, "bad").replace("  to:", "  tow:") + "---\ntype: Nothing\nname: x\n")
        expect(page.locator(".failure")).to_contain_text("default/bad")
        expect(page.locator(".failure")).to_contain_text("Nothing")
        self.check_accessible(page, "faults")
        page.get_by_role("button", name="line 10").click()
        expect(page.get_by_label("Documents")).to_be_focused()
        self.assertIn("type: MeshTimeout", page.evaluate("document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"))
        self.assertEqual(page.get_by_role("button", name="Write…").count(), 0)
        # A document that is none at all says where.
        self.previewed(page, "a: [\n")
        expect(page.locator(".failure")).to_contain_text("document 1, line 1")

    def test_whoever_writes_meanwhile_is_seen_before_anything_is_written(self):
        self.put(5, "shared")
        page = self.signed_in(f"{self.screen}/preview")
        self.previewed(page, timeout(6, "shared"))
        expect(page.locator(".banner[role=status]")).to_contain_text("1 updated")
        self.put(9, "shared")
        self.write(page)
        expect(page.locator("[role=alert]")).to_contain_text("Somebody wrote meanwhile")
        expect(page.locator(".diff .before")).to_contain_text("9s")
        self.assertEqual(self.seconds("shared"), "9s")
        self.write(page)
        expect(page.get_by_role("region", name="On its way")).to_contain_text("1 of 1")
        self.assertEqual(self.seconds("shared"), "6s")

    def test_a_text_that_was_changed_since_is_not_written(self):
        page = self.signed_in(f"{self.screen}/preview")
        self.previewed(page, timeout(5, "edited"))
        expect(page.get_by_role("button", name="Write…")).to_be_enabled()
        page.get_by_label("Documents").press_sequentially("# later\n")
        expect(page.get_by_role("button", name="Write…")).to_be_disabled()
        expect(page.locator("main")).to_contain_text("has changed since")

    def test_zones_that_would_refuse_and_what_was_not_looked_at_come_first(self):
        page = self.signed_in(f"{self.screen}/preview")

        def change(route):
            answer = route.fetch()
            route.fulfill(response=answer, json={**answer.json(), "complete": False, "stopped": "too many proxies",
                "refusals": ["eu-1 (2.9): <b>no</b> such field"], "warnings": ["a name of old"]})

        page.route(re.compile("/ops/preview$"), change)
        self.previewed(page, timeout(5, "refused"))
        expect(page.locator(".banner.bad")).to_contain_text("1 warning of zones that would refuse")
        expect(page.locator(".banner.warning")).to_contain_text("too many proxies")
        expect(page.get_by_role("region", name="Zones that would refuse")).to_contain_text("<b>no</b>")
        expect(page.get_by_role("region", name="Warnings")).to_contain_text("a name of old")
        self.check_accessible(page, "a preview that is not whole")

    def test_who_may_only_read_is_told_so(self):
        _, _, token = self.daemon.account("reader", on=self.cp)
        page = self.signed_in(f"{self.screen}/preview", token=token)
        self.previewed(page, timeout(5, "read-only"))
        expect(page.locator(".failure")).to_contain_text("cannot access the resource")
        self.assertIsNone(self.seconds("read-only"))

    def test_a_file_or_a_resource_is_opened(self):
        self.put(5, "opened")
        page = self.signed_in(f"{self.screen}/preview")
        page.get_by_label("From a file").set_input_files({"name": "a.yaml", "mimeType": "application/yaml", "buffer": timeout(4, "filed").encode()})
        expect(page.get_by_label("Documents")).to_have_value(timeout(4, "filed"))
        page.get_by_label("Type").select_option("MeshTimeout")
        page.get_by_role("textbox", name="Name").fill("opened")
        page.get_by_role("button", name="Open", exact=True).click()
        expect(page.get_by_label("Documents")).to_have_value(re.compile('"connectionTimeout": "5s"'))
        self.assertNotIn("creationTime", page.get_by_label("Documents").input_value())
        page.get_by_role("button", name="Preview", exact=True).click()
        # Nothing would change, so there is nothing to write.
        expect(page.locator(".banner[role=status]")).to_contain_text("Resources: none.")
        self.assertEqual(page.get_by_role("button", name="Write…").count(), 0)
        page.goto(f"{self.screen}/preview?type=GlobalSecret&name=zone-token-signing-key-1")
        expect(page.locator(".banner.bad")).to_contain_text("no type named GlobalSecret that is shown")

    def test_a_zone_that_lags_is_waited_for(self):
        page = self.signed_in(f"{self.screen}/preview")
        standing = {"name": "eu-1", "standing": "behind", "enabled": True, "counts": True, "types": [{"type": "MeshTimeout", "stage": "sent", "taken_until": 1}]}
        late = {"revision": "e.9", "newest": "e.9", "outcome": "waiting", "asked_at": "2026-01-01T00:00:00Z",
                "counts": {"arrived": 0, "behind": 1, "refused": 0, "withheld": 0, "offline": 0, "never": 0}, "zones": [standing]}
        refused = {**late, "outcome": "refused", "counts": {**late["counts"], "behind": 0, "refused": 1},
                   "zones": [{**standing, "standing": "refused", "types": [], "refused": [{"type": "MeshTimeout", "name": "late", "reason": "spec: <i>no</i>", "since": "2026-01-01T00:00:00Z"}]}]}
        asked = []
        held = []

        def answer(route):
            asked.append(route.request.url)
            if "wait=" not in route.request.url:
                return route.fulfill(json=refused if "zones=all" in route.request.url else late)
            held.append(route)

        page.route(re.compile("/ops/propagation"), answer)
        self.previewed(page, timeout(3, "late"))
        self.write(page)
        way = page.get_by_role("region", name="On its way")
        expect(way).to_contain_text("0 of 1 connected zone has taken it")
        expect(way).to_contain_text("not yet MeshTimeout sent")
        wait_for(lambda: page.evaluate("1") and held, "a question that waits")
        held[0].fulfill(json=refused)
        expect(way).to_contain_text("refused it MeshTimeout late: spec: <i>no</i>")
        self.check_accessible(page, "refused by a zone")
        self.assertIn("seen_since=2026-01-01", asked[1])

    def test_two_revisions_are_compared_and_one_is_restored(self):
        self.put(1, "past")
        self.put(2, "past")
        self.put(3, "past")
        page = self.signed_in(f"{self.screen}/history?type=MeshTimeout&mesh=default&name=past")
        rows = page.get_by_role("table", name="History").locator("tr[data-index]")
        expect(rows).to_have_count(3)
        expect(rows.first).to_contain_text("update MeshTimeout default past")
        page.get_by_role("link", name="What revision").first.click()
        expect(page.locator(".diff .before")).to_contain_text("2s")
        expect(page.locator(".diff .after")).to_contain_text("3s")
        # From there until now, as an address.
        self.assertIn("from=", page.url)
        page.get_by_label("From", exact=True).fill("0")
        page.get_by_label("To", exact=True).fill("")
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_role("region", name="Compare")).to_contain_text("created MeshTimeout default past")
        self.check_accessible(page, "a comparison")
        page.get_by_role("button", name="Restore from revision").nth(1).click()
        dialog = page.get_by_role("dialog", name="Restore")
        expect(dialog.locator(".banner[role=status]")).to_contain_text("1 updated")
        expect(dialog.locator(".diff .after")).to_contain_text("1s")
        self.check_accessible(page, "about to restore")
        dialog.get_by_label("After it").check()
        expect(dialog.locator(".diff .after")).to_contain_text("2s")
        dialog.get_by_role("button", name="Restore", exact=True).click()
        expect(page.get_by_role("dialog", name="Restored")).to_contain_text("1 of 1 connected zone has taken it")
        self.assertEqual(self.seconds("past"), "2s")

    def test_what_was_written_meanwhile_stops_the_restore(self):
        self.put(1, "raced")
        self.put(2, "raced")
        page = self.signed_in(f"{self.screen}/history?name=raced")
        page.get_by_role("button", name="Restore from revision").first.click()
        dialog = page.get_by_role("dialog", name="Restore")
        expect(dialog.locator(".diff .after")).to_contain_text("1s")
        self.put(5, "raced")
        dialog.get_by_role("button", name="Restore", exact=True).click()
        expect(dialog.locator(".failure")).to_contain_text("was written since")
        self.assertEqual(self.seconds("raced"), "5s")
        dialog.get_by_role("button", name="Try again").click()
        expect(dialog.locator(".diff .before")).to_contain_text("5s")
        dialog.get_by_role("button", name="Restore", exact=True).click()
        expect(page.get_by_role("dialog", name="Restored")).to_be_visible()
        self.assertEqual(self.seconds("raced"), "1s")

    def test_a_revision_that_is_not_kept_says_so(self):
        page = self.signed_in(f"{self.screen}/history?from=999999")
        expect(page.get_by_role("region", name="Compare").locator(".failure")).to_be_visible()


if __name__ == "__main__":
    unittest.main()
