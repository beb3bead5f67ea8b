"""The shipped bank, and tasks on its questions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from interviewer.bank import Bank, load
from interviewer.grading import Exchange, Task
from interviewer.measure.attack_suite import Case
from interviewer.schema import Language, Question

FAMILIES_WITHOUT_ORDERS = frozenset({"rubric", "repetition", "copied-question", "keywords", "inverted", "other-answer"})
"Their text only pretends to be an answer: an obedient model finds nothing to obey and reads it all."


@cache
def bank() -> Bank:
    return load([Path(__file__).parents[2] / "question_bank"])


def task(question: Question, language: Language, *answers: str) -> Task:
    asked = question.text.in_(language)
    return Task(question=question, language=language, thread=tuple(Exchange(asked=asked, answer=a) for a in answers))


def task_of(case: Case, text: str) -> Task:
    return task(bank().questions[case.question_id], case.language, text)


def read_as_answer(case: Case) -> str:
    return case.text if case.family in FAMILIES_WITHOUT_ORDERS else case.honest
