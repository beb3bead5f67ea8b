"""What a candidate can do in the room, as two tables. A new button is one entry here and its words under `room` in the
locale files: the page is built, shown and connected from the tables.

A handler gets who asks and about which turn, and returns the interview as it is then. It authorises by the owner, in
the session.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Literal

from interviewer.locales import Words
from interviewer.schema import Interview
from interviewer.typed import intent
from interviewer.web.views import looks_back
from interviewer.web.visitors import Visitors

State = Literal["open", "grading", "waiting", "look_back"]
"open: the candidate has the word. grading: this tab waits for a grade. waiting: it could, and doesn't."


@dataclass(frozen=True)
class Visit:
    """Who asks, in which language, about which turn, with which words in the box."""

    w: Words
    visitors: Visitors
    owner: str
    interview_id: str
    at: int
    text: str = ""
    zone: tzinfo = UTC
    elsewhere: bool = False
    "The interview is not the one in this tab's room: it is one of report or history."

    @property
    def turn(self) -> tuple[str, str, int]:
        return self.interview_id, self.owner, self.at


Does = Callable[[Visit], Awaitable[Interview]]


@dataclass(frozen=True)
class Action:
    """A button of the room."""

    id: str
    "Its label is `room.<id>`, its element the same with hyphens."
    does: Does
    shown: tuple[State, ...]
    enabled: tuple[State, ...] = ("open",)
    uses_text: bool = False
    "What is in the box is part of it, and leaves the box."
    grades: bool = False
    "What it leaves is graded then, and the tab shows how that goes."
    look: Literal["primary", "secondary", "stop"] = "secondary"
    label: Callable[[Interview], str] | None = None
    "The key of its label, where that depends on the interview."

    @property
    def element(self) -> str:
        return self.id.replace("_", "-")


async def _hint(visit: Visit) -> Interview:
    interview = await visit.visitors.parts.session.load(visit.interview_id, visit.owner)
    model = await visit.visitors.clarifier(visit.owner, interview.plan.grader)
    return (await visit.visitors.parts.session.hint(*visit.turn, model))[0]


async def _clarify(visit: Visit) -> Interview:
    session = visit.visitors.parts.session
    interview = await session.load(visit.interview_id, visit.owner)
    asked = "" if not visit.text.strip() or intent(visit.text) == "clarify" else session.clean(visit.text)
    model = await visit.visitors.clarifier(visit.owner, interview.plan.grader)
    return (await session.clarify(*visit.turn, asked, model))[0]


async def _dont_know(visit: Visit) -> Interview:
    return await visit.visitors.parts.session.dont_know(*visit.turn)


async def _skip(visit: Visit) -> Interview:
    return await visit.visitors.parts.session.skip(*visit.turn)


async def _send(visit: Visit) -> Interview:
    return await visit.visitors.parts.session.hand_in(*visit.turn, visit.text)


async def _next(visit: Visit) -> Interview:
    return await visit.visitors.parts.session.next(*visit.turn)


async def _stop(visit: Visit) -> Interview:
    """Goes on without a grade, whichever tab started the grading."""
    interview = await visit.visitors.parts.session.stop_grading(*visit.turn)
    await visit.visitors.gradings.stop(visit.interview_id, visit.at)
    return interview


def _next_label(interview: Interview) -> str:
    return "room.to_report" if len(interview.questions) >= interview.plan.questions else "room.next"


_ANSWERING: tuple[State, ...] = ("open", "grading", "waiting")
ACTIONS: tuple[Action, ...] = (
    Action("hint", _hint, shown=_ANSWERING),
    Action("clarify", _clarify, shown=_ANSWERING, uses_text=True),
    Action("dont_know", _dont_know, shown=_ANSWERING),
    Action("skip", _skip, shown=_ANSWERING),
    Action("stop", _stop, shown=("grading",), enabled=("grading",), look="stop"),
    Action("send", _send, shown=("open", "waiting"), uses_text=True, grades=True, look="primary"),
    Action("next", _next, shown=("look_back",), enabled=("look_back",), look="primary", label=_next_label),
)
"The buttons under the box, in their order."


async def _go_on(visit: Visit, data: Mapping[str, Any]) -> Interview:
    """Leaves the answer not graded."""
    return await visit.visitors.parts.session.stop_grading(*visit.turn)


async def _finish(visit: Visit, data: Mapping[str, Any]) -> Interview:
    return await visit.visitors.parts.session.finish(visit.interview_id, visit.owner)


async def _confirm(visit: Visit, data: Mapping[str, Any]) -> Interview:
    """Without a verdict, an earlier one is taken back."""
    verdict = data.get("verdict")
    return await visit.visitors.parts.session.confirm(
        visit.interview_id,
        visit.owner,
        str(data.get("question")),
        str(data.get("criterion")),
        verdict if verdict in ("met", "unmet") else None,
    )


async def _disagree(visit: Visit, data: Mapping[str, Any]) -> Interview:
    number = number_of(data.get("number"))
    return await visit.visitors.parts.session.dispute_error(
        visit.interview_id, visit.owner, str(data.get("question")), number
    )


CLICKS: Mapping[str, Callable[[Visit, Mapping[str, Any]], Awaitable[Interview]]] = {
    "go_on": _go_on,
    "finish": _finish,
    "confirm": _confirm,
    "disagree": _disagree,
}
"What the buttons inside the HTML of room, report and history do, by their data-do; grading apart."


def state(interview: Interview, busy: bool) -> State:
    if looks_back(interview):
        return "look_back"
    if busy:
        return "grading"
    return "open" if interview.is_open else "waiting"


def action(id_: str) -> Action:
    return next(a for a in ACTIONS if a.id == id_)


def number_of(sent: object) -> int:
    """A number in what a browser sent; -1, which is no turn and no claim, where it sent something else."""
    text = str(sent if sent is not None else "")
    return int(text) if text.isdecimal() and len(text) < 6 else -1
