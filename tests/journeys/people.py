"""A person at a browser, who checks each page for barriers at the width of a desk and a phone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from webapp.demonstration import DEMO_PASSWORD

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
WIDTHS = (1280, 390)
# Forms that a script sends in the place of the browser stay on their page.
_SENDS_A_FORM = """button => button.form !== null && button.type === "submit"
    && !button.form.matches("[data-autosave], [data-upload]")"""
# What the tests themselves provoke: a lost connection and refused saves are logged by Chromium.
_EXPECTED = ("Failed to load resource",)


class Person:
    def __init__(self, context: BrowserContext, site: str, *, script: bool) -> None:
        self.context, self.site, self.script = context, site, script
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        # The first figures of a process take seconds, and longer where many tests run at once.
        self.page.set_default_navigation_timeout(30_000)
        self.complaints: list[str] = []
        self.kinds: set[str] = set()  # of pages that were looked at; statements are of one kind
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, email: str) -> None:
        self.page.goto(f"{self.site}/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()

    def open(self, path: str) -> None:
        """Go to a page and look at it."""
        self.page.goto(f"{self.site}{path}")
        self.look()

    def follow(self, link: str) -> None:
        self.go(self.page.locator("main a", has_text=link).first)
        kind = re.sub(r"[A-Z]{2}\d\.\d+", "", self.page.url)
        if kind not in self.kinds:
            self.kinds.add(kind)
            self.look()

    def go(self, link: Locator) -> None:
        """Click, and wait for the other page: what is done next must not hit this one."""
        with self.page.expect_navigation():
            link.click(no_wait_after=True)

    def press(self, button: str) -> None:
        """Click a button. Where it sends a form, wait for the answer: a link that is followed
        before it comes cancels what is being sent, and a look would be one at the old page."""
        found = self.page.get_by_role("main").get_by_role("button", name=button).first
        if not self.script or found.evaluate(_SENDS_A_FORM):
            self.go(found)
        else:
            found.click()

    def choose(self, level: str) -> None:
        """Click the row of a level, as a person does."""
        row = self.page.locator(".app-scale__row").filter(
            has=self.page.locator(f".app-scale__number:text-is('{level}')")
        )
        row.locator("label").click()

    def sees(self, words: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def sees_state(self, words: str) -> None:
        # After a lost sign-in or connection the script waits longer from try to try.
        expect(self.page.locator("[data-state-line]")).to_contain_text(words, timeout=30_000)

    def look(self) -> None:
        """No barrier that axe knows, and nothing wider than the window, at both widths."""
        if not self.script:
            return
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate(AXE.read_text())
            found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            barriers = [
                (one["id"], [node["html"][:200] for node in one["nodes"][:2]])
                for one in found["violations"]
            ]
            assert barriers == [], (self.page.url, width, barriers)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (self.page.url, width, wide)
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def leave(self) -> None:
        self.context.close()
        assert self.complaints == []

    def _listen(self, message) -> None:
        if message.type == "error" and not message.text.startswith(_EXPECTED):
            self.complaints.append(message.text)
