"""When a question is over, at a terminal: y and n, corrections, disputes, the reference answer, and work that waits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import TOPIC
from tests.cli.terminal import CTRL_C, ENTER, ROOT, Terminal
from tests.examples import question, requirement, text
from tests.servers import ChatServer, Said, refuses, says

PRACTICE = ("practice", "--topic", TOPIC, "--questions", "1", "--depth", "brisk")
ANSWER = "It stores keys and values, and queries as well."
CLAIM = "Claims caches-queries."
CORRECTION = "In truth there is no caches-queries."


def over(terminal: Terminal, answer: str = ANSWER) -> str:
    """Through question and follow-up to the first y/n."""
    terminal.prompt()
    terminal.sends(answer)
    return terminal.sends("/idk")


def confirmed(report: Any) -> dict[str, str]:
    lines = report["results"][0]["lines"]
    return {n["criterion"]["id"]: n["judgment"]["confirmed"] for n in lines if n["judgment"]}


def test_each_suggestion_is_confirmed_corrected_or_left(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        shown = over(terminal)
        assert "5 of 10 points" in shown
        assert "estimate, 10 points not checked" in shown
        assert f"“{ANSWER}”" in shown
        assert "Did you say it?" in shown
        assert CORRECTION not in shown
        terminal.sends("y")
        terminal.sends("y")
        terminal.sends("n")
        shown = terminal.sends("")
        assert "8 of 10 points · checked by you" in shown
    report = last()
    assert confirmed(report) == {"stores": "met", "grows": "met", "limits": "unmet", "caches-queries": None}
    assert report["results"][0]["tally"]["earned"] == 8


def test_a_suspected_mistake_is_charged_and_corrected_only_after_a_yes(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        over(terminal)
        terminal.sends("")
        terminal.sends("")
        terminal.sends("")
        shown = terminal.sends("y")
        assert f"Did you claim this here? {CLAIM}" in shown
        assert CORRECTION in shown
    report = last()
    assert confirmed(report)["caches-queries"] == "met"
    assert report["results"][0]["tally"]["lost"] == 3


def test_a_command_leaves_the_rest_unchecked(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        over(terminal)
        terminal.sends("/next")
    assert set(confirmed(last()).values()) == {None}


def test_reference_answer_help_and_a_second_check_come_on_request(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        over(terminal)
        terminal.sends("/next")
        assert "Because the past keys and values stay." in terminal.sends("/reference")
        assert "/dispute N why" in terminal.sends("/help")
        assert "is for an open question" in terminal.sends("/hint")
        assert "nothing was sent" in terminal.sends("one more thought")
        assert "Did you say it?" in terminal.sends("/check")
        terminal.sends("n")
        terminal.sends("/next")
        terminal.types(ENTER)
        terminal.wait("interviewer report")
        assert terminal.status() == 0
    assert confirmed(last())["stores"] == "unmet"


def test_an_interview_says_nothing_until_its_end(last: Any) -> None:
    with Terminal(*PRACTICE, "--mode", "interview") as terminal:
        terminal.prompt()
        assert "points" not in terminal.sends(ANSWER)
        shown = terminal.sends("/idk")
        assert "Looking back: On " in shown
        terminal.sends("y")
        terminal.sends("/next")
        terminal.types(ENTER)
        terminal.wait("not checked")
        assert terminal.status() == 0
    assert confirmed(last())["stores"] == "met"


def test_a_finished_interview_can_be_looked_back_on(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        over(terminal)
        terminal.sends("/finish")
        terminal.types("/finish" + ENTER)
        assert terminal.status() == 0
    with Terminal("look-back") as terminal:
        assert "5 of 10 points" in terminal.prompt()
        terminal.sends("n")
        terminal.sends("/next")
        terminal.types(ENTER)
        assert terminal.status() == 0
    assert last()["results"][0]["tally"]["earned"] == 0


def test_formulas_and_code_are_shown_as_such_in_the_room_and_in_the_report(environ: dict[str, str]) -> None:
    latex, spelt = "$2\\frac{p-1}{p}S$", "2((p − 1)/p)S"
    asked = question(
        "ring",
        topic="formulas",
        text=text(f"Who sends {latex}?"),
        artefact="```python\nfor x in y:\n    send(x)\n```",
        rubric=(requirement("bytes", 10, terms=["bytes"]).model_copy(update={"requirement": text(f"Says {latex}.")}),),
        mistakes=(),
        reference_answer=text(f"Each sends {latex}."),
    ).model_dump(mode="json", exclude_none=True, exclude={"covers"})
    file = Path(environ["INTERVIEWER_BANKS"]) / "formulas" / "ring.yaml"
    file.parent.mkdir()
    file.write_text(json.dumps(asked), encoding="utf-8")
    with Terminal("practice", "--topic", "formulas", "--questions", "1") as terminal:
        opener = terminal.prompt()
        assert f"Who sends {spelt}?" in opener
        assert "     send(x)" in opener
        assert f"Says {spelt}." in terminal.sends("/idk")
        assert f"Each sends {spelt}." in terminal.sends("/reference")
        terminal.types(ENTER)
        assert terminal.status() == 0
    with Terminal("report", "last") as terminal:
        assert f"Says {spelt}." in terminal.wait("Reference answer")
        terminal.wait(f"Each sends {spelt}.")
        assert terminal.status() == 0
    piped = subprocess.run([sys.executable, "-m", "interviewer", "report"], cwd=ROOT, capture_output=True, check=True)
    assert f"Says {latex}." in piped.stdout.decode()


class Model:
    """Judges c1 as said and the rest as not, finds one wrong claim, and grants every dispute. Waits where told to."""

    def __init__(self) -> None:
        self.may_speak = threading.Event()
        self.may_speak.set()
        self.asked = threading.Event()
        self.broken = False

    def __call__(self, request: dict[str, Any]) -> Said:
        self.asked.set()
        self.may_speak.wait(60)
        if self.broken:
            return refuses(401, "no such key")
        content = str(request["messages"])
        if "You judge one criterion" in content:
            return says(json.dumps({"quote": "and values", "explanation": "Granted.", "verdict": "met"}))
        ids = dict.fromkeys(re.findall(r"\\n(c\d+)\*? \(?[+-]", content))
        judgments = [
            {
                "id": i,
                "quote": "stores keys" * (i == "c1"),
                "explanation": "",
                "verdict": "met" if i == "c1" else "unmet",
            }
            for i in ids
        ]
        errors = [{"quote": "queries as well", "correction": "Queries are not kept."}]
        return says(json.dumps({"judgments": judgments, "errors": errors, "feedback": "Go on.", "follow_up": {}}))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Any:
    script = Model()
    with ChatServer(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "m")
        yield script


def test_a_models_judgment_is_disputed_by_its_number_and_so_is_a_wrong_claim(last: Any, model: Model) -> None:
    with Terminal(*PRACTICE, "--grader", "llm") as terminal:
        shown = over(terminal)
        assert "Also look at this" in shown
        assert "Queries are not kept." in shown
        assert "y/n" not in shown
        assert "such as" in terminal.sends("/dispute")
        assert "Granted." in terminal.sends("/dispute 2 I said: and values")
        assert "You disagree" in terminal.sends("/dispute 4")
        assert "can be confirmed" in terminal.sends("/check")
    [result] = last()["results"]
    assert result["tally"]["earned"] == 8
    assert result["grade"]["errors"][0]["disputed"]


def test_while_a_model_works_there_is_a_sign_of_life_and_keys_lead_to_nothing(last: Any, model: Model) -> None:
    with Terminal(*PRACTICE, "--grader", "llm") as terminal:
        terminal.prompt()
        model.may_speak.clear()
        terminal.types(ANSWER + ENTER)
        terminal.wait("Reading your answer")
        assert model.asked.wait(60)
        assert not terminal.echoes
        terminal.types("impatient" + ENTER)
        model.may_speak.set()
        terminal.wait("Follow-up")
        terminal.prompt()
        terminal.sends("It grows.")
    turns = last()["results"][0]["turns"]
    assert [turn["answer"] for turn in turns] == [ANSWER, "It grows."]


def test_ctrl_c_while_a_model_works_keeps_the_answer_and_leaves_nothing_to_the_shell(last: Any, model: Model) -> None:
    with Terminal(*PRACTICE, "--grader", "llm") as terminal:
        terminal.prompt()
        model.may_speak.clear()
        terminal.types(ANSWER + ENTER)
        terminal.wait("Reading your answer")
        assert model.asked.wait(60)
        terminal.types(CTRL_C + "echo left over\n")
        terminal.wait("interviewer resume ")
        assert terminal.status() == 130
        assert terminal.echoes
        assert terminal.left_over == 0
    model.may_speak.set()
    with Terminal("resume") as terminal:
        terminal.wait("Follow-up")
    assert last()["results"][0]["turns"][0]["grade"]["judgments"][0]["quote"] == "stores keys"


def test_what_could_not_be_graded_is_graded_again_on_request(last: Any, model: Model) -> None:
    with Terminal(*PRACTICE, "--grader", "llm") as terminal:
        terminal.prompt()
        model.broken = True
        shown = terminal.sends(ANSWER)
        assert "does not accept the API key" in shown
        terminal.wait("/again")
        model.broken = False
        assert "Follow-up" in terminal.sends("/again")
    assert last()["results"][0]["grade"]
