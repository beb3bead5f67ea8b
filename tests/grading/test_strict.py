from __future__ import annotations

import pytest

from interviewer.errors import GradingFailed
from interviewer.grading import Exchange, Task
from interviewer.grading.strict import StrictGrader
from interviewer.schema import Grade
from tests.examples import ScriptedGrader, question

Q = question()
TASK = Task(question=Q, language="en", thread=(Exchange(asked="Why?", answer="?"),))


class Wavering(ScriptedGrader):
    """Grades as if each of the given answers had been said in turn."""

    def __init__(self, *said: str) -> None:
        super().__init__()
        self.said = list(said)

    async def grade(self, task: Task, report: object = None) -> Grade:  # type: ignore[override]
        thread = (task.thread[-1].model_copy(update={"answer": self.said.pop(0)}),)
        return await super().grade(task.model_copy(update={"thread": thread}))


async def test_a_criterion_is_met_by_majority_and_the_agreement_is_shown() -> None:
    grade = await StrictGrader(Wavering("stores grows", "stores", "stores limits"), 3).grade(TASK)
    seen = {j.criterion_id: (j.verdict, j.agreement) for j in grade.judgments}
    assert seen["stores"] == ("met", 1.0)
    assert seen["grows"] == ("unmet", pytest.approx(2 / 3))
    assert grade.score == pytest.approx(0.5)


async def test_strict_mode_pays_for_every_grading_and_says_so() -> None:
    grade = await StrictGrader(Wavering("stores", "stores", "stores"), 3).grade(TASK)
    assert grade.usage.calls == 3
    assert grade.provenance.gradings == 3


async def test_a_tie_is_not_met() -> None:
    grade = await StrictGrader(Wavering("stores", "grows", "fail"), 3).grade(TASK)
    assert {j.criterion_id for j in grade.judgments if j.verdict == "met"} == set()
    assert grade.provenance.gradings == 2


async def test_without_a_majority_of_gradings_there_is_no_grade() -> None:
    with pytest.raises(GradingFailed):
        await StrictGrader(Wavering("stores", "fail", "fail"), 3).grade(TASK)


def test_another_number_of_gradings_is_another_grader() -> None:
    once, thrice = (StrictGrader(ScriptedGrader(), k).fingerprint(TASK) for k in (1, 3))
    assert once != thrice
