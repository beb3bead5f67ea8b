"""The usual shapes of notes."""

from __future__ import annotations

from textwrap import dedent

import pytest

from interviewer.importing.note import Place
from interviewer.importing.recognising import recognise


def found(text: str) -> list[tuple[int, str, str]]:
    notes = recognise(dedent(text).strip("\n").split("\n"), lambda at: Place(kind="line", number=at + 1))
    return [(note.place.number, note.question, note.answer) for note in notes]


def test_headings_that_ask_with_all_that_stands_below_them() -> None:
    assert found("""
        # Interview notes
        Collected in spring.
        ## Attention
        ### What is GQA?
        Heads share keys. Why? It saves memory.

        #### Details
        - a
        - b
        ### 2. Explain RoPE
        Rotations.

        ---
        ## Training
        ### 什么是 LoRA？
        低秩更新。
    """) == [
        (4, "What is GQA?", "Heads share keys. Why? It saves memory.\n\n#### Details\n- a\n- b"),
        (10, "Explain RoPE", "Rotations."),
        (15, "什么是 LoRA？", "低秩更新。"),
    ]


def test_headings_without_a_question_mark_where_there_is_no_other() -> None:
    assert found("""
        # Notes
        ## Explain the KV cache
        Text one.
        ## Compare A and B
        Text two.
    """) == [(2, "Explain the KV cache", "Text one."), (4, "Compare A and B", "Text two.")]


def test_what_is_code_is_no_heading_and_no_question() -> None:
    assert found("""
        ## What does this print?
        ```python
        # Why does it?
        Q: print
        ```
        One.
    """) == [(1, "What does this print?", "```python\n# Why does it?\nQ: print\n```\nOne.")]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("Q: Why?\nA: Because.", [(1, "Why?", "Because.")]),
        ("Q1. Why?\nA1: Because.\n\nQ2. How?\nA2: So.", [(1, "Why?", "Because."), (4, "How?", "So.")]),
        ("问：为什么？\n答：因为。", [(1, "为什么？", "因为。")]),
        ("问题 1：为什么\n会这样？\n答案：因为。\n对吧？", [(1, "为什么会这样？", "因为。\n对吧？")]),
        ("**Q:** Why?\n\n**A:** Because.", [(1, "Why?", "Because.")]),
        ("**Q: Why?**\nBecause.", [(1, "Why?", "Because.")]),
        ("- Question: Why?\n- Answer: Because.", [(1, "Why?", "Because.")]),
        ("### Question 1\nWhy?\n### Answer\nBecause.\n### Question 2\nHow?\n### Answer\nSo.",
         [(1, "Why?", "Because."), (5, "How?", "So.")]),
        ("Q: Read this:\n```\nx = 1\n```\nA: One.\n---\nQ: Two?\nA: Yes.",
         [(1, "Read this:\n```\nx = 1\n```", "One."), (7, "Two?", "Yes.")]),
        ("Q: No answer?\n\nQ: One?\nA: Yes.", [(1, "No answer?", ""), (3, "One?", "Yes.")]),
    ],
)  # fmt: skip
def test_lines_that_say_what_they_are(text: str, notes: list[tuple[int, str, str]]) -> None:
    assert found(text) == notes


def test_options_of_a_multiple_choice_are_no_answers() -> None:
    assert found("Q: Which?\nA. this\nB. that\nAnswer: B.") == [(1, "Which? A. this B. that", "B.")]


def test_bold_lines_with_the_answer_behind_or_below() -> None:
    assert found("""
        # FAQ
        **What is a token?**
        A piece of text. **Not** a word.

        - **Why BPE?** Because it
          balances.
        1. **What about bytes?**

           Nothing is unknown.
    """) == [
        (2, "What is a token?", "A piece of text. **Not** a word."),
        (5, "Why BPE?", "Because it\nbalances."),
        (7, "What about bytes?", "Nothing is unknown."),
    ]


def test_bold_lines_without_question_marks() -> None:
    assert found("**Explain BPE.**\nMerges.\n\n**Explain bytes**\nNo unknown.") == [
        (1, "Explain BPE.", "Merges."),
        (4, "Explain bytes", "No unknown."),
    ]


def test_numbered_lines_that_ask() -> None:
    assert found("""
        1. What is BPE?
           Merges of pairs:
           1. count
           2. merge, why?
        2. Why not characters? Sequences get long.
        3、什么是词表？
        词元的集合。
        (4) Which of these two
        long things is it?
        The first.
    """) == [
        (1, "What is BPE?", "Merges of pairs:\n1. count\n2. merge, why?"),
        (5, "Why not characters?", "Sequences get long."),
        (6, "什么是词表？", "词元的集合。"),
        (8, "Which of these two long things is it?", "The first."),
    ]


@pytest.mark.parametrize("text", ["", "Just prose.\n\nAnd more of it.", "1. first\n2. second", "- a\n- b"])
def test_prose_and_lists_hold_no_questions(text: str) -> None:
    assert found(text) == []
