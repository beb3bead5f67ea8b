"""Words → questions."""

from __future__ import annotations

import difflib

from interviewer.bank.record import Bank
from interviewer.schema import Question


def search(bank: Bank, text: str) -> list[Question]:
    """The questions that share a word with the text, the best match first; all of them for no text."""
    questions = list(bank.questions.values())
    return [questions[number] for number in bank.index.rank(text)] if text.strip() else questions


def near(bank: Bank, question_id: str) -> list[str]:
    """Up to three ids that look like this one."""
    return difflib.get_close_matches(question_id, list(bank.questions), n=3, cutoff=0.4)
