"""Whether a sentence speaks to the grader instead of the subject, told by the kinds of words that it combines.

Orders can be phrased in endless ways; what they have in common is who is spoken to (whoever grades), what about (marks,
criteria, this very answer) and to which end (the best verdict). Each kind of word weighs something, words of the
subject weigh against it (addressed.yaml). No phrase is listed.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

LONGEST = 600
"Characters of a sentence that are weighed."


_OTHER_SCRIPT = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff\u0600-\u06ff\u0590-\u05ff\u0e00-\u0e7f]")
_ENGLISH = re.compile(r"\b(?:the|is|of|to|and|in|it|for|are|with)\b")


class Kind(NamedTuple):
    name: str
    weight: float
    words: re.Pattern[str]
    most: int
    "How often it counts."


@cache
def _data() -> dict[str, Any]:
    text = Path(__file__).with_name("addressed.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@cache
def kinds() -> tuple[Kind, ...]:
    return tuple(
        Kind(name, kind["weight"], re.compile(re.sub(r"\|\s+", "|", kind["words"].strip())), kind.get("most", 1))
        for name, kind in _data()["kinds"].items()
    )


def cut() -> float:
    """From here on a sentence is addressed to the grader."""
    bound: float = _data()["cut"]
    return bound


def wary() -> float:
    """From here on it may be."""
    bound: float = _data()["wary"]
    return bound


@lru_cache(maxsize=4096)
def weight(sentence: str) -> float:
    """How strongly a sentence (folded) speaks to the grader."""
    return sum(kind.weight * _count(kind, sentence[:LONGEST]) for kind in kinds())


@lru_cache(maxsize=4096)
def of_the_subject(sentence: str) -> bool:
    return any(kind.weight < 0 and kind.words.search(sentence) for kind in kinds())


def _count(kind: Kind, sentence: str) -> int:
    if kind.most == 1:
        return kind.words.search(sentence) is not None
    return min(kind.most, len({found.group() for found in kind.words.finditer(sentence)}))


def foreign(text: str) -> bool:
    """Whether a sentence of a text (folded) that is mostly English or Chinese is in another language."""
    strange = sum(map(len, _OTHER_SCRIPT.findall(text)))
    if 6 <= strange < 0.8 * sum(c.isalpha() for c in text):
        return True
    words = frozenset(_data()["foreign"].split())
    return any(
        sum(word in words for word in line.split()) >= 3 and not _ENGLISH.search(line)
        for line in re.split(r"[\n.!?。]", text)
    )
