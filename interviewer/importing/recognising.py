"""The questions and answers in lines of Markdown.

Notes have one of four shapes: lines that say "Q:" and "A:", headings, bold lines, numbered lines. The one in which most
lines ask something is taken for the shape of the whole file, so that a question within an answer stays a part of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import NamedTuple

from markdown_it import MarkdownIt

from interviewer.importing.note import Note, Place, names

SHAPES = ("marked", "heading", "bold", "numbered")
"Of two with as many questions the first counts."
_NO_HEADING = 7
_LINES_OF_A_QUESTION = 3
_NUMBER = r"(?:(?:\d{1,3}\s*[.)、．]|[（(]\d{1,3}[)）])\s*)"
_BULLET = r"(?:[-*+]\s+)"
_NUMBERED = re.compile(rf"(?:{_NUMBER}|{_BULLET})(?P<asked>\S.*)")
_BOLD = re.compile(rf"(?:{_NUMBER}|{_BULLET})?(\*\*|__)(?P<asked>(?:(?!\1).)+)\1\s*[:：]?\s*(?P<rest>.*)")
_ASKS = re.compile(r"(?P<asked>.*?[?？][*_]{0,2})(?:\s+|(?<=？)|$)(?P<rest>.*)", re.DOTALL)
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}")


class _Start(NamedTuple):
    """A line that may be a question."""

    at: int
    below: int
    "The line below it."
    shape: str
    level: int
    asked: str
    rest: str = ""
    "What stands behind the question on its line."

    @property
    def asks(self) -> bool:
        return self.shape == "marked" or bool(re.search(r"[?？]", self.asked))


def recognise(lines: Sequence[str], place: Callable[[int], Place]) -> list[Note]:
    """`place` tells where a line (from 0) stands in the file. A note without an answer is among them."""
    headings, code = _structure(lines)
    open_ = [n for n in range(len(lines)) if n not in code]
    starts = _chosen([s for n in open_ if (s := _start(lines, n, headings))], lines)
    answers = {n for n in open_ if _marker("answer").fullmatch(_bare(lines[n]))}
    stops = {n: level for n, (level, _) in headings.items() if n not in answers}
    return [
        _note(start, lines[start.below : _end(start, following, stops, len(lines))], answers, place(start.at))
        for start, following in pairwise([*starts, None])
        if start
    ]


def _structure(lines: Sequence[str]) -> tuple[dict[int, tuple[int, str]], set[int]]:
    """Headings by line, with level and words; and the lines of code, in which nothing is one."""
    headings: dict[int, tuple[int, str]] = {}
    code: set[int] = set()
    tokens = _parser().parse("\n".join(lines))
    for token, content in pairwise([*tokens, *tokens[-1:]]):
        if token.type == "heading_open" and token.level == 0 and token.map:
            underlined = token.markup == "-" or token.map[1] - token.map[0] > 2  # a paragraph with a rule below
            headings |= {} if underlined else {token.map[0]: (int(token.tag[1:]), content.content.strip())}
        elif token.type in ("fence", "code_block") and token.map:
            code |= set(range(*token.map))
    return headings, code


@cache
def _parser() -> MarkdownIt:
    """Of blocks only: what is inside of a line is no structure here, and takes the time."""
    return MarkdownIt("commonmark").disable("inline")


@cache
def _marker(kind: str) -> re.Pattern[str]:
    """Q: · **Question 3:** · 问题 1： · 答：; a word of two letters or more may stand alone on its line."""
    said = sorted(names()[kind], key=len, reverse=True)
    short, alone = "|".join(map(re.escape, said)), "|".join(re.escape(name) for name in said if len(name) > 1)
    bold, ends = r"(?:\*\*|__)?", "[:：.、)）]" if kind == "question" else "[:：]"
    colon = rf"(?:{short})\s*\d*\s*{bold}\s*{ends}\s*{bold}\s*(?P<said>.*)"
    return re.compile(rf"{bold}\s*(?:{colon}|(?:{alone})\s*\d*\s*{bold})", re.IGNORECASE)


def _bare(line: str) -> str:
    """Without what makes it a heading or a part of a list, and without runs of white space."""
    return re.sub(rf"^(?:#{{1,6}} |> ?)?(?:{_NUMBER}|{_BULLET})?", "", " ".join(line.split()))


def _start(lines: Sequence[str], at: int, headings: dict[int, tuple[int, str]]) -> _Start | None:
    line = lines[at]
    level, heading = headings.get(at, (_NO_HEADING, ""))
    if _marker("answer").fullmatch(_bare(line)):
        return None
    if marked := _marker("question").fullmatch(_bare(line)):
        return _Start(at, at + 1, "marked", level, _plain(marked["said"] or ""))
    if heading:
        return _Start(at, at + 1, "heading", level, _plain(re.sub(rf"^{_NUMBER}", "", heading)))
    if line[:1].isspace():
        return None
    line = " ".join(line.split())
    if bold := _BOLD.fullmatch(line):
        return _Start(at, at + 1, "bold", level, _plain(bold["asked"]), bold["rest"].strip())
    if numbered := _NUMBERED.fullmatch(line):
        return _numbered(at, numbered["asked"], lines)
    return None


def _numbered(at: int, asked: str, lines: Sequence[str]) -> _Start | None:
    """Up to its question mark, which may stand on one of the next lines."""
    for more in range(_LINES_OF_A_QUESTION):
        block = [asked, *lines[at + 1 : at + 1 + more]]
        if more and not block[-1].strip():
            return None
        if found := _ASKS.fullmatch(joined(block)):
            return _Start(at, at + len(block), "numbered", _NO_HEADING, _plain(found["asked"]), found["rest"])
    return None


def _chosen(starts: Sequence[_Start], lines: Sequence[str]) -> list[_Start]:
    """Those of the shape that asks most; where none asks, headings or bold lines with text below."""
    asking = Counter(start.shape for start in starts if start.asks)
    if asking:
        shape = max(SHAPES, key=lambda name: asking[name])
        levels = {start.level for start in starts if start.shape == shape and start.asks}
        return [s for s in starts if s.shape == shape and (s.asks or shape == "heading") and s.level in levels]
    alone = [s for s in starts if not s.rest and any(line.strip() for line in lines[s.below : s.below + 2])]
    kinds = Counter((start.shape, start.level) for start in alone if start.shape in ("heading", "bold"))
    kind = max(kinds, key=lambda kind: (kinds[kind], kind[1]), default=None)
    return [start for start in alone if (start.shape, start.level) == kind]


def _end(start: _Start, following: _Start | None, headings: dict[int, int], last: int) -> int:
    """Where the answer ends: at the next question, or at a heading that this question does not stand above."""
    end = following.at if following else last
    return next((n for n in range(start.below, end) if headings.get(n, _NO_HEADING + 1) <= start.level), end)


def _note(start: _Start, below: Sequence[str], answers: set[int], place: Place) -> Note:
    """A line that says "A:" begins the answer; below a line that says "Q:" all above it belongs to the question."""
    there = (n for n in range(len(below)) if start.below + n in answers)
    at = next((n for n in there if start.shape == "marked" or not "".join(below[:n]).strip()), None)
    question, first, rest = [start.asked], start.rest, below
    if at is not None:
        marked = _marker("answer").fullmatch(_bare(below[at]))
        question += below[:at]
        first, rest = (marked["said"] if marked else "") or "", below[at + 1 :]
    last = max((n for n, line in enumerate(rest) if not _RULE.fullmatch(line.strip() or "---")), default=-1)
    answer = re.sub(r"\n{3,}", "\n\n", f"{first}\n{dedent(chr(10).join(rest[: last + 1]))}")
    said = "\n".join(question) if any("```" in line for line in question) else joined(question)
    return Note(place=place, question=said.strip(), answer=answer.strip())


def joined(lines: Sequence[str]) -> str:
    """Lines that were wrapped, as one: Chinese without a space between."""
    text = " ".join(line.strip() for line in lines if line.strip())
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", text)


def _plain(text: str) -> str:
    """Without the marks around it."""
    return text.strip().strip("*_").strip()
