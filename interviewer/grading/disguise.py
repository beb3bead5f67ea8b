"""Reads through disguises: look-alike letters, spaced-out and reversed words, encoded text. Offsets lead back."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
import urllib.parse
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

from interviewer.grading import terms
from interviewer.grading.quotes import Span

_LEET = str.maketrans("0134578@$", "oieastbas")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._·*-]{1,3}){5,}[^\W\d_](?![^\W_])")
_CJK_GAP = re.compile(r"(?<=[\u4e00-\u9fff])[ ._·*|-]{1,3}(?=[\u4e00-\u9fff])")
_CJK_SPACED = re.compile(r"(?:[\u4e00-\u9fff][ ._·*|-]{1,3}){4,}[\u4e00-\u9fff]")
_CODED: Mapping[str, tuple[re.Pattern[str], Callable[[str], str]]] = {
    "base64": (re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/_-]{20,}={0,2}"), lambda blob: _base64(blob)),
    "hex": (
        re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){10,}"),
        lambda blob: bytes.fromhex(re.sub(r"0x|\\x|[^0-9a-fA-F]", "", blob)).decode("utf-8", "ignore"),
    ),
    "entities": (re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};\s?){4,}"), html.unescape),
    "percent": (re.compile(r"(?:%[0-9a-fA-F]{2}[+\w]{0,2}){4,}"), urllib.parse.unquote_plus),
    "escapes": (
        re.compile(r"(?:\\u[0-9a-fA-F]{4}\s?){3,}"),
        lambda blob: re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), blob),
    ),
}


class Folded:
    """An answer made comparable, with the way back to its own characters."""

    def __init__(self, text: str, look_alikes: Mapping[str, str]) -> None:
        folded, self.origin = terms.fold(text)
        if not folded.isascii():
            folded = "".join(
                look_alikes.get(c, unicodedata.normalize("NFD", c)[0] if "À" <= c < "ɏ" else c) for c in folded
            )
        self.folded = folded
        self.starts = [0, *(end for end in terms.sentence_ends(folded) if end < len(folded))]

    def variants(self) -> Iterator[tuple[str, list[int]]]:
        """The folded text; and, where they differ, with digits read as letters and with s p a c e d words closed up."""
        same = list(range(len(self.folded)))
        yield self.folded, same
        leet = re.sub(r"(?<=[a-z])[0134578@$]+|[0134578@$]+(?=[a-z])", lambda m: m[0].translate(_LEET), self.folded)
        if leet != self.folded:
            yield leet, same
        gaps = self._gaps()
        if gaps:
            kept = [i for i in same if i not in gaps]
            yield "".join(self.folded[i] for i in kept), kept

    def _gaps(self) -> set[int]:
        """The separators inside spaced-out words; of several between two letters, one remains: it parts two words."""
        gaps: set[int] = set()
        for run in _SPACED.finditer(self.folded):
            for gap in re.finditer(r"[ ._·*-]+", run.group()):
                first = run.start() + gap.start()
                gaps.update(range(first + (len(gap.group()) > 1), first + len(gap.group())))
        for run in _CJK_SPACED.finditer(self.folded):
            for gap in _CJK_GAP.finditer(self.folded, run.start(), run.end()):
                gaps.update(range(*gap.span()))
        return gaps

    def sentences(self) -> Iterator[tuple[Span, str]]:
        for number, start in enumerate(self.starts):
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.folded)
            yield (start, end), self.folded[start:end].strip()

    def sentence(self, at: int) -> Span:
        number = bisect_right(self.starts, at) - 1
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.folded)
        return self.starts[number], end

    def back(self, start: int, end: int) -> Span:
        return self.origin[start], self.origin[end - 1] + 1


def coded(text: str) -> Iterator[tuple[Span, str]]:
    """Runs of encoded text, and what they say; a run that decodes to nothing readable is left out."""
    for pattern, decode in _CODED.values():
        for found in pattern.finditer(text):
            try:
                plain = decode(found.group())
            except (ValueError, binascii.Error):
                continue
            if plain and sum(c.isprintable() or c.isspace() for c in plain) > 0.9 * len(plain):
                yield found.span(), plain


def turned(line: str) -> tuple[str, str]:
    """A line read backwards, and by rot13."""
    return line[::-1], codecs.encode(line, "rot13")


def _base64(blob: str) -> str:
    plain = blob.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode("utf-8", "ignore")
