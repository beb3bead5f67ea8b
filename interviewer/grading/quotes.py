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
from typing import NamedTuple

from interviewer.language import simplified

Span = tuple[int, int]

_SAME = {ord(a): b for a, b in zip("“”„‟‘’‚‛′″—–‐‑−，。；：！？（）、", "\"\"\"\"'''''\"-----,.;:!?(),", strict=True)}
_MARKS = frozenset("*_`~#|\\")
_BROAD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_ENDS = " \t\n….\"'“”‘’「」"
_QUOTED = r"^[ \t]*(?:>[ \t]*)*(?:[-+*•·‣▪●◦－][ \t]+)?"
_NUMBERED = r"[（(]?(?:\d{1,2}|[a-z]|[一二三四五六七八九十]{1,3})(?:[.)）．][ \t]+|[)）、][ \t]*)"
_BULLET = re.compile(_QUOTED, re.MULTILINE)
_NUMBER = re.compile(f"{_QUOTED}(?:{_NUMBERED})?", re.MULTILINE)
_IN_LINE = re.compile(rf"(?<=\S)[ \t]+(?=[-+*•·‣▪●◦－][ \t]|{_NUMBERED})")


def find(quote: str, answer: str) -> Span | None:
    """Where the quote stands in the answer, as (start, end); None if it doesn't. An ellipsis at its ends is dropped.

    Tried as it stands, then without the numbers of a list, which a model drops or keeps: in "1. one" it finds "one";
    then with the lines of a list that the model has run together.
    """
    quote = "".join(c for c in quote if unicodedata.category(c) != "Cf").strip(_ENDS)
    for typed, start in ((quote, _BULLET), (quote, _NUMBER), (_IN_LINE.sub("\n", quote), _NUMBER)):
        needle, haystack = _fold(typed, start), _fold(answer, start)
        at = _whole(needle.text, haystack) if needle.text else -1
        if at >= 0:
            return haystack.origin[at][0], haystack.origin[at + len(needle.text) - 1][1]
    return None


def plain(text: str) -> str:
    """A text as quotes are compared: folded, without white space, marks, bullets and numbers of lists."""
    return _fold(text, _NUMBER).text


def find_in(quote: str, answers: Sequence[str]) -> tuple[int, Span] | None:
    """The same over several answers, the latest first: (index of the answer, span)."""
    for index in range(len(answers) - 1, -1, -1):
        span = find(quote, answers[index])
        if span:
            return index, span
    return None


class _Folded(NamedTuple):
    text: str
    "Without white space and marks."
    origin: list[Span]
    "For each of its characters the span that it came from."
    starts: frozenset[int]
    "Where a word may begin in it: not inside a word or a number."


def _whole(needle: str, haystack: _Folded) -> int:
    """Where it stands without a part of a word or number before it, or of a number behind it ("able" is not in
    "unable", nor "5 GiB" in "2.5 GiB"). Behind a word it may break off, as a quote does that has become too long."""
    at = haystack.text.find(needle)
    while at >= 0:
        end = at + len(needle)
        if at in haystack.starts and not (needle[-1].isdigit() and _goes_on(haystack, end)):
            return at
        at = haystack.text.find(needle, at + 1)
    return -1


def _goes_on(haystack: _Folded, end: int) -> bool:
    """Whether the number that ends there has more digits, or a fraction."""
    after = haystack.text[end : end + 2]
    at = end + (after[:1] in (".", ","))
    return haystack.text[at : at + 1].isdigit() and at not in haystack.starts


@lru_cache(maxsize=128)
def _fold(text: str, line_start: re.Pattern[str]) -> _Folded:
    folded: list[str] = []
    origin: list[Span] = []
    starts: set[int] = set()
    apart = True
    dropped = {i for found in line_start.finditer(text) for i in range(*found.span())}
    for character, span in _characters(text):
        if span[0] in dropped:
            apart = True
            continue
        for part in unicodedata.normalize("NFKC", character).translate(_SAME).casefold():
            apart = apart or part.isspace() or part == "_"
            if part.isspace() or part in _MARKS or unicodedata.category(part) in ("Cf", "Cs"):
                continue
            if apart or not _continues("".join(folded[-2:]), part):
                starts.add(len(folded))
            folded.append(simplified(part))
            origin.append(span)
            apart = False
    return _Folded("".join(folded), origin, frozenset(starts))


def _continues(before: str, character: str) -> bool:
    """Whether a character goes on with the word or number before it."""
    if character.isdigit():
        return bool(re.search(r"[^\W_]$|\d[.,]$", before)) and not _BROAD.search(before[-1:])
    return character.isalpha() and before[-1:].isalpha() and not _BROAD.search(before[-1:] + character)


def _characters(text: str) -> Iterator[tuple[str, Span]]:
    """The characters with their places; an HTML entity is the character that it stands for."""
    at = 0
    for found in _ENTITY.finditer(text):
        yield from ((text[i], (i, i + 1)) for i in range(at, found.start()))
        yield html.unescape(found.group()), found.span()
        at = found.end()
    yield from ((text[i], (i, i + 1)) for i in range(at, len(text)))
