"""What a model replies, and how far it has got while it still writes."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, model_validator
from pydantic_core import from_json

from interviewer.grading import Progress, Report
from interviewer.providers.structured import Stage, schema_of
from interviewer.schema import JsonObject, State, Verdict

_Words = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
_UNMET = "not_met notmet partially_met partly_met partial partially partly no false missing"
_SPELT = dict.fromkeys(_UNMET.split(), "unmet") | dict.fromkeys(("true", "yes", "fully_met"), "met")


def _verdict(value: Any) -> Any:
    """As models spell it: Met, not met, partially_met (which isn't met), true."""
    if not isinstance(value, str | bool):
        return value
    plain = re.sub(r"[\s_-]+", "_", str(value).strip(" \t\n.!\"'*`✓✔✗✘").casefold())
    return _SPELT.get(plain, plain)


def _listed(value: Any) -> Any:
    """Judgments keyed by id, as a list."""
    if isinstance(value, dict) and value and all(isinstance(one, dict) for one in value.values()):
        return [{**one, "id": key} for key, one in value.items()]
    return value


_Id = Annotated[str, BeforeValidator(str)]
_Verdict = Annotated[Verdict, BeforeValidator(_verdict)]
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

    @model_validator(mode="before")
    @classmethod
    def _from_a_list(cls, value: Any) -> Any:
        """Some models keep to the form of a whole grading."""
        listed = _listed(value.get("judgments")) if isinstance(value, dict) else None
        return listed[0] if isinstance(listed, list) and len(listed) == 1 else value


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

    judgments: Annotated[list[Judged], BeforeValidator(_listed)]
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


_ID = re.compile(r"\W*(?:criterion\W*)?c?[\W_]*(\d{1,3})\W*(?:\([^()]*\)|(?<=\s)[+-]\d+)?\W*", re.IGNORECASE)


def plain_id(shown: str) -> str:
    """c1, however it is spelt: C1: · c1 (+2) · [c1] · criterion 1 · 1."""
    found = _ID.fullmatch(shown.strip())
    return f"c{found[1]}" if found else shown.strip().casefold()


def by_id(judgments: Sequence[Judged], wanted: Sequence[str]) -> dict[str, Judged]:
    """The judgments of these criteria. One that is judged twice and differently is left out, and so are bare numbers
    that don't all stand for a criterion asked for: the model has counted in its own way."""
    bare = [j for j in judgments if re.fullmatch(r"\W*\d+\W*", j.id)]
    own_way = any(plain_id(j.id) not in wanted for j in bare)
    found: dict[str, Judged] = {}
    disputed = set()
    for judgment in judgments:
        key = plain_id(judgment.id)
        if key in wanted and not (own_way and judgment in bare):
            disputed |= {key} if found.setdefault(key, judgment).verdict != judgment.verdict else set()
    return {key: judgment for key, judgment in found.items() if key not in disputed}


def decider(wanted: Sequence[str]) -> Callable[[Closing], dict[str, str] | None]:
    """What a reply decides: the verdict on each criterion; None where one is left out."""

    def decides(reply: Closing) -> dict[str, str] | None:
        judged = by_id(reply.judgments, wanted)
        return {i: judged[i].verdict for i in wanted} if len(judged) == len(wanted) else None

    return decides


class Reporter:
    """Turns a reply in the making into progress: the criterion being written, then the feedback as it grows."""

    def __init__(self, report: Report, criteria: dict[str, str]) -> None:
        self._report, self._criteria = report, criteria
        self._last: Progress | None = None

    def __call__(self, stage: Stage, text: str) -> None:
        if stage == "repairing":
            self._tell(Progress(stage="repairing"))
        elif stage == "waiting":
            self._tell(Progress(stage="waiting", text=text))
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
