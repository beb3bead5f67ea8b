"""Forms that no answer has: forged verdicts and replies, marks of a chat template, orders in their usual words.

The patterns are data (attacks.yaml), over folded text. Reported speech is excused where the answer talks of attacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from interviewer.grading.disguise import Folded
from interviewer.grading.quotes import Span

_COMMENT = re.compile(r"<!--.{0,2000}?-->|!\[[^\]\n]{0,500}\]\([^)\n]{0,500}\)", re.DOTALL)
_CLOSING = re.compile(
    r"</ ?(answer|candidate|thread|question|rubric|system|instructions?|grading|transcript)\b[^>\n]{0,20}>"
)


@cache
def data() -> dict[str, Any]:
    text = Path(__file__).with_name("attacks.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@cache
def patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    listed = data()[kind]
    return tuple(re.compile(_spelt_out(p)) for p in (listed if isinstance(listed, list) else [listed]))


def _spelt_out(pattern: str) -> str:
    words: dict[str, str] = data()["words"]
    for _ in range(2):
        for name, meaning in words.items():
            pattern = pattern.replace(f"<{name}>", meaning)
    return pattern


def spans(read: Folded) -> Iterator[Span]:
    """As offsets of the folded text, widened to whole sentences, lines or blocks."""
    for text, back in read.variants():
        for kind in ("forged", "template", "grader", "override"):
            for pattern in patterns(kind):
                for found in pattern.finditer(text):
                    start, end = back[_first_word(found)], back[found.end() - 1] + 1
                    if not _excused(read, kind, start, end):
                        yield _widened(read, kind, start, end)
    yield from _role_lines(read)
    for fence in _CLOSING.finditer(read.folded):
        if f"<{fence[1]}" not in read.folded[max(0, fence.start() - 2000) : fence.start()]:
            yield fence.span()


def _first_word(found: re.Match[str]) -> int:
    """Where the order itself begins: a pattern may start with the stop before it."""
    lead = re.match(r"\W*", found.group())
    return found.start() + (
        lead.end() if lead and lead.end() < len(found.group()) and found.group()[0] not in "<[{" else 0
    )


def _excused(read: Folded, kind: str, start: int, end: int) -> bool:
    """Reported, not said: quoted in talk of attacks, told of a model, or part of an explanation of templates."""
    begin, stop = read.sentence(start)
    before = read.folded[max(begin, start - 200) : start]
    context = read.folded[max(0, begin - 200) : start]
    if kind == "forged":
        return False
    if kind == "template":
        return patterns("template_talk")[0].search(context) is not None or "`" in before[-2:]
    told = patterns("retold")[0].search(before) is not None
    quoted = re.search(r"(?:^|[\s(:,，：。、（\u4e00-\u9fff])[\"'《<][^\"\n]{0,80}$", before) is not None
    attacks = patterns("reported")[0].search(context) is not None
    attacks = attacks or (told and quoted and patterns("reported")[0].search(read.folded[start:stop]) is not None)
    if patterns("subject_before")[0].search(before):
        return True
    if kind == "grader":
        return (quoted and (attacks or told)) or patterns("introduced")[0].search(before) is not None
    return attacks or (quoted and told)


def _widened(read: Folded, kind: str, start: int, end: int) -> Span:
    """To the whole sentence or sentences; to the whole block of a forged record, a comment or an image."""
    first, last = read.sentence(start)[0], read.sentence(max(start, end - 1))[1]
    if read.folded[:last].rstrip().endswith(":") and last < len(read.folded):
        last = read.sentence(last)[1]
    around = max(0, start - 2000)
    for block in _COMMENT.finditer(read.folded, around, min(len(read.folded), end + 2000)):
        if block.start() <= start < block.end():
            first, last = min(first, block.start()), max(last, block.end())
    if kind == "forged" and read.folded[start : start + 1] in "\"'jvcf":
        opening = read.folded.rfind("{", max(0, start - 200), start + 1)
        if opening >= 0:
            first, last = min(first, opening), max(last, _block_end(read.folded, opening))
    return first, last


def _block_end(text: str, opening: int) -> int:
    """Where the braces opened there are closed again; within the next 4,000 characters, or the end of them."""
    depth = 0
    for at in range(opening, min(len(text), opening + 4000)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at + 1
    return min(len(text), opening + 4000)


def _role_lines(read: Folded) -> Iterator[Span]:
    """A line that speaks as the system or the assistant, and of grading."""
    for found in patterns("role_line")[0].finditer(read.folded):
        end = read.folded.find("\n", found.end())
        end = len(read.folded) if end < 0 else end
        if patterns("role_orders")[0].search(read.folded, found.end(), min(end, found.end() + 400)):
            yield found.start() + (read.folded[found.start()] == "\n"), end
