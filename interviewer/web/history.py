"""Past interviews: how the scores went, and each one to be read, continued or deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import gradio as gr

from interviewer.errors import InterviewerError
from interviewer.locales import Words, words
from interviewer.web import views
from interviewer.web.labels import Updates, clickable, plain
from interviewer.web.visitors import Visitors, known, owner_of, zone_of

if TYPE_CHECKING:
    from interviewer.web.page_parts import Page

SHOWN = 100
"The latest so many."


@dataclass(frozen=True)
class History:
    visitors: Visitors
    notice: gr.HTML
    body: gr.HTML

    @property
    def components(self) -> list[Any]:
        return [self.notice, self.body]

    async def show(self, w: Words, owner: str, zone: tzinfo, notice: str = "") -> Updates:
        store = self.visitors.parts.store
        summaries = await store.of_owner(owner, limit=SHOWN) if owner else []
        ungraded = {i.id: views.why_ungraded(i) for i in (await store.ungraded(owner) if owner else [])}
        finished = [s.score for s in reversed(summaries) if s.finished_at is not None]
        body = views.render(
            "history", w, summaries=summaries, ungraded=ungraded, curve=views.curve(finished), zone=zone
        )
        return {self.body: gr.update(value=body), self.notice: gr.update(value=views.notice(w, notice))}


def build(visitors: Visitors) -> History:
    return History(visitors, plain("history-notice"), clickable("history"))


def connect(page: Page, tab: gr.Tab) -> None:
    history, visitors = page.history, page.visitors

    async def refresh(language: str, request: gr.Request) -> Updates:
        return await history.show(words(language), owner_of(request), zone_of(request))

    async def act(language: str, request: gr.Request, event: gr.EventData) -> Updates:
        w, chosen = words(language), str(event._data.get("id"))
        try:
            owner = known(request)
            match event._data.get("do"):
                case "open":
                    return await page.open_interview(language, request, chosen)
                case "report":
                    interview = await visitors.finished(chosen, owner)
                    return page.reports.show(w, interview, zone_of(request)) | {page.tabs: gr.update(selected="report")}
                case "delete":
                    await visitors.parts.store.delete(chosen, owner)
                    return await page.without(w, owner, zone_of(request))
        except InterviewerError as error:
            return await history.show(w, owner_of(request), zone_of(request), error.say(language))
        return {}

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    tab.select(refresh, [page.language], history.components, **quiet)
    history.body.click(act, [page.language], [*page.of_the_room, *history.components], **quiet)
