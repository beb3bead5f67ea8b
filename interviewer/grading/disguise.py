"""Reads through disguises: width, case, look-alike letters, hidden characters, spelt-out words, base64."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator

from interviewer.grading.quotes import Span
from interviewer.language import simplified

_LOOK_ALIKES = dict(
    zip(
        "аӑвсԁеёһіїӏјкмнорѕтухԛԝαεικνορτυχıɡѵոօꜱʀɪɴᴏᴇᴀ“”‘’、",
        "aabcdeehiiljkmhopstyxqwaeikvoptuxigvnosrinoea\"\"'',",
        strict=True,
    )
)
_SPELT_OUT = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._·*-]{1,3}){5,}[^\W\d_](?![^\W_])")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/_-]{20,}={0,2}")


def fold(text: str) -> tuple[str, list[int]]:
    """The text made comparable, and for each of its characters the place that it came from."""
    folded: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).casefold():
            if unicodedata.category(part) not in ("Cf", "Mn"):
                folded.append(_LOOK_ALIKES.get(part) or simplified(part))
                origin.append(index)
    return "".join(folded), origin


def closed_up(folded: str) -> str:
    """With s p e l t  o u t words closed up; of several separators between two letters one remains."""
    return _SPELT_OUT.sub(lambda run: re.sub(r"[ ._·*-]( ?)[ ._·*-]?", r"\1", run[0]), folded)


def coded(text: str) -> Iterator[tuple[Span, str]]:
    """Runs of base64 and what they say; a run that decodes to nothing readable is left out."""
    for found in _BASE64.finditer(text):
        blob = found[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            plain = base64.b64decode(blob + "=" * (-len(blob) % 4)).decode("utf-8", "ignore")
        except (ValueError, binascii.Error):
            continue
        if plain and sum(c.isprintable() or c.isspace() for c in plain) > 0.9 * len(plain):
            yield found.span(), plain
