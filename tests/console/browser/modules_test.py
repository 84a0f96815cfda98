# SPDX-License-Identifier: Apache-2.0
"""Single modules of the page, as they are written."""
import os
import pathlib
import sys
import unittest

from page import ConsoleTest

SCHEMA = pathlib.Path(__file__).parents[3] / "schema/console"
sys.path.append(str(SCHEMA))
import embed  # noqa: E402


class Modules(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        libraries, _ = embed.read_libraries(SCHEMA / "libraries.txt", pathlib.Path(os.environ["CONSOLE_PACKAGES"]))
        cls.written = {**embed.read_page(SCHEMA / "page"), **libraries}

    def setUp(self):
        super().setUp()
        self.at = self.page()
        self.at.goto("/console/sign-in")
        # The daemon has them put together.
        self.folder = "/console/as-written/"
        self.at.route(f"**{self.folder}*", lambda route: route.fulfill(
            content_type="text/javascript", body=self.written[route.request.url.rsplit("/", 1)[1]]))

    def run_in(self, module, body, *arguments):
        """Runs `body`, which has the module as m and the arguments as a."""
        return self.at.evaluate(
            "async ([url, body, a]) => { const m = await import(url);"
            f" return (() => {{ {body} }})(); }}", [self.folder + module, "", list(arguments)])

    def test_cells_that_a_spreadsheet_would_run_are_texts(self):
        for text, cell in (("eu-1", "eu-1"), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"),
                           ("\t=1", "'\t=1"), ('a "b", c', '"a ""b"", c"'), ('=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'),
                           ("a\nb", '"a\nb"'), (None, ""), (0, "0")):
            with self.subTest(text=text):
                self.assertEqual(self.run_in("csv.js", "return m.cell(a[0])", text), cell)

    def test_events_come_whole_however_they_were_cut(self):
        text = ': hi\n\nevent: zone\r\nid: 7\r\ndata: {"a":\r\ndata: 1}\r\n\r\nid: 8\n\ndata: x\n\n'
        expected = [{"kind": "zone", "data": '{"a":\n1}', "id": "7"}, {"kind": "message", "data": "x", "id": ""}]
        for size in (1, 2, 3, 7, len(text)):
            with self.subTest(size=size):
                pieces = [text[i:i + size] for i in range(0, len(text), size)]
                self.assertEqual(self.run_in(
                    "events.js", "const p = new m.EventParser(); return a[0].flatMap((text) => p.feed(text));", pieces), expected)

    def test_addresses_are_found_and_names_in_them_are_decoded(self):
        for path, screen, parameters in (
                ("/console/", "fleet", {}), ("/console/zones/", "zones", {}), ("/console/cp/a%2Fb", "control_plane", {"id": "a/b"}),
                ("/console/cp/a/zones/%3Cb%3E", "zone", {"id": "a", "zone": "<b>"}), ("/console/cp/%E0", "not_found", {}),
                ("/console/cp", "not_found", {}), ("/elsewhere", "not_found", {})):
            with self.subTest(path=path):
                self.assertEqual(self.run_in("routes.js", "return m.match(a[0])", path), {"screen": screen, "parameters": parameters})

    def test_names_of_zones_are_looked_at_while_they_are_typed(self):
        for name, good in (("eu-1", True), ("1", True), ("", True), ("-a", False), ("a-", False), ("A", False), ("a_b", False),
                           ("a" * 63, True), ("a" * 64, False)):
            with self.subTest(name=name):
                self.assertEqual(self.run_in("connect.js", "return m.fault(a[0])", name) == "", good)


if __name__ == "__main__":
    unittest.main()
