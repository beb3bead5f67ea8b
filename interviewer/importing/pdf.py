"""PDF files, as lines of Markdown: large letters are a heading, a bold line is one as in Markdown."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from interviewer.errors import InvalidInput
from interviewer.importing.note import MAX_TEXT, Note, Place, Skipped
from interviewer.importing.recognising import joined, recognise
from interviewer.typed import printable

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 300
MAX_UNPACKED = 10_000_000
"Bytes of one part."
MAX_PARTS = 200_000
"Operators and operands of one part: a page full of Chinese has some ten thousand."
LARGER = 1.15
"How much larger than the text the letters of a heading are."
_RADICALS = str.maketrans(
    "".join(map(chr, range(0x2F00, 0x2FD6))) + "⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
    unicodedata.normalize("NFKC", "".join(map(chr, range(0x2F00, 0x2FD6))))
    + "民西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
)
"PDF files often name a radical where the character of the same shape is meant. NFKC alone knows the older half."


class _Piece(NamedTuple):
    """Of a line; or a line, with the size of its largest letters."""

    text: str
    size: float
    bold: bool
    page: int


def read(data: bytes) -> tuple[list[Note], list[Skipped]]:
    from pypdf import PdfReader, apply_configuration

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong is said in one line
    limits = apply_configuration(
        zlib_maximum_output_length=MAX_UNPACKED,
        lzw_maximum_output_length=MAX_UNPACKED,
        run_length_maximum_output_length=MAX_UNPACKED,
        stream_parsing_work_maximum_count=MAX_PARTS,
        xform_maximum_invocations_per_extraction=MAX_PAGES,
    )
    with limits:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise InvalidInput("notes_encrypted")
        if len(reader.pages) > MAX_PAGES:
            raise InvalidInput("notes_pages", found=len(reader.pages), limit=MAX_PAGES)
        lines = _lines(reader)
        blank = set(range(1, len(reader.pages) + 1)) - {line.page for line in lines}
    lines = _with_headings(lines)
    notes = recognise([line.text for line in lines], lambda at: Place(kind="page", number=lines[at].page))
    return notes, [Skipped(place=Place(kind="page", number=number), key="no_text") for number in sorted(blank)]


def _lines(reader: PdfReader) -> list[_Piece]:
    characters = number = 0
    lines: list[list[_Piece]] = []

    def hear(text: str, matrix: Sequence[float], own: Sequence[float], font: Any, size: float) -> None:
        nonlocal characters
        characters += len(text)
        if characters > MAX_TEXT:
            raise InvalidInput("notes_bomb", limit=MAX_TEXT // 1_000_000)
        bold = "bold" in str((font or {}).get("/BaseFont", "")).casefold()
        for n, part in enumerate(text.split("\n")):
            lines.extend([[]] if n else [])
            lines[-1].append(_Piece(part, abs(size * own[3] * matrix[3]), bold, number))

    for page in reader.pages:
        number += 1
        lines.append([])
        page.extract_text(visitor_text=hear)
    return [_line(inked) for pieces in lines if (inked := [p for p in pieces if p.text.strip()])]


def _line(pieces: Sequence[_Piece]) -> _Piece:
    text = printable("".join(piece.text for piece in pieces)).translate(_RADICALS)
    size, bold = max(piece.size for piece in pieces), all(piece.bold for piece in pieces)
    return _Piece(re.sub(r"(?<=\S) {2,}", " ", text).rstrip(), round(size, 1), bold, pieces[0].page)


def _with_headings(lines: Sequence[_Piece]) -> list[_Piece]:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    usual = max(sizes, key=lambda size: sizes[size], default=0.0)
    large = sorted((size for size in sizes if size > LARGER * usual), reverse=True)
    said: list[_Piece] = []
    for line in lines:
        above = said[-1] if said else None
        if line.size not in large:
            said.append(line._replace(text=f"**{line.text.strip()}**") if line.bold else line)
        elif above and above[1:] == line[1:] and above.text[-1] not in "?？":
            said[-1] = above._replace(text=joined([above.text, line.text]))  # a heading of several lines
        else:
            said.append(line._replace(text=f"{'#' * min(large.index(line.size) + 1, 6)} {line.text.strip()}"))
    return said
