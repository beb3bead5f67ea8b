"""Somebody at the page: what tests do and see there, in words."""

from __future__ import annotations

from typing import Any

from interviewer.bank import Bank
from interviewer.locales import words
from interviewer.schema import Question


class Visitor:
    def __init__(self, context: Any, url: str, bank: Bank, wrong: list[str]) -> None:
        self.context = context
        self.url = url
        self.bank = bank
        self.wrong = wrong
        self.page: Any = None
        self.expects_errors = False

    def open(self) -> Visitor:
        self.page = self.context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self._note(f"page error: {error}"))
        self.page.on("request", self._note_request)
        self.page.goto(self.url)
        self.page.wait_for_selector("html.ready")
        self.page.wait_for_selector("#room .asked, #setup #start", state="visible")
        return self

    def another_tab(self) -> Visitor:
        return Visitor(self.context, self.url, self.bank, self.wrong).open()

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("html.ready")
        self.page.wait_for_selector("#room .asked, #setup #start", state="visible")

    # --- set-up -------------------------------------------------------------------------------------------------------

    def start(self, *, language: str | None = None, mode: str | None = None, grader: str | None = None) -> None:
        for field, value in (("language", language), ("mode", mode), ("grader", grader)):
            if value:
                self.page.check(f"#setup-{field} input[value={value}]")
        self.page.click("#start")
        self.page.wait_for_selector("#room .asked[data-open]")

    def use_endpoint(self, url: str, key: str = "") -> None:
        self.tab(4)
        self.page.fill("#url input, #url textarea", url)
        self.page.fill("#model input", "m")
        self.page.fill("#key input", key)
        self.page.click("#use-endpoint")
        self.page.wait_for_selector("#endpoint-state .checked")

    def speak(self, language: str) -> None:
        """Switches the interface's language."""
        self.page.click(f"#language label:has(input[value={language}])")
        said = words(language)
        self.wait(f"#tabs button[role=tab]:has-text('{said('nav.interview')}')")

    # --- the room -----------------------------------------------------------------------------------------------------

    @property
    def turn(self) -> str:
        """Which turn is shown: its interview and number."""
        return str(self.page.get_attribute("#question [data-turn]", "data-turn"))

    @property
    def asked(self) -> str:
        return str(self.page.inner_text("#question h2"))

    @property
    def question(self) -> Question:
        """The one asked, which has to be no follow-up."""
        return next(q for q in self.bank.questions.values() if self.asked in (q.text.en, q.text.zh))

    @property
    def box(self) -> str:
        return str(self.page.input_value("#box textarea"))

    def type(self, text: str) -> None:
        self.page.fill("#box textarea", text)

    def send(self, text: str) -> None:
        before = self.turn
        self.type(text)
        self.page.keyboard.press("Control+Enter")
        self.until_turn_after(before)

    def press(self, button: str) -> None:
        before = self.turn
        self.page.click(f"#{button}")
        self.until_turn_after(before)

    def until_turn_after(self, before: str) -> None:
        self.page.wait_for_function(
            "before => { const t = document.querySelector('#question [data-turn]');"
            " return !t || (t.dataset.turn !== before && 'open' in t.dataset); }",
            arg=before,
        )

    def finish(self) -> None:
        self.page.click("#finish summary")
        self.page.click("#finish [data-do=finish]")
        self.page.wait_for_selector("#report .report")

    # --- elsewhere ----------------------------------------------------------------------------------------------------

    def tab(self, number: int) -> None:
        """0 interview, 1 report, 2 history, 3 bank, 4 grader."""
        self.page.locator("#tabs button[role=tab]").nth(number).click()

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def wait(self, selector: str, **options: Any) -> None:
        self.page.wait_for_selector(selector, **options)

    def _note(self, what: str) -> None:
        if not self.expects_errors:
            self.wrong.append(what)

    def _note_console(self, message: Any) -> None:
        if message.type == "error":
            self._note(f"console: {message.text}")

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.wrong.append(f"asked another host: {request.url}")
