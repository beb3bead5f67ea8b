"""Makes a candidate's words safe for a prompt: they can neither close their fence nor speak for another role, and the
sentences that take a form no answer has (fencing.yaml) are cut.

An answer may be in any language; nothing but these forms is cut, and no other text is held against anybody.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from interviewer.grading import disguise
from interviewer.grading.quotes import Span

PLACEHOLDER = "[…]"
RECORD = 4000
"Characters of a forged record that are looked through for its end."

_TAGS = (
    "answer|argument|question|reference|criteria|clarification|follow[_-]?up|asked|system|user|assistant|think"
    "|tool_call|s|start_of_turn|end_of_turn|bos|eos"
)
_FENCE = re.compile(
    rf"<(?=\s*/?\s*(?:{_TAGS})\b)|<(?=[|｜])|(?<=[|｜])>|\[(?=/?INST\])|<(?=<\s*/?\s*SYS\s*>>)", re.IGNORECASE
)
_SAFE = {"<": "‹", ">": "›", "[": "［"}
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_HIDDEN = re.compile("[\U000e0020-\U000e007e]{5,}|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{5,}")
_STOP = re.compile(r"[.!?]+[\"')\]”’]*(?=\s|$)|[。！？；]+[\"'”’」』）)]*|\n+")
_QUOTED = re.compile(r"""(?:^|[\s(:,;，：；。（\u4e00-\u9fff])["'「『《`](?=\S)[^"'「」『』《》`\n]{0,120}$""")


def fence(text: str) -> str:
    """An answer as it is sent to a model."""
    safe = visible(redact(text))
    return _FENCE.sub(lambda match: _SAFE[match[0]], safe).strip()


def says_nothing(fenced: str) -> bool:
    """True if nothing of an answer is left to judge."""
    return not any(c.isalnum() for c in fenced.replace(PLACEHOLDER, ""))


def redact(text: str) -> str:
    """The text with every span that `find` finds replaced by a neutral placeholder."""
    parts: list[str] = []
    end = 0
    for start, stop in find(text):
        parts += [text[end:start], PLACEHOLDER]
        end = stop
    return "".join([*parts, text[end:]])


def speaks_to_grader(text: str) -> bool:
    """Whether something in it has a form that no answer has."""
    return bool(find(text))


@lru_cache(maxsize=256)
def find(text: str) -> tuple[Span, ...]:
    """What has a form that no answer has: whole sentences, lines or records, in order and without overlap."""
    folded, origin = disguise.fold(text)
    spans = [found.span() for found in _HIDDEN.finditer(text)]
    spans += [span for span, plain in disguise.coded(text) if _has_form(disguise.fold(plain)[0])]
    spans += [(origin[start], origin[end - 1] + 1) for start, end in _forms(folded) if start < end]
    return tuple(_trimmed(text, span) for span in _merged(spans))


def visible(text: str) -> str:
    """Without zero-width, bidirectional and control characters; line breaks and tabs stay."""
    text = _SELECTORS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("fencing.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_spelt_out(form, _data()["words"])) for form in _data()[kind].values())


def _spelt_out(form: str, words: dict[str, str]) -> str:
    for name, meaning in words.items():
        form = form.replace(f"<{name}>", meaning)
    return form


def _has_form(folded: str) -> bool:
    return any(True for _ in _forms(folded))


def _forms(folded: str) -> Iterator[Span]:
    """As offsets of the folded text."""
    starts = [0, *(stop.end() for stop in _STOP.finditer(folded))]
    for kind in ("forged", "orders"):
        for pattern in _patterns(kind):
            for found in pattern.finditer(folded):
                first, last = _sentences(starts, len(folded), _first_word(found), found.end())
                if kind == "orders" and not (
                    _is_quoted(folded, first, _first_word(found)) or _is_told(folded[first:last])
                ):
                    yield first, last
                elif kind == "forged" and not _is_told(folded[first : _first_word(found)]):
                    yield _whole_record(folded, first, last, found.end())
    for pattern in _patterns("ends"):
        if (ending := pattern.search(folded)) and not _is_opened(folded, ending):
            yield ending.start(), len(folded)


def _first_word(found: re.Match[str]) -> int:
    """Where it begins itself: a form may start with the stop before it."""
    return found.start() + len(found[0]) - len(found[0].lstrip(" \n\t.!?;:,([*>。！？；：，、（—-"))


def _sentences(starts: list[int], length: int, start: int, end: int) -> Span:
    """The sentences from the one with offset `start` to the one that `end` is in or behind."""
    first, last = bisect_right(starts, start) - 1, bisect_right(starts, max(start, end - 1)) - 1
    return starts[first], starts[last + 1] if last + 1 < len(starts) else length


def _is_quoted(folded: str, first: int, at: int) -> bool:
    return _QUOTED.search(folded[max(first, at - 122) : at]) is not None


def _is_told(sentence: str) -> bool:
    """Whether it tells of attacks or prompts, as an answer about them does."""
    return re.search(_data()["told"], sentence) is not None


def _is_opened(folded: str, ending: re.Match[str]) -> bool:
    """Whether a closing tag has its opening tag before it, as an example of markup has."""
    name = re.search(r"</ ?(\w+)", ending[0])
    return name is not None and f"<{name[1]}" in folded[: ending.start()]


def _whole_record(folded: str, first: int, last: int, at: int) -> Span:
    """With the braces around `at`, where it stands in a record; to the end where they are never closed."""
    for opening in re.finditer(r"\{", folded[max(0, first - 200) : at]):
        begin = max(0, first - 200) + opening.start()
        end = _closing(folded, begin)
        if end > at:
            return min(first, begin), max(last, end)
    return first, last


def _closing(folded: str, opening: int) -> int:
    depth = 0
    for at in range(opening, min(len(folded), opening + RECORD)):
        depth += {"{": 1, "}": -1}.get(folded[at], 0)
        if depth == 0:
            return at + 1
    return len(folded)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _trimmed(text: str, span: Span) -> Span:
    piece = text[slice(*span)]
    return span[0] + len(piece) - len(piece.lstrip()), span[1] - len(piece) + len(piece.rstrip())
