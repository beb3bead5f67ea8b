"""Somebody at the page: what tests do and see there, in words."""

from __future__ import annotations

from typing import Any

from interviewer.bank import Bank
from interviewer.locales import words
from interviewer.schema import Question

_THERE = "#room .asked, #room .look-back, #setup #start"
_MOVED = """before => {
  const [turn, back] = ['#question [data-turn]', '#look-back [data-turn]'].map((s) => document.querySelector(s));
  if (back) return true;
  return !turn || (turn.dataset.turn !== before && 'open' in turn.dataset);
}"""


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
        self.page.wait_for_selector(_THERE, state="visible")
        return self

    def another_tab(self) -> Visitor:
        return Visitor(self.context, self.url, self.bank, self.wrong).open()

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("html.ready")
        self.page.wait_for_selector(_THERE, state="visible")

    # --- set-up -------------------------------------------------------------------------------------------------------

    def start(self, **chosen: str) -> None:
        """`chosen`: language, mode, depth or grader."""
        for field, value in chosen.items():
            self.page.check(f"#setup-{field} input[value={value}]")
        self.page.click("#start")
        self.page.wait_for_selector("#room .asked[data-open]")

    def use_endpoint(self, url: str, key: str = "") -> None:
        self.tab(4)
        self.page.fill("#url input, #url textarea", url)
        self.page.fill("#model input", "m")
        self.page.fill("#key input", key)
        self.page.click("#use-endpoint")
        self.page.wait_for_selector("#endpoint-state .checked.ok, #endpoint-state .checked.bad", timeout=120_000)

    def speak(self, language: str) -> None:
        """Switches the interface's language."""
        self.page.click(f"#language label:has(input[value={language}])")
        said = words(language)
        self.wait(f"#tabs button[role=tab]:has-text('{said('nav.interview')}')")

    # --- the room -----------------------------------------------------------------------------------------------------

    @property
    def turn(self) -> str:
        """Which turn is shown: its interview and number."""
        return str(self.page.get_attribute("#question [data-turn], #look-back [data-turn]", "data-turn"))

    @property
    def asked(self) -> str:
        return str(self.page.inner_text("#question .put")).strip()

    @property
    def question(self) -> Question:
        """The one asked, which has to be no follow-up."""
        return next(q for q in self.bank.questions.values() if self.asked in (_plain(q.text.en), _plain(q.text.zh)))

    @property
    def looks_back(self) -> bool:
        return bool(self.page.is_visible("#look-back .look-back"))

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
        """Until something else is asked, a question is looked back on, or the interview is over."""
        self.page.wait_for_function(_MOVED, arg=before)

    def give_up(self) -> None:
        """Says "I don't know" until the question is over and looked back on."""
        while not self.looks_back:
            self.press("dont-know")

    def go_on(self) -> None:
        """From the look back to the next question, or to the report."""
        self.page.click("#next")
        self.wait("#question .asked[data-open], #report .report")

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


def _plain(markdown: str) -> str:
    return markdown.replace("`", "").strip()
