"""What a candidate can do in the room. Each handler authorises by the owner's cookie, and draws from the store."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interviewer.errors import Conflict, InterviewerError
from interviewer.grading.strict import strictly
from interviewer.locales import Words, words
from interviewer.schema import Interview
from interviewer.session import Session
from interviewer.typed import intent
from interviewer.web import views
from interviewer.web.labels import Updates
from interviewer.web.page_parts import Page
from interviewer.web.room import read_place
from interviewer.web.visitors import known

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visit:
    """Who asks, in which language, about which turn."""

    w: Words
    owner: str
    interview_id: str
    at: int

    @classmethod
    def of(cls, place: str, language: str, request: gr.Request) -> Visit:
        return cls(words(language), known(request), *read_place(place))


def said_of(failure: BaseException | None, w: Words) -> str:
    if failure is None:
        return ""
    if isinstance(failure, InterviewerError):
        return failure.say(w.language)
    log.error("an answer could not be graded", exc_info=failure)
    return w.error("unexpected")


def _turn_of(data: Any) -> int:
    """The number of a turn in what a browser sent; -1, which is no turn, where it sent something else."""
    at = str(data.get("at", ""))
    return int(at) if at.isdecimal() and len(at) < 6 else -1


@dataclass(frozen=True)
class Answering:
    page: Page

    @property
    def session(self) -> Session:
        return self.page.visitors.parts.session

    async def answer(self, text: str, place: str, language: str, request: gr.Request) -> AsyncIterator[Updates]:
        """Stored first and shown at once; then graded, with what the grader is doing."""
        try:
            visit = Visit.of(place, language, request)
            meant = intent(text)
            if meant is not None:
                yield await self._meant(meant, visit, text)
                return
            interview = await self.session.hand_in(visit.interview_id, visit.owner, visit.at, text)
        except InterviewerError as error:
            yield await self._refused(error, place, language, request)
            return
        async for update in self._graded(visit, interview, {self.page.room.box: gr.update(value="")}):
            yield update

    async def grade(
        self, place: str, language: str, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[Updates]:
        """Grades a turn that has an answer and no grade; the buttons in the transcript and beside a pending answer."""
        data = event._data
        try:
            here = Visit.of(place, language, request)
            visit = Visit(here.w, here.owner, here.interview_id, _turn_of(data))
            if data.get("do") != "grade":
                yield await self._without_grading(str(data.get("do")), visit)
                return
            interview = await self.session.load(visit.interview_id, visit.owner)
        except InterviewerError as error:
            yield await self._refused(error, place, language, request)
            return
        async for update in self._graded(visit, interview, {}):
            yield update

    async def dont_know(self, text: str, place: str, language: str, request: gr.Request) -> Updates:
        return await self._quick("dont_know", text, place, language, request)

    async def skip(self, text: str, place: str, language: str, request: gr.Request) -> Updates:
        return await self._quick("skip", text, place, language, request)

    async def hint(self, text: str, place: str, language: str, request: gr.Request) -> Updates:
        return await self._quick("hint", text, place, language, request)

    async def clarify(self, text: str, place: str, language: str, request: gr.Request) -> Updates:
        return await self._quick("clarify", text, place, language, request)

    async def stop(self, place: str, language: str, request: gr.Request) -> Updates:
        """Goes on without a grade, whichever tab started the grading."""
        try:
            visit = Visit.of(place, language, request)
            interview = await self.session.stop_grading(visit.interview_id, visit.owner, visit.at)
            await self.page.visitors.gradings.stop(visit.interview_id, visit.at)
        except InterviewerError as error:
            return await self._refused(error, place, language, request)
        return await self.page.shown(visit.w, visit.owner, interview)

    async def finish(self, place: str, language: str, request: gr.Request) -> Updates:
        try:
            visit = Visit.of(place, language, request)
            interview = await self.session.finish(visit.interview_id, visit.owner)
        except InterviewerError as error:
            return await self._refused(error, place, language, request)
        return await self.page.shown(visit.w, visit.owner, interview)

    async def _quick(self, what: str, text: str, place: str, language: str, request: gr.Request) -> Updates:
        try:
            return await self._meant(what, Visit.of(place, language, request), text if what == "clarify" else None)
        except InterviewerError as error:
            return await self._refused(error, place, language, request)

    async def _meant(self, what: str, visit: Visit, text: str | None) -> Updates:
        """A button, or a message that says just what a button says. `text` leaves the box where it is used up."""
        key = visit.interview_id, visit.owner, visit.at
        if what == "dont_know":
            interview = await self.session.dont_know(*key)
        elif what == "skip":
            interview = await self.session.skip(*key)
        elif what == "hint":
            interview, _ = await self.session.hint(*key)
        else:
            interview = await self._clarified(visit, text or "")
        updates = await self.page.shown(visit.w, visit.owner, interview)
        return updates if text is None else updates | {self.page.room.box: gr.update(value="")}

    async def _clarified(self, visit: Visit, text: str) -> Interview:
        key = visit.interview_id, visit.owner, visit.at
        interview = await self.session.load(visit.interview_id, visit.owner)
        asked = "" if not text.strip() or intent(text) == "clarify" else self.session.clean(text)
        clarifier = await self.page.visitors.clarifier(visit.owner, interview.plan.grader)
        interview, _ = await self.session.clarify(*key, asked, clarifier)
        return interview

    async def _without_grading(self, what: str, visit: Visit) -> Updates:
        """go_on leaves the answer not graded."""
        if what == "go_on":
            interview = await self.session.stop_grading(visit.interview_id, visit.owner, visit.at)
        else:
            interview = await self.session.load(visit.interview_id, visit.owner)
        return await self.page.shown(visit.w, visit.owner, interview)

    async def _graded(self, visit: Visit, interview: Interview, first: Updates) -> AsyncIterator[Updates]:
        """The picture with the answer in it, then the grader's progress, then the picture after the next move."""
        room, w, key = self.page.room, visit.w, (visit.interview_id, visit.owner, visit.at)
        waiting = views.render("live", w, stage="asking", number=None, of=0, seconds="", text="")
        yield await room.show(w, visit.owner, interview, busy=True) | first | {room.live: gr.update(value=waiting)}
        plan = interview.plan
        grader = strictly(await self.page.visitors.grader(visit.owner, plan.grader), plan.gradings)
        grading = self.page.visitors.gradings.start(
            visit.interview_id, visit.at, lambda report: self.session.grade(*key, grader, report)
        )
        question = interview.question(interview.turns[visit.at].question_id)
        async for step in grading.steps():
            yield {room.live: gr.update(value=views.progress(w, step, question, plan.mode == "practice"))}
        try:
            interview = await self.session.load(visit.interview_id, visit.owner)
        except InterviewerError as error:
            yield await self.page.shown(w, visit.owner, None, notice=error.say(w.language))
            return
        notice = said_of(grading.failure, w)
        yield await self.page.shown(w, visit.owner, interview, notice=notice)

    async def _refused(self, error: InterviewerError, place: str, language: str, request: gr.Request) -> Updates:
        """Says why. What is in the box stays there; where another tab moved the interview on, this one follows."""
        room, w = self.page.room, words(language)
        said = {room.notice: gr.update(value=views.notice(w, error.say(language)))}
        if not isinstance(error, Conflict):
            return said
        visit = Visit.of(place, language, request)
        interview = await self.session.load(visit.interview_id, visit.owner)
        return await self.page.shown(w, visit.owner, interview) | said


def connect(page: Page) -> None:
    room, does = page.room, Answering(page)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    at_once = quiet | {"queue": False, "outputs": page.of_the_room}
    here = [room.place, page.language]
    room.send.click(does.answer, [room.box, *here], page.of_the_room, **quiet)
    room.transcript.click(does.grade, here, page.of_the_room, **quiet)
    room.live.click(does.grade, here, page.of_the_room, **quiet)
    for button, does_it in (
        (room.hint, does.hint),
        (room.dont_know, does.dont_know),
        (room.skip, does.skip),
        (room.clarify, does.clarify),
    ):
        button.click(does_it, [room.box, *here], **at_once)
    room.stop.click(does.stop, here, **at_once)
    room.finish.click(does.finish, here, **at_once)
