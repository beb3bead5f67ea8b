"""Somebody at a terminal: every test drives the program through a real pseudo-terminal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import TOPIC
from tests.cli.terminal import CTRL_C, CTRL_D, CTRL_J, ENTER, LEFT, UP, Terminal

PRACTICE = ("practice", "--topic", TOPIC, "--questions", "1", "--depth", "brisk")


def answers(report: Any) -> list[str]:
    return [turn["answer"] for result in report["results"] for turn in result["turns"]]


def test_a_line_can_be_edited_before_enter_sends_it(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        assert "Enter sends" in terminal.prompt()
        terminal.types("It stors the keys")
        terminal.types(LEFT * len("s the keys") + "e" + ENTER)
        terminal.prompt()
    assert answers(last())[0] == "It stores the keys"


@pytest.mark.parametrize("new_line", ["\x1b\r", CTRL_J, "\\\r"], ids=["alt-enter", "ctrl-j", "backslash"])
def test_an_answer_may_have_several_lines(new_line: str, last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.types("It stores keys.")
        terminal.types(new_line)
        terminal.wait("\n")
        terminal.types("And values.")
        terminal.wait("values")
        terminal.sends("")
    assert answers(last())[0] == "It stores keys.\nAnd values."


FIVE_LINES = "First it stores keys.\n/skip\n\n    print('values')\n/finish"


def test_five_pasted_lines_are_one_answer_whatever_they_look_like(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.pastes(FIVE_LINES)
        terminal.wait("/finish")
        terminal.sends("")
    assert answers(last())[0] == FIVE_LINES


def test_a_paste_is_one_answer_where_the_terminal_does_not_mark_it(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.types("It stores keys.\r/skip\rAnd values, at last")
        terminal.wait("at last")
        terminal.sends("")
    assert answers(last())[0] == "It stores keys.\n/skip\nAnd values, at last"


def test_the_answer_before_comes_back_with_the_up_key(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.sends("It stores keys.")
        terminal.types(UP)
        terminal.wait("It stores keys.")
        terminal.sends(" Once more.")
    assert answers(last()) == ["It stores keys.", "It stores keys. Once more."]


def test_an_unknown_command_is_named_with_the_list_and_sends_nothing(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        said = terminal.sends("/hnit")
        assert "/hnit" in said
        assert "/hint" in said
        assert "/finish" in said
    assert answers(last()) == [""]


def test_a_command_below_a_half_written_answer_leaves_it_in_the_box(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.types("It stores keys." + CTRL_J)
        terminal.wait("\n")
        assert "And what about stores?" in terminal.sends("/hint")
        terminal.sends(" And values.")
    assert answers(last())[0] == "It stores keys. And values."


def test_a_command_that_is_refused_leaves_it_there_too(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.sends("It stores keys.")
        terminal.types("It grows." + CTRL_J)
        terminal.wait("\n")
        assert "nothing left to hint at" in terminal.sends("/hint")
        terminal.sends(" And limits.")
    assert answers(last()) == ["It stores keys.", "It grows. And limits."]


def test_a_refused_answer_stays_in_the_box(last: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MAX_ANSWER", "20")
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        assert "at most 20" in terminal.sends("It stores keys and values.") + terminal.wait("values.")
        terminal.sends("\b" * len(" and values."))
    assert answers(last())[0] == "It stores keys"


def test_ctrl_c_saves_what_is_typed_and_says_how_to_resume(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.types("It stores keys")
        terminal.wait("keys")
        terminal.types(CTRL_C)
        terminal.wait("interviewer resume ")
        assert terminal.status() == 130
        assert terminal.echoes
    with Terminal("resume") as terminal:
        assert "Why " in terminal.prompt()
        terminal.wait("It stores keys")
        terminal.sends(" and values.")
    assert answers(last())[0] == "It stores keys and values."


def test_ctrl_d_asks_before_it_ends(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.types(CTRL_D)
        terminal.wait("End the interview now?")
        terminal.sends("n")
        assert last()["interview"]["finished_at"] is None
        terminal.types(CTRL_D)
        terminal.prompt()
        terminal.types("y" + ENTER)
        terminal.wait("interviewer report")
        assert terminal.status() == 0
    assert last()["interview"]["finished_at"]


def test_ctrl_d_twice_ends_nothing(last: Any) -> None:
    with Terminal(*PRACTICE) as terminal:
        terminal.prompt()
        terminal.types(CTRL_D)
        terminal.prompt()
        terminal.types(CTRL_D)
        terminal.wait("interviewer resume")
        assert terminal.status() == 130
    assert last()["interview"]["finished_at"] is None
