"""What a browser prints, read as notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from interviewer.importing.reading import read

pytestmark = pytest.mark.browser

ENGLISH = ("Why does a decoder keep a KV cache?", "Keys and values of the past do not change.")
CHINESE = ("为什么长上下文要用 KV 缓存？", "键和值只算一次，风险是显存会随长度增长。")


def test_pdf_as_a_browser_prints_it(tmp_path: Path, browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<h1>Notes</h1>" + "".join(f"<h2>{asked}</h2><p>{said}</p>" for asked, said in (ENGLISH, CHINESE)))
    page.pdf(path=str(tmp_path / "notes.pdf"))
    page.close()
    notes = read(tmp_path / "notes.pdf").notes
    assert [(note.question, note.answer) for note in notes] == [ENGLISH, CHINESE]
