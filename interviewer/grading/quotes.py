"""Finds a quote in an answer. How a model types is forgiven, on both sides: white space, width, case, typographic
signs, traditional characters, HTML entities, Markdown marks, bullets and list numbers. Words are never skipped or
changed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from interviewer.language import simplified

Span = tuple[int, int]

_SAME = {ord(a): b for a, b in zip("“”„‟‘’‚‛′″—–‐‑−，。；：！？（）、", "\"\"\"\"'''''\"-----,.;:!?(),", strict=True)}
_MARKS = frozenset("*_`~#")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_BULLET = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:[-+•·‣▪][ \t]+)?", re.MULTILINE)
_NUMBER = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:[-+•·‣▪*][ \t]+)?\(?(?:\d{1,2}|[a-z])[.)、][ \t]*", re.MULTILINE)


def find(quote: str, answer: str) -> Span | None:
    """Where the quote stands in the answer, as (start, end); None if it doesn't. An ellipsis at its ends is dropped.

    Tried as it stands, then without the numbers of a list, which a model drops or keeps: in "1. one" it finds "one".
    """
    quote = quote.strip().strip("…").strip(".").strip("\"'“”‘’「」")
    for start in (_BULLET, _NUMBER):
        needle, _ = _fold(quote, start)
        haystack, origin = _fold(answer, start)
        at = haystack.find(needle) if needle else -1
        if at >= 0:
            return origin[at][0], origin[at + len(needle) - 1][1]
    return None


def find_in(quote: str, answers: Sequence[str]) -> tuple[int, Span] | None:
    """The same over several answers, the latest first: (index of the answer, span)."""
    for index in range(len(answers) - 1, -1, -1):
        span = find(quote, answers[index])
        if span:
            return index, span
    return None


@lru_cache(maxsize=128)
def _fold(text: str, line_start: re.Pattern[str]) -> tuple[str, list[Span]]:
    """The text without white space and marks, folded, and for each of its characters the span that it came from."""
    folded: list[str] = []
    origin: list[Span] = []
    dropped = {i for found in line_start.finditer(text) for i in range(*found.span())}
    for plain, span in _characters(text):
        if span[0] in dropped:
            continue
        for part in unicodedata.normalize("NFKC", plain).translate(_SAME).casefold():
            if not part.isspace() and part not in _MARKS and unicodedata.category(part) not in ("Cf", "Cs"):
                folded.append(simplified(part))
                origin.append(span)
    return "".join(folded), origin


def _characters(text: str) -> Iterator[tuple[str, Span]]:
    """The characters with their places; an HTML entity is the character that it stands for."""
    at = 0
    for found in _ENTITY.finditer(text):
        yield from ((text[i], (i, i + 1)) for i in range(at, found.start()))
        yield html.unescape(found.group()), found.span()
        at = found.end()
    yield from ((text[i], (i, i + 1)) for i in range(at, len(text)))
