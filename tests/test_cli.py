"""The terminal, as a user runs it: a line in, text and an exit status out."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from interviewer.cli import run
from tests.cli.conftest import TOPIC, bank

GOOD = "first"


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "INTERVIEWER_MODEL", "INTERVIEWER_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWER_BANKS", str(bank(tmp_path / "small")))
    monkeypatch.setenv("INTERVIEWER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


def typed(monkeypatch: pytest.MonkeyPatch, text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err
    assert len(error.strip().splitlines()) == 1
    assert "Traceback" not in error
    return error


def test_the_shipped_bank_has_no_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bank", "check"]) == 0
    assert "no faults" in capsys.readouterr().out


def test_a_broken_bank_is_status_1_and_names_file_and_field(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bank" / "x").mkdir(parents=True)
    (tmp_path / "bank" / "x" / "broken.yaml").write_text("id: broken\ntopic: x\ndificulty: easy\n")
    assert run(["bank", "check", str(tmp_path / "bank")]) == 1
    assert "x/broken.yaml: dificulty" in capsys.readouterr().out
    assert run(["bank", "check", "--json", str(tmp_path / "bank")]) == 1
    assert any("dificulty" in fault for fault in json.loads(capsys.readouterr().out)["faults"])


def test_every_bank_verb_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bank", "list", "--topic", TOPIC, "--json"]) == 0
    assert GOOD in [q["id"] for q in json.loads(capsys.readouterr().out)]
    assert run(["bank", "show", GOOD, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == GOOD
    assert run(["bank", "stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["topics"][TOPIC] == 5
    assert run(["bank", "search", "--json", "Why", "first"]) == 0
    assert GOOD in [q["id"] for q in json.loads(capsys.readouterr().out)][:5]


def test_a_question_of_ones_own_loads_beside_the_shipped_ones(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = {
        "id": "mine",
        "topic": "my-topic",
        "difficulty": "easy",
        "kind": "concept",
        "text": {"en": "Why?", "zh": "为什么？"},
        "reference_answer": {"en": "Because it is.", "zh": "因为如此。"},
        "rubric": [
            {
                "id": f"c{n}",
                "points": p,
                "requirement": {"en": f"Says {n}.", "zh": f"说出{n}。"},
                "probe": {"en": "And?", "zh": "还有呢？"},
            }
            for n, p in enumerate((4, 3, 2, 1))
        ],
        "sources": [{"title": "Mine", "url": "https://example.org/mine"}],
    }
    (tmp_path / "mine" / "my-topic").mkdir(parents=True)
    (tmp_path / "mine" / "my-topic" / "mine.yaml").write_text(json.dumps(question, ensure_ascii=False))
    monkeypatch.setenv("INTERVIEWER_BANKS", str(tmp_path / "mine"))
    assert run(["bank", "check"]) == 0
    capsys.readouterr()
    assert run(["bank", "show", "mine"]) == 0
    assert "Because it is." in capsys.readouterr().out
    assert run(["bank", "list", "--json"]) == 0
    assert {"mine"} < {q["id"] for q in json.loads(capsys.readouterr().out)}


def test_grading_shows_quote_verdict_and_score(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "It stores the keys and values.")
    assert run(["grade", GOOD, "--answer-file", "-", "--json"]) == 0
    grade = json.loads(capsys.readouterr().out)
    met = {j["criterion_id"]: j["quote"] for j in grade["judgments"] if j["verdict"] == "met"}
    assert met == {"stores": "It stores the keys and values."}
    assert grade["score"] == 0.5
    assert grade["provenance"]["grader"] == "builtin"


def test_a_chinese_answer_to_an_english_question_is_graded_just_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_text("它把算过的键和值存下来。", encoding="utf-8")
    scores = []
    for language in ("en", "zh"):
        assert run(["grade", GOOD, "--answer-file", str(answer), "--language", language, "--json"]) == 0
        scores.append(json.loads(capsys.readouterr().out)["score"])
    assert scores[0] == scores[1] > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", "no-such-question", "--answer-file", "-"],
        ["grade", GOOD, "--answer-file", "/no/such/file"],
        ["grade", GOOD, "--answer-file", "-", "--language", "fr"],
        ["grade", GOOD, "--answer-file", "-", "--grader", "llm"],
        ["grade", GOOD],
        ["bank", "show", "no-such-question"],
        ["report", "no-such-interview"],
        ["practice", "--topic", "no-such-topic"],
        ["practice", "--questions", "0"],
        ["frobnicate"],
        ["bank"],
    ],
)
def test_bad_input_is_status_2_in_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "an answer")
    assert run(arguments) == 2
    one_line(capsys)


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xff\xfe\x00\x01", b"x" * 100_000])
def test_an_answer_that_cannot_be_graded_is_bad_input(
    data: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, data)
    assert run(["grade", GOOD, "--answer-file", "-"]) == 2
    one_line(capsys)


def test_an_unreachable_model_is_status_1_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("INTERVIEWER_MODEL", "m")
    typed(monkeypatch, "an answer")
    assert run(["grade", GOOD, "--answer-file", "-", "--grader", "llm"]) == 1
    assert "127.0.0.1:9" in one_line(capsys)


def test_an_interview_is_held_through_a_pipe_and_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "It keeps keys and values.\n\n/skip\n/hint\n不知道\n\n")
    assert run(["practice", "--questions", "2", "--topic", TOPIC, "--language", "zh"]) == 0
    out = capsys.readouterr().out
    assert "第 1 题" in out
    assert "提示" in out
    id_ = out.split("interviewer report ")[1].split()[0]
    for format_ in ("md", "json", "html"):
        assert run(["report", id_, "--format", format_]) == 0
        assert "It keeps keys and values." in capsys.readouterr().out


def test_an_endpoint_is_tried_with_a_real_grading(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.servers import ChatServer, Said, says

    def script(request: dict[str, Any]) -> Said:
        content = str(request["messages"][-1]["content"])
        ids = re.findall(r"^(c\d+)\*? \(?[+-]", content, re.MULTILINE)
        if not ids:
            return says(json.dumps({"word": "ready"}))
        judgments = [{"id": i, "quote": "", "explanation": "", "verdict": "unmet"} for i in ids]
        return says(json.dumps({"judgments": judgments, "feedback": "", "follow_up": {"id": "", "text": ""}}))

    with ChatServer(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "m")
        status = run(["check-endpoint"])
        out = capsys.readouterr().out
    assert status == 0, out
    assert "Graded a sample answer" in out
    assert "score 0%" in out
