"""What a model replies, and how far it has got while it still writes."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator
from pydantic_core import from_json

from interviewer.grading import Progress, Report
from interviewer.providers.structured import Stage, schema_of
from interviewer.schema import JsonObject, State, Verdict

_Words = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
_Id = Annotated[str, BeforeValidator(str)]
_Verdict = Annotated[
    Verdict,
    BeforeValidator(lambda value: re.sub(r"[\s-]+", "_", value.strip().lower()) if isinstance(value, str) else value),
]
_STATES = get_args(State)
_State = Annotated[
    State | Literal[""],
    BeforeValidator(lambda value: value if isinstance(value, str) and value in _STATES else ""),
]


class Judged(BaseModel):
    id: _Id
    quote: _Words = ""
    explanation: _Words = ""
    verdict: _Verdict
    state: _State = ""


class Again(BaseModel):
    """One criterion, judged again."""

    quote: _Words = ""
    explanation: _Words = ""
    verdict: _Verdict


class Wrong(BaseModel):
    """A wrong claim that no mistake of the rubric covers."""

    quote: _Words = ""
    correction: _Words = ""


class Proposed(BaseModel):
    id: _Words = ""
    lead: _Words = ""
    text: _Words = ""


class Closing(BaseModel):
    """What a model replies when no follow-up is left."""

    judgments: list[Judged]
    errors: Annotated[list[Wrong], BeforeValidator(lambda value: value or [])] = []
    off_point: Annotated[bool, BeforeValidator(lambda value: value or False)] = False
    feedback: _Words = ""


class Reply(Closing):
    follow_up: Annotated[Proposed, BeforeValidator(lambda value: value or {})] = Proposed()


LONGEST = {"quote": 240, "explanation": 160, "correction": 240, "feedback": 500, "lead": 120, "text": 240}
"Characters of a field, for engines that write by a grammar. A quote that is cut is still word for word."
MOST_ERRORS = 2


def bounded(record_type: type[BaseModel], ids: Sequence[str] = ()) -> JsonObject:
    """The schema of a reply on criteria with these ids, with an end to everything: without one, a small model goes on
    in a single field for minutes.

    llama.cpp refuses repetitions of 2,000 and more, nesting counted in (its pull request 17381).
    """
    definition = schema_of(record_type)
    _bound(definition, list(ids))
    return definition


def _bound(node: Any, ids: list[str]) -> None:
    for name, part in node.get("properties", {}).items():
        if part.get("type") == "string" and name in LONGEST:
            part["maxLength"] = LONGEST[name]
        elif name == "judgments":
            part["minItems"] = part["maxItems"] = len(ids)
            part["items"]["properties"]["id"]["enum"] = ids
            _bound(part["items"], ids)
        elif name == "errors":
            part["maxItems"] = MOST_ERRORS
            _bound(part["items"], ids)
        elif name == "follow_up":
            part["properties"]["id"]["enum"] = [*ids, ""]
            _bound(part, ids)


def without_babble(text: str) -> str:
    """Nothing, where a small model has only repeated itself: it compresses to a third, people's text to two."""
    raw = text.encode()
    return "" if len(raw) >= 60 and len(zlib.compress(raw)) < len(raw) / 3 else text


def plain_id(shown: str) -> str:
    return shown.strip().lower()


class Reporter:
    """Turns a reply in the making into progress: the criterion being written, then the feedback as it grows."""

    def __init__(self, report: Report, criteria: dict[str, str]) -> None:
        self._report, self._criteria = report, criteria
        self._last: Progress | None = None

    def __call__(self, stage: Stage, text: str) -> None:
        if stage == "repairing":
            self._tell(Progress(stage="repairing"))
        elif self._last is None or stage == "thinking":
            self._tell(Progress(stage="thinking"))
        if stage == "writing":
            self._writing(text)

    def _writing(self, text: str) -> None:
        reply = _partial(text)
        if isinstance(reply.get("feedback"), str):
            self._tell(Progress(stage="feedback", text=reply["feedback"]))
            return
        judgments = reply.get("judgments")
        if isinstance(judgments, list) and judgments and isinstance(judgments[-1], dict):
            criterion_id = self._criteria.get(plain_id(str(judgments[-1].get("id"))))
            if criterion_id:
                self._tell(Progress(stage="judging", criterion_id=criterion_id))

    def _tell(self, progress: Progress) -> None:
        if progress != self._last:
            self._last = progress
            self._report(progress)


def _partial(text: str) -> dict[str, Any]:
    """As much of a JSON object as has come in."""
    start = text.find("{", text.rfind("</think>") + 1)
    if start < 0:
        return {}
    try:
        found = from_json(text[start:], allow_partial="trailing-strings")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
