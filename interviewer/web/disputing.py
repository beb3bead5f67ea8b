"""A candidate disputes a judgment, in the look back, the transcript or the report."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any

import gradio as gr

from interviewer import review
from interviewer.errors import InterviewerError, InvalidInput
from interviewer.grading import Grader, Report, SecondReader
from interviewer.locales import Words, words
from interviewer.schema import Interview
from interviewer.web import views
from interviewer.web.answering import said_of
from interviewer.web.labels import Updates
from interviewer.web.page_parts import Page
from interviewer.web.views import Disputes
from interviewer.web.visitors import Refusing, known, zone_of


@dataclass(frozen=True)
class Disputing:
    page: Page

    async def dispute(self, language: str, request: gr.Request, event: gr.EventData) -> AsyncIterator[Updates]:
        """Shown at once as being weighed; then both judgments, or why not, where the dispute was typed."""
        data, w, visitors = event._data, words(language), self.page.visitors
        try:
            owner = known(request)
            interview = await visitors.parts.session.load(str(data.get("interview")), owner)
        except InterviewerError as error:
            yield self._gone(w, error.say(language))
            return
        zone = zone_of(request)
        sent = Disputes(
            weighs=interview.plan.grader == "llm",
            question_id=str(data.get("question")),
            criterion_id=str(data.get("criterion")),
            argument=str(data.get("text")),
        )
        try:
            _check_over(interview, sent.question_id)
            grader = await visitors.grader(owner, interview.plan.grader)
            if isinstance(grader, Refusing):
                raise grader.reason
            if isinstance(grader, SecondReader):
                yield self._shown(w, interview, zone, sent.model_copy(update={"busy": True}))
            failure = await self._appeal(interview, sent, grader)
            interview = await visitors.parts.session.load(interview.id, owner)
        except InterviewerError as error:
            failure = error
        yield self._shown(w, interview, zone, sent.model_copy(update={"error": said_of(failure, w)}))

    async def _appeal(self, interview: Interview, sent: Disputes, grader: Grader) -> BaseException | None:
        """Goes on when the tab is closed. One after the other where several judgments of a question are disputed, or
        looked at a second time; why it failed, if it did."""
        gradings, key = self.page.visitors.gradings, (interview.id, sent.question_id)
        while running := gradings.under_way(*key):
            await asyncio.wait([running.task])
        weighing = gradings.start(*key, partial(self._weigh, interview, sent, grader))
        await asyncio.wait([weighing.task])
        return weighing.failure

    async def _weigh(self, interview: Interview, sent: Disputes, grader: Grader, _: Report) -> None:
        session = self.page.visitors.parts.session
        what = interview.id, interview.owner, sent.question_id, sent.criterion_id, sent.argument
        await review.appeal(session, *what, grader, session.clock())

    def _shown(self, w: Words, interview: Interview, zone: tzinfo, sent: Disputes) -> Updates:
        room = self.page.room
        if interview.finished_at is not None:
            return self.page.reports.show(w, interview, zone, sent)
        return {
            room.look_back: gr.update(value=views.look_back(w, interview, sent)),
            room.transcript: gr.update(value=views.transcript(w, interview, sent)),
        }

    def _gone(self, w: Words, said: str) -> Updates:
        shown = gr.update(value=views.notice(w, said))
        return {self.page.room.notice: shown, self.page.reports.body: shown}


def _check_over(interview: Interview, question_id: str) -> None:
    """Before a question is over, and in interview mode before the end, its judgments are not shown: nothing of them can
    be disputed then.

    Raises:
        InvalidInput: not yet.
    """
    finished = interview.finished_at is not None
    over = {t.result.question.id for t in views.threads(interview) if t.over}
    if question_id not in over or not (finished or interview.plan.mode == "practice"):
        raise InvalidInput("nothing_to_dispute")


def connect(page: Page) -> None:
    does, room = Disputing(page), page.room
    outputs = [room.look_back, room.transcript, room.notice, *page.reports.components]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    for shown in (room.look_back, room.transcript, page.reports.body):
        shown.submit(does.dispute, [page.language], outputs, **quiet)
