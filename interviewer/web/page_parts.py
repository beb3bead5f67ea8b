"""The page's parts in one hand, and what changes about them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import gradio as gr

from interviewer import review
from interviewer.errors import InterviewerError
from interviewer.locales import Words, words
from interviewer.schema import Interview
from interviewer.web import views
from interviewer.web.browser import Browser
from interviewer.web.graders import Graders
from interviewer.web.history import History
from interviewer.web.labels import Labels, Updates, merged
from interviewer.web.reports import Reports
from interviewer.web.room import Room, read_place
from interviewer.web.setup import Setup
from interviewer.web.visitors import Visitors, known, zone_of


@dataclass(frozen=True)
class Page:
    blocks: gr.Blocks
    visitors: Visitors
    labels: Labels
    language: gr.Radio
    tabs: gr.Tabs
    setup: Setup
    room: Room
    reports: Reports
    history: History
    browser: Browser
    graders: Graders

    @property
    def of_the_room(self) -> list[Any]:
        """What changes as an interview goes on, its end included."""
        return [*self.room.components, *self.setup.components, *self.reports.components, self.tabs]

    @property
    def everything(self) -> list[Any]:
        shown = [*self.of_the_room, *self.history.components, *self.browser.components, *self.graders.components]
        return list(dict.fromkeys([*shown, *self.labels.components, self.language]))

    async def shown(
        self, w: Words, owner: str, interview: Interview | None, zone: tzinfo, *, notice: str = ""
    ) -> Updates:
        """The picture of an interview: the room; after its end the report; without one the set-up."""
        await self._look_again(owner, interview)
        updates = await self.room.show(w, owner, interview, notice=notice)
        if interview is not None and interview.finished_at is None:
            return updates | {self.setup.panel: gr.update(visible=False)}
        updates |= await self.setup.show(w, owner, zone)
        if interview is not None:
            updates |= self.reports.show(w, interview, zone) | {self.tabs: gr.update(selected="report")}
        return updates

    async def _look_again(self, owner: str, interview: Interview | None) -> None:
        """Meanwhile, at what is over and doubtful; what comes of it is in the next picture."""
        visitors = self.visitors
        if interview is not None and interview.plan.grader == "llm" and review.over(interview):
            grader = await visitors.grader(owner, "llm")
            visitors.second_looks.start(visitors.parts.session, interview, grader)

    async def at(self, owner: str, place: str | None) -> Interview | None:
        """The interview that a tab shows; for a new tab the newest one, if that isn't over. One that was interrupted
        while the built-in grader was at work is graded now: that costs nothing."""
        parts = self.visitors.parts
        if not owner:
            return None
        interview_id = read_place(place)[0] if place else None
        if place is None:
            newest = await parts.store.of_owner(owner, limit=1)
            interview_id = newest[0].id if newest and newest[0].finished_at is None else None
        if not interview_id:
            return None
        interview = await parts.session.load(interview_id, owner)
        return await self._taken_up(interview, owner)

    async def _taken_up(self, interview: Interview, owner: str) -> Interview:
        at, turn = len(interview.turns) - 1, interview.turn
        interrupted = turn is not None and turn.outcome == "answered" and turn.grade is None and turn.error is None
        if not interrupted or interview.plan.grader != "builtin" or self.visitors.gradings.under_way(interview.id, at):
            return interview
        grader = await self.visitors.grader(owner, "builtin")
        return await self.visitors.parts.session.grade(interview.id, owner, at, grader)

    async def open_interview(self, language: str, request: gr.Request, interview_id: str) -> Updates:
        """Goes to an interview: into the room where it is not over, to its report otherwise."""
        w = words(language)
        try:
            owner = known(request)
            interview = await self._taken_up(await self.visitors.parts.session.load(interview_id, owner), owner)
        except InterviewerError as error:
            return {self.setup.notice: gr.update(value=views.notice(w, error.say(language)))}
        return {self.tabs: gr.update(selected="interview")} | await self.shown(w, owner, interview, zone_of(request))

    async def without(self, w: Words, owner: str, zone: tzinfo) -> Updates:
        """After an interview was deleted: it may have been the one on show."""
        return merged(
            await self.shown(w, owner, None, zone),
            await self.reports.latest(w, owner, zone),
            await self.history.show(w, owner, zone),
        )

    async def afresh(self, w: Words, owner: str, interview: Interview | None, zone: tzinfo) -> Updates:
        """Everything, in a language: at the first load, and when the language changes."""
        return merged(
            self.labels.updates(w),
            await self.shown(w, owner, interview, zone),
            await self.reports.latest(w, owner, zone),
            await self.history.show(w, owner, zone),
            await self.browser.show(w, owner),
            await self.graders.show(w, owner),
        )
