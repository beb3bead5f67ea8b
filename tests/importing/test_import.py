"""interviewer bank import, as a user runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from interviewer import bank as banks
from interviewer.cli import run
from interviewer.errors import InvalidInput
from interviewer.importing.drafting import skeleton
from interviewer.importing.note import Note, Place
from interviewer.importing.planning import Planned
from interviewer.importing.writing import write
from interviewer.settings import shipped
from tests.cli.terminal import Terminal
from tests.importing.files import word
from tests.importing.replies import TOO_MANY_POINTS, reply
from tests.servers import ChatServer, Said, refuses, says

NOTES = """\
# Notes
## Why does a decoder keep a KV cache?
Keys and values stay.
## 为什么要用 KV 缓存？
只算一次。
## Nothing below?
"""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "INTERVIEWER_MODEL", "INTERVIEWER_LANGUAGE", "INTERVIEWER_BANKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "Attention notes.md").write_text(NOTES, encoding="utf-8")
    return tmp_path / "own"


@pytest.fixture
def notes(tmp_path: Path) -> str:
    return str(tmp_path / "Attention notes.md")


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, *script: Said) -> Iterator[ChatServer]:
    with ChatServer(list(script)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "m")
        yield server


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


NAMED: dict[str, Any] = {"id": "why", "topic": "kv-cache", "language": "en"}
CACHE, CHINESE = "attention-notes/why-does-a-decoder-keep-a-kv-cache.yaml", "attention-notes/kv.yaml"


def test_notes_become_drafts_that_load_and_what_is_skipped_is_said(
    notes: str, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bank", "import", notes, "--bank", str(own)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "skipped  line 6: “Nothing below?”: there is no answer below it; write one"
    assert out[1] == f"wrote    {own / CACHE}  Why does a decoder keep a KV cache?"
    assert out[3] == "2 drafts written, 1 skipped."
    assert "INTERVIEWER_BANKS" in out[5]
    assert files(own) == [CHINESE, CACHE]
    bank = banks.load([own])
    assert bank.questions == {}
    assert {i: q.languages for i, q in bank.drafts.items()} == {
        "kv": ("zh",),
        "why-does-a-decoder-keep-a-kv-cache": ("en",),
    }
    assert run(["bank", "check", str(own)]) == 0


def test_the_bank_in_use_is_the_default_and_words_are_in_the_language_of_the_interface(
    notes: str, own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_BANKS", str(own))
    monkeypatch.setenv("INTERVIEWER_LANGUAGE", "zh")
    assert run(["bank", "import", notes, "--topic", "my-topic"]) == 0
    out = capsys.readouterr().out
    assert "写了 2 份草稿，跳过 1 处。" in out
    assert "INTERVIEWER_BANKS" not in out
    assert files(own)[0] == "my-topic/kv.yaml"


def test_the_same_file_again_adds_nothing_and_changes_nothing(notes: str, own: Path) -> None:
    run(["bank", "import", notes, "--bank", str(own)])
    (own / CHINESE).write_text((own / CHINESE).read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = {name: (own / name).read_bytes() for name in files(own)}
    assert run(["bank", "import", notes, "--bank", str(own)]) == 0
    assert {name: (own / name).read_bytes() for name in files(own)} == before


def test_a_taken_id_gets_a_number_whoever_has_taken_it(own: Path, tmp_path: Path) -> None:
    theirs = next(iter(banks.load([shipped("question_bank")]).questions))
    words = theirs.replace("-", " ")
    pairs = [(f"{words}?", "a"), (f"{words.title()} ?", "b"), (f"{words}!?", "c")]
    lines = [json.dumps({"question": q, "answer": a}) for q, a in pairs]
    (tmp_path / "mine.jsonl").write_text("\n".join(lines))
    assert run(["bank", "import", str(tmp_path / "mine.jsonl"), "--bank", str(own)]) == 0
    assert files(own) == [f"mine/{theirs}-{number}.yaml" for number in (2, 3, 4)]


def test_topics_are_named_by_column_by_a_known_title_or_by_the_file(own: Path, tmp_path: Path) -> None:
    topics = yaml.safe_load((shipped("question_bank") / "topics.yaml").read_text(encoding="utf-8"))
    topic, title = next(iter(topics.items()))
    rows = [
        ("One?", title["zh"]),
        ("Two?", title["en"].upper()),
        ("Three?", "My own Topic!"),
        ("四？", "无名"),
        ("Five?", ""),
    ]
    (tmp_path / "笔记.csv").write_text("question,answer,topic\n" + "".join(f"{q},a,{t}\n" for q, t in rows))
    assert run(["bank", "import", str(tmp_path / "笔记.csv"), "--bank", str(own)]) == 0
    topics_of = {draft.text.in_("en"): draft.topic for draft in banks.load([own]).drafts.values()}
    assert topics_of == {"One?": topic, "Two?": topic, "Three?": "my-own-topic", "四？": "notes", "Five?": "notes"}


def test_the_language_of_the_notes_can_be_said(own: Path, tmp_path: Path) -> None:
    (tmp_path / "n.txt").write_text("Q: 1 + 1 = ?\nA: 2")
    assert run(["bank", "import", str(tmp_path / "n.txt"), "--bank", str(own), "--language", "zh"]) == 0
    assert next(iter(banks.load([own]).drafts.values())).languages == ("zh",)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "--bank FOLDER"),
        (["--bank", "OWN", "--topic", "../x"], "no usable name"),
        (["--bank", "OWN", "--language", "de"], "de"),
        (["--bank", "NOTES"], "can't be written"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_written(
    notes: str, own: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [{"OWN": str(own), "NOTES": notes}.get(word, word) for word in more]
    assert run(["bank", "import", notes, *given]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert not own.exists()


@pytest.mark.parametrize("below", ["", "rag", "new"])
def test_the_bank_that_ships_is_left_alone(
    notes: str, below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "link"
    link.symlink_to(shipped("question_bank"), target_is_directory=True)
    before = files(link.resolve())
    try:
        assert run(["bank", "import", notes, "--bank", str(link / below)]) == 2
        assert "comes with the program" in capsys.readouterr().err
        assert files(link.resolve()) == before
    finally:
        for name in set(files(link.resolve())) - set(before):
            (link / name).unlink()


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    draft = skeleton(Planned(note=Note(place=Place(kind="line", number=1), question="Why?", answer="So."), **NAMED))
    path = write(folder, draft)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is there already"):
        write(folder, draft)
    assert path.read_text(encoding="utf-8") == "mine"
    assert files(folder) == ["kv-cache/why.yaml"]


def test_a_file_full_of_rubbish_does_not_fill_the_screen(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "n.jsonl").write_text("rubbish\n" * 1000)
    assert run(["bank", "import", str(tmp_path / "n.jsonl"), "--bank", str(own)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-2:] == ["skipped  and 950 more", "0 drafts written, 1000 skipped."]
    assert len(out) == 52


def test_a_bank_with_faults_is_mended_first(notes: str, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "x").mkdir(parents=True)
    (own / "x" / "broken.yaml").write_text("id: broken\n")
    assert run(["bank", "import", notes, "--bank", str(own)]) == 2
    assert "x/broken.yaml" in capsys.readouterr().err
    assert files(own) == ["x/broken.yaml"]


def test_a_draft_is_asked_once_it_is_reviewed(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(monkeypatch, says(reply())):
        file = word(tmp_path / "n.docx", [("Heading 1", "Why does a decoder keep a KV cache?"), ("", "They stay.")])
        assert run(["bank", "import", str(file), "--bank", str(own), "--topic", "mine", "--yes"]) == 0
    monkeypatch.setenv("INTERVIEWER_BANKS", str(own))
    practice = ["practice", "--topic", "mine", "--questions", "1", "--language", "zh"]
    assert run(practice) == 2
    draft = own / "mine" / "why-does-a-decoder-keep-a-kv-cache.yaml"
    draft.write_text(draft.read_text(encoding="utf-8").replace("\ndraft: true\n", "\n"), encoding="utf-8")
    capsys.readouterr()
    with Terminal(*practice) as terminal:
        assert "解码器为什么要保留 KV 缓存？" in terminal.prompt()


# --- with a model -----------------------------------------------------------------------------------------------------


def test_the_cost_is_said_and_nobody_there_to_agree_is_a_refusal(
    notes: str, own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(monkeypatch) as server:
        assert run(["bank", "import", notes, "--bank", str(own)]) == 2
        error = capsys.readouterr().err
        assert "About 2 calls, " in error
        assert re.search(r"≈4,0\d\d tokens out", error)
        assert "add --yes" in error
        assert server.requests == []
    assert not own.exists()


def test_somebody_at_a_terminal_is_asked(notes: str, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch) as server:
        with Terminal("bank", "import", notes, "--bank", str(own)) as terminal:
            terminal.wait("Go on?")
            terminal.types("n\r")
            assert terminal.status() == 130
        assert server.requests == []
    assert not own.exists()


def test_no_model_is_called_where_none_is_wanted(notes: str, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch) as server:
        assert run(["bank", "import", notes, "--bank", str(own), "--no-model"]) == 0
        assert server.requests == []
    assert len(files(own)) == 2


def test_a_model_that_answers_well_badly_once_and_badly_always(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "n.txt").write_text("Q: One?\nA: a\nQ: Two?\nA: b\nQ: Three?\nA: c\n")
    script = [reply(), TOO_MANY_POINTS, reply(), TOO_MANY_POINTS, TOO_MANY_POINTS]
    with served(monkeypatch, *map(says, script)) as server:
        assert run(["bank", "import", str(tmp_path / "n.txt"), "--bank", str(own), "-y"]) == 0
        assert len(server.requests) == 5
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("drafted  ")
    assert out[1].startswith("drafted  ")
    assert out[2].startswith("wrote    ")
    assert "no draft that keeps the bank's rules" in out[2]
    assert out[3].startswith("Used 5 calls, ")
    drafts = banks.load([own]).drafts
    assert [len(drafts[i].rubric) for i in ("one", "two", "three")] == [5, 5, 0]
    assert [len(drafts[i].languages) for i in ("one", "two", "three")] == [2, 2, 1]
    lacks = [line for line in banks.unfinished(banks.load([own])) if "review it" not in line]
    assert [line.split(":")[0] for line in lacks] == ["notes/three.yaml"]


def test_what_was_paid_for_is_kept_where_the_endpoint_gives_up_and_the_rest_follows(
    notes: str, own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["bank", "import", notes, "--bank", str(own), "--yes"]
    with served(monkeypatch, says(reply()), refuses(401, "no such key")):
        assert run(arguments) == 1
    error = capsys.readouterr().err
    assert "Stopped: 1 of 2 are written. The same command goes on from there." in error
    assert "does not accept the API key" in error
    assert files(own) == [CACHE]
    with served(monkeypatch, says(reply(translated_question="Why?", translated_answer="Once."))) as server:
        assert run(arguments) == 0
        assert len(server.requests) == 1
    assert files(own) == [CHINESE, CACHE]
