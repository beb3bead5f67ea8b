from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from interviewer.errors import GradingFailed
from interviewer.grading import Report, Task
from interviewer.measure.calibration import Graded
from interviewer.measure.running import HOPELESS, Journal, pending, run
from interviewer.schema import Grade
from tests.examples import text
from tests.measure.examples import Judge, calibrated, chosen, failing, labelled_bank, perfect

BANK = labelled_bank(4)
TODOS = chosen(BANK, size=16, cases=()).todos(BANK)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "calibrations" / "x.jsonl")


async def test_an_interrupted_run_goes_on_without_grading_anything_twice(journal: Journal) -> None:
    judge = Judge(perfect)

    def stop_after_five(_: Graded) -> None:
        if len(judge.tasks) == 5:
            running.cancel()

    running = asyncio.create_task(run(judge, TODOS, journal, advance=stop_after_five))
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(judge.tasks) == 5

    left = pending(TODOS, journal.read())
    assert len(left) == len(TODOS) - 5
    outcomes = await run(judge, left, journal)
    assert len(judge.tasks) == len(TODOS)
    assert journal.read().keys() == {t.key for t in TODOS}
    assert outcomes.keys() == {t.key for t in left}


async def test_a_line_that_a_crash_cut_in_two_is_graded_again_and_spoils_no_other(journal: Journal) -> None:
    await run(Judge(perfect), TODOS[:3], journal)
    journal.path.write_bytes(journal.path.read_bytes()[:-20])
    assert len(journal.read()) == 2
    await run(Judge(perfect), pending(TODOS[:3], journal.read()), journal)
    assert journal.read().keys() == {t.key for t in TODOS[:3]}


async def test_a_grading_that_failed_is_kept_as_such_and_tried_again(journal: Journal) -> None:
    outcomes = await run(Judge(failing(4, perfect)), TODOS, journal)
    failed = {key for key, graded in outcomes.items() if graded.error}
    assert len(failed) == len(TODOS) // 4
    assert all(outcomes[key].score is None for key in failed)
    assert {t.key for t in pending(TODOS, journal.read())} == failed


async def test_an_endpoint_that_never_answers_is_given_up_soon(journal: Journal) -> None:
    judge = Judge(failing(1, perfect))
    with pytest.raises(GradingFailed):
        await run(judge, TODOS, journal)
    assert len(judge.tasks) == HOPELESS


async def test_no_more_gradings_run_at_a_time_than_allowed(journal: Journal) -> None:
    class Slow(Judge):
        now = most = 0

        async def grade(self, task: Task, report: Report | None = None) -> Grade:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return await super().grade(task, report)

    judge = Slow(perfect)
    await run(judge, TODOS, journal, jobs=3)
    assert judge.most == 3
    assert len(judge.tasks) == len(TODOS)


async def test_the_seconds_of_each_grading_are_kept(journal: Journal) -> None:
    ticks: Iterable[float] = iter(range(1000))
    outcomes = await run(Judge(perfect), TODOS[:2], journal, clock=lambda: float(next(iter(ticks))))
    assert [graded.seconds for graded in outcomes.values()] == [1.0, 1.0]
    assert [graded.seconds for graded in journal.read().values()] == [1.0, 1.0]


async def test_an_answer_that_is_graded_three_times_reaches_the_grader_three_times(journal: Journal) -> None:
    """Grades are cached by content elsewhere; a cache here would make every grader look steady."""
    judge = Judge(perfect)
    what = chosen(BANK, size=5, runs=3, cases=())
    await calibrated(judge, journal, BANK, what)
    said = [task.thread[0].answer for task in judge.tasks]
    assert sorted(said.count(answer) for answer in set(said)) == [1, 1, 3, 3, 3]


async def test_another_wording_of_question_or_answer_is_other_work(journal: Journal) -> None:
    await run(Judge(perfect), TODOS, journal)
    changed = BANK.questions["q-0"].model_copy(update={"reference_answer": text("Otherwise.")})
    bank = BANK.model_copy(update={"questions": {**BANK.questions, "q-0": changed}})
    todos = chosen(bank, size=16, cases=()).todos(bank)
    left = pending(todos, journal.read())
    assert left
    assert {t.question.id for t in left} == {"q-0"}
