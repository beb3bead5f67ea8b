"""Finds words that would give the answer away: a long run in common with what the candidate must not see yet.

Read plainly, and as a model may disguise them when it is told to: spelt out, backwards or in base64. A paraphrase is
not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from interviewer.grading import disguise, terms
from interviewer.schema import LANGUAGES, Requirement

RUN = 6
"Words, or letters and digits between them; a Chinese character counts half."

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_COMMON = frozenset(
    (
        "为什",
        "什么",
        "怎么",
        "怎样",
        "如何",
        "可以",
        "哪些",
        "哪个",
        "哪里",
        "多少",
        "需要",
        "已经",
        "时候",
        "这样",
        "那样",
    )
    + ("没有", "不同", "一个", "一种", "两个", "每个", "每次")
)
"Pairs of Chinese characters that any question has."
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


def names_key_word(text: str, criterion: Requirement, known: Iterable[str]) -> bool:
    """Whether a nudge names a key word of the requirement: a content word of it in either language, or an alternative
    of its terms. What the candidate has read or written already (`known`) may be named."""
    read = "\n".join(known)
    wanted = set().union(*(_content(criterion.requirement.in_(language)) for language in LANGUAGES))
    if (wanted & _content(text)) - _content(read):
        return True
    said, seen = terms.Document(text), terms.Document(read)
    alternatives = (a.strip() for group in criterion.terms for a in group.split("|"))
    return any(said.places(a) and not seen.places(a) for a in alternatives if _content(a) or a.isdigit())


def _content(text: str) -> set[str]:
    """Stems of the words that say something, figures, and pairs of Chinese characters without a function word."""
    read = terms.tokens(*terms.fold(text))
    said = [t for t in read if t.stem not in terms.function_words() and t.kind != "sign"]
    pairs = {a.stem + b.stem for a, b in pairwise(said) if a.kind == b.kind == "cjk" and a.end == b.start}
    return {t.stem for t in said if t.kind == "number" or (t.kind == "word" and len(t.word) > 1)} | (pairs - _COMMON)


def _forms(text: str) -> Iterator[str]:
    folded = disguise.fold(text)[0]
    yield from (folded, disguise.closed_up(folded), folded[::-1])
    yield from (plain for _, plain in disguise.coded(text))


def _union(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return set().union(*(_runs(disguise.fold(t)[0]) for t in texts))


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
