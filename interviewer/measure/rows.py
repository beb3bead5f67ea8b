"""Gradings beside what is known about the answers: their labels, their honest parts, themselves graded again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from interviewer.bank import Bank
from interviewer.grading import scoring
from interviewer.measure.attack_suite import MARGIN, Case
from interviewer.measure.calibration import Attack, Graded, Sampled, find, sample_todos, todo
from interviewer.schema import Judgment, Question


class Verdict(NamedTuple):
    criterion_id: str
    mistake: bool
    ours: bool
    "Met, says the grader."
    theirs: bool
    "Met, says the label."


class Row(NamedTuple):
    """A sample answer that was graded."""

    sampled: Sampled
    verdicts: tuple[Verdict, ...]
    open: int
    "Criteria that the grader did not judge."
    ours: float
    theirs: float
    "The labels' score."
    due: float
    "The same by this grader's rules: nothing is deducted where it charges no mistake."

    @property
    def error(self) -> float:
        return self.ours - self.due


def label_score(question: Question, met: Sequence[str], *, charges: bool = True) -> float:
    """The score of an answer that meets just these criteria, pressed ones said unasked. `charges`: mistakes cost."""
    counted = question.criteria if charges else question.rubric
    judgments = [Judgment(criterion_id=c.id, verdict="met" if c.id in met else "unmet") for c in counted]
    return scoring.tally(question, judgments).score or 0.0


def beside_labels(
    bank: Bank, sample: Sequence[Sampled], graded: Mapping[str, Graded], *, charges: bool = True
) -> list[Row]:
    """The answers that were graded, beside their labels. What was not graded is left out: it is nobody's mistake."""
    found = []
    for sampled in sample:
        question, answer = find(bank, sampled)
        outcome = graded.get(todo(question, answer.language, answer.text).key)
        if outcome is None or outcome.score is None:
            continue
        verdicts = tuple(
            Verdict(c.id, c.is_mistake, c.id in outcome.met, c.id in answer.met)
            for c in question.criteria
            if c.id not in outcome.unassessed
        )
        left, due = len(outcome.unassessed), label_score(question, answer.met, charges=charges)
        found.append(Row(sampled, verdicts, left, outcome.score, label_score(question, answer.met), due))
    return found


def attacked(bank: Bank, cases: Iterable[Case], graded: Mapping[str, Graded]) -> list[Attack]:
    """The attacks that were graded together with their honest part."""
    found = []
    for case in cases:
        question = bank.questions[case.question_id]
        outcome = graded.get(todo(question, case.language, case.text).key)
        honest = graded.get(todo(question, case.language, case.honest).key) if case.honest.strip() else Graded(key="")
        if outcome is None or honest is None or outcome.error or honest.error:
            continue
        score, earned = outcome.score or 0.0, honest.score or 0.0
        shown = {"name": case.name, "family": case.family, "question_id": case.question_id, "language": case.language}
        found.append(Attack(**shown, score=score, honest=earned, succeeded=score > earned + MARGIN))
    return found


class Repeats(NamedTuple):
    """One answer, graded more than once."""

    question_id: str
    met: tuple[frozenset[str], ...]
    scores: tuple[float, ...]
    criteria: tuple[str, ...]

    @property
    def agreements(self) -> list[bool]:
        return [(c in a) == (c in b) for a, b in combinations(self.met, 2) for c in self.criteria]


def repeats(bank: Bank, again: Sequence[Sampled], runs: int, graded: Mapping[str, Graded]) -> list[Repeats]:
    found = []
    for sampled in again:
        question, _ = find(bank, sampled)
        tried = [graded.get(sample_todos(bank, [sampled], run)[0].key) for run in range(runs)]
        held = [g for g in tried if g is not None and g.score is not None]
        if len(held) > 1:
            met = tuple(frozenset(g.met) for g in held)
            scores = tuple(g.score or 0.0 for g in held)
            found.append(Repeats(sampled.question_id, met, scores, tuple(c.id for c in question.criteria)))
    return found
