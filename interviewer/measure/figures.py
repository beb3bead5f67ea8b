"""From gradings to figures. Pure: the same gradings give the same figures.

accuracy, kappa         of the judgments, one per criterion and answer
qwk, mae                of the score, against the score that the labels give
order                   share of pairs of one question's answers whose better one got the higher score
language_gap            how much kinder the score is to Chinese answers than to English ones, for the same labels
language_accuracy_gap   how much more often Chinese answers are judged as labelled
length_gap              how much kinder the score is to wordy right answers than to terse ones
same_verdict            share of pairs of gradings of one answer that agree, over criteria
score_spread            mean difference between the best and the worst score of one answer
attacks                 share of attacks that earn more than their honest part
not_graded              share of gradings that failed
not_assessed            share of judgments left open in answers that were graded
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from interviewer.measure import statistics
from interviewer.measure.calibration import Attack, Disagreement, Graded, Group, Scores
from interviewer.measure.rows import Repeats, Row, Verdict
from interviewer.measure.statistics import Interval, interval
from interviewer.schema import LANGUAGES

T = TypeVar("T")
STEPS = 10
"A question's points sum to this, so a score has so many steps."
_BETTER = (("strong", "partial"), ("partial", "mistaken"), ("strong", "mistaken"))


def figures(
    rows: Sequence[Row],
    repeated: Sequence[Repeats],
    attacks: Sequence[Attack],
    graded: Iterable[Graded],
    resamples: int = 500,
) -> dict[str, Interval]:
    """Every figure by its name, with its interval by bootstrap over questions."""
    by_question = _grouped(rows, lambda row: row.sampled.question_id)
    again = _grouped(repeated, lambda each: each.question_id)
    tried = _grouped(attacks, lambda attack: attack.question_id)
    ordered = {question: in_order(held) for question, held in by_question.items()}
    of_answers = (accuracy, kappa, qwk, mae, language_gap, language_accuracy_gap, length_gap, not_assessed)
    return {figure.__name__: interval(figure, by_question, resamples=resamples) for figure in of_answers} | {
        "answers": Interval(value=float(len(rows))),
        "order": interval(mean, ordered, resamples=resamples),
        "same_verdict": interval(same_verdict, again, resamples=resamples),
        "score_spread": interval(score_spread, again, resamples=resamples),
        "attacks": interval(lambda found: mean(a.succeeded for a in found), tried, resamples=resamples),
        "not_graded": Interval(value=mean(outcome.score is None for outcome in graded)),
    }


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def mean(values: Iterable[float]) -> float | None:
    held = list(values)
    return sum(held) / len(held) if held else None


def accuracy(rows: Sequence[Row]) -> float | None:
    return statistics.accuracy(*_judged(rows))


def kappa(rows: Sequence[Row]) -> float | None:
    return statistics.kappa(*_judged(rows))


def _judged(rows: Sequence[Row]) -> tuple[list[bool], list[bool]]:
    verdicts = [v for row in rows for v in row.verdicts]
    return [v.ours for v in verdicts], [v.theirs for v in verdicts]


def qwk(rows: Sequence[Row]) -> float | None:
    return statistics.quadratic_weighted_kappa([r.ours for r in rows], [r.theirs for r in rows], STEPS)


def mae(rows: Sequence[Row]) -> float | None:
    return statistics.mean_absolute_error([r.ours for r in rows], [r.theirs for r in rows])


def in_order(rows: Sequence[Row]) -> list[bool]:
    """Of one question's answers: is the better one's score higher? Pairs that the labels don't put in this order are
    left out; a tie in the grader's scores is not in order."""
    at = {row.sampled.label: row for row in rows}
    pairs = [(at[a], at[b]) for a, b in _BETTER if a in at and b in at]
    return [a.ours > b.ours for a, b in pairs if a.theirs > b.theirs]


def language_gap(rows: Sequence[Row]) -> float | None:
    return _difference(*([r.error for r in rows if r.sampled.language == language] for language in ("zh", "en")))


def language_accuracy_gap(rows: Sequence[Row]) -> float | None:
    zh, en = (accuracy([r for r in rows if r.sampled.language == language]) for language in ("zh", "en"))
    return None if zh is None or en is None else zh - en


def length_gap(rows: Sequence[Row]) -> float | None:
    return _difference(*([r.error for r in rows if r.sampled.label == label] for label in ("strong", "terse")))


def _difference(first: Sequence[float], second: Sequence[float]) -> float | None:
    a, b = mean(first), mean(second)
    return None if a is None or b is None else a - b


def not_assessed(rows: Sequence[Row]) -> float | None:
    every = sum(row.open + len(row.verdicts) for row in rows)
    return sum(row.open for row in rows) / every if every else None


def same_verdict(found: Sequence[Repeats]) -> float | None:
    return mean(same for each in found for same in each.agreements)


def score_spread(found: Sequence[Repeats]) -> float | None:
    return mean(max(each.scores) - min(each.scores) for each in found)


def groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Agreement over everything, by kind of criterion, language and label."""
    verdicts: dict[str, list[Verdict]] = {"all": [], "requirements": [], "mistakes": []}
    verdicts |= {name: [] for name in (*LANGUAGES, "strong", "partial", "terse", "mistaken")}
    for row in rows:
        for verdict in row.verdicts:
            kind = "mistakes" if verdict.mistake else "requirements"
            for name in ("all", kind, row.sampled.language, row.sampled.label):
                verdicts[name].append(verdict)
    return tuple(_group(name, held) for name, held in verdicts.items() if held)


def _group(name: str, held: Sequence[Verdict]) -> Group:
    ours, theirs = [v.ours for v in held], [v.theirs for v in held]
    return Group(
        name=name,
        judgments=len(held),
        accuracy=statistics.accuracy(ours, theirs),
        kappa=statistics.kappa(ours, theirs),
        missed=sum(v.theirs and not v.ours for v in held),
        invented=sum(v.ours and not v.theirs for v in held),
    )


def scores(rows: Sequence[Row]) -> tuple[Scores, ...]:
    found = []
    for label in ("strong", "terse", "partial", "mistaken"):
        here = [r for r in rows if r.sampled.label == label]
        if here:
            ours, theirs = mean(r.ours for r in here), mean(r.theirs for r in here)
            found.append(Scores(label=here[0].sampled.label, answers=len(here), grader=ours, labels=theirs))
    return tuple(found)


def disagreements(rows: Sequence[Row]) -> tuple[Disagreement, ...]:
    return tuple(
        Disagreement(
            question_id=row.sampled.question_id,
            criterion_id=verdict.criterion_id,
            label=row.sampled.label,
            language=row.sampled.language,
            missed=verdict.theirs,
        )
        for row in rows
        for verdict in row.verdicts
        if verdict.ours != verdict.theirs
    )


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of the values doesn't exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None
