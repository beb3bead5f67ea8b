"""From gradings to figures. Pure: the same gradings give the same figures.

accuracy, kappa         of the judgments, one per criterion and answer; a mistake that is suspected counts as charged
precision               share of the requirements called met that are
recall                  share of the requirements met that are called so
mistakes_right          share of the mistakes charged or suspected that were made
mistakes_found          share of the mistakes made that are charged or suspected
qwk, mae                of the score, against the score that the labels give (for a check that charges no mistake, both
                        without deductions)
order                   share of pairs of one question's answers whose better one got the higher score
order_en, order_zh      the same among the answers in one language
questions_in_order      share of questions all of whose pairs are in order
language_gap            how much kinder the score is to Chinese answers than to English ones, for the same labels
language_accuracy_gap   how much more often Chinese answers are judged as labelled
length_gap              how much kinder the score is to expert answers, which are long, than to the gist in a sentence
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
from itertools import combinations
from typing import TypeVar

from interviewer.measure import statistics
from interviewer.measure.calibration import Attack, Disagreement, Graded, Group, Scores
from interviewer.measure.rows import Repeats, Row, Verdict
from interviewer.measure.statistics import Interval, interval
from interviewer.schema import LANGUAGES, Language, SampleLabel

T = TypeVar("T")
STEPS = 10
"A question's points sum to this, so a score has so many steps."
LABELS: tuple[SampleLabel, ...] = ("mistaken", "gist", "solid", "expert")
"From the worst to the best."
_RIGHT: frozenset[SampleLabel] = frozenset(("solid", "expert"))
"Between these two a tie is in order."


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
    of_answers = (
        *(accuracy, kappa, precision, recall, mistakes_right, mistakes_found),
        *(qwk, mae, language_gap, language_accuracy_gap, length_gap, not_assessed),
    )
    found = {figure.__name__: interval(figure, by_question, resamples=resamples) for figure in of_answers}
    for language in LANGUAGES:
        alone = {question: in_order(_spoken(held, language)) for question, held in by_question.items()}
        found[f"order_{language}"] = interval(mean, alone, resamples=resamples)
    whole = {question: [all(pairs)] for question, pairs in ordered.items() if pairs}
    return found | {
        "answers": Interval(value=float(len(rows))),
        "order": interval(mean, ordered, resamples=resamples),
        "questions_in_order": interval(mean, whole, resamples=resamples),
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


def precision(rows: Sequence[Row]) -> float | None:
    return mean(v.theirs for row in rows for v in row.verdicts if v.ours and not v.mistake)


def recall(rows: Sequence[Row]) -> float | None:
    return mean(v.ours for row in rows for v in row.verdicts if v.theirs and not v.mistake)


def mistakes_right(rows: Sequence[Row]) -> float | None:
    return mean(v.theirs for row in rows for v in row.verdicts if v.ours and v.mistake)


def mistakes_found(rows: Sequence[Row]) -> float | None:
    return mean(v.ours for row in rows for v in row.verdicts if v.theirs and v.mistake)


def qwk(rows: Sequence[Row]) -> float | None:
    return statistics.quadratic_weighted_kappa([r.ours for r in rows], [r.due for r in rows], STEPS)


def mae(rows: Sequence[Row]) -> float | None:
    return statistics.mean_absolute_error([r.ours for r in rows], [r.due for r in rows])


def in_order(rows: Sequence[Row]) -> list[bool]:
    """Of one question's answers: is the better one's score higher? Pairs that the labels don't put in this order are
    left out. A tie in the grader's scores is in order between solid and expert only."""
    ranked = sorted(rows, key=lambda row: LABELS.index(row.sampled.label))
    pairs = [(a, b) for a, b in combinations(ranked, 2) if a.sampled.label != b.sampled.label and a.theirs < b.theirs]
    return [a.ours < b.ours or (a.ours == b.ours and {a.sampled.label, b.sampled.label} == _RIGHT) for a, b in pairs]


def _spoken(rows: Sequence[Row], language: Language) -> list[Row]:
    return [row for row in rows if row.sampled.language == language]


def language_gap(rows: Sequence[Row]) -> float | None:
    return _difference(*([r.error for r in _spoken(rows, language)] for language in ("zh", "en")))


def language_accuracy_gap(rows: Sequence[Row]) -> float | None:
    zh, en = (accuracy(_spoken(rows, language)) for language in ("zh", "en"))
    return None if zh is None or en is None else zh - en


def length_gap(rows: Sequence[Row]) -> float | None:
    return _difference(*([r.error for r in rows if r.sampled.label == label] for label in ("expert", "gist")))


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
    kinds = ("requirements", "mistakes")
    names = ("all", *kinds, *(f"{kind}_{language}" for kind in kinds for language in LANGUAGES))
    verdicts: dict[str, list[Verdict]] = {name: [] for name in (*names, *LANGUAGES, *reversed(LABELS))}
    for row in rows:
        for verdict in row.verdicts:
            kind = "mistakes" if verdict.mistake else "requirements"
            spoken = row.sampled.language
            for name in ("all", kind, f"{kind}_{spoken}", spoken, row.sampled.label):
                verdicts[name].append(verdict)
    return tuple(_group(name, held) for name, held in verdicts.items() if held)


def _group(name: str, held: Sequence[Verdict]) -> Group:
    ours, theirs = [v.ours for v in held], [v.theirs for v in held]
    return Group(
        name=name,
        judgments=len(held),
        met=sum(theirs),
        accuracy=statistics.accuracy(ours, theirs),
        kappa=statistics.kappa(ours, theirs),
        missed=sum(v.theirs and not v.ours for v in held),
        invented=sum(v.ours and not v.theirs for v in held),
    )


def scores(rows: Sequence[Row]) -> tuple[Scores, ...]:
    found = []
    for label in reversed(LABELS):
        here = [r for r in rows if r.sampled.label == label]
        if here:
            ours, theirs = mean(r.ours for r in here), mean(r.due for r in here)
            found.append(Scores(label=label, answers=len(here), grader=ours, labels=theirs))
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
