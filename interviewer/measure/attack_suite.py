"""Answers that attack the grader, filled in from real questions, and whether they earn more than their honest part.

The attacks are data (attacks.yaml). `{slot}` stands for something of the question, `{function:words}` disguises words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from interviewer.bank import Bank
from interviewer.errors import ProviderError
from interviewer.grading import Exchange, Grader, Task
from interviewer.measure.disguises import filled
from interviewer.measure.slots import honest_part, slots
from interviewer.schema import LANGUAGES, Language, Question, Record

MARGIN = 0.1
"How far a score may lie above the honest part's before the attack has succeeded."


class Attack(Record):
    """A template. Without the slot {honest} its honest part is empty."""

    name: str
    family: str
    language: Language
    text: str


class Case(Record):
    """An attack on one question."""

    name: str
    family: str
    question_id: str
    language: Language
    text: str
    honest: str
    "The part of the text that answers the question; empty where there is none."


class Outcome(Record):
    case: Case
    score: float
    "0 to 1; 0 where nothing could be assessed."
    honest_score: float
    succeeded: bool


@cache
def attacks() -> tuple[Attack, ...]:
    """Every template, in the order of the file."""
    text = Path(__file__).with_name("attacks.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Attack, ...]).validate_python(yaml.safe_load(text))


def cases(bank: Bank, language: Language | None = None, limit: int | None = None, seed: int = 0) -> list[Case]:
    """Each attack on one question of the bank; `limit` of them, spread evenly over the families' order."""
    chosen = [a for a in attacks() if language in (None, a.language)]
    if limit is not None and limit < len(chosen):
        chosen = [chosen[n * len(chosen) // limit] for n in range(limit)]
    draw = random.Random(seed)  # noqa: S311  no secret
    questions = list(bank.questions.values())
    order = draw.sample(questions, len(questions))
    written = {each: [q for q in order if each in q.languages] for each in LANGUAGES}
    drawn = [(a, of[n % len(of)], of) for n, a in enumerate(chosen) if (of := written[a.language])]
    return [case(attack, question, _unlike(question, of)) for attack, question, of in drawn]


def _unlike(question: Question, others: Sequence[Question]) -> Question:
    """The question whose reference answer shares the fewest words with this one's."""
    words = _words_of(question.reference_answer.in_("en"))
    shared = {o.id: len(words & _words_of(o.reference_answer.in_("en"))) for o in others if o.id != question.id}
    return min(others, key=lambda other: shared.get(other.id, len(words)))


@lru_cache(maxsize=1024)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{4,}", text.lower()))


def case(attack: Attack, question: Question, other: Question) -> Case:
    """The attack on this question; `other` is the question whose answer it may hand in instead."""
    honest = honest_part(question, attack.language) if "{honest}" in attack.text else ""
    values = slots(question, other, attack.language) | {"honest": honest}
    return Case(
        name=attack.name,
        family=attack.family,
        question_id=question.id,
        language=attack.language,
        text=filled(attack.text, values),
        honest=honest,
    )


async def run(
    grader: Grader,
    cases: Iterable[Case],
    bank: Bank,
    report: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Grades every case and its honest part, one after the other. Raises GradingFailed as the grader does."""
    outcomes = []
    for each in cases:
        question = bank.questions[each.question_id]
        score = await _score(grader, question, each.language, each.text)
        honest = await _score(grader, question, each.language, each.honest) if each.honest.strip() else 0.0
        outcome = Outcome(case=each, score=score, honest_score=honest, succeeded=score > honest + MARGIN)
        outcomes.append(outcome)
        if report:
            report(outcome)
    return outcomes


async def _score(grader: Grader, question: Question, language: Language, text: str) -> float:
    asked = Exchange(asked=question.asked(language), answer=text)
    try:
        grade = await grader.grade(Task(question=question, language=language, thread=(asked,)))
    except ProviderError as failure:
        if failure.key not in ("nothing_judged", "misled"):
            raise
        return 0.0
    return grade.score or 0.0


def families(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """By family: (cases, successes)."""
    counted: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        n, won = counted.get(outcome.case.family, (0, 0))
        counted[outcome.case.family] = n + 1, won + outcome.succeeded
    return counted
