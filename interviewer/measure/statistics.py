"""Agreement between a grader and people: the standard figures and their bootstrap intervals. Pure arithmetic.

Every figure takes two equally long sequences (grader, people) and is None where it is not defined, for instance a
correlation with a constant.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from interviewer.schema import Record

T = TypeVar("T")
Figure = Callable[[Sequence[T]], float | None]


class Interval(Record):
    """A figure with its 95 % bootstrap interval; low and high are None where too few resamples define it."""

    value: float | None
    low: float | None = None
    high: float | None = None


def accuracy(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> float | None:
    if not ours:
        return None
    return sum(a == b for a, b in zip(ours, theirs, strict=True)) / len(ours)


def kappa(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> float | None:
    """Cohen's kappa: agreement beyond chance (Cohen 1960). None where chance alone explains everything."""
    observed = accuracy(ours, theirs)
    if observed is None:
        return None
    n, a, b = len(ours), Counter(ours), Counter(theirs)
    expected = sum(a[label] * b[label] for label in a) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def quadratic_weighted_kappa(ours: Sequence[float], theirs: Sequence[float], steps: int) -> float | None:
    """Cohen's weighted kappa (1968) with squared weights, of scores from 0 to 1 rounded to `steps` equal steps."""
    if not ours:
        return None
    a = [round(x * steps) for x in ours]
    b = [round(x * steps) for x in theirs]
    n, rows, columns = len(a), Counter(a), Counter(b)
    observed = sum((i - j) ** 2 for i, j in zip(a, b, strict=True)) / n
    expected = sum((i - j) ** 2 * rows[i] * columns[j] for i in rows for j in columns) / n**2
    return None if expected == 0 else 1 - observed / expected


def mean_absolute_error(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    return sum(abs(a - b) for a, b in zip(ours, theirs, strict=True)) / len(ours) if ours else None


def root_mean_square_error(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    return math.sqrt(sum((a - b) ** 2 for a, b in zip(ours, theirs, strict=True)) / len(ours)) if ours else None


def pearson(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    n = len(ours)
    if n < 2:
        return None
    a, b = math.fsum(ours) / n, math.fsum(theirs) / n  # exact: a constant must have no spread at all
    covariance = math.fsum((x - a) * (y - b) for x, y in zip(ours, theirs, strict=True))
    spread = math.sqrt(math.fsum((x - a) ** 2 for x in ours) * math.fsum((y - b) ** 2 for y in theirs))
    return covariance / spread if spread > 1e-12 else None


def spearman(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Pearson's r of the ranks; equal values share their mean rank."""
    return pearson(_ranks(ours), _ranks(theirs))


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2
        start = end + 1
    return ranks


def interval(figure: Figure[T], groups: Mapping[str, Sequence[T]], *, resamples: int = 500, seed: int = 0) -> Interval:
    """A figure over all items, and its 95 % percentile interval by the cluster bootstrap.

    `groups` are resampled whole (all answers of a question together), because answers to one question resemble each
    other (Davison and Hinkley 1997, section 3.8).
    """
    value = figure([item for items in groups.values() for item in items])
    names = sorted(groups)
    chance = random.Random(seed)  # noqa: S311  no secret
    found = []
    for _ in range(resamples if len(names) > 1 else 0):
        drawn = figure([item for name in chance.choices(names, k=len(names)) for item in groups[name]])
        if drawn is not None:
            found.append(drawn)
    if len(found) < 40:
        return Interval(value=value)
    found.sort()
    at = (len(found) - 1) * 0.025
    return Interval(value=value, low=found[round(at)], high=found[len(found) - 1 - round(at)])
