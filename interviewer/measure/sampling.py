"""Which labelled answers a calibration asks for."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from interviewer.bank import Bank
from interviewer.measure.calibration import Sampled, text_hash
from interviewer.schema import Question

MANY = 5
"One answer in so many is graded more than once, to see whether it gets the same grade again,"
AT_LEAST = 3
"but at least so many."


def plan_sample(bank: Bank, size: int, seed: int = 0) -> tuple[Sampled, ...]:
    """At most `size` answers, spread over label × language × topic. The same bank, size and seed give the same sample,
    and a larger sample begins with the smaller one.

    Questions are drawn whole: only then is there an order of strong, partial and mistaken to look at, and an endpoint
    with a prompt cache reads each question once. The next question comes from the topics drawn from least, and is the
    one that brings the rarest pairs of label and language.
    """
    chance = random.Random(seed)  # noqa: S311  no secret
    rest = sorted((q for q in bank.questions.values() if q.samples), key=lambda q: q.id)
    chance.shuffle(rest)
    topics: Counter[str] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    drawn: list[Sampled] = []
    while rest and len(drawn) < size:
        question = min(rest, key=lambda q: (topics[q.topic], _crowding(q, cells)))
        rest.remove(question)
        topics[question.topic] += 1
        for answer in question.samples:
            cells[answer.label, answer.language] += 1
            hash_ = text_hash(answer.text)
            drawn.append(
                Sampled(question_id=question.id, label=answer.label, language=answer.language, text_hash=hash_)
            )
    return tuple(drawn[:size])


def _crowding(question: Question, cells: Counter[tuple[str, str]]) -> float:
    """How common the question's pairs of label and language are already."""
    return sum(cells[answer.label, answer.language] for answer in question.samples) / len(question.samples)


def part(sample: Sequence[Sampled]) -> tuple[Sampled, ...]:
    """The part of a sample that is graded more than once, spread over it."""
    wanted = min(len(sample), max(AT_LEAST, len(sample) // MANY))
    return tuple(sample[n * len(sample) // wanted] for n in range(wanted)) if wanted else ()
