"""Files as people and attackers make them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from docx import Document

Line = tuple[str, float]
"Words, and the size of their letters."


def pdf(pages: Sequence[Sequence[Line]]) -> bytes:
    """A PDF file of lines of any script, through a font that says which code is which character."""
    font = b"<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H/ToUnicode 4 0 R/DescendantFonts[5 0 R]>>"
    ranges = "".join(f"<{n:02x}00><{n:02x}ff><{n:02x}00>\n" for n in range(256))
    to_unicode = f"begincmap\n1 begincodespacerange<0000><ffff>endcodespacerange\n256 beginbfrange\n{ranges}endbfrange"
    descendant = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/F/DW 500/CIDSystemInfo<</Ordering(Identity)>>>>"
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        font,
        stream(to_unicode.encode()),
        descendant,
    ]
    for number, lines in enumerate(pages):
        own = "/Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>"
        objects.append(f"<<{own}/Contents {7 + 2 * number} 0 R>>".encode())
        objects.append(stream(_drawn(lines)))
    return file_of(objects)


def _drawn(lines: Sequence[Line]) -> bytes:
    at, said = 780.0, []
    for words, size in lines:
        at -= size * 1.5
        said.append(f"BT /F {size} Tf 1 0 0 1 40 {at} Tm <{words.encode('utf-16-be').hex()}> Tj ET")
    return "\n".join(said).encode()


def stream(data: bytes, head: str = "/Filter/FlateDecode") -> bytes:
    packed = zlib.compress(data, 9) if head == "/Filter/FlateDecode" else data
    return f"<<{head}/Length {len(packed)}>>stream\n".encode() + packed + b"\nendstream"


def file_of(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return out + f"{head}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()


def encrypted(data: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(data))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def word(path: Path, paragraphs: Sequence[tuple[str, str]]) -> Path:
    """A Word file of (style, words); the style Bold is a plain paragraph in bold letters."""
    document = Document()
    for style, words in paragraphs:
        if style == "Bold":
            document.add_paragraph().add_run(words).bold = True
        else:
            document.add_paragraph(words, style=style or None)
    document.save(str(path))
    return path


def word_with(path: Path, xml: bytes) -> Path:
    """A Word file with this for its text."""
    word(path, [("", "x")])
    with zipfile.ZipFile(path) as old:
        parts = {part.filename: old.read(part) for part in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, data in (parts | {"word/document.xml": xml}).items():
            new.writestr(name, data)
    return path
