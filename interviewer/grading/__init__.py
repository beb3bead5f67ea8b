"""Grading: a thread of answers and a rubric in, a Grade out. The score is always computed here, by code.

builtin.py      no key, no model: suggests what was said, by short terms
  terms.py      reads an answer and finds terms in it
  matching.py   the passage in which all groups of a criterion's terms occur
  denials.py    what is denied, asked, supposed, told of others or not known (words: cues.yaml)
  lexical.py    criteria without terms: likeness (coefficients: lexical.json, fitted by bench/)

llm.py          a chat model judges every criterion, and must quote
  asking.py     what it is asked
  reply.py      what it replies
  evidence.py   whether a quote is evidence
  leaks.py      keeps the answer out of feedback and follow-ups
  strict.py     several gradings, majority per criterion

fencing.py      the candidate's words as data; forms that no answer has are cut (fencing.yaml)
disguise.py     text that is hidden or spelt strangely
quotes.py       finds a quote in an answer
scoring.py      pure arithmetic
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from interviewer.schema import Criterion, Grade, Judgment, Language, Question, Record, Usage


class Exchange(Record):
    """One turn of a question's thread, as a grader sees it."""

    asked: str
    answer: str
    criterion_id: str | None = None
    "The criterion that this follow-up pursued; None for the question itself, or where it was put once more."
    clarifications: tuple[tuple[str, str], ...] = ()
    "What the candidate asked about it before answering, and what the interviewer said."


class Task(Record):
    """All that a grade may depend on. The same task and grader give the same grade."""

    question: Question
    language: Language
    "Of rubric, feedback and follow-up; the answers may be in another."
    thread: tuple[Exchange, ...]
    "The question first, then follow-ups; only the last answer is new."
    asked: tuple[str, ...] = ()
    "Ids of the criteria that a follow-up or hint was about, the open follow-up's too."
    hinted: tuple[str, ...] = ()
    "Those of them that a hint was given for: their points count half."
    follow_ups_left: int = 0
    previous: Grade | None = None
    "The grade of the thread before its last answer."


class Progress(Record):
    """What a grader is doing, for the person who waits."""

    stage: str
    "asking | thinking | judging | repairing | waiting | feedback"
    criterion_id: str | None = None
    "The criterion being judged."
    text: str = ""
    "The feedback so far (stage feedback), or the seconds until the endpoint is asked again (stage waiting)."


Report = Callable[[Progress], None]


class Grader(Protocol):
    """Raises GradingFailed when it can't grade; never invents a score."""

    async def grade(self, task: Task, report: Report | None = None) -> Grade: ...

    def fingerprint(self, task: Task) -> str:
        """What the grade depends on beside the task: grader, model, prompts. Part of the cache key."""
        ...


@runtime_checkable
class SecondReader(Protocol):
    """A grader that can judge one criterion again, alone. Raises GradingFailed."""

    async def judge_again(self, task: Task, criterion: Criterion, argument: str = "") -> tuple[Judgment, Usage]: ...


__all__ = ["Exchange", "Grader", "Progress", "Report", "SecondReader", "Task"]
