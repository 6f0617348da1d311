"""Somebody with a browser. Every page that is looked at has no violation of accessibility, does not scroll sideways,
and broke no script. With RANDAL_SHOTS=<folder> a picture of each is kept there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

PASSWORD = "contoh sandi perjalanan"
LOOKED_AT: set[tuple[str, str]] = set()


class Visitor:
    def __init__(self, page: Any, axe: Callable[[Any], None], name: str, tag: str):
        self.page, self.axe, self.name, self.tag = page, axe, name, tag
        self.wrong: list[str] = []
        self.email = ""
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("console", self.heard)
        page.on("response", self.answered)

    def heard(self, message: Any) -> None:
        # A refused form (409, 422) is told in the console too; that is no fault of the page.
        if message.type == "error" and not re.search(r"status of 4\d\d", message.text):
            self.wrong.append(f"{self.page.url}: {message.text}")

    def answered(self, response: Any) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status} {response.request.method} {response.url}")

    def sign_in(self, email: str) -> None:
        self.email = email
        self.page.goto("/masuk")
        self.look("masuk")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: not url.endswith("/masuk"))
        self.look("beranda")

    def go(self, path: str, look: str = "") -> Visitor:
        self.page.goto(path)
        if self.email and "/masuk?next=" in self.page.url:  # the session ended overnight
            self.sign_in(self.email)
            self.page.goto(path)
        if look:
            self.look(look)
        return self

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press the button, link or fold with these words that can be seen."""
        words = re.compile(rf"^\s*{re.escape(name)}\s*$" if exact else re.escape(name))
        found = self.page.locator("button, a, summary").filter(has_text=words).filter(visible=True)
        found.first.click()

    def fill(self, **given: Any) -> None:
        for name, value in given.items():
            box = self.page.locator(f"[name={name}]").filter(visible=True).first
            if isinstance(value, tuple):  # the option with these words
                box.select_option(box.locator("option", has_text=value[0]).first.get_attribute("value"))
            elif box.evaluate("e => e.tagName") == "SELECT":
                box.select_option(value)
            else:
                box.fill(str(value))

    def move(self, name: str, label: str, **given: Any) -> None:
        """Open the sheet of this move, fill it and send it."""
        self.press(label, exact=True)
        form = self.page.locator(f"form[action$='/langkah/{name}']").filter(visible=True).first
        for field, value in given.items():
            form.locator(f"[name={field}]").fill(value)
        form.locator(".form-end button").first.click()

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).filter(visible=True).first.wait_for()

    def until(self, script: str, given: Any = None) -> None:
        """Ask until the answer is true (the browser's own waiting would evaluate text in the page, which its CSP forbids)."""
        for _ in range(200):
            if self.page.evaluate(script, given):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.page.url}: never {script} {given}")

    def settled(self) -> None:
        self.page.wait_for_load_state()

    def look(self, what: str) -> None:
        """Judge this page; each kind of page once for each width."""
        self.settled()
        key = (what, self.tag)
        if key in LOOKED_AT:
            return
        LOOKED_AT.add(key)
        self.page.evaluate("document.fonts.ready")
        if folder := os.environ.get("RANDAL_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            name = f"{what}-{self.name.replace('Contoh ', '').replace(' ', '_')}-{self.tag}.png"
            self.page.screenshot(path=f"{folder}/{name}", full_page=True)
        self.axe(self.page)
        wide = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{self.page.url} scrolls sideways: {wide}"
