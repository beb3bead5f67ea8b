"""Finds words that would give the answer away: a long run in common with what the candidate must not see yet.

Read plainly, and as a model may disguise them when it is told to: spelt out, backwards or encoded. A paraphrase is not
found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from interviewer.grading import disguise

RUN = 6
"Words, or letters and digits between them; a Chinese character counts half."

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])|\n+")


class Secrets:
    """What must not be told yet, less what the candidate has read or written already."""

    def __init__(self, secrets: Iterable[str], known: Iterable[str]) -> None:
        self._runs = _union(secrets) - _union(known)

    def are_in(self, text: str) -> bool:
        """True if a long run of words is taken from a secret."""
        return any(not self._runs.isdisjoint(_runs(form)) for form in _forms(text))

    def removed(self, text: str) -> str:
        """The text without the sentences that give something away."""
        sentences = [s for s in _SENTENCE.split(text) if s.strip()]
        kept = [s for s in sentences if not self.are_in(s)]
        gap = "" if any("\u3400" <= c <= "\u9fff" for c in text) else " "
        left = text if len(kept) == len(sentences) else gap.join(s.strip() for s in kept)
        return left if _TOKEN.search(left) and not self.are_in(left) else ""


def _forms(text: str) -> Iterator[str]:
    read = disguise.Folded(text, {})
    yield from (form for form, _ in read.variants())
    yield read.folded[::-1]
    yield from (plain for _, plain in disguise.coded(text))


def _union(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return set().union(*(_runs(disguise.Folded(t, {}).folded) for t in texts))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every shortest run of tokens that weighs at least RUN."""
    tokens = _TOKEN.findall(text.casefold())
    weights = [0.5 if len(t) == 1 and "\u3040" <= t <= "\u9fff" else 1.0 for t in tokens]
    runs, end, weight = set(), 0, 0.0
    for start in range(len(tokens)):
        while end < len(tokens) and weight < RUN:
            weight += weights[end]
            end += 1
        if weight < RUN:
            break
        runs.add(tuple(tokens[start:end]))
        weight -= weights[start]
    return runs


def names_key_word(text: str, criterion: object, known: object) -> bool:
    return False
