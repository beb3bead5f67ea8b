"""What a candidate can do in the room. Each handler authorises by the owner's cookie, and draws from the store."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from interviewer.errors import Conflict, InterviewerError
from interviewer.grading.strict import strictly
from interviewer.locales import Words, words
from interviewer.schema import Interview, Question
from interviewer.typed import intent
from interviewer.web import views
from interviewer.web.actions import ACTIONS, CLICKS, Action, Visit, action, number_of
from interviewer.web.labels import Updates, merged
from interviewer.web.page_parts import Page
from interviewer.web.room import read_place
from interviewer.web.visitors import known, zone_of

log = logging.getLogger(__name__)

_ON_SCREEN = "(text, place, language) => [text, interviewer.onScreen(place), language]"
"A button acts on the turn that was on the screen when it was pressed (room.js), not on one that has come since."


def said_of(failure: BaseException | None, w: Words) -> str:
    if failure is None:
        return ""
    if isinstance(failure, InterviewerError):
        return failure.say(w.language)
    log.error("an answer could not be graded", exc_info=failure)
    return w.error("unexpected")


@dataclass(frozen=True)
class Answering:
    page: Page

    def visit(self, place: str, language: str, request: gr.Request, text: str = "") -> Visit:
        """Raises NotAllowed: nobody is known by that browser's cookies."""
        interview_id, at = read_place(place)
        return Visit(words(language), self.page.visitors, known(request), interview_id, at, text, zone_of(request))

    async def press(
        self, chosen: Action, text: str, place: str, language: str, request: gr.Request
    ) -> AsyncIterator[Updates]:
        """A button. A message that says just what a button says does what the button does."""
        try:
            visit = self.visit(place, language, request, text)
            meant = intent(text) if chosen.id == "send" else None
            does = action(meant) if meant else chosen
            interview = await does.does(visit)
        except InterviewerError as error:
            yield await self._refused(error, place, language, request)
            return
        cleared = {self.page.room.box: gr.update(value="")} if chosen.uses_text else {}
        if not does.grades:
            yield await self.page.shown(visit.w, visit.owner, interview, visit.zone) | cleared
            return
        async for update in self._graded(visit, interview, cleared):
            yield update

    async def click(self, place: str, language: str, request: gr.Request, event: gr.EventData) -> Updates:
        """A button inside the HTML of room, report or history."""
        data, does = event._data, CLICKS.get(str(event._data.get("do")))
        if does is None:
            return {self.page.room.notice: gr.skip()}
        try:
            visit = self._named(data, place, language, request)
            return await self._shown(visit, await does(visit, data))
        except InterviewerError as error:
            return await self._refused(error, place, language, request)

    async def grade(
        self, place: str, language: str, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[Updates]:
        """Such a button that has answers graded: one, or all of an interview that have no grade."""
        data = event._data
        try:
            visit = self._named(data, place, language, request)
            interview = await visit.visitors.parts.session.load(visit.interview_id, visit.owner)
        except InterviewerError as error:
            yield await self._refused(error, place, language, request)
            return
        for at in _ungraded(interview) if data.get("do") == "grade_all" else [visit.at]:
            async for update in self._graded(replace(visit, at=at), interview, {}):
                yield update

    def _named(self, data: Any, place: str, language: str, request: gr.Request) -> Visit:
        """The interview and turn that a button's data names; else those of the room."""
        here = self.visit(place, language, request)
        named = str(data.get("interview") or here.interview_id)
        at = number_of(data["at"]) if "at" in data else here.at
        return replace(here, interview_id=named, at=at, elsewhere=named != here.interview_id)

    async def _graded(self, visit: Visit, interview: Interview, first: Updates) -> AsyncIterator[Updates]:
        """The picture with the answer in it, then the grader's progress, then the picture after the next move."""
        room, w, plan = self.page.room, visit.w, interview.plan
        live = self.page.reports.live if visit.elsewhere else room.live
        waiting = {
            live: gr.update(value=views.render("live", w, stage="asking", number=None, of=0, seconds="", text=""))
        }
        shown = {} if visit.elsewhere else await room.show(w, visit.owner, interview, busy=True)
        yield shown | first | waiting
        grader = strictly(await self.page.visitors.grader(visit.owner, plan.grader), plan.gradings)
        session = visit.visitors.parts.session
        grading = self.page.visitors.gradings.start(
            visit.interview_id, visit.at, lambda report: session.grade(*visit.turn, grader, report)
        )
        question = _question_at(interview, visit.at)
        async for step in grading.steps():
            yield {live: gr.update(value=views.progress(w, step, question, plan.mode == "practice"))}
        try:
            interview = await session.load(visit.interview_id, visit.owner)
        except InterviewerError as error:
            yield await self.page.shown(w, visit.owner, None, visit.zone, notice=error.say(w.language))
            return
        yield await self._shown(visit, interview, said_of(grading.failure, w))

    async def _shown(self, visit: Visit, interview: Interview, notice: str = "") -> Updates:
        """In the room; where another interview than the room's was acted on, in report and history."""
        if not visit.elsewhere:
            return await self.page.shown(visit.w, visit.owner, interview, visit.zone, notice=notice)
        history = await self.page.history.show(visit.w, visit.owner, visit.zone)
        if interview.finished_at is None:
            return history
        return history | self.page.reports.show(visit.w, interview, visit.zone, notice=notice)

    async def _refused(self, error: InterviewerError, place: str, language: str, request: gr.Request) -> Updates:
        """Says why. What is in the box stays there; where another tab moved the interview on, this one follows."""
        w = words(language)
        said = {part: gr.update(value=views.notice(w, error.say(language))) for part in self._notices}
        if not isinstance(error, Conflict):
            return said
        visit = self.visit(place, language, request)
        interview = await visit.visitors.parts.session.load(visit.interview_id, visit.owner)
        return await self.page.shown(w, visit.owner, interview, visit.zone) | said

    @property
    def _notices(self) -> list[gr.HTML]:
        return [self.page.room.notice, self.page.reports.live]


def _ungraded(interview: Interview) -> list[int]:
    return [n for n, turn in enumerate(interview.turns) if turn.error is not None]


def _question_at(interview: Interview, at: int) -> Question | None:
    """None where a browser named a turn that there isn't: then nothing is graded either."""
    return interview.question(interview.turns[at].question_id) if 0 <= at < len(interview.turns) else None


def connect(page: Page) -> None:
    room, does = page.room, Answering(page)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    here = [room.place, page.language]
    for chosen in ACTIONS:
        pressed = _streaming(does, chosen) if chosen.grades else _at_once(does, chosen)
        queued = quiet | {"queue": chosen.grades}
        room.buttons[chosen.id].click(pressed, [room.box, *here], page.of_the_room, js=_ON_SCREEN, **queued)
    shown = [*page.of_the_room, *page.history.components]
    for html in (room.transcript, room.live, room.look_back, room.finish, page.reports.body):
        html.click(does.click, here, shown, **quiet | {"queue": False})
    for html in (room.transcript, room.live, room.look_back, page.reports.body, page.history.body):
        html.retry(does.grade, here, shown, **quiet)


def _streaming(does: Answering, chosen: Action) -> Callable[..., AsyncIterator[Updates]]:
    async def pressed(text: str, place: str, language: str, request: gr.Request) -> AsyncIterator[Updates]:
        async for update in does.press(chosen, text, place, language, request):
            yield update

    return pressed


def _at_once(does: Answering, chosen: Action) -> Callable[..., Awaitable[Updates]]:
    """Past the queue: for what brings one picture only."""

    async def pressed(text: str, place: str, language: str, request: gr.Request) -> Updates:
        return merged(*[update async for update in does.press(chosen, text, place, language, request)])

    return pressed
