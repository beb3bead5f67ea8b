"""The question bank, to look through. Answers stay folded away until asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import gradio as gr

from interviewer.bank import search
from interviewer.locales import Words, words
from interviewer.schema import DIFFICULTIES, Kind
from interviewer.web import views
from interviewer.web.labels import Labels, Updates, clickable, plain
from interviewer.web.visitors import Visitors, owner_of

if TYPE_CHECKING:
    from interviewer.web.page_parts import Page

NO_FILTERS = ("", "", "", "", False)
SHOWN = 60
"Questions in the list; a narrower search shows the rest."


@dataclass(frozen=True)
class Browser:
    visitors: Visitors
    text: gr.Textbox
    topic: gr.Dropdown
    difficulty: gr.Dropdown
    kind: gr.Dropdown
    new: gr.Checkbox
    chosen: gr.Textbox
    "Hidden: id of the question on show."
    found: gr.HTML
    question: gr.HTML

    @property
    def components(self) -> list[Any]:
        return [self.chosen, self.found, self.question]

    @property
    def filters(self) -> list[Any]:
        return [self.text, self.topic, self.difficulty, self.kind, self.new]

    async def show(self, w: Words, owner: str, filters: Sequence[Any] = NO_FILTERS, chosen: str = "") -> Updates:
        """`filters`: the values of those controls. A topic may be topic/subtopic; new is what this visitor has not
        answered yet."""
        text, topic, difficulty, kind, new = filters
        bank, language = self.visitors.bank, "zh" if w.language == "zh" else "en"
        attempts = await self.visitors.parts.store.attempts(owner) if owner else {}
        found = [
            q
            for q in await asyncio.to_thread(search, bank, text or "")
            if topic in (None, "", q.topic, q.place)
            and difficulty in (None, "", q.difficulty)
            and kind in (None, "", q.kind)
            and not (new and q.id in attempts)
        ]
        places = {q.place: views.place_title(bank, q.place, w.language) for q in bank.questions.values()}
        about = {"attempts": attempts, "places": places, "language": language}
        listing = views.render("bank_list", w, questions=found[:SHOWN], count=len(found), chosen=chosen, **about)
        detail = views.render("bank_question", w, question=bank.questions.get(chosen or ""), **about)
        return {self.found: gr.update(value=listing), self.question: gr.update(value=detail)}


def build(labels: Labels, visitors: Visitors) -> Browser:
    bank, make = visitors.bank, labels.make
    used = {place for q in bank.questions.values() for place in (q.topic, q.place)}
    places = [p for t in bank.topics for p in (t, *(f"{t}/{s}" for s in bank.subtopics.get(t, ()))) if p in used]

    def topics(w: Words) -> list[tuple[str, str]]:
        return [(w("browser.every_topic"), ""), *((views.place_title(bank, p, w.language), p) for p in places)]

    def difficulties(w: Words) -> list[tuple[str, str]]:
        return [(w("browser.every_difficulty"), ""), *((w(f"difficulties.{d}"), d) for d in DIFFICULTIES)]

    def kinds(w: Words) -> list[tuple[str, str]]:
        return [(w("browser.every_kind"), ""), *((w(f"kinds.{k}"), k) for k in get_args(Kind))]

    with gr.Row(elem_id="bank-search", elem_classes="fields"):
        text = make(gr.Textbox, {"label": "browser.search", "placeholder": "browser.search_placeholder"}, scale=2)
        topic = make(gr.Dropdown, {"label": "browser.topic", "choices": topics}, value="", scale=2)
        difficulty = make(gr.Dropdown, {"label": "browser.difficulty", "choices": difficulties}, value="")
        kind = make(gr.Dropdown, {"label": "browser.kind", "choices": kinds}, value="")
        new = make(gr.Checkbox, {"label": "browser.new"}, value=False, elem_id="bank-new")
    with gr.Row(elem_id="bank-columns"):
        with gr.Column(elem_id="bank-list"):
            found = clickable("bank-found")
        with gr.Column(elem_id="bank-detail"):
            question = plain("bank-question")
    chosen = gr.Textbox(visible="hidden", elem_id="bank-chosen")
    return Browser(visitors, text, topic, difficulty, kind, new, chosen, found, question)


def connect(page: Page, tab: gr.Tab) -> None:
    browser = page.browser

    async def refresh(request: gr.Request, *given: Any) -> Updates:
        """Where no question is on show, none is put away: somebody may choose one meanwhile."""
        *filters, chosen, language = given
        updates = await browser.show(words(language), owner_of(request), filters, chosen)
        return updates if chosen else {browser.found: updates[browser.found]}

    async def choose(request: gr.Request, event: gr.EventData, *given: Any) -> Updates:
        *filters, language = given
        chosen = str(event._data.get("id"))
        updates = await browser.show(words(language), owner_of(request), filters, chosen)
        return updates | {browser.chosen: gr.update(value=chosen)}

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    gr.on(
        [tab.select, page.language.change, *(control.change for control in browser.filters)],
        refresh,
        [*browser.filters, browser.chosen, page.language],
        [browser.found, browser.question],
        trigger_mode="always_last",
        **quiet,
    )
    browser.found.click(choose, [*browser.filters, page.language], browser.components, **quiet)
