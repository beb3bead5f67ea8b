"""Every record of the program. Frozen, closed to unknown fields, and free of behaviour beyond small derived facts.

Reading order: the bank (Question and its parts), a grade (Judgment to Grade), an interview (Plan to Interview).
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard")
Kind = Literal["concept", "comparison", "derivation", "calculation", "coding", "design", "troubleshooting"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- the bank ---------------------------------------------------------------------------------------------------------


class Text(Record):
    """The same words in every language of the bank."""

    en: Line
    zh: Line

    def in_(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


class Criterion(Record):
    """One thing that an answer either says or doesn't: a requirement, or (with negative points) a common mistake."""

    id: Slug
    points: int
    "What it is worth when met; negative for a mistake. A question's positive points sum to 10."
    requirement: Text
    probe: Text | None = None
    "The follow-up question that belongs to a requirement. It must not give the answer away."
    terms: tuple[tuple[str, ...], ...] = ()
    "Patterns, any of which meets the criterion; see question_bank/README.md."

    @field_validator("points")
    @classmethod
    def _points_are_not_zero(cls, points: int) -> int:
        if points == 0:
            raise ValueError("should not be 0: give a requirement points, a mistake negative points")
        return points

    @property
    def is_mistake(self) -> bool:
        return self.points < 0


class Source(Record):
    """A primary source: paper, specification or official documentation."""

    title: Line
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


SampleLabel = Literal["strong", "partial", "mistaken", "terse"]


class SampleAnswer(Record):
    """A labelled answer: which criteria a careful human reader finds met. These measure graders."""

    label: SampleLabel
    "strong; partial; mistaken (fluent but wrong); terse (few words, correct)"
    language: Language
    text: Line
    met: tuple[Slug, ...]


class Question(Record):
    id: Slug
    topic: Slug
    difficulty: Difficulty
    kind: Kind
    text: Text
    clarification: Text | None = None
    "What the interviewer says when asked what is meant: the scope, never the answer."
    reference_answer: Text
    rubric: tuple[Criterion, ...]
    covers: tuple[str, ...] = ()
    "Ids of the syllabus entries that it deals with."
    sources: tuple[Source, ...] = ()
    sample_answers: tuple[SampleAnswer, ...] = ()

    def criterion(self, criterion_id: str) -> Criterion:
        return next(c for c in self.rubric if c.id == criterion_id)

    @property
    def version(self) -> str:
        """Twelve hex digits that change when anything a grade depends on changes."""
        what_counts = self.model_dump_json(include={"id", "text", "reference_answer", "rubric"})
        return hashlib.sha256(what_counts.encode()).hexdigest()[:12]

    @model_validator(mode="after")
    def _ids_agree(self) -> Self:
        ids = [c.id for c in self.rubric]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"rubric: criterion ids should differ: {', '.join(twice)} occurs twice")
        for number, sample in enumerate(self.sample_answers):
            unknown = [i for i in sample.met if i not in ids]
            if unknown:
                raise ValueError(f"sample_answers.{number}.met: {', '.join(unknown)} is no criterion of this rubric")
        return self


# --- a grade ----------------------------------------------------------------------------------------------------------

Verdict = Literal["met", "unmet", "cannot_assess"]
Note = Literal[
    "quote_missing",  # the grader said met and quoted nothing: credit withheld
    "quote_not_found",  # the quote is not in the answer: credit withheld
    "quote_from_attack",  # the quote is text addressed to the grader: credit withheld
    "quote_unrelated",  # the quote has nothing to do with the requirement: credit withheld, looked at again
    "unconfirmed",  # the answer may speak to the grader, and the key terms don't confirm it: credit withheld
    "terms_match",  # judged unmet though the key terms match plainly: doubtful
    "negated",  # the key terms match, but the passage denies them
    "keyword_list",  # the key terms match in a bare list of words
    "not_judged",  # the grader left this criterion out
    "second_look",  # judged a second time, alone
    "appeal",  # judged again after the candidate's argument
]
Warning_ = Literal[
    "empty",
    "copied_question",
    "addresses_grader",
    "keyword_list",
    "negation",
    "no_terms",
    "shortened",
]


class Judgment(Record):
    """Of one criterion. Quote and explanation come before the verdict: the order in which a model writes them."""

    criterion_id: str
    quote: str = ""
    explanation: str = ""
    verdict: Verdict
    notes: tuple[Note, ...] = ()
    agreement: float | None = None
    "Strict mode: the share of independent gradings that came to this verdict."
    earlier: Judgment | None = None
    "The judgment that this one replaced (second look, appeal)."


class Usage(Record):
    """Tokens of one or more model calls. Cost in US dollars; None where the price is not known."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = None
    estimated: bool = False
    "True if any of the counts is an estimate: the endpoint did not report them."

    def __add__(self, other: Usage) -> Usage:
        cost = None if self.cost is None and other.cost is None else (self.cost or 0.0) + (other.cost or 0.0)
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            cost=cost,
            estimated=self.estimated or other.estimated,
        )


class Provenance(Record):
    """Who graded, with what: enough to repeat a grade, and to see when it can't be compared with another."""

    grader: Literal["builtin", "llm"]
    model: str | None = None
    endpoint: str | None = None
    "Host of the endpoint; never the key."
    gradings: int = 1
    "Independent gradings behind it (strict mode)."
    prompt_hash: str
    "Of the prompt files (llm) or of the rules and coefficients (builtin)."
    question_version: str


class FollowUp(Record):
    """Words for the next move that the grader proposes, aimed at one criterion."""

    criterion_id: str
    text: str


class Grade(Record):
    judgments: tuple[Judgment, ...]
    feedback: str = ""
    follow_up: FollowUp | None = None
    score: float | None = None
    "0 to 1, computed by code; None when nothing could be assessed."
    warnings: tuple[Warning_, ...] = ()
    provenance: Provenance
    usage: Usage = Usage()

    def judgment(self, criterion_id: str) -> Judgment | None:
        return next((j for j in self.judgments if j.criterion_id == criterion_id), None)


# --- an interview -----------------------------------------------------------------------------------------------------

Mode = Literal["practice", "interview"]
GraderName = Literal["builtin", "llm"]


class Plan(Record):
    """What the candidate chose before the start."""

    language: Language = "en"
    mode: Mode = "practice"
    topics: tuple[Slug, ...] = ()
    "Empty: every topic."
    difficulty: Difficulty | None = None
    "None: adapts to the answers so far."
    questions: Annotated[int, Field(ge=1, le=50)] = 5
    seconds_per_question: Annotated[int, Field(ge=30, le=7200)] | None = None
    grader: GraderName = "builtin"
    gradings: Literal[1, 3, 5, 7] = 1
    "Strict mode: independent gradings of each answer; a criterion is met by majority."
    seed: int = 0


Outcome = Literal["answered", "dont_know", "skipped"]


class Failure(Record):
    """Why something did not work: an entry under `errors` in the locale files, and what fills its placeholders."""

    key: str
    values: dict[str, str] = {}


class Appeal(Record):
    """The candidate disputes the judgment of one criterion, once."""

    criterion_id: str
    argument: str
    at: datetime
    before: Judgment
    after: Judgment | None = None
    "None where the grader can't weigh an argument."


class Turn(Record):
    """One thing asked and what came back. A question's thread is its turns in order: the question, then follow-ups."""

    question_id: str
    asked: str
    "The words put to the candidate, in the interview's language."
    criterion_id: str | None = None
    "The criterion that a follow-up pursues; None for the question itself."
    asked_at: datetime
    hints: tuple[str, ...] = ()
    "Criterion ids of the hints given while this turn was open."
    hint_texts: tuple[str, ...] = ()
    "Their words, in the same order."
    clarifications: tuple[tuple[str, str], ...] = ()
    "What the candidate asked about the question, and the interviewer's reply."
    outcome: Outcome | None = None
    "None while the candidate has the word."
    answer: str = ""
    answered_at: datetime | None = None
    late: bool = False
    "The time limit had passed."
    grade: Grade | None = None
    "Of the whole thread up to here; None when not graded (yet)."
    error: Failure | None = None
    "Why it was not graded."
    appeals: tuple[Appeal, ...] = ()
    regrades: tuple[Grade, ...] = ()
    "Of the whole thread up to here, by other graders or later: shown beside the grade, never instead of it."


class Interview(Record):
    id: str
    owner: str
    plan: Plan
    created_at: datetime
    questions: tuple[Question, ...] = ()
    "The questions asked so far, as they were when asked: a changed bank never changes an old report."
    turns: tuple[Turn, ...] = ()
    finished_at: datetime | None = None
    ended_early: bool = False
    usage: Usage = Usage()

    @property
    def turn(self) -> Turn | None:
        """The latest turn, answered or not."""
        return self.turns[-1] if self.turns else None

    @property
    def is_open(self) -> bool:
        """The candidate has the word."""
        return self.finished_at is None and self.turn is not None and self.turn.outcome is None

    def question(self, question_id: str) -> Question:
        return next(q for q in self.questions if q.id == question_id)

    def thread(self, question_id: str) -> tuple[Turn, ...]:
        return tuple(t for t in self.turns if t.question_id == question_id)


JsonObject = dict[str, Any]
