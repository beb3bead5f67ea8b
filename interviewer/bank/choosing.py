"""The next question of an interview: a pure function of bank, plan and what was asked before."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from interviewer.bank.record import Bank
from interviewer.schema import DIFFICULTIES, Difficulty, Plan, Question

HARDER_FROM, EASIER_BELOW = 0.7, 0.4


def choose(
    bank: Bank,
    plan: Plan,
    *,
    asked: Sequence[str],
    recent: Mapping[str, datetime],
    scores: Sequence[tuple[str, float | None]] = (),
) -> Question | None:
    """The next question, or None when none is left that fits the plan. The same arguments give the same question.

    Never one of `asked`, this interview's questions so far, nor one that is not written in the plan's language: half an
    interview in another language is worse than a shorter one. Of the rest that the plan covers, in this order: one that
    the candidate has never been asked (`recent`: when each was asked last, in any interview) before one that was; the
    wanted difficulty before its neighbours; a topic that this interview has asked least; then chance (by the plan's
    seed) among the new ones, the longest ago among the others.

    With `plan.difficulty` None the difficulty adapts to `scores`, the (question id, score) of this interview in order:
    medium first, one step harder after a score from 0.7 on, one easier after one below 0.4, else the same; a question
    without a score changes nothing. This is the idea of Lord's flexilevel test (F. M. Lord 1971, "The self-scoring
    flexilevel test", Journal of Educational Measurement 8, doi:10.1111/j.1745-3984.1971.tb00918.x), which starts at the
    median and goes to the next harder item after a right answer and the next easier one after a wrong one. Answers here
    are partly right too: the band in the middle, where nothing changes, and its bounds are our own.
    """
    chance = random.Random(f"{plan.seed}/{len(asked)}")  # noqa: S311  no secret
    counts = Counter(bank.questions[i].topic for i in asked if i in bank.questions)
    topics = sorted(plan.topics or bank.topics, key=lambda topic: (counts[topic], chance.random()))
    levels = [plan.difficulty] if plan.difficulty else by_distance(adapted(scores))
    gone = frozenset(asked)

    def fitting(level: Difficulty, topic: str) -> list[str]:
        there = bank.shelf.get((level, topic), ())
        return [i for i in there if i not in gone and plan.asks(bank.questions[i])]

    for level in levels:
        for topic in topics:
            new = [i for i in fitting(level, topic) if i not in recent]
            if new:
                return bank.questions[chance.choice(new)]
    for level in levels:
        old = [(counts[topic], recent[i], i) for topic in topics for i in fitting(level, topic)]
        if old:
            return bank.questions[min(old)[-1]]
    return None


def adapted(scores: Sequence[tuple[str, float | None]]) -> Difficulty:
    """The difficulty that the rule in `choose` arrives at."""
    level = DIFFICULTIES.index("medium")
    for _, score in scores:
        if score is not None and score >= HARDER_FROM:
            level = min(level + 1, len(DIFFICULTIES) - 1)
        elif score is not None and score < EASIER_BELOW:
            level = max(level - 1, 0)
    return DIFFICULTIES[level]


def by_distance(wanted: Difficulty) -> list[Difficulty]:
    """All difficulties, the nearest to the wanted one first, of two neighbours the easier."""
    at = DIFFICULTIES.index(wanted)
    return sorted(DIFFICULTIES, key=lambda d: abs(DIFFICULTIES.index(d) - at))
