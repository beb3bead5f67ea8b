"""How much of a reference an answer says, from its words alone: the fallback for a criterion that has no terms.

A ridge regression over a few lexical features; bench/fit_lexical.py fits the coefficients in lexical.json and prints
how well they do on data sets they have not seen. It is nearly blind to denial: a last resort.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from interviewer.grading import terms

LONGEST = 1500
"Tokens of an answer that are read; what follows changes nothing."
_IN_ORDER = 150
"Tokens compared in order: that comparison takes quadratic time."
_ENOUGH = 12
"Words without anything of the reference that leave no doubt."
_DENIALS = frozenset({"not", "no", "never", "without", "neither", "nor", "不", "没", "无", "未", "非"})


class Reading(NamedTuple):
    words: tuple[str, ...]
    "Stems, numbers and Chinese characters, in order."
    units: frozenset[str]
    "What can be had in common: stems without function words, numbers, pairs of Chinese characters."
    grams: Counter[str]
    "Three letters of a word, or one Chinese character."
    numbers: frozenset[str]


@cache
def function_words() -> frozenset[str]:
    return frozenset(terms.stem(word) for word in terms.language_data()["function_words"].split())


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    tokens = [t for t in terms.tokens(*terms.fold(text[: LONGEST * 8])) if t.kind != "sign"][:LONGEST]
    units: set[str] = {a.stem + b.stem for a, b in pairwise(tokens) if a.kind == b.kind == "cjk"}
    grams: Counter[str] = Counter()
    for token in tokens:
        if token.kind == "cjk":
            grams[token.stem] += 1
        elif token.stem not in function_words():
            units.add(token.stem)
            grams.update(_grams(token.word))
    numbers = frozenset(t.stem for t in tokens if t.kind == "number")
    return Reading(tuple(t.stem for t in tokens), frozenset(units), grams, numbers)


@lru_cache(maxsize=65536)
def _grams(word: str) -> frozenset[str]:
    framed = f"<{word}>"
    return frozenset(framed[i : i + 3] for i in range(len(framed) - 2))


def _is_cjk(unit: str) -> bool:
    return ord(unit[0]) >= 0x3000


def _weight(unit: str) -> float:
    """Longer words say more."""
    return 1.0 if _is_cjk(unit) else min(len(unit), 8) / 8 + 0.25


def _recall(wanted: Collection[str], had: Collection[str]) -> float:
    total = sum(map(_weight, wanted))
    return sum(_weight(u) for u in wanted if u in had) / total if total else 0.0


def _soft_recall(wanted: Collection[str], had: Collection[str]) -> float:
    """The same, with part of the weight for a word that shares most of its letters, or for its Chinese characters."""
    initials: dict[str, list[str]] = {}
    for unit in had:
        initials.setdefault(unit[0], []).append(unit)
    characters = set("".join(had))
    total = sum(map(_weight, wanted))
    return sum(_weight(u) * _likeness(u, had, initials, characters) for u in wanted) / total if total else 0.0


def _likeness(unit: str, had: Collection[str], initials: dict[str, list[str]], characters: set[str]) -> float:
    if unit in had:
        return 1.0
    if _is_cjk(unit):
        return 0.4 * sum(c in characters for c in unit) / len(unit)
    if len(unit) <= 3:
        return 0.0
    mine = _grams(unit)
    best = max((2 * len(mine & g) / (len(mine) + len(g)) for g in map(_grams, initials.get(unit[0], ()))), default=0.0)
    return best if best > 0.35 else 0.0


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    size = math.sqrt(sum(a.values()) * sum(b.values()))
    return sum(math.sqrt(a[k] * b[k]) for k in a.keys() & b.keys()) / size if size else 0.0


def _in_order(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        corner = 0
        for j, y in enumerate(b, 1):
            above = row[j]
            row[j] = corner + 1 if x == y else max(above, row[j - 1])
            corner = above
    return row[-1]


def features(question: str, reference: str, answer: str) -> dict[str, float]:
    """The regression's inputs, each from 0 to 1. "New" is what the question doesn't say already."""
    asked, ideal, given = read(question), read(reference), read(answer)
    new = (ideal.units - asked.units) or ideal.units
    new_grams = (ideal.grams.keys() - asked.grams.keys()) or ideal.grams.keys()
    own = given.units - asked.units
    in_order = _in_order(ideal.words[:_IN_ORDER], given.words[:_IN_ORDER]) / max(1, len(ideal.words[:_IN_ORDER]))
    likeness = math.sqrt(_cosine(ideal.grams, given.grams))
    return {
        "new_recall": math.sqrt(_recall(new, given.units)),
        "new_soft_recall": math.sqrt(_soft_recall(new, given.units)),
        "new_grams": math.sqrt(len(new_grams & given.grams.keys()) / max(1, len(new_grams))),
        "likeness": likeness,
        "new_precision": len(own & new) / max(1, len(own)),
        "in_order": math.sqrt(in_order),
        "long_enough": likeness * min(1.0, (len(given.words) + 1) / (len(ideal.words) + 1)),
        "numbers": _recall(ideal.numbers, given.numbers) if ideal.numbers else 0.5,
        "denial_differs": float(_denies(ideal.words) != _denies(given.words)),
        "beside_the_point": float(not new & given.units and likeness < 0.1 and len(given.words) >= _ENOUGH),
    }


def _denies(words: Iterable[str]) -> bool:
    return not _DENIALS.isdisjoint(words)


@cache
def coefficients() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return data


def predict(values: dict[str, float], fitted: dict[str, Any]) -> float:
    """The regression's value, pressed into 0 to 1; 0 for many words that have nothing to do with the reference."""
    line = float(fitted["intercept"]) + sum(weight * values[name] for name, weight in fitted["weights"].items())
    return 0.0 if values["beside_the_point"] else 1 / (1 + math.exp(-4 * (line - 0.5)))


def score(question: str, reference: str, answer: str) -> float:
    """An estimate, 0 to 1, of the mark that people would give."""
    return predict(features(question, reference, answer), coefficients())
