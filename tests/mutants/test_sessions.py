"""What a grade is kept by, and what is added up anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from interviewer import review, session
from interviewer import settings as environment
from interviewer import store as store_module
from interviewer.bank import Bank
from interviewer.errors import InvalidInput
from interviewer.grading import Exchange, Task
from interviewer.grading.builtin import BuiltinGrader
from interviewer.schema import Grade, Interview, Judgment, Question, Turn, Usage
from interviewer.session import Session, cache_key
from interviewer.store import Store
from tests.examples import NOON, Clock, ScriptedGrader, grade, mistake, plan, question, requirement, text

Q = question()
BANK = Bank(questions={Q.id: Q}, topics={"kv-cache": text("KV cache")})
ME = "me"
ASKED = Exchange(asked="Why?", answer="It stores.")
TASK = Task(question=Q, language="en", thread=(ASKED,), asked=("pages",), follow_ups_left=2, previous=grade(Q, "grows"))
CHANGED: dict[str, dict[str, object]] = {
    "language": {"language": "zh"},
    "answer": {"thread": (Exchange(asked="Why?", answer="It grows."),)},
    "clarification": {"thread": (ASKED.model_copy(update={"clarifications": (("what?", "the mechanism"),)}),)},
    "asked": {"asked": ("pages", "grows")},
    "hints": {"hinted": ("stores",)},
    "earlier verdicts": {"previous": grade(Q, "grows", "limits")},
    "no earlier verdicts": {"previous": None},
    "follow-ups left": {"follow_ups_left": 1},
    "question": {"question": question(reference_answer=text("Otherwise."))},
}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(environment.read({"INTERVIEWER_DATA": str(tmp_path)}))
    yield opened
    await opened.close()


@pytest.fixture
def here(store: Store) -> Session:
    return Session(store, BANK, clock=Clock())


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_grade_is_kept_by_all_that_it_depends_on(change: dict[str, object]) -> None:
    assert cache_key(TASK.model_copy(update=change), "g") != cache_key(TASK, "g")


def test_a_grade_is_kept_by_its_grader() -> None:
    assert cache_key(TASK, "llm m-1") != cache_key(TASK, "llm m-2")


@pytest.mark.parametrize(
    "changes",
    [
        {"rubric": (requirement("stores", 6),)},
        {"mistakes": (mistake("copies-queries", -3),)},
        {"text": text("Why not?")},
        {"scenario": text("A server.")},
        {"artefact": text("x = 1")},
        {"reference_answer": text("Otherwise.")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_question_is_another_version_when_something_changes_that_is_judged(changes: dict[str, object]) -> None:
    assert question(**changes).version != Q.version


def test_a_grade_of_the_check_is_kept_by_the_terms() -> None:
    other = question(rubric=tuple(c.model_copy(update={"terms": ("keep*",)}) for c in Q.rubric))
    assert other.version == Q.version
    keys = {
        cache_key(work, BuiltinGrader().fingerprint(work))
        for work in (TASK, TASK.model_copy(update={"question": other}))
    }
    assert len(keys) == 2


class Meanwhile(ScriptedGrader):
    """While it grades, another process grades the same turn."""

    def __init__(self, here: Session) -> None:
        super().__init__()
        self.here = here
        self.id = ""

    def fingerprint(self, task: Task) -> str:
        return "slow"

    async def grade(self, task: Task, report: object = None) -> Grade:
        await self.here.grade(self.id, ME, 0, ScriptedGrader())
        return (await super().grade(task)).model_copy(update={"feedback": "Too late."})


async def test_a_grade_that_came_meanwhile_stays(here: Session) -> None:
    grader = Meanwhile(here)
    interview = await here.start(ME, plan())
    grader.id = interview.id
    interview = await here.answer(interview.id, ME, 0, "stores", grader)
    kept = interview.turns[0].grade
    assert kept is not None
    assert kept.feedback == "Noted."


async def test_the_same_work_is_paid_for_once(here: Session) -> None:
    first = await here.answer((await here.start(ME, plan())).id, ME, 0, "stores", ScriptedGrader())
    grader = ScriptedGrader()
    again = await here.answer((await here.start(ME, plan())).id, ME, 0, "stores", grader)
    assert grader.tasks == []
    assert first.usage.calls == 1
    assert again.usage == Usage()


async def test_nothing_is_confirmed_while_the_question_is_open(here: Session) -> None:
    interview = await here.answer((await here.start(ME, plan())).id, ME, 0, "stores", ScriptedGrader())
    assert interview.is_open, "a follow-up"
    with pytest.raises(InvalidInput):
        await here.confirm(interview.id, ME, Q.id, "grows", "met")


def turn(*met: str, hints: tuple[str, ...] = (), criterion_id: str | None = None) -> Turn:
    return Turn(
        question_id=Q.id,
        asked="Why?",
        criterion_id=criterion_id,
        asked_at=NOON,
        hints=hints,
        hint_texts=tuple("?" for _ in hints),
        outcome="answered",
        answer="stores grows limits",
        answered_at=NOON,
        grade=grade(Q, *met),
    )


async def held(here: Session, *turns: Turn) -> Interview:
    interview = Interview(id="i1", owner=ME, plan=plan(), created_at=NOON, questions=(Q.kept,), turns=turns)
    await here.store.create(interview.model_copy(update={"finished_at": NOON}))
    return interview


class Reader(ScriptedGrader):
    async def judge_again(self, task: Task, criterion: object, argument: str = "") -> tuple[Judgment, Usage]:
        return Judgment(criterion_id="stores", quote="stores", verdict="met"), Usage()


async def test_an_appeal_that_wins_counts_half_after_a_hint(here: Session) -> None:
    await held(here, turn(hints=("stores",)))
    after = await review.appeal(here, "i1", ME, Q.id, "stores", "I said that it stores them.", Reader(), NOON)
    won = after.turns[0].grade
    assert won is not None
    assert won.score == 0.25


async def test_a_second_look_counts_what_was_pressed(here: Session) -> None:
    doubtful = tuple(
        j.model_copy(update={"notes": ("terms_match",)}) if j.criterion_id == "stores" else j
        for j in grade(Q).judgments
    )
    pressed = turn(criterion_id="pages")
    graded = grade(Q).model_copy(update={"judgments": doubtful})
    await held(here, turn(), pressed.model_copy(update={"grade": graded}))
    after = await review.second_look(here, "i1", ME, Q.id, Reader())
    won = after.turns[1].grade
    assert won is not None
    assert won.score == pytest.approx(5 / 12)


def test_a_judgment_that_cannot_assess_replaces_none() -> None:
    before = Judgment(criterion_id="stores", quote="stores", verdict="met")
    after = Judgment(criterion_id="stores", verdict="cannot_assess")
    assert review.replaced(before, after, "appeal").verdict == "met"


def test_only_the_thread_of_the_question_is_graded() -> None:
    other: Question = question("other")
    before = turn().model_copy(update={"question_id": "other"})
    interview = Interview(
        id="i1", owner=ME, plan=plan(), created_at=NOON, questions=(other, Q), turns=(before, turn(), turn())
    )
    work = session.task(interview, 2)
    assert (work.question.id, len(work.thread)) == (Q.id, 2)


def test_what_an_appeal_could_not_settle_gets_no_second_look() -> None:
    doubtful = Judgment(criterion_id="stores", verdict="unmet", notes=("terms_match",))
    settled = doubtful.model_copy(update={"notes": ("terms_match", "appeal")})
    held = grade(Q)
    assert review.waiting(Q, held.model_copy(update={"judgments": (doubtful,)})) == [doubtful]
    assert review.waiting(Q, held.model_copy(update={"judgments": (settled,)})) == []


def test_an_error_of_the_database_is_the_driver_s_own_words() -> None:
    problem = DBAPIError("insert into interviews", {"document": "the candidate's words"}, Exception("disk full"))
    assert store_module._reason(problem) == "disk full"
