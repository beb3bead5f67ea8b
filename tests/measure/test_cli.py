"""calibrate and benchmark as a user runs them."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interviewer.cli import run
from tests.measure.examples import MET, labelled_bank
from tests.servers import ChatServer, Said, refuses, says

ROOT = Path(__file__).parent.parent.parent
IDS = ("stores", "grows", "limits", "pages", "caches-queries")
ROW = {
    "question": "Why is the cache large?",
    "reference": "It holds keys and values. It grows with every token.",
    "answer": "It holds keys and values.",
    "score_norm": 0.5,
    "scale": 4,
    "qid": "1",
    "lang": "en",
}


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "INTERVIEWER_MODEL", "INTERVIEWER_INPUT_PRICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    for question in labelled_bank(6).questions.values():
        file = tmp_path / "bank" / question.topic / f"{question.id}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(question.model_dump_json(exclude_defaults=True), encoding="utf-8")
    monkeypatch.setenv("INTERVIEWER_BANKS", str(tmp_path / "bank"))


def judging(request: dict[str, Any]) -> Said:
    """Grades as the labels of `labelled_bank` say, whatever question it is asked about."""
    sent = request["messages"][-1]["content"]
    label = next((label for label in MET if re.search(rf"\b{label} \d", sent)), None)
    ids = re.findall(r"\bc\d+\b", sent)
    *judged, _control = re.findall(r"^(c\d+)\*? [+-]\d", sent, re.MULTILINE)
    names = dict(zip(judged, IDS, strict=False))
    said = re.search(rf"\b{label} \d+", sent)
    judgments = [
        {
            "id": i,
            "quote": said.group() if said and label and names.get(i) in MET[label] else "",
            "explanation": "As labelled.",
            "verdict": "met" if said and label and names.get(i) in MET[label] else "unmet",
        }
        for i in dict.fromkeys(ids)
    ]
    return says(json.dumps({"judgments": judgments, "feedback": "", "follow_up": {"id": "", "text": ""}}))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with ChatServer(judging) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
        monkeypatch.setenv("INTERVIEWER_MODEL", "m-1")
        yield running


def measured(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any], str]:
    status = run(["calibrate", "--json", *arguments])
    out = capsys.readouterr()
    return status, json.loads(out.out), out.err


def test_the_built_in_grader_is_measured_without_a_question(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    status, found, said = measured(capsys, "--size", "12", "--attacks", "4", "--html", str(page))
    assert found["answers"] == 12
    assert len(found["attacks"]) == 4
    assert found["figures"]["same_verdict"]["value"] == 1
    assert found["who"]["grader"] == "builtin"
    assert status == (1 if found["verdict"] == "dont" else 0)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "12 answers" in said
    assert list((tmp_path / "data" / "calibrations").glob("*.json"))


def test_a_second_run_grades_nothing_again_and_fresh_grades_all(
    capsys: pytest.CaptureFixture[str], server: ChatServer
) -> None:
    arguments = ("--grader", "llm", "--size", "8", "--runs", "2", "--attacks", "0", "--yes")
    _, first, _ = measured(capsys, *arguments)
    calls = len(server.requests)
    assert calls >= 8 + 3
    _, second, said = measured(capsys, *arguments)
    assert len(server.requests) == calls
    assert "11 are there already" in said
    assert second["figures"] == first["figures"]
    measured(capsys, *arguments, "--fresh")
    assert len(server.requests) >= 2 * calls - 1


def test_ctrl_c_loses_nothing_and_says_how_to_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from interviewer.cli import main; main()", "calibrate", "--size", "1000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True) as process:
        while process.poll() is None and lines(tmp_path) < 3:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate()
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in said
    assert re.search(rf"Stopped\. {lines(tmp_path)} of \d+ gradings are kept", said)


def lines(folder: Path) -> int:
    return sum(len(path.read_text().splitlines()) for path in folder.glob("data/calibrations/*.jsonl"))


def test_tokens_time_and_the_key_are_accounted_for(
    capsys: pytest.CaptureFixture[str], server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_INPUT_PRICE", "1")
    monkeypatch.setenv("INTERVIEWER_OUTPUT_PRICE", "2")
    page = tmp_path / "report.html"
    _, found, said = measured(
        capsys, "--grader", "llm", "--size", "8", "--runs", "1", "--attacks", "0", "--yes", "--html", str(page)
    )
    assert found["usage"]["input_tokens"] == sum(server.prompt_tokens)
    assert found["usage"]["cost"] == pytest.approx((sum(server.prompt_tokens) + 8 * 40) / 1e6)
    assert found["seconds_median"] > 0
    assert re.search(r"About 8 calls, ≈[\d,]+ tokens in, ≈[\d,]+ tokens out, \$0\.\d+", said)
    kept = [page, *(tmp_path / "data").rglob("*")]
    assert not any(b"sk-very-secret" in path.read_bytes() for path in kept if path.is_file())


def test_no_model_is_called_before_somebody_has_agreed(
    capsys: pytest.CaptureFixture[str], server: ChatServer, tmp_path: Path
) -> None:
    assert run(["calibrate", "--grader", "llm"]) == 2
    assert "--yes" in capsys.readouterr().err
    (tmp_path / "set.jsonl").write_text(json.dumps(ROW))
    assert run(["benchmark", str(tmp_path / "set.jsonl"), "--grader", "llm"]) == 2
    assert server.requests == []


def test_a_page_that_cannot_be_written_is_noticed_before_anything_is_paid_for(
    capsys: pytest.CaptureFixture[str], server: ChatServer, tmp_path: Path
) -> None:
    assert run(["calibrate", "--grader", "llm", "--yes", "--html", str(tmp_path / "no" / "such.html")]) == 2
    assert "such.html" in capsys.readouterr().err
    assert server.requests == []


def test_without_a_model_the_llm_grader_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "--grader", "llm", "--yes"]) == 2
    assert "INTERVIEWER_MODEL" in capsys.readouterr().err


def test_an_endpoint_that_refuses_everything_is_status_1_with_its_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(lambda _: refuses(401, "no such key")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        monkeypatch.setenv("INTERVIEWER_MODEL", "m-1")
        assert run(["calibrate", "--grader", "llm", "--yes", "--attacks", "0"]) == 1
    said = capsys.readouterr()
    assert "API key" in said.err
    assert said.out == ""


def test_a_grader_that_finds_nothing_is_status_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(request: dict[str, Any]) -> Said:
        ids = dict.fromkeys(re.findall(r"\bc\d+\b", request["messages"][-1]["content"]))
        judgments = [{"id": i, "quote": "", "explanation": "No.", "verdict": "unmet"} for i in ids]
        return says(json.dumps({"judgments": judgments, "feedback": "", "follow_up": {"id": "", "text": ""}}))

    with ChatServer(blind) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        monkeypatch.setenv("INTERVIEWER_MODEL", "m-1")
        assert run(["calibrate", "--grader", "llm", "--yes", "--attacks", "0", "--size", "12"]) == 1
    said = capsys.readouterr().out
    assert "don't" in said
    assert "Cohen's kappa of the judgments: " in said


def test_the_terminal_shows_a_table_and_a_plain_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    run(["calibrate", "--size", "12", "--attacks", "2"])
    said = capsys.readouterr().out
    assert "Cohen's kappa" in said
    assert re.search(r"^(trust|with care|don't)$", said, re.MULTILINE)


def test_a_set_of_marked_answers_measures_the_built_in_grader(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "set.jsonl"
    good, bad = ROW | {"score_norm": 1.0}, ROW | {"answer": "No idea about that one.", "score_norm": 0.0}
    file.write_text("\n".join(json.dumps(r | {"qid": q}) for q in range(6) for r in (good, bad)))
    assert run(["benchmark", str(file), "--json"]) == 0
    found = {f["grader"]: f for f in json.loads(capsys.readouterr().out)}
    assert found.keys() == {"builtin", "f1", "own_mean"}
    assert found["builtin"]["pearson"]["value"] > 0.9
    assert run(["benchmark", str(file), "--limit", "6"]) == 0
    assert "word F1" in capsys.readouterr().out


def test_a_model_is_benchmarked_on_a_rubric_of_the_references_sentences(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, server: ChatServer
) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(json.dumps(ROW | {"qid": q, "answer": f"expert {q}"}) for q in range(3)))
    assert run(["benchmark", str(file), "--grader", "llm", "--yes", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)[0]
    assert (found["grader"], found["answers"], found["not_graded"]) == ("m-1", 3, 0)
    assert found["rmse"]["value"] == pytest.approx(0.5)
    assert len(server.requests) == 3
    assert "Says: It holds keys and values." in server.requests[0]["messages"][-1]["content"]


def test_bad_rows_are_named_and_are_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(json.dumps(ROW) + "\n" + json.dumps(ROW | {"scale": 0}))
    assert run(["benchmark", str(tmp_path / "bad.jsonl")]) == 2
    error = capsys.readouterr().err
    assert "bad.jsonl:2: scale" in error
    assert "Traceback" not in error
