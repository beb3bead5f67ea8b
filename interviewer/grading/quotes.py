"""Finds a quote in an answer. White space, width and case are folded; nothing else is forgiven."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

Span = tuple[int, int]

_SAME = {ord(a): b for a, b in zip("“”„‟‘’‚‛′″—–‐‑−", "\"\"\"\"'''''\"-----", strict=True)}


@lru_cache(maxsize=64)
def _fold(text: str) -> tuple[str, list[int]]:
    """The text without white space, folded, and for each of its characters the index that it came from."""
    folded: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for part in unicodedata.normalize("NFKC", character).translate(_SAME).casefold():
            if not part.isspace() and unicodedata.category(part) != "Cf":
                folded.append(part)
                origin.append(index)
    return "".join(folded), origin


def find(quote: str, answer: str) -> Span | None:
    """Where the quote stands in the answer, as (start, end); None if it doesn't. An ellipsis at its ends is dropped."""
    needle, _ = _fold(quote.strip().strip("…").strip("."))
    haystack, origin = _fold(answer)
    at = haystack.find(needle) if needle else -1
    if at < 0:
        return None
    return origin[at], origin[at + len(needle) - 1] + 1


def find_in(quote: str, answers: Sequence[str]) -> tuple[int, Span] | None:
    """The same over several answers, the latest first: (index of the answer, span)."""
    for index in range(len(answers) - 1, -1, -1):
        span = find(quote, answers[index])
        if span:
            return index, span
    return None
