"""Strict mode: k independent gradings of the same answer, and the majority per criterion."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from interviewer.errors import GradingFailed
from interviewer.grading import Grader, Report, Task, scoring
from interviewer.schema import Grade, Judgment, Usage


class StrictGrader:
    """Wraps a Grader. Costs k times as much; what it shows for it is how often the gradings agreed."""

    def __init__(self, grader: Grader, gradings: int) -> None:
        self.grader = grader
        self.gradings = gradings

    async def grade(self, task: Task, report: Report | None = None) -> Grade:
        """Raises GradingFailed when fewer than a majority of the gradings succeed."""
        first = self.grader.grade(task, report)
        rest = [self.grader.grade(task) for _ in range(self.gradings - 1)]
        outcomes = await asyncio.gather(first, *rest, return_exceptions=True)
        grades = [o for o in outcomes if isinstance(o, Grade)]
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, GradingFailed):
                raise outcome
        if len(grades) <= self.gradings // 2:
            raise next(o for o in outcomes if isinstance(o, GradingFailed))
        return majority(task, grades)

    def fingerprint(self, task: Task) -> str:
        return f"{self.grader.fingerprint(task)} ×{self.gradings}"


def strictly(grader: Grader, gradings: int) -> Grader:
    """The grader itself for one grading."""
    return grader if gradings == 1 else StrictGrader(grader, gradings)


def majority(task: Task, grades: Sequence[Grade]) -> Grade:
    """Per criterion the verdict of more than half of the gradings (unmet where there is none), and their share."""
    judgments = tuple(
        _majority([j for g in grades if (j := g.judgment(criterion.id))]) for criterion in task.question.criteria
    )
    verdicts = {j.criterion_id: j.verdict for j in judgments}
    nearest = max(grades, key=lambda g: sum(j.verdict == verdicts[j.criterion_id] for j in g.judgments))
    return nearest.model_copy(
        update={
            "judgments": judgments,
            "score": scoring.tally(task.question, judgments, asked=task.asked, hinted=task.hinted).score,
            "usage": sum((g.usage for g in grades), Usage()),
            "provenance": nearest.provenance.model_copy(update={"gradings": len(grades)}),
        }
    )


def _majority(judgments: Sequence[Judgment]) -> Judgment:
    verdict, votes = Counter(j.verdict for j in judgments).most_common(1)[0]
    if votes <= len(judgments) / 2:
        verdict = "unmet"
        votes = sum(j.verdict == verdict for j in judgments)
    chosen = next((j for j in judgments if j.verdict == verdict), judgments[0])
    return chosen.model_copy(update={"verdict": verdict, "agreement": votes / len(judgments)})
