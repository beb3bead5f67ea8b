"""Verbs of the command line that speak of stored interviews, and text that goes through pipes and files."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from interviewer.cli import run
from interviewer.cli.reading import Message, Piped, read
from tests.cli.conftest import TOPIC
from tests.cli.terminal import ROOT

PRACTICE = ("practice", "--topic", TOPIC, "--questions", "1", "--depth", "brisk")


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))


def held(monkeypatch: pytest.MonkeyPatch, text: str, *more: str) -> None:
    types(monkeypatch, text)
    assert run([*PRACTICE, *more]) == 0


def interviewer(*arguments: str, typed: str = "", **environ: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "interviewer", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environ, input=typed.encode(), capture_output=True)


async def test_through_a_pipe_an_empty_line_a_command_and_the_end_each_end_an_answer() -> None:
    lines = (
        'One\nand more.\n\nTwo.\n/skip\n"""\nThree\n\n/finish\n"""\n/nonsense\n/clarify what is it\nsee\n/etc/hosts\n'
    )
    reader, found = Piped(io.StringIO(lines)), []
    while (message := await reader.message()) is not None:
        found.append((message.command, message.text))
    assert found == [
        ("", "One\nand more."),
        ("", "Two."),
        ("skip", ""),
        ("", "Three\n\n/finish"),
        ("nonsense", ""),
        ("clarify", "what is it"),
        ("", "see\n/etc/hosts"),
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("an answer", Message(text="an answer")),
        (" /hint", Message(text=" /hint")),
        ("a\n/hint", Message(command="hint", draft="a")),
        ("a\n/etc/hosts", Message(text="a\n/etc/hosts")),
        ("a\n/hint\nb", Message(text="a\n/hint\nb")),
        ("/clarify what\nis it", Message(command="clarify", text="what\nis it")),
    ],
)
def test_a_command_is_read_at_the_start_of_the_first_or_last_line(typed: str, message: Message) -> None:
    assert read(typed) == message


def test_pasted_lines_are_no_commands() -> None:
    assert read("/hint\nx\n/skip", {"/hint", "x", "/skip"}) == Message(text="/hint\nx\n/skip")


def test_what_is_suggested_stands_where_nobody_can_be_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held(monkeypatch, "It stores keys.\n\n/idk\n")
    out = capsys.readouterr().out
    assert "5 of 10 points" in out
    assert "estimate, 10 points not checked" in out
    assert "y/n" not in out


def test_history_tells_short_id_topic_and_language_and_every_verb_takes_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held(monkeypatch, "It stores keys.\n/finish\n")
    held(monkeypatch, "/finish\n", "--language", "zh")
    capsys.readouterr()
    assert run(["history"]) == 0
    _, newest, oldest = capsys.readouterr().out.splitlines()
    assert "Chinese" in newest
    assert "English" in oldest
    assert TOPIC in oldest
    for given, said in ((oldest.split()[0], "It stores keys."), ("last", "面试报告")):
        assert run(["report", given]) == 0
        assert said in capsys.readouterr().out


def test_an_id_that_begins_several_interviews_is_not_guessed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(17):  # of seventeen ids two begin alike
        held(monkeypatch, "/finish\n")
    capsys.readouterr()
    assert run(["history"]) == 0
    ids = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    twice = next(i[0] for i in ids if sum(other[0] == i[0] for other in ids) > 1)
    assert run(["report", twice]) == 2
    assert "more than one" in capsys.readouterr().err


def test_last_resumes_the_latest_that_is_not_finished(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["resume"]) == 2
    assert "interviewer practice" in capsys.readouterr().err

    class Gone(io.TextIOBase):
        def __next__(self) -> str:  # type: ignore[override]
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Gone())
    assert run([*PRACTICE]) == 130
    left = capsys.readouterr().out.split("interviewer resume ")[1].split()[0]
    held(monkeypatch, "/finish\n")
    finished = capsys.readouterr().out.split("interviewer report ")[1].split()[0]
    types(monkeypatch, "/finish\n")
    assert run(["resume", "last"]) == 0
    assert f"interviewer report {left}" in capsys.readouterr().out
    assert run(["resume", finished]) == 2
    assert "is finished" in capsys.readouterr().err


def asked(report: Any) -> list[tuple[str, str, str]]:
    return [(turn["question_id"], turn["lead"], turn["asked"]) for r in report["results"] for turn in r["turns"]]


def test_the_same_seed_asks_the_same_questions_in_the_same_words(monkeypatch: pytest.MonkeyPatch, last: Any) -> None:
    answers = "It stores keys, grows and limits.\n\n/idk\n" * 2
    more = ("--questions", "2", "--seed", "5")
    held(monkeypatch, answers, *more)
    first = asked(last())
    held(monkeypatch, answers, *more)
    assert asked(last()) == first
    held(monkeypatch, "/idk\n" * 4, *more)  # else the next one would be easy
    assert list(dict.fromkeys(q for q, _, _ in asked(last()))) == list(dict.fromkeys(q for q, _, _ in first))


def test_without_a_seed_questions_are_new_before_they_come_again(monkeypatch: pytest.MonkeyPatch, last: Any) -> None:
    seen = set()
    for _ in range(3):
        held(monkeypatch, "/finish\n")
        seen |= {q for q, _, _ in asked(last())}
    assert seen == {"first", "second", "third"}


@pytest.mark.parametrize(("depth", "follow_ups"), [("brisk", 1), ("normal", 2), ("deep", 3)])
def test_depth_says_how_far_a_question_is_pressed(
    depth: str, follow_ups: int, monkeypatch: pytest.MonkeyPatch, last: Any
) -> None:
    held(monkeypatch, "It stores keys.\n\nIt grows.\n\nIt limits.\n\nIt pages.\n\n", "--depth", depth)
    turns = last()["results"][0]["turns"]
    assert sum(turn["criterion_id"] is not None for turn in turns) == follow_ups


def test_a_regrade_is_by_the_grader_that_was_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, last: Any
) -> None:
    held(monkeypatch, "It stores keys.\n/finish\n", "--strict", "3")
    capsys.readouterr()
    assert run(["regrade", "last", "--json"]) == 0
    [regraded] = json.loads(capsys.readouterr().out)
    assert regraded["differences"] == []
    assert regraded["after"]["provenance"]["gradings"] == 3
    assert regraded["after"]["score"] == regraded["before"]["score"] == 0.5
    assert run(["regrade", "last", "--grader", "llm"]) == 2


def test_a_regrade_of_a_models_interview_asks_for_the_model(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("INTERVIEWER_MODEL", "m")
    held(monkeypatch, "/finish\n", "--grader", "llm")
    monkeypatch.delenv("INTERVIEWER_MODEL")
    capsys.readouterr()
    assert run(["regrade", "last"]) == 2
    assert "INTERVIEWER_MODEL" in capsys.readouterr().err


@pytest.mark.parametrize("locale", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}])
def test_text_is_utf_8_in_and_out_whatever_the_locale_says(locale: dict[str, str], tmp_path: Path) -> None:
    environ = {"PYTHONUTF8": "0", **locale}
    done = interviewer(*PRACTICE, "--language", "zh", typed="它存储键和值。\n\n/finish\n", **environ)
    assert done.returncode == 0, done.stderr.decode()
    assert "第 1 题" in done.stdout.decode("utf-8")
    printed = interviewer("report", "last", **environ)
    assert "它存储键和值。" in printed.stdout.decode("utf-8")
    file = tmp_path / "report.md"
    assert interviewer("report", "last", "--output", str(file), **environ).returncode == 0
    assert file.read_bytes() == printed.stdout
    refused = interviewer("report", "last", "-o", str(tmp_path / "no" / "folder"), **environ)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr.decode("utf-8")


def test_an_answer_that_is_no_text_is_bad_input_in_one_line() -> None:
    command = [sys.executable, "-m", "interviewer", *PRACTICE]
    done = subprocess.run(command, cwd=ROOT, input=b"\xff\xfe\x00 keys\n", capture_output=True)
    assert done.returncode == 2
    assert len(done.stderr.decode().splitlines()) == 1


@pytest.fixture
def divided(environ: dict[str, str]) -> None:
    """The topic has sub-topics, one question in each; the others name none."""
    folder = Path(environ["INTERVIEWER_BANKS"])
    parts = {name: {"en": name.title(), "zh": name} for name in ("first-part", "second-part")}
    topics = {TOPIC: {"en": "Test", "zh": "测试", "subtopics": parts}}
    (folder / "topics.yaml").write_text(json.dumps(topics), encoding="utf-8")
    for name in ("first", "second"):
        file = folder / TOPIC / f"{name}.yaml"
        question = json.loads(file.read_text(encoding="utf-8")) | {"subtopic": f"{name}-part"}
        file.write_text(json.dumps(question), encoding="utf-8")


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    capsys.readouterr()
    assert run(["bank", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_sub_topic_is_chosen_after_its_topic_and_a_slash(
    divided: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, last: Any
) -> None:
    (line,) = listed(capsys, "list", "--topic", f"{TOPIC}/second-part")
    assert line == f"second  [{TOPIC}/second-part · medium · concept]  Why second?"
    assert len(listed(capsys, "list", "--topic", TOPIC, "--topic", f"{TOPIC}/second-part")) == 5
    types(monkeypatch, "/idk\n\n")
    assert run(["practice", "--topic", f"{TOPIC}/second-part", "--questions", "3"]) == 0
    told = last()
    assert [r["question"]["id"] for r in told["results"]] == ["second"]
    assert told["interview"]["plan"]["subtopics"] == [f"{TOPIC}/second-part"]


@pytest.mark.parametrize("verb", [["practice"], ["bank", "list"]])
@pytest.mark.parametrize(
    ("place", "said"),
    [
        (f"{TOPIC}/third", f"{TOPIC} has no sub-topic third. It has: first-part, second-part"),
        ("kv-cache/x", "kv-cache has no sub-topic x. It has: –"),
        ("nothing/x", "There is no topic nothing."),
    ],
)
def test_a_sub_topic_that_is_not_there_is_bad_input(
    divided: None, capsys: pytest.CaptureFixture[str], verb: list[str], place: str, said: str
) -> None:
    assert run([*verb, "--topic", place]) == 2
    assert capsys.readouterr().err.startswith(said)


def test_the_bank_says_how_each_question_was_answered(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held(monkeypatch, "It stores keys and values.\n\n/idk\n\n/finish\n")
    lines = listed(capsys, "list", "--topic", TOPIC)
    (answered,) = (line for line in lines if "answered" in line)
    assert " · concept · last answer: partly right, 50% · answered 1×]  Why" in answered
    assert "上次回答：部分正确，50% · 答过 1 次" in "".join(
        listed(capsys, "list", "--topic", TOPIC, "--language", "zh")
    )
    new = listed(capsys, "list", "--topic", TOPIC, "--new")
    assert set(lines) - set(new) == {answered}
    id_ = answered.split()[0]
    assert answered in listed(capsys, "search", id_)
    told = {q["id"]: q["attempt"] for q in json.loads("\n".join(listed(capsys, "list", "--topic", TOPIC, "--json")))}
    assert told.pop(id_) == {"times": 1, "state": "graded", "score": 0.5}
    assert set(told.values()) == {None}


def test_a_question_is_shown_with_code_requirements_and_corrections(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bank", "show", "first"]) == 0
    out = capsys.readouterr().out
    assert "```" not in out
    assert "    print(x)" in out
    assert "+2  Says pages. (pressed for)" in out
    assert "-3  ✕ Claims caches-queries." in out
    assert "In truth there is no caches-queries." in out
