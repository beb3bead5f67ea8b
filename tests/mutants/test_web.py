"""Keys, endpoints and disputes on the page, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from interviewer.errors import InvalidInput, NotFound
from interviewer.grading.llm import LlmGrader
from interviewer.providers import Endpoint
from interviewer.schema import Interview, Turn
from interviewer.web.disputing import _check_over
from interviewer.web.typed_endpoint import typed
from interviewer.web.visitors import Refusing, Visitors
from tests.examples import NOON, grade, plan, question
from tests.web.test_visitors import OWNER, visitors

INSIDE = "http://192.168.1.9/v1"
Q, OTHER = question(), question("other")


def test_a_typed_key_stays_with_its_url() -> None:
    before = Endpoint(base_url="https://a.example/v1", model="m", api_key=SecretStr("sk-a"))
    same = typed("https://a.example/v1/", "m-2", "", before)
    assert same.api_key == before.api_key
    assert typed("https://b.example/v1", "m", "", before).api_key is None
    assert typed("https://b.example/v1", "m", "sk-b", before).api_key == SecretStr("sk-b")


@pytest.fixture
def shared(tmp_path: Path) -> Visitors:
    """A server that others reach too; its visitor has typed an address of the inside."""
    here = visitors(tmp_path, INTERVIEWER_HOST="0.0.0.0")
    here.use_endpoint(OWNER, Endpoint(base_url=INSIDE, model="m"))
    return here


async def test_a_clarification_asks_no_endpoint_that_is_not_allowed(shared: Visitors) -> None:
    assert await shared.clarifier(OWNER, "llm") is None
    shared.use_endpoint(OWNER, None)
    assert await shared.clarifier(OWNER, "llm") is None
    assert await shared.clarifier(OWNER, "builtin") is None


async def test_a_clarification_asks_an_endpoint_that_is(tmp_path: Path) -> None:
    here = visitors(tmp_path)
    here.use_endpoint(OWNER, Endpoint(base_url=INSIDE, model="m"))
    assert isinstance(await here.clarifier(OWNER, "llm"), LlmGrader)


async def test_a_grading_asks_no_endpoint_that_is_not_allowed(shared: Visitors) -> None:
    assert isinstance(await shared.grader(OWNER, "llm"), Refusing)


def test_an_endpoint_is_seen_by_its_owner_alone(shared: Visitors) -> None:
    assert shared.typed_endpoint(OWNER) is not None
    assert shared.typed_endpoint("b" * 43) is None


def interview(*ids: str, mode: str = "practice", finished: bool = False) -> Interview:
    answered = {"asked": "Why?", "asked_at": NOON, "outcome": "answered", "answer": "x", "answered_at": NOON}
    turns = [Turn.model_validate({"question_id": q, "grade": grade(question(q)), **answered}) for q in ids]
    turns[-1] = turns[-1].model_copy(update={} if finished else {"outcome": None, "answer": "", "grade": None})
    return Interview(
        id="i1",
        owner=OWNER,
        plan=plan(mode=mode),
        created_at=NOON,
        questions=tuple(question(q) for q in ids),
        turns=tuple(turns),
        finished_at=NOON if finished else None,
    )


def test_nothing_of_a_question_is_disputed_before_it_is_over() -> None:
    held = interview("one", "two")
    _check_over(held, "one")
    with pytest.raises(InvalidInput):
        _check_over(held, "two")
    _check_over(interview("one", "two", finished=True), "two")


def test_in_interview_mode_nothing_is_disputed_before_the_end() -> None:
    with pytest.raises(InvalidInput):
        _check_over(interview("one", "two", mode="interview"), "one")
    _check_over(interview("one", "two", mode="interview", finished=True), "one")


async def test_a_report_is_for_what_is_over(tmp_path: Path) -> None:
    from interviewer import settings as environment
    from interviewer.assembly import assemble
    from interviewer.bank import Bank

    settings = environment.read({"INTERVIEWER_DATA": str(tmp_path)})
    here = Visitors(settings, Bank(questions={}, topics={}))
    async with assemble(settings, here.bank) as parts:
        here.open(parts)
        await parts.store.create(interview("one"))
        with pytest.raises(NotFound):
            await here.finished("i1", OWNER)
