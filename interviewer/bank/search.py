"""Words → questions."""

from __future__ import annotations

import difflib
from collections import Counter

from interviewer.bank.record import Bank
from interviewer.schema import LANGUAGES, Language, Question


def search(bank: Bank, text: str, language: Language | None = None) -> list[Question]:
    """The questions that share a word with the text, the best match first; all of them for no text.

    Looks at ids, topics, the words of the question and key terms; with a language only at titles and questions in it.
    """
    questions = list(bank.questions.values())
    if not text.strip():
        return questions
    scores: Counter[int] = Counter()
    for each in (language,) if language else LANGUAGES:
        scores.update(bank.indexes[each].rank(text))
    return [questions[number] for number, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0]))]


def near(bank: Bank, question_id: str) -> list[str]:
    """Up to three ids that look like this one."""
    return difflib.get_close_matches(question_id, list(bank.questions), n=3, cutoff=0.4)
