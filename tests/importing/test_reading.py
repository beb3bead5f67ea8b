"""Each kind of file as a person has it, and as an attacker makes it."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from interviewer.errors import InvalidInput
from interviewer.importing.note import Found
from interviewer.importing.pdf import MAX_UNPACKED
from interviewer.importing.reading import MAX_BYTES, read
from tests.importing.files import encrypted, file_of, pdf, stream, word, word_with

CACHE = "Why does a decoder keep a KV cache?"
KEPT = "Keys and values of the past do not change."
CHINESE, ONCE = "为什么长上下文要用 KV 缓存？", "键和值只算一次，风险是显存会随长度增长。"


def pairs(found: Found) -> list[tuple[str, str]]:
    return [(note.question, note.answer) for note in found.notes]


def refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(InvalidInput) as invalid:
        read(path)
    said = invalid.value.say("en")
    assert str(path) in said
    assert "\n" not in said
    assert invalid.value.say("zh")
    return said


# --- as people have them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["notes.md", "notes.txt", "NOTES.MD"])
@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
def test_text(tmp_path: Path, name: str, head: bytes) -> None:
    text = f"Q: {CACHE}\r\nA: {KEPT}\r\n\r\n问：{CHINESE}\r\n答：{ONCE}\r\n"
    (tmp_path / name).write_bytes(head + text.encode())
    found = read(tmp_path / name)
    assert pairs(found) == [(CACHE, KEPT), (CHINESE, ONCE)]
    assert [str(note.place.number) for note in found.notes] == ["1", "4"]


@pytest.mark.parametrize(
    "paragraphs",
    [
        [("Title", "Notes"), ("Heading 2", CACHE), ("", KEPT), ("Heading 2", CHINESE), ("", ONCE)],
        [("List Number", CACHE), ("", KEPT), ("List Number", CHINESE), ("", ONCE)],
        [("Bold", CACHE), ("", KEPT), ("Bold", CHINESE), ("", ONCE)],
        [("", f"Q: {CACHE}"), ("", f"A: {KEPT}"), ("", f"问：{CHINESE}"), ("", f"答：{ONCE}")],
    ],
    ids=["headings", "numbered", "bold", "marked"],
)
def test_word(tmp_path: Path, paragraphs: list[tuple[str, str]]) -> None:
    assert pairs(read(word(tmp_path / "notes.docx", paragraphs))) == [(CACHE, KEPT), (CHINESE, ONCE)]


def test_lists_in_word_stay_lists(tmp_path: Path) -> None:
    styles = [("Heading 1", CACHE), ("", "Two things:"), ("List Bullet", "keys"), ("List Bullet", "values")]
    assert pairs(read(word(tmp_path / "notes.docx", styles))) == [(CACHE, "Two things:\n- keys\n- values")]


def test_pdf_with_headings_over_several_lines_and_pages(tmp_path: Path) -> None:
    pages = [
        [("Notes", 24), ("Why does a decoder", 16), ("keep a KV cache?", 16), ("Keys and values of", 10)],
        [("the past do not change.", 10), ("为什么⻓上下文", 16), ("要用 KV 缓存？", 16), (ONCE, 10)],
    ]
    (tmp_path / "notes.pdf").write_bytes(pdf(pages))
    found = read(tmp_path / "notes.pdf")
    assert pairs(found) == [(CACHE, "Keys and values of\nthe past do not change."), (CHINESE, ONCE)]
    assert [(note.place.kind, note.place.number) for note in found.notes] == [("page", 1), ("page", 2)]


def test_pdf_without_headings(tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").write_bytes(pdf([[(f"1. {CACHE}", 10), (KEPT, 10), (f"2. {CHINESE}", 10), (ONCE, 10)]]))
    assert pairs(read(tmp_path / "notes.pdf")) == [(CACHE, KEPT), (CHINESE, ONCE)]


def test_a_page_without_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").write_bytes(pdf([[(f"Q: {CACHE}", 10), (f"A: {KEPT}", 10)], []]))
    (skipped,) = read(tmp_path / "notes.pdf").skipped
    assert skipped.say("en") == "page 2: holds no text; a scan has to go through text recognition (OCR) first"


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_quotes_line_breaks_and_other_delimiters(tmp_path: Path, head: bytes, delimiter: str) -> None:
    rows = [
        ["Topic", "Question", "Difficulty", "Reference"],
        ["kv-cache", '"Why ""keep""\nit?"', "easy", f'"{KEPT}"'],
        [],
        ["", f'"{CHINESE}"', "困难", f'"{ONCE}"'],
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "notes.csv").write_bytes(head + text.encode())
    first, second = read(tmp_path / "notes.csv").notes
    assert (first.question, first.answer, first.topic, first.difficulty) == (
        'Why "keep"\nit?',
        KEPT,
        "kv-cache",
        "easy",
    )
    assert (second.question, second.difficulty, second.place.number) == (CHINESE, "hard", 5)


def test_csv_with_chinese_columns(tmp_path: Path) -> None:
    (tmp_path / "题.csv").write_text(f"问题,答案,主题,难度\n{CHINESE},{ONCE},缓存,中等\n")
    (note,) = read(tmp_path / "题.csv").notes
    assert (note.question, note.answer, note.topic, note.difficulty) == (CHINESE, ONCE, "缓存", "medium")


def test_jsonl_by_field(tmp_path: Path) -> None:
    lines = [{"question": CACHE, "reference": KEPT}, {"prompt": CHINESE, "response": ONCE}]
    (tmp_path / "notes.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    assert pairs(read(tmp_path / "notes.jsonl")) == [(CACHE, KEPT), (CHINESE, ONCE)]


def test_what_has_no_answer_no_question_or_no_end_is_named_by_line(tmp_path: Path) -> None:
    rows = [{"question": CACHE}, {"answer": KEPT}, {"question": "q" * 1001, "answer": "a"}]
    rows += [{"question": "Why?", "answer": "a" * 20_001}, [1], {"question": CHINESE, "answer": ONCE}]
    (tmp_path / "notes.jsonl").write_text("\n".join([*map(json.dumps, rows), "{"]))
    found = read(tmp_path / "notes.jsonl")
    assert pairs(found) == [(CHINESE, ONCE)]
    said = sorted(skipped.say("en") for skipped in found.skipped)
    assert said[0] == f"line 1: “{CACHE}”: there is no answer below it; write one"
    assert said[1] == "line 2: there is no question; write one"
    assert "line 3: “qqq" in said[2]
    assert "1001 characters, and at most 1000 are taken" in said[2]
    assert "20001 characters" in said[3]
    assert said[4] == "line 5: should be an object with question and answer"
    assert said[5].startswith("line 7: is not JSON (EOF while parsing")


def test_control_characters_are_no_part_of_a_note(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Q: Wh\x1b[31my\x00?\nA: Be\x07cause\u202e.", encoding="utf-8")
    assert pairs(read(tmp_path / "notes.txt")) == [("Wh[31my?", "Because\u202e.")]


# --- as attackers make them -------------------------------------------------------------------------------------------

SUFFIXES = [".md", ".txt", ".csv", ".jsonl", ".docx", ".pdf"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_too_large_is_refused(tmp_path: Path, suffix: str) -> None:
    assert "larger than 2 MB" in refused(tmp_path / f"notes{suffix}", b"Q: a\nA: b\n" * (MAX_BYTES // 10 + 1))


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".jsonl"])
@pytest.mark.parametrize("data", [b"", bytes(range(256)) * 64, b"\x00" * 5000, b"PK\x03\x04" + b"\xff" * 500, b"%PDF-"])
def test_rubbish_is_refused_in_one_line(tmp_path: Path, suffix: str, data: bytes) -> None:
    refused(tmp_path / f"notes{suffix}", data)


@pytest.mark.parametrize("cut", [200, 2000, 20_000])
def test_a_word_file_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    whole = word(tmp_path / "whole.docx", [("Heading 1", CACHE), ("", KEPT)]).read_bytes()
    assert "can't be read as a .docx file" in refused(tmp_path / "notes.docx", whole[:cut])


@pytest.mark.parametrize("suffix", [".md", ".csv", ".jsonl"])
def test_another_encoding_is_named_by_line_with_the_one_wanted(tmp_path: Path, suffix: str) -> None:
    data = f"question,answer\n{CHINESE},{ONCE}\n".encode("gb18030")
    said = refused(tmp_path / f"notes{suffix}", data)
    assert "line 2: this is not UTF-8 text. Save the file as UTF-8" in said


def test_a_quotation_mark_that_is_never_closed_is_refused(tmp_path: Path) -> None:
    assert "line 3" in refused(tmp_path / "notes.csv", b'question,answer\nWhy?,"Because\nWhat?,That\n')
    assert "the columns prompt, cost" in refused(tmp_path / "other.csv", b"prompt,cost\nWhy?,1\n")


def test_more_than_two_hundred_questions_are_refused(tmp_path: Path) -> None:
    assert "holds 201 questions" in refused(tmp_path / "notes.md", b"Q: a?\nA: b\n" * 201)


def test_an_unknown_kind_a_folder_and_no_file_are_refused(tmp_path: Path) -> None:
    assert "Kinds that can: .md" in refused(tmp_path / "notes.doc", b"x")
    (tmp_path / "folder.md").mkdir()
    for path in (tmp_path / "folder.md", tmp_path / "nothing.md"):
        with pytest.raises(InvalidInput, match="can't be read"):
            read(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = word_with(tmp_path / "notes.docx", b"<w>" + b"A" * 300_000_000)
    assert path.stat().st_size < MAX_BYTES
    assert "unpacks to far more than 4 MB" in refused(path, path.read_bytes())


def test_text_beyond_two_million_characters_is_refused_whatever_holds_it(tmp_path: Path) -> None:
    said = b"<w:p><w:r><w:t>" + b"a " * 1_100_000 + b"</w:t></w:r></w:p></w:body></w:document>"
    path = word_with(tmp_path / "notes.docx", W + said)
    assert "unpacks to far more than 2 MB" in refused(path, path.read_bytes())
    pages = [[("a" * 9_000, 9.0)] * 120] * 2
    assert "unpacks to far more than 2 MB" in refused(tmp_path / "notes.pdf", pdf(pages))


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = word_with(tmp_path / "notes.docx", b"<w>" + b"A" * 50_000_000)
    data = path.read_bytes()
    assert data.count((50_000_003).to_bytes(4, "little")) == 2
    refused(path, data.replace((50_000_003).to_bytes(4, "little"), (900).to_bytes(4, "little")))


W = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]>"
        + W
        + b"<w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>",
        W + b"<w:sdt><w:sdtContent>" * 200_000,
        W + b"<w:p>" * 200_000 + b"</w:p>" * 200_000 + b"</w:body></w:document>",
    ],
    ids=["billion laughs", "deep and open", "deep"],
)
def test_xml_that_unfolds_or_goes_deep_is_refused(tmp_path: Path, xml: bytes) -> None:
    path = word_with(tmp_path / "notes.docx", xml)
    refused(path, path.read_bytes())


def test_xml_reads_no_file_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("swordfish")
    entity = f'<!DOCTYPE b [<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">]>'.encode()
    text = b"<w:p><w:r><w:t>Q: Why &a;? A: So.</w:t></w:r></w:p></w:body></w:document>"
    assert "swordfish" not in str(read(word_with(tmp_path / "notes.docx", entity + W + text)))


def test_an_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    assert "is encrypted" in refused(tmp_path / "notes.pdf", encrypted(pdf([[(f"Q: {CACHE}", 10)]])))


def test_a_pdf_bomb_is_not_unpacked(tmp_path: Path) -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<<>>>>>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page]
    data = file_of([*objects, stream(b" " * (2 * MAX_UNPACKED))])
    assert len(data) < MAX_BYTES
    assert "can't be read as a .pdf file" in refused(tmp_path / "notes.pdf", data)


def test_a_pdf_of_endlessly_many_pages_is_refused(tmp_path: Path) -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 301/Kids[" + b"3 0 R " * 301 + b"]>>", page]
    assert "has 301 pages" in refused(tmp_path / "notes.pdf", file_of(objects))


def test_a_pdf_whose_parts_draw_each_other_over_and_over_comes_to_an_end(tmp_path: Path) -> None:
    """Six levels of forms, each drawn twenty times by the one above: 64 million times the last one."""
    form = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
    forms = [stream(b"/X Do " * 20, f"{form}/Resources<</XObject<</X {n} 0 R>>>>") for n in range(5, 10)]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 10 0 R/Resources<</Font<<>>/XObject<</X 4 0 R>>>>>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, *forms]
    data = file_of([*objects, stream(b"0 0 m " * 20, f"{form}/Resources<<>>"), stream(b"/X Do " * 20)])
    (tmp_path / "notes.pdf").write_bytes(data)
    assert read(tmp_path / "notes.pdf").notes == ()


def test_json_nested_out_of_all_reason_is_a_line_that_is_skipped(tmp_path: Path) -> None:
    deep = '{"question": ' + "[" * 100_000
    (tmp_path / "notes.jsonl").write_text(f"{deep}\n{json.dumps({'question': CACHE, 'answer': KEPT})}")
    found = read(tmp_path / "notes.jsonl")
    assert pairs(found) == [(CACHE, KEPT)]
    assert "recursion limit" in found.skipped[0].say("en")


@pytest.mark.parametrize(
    "text",
    [
        "Q" + " " * 1_900_000, "Q: a?\nA: b\n" + "\n " * 900_000, "> " * 900_000, "- " * 900_000, "[" * 1_900_000,
        "1. " + "?x" * 900_000, "**a**" + " " * 1_900_000, "**a" * 600_000,
        "\n".join(" " * 2 * n + "- a" for n in range(900)),
    ],
)  # fmt: skip
def test_text_that_would_take_forever_comes_to_an_end(tmp_path: Path, text: str) -> None:
    """The time limit of every test is what would be exceeded."""
    (tmp_path / "notes.md").write_text(text)
    with contextlib.suppress(InvalidInput):
        assert len(read(tmp_path / "notes.md").notes) == 1
