"""The report of an interview that is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import gradio as gr

from interviewer.locales import Words
from interviewer.report import summarise
from interviewer.schema import Interview
from interviewer.web import views
from interviewer.web.labels import Updates, clickable, plain
from interviewer.web.visitors import Visitors


@dataclass(frozen=True)
class Reports:
    visitors: Visitors
    live: gr.HTML
    "How the grading of an old answer goes."
    body: gr.HTML

    @property
    def components(self) -> list[Any]:
        return [self.live, self.body]

    def show(
        self,
        w: Words,
        interview: Interview | None,
        zone: tzinfo,
        disputed: views.Disputes | None = None,
        notice: str = "",
    ) -> Updates:
        """Labels in the interface's language, questions and answers in the interview's; times in the visitor's zone."""
        disputes = disputed or (views.disputes(interview) if interview else None)
        report = summarise(interview, self.visitors.bank.topics) if interview else None
        language = interview.plan.language if interview else w.language
        page = views.render("report_page", w, report=report, language=language, zone=zone, disputes=disputes)
        return {self.body: gr.update(value=page), self.live: gr.update(value=views.notice(w, notice))}

    async def latest(self, w: Words, owner: str, zone: tzinfo) -> Updates:
        """The report of the interview that was finished last; the empty page without one."""
        summaries = await self.visitors.parts.store.of_owner(owner, limit=20) if owner else []
        finished = next((s for s in summaries if s.finished_at is not None), None)
        return self.show(w, await self.visitors.finished(finished.id, owner) if finished else None, zone)


def build(visitors: Visitors) -> Reports:
    return Reports(visitors, plain("report-live"), clickable("report"))
