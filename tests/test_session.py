from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interviewer import settings as environment
from interviewer.bank import Bank
from interviewer.errors import Conflict, GradingFailed, InvalidInput, NotFound
from interviewer.follow_up import question_scores
from interviewer.grading import Task
from interviewer.locales import words
from interviewer.schema import Grade, Interview, Requirement, Usage, WrongClaim
from interviewer.session import Session
from interviewer.store import Store
from interviewer.typed import intent
from tests.examples import Clock, ScriptedGrader, plan, question, text

BANK = Bank(
    questions={q.id: q for q in (question("why-cache"), question("why-mask"), question("why-rope", topic="rope"))},
    topics={"kv-cache": text("KV cache"), "rope": text("RoPE")},
)
ALL = "stores grows limits pages"
ME = "me"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(environment.read({"INTERVIEWER_DATA": str(tmp_path)}))
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(store: Store, clock: Clock) -> Session:
    return Session(store, BANK, max_answer=1000, clock=clock)


@pytest.fixture
def grader() -> ScriptedGrader:
    return ScriptedGrader()


async def test_an_interview_asks_its_questions_and_ends(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(questions=2, mode="interview"))
    first = interview.turn
    interview = await session.answer(interview.id, ME, 0, ALL, grader)
    assert interview.turn is not None
    assert first is not None
    assert interview.turn.question_id != first.question_id
    interview = await session.answer(interview.id, ME, 1, ALL, grader)
    assert interview.finished_at is not None
    assert not interview.ended_early
    assert [t.grade.score for t in interview.turns if t.grade] == [1.0, 1.0]


async def test_practice_looks_back_on_a_question_before_it_goes_on(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(questions=2))
    interview = await session.answer(interview.id, ME, 0, ALL, grader)
    assert interview.looks_back
    assert not interview.is_open
    assert len(interview.questions) == 1
    interview = await session.next(interview.id, ME, 0)
    assert interview.is_open
    assert len(interview.questions) == 2
    with pytest.raises(Conflict):
        await session.next(interview.id, ME, 0)
    interview = await session.answer(interview.id, ME, 1, ALL, grader)
    assert interview.finished_at is None, "the last question is looked back on too"
    interview = await session.next(interview.id, ME, 1)
    assert interview.finished_at is not None
    assert not interview.ended_early


async def test_i_dont_know_is_looked_back_on_and_a_skip_is_not(session: Session) -> None:
    interview = await session.start(ME, plan(questions=3))
    interview = await session.skip(interview.id, ME, 0)
    assert interview.is_open
    interview = await session.dont_know(interview.id, ME, 1)
    assert interview.looks_back


async def test_going_on_is_refused_while_a_question_is_open(session: Session) -> None:
    interview = await session.start(ME, plan())
    with pytest.raises(Conflict):
        await session.next(interview.id, ME, 0)


async def test_the_interviewer_leads_over_in_words_of_its_own(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(questions=2, mode="interview", seed=3))
    assert interview.turns[0].lead == ""
    interview = await session.answer(interview.id, ME, 0, "stores", grader)
    assert interview.turns[1].criterion_id == "grows"
    assert interview.turns[1].lead in words("en").get("spoken.acknowledge")
    interview = await session.answer(interview.id, ME, 1, "grows limits pages", grader)
    assert interview.turns[2].lead in words("en").get("spoken.over")


async def test_an_answer_beside_the_point_is_led_back_once(session: Session) -> None:
    class OffPoint(ScriptedGrader):
        async def grade(self, task: Task, report: object = None) -> Grade:
            return (await super().grade(task)).model_copy(update={"off_point": True})

    interview = await session.start(ME, plan())
    interview = await session.answer(interview.id, ME, 0, "the weather", OffPoint())
    again = interview.turn
    assert again is not None
    assert again.criterion_id is None
    assert again.asked == interview.questions[0].text.en
    assert again.lead in words("en").get("spoken.redirect")
    interview = await session.answer(interview.id, ME, 1, "the weather again", OffPoint())
    assert interview.turn is not None
    assert interview.turn.criterion_id == "stores"


async def test_the_candidates_word_on_a_suggestion_counts_and_can_be_taken_back(
    session: Session, grader: ScriptedGrader
) -> None:
    interview = await session.start(ME, plan())
    id_, asked = interview.id, interview.questions[0].id
    interview = await session.answer(id_, ME, 0, "stores", grader)
    with pytest.raises(InvalidInput, match="still open"):
        await session.confirm(id_, ME, asked, "grows", "met")
    interview = await session.finish(id_, ME)
    interview = await session.confirm(id_, ME, asked, "grows", "met")
    interview = await session.confirm(id_, ME, asked, "stores", "unmet")
    assert question_scores(await session.load(id_, ME)) == [(asked, 0.3)]
    interview = await session.confirm(id_, ME, asked, "stores", None)
    assert question_scores(interview) == [(asked, 0.8)]
    suggested = interview.turns[0].grade
    assert suggested is not None
    judgment = suggested.judgment("grows")
    assert judgment is not None
    assert (judgment.verdict, judgment.confirmed) == ("unmet", "met"), "the suggestion stays visible"


async def test_a_model_s_judgment_is_disputed_not_confirmed(session: Session) -> None:
    class Model(ScriptedGrader):
        async def grade(self, task: Task, report: object = None) -> Grade:
            grade = await super().grade(task)
            by_model = grade.provenance.model_copy(update={"grader": "llm"})
            wrong = WrongClaim(quote="stores", correction="It does not.")
            return grade.model_copy(update={"provenance": by_model, "errors": (wrong,)})

    interview = await session.start(ME, plan())
    interview = await session.answer(interview.id, ME, 0, ALL, Model())
    asked = interview.questions[0].id
    with pytest.raises(InvalidInput, match="no suggestion"):
        await session.confirm(interview.id, ME, asked, "stores", "unmet")
    interview = await session.dispute_error(interview.id, ME, asked, 0)
    assert interview.turns[0].grade is not None
    assert interview.turns[0].grade.errors[0].disputed
    with pytest.raises(InvalidInput):
        await session.dispute_error(interview.id, ME, asked, 1)


async def test_an_interview_keeps_no_terms_and_no_samples(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    interview = await session.answer(interview.id, ME, 0, ALL, grader)
    kept = interview.questions[0]
    assert not any(c.terms for c in kept.criteria)
    assert kept.version == BANK.questions[kept.id].version
    assert all(c.terms for c in grader.tasks[0].question.criteria), "a grader gets the bank's terms"


async def test_a_nudge_comes_from_the_model_and_a_probe_where_it_fails(
    session: Session, grader: ScriptedGrader
) -> None:
    class Nudges:
        def __init__(self, fails: bool) -> None:
            self.fails = fails

        async def nudge(self, task: Task, criterion: Requirement) -> tuple[str, Usage]:
            if self.fails:
                raise GradingFailed("stopped")
            return f"Think of {criterion.id}.", Usage(calls=1)

    interview = await session.start(ME, plan())
    id_ = interview.id
    _, first = await session.hint(id_, ME, 0, Nudges(fails=False))
    assert first == "And what about stores?"
    interview, second = await session.hint(id_, ME, 0, Nudges(fails=False))
    assert second == "Think of stores."
    assert interview.usage.calls == 1
    _, third = await session.hint(id_, ME, 0, Nudges(fails=True))
    assert third == "And what about grows?"


async def test_no_grader_is_called_before_the_first_answer(session: Session, grader: ScriptedGrader) -> None:
    await session.start(ME, plan())
    assert grader.tasks == []


async def test_a_follow_up_belongs_to_the_same_question_and_its_points_count(
    session: Session, grader: ScriptedGrader
) -> None:
    interview = await session.start(ME, plan())
    interview = await session.answer(interview.id, ME, 0, "grows", grader)
    assert interview.turn is not None
    assert interview.turn.criterion_id == "stores"
    interview = await session.answer(interview.id, ME, 1, "stores", grader)
    grade = interview.turns[1].grade
    assert grade is not None
    assert grade.score == pytest.approx(0.8)
    assert len(interview.questions) == 1
    assert interview.turn.criterion_id == "limits"


async def test_the_answer_is_stored_before_it_is_graded(session: Session, store: Store) -> None:
    seen: list[str] = []
    interview = await session.start(ME, plan())

    class Peeking(ScriptedGrader):
        async def grade(self, task: Task, report: object = None) -> object:  # type: ignore[override]
            stored, _ = await store.load(interview.id)
            seen.append(stored.turns[0].answer)
            return await super().grade(task)

    await session.answer(interview.id, ME, 0, ALL, Peeking())  # type: ignore[arg-type]
    assert seen == [ALL]


async def test_a_grader_failure_is_not_a_wrong_answer(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(mode="interview"))
    interview = await session.answer(interview.id, ME, 0, "fail", grader)
    failed = interview.turns[0]
    assert failed.answer == "fail"
    assert failed.grade is None
    assert failed.error is not None
    assert failed.error.key == "stopped"
    assert len(interview.turns) == 2, "the interview goes on"


async def test_an_answer_that_was_not_graded_can_be_graded_later(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(mode="interview"))
    interview = await session.answer(interview.id, ME, 0, "fail", grader)
    open_before = interview.turn

    class Kind(ScriptedGrader):
        async def grade(self, task: Task, report: object = None) -> object:  # type: ignore[override]
            graded = task.thread[-1].model_copy(update={"answer": ALL})
            return await super().grade(task.model_copy(update={"thread": (graded,)}))

    interview = await session.grade(interview.id, ME, 0, Kind())  # type: ignore[arg-type]
    assert interview.turns[0].grade is not None
    assert interview.turns[0].error is None
    assert interview.turn == open_before, "grading an earlier answer moves nothing"


async def test_a_process_killed_while_grading_resumes_at_the_same_answer(
    session: Session, store: Store, clock: Clock, grader: ScriptedGrader
) -> None:
    interview = await session.start(ME, plan())

    class Killed(ScriptedGrader):
        async def grade(self, task: Task, report: object = None) -> object:  # type: ignore[override]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await session.answer(interview.id, ME, 0, ALL, Killed())  # type: ignore[arg-type]
    reborn = Session(store, BANK, clock=clock)
    waiting = await reborn.load(interview.id, ME)
    assert waiting.turns[0].answer == ALL
    assert waiting.turns[0].grade is None
    resumed = await reborn.grade(interview.id, ME, 0, grader)
    assert resumed.turns[0].grade is not None
    assert resumed.looks_back


async def test_stopping_leaves_the_answer_not_graded_and_goes_on(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(mode="interview"))
    await session.hand_in(interview.id, ME, 0, "grows")
    interview = await session.stop_grading(interview.id, ME, 0)
    assert interview.turns[0].error is not None
    assert interview.turns[0].error.key == "stopped"
    assert interview.is_open
    assert len(interview.questions) == 2


async def test_the_same_answer_is_never_paid_for_twice(session: Session, grader: ScriptedGrader) -> None:
    for owner in ("me", "you"):
        interview = await session.start(owner, plan(seed=3))
        interview = await session.answer(interview.id, owner, 0, ALL, grader)
        assert interview.turns[0].grade is not None
    assert len(grader.tasks) == 1
    assert interview.usage == Usage()


async def test_another_grader_is_asked_anew(session: Session, grader: ScriptedGrader) -> None:
    class Other(ScriptedGrader):
        def fingerprint(self, task: Task) -> str:
            return "scripted-2"

    other = Other()
    for owner, who in (("me", grader), ("you", other)):
        interview = await session.start(owner, plan(seed=3))
        await session.answer(interview.id, owner, 0, ALL, who)
    assert len(grader.tasks) == len(other.tasks) == 1


async def test_a_stale_tab_changes_nothing(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    moved = await session.answer(interview.id, ME, 0, ALL, grader)
    for stale in (
        session.answer(interview.id, ME, 0, "something else", grader),
        session.skip(interview.id, ME, 0),
        session.dont_know(interview.id, ME, 0),
        session.hint(interview.id, ME, 0),
    ):
        with pytest.raises(Conflict):
            await stale
    assert await session.load(interview.id, ME) == moved


async def test_two_tabs_at_the_same_moment_store_one_answer(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    outcomes = await asyncio.gather(
        *(session.answer(interview.id, ME, 0, f"stores {n}", grader) for n in range(5)), return_exceptions=True
    )
    assert sum(isinstance(o, Interview) for o in outcomes) == 1
    assert sum(isinstance(o, Conflict) for o in outcomes) == 4


async def test_somebody_elses_interview_looks_like_none(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    with pytest.raises(NotFound):
        await session.load(interview.id, "you")
    with pytest.raises(NotFound):
        await session.answer(interview.id, "you", 0, ALL, grader)


async def test_a_hint_halves_what_it_points_at_and_says_what_it_is(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    interview, hint = await session.hint(interview.id, ME, 0)
    assert hint == "And what about stores?"
    assert interview.turns[0].hint_texts == (hint,)
    interview = await session.answer(interview.id, ME, 0, ALL, grader)
    grade = interview.turns[0].grade
    assert grade is not None
    assert grade.score == pytest.approx((2.5 + 3 + 2 + 2) / 12)


async def test_i_dont_know_counts_zero_and_a_skip_counts_nothing(session: Session) -> None:
    from interviewer.report import summarise

    interview = await session.start(ME, plan())
    interview = await session.dont_know(interview.id, ME, 0)
    interview = await session.next(interview.id, ME, 0)
    interview = await session.skip(interview.id, ME, 1)
    report = summarise(interview)
    assert [r.score for r in report.results] == [0.0, None]
    assert report.score == 0.0
    assert report.skipped == 1


async def test_a_clarification_costs_nothing_and_never_fails(session: Session) -> None:
    class Broken:
        async def clarify(self, task: Task, asked: str) -> tuple[str, Usage]:
            raise GradingFailed("stopped")

    interview = await session.start(ME, plan())
    interview, reply = await session.clarify(interview.id, ME, 0, "What do you mean?", Broken())
    assert reply == "Only the mechanism."
    assert interview.is_open
    assert interview.turns[0].clarifications == (("What do you mean?", reply),)


async def test_a_late_answer_is_kept_graded_and_marked(session: Session, clock: Clock, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(seconds_per_question=60))
    clock.pass_(66)
    interview = await session.answer(interview.id, ME, 0, "grows", grader)
    assert interview.turns[0].late
    assert interview.turns[0].grade is not None
    assert interview.looks_back, "no follow-up after the time limit"


async def test_an_answer_within_the_limit_is_not_late(session: Session, clock: Clock, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan(seconds_per_question=60))
    clock.pass_(63)
    interview = await session.answer(interview.id, ME, 0, "grows", grader)
    assert not interview.turns[0].late


async def test_finishing_early_keeps_everything(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    await session.answer(interview.id, ME, 0, ALL, grader)
    interview = await session.finish(interview.id, ME)
    assert interview.ended_early
    assert interview.turns[0].grade is not None
    assert await session.finish(interview.id, ME) == interview


async def test_what_was_asked_lately_is_avoided(session: Session) -> None:
    seen = set()
    for _ in range(3):
        interview = await session.start(ME, plan(seed=7))
        seen.add(interview.questions[0].id)
    assert seen == set(BANK.questions)


async def test_a_plan_that_fits_no_question_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInput, match="No question fits"):
        await session.start(ME, plan(difficulty="hard"))


@pytest.mark.parametrize("text_", ["", "   \n\t ", "\x00\x01\x02", "\u200b" * 0])
async def test_an_empty_answer_is_refused_and_nothing_is_stored(
    session: Session, grader: ScriptedGrader, text_: str
) -> None:
    interview = await session.start(ME, plan())
    with pytest.raises(InvalidInput, match="no answer"):
        await session.answer(interview.id, ME, 0, text_, grader)
    assert await session.load(interview.id, ME) == interview


async def test_a_very_long_answer_is_refused_with_both_numbers(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    with pytest.raises(InvalidInput, match="100000 characters, and at most 1000"):
        await session.answer(interview.id, ME, 0, "x" * 100_000, grader)


@pytest.mark.parametrize(
    "text_", ["x", "存", "<script>alert(1)</script>", "![](http://evil/x.png)", "a\u202eb", "\ufffd"]
)
async def test_odd_answers_are_kept_as_they_are(session: Session, grader: ScriptedGrader, text_: str) -> None:
    interview = await session.start(ME, plan())
    interview = await session.answer(interview.id, ME, 0, text_, grader)
    assert interview.turns[0].answer == text_


async def test_control_characters_are_dropped_and_line_breaks_kept(session: Session, grader: ScriptedGrader) -> None:
    interview = await session.start(ME, plan())
    interview = await session.answer(interview.id, ME, 0, "a\x00b\r\nc\td\x1b[31m\ud800", grader)
    assert interview.turns[0].answer == "ab\nc\td[31m"


async def test_a_changed_bank_never_changes_an_old_interview(store: Store, clock: Clock) -> None:
    interview = await Session(store, BANK, clock=clock).start(ME, plan(seed=3))
    asked = interview.questions[0]
    changed = question(asked.id, topic=asked.topic, text=text("Entirely different?"))
    other = Session(store, BANK.model_copy(update={"questions": {changed.id: changed}}), clock=clock)
    assert (await other.load(interview.id, ME)).questions[0] == asked


def test_a_message_that_only_says_so_is_an_intent() -> None:
    assert intent("I don't know.") == "dont_know"
    assert intent("I don’t know") == "dont_know"
    assert intent("不知道。") == "dont_know"
    assert intent("Skip!") == "skip"
    assert intent("给个提示吧") is None
    assert intent("能给个提示吗？") == "hint"
    assert intent("I don't know the name, but the cache stores keys") is None
