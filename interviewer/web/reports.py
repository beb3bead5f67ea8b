"""The report of an interview that is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.locales import Words
from interviewer.report import summarise
from interviewer.schema import Interview
from interviewer.web import views
from interviewer.web.labels import Updates, clickable
from interviewer.web.visitors import Visitors


@dataclass(frozen=True)
class Reports:
    visitors: Visitors
    body: gr.HTML

    @property
    def components(self) -> list[Any]:
        return [self.body]

    def show(self, w: Words, interview: Interview | None, disputed: views.Disputes | None = None) -> Updates:
        """Labels in the interface's language, questions and answers in the interview's."""
        disputes = disputed or (views.disputes(interview) if interview else None)
        report = summarise(interview, self.visitors.bank.topics) if interview else None
        language = interview.plan.language if interview else w.language
        page = views.render("report_page", w, report=report, language=language, disputes=disputes)
        return {self.body: gr.update(value=page)}

    async def latest(self, w: Words, owner: str) -> Updates:
        """The report of the interview that was finished last; the empty page without one."""
        summaries = await self.visitors.parts.store.of_owner(owner, limit=20) if owner else []
        finished = next((s for s in summaries if s.finished_at is not None), None)
        return self.show(w, await self.visitors.finished(finished.id, owner) if finished else None)


def build(visitors: Visitors) -> Reports:
    return Reports(visitors, clickable("report"))
