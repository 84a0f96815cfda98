# SPDX-License-Identifier: Apache-2.0
"""A browser, and a page of the console in it. Whatever the page says is wrong fails the test."""
import shutil
import unittest

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from daemon import Daemon, PATIENCE

# The browser says it of each answer that is an error; tests make those.
ANSWERED = "Failed to load resource"
expect.set_options(timeout=PATIENCE * 1000)


class ConsoleTest(unittest.TestCase):
    """One daemon and one browser for all tests of a class."""

    settings = ()

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(*cls.settings)
        cls.addClassCleanup(cls.daemon.close)
        playwright = sync_playwright().start()
        cls.addClassCleanup(playwright.stop)
        cls.browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"])
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.wrong = []

    def tearDown(self):
        self.assertEqual(self.wrong, [], "what pages complained of")

    def context(self, **options):
        context = self.browser.new_context(base_url=self.daemon.url, **options)
        context.set_default_timeout(PATIENCE * 1000)
        self.addCleanup(context.close)
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) =>"
            " console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));")
        return context

    def page(self, context=None, **options):
        page = (context or self.context(**options)).new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda message: self.wrong.append(message.text)
                if message.type == "error" and not message.text.startswith(ANSWERED) else None)
        return page

    def signed_in(self, path="/console/", token=None, context=None, **options):
        """A page that has signed in and shows `path`."""
        page = self.page(context, **options)
        page.goto(path)
        page.get_by_label("Token", exact=True).fill(token or self.daemon.token)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_label("Token", exact=True)).to_have_count(0)
        expect(page.locator("h1")).to_be_visible()
        return page

    def check_accessible(self, page, what):
        found = Axe().run(page).response["violations"]
        told = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]
        self.assertEqual(told, [], f"axe of {what}")

    def press_until(self, page, key, selected, most=60):
        """As somebody with a keyboard alone does: on with it, until there."""
        for _ in range(most):
            if page.evaluate("(wanted) => document.activeElement?.matches(wanted)", selected):
                return
            page.keyboard.press(key)
        self.fail(f"{key} never came to {selected}")

    def press_to(self, page, name, role="a, button, summary", most=80):
        for _ in range(most):
            here = page.evaluate(
                "(roles) => document.activeElement?.matches(roles) ? (document.activeElement.getAttribute('aria-label')"
                " ?? document.activeElement.textContent).trim() : ''", role)
            if here.startswith(name):
                return
            page.keyboard.press("Tab")
        self.fail(f"Tab never came to {name}")
