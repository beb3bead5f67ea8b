"""What an interview will cost, before it starts. The prompts are the real ones; how much is said is assumed."""

from __future__ import annotations

from typing import Any

from interviewer import tokens
from interviewer.bank import Bank
from interviewer.follow_up import FOLLOW_UPS
from interviewer.grading import Exchange, Task
from interviewer.measure.estimate import output_tokens
from interviewer.providers import Endpoint
from interviewer.schema import Depth, Language, Question
from interviewer.settings import Settings

ASKED = 0.5
"The share of the follow-ups allowed that are asked, on average."
_ANSWER: dict[Language, str] = {"en": "word " * 90, "zh": "回答" * 70}
_SAMPLE = 5
"Questions that stand for the bank."


def estimate(
    settings: Settings,
    bank: Bank,
    language: Language,
    questions: int,
    endpoint: Endpoint | None,
    *,
    depth: Depth = "normal",
    gradings: int = 1,
) -> dict[str, Any]:
    """Calls, tokens and dollars for so many questions, each answer graded so many times. An estimate even where tokens
    are counted exactly: nobody knows yet how long the answers will be."""
    calls = round(questions * (1 + ASKED * FOLLOW_UPS[depth])) * gradings
    if endpoint is None:
        return {"calls": calls, "input_tokens": 0, "output_tokens": 0, "cost": None}
    every = [q for q in bank.questions.values() if language in q.languages] or list(bank.questions.values())
    sample = every[:: max(1, len(every) // _SAMPLE)][:_SAMPLE]
    counts = [_of_a_call(settings, question, language) for question in sample]
    into = calls * sum(c.n for c in counts) // len(counts)
    out = calls * sum(output_tokens(q) for q in sample) // len(sample)
    cost = None
    if endpoint.input_price is not None and endpoint.output_price is not None:
        cost = (into * endpoint.input_price + out * endpoint.output_price) / 1e6
    return {"calls": calls, "input_tokens": into, "output_tokens": out, "cost": cost}


def _of_a_call(settings: Settings, question: Question, language: Language) -> tokens.Count:
    from interviewer.grading.asking import messages

    exchange = Exchange(asked=question.asked(language), answer=_ANSWER[language])
    sent = messages(Task(question=question, language=language, thread=(exchange,)))
    return tokens.count("\n".join(m.content for m in sent), settings.vocabulary_folders)
