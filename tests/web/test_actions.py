"""The room's actions: one table, from which buttons, their words and what they do come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interviewer.bank import Bank
from interviewer.errors import Conflict, NotFound
from interviewer.locales import languages, words
from interviewer.schema import Interview
from interviewer.web import actions
from interviewer.web.actions import ACTIONS, CLICKS, Visit, action, state
from tests.examples import NOON, grade, plan, question, text
from tests.web.test_views import answered, interview, turn
from tests.web.test_visitors import OWNER, served

OTHER = "b" * 43
BANK = Bank(questions={q.id: q for q in (question(), question("why-mask"))}, topics={"kv-cache": text("KV cache")})


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    """At the first question of an interview."""
    async with served(tmp_path, BANK) as visitors:
        held = await visitors.parts.session.start(OWNER, plan())
        yield Visit(words("en"), visitors, OWNER, held.id, 0, "It stores them.")


def test_every_action_has_words_in_every_language() -> None:
    keys = {f"room.{a.id}" for a in ACTIONS}
    assert not [(name, key) for name in languages() for key in keys if not isinstance(words(name).get(key), str)]


@pytest.mark.parametrize(
    ("held", "busy", "expected"),
    [
        (interview(turn()), False, "open"),
        (interview(turn(outcome="answered", answer="a")), True, "grading"),
        (interview(turn(outcome="answered", answer="a")), False, "waiting"),
        (interview(answered()), False, "look_back"),
        (interview(turn(outcome="dont_know")), False, "look_back"),
    ],
)
def test_what_can_be_pressed_follows_from_the_interview(held: Interview, busy: bool, expected: str) -> None:
    assert state(held, busy) == expected
    enabled = {a.id for a in ACTIONS if state(held, busy) in a.enabled}
    of_the_state = {
        "open": {"hint", "clarify", "dont_know", "skip", "send"},
        "grading": {"stop"},
        "waiting": set(),
        "look_back": {"next"},
    }
    assert enabled == of_the_state[expected]


def test_nothing_can_be_pressed_that_is_not_shown() -> None:
    assert not [a.id for a in ACTIONS if not set(a.enabled) <= set(a.shown)]


@pytest.mark.parametrize("id_", ["dont_know", "skip", "send", "hint", "clarify"])
async def test_an_action_is_refused_where_its_turn_is_no_longer_the_open_one(visit: Visit, id_: str) -> None:
    await action("skip").does(visit)
    with pytest.raises(Conflict):
        await action(id_).does(visit)
    held = await visit.visitors.parts.session.load(visit.interview_id, OWNER)
    assert [t.outcome for t in held.turns] == ["skipped", None]


@pytest.mark.parametrize("id_", [a.id for a in ACTIONS])
async def test_an_action_moves_the_owners_interview_only(visit: Visit, id_: str) -> None:
    session = visit.visitors.parts.session
    before = await session.load(visit.interview_id, OWNER)
    stranger = Visit(visit.w, visit.visitors, OTHER, visit.interview_id, 0, "mine")
    with pytest.raises(NotFound):
        await action(id_).does(stranger)
    assert await session.load(visit.interview_id, OWNER) == before


@pytest.mark.parametrize("do", list(CLICKS))
async def test_a_click_moves_the_owners_interview_only(visit: Visit, do: str) -> None:
    session = visit.visitors.parts.session
    before = await session.load(visit.interview_id, OWNER)
    stranger = Visit(visit.w, visit.visitors, OTHER, visit.interview_id, 0)
    with pytest.raises(NotFound):
        await CLICKS[do](stranger, {"question": "why-cache", "criterion": "stores", "verdict": "met", "number": "0"})
    assert await session.load(visit.interview_id, OWNER) == before


async def test_only_the_two_verdicts_can_be_confirmed(visit: Visit) -> None:
    session = visit.visitors.parts.session
    await session.dont_know(*visit.turn)
    held = await session.load(visit.interview_id, OWNER)
    judged = held.turns[0].model_copy(update={"grade": grade(held.questions[0])})
    _, version = await session.store.load(held.id)
    await session.store.save(held.model_copy(update={"turns": (judged,)}), version)
    for sent, kept in (("met", "met"), ("cannot_assess", None), ({"a": 1}, None), ("unmet", "unmet"), ("", None)):
        clicked = {"question": held.questions[0].id, "criterion": "stores", "verdict": sent}
        after = (await CLICKS["confirm"](visit, clicked)).turns[0].grade
        assert after is not None
        assert after.judgments[0].confirmed == kept


@pytest.mark.parametrize("sent", [None, "", "-1", "1e3", "9" * 30, "²", {"a": 1}, [0]])
def test_what_is_no_number_names_no_turn(sent: object) -> None:
    assert actions.number_of(sent) == -1


def test_the_last_look_back_leads_to_the_report() -> None:
    label = action("next").label
    assert label is not None
    one = interview(answered(), plan=plan(questions=2))
    assert label(one) == "room.next"
    assert label(one.model_copy(update={"plan": plan(questions=1)})) == "room.to_report"
    assert label(interview(answered(), turn(question_id="why-mask", asked_at=NOON))) == "room.to_report"
