"""The question bank, to look through. Answers stay folded away until asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from interviewer.bank import search
from interviewer.locales import Words, words
from interviewer.schema import DIFFICULTIES, Question
from interviewer.web import views
from interviewer.web.labels import Labels, Updates, clickable, plain
from interviewer.web.visitors import Visitors

if TYPE_CHECKING:
    from interviewer.web.page_parts import Page

SHOWN = 60
"Questions in the list; a narrower search shows the rest."


@dataclass(frozen=True)
class Browser:
    visitors: Visitors
    text: gr.Textbox
    topic: gr.Dropdown
    difficulty: gr.Dropdown
    chosen: gr.Textbox
    "Hidden: id of the question on show."
    found: gr.HTML
    question: gr.HTML

    @property
    def components(self) -> list[Any]:
        return [self.chosen, self.found, self.question]

    @property
    def choices(self) -> list[Any]:
        return [self.text, self.topic, self.difficulty, self.chosen]

    def show(self, w: Words, text: str = "", topic: str = "", difficulty: str = "", chosen: str = "") -> Updates:
        bank, language = self.visitors.bank, "zh" if w.language == "zh" else "en"
        found = [
            q
            for q in search(bank, text or "")
            if topic in (None, "", q.topic) and difficulty in (None, "", q.difficulty)
        ]
        shown = [(q, self._topic(w, q)) for q in found[:SHOWN]]
        question = bank.questions.get(chosen or "")
        topic_title = self._topic(w, question) if question else ""
        listing = views.render("bank_list", w, questions=shown, count=len(found), chosen=chosen, language=language)
        detail = views.render("bank_question", w, question=question, topic=topic_title, language=language)
        return {self.found: gr.update(value=listing), self.question: gr.update(value=detail)}

    def _topic(self, w: Words, question: Question) -> str:
        return views.topic_title(self.visitors.bank.topics, question.topic, w.language)


def build(labels: Labels, visitors: Visitors) -> Browser:
    bank, make = visitors.bank, labels.make
    used = {q.topic for q in bank.questions.values()}

    def topics(w: Words) -> list[tuple[str, str]]:
        titles = [(views.topic_title(bank.topics, t, w.language), t) for t in bank.topics if t in used]
        return [(w("browser.every_topic"), ""), *titles]

    def difficulties(w: Words) -> list[tuple[str, str]]:
        return [(w("browser.every_difficulty"), ""), *((w(f"difficulties.{d}"), d) for d in DIFFICULTIES)]

    with gr.Row(elem_id="bank-search", elem_classes="fields"):
        text = make(gr.Textbox, {"label": "browser.search", "placeholder": "browser.search_placeholder"}, scale=2)
        topic = make(gr.Dropdown, {"label": "browser.topic", "choices": topics}, value="")
        difficulty = make(gr.Dropdown, {"label": "browser.difficulty", "choices": difficulties}, value="")
    with gr.Row(elem_id="bank-columns"):
        with gr.Column(elem_id="bank-list"):
            found = clickable("bank-found")
        with gr.Column(elem_id="bank-detail"):
            question = plain("bank-question")
    return Browser(
        visitors, text, topic, difficulty, gr.Textbox(visible="hidden", elem_id="bank-chosen"), found, question
    )


def connect(page: Page) -> None:
    browser = page.browser

    def refresh(text: str, topic: str, difficulty: str, chosen: str, language: str) -> Updates:
        return browser.show(words(language), text, topic, difficulty, chosen)

    def choose(text: str, topic: str, difficulty: str, language: str, event: gr.EventData) -> Updates:
        chosen = str(event._data.get("id"))
        updates = browser.show(words(language), text, topic, difficulty, chosen)
        return updates | {browser.chosen: gr.update(value=chosen)}

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    changed = [browser.text.change, browser.topic.change, browser.difficulty.change, page.language.change]
    gr.on(
        changed,
        refresh,
        [*browser.choices, page.language],
        [browser.found, browser.question],
        trigger_mode="always_last",
        **quiet,
    )
    browser.found.click(choose, [*browser.choices[:3], page.language], browser.components, **quiet)
