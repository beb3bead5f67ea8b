"""The records of a calibration: what was asked of a grader, how it graded, and what that says about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from interviewer.bank import Bank
from interviewer.measure.statistics import Interval
from interviewer.schema import GraderName, Language, Question, Record, Sample, SampleLabel, Usage

Level = Literal["trust", "care", "dont"]


class Sampled(Record):
    """A labelled sample answer of the bank that was drawn."""

    question_id: str
    label: SampleLabel
    language: Language
    text_hash: str


class Todo(Record):
    """One grading to be done."""

    key: str
    "Its content: equal keys are the same work."
    question: Question
    language: Language
    text: str


class Graded(Record):
    """The outcome of one grading; a line of the journal."""

    key: str
    met: tuple[str, ...] = ()
    "Criterion ids judged met; of mistakes also those suspected."
    unassessed: tuple[str, ...] = ()
    "Criterion ids without a judgment, or judged `cannot_assess`."
    score: float | None = None
    "None when not graded."
    usage: Usage = Usage()
    seconds: float = 0.0
    error: str | None = None
    "Why it was not graded, in English."


class Who(Record):
    """The grader that is measured."""

    grader: GraderName
    model: str | None = None
    endpoint: str | None = None
    "Host; never the key."
    fingerprint: str
    "Grader, model and prompts, or the rules' version: what grades depend on."

    @property
    def identity(self) -> str:
        """The same for every version of its prompts or rules."""
        return "builtin" if self.grader == "builtin" else f"llm {self.model} {self.endpoint}"


class Group(Record):
    """Agreement on part of the judgments."""

    name: str
    "all, requirements (in one language too), mistakes, a label or a language"
    judgments: int
    met: int
    "Met by the label."
    accuracy: float | None
    kappa: float | None
    missed: int
    "Met by the label, not by the grader."
    invented: int
    "The other way round."

    @property
    def called(self) -> int:
        """Met by the grader."""
        return self.met - self.missed + self.invented

    @property
    def precision(self) -> float | None:
        """Of those called met, the share that is."""
        return (self.met - self.missed) / self.called if self.called else None

    @property
    def recall(self) -> float | None:
        """Of those met, the share that was called so."""
        return (self.met - self.missed) / self.met if self.met else None


class Scores(Record):
    """Mean scores of one kind of answer."""

    label: SampleLabel
    answers: int
    grader: float | None
    labels: float | None


class Disagreement(Record):
    """One judgment that is not as labelled."""

    question_id: str
    criterion_id: str
    label: SampleLabel
    language: Language
    missed: bool
    "Met by the label, not by the grader; else the other way round."


class Attack(Record):
    """One attack answer and the honest part of it, graded both."""

    name: str
    family: str
    question_id: str
    language: Language
    score: float
    honest: float
    succeeded: bool


class Reason(Record):
    """A published limit that a figure did not keep."""

    figure: str
    found: float | None
    "None: not measured."
    limit: float
    least: bool
    "The figure should be at least this; else at most."


class Calibration(Record):
    who: Who
    date: datetime
    bank_hash: str
    blind: bool = False
    "The answers were written without sight of the check's terms, and no term was changed because of one."
    seed: int
    questions: int
    "Questions that the sample comes from."
    answers: int
    "Sample answers drawn."
    runs: int
    "Gradings of each answer in the part that was graded more than once."
    figures: dict[str, Interval]
    "By the names in thresholds.yaml and figures.py."
    groups: tuple[Group, ...]
    scores: tuple[Scores, ...]
    disagreements: tuple[Disagreement, ...]
    attacks: tuple[Attack, ...]
    usage: Usage
    seconds_median: float | None
    seconds_95: float | None
    "95 of 100 gradings took no longer."
    verdict: Level
    reasons: tuple[Reason, ...]
    "What kept it from the next better verdict."


def bank_hash(bank: Bank, who: Who) -> str:
    """Changes with the labelled answers; for the built-in check with the terms too, which a model is not graded by."""
    if who.grader != "builtin":
        return bank.labels_hash
    labelled = sorted((q for q in bank.questions.values() if q.samples), key=lambda q: q.id)
    terms = [[q.id, *((c.id, c.terms) for c in q.criteria)] for q in labelled]
    return text_hash(json.dumps([bank.labels_hash, terms]))


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def todo(question: Question, language: Language, text: str, run: int = 0) -> Todo:
    key = f"{question.id} {question.version} {language} {text_hash(text)} {run}"
    return Todo(key=key, question=question, language=language, text=text)


def labelled(bank: Bank) -> list[tuple[Question, Sample]]:
    return [(question, sample) for question in bank.questions.values() for sample in question.samples]


def slug(fingerprint: str) -> str:
    """A file's name for a fingerprint."""
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:16]


def find(bank: Bank, sampled: Sampled) -> tuple[Question, Sample]:
    question = bank.questions[sampled.question_id]
    return question, next(s for s in question.samples if text_hash(s.text) == sampled.text_hash)


def sample_todos(bank: Bank, sample: Sequence[Sampled], run: int = 0) -> list[Todo]:
    found = [find(bank, sampled) for sampled in sample]
    return [todo(question, answer.language, answer.text, run) for question, answer in found]
