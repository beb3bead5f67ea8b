"""Word files, as lines of Markdown."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from itertools import accumulate

from interviewer.errors import InvalidInput
from interviewer.importing.note import MAX_TEXT, Note, Place, Skipped
from interviewer.importing.recognising import recognise
from interviewer.typed import printable

MAX_UNPACKED = 4_000_000
"Bytes of one part."


def read(data: bytes) -> tuple[list[Note], list[Skipped]]:
    import mammoth

    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        unpacked = max(part.file_size for part in parts.infolist())  # no more of a part is ever unpacked
    if unpacked > MAX_UNPACKED:
        raise InvalidInput("notes_bomb", limit=MAX_UNPACKED // 1_000_000)
    no_picture = mammoth.images.img_element(lambda _: {})
    html = mammoth.convert_to_html(io.BytesIO(data), convert_image=no_picture, include_embedded_style_map=False)
    lines = _Lines()
    lines.feed(html.value)
    said = printable("\n".join(lines.said)).split("\n")
    if sum(map(len, said)) > MAX_TEXT:
        raise InvalidInput("notes_bomb", limit=MAX_TEXT // 1_000_000)
    paragraph = list(accumulate(bool(line) for line in said))
    return recognise(said, lambda at: Place(kind="paragraph", number=paragraph[at])), []


class _Lines(HTMLParser):
    """A line a paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.said = [""]
        self._lists: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("ol", "ul"):
            self._lists.append("1. " if tag == "ol" else "- ")
        elif tag == "li" and self._lists:
            self.said.append("   " * (len(self._lists) - 1) + self._lists[-1])
        elif re.fullmatch("h[1-6]", tag):
            self.said += ["", "#" * int(tag[1]) + " "]
        elif tag in ("p", "tr"):
            self.said += ["", ""]
        elif tag in ("strong", "br"):
            self.said[-1] += "**" if tag == "strong" else "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif tag == "strong":
            self.said[-1] += "**"

    def handle_data(self, data: str) -> None:
        self.said[-1] += data
