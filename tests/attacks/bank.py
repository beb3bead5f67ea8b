"""The shipped bank, one question of known words, and tasks on them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from interviewer.bank import Bank, load
from interviewer.grading import Exchange, Task
from interviewer.measure.attack_suite import Case
from interviewer.schema import Language, Question

TESTS = Path(__file__).parents[1]
FAMILIES_WITHOUT_ORDERS = frozenset({"rubric", "repetition", "copied-question", "keywords", "inverted", "other-answer"})
"Their text only pretends to be an answer: an obedient model finds nothing to obey and reads it all."
TERMS = {
    "cache-is-the-cost": ("cache | 缓存", "read* | bandwidth | memory | 读取"),
    "shares-kv": ("share* | common | 共用 | 共享", "key | value | 键 | 值"),
    "shrinks-by-ratio": ("eighth | four times | ratio | 四分之一 | 八分之一",),
    "loses-quality": ("quality | worse | 质量", "group | same | 同组"),
    "multi-query-extreme": ("MQA | multi-query", "one | extreme | 一个"),
    "fewer-query-heads": ("fewer query | less query | 查询头变少",),
}


@cache
def bank() -> Bank:
    return load([TESTS.parent / "question_bank"])


@cache
def gqa() -> Question:
    """The question of tests/grading, with terms."""
    read = Question.model_validate(yaml.safe_load((TESTS / "grading" / "gqa.yaml").read_text(encoding="utf-8")))
    rubric = tuple(c.model_copy(update={"terms": TERMS[c.id]}) for c in read.rubric)
    mistakes = tuple(c.model_copy(update={"terms": TERMS[c.id]}) for c in read.mistakes)
    return read.model_copy(update={"rubric": rubric, "mistakes": mistakes})


def task(question: Question, language: Language, *answers: str) -> Task:
    asked = question.asked(language)
    thread = tuple(Exchange(asked=asked, answer=a) for a in answers)
    return Task(question=question, language=language, thread=thread, follow_ups_left=2)


def task_of(case: Case, text: str) -> Task:
    return task(bank().questions[case.question_id], case.language, text)


def read_as_answer(case: Case) -> str:
    return case.text if case.family in FAMILIES_WITHOUT_ORDERS else case.honest
