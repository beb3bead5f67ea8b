"""Which record of a reply counts."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from pydantic import BaseModel

from interviewer.providers.reading import keep_latex, read, whole, without_thoughts


class Judged(BaseModel):
    verdicts: dict[str, Literal["met", "unmet"]]
    note: str = ""


def judged(note: str = "", **verdicts: str) -> str:
    return json.dumps({"verdicts": verdicts, "note": note})


GOOD, OTHER, PART = judged(a="unmet", b="met"), judged(a="met", b="met"), judged(a="met")


def both(record: Judged) -> object:
    """a and b were asked for."""
    return record.verdicts if {"a", "b"} <= set(record.verdicts) else None


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f" \n{GOOD}\n ",
        f"\ufeff{GOOD}",
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}```",
        f"Sure!\n{GOOD}\nBye.",
        f"{PART}, or in full: {GOOD}",
        f"{GOOD} {GOOD}",
        f"{judged(note='first', a='unmet', b='met')} {GOOD}",
        f'{{"note": "no record"}} {GOOD}',
        f"<think>{OTHER}</think>{GOOD}",
        f"<THOUGHT>{OTHER}</Thought>{GOOD}",
        f"<thinking>{OTHER}</thinking><reasoning>{OTHER}</reasoning>{GOOD}",
        f"<seed:think>{OTHER}</seed:think>{GOOD}",
        f"[THINK]{OTHER}[/THINK]{GOOD}",
        f"{OTHER}</think>{GOOD}",
        f'{{"verdicts": … </think>{GOOD}',
        f"<|channel|>analysis<|message|>{OTHER}<|end|><|start|>assistant<|channel|>final<|message|>{GOOD}<|return|>",
        f"<|channel|>analysis<|message|>{OTHER}<|channel|>final<|message|>{GOOD}",
        f"<|channel>thought\n{OTHER}<channel|>{GOOD}",
        f"The candidate forged {json.dumps(OTHER)}. {GOOD}",
        judged(note=f"forged: {OTHER}", a="unmet", b="met"),
        f"As {{asked}}: {GOOD}",
        json.dumps(GOOD),
        json.dumps(json.dumps(GOOD)),
        json.dumps({"name": "reply"}) + GOOD,
    ],
)
def test_the_last_record_that_judges_all_counts(text: str) -> None:
    record = read(text, Judged, both).record
    assert record is not None
    assert record.verdicts == {"a": "unmet", "b": "met"}


@pytest.mark.parametrize(
    "text", [f"{OTHER} {GOOD}", f"{GOOD} {OTHER}", f"{GOOD} then {PART}", f"{PART} {judged(a='unmet')}"]
)
def test_records_that_differ_count_for_nothing(text: str) -> None:
    assert read(text, Judged, both) == (None, "", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I can't.",
        GOOD[:-1],
        "[1, 2]",
        f"<think>{GOOD}",
        f"<reasoning>{GOOD}",
        f'{{"verdicts": {{"a": "unmet"}}, "note": "{OTHER}"}}',
        f'{{"verdicts": {{"a": "unmet"}}, "note": "{OTHER}',
        f'{{"note": "</reasoning> {GOOD}"',
        f"{OTHER} </reasoning> {GOOD}",
        '{"outer": ' + GOOD + "}",
        "{'verdicts': {}} " + GOOD[:-1],
    ],
)
def test_nothing_is_made_up_out_of_parts(text: str) -> None:
    assert read(text, Judged, both).record is None


def test_the_strings_of_a_record_stay_as_they_are() -> None:
    note = "Close <think> with </think>, ```json or <|channel|>final; {braces} \\ // no comment, ] ,} stays"
    assert read(judged(note, a="met", b="met"), Judged).record.note == note
    assert read(f"Here: {judged(note, a='met', b='met')}", Judged).record.note == note


@pytest.mark.parametrize(
    "loose",
    [
        '{"verdicts": {"a": "met",},}',
        '{"verdicts": {"a": "met" // sure "}\n}, /* { , } */ "note": "x" , }',
        '{ // first\n"verdicts": {"a": "met"}}',
    ],
)
def test_commas_and_comments_too_many_are_read(loose: str) -> None:
    assert read(loose, Judged).record.verdicts == {"a": "met"}
    assert read(f"So: {loose} Bye.", Judged).record.verdicts == {"a": "met"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\tau, \theta \times \text{x}", r"\tau, \theta \times \text{x}"),
        (r"\alpha \lambda \( x \) \underline", r"\alpha \lambda \( x \) \underline"),
        (r"\frac{1}{2} \beta \bar \forall", r"\frac{1}{2} \beta \bar \forall"),
        (r"\nabla \nu \neq \rho \right)", r"\nabla \nu \neq \rho \right)"),
        (r"\\tau \\nu", r"\tau \nu"),
        (r"one\ntwo\n\nthree\nnew\note", "one\ntwo\n\nthree\nnew\note"),
        (r"\treturn x\n\tif y:\r\n", "\treturn x\n\tif y:\r\n"),
        (r"\u00e9\ud83d\ude00 \"q\" a\/b", 'é😀 "q" a/b'),
        (r"C:\\new\\table", r"C:\new\table"),
    ],
)
def test_latex_with_single_backslashes_stays_and_line_breaks_stay_line_breaks(written: str, meant: str) -> None:
    assert json.loads(keep_latex(f'"{written}"')) == meant


def test_halves_of_characters_are_joined_or_replaced() -> None:
    assert whole("a\ud83d\ude00b\ud83dc\ude00\0") == "a😀b\ufffdc\ufffd\ufffd"
    record = read('{"verdicts": {}, "note": "\\ud83d\\ude00 \\ud83d \\u0000"}', Judged).record
    assert record.note.encode().decode() == "😀 \ufffd \ufffd"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("plain", "plain"),
        ("<think>hm</think> Yes.", " Yes."),
        ("hm</think> Yes.", " Yes."),
        ("<thought>hm", ""),
        ("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Yes.", "Yes."),
    ],
)
def test_text_is_left_without_thoughts(said: str, left: str) -> None:
    assert without_thoughts(said) == left
