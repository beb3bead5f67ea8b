"""How much of a reference an answer says, from its words alone: the fallback for a criterion that has no terms.

A ridge regression over two lexical features; bench/fit_lexical.py fits the coefficients in lexical.json and prints
how well they do on data sets they have not seen. It is blind to denial: a last resort.
"""

from __future__ import annotations

import json
import math
from collections.abc import Set
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from interviewer.grading import terms

LONGEST = 1500
"Tokens of an answer that are read; what follows changes nothing."
_IN_ORDER = 150
"Tokens compared in order: that comparison takes quadratic time."


class Reading(NamedTuple):
    words: tuple[str, ...]
    "Stems, numbers and Chinese characters, in order."
    units: frozenset[str]
    "What can be had in common: stems without function words, numbers, pairs of Chinese characters."


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    tokens = [t for t in terms.tokens(*terms.fold(text[: LONGEST * 8])) if t.kind != "sign"][:LONGEST]
    pairs = {a.stem + b.stem for a, b in pairwise(tokens) if a.kind == b.kind == "cjk"}
    units = pairs | {t.stem for t in tokens if t.kind != "cjk" and t.stem not in terms.function_words()}
    return Reading(tuple(t.stem for t in tokens), frozenset(units))


def _weight(unit: str) -> float:
    """Longer words say more."""
    return 1.0 if ord(unit[0]) >= 0x3000 else min(len(unit), 8) / 8 + 0.25


def _recall(wanted: Set[str], had: Set[str]) -> float:
    total = sum(map(_weight, wanted))
    return sum(map(_weight, wanted & had)) / total if total else 0.0


def _in_order(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Length of the longest common subsequence, as a part of the first."""
    row = [0] * (len(b) + 1)
    for x in a:
        corner = 0
        for j, y in enumerate(b, 1):
            above = row[j]
            row[j] = corner + 1 if x == y else max(above, row[j - 1])
            corner = above
    return row[-1] / max(1, len(a))


def features(question: str, reference: str, answer: str) -> dict[str, float]:
    """The regression's inputs, each from 0 to 1. "New" is what the question doesn't say already."""
    asked, ideal, given = read(question), read(reference), read(answer)
    new = (ideal.units - asked.units) or ideal.units
    return {
        "new_recall": math.sqrt(_recall(new, given.units)),
        "in_order": math.sqrt(_in_order(ideal.words[:_IN_ORDER], given.words[:_IN_ORDER])),
    }


@cache
def coefficients() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return data


def predict(values: dict[str, float], fitted: dict[str, Any]) -> float:
    """The regression's value, pressed into 0 to 1; 0 for words that have nothing in common with the reference."""
    line = float(fitted["intercept"]) + sum(weight * values[name] for name, weight in fitted["weights"].items())
    return 0.0 if not any(values.values()) else 1 / (1 + math.exp(-4 * (line - 0.5)))


def score(question: str, reference: str, answer: str) -> float:
    """An estimate, 0 to 1, of the mark that people would give."""
    return predict(features(question, reference, answer), coefficients())
