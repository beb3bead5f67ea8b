"""Every record of the program. Frozen, closed to unknown fields, and free of behaviour beyond small derived facts.

Reading order: the bank (Question and its parts), a grade (Judgment to Grade), an interview (Plan to Interview).
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard")
Kind = Literal["concept", "comparison", "derivation", "calculation", "coding", "design", "troubleshooting", "what-if"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Place = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$", max_length=161)]
"topic/subtopic"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- the bank ---------------------------------------------------------------------------------------------------------


def language_of(text: str) -> Language | None:
    """What a text is written in, by its letters; None where it has none."""
    letters = sum(c.isalpha() for c in text)
    chinese = sum("\u3400" <= c <= "\u9fff" for c in text)
    if not letters:
        return None
    return "zh" if chinese > letters / 4 else "en"


class Text(Record):
    """The same words in the languages that a question is written in. One string is in the language of its letters."""

    en: Line | None = None
    zh: Line | None = None

    @property
    def languages(self) -> tuple[Language, ...]:
        return tuple(language for language in LANGUAGES if getattr(self, language) is not None)

    def in_(self, language: Language) -> str:
        """In this language, or else in the only one that it is written in. Raises KeyError for any other language."""
        return {"en": self.en, "zh": self.zh}[language] or self.en or self.zh or ""

    @model_validator(mode="before")
    @classmethod
    def _from_a_string(cls, value: Any) -> Any:
        return {language_of(value) or "en": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not self.languages:
            raise ValueError("has no words; write it in en, in zh or in both")
        return self


Shown = Annotated[Text, BeforeValidator(lambda value: {"en": value, "zh": value} if isinstance(value, str) else value)]
"Text, or one string that reads the same in every language (code, a log)."


class Criterion(Record):
    """One statement that an answer either makes or doesn't: a requirement, or a mistake."""

    id: Slug
    points: int
    terms: tuple[Line, ...] = ()
    "What the built-in check looks for: groups of alternatives, all of which meet in one passage."

    @property
    def is_mistake(self) -> bool:
        return self.points < 0


class Requirement(Criterion):
    points: Annotated[int, Field(ge=1, le=10)]
    requirement: Text
    asked: Literal["opener", "press"] = "opener"
    "press: counts only where it was asked about, or said without being asked."
    probe: Text | None = None
    "The follow-up question that belongs to it. It must not give the answer away."

    @property
    def statement(self) -> Text:
        return self.requirement

    @property
    def is_pressed(self) -> bool:
        return self.asked == "press"


class Mistake(Criterion):
    """A wrong claim that people really make."""

    points: Annotated[int, Field(ge=-10, le=-1)]
    claim: Text
    correction: Text | None = None
    "What is right and why. Shown when the question is over."

    @property
    def statement(self) -> Text:
        return self.claim


class Source(Record):
    """A primary source: paper, specification or official documentation."""

    title: Line
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


SampleLabel = Literal["gist", "solid", "expert", "mistaken"]


class Sample(Record):
    """An answer written from the opener alone, and the criteria that a reader of the rubric finds met in it."""

    label: SampleLabel
    "gist (one or two right sentences); solid (what a good engineer says first); expert; mistaken (fluent but wrong)"
    language: Language
    text: Line
    met: tuple[Slug, ...]


class Question(Record):
    id: Slug
    topic: Slug
    subtopic: Slug | None = None
    "One of its topic's, where the topic has any."
    difficulty: Difficulty
    kind: Kind
    draft: Annotated[bool, BeforeValidator(lambda value: {"true": True, "false": False}.get(str(value), value))] = False
    "Not reviewed yet: nobody is asked it, and it may be incomplete."
    reviewed: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] | None = None
    "Year and month in which somebody other than the author last checked its facts."
    title: Text | None = None
    "Its short name in a report."
    text: Text
    "The opener: one idea, as said aloud."
    scenario: Text | None = None
    artefact: Shown | None = None
    "Markdown: code, a log, a configuration or a table that the opener is about."
    clarification: Text | None = None
    "What the interviewer says when asked what is meant: the scope, never the answer."
    rubric: tuple[Requirement, ...]
    mistakes: tuple[Mistake, ...] = ()
    reference_answer: Text
    covers: dict[str, tuple[Slug, ...]] = {}
    "Entries of the syllabus, and the requirements that deal with each."
    sources: tuple[Source, ...] = ()
    samples: tuple[Sample, ...] = ()

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those that it can be asked in."""
        return self.text.languages

    @property
    def criteria(self) -> tuple[Requirement | Mistake, ...]:
        """Requirements, then mistakes: the order in which a grader judges them."""
        return (*self.rubric, *self.mistakes)

    def criterion(self, criterion_id: str) -> Requirement | Mistake:
        return next(c for c in self.criteria if c.id == criterion_id)

    @property
    def place(self) -> str:
        """topic/subtopic, or the topic alone."""
        return f"{self.topic}/{self.subtopic}" if self.subtopic else self.topic

    def name(self, language: Language) -> str:
        return (self.title or self.text).in_(language)

    def asked(self, language: Language) -> str:
        """Opener, scenario and artefact, as Markdown."""
        parts = (self.text, self.scenario, self.artefact)
        return "\n\n".join(part.in_(language).rstrip() for part in parts if part)

    @property
    def version(self) -> str:
        """Twelve hex digits that change when anything changes that a model's grade depends on.

        Terms are no part of it: an interview keeps its questions without them.
        """
        what_counts = {"id", "text", "scenario", "artefact", "reference_answer", "rubric", "mistakes"}
        criteria = {"__all__": {"terms"}}
        text = self.model_dump_json(include=what_counts, exclude={"rubric": criteria, "mistakes": criteria})
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def kept(self) -> Question:
        """What an interview keeps of it: no terms, no samples."""
        return self.model_copy(
            update={
                "rubric": tuple(c.model_copy(update={"terms": ()}) for c in self.rubric),
                "mistakes": tuple(c.model_copy(update={"terms": ()}) for c in self.mistakes),
                "samples": (),
                "covers": {},
            }
        )

    @model_validator(mode="after")
    def _ids_agree(self) -> Self:
        ids = [c.id for c in self.criteria]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"rubric: criterion ids should differ: {', '.join(twice)} occurs twice")
        for number, sample in enumerate(self.samples):
            unknown = [i for i in sample.met if i not in ids]
            if unknown:
                raise ValueError(f"samples.{number}.met: {', '.join(unknown)} is no criterion of this question")
        for entry, covering in self.covers.items():
            unknown = [i for i in covering if i not in ids]
            if unknown or not covering:
                named = ", ".join(unknown) or "an empty list"
                raise ValueError(f"covers.{entry}: {named} is no criterion of this question")
        return self


# --- a grade ----------------------------------------------------------------------------------------------------------

Verdict = Literal["met", "unmet", "cannot_assess"]
State = Literal["absent", "vague", "partial", "wrong", "evaded", "unknown"]
"How an open requirement stands: unknown is what the candidate says not to know."
Note = Literal[
    "quote_missing",  # the grader said met and quoted nothing: credit withheld
    "quote_not_found",  # the quote is not in the answer: credit withheld
    "quote_from_attack",  # the quote is text addressed to the grader: credit withheld
    "quote_unrelated",  # the quote repeats the question: credit withheld
    "unconfirmed",  # written by earlier versions: credit withheld from an answer that may speak to the grader
    "keyword_list",  # the quote is a bare list of words: credit withheld
    "terms_match",  # judged unmet though the terms match plainly: doubtful
    "negated",  # the terms match, but the passage denies them
    "claim_suspected",  # the terms of a mistake match: the candidate is asked, nothing is charged
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
    state: State | None = None
    "Of a requirement that is not met, where the grader can tell."
    confirmed: Literal["met", "unmet"] | None = None
    "The candidate's own verdict on a suggestion of the built-in check. It counts from then on."
    notes: tuple[Note, ...] = ()
    agreement: float | None = None
    "Strict mode: the share of independent gradings that came to this verdict."
    earlier: Judgment | None = None
    "The judgment that this one replaced (second look, appeal)."

    @property
    def counts(self) -> Verdict:
        """The verdict that the score is made of."""
        return self.confirmed or self.verdict


class WrongClaim(Record):
    """A wrong claim that no mistake of the question foresees. It costs nothing."""

    quote: str
    "The candidate's words, found in an answer."
    correction: str
    disputed: bool = False
    "The candidate disagrees."


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
    """The next move of an interviewer: a question aimed at one criterion, or back to the opener."""

    criterion_id: str | None
    "None: the answer was beside the point, and the question is put once more."
    text: str
    lead: str = ""
    "At most one clause before it that takes up what was said."


class Grade(Record):
    judgments: tuple[Judgment, ...]
    feedback: str = ""
    follow_up: FollowUp | None = None
    "As the grader words it; the rule of follow_up.py decides."
    off_point: bool = False
    "The last answer speaks of something else than was asked."
    errors: tuple[WrongClaim, ...] = ()
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
Depth = Literal["brisk", "normal", "deep"]


class Plan(Record):
    """What the candidate chose before the start."""

    language: Language = "en"
    mode: Mode = "practice"
    topics: tuple[Slug, ...] = ()
    "Empty: every topic."
    subtopics: tuple[Place, ...] = ()
    "Of a chosen topic only these; a topic of which none is named is asked whole."
    difficulty: Difficulty | None = None
    "None: adapts to the answers so far."
    questions: Annotated[int, Field(ge=1, le=50)] = 5
    depth: Depth = "normal"
    "How many follow-ups a question may have: follow_up.FOLLOW_UPS."
    seconds_per_question: Annotated[int, Field(ge=30, le=7200)] | None = None
    grader: GraderName = "builtin"
    gradings: Literal[1, 3, 5, 7] = 1
    "Strict mode: independent gradings of each answer; a criterion is met by majority."
    seed: int = 0
    repeatable: bool = False
    "The seed alone chooses the questions: not what was asked in other interviews, and not how the answers are."

    def covers(self, question: Question) -> bool:
        """Its topic is chosen, and its sub-topic where sub-topics of that topic are."""
        narrowed = {place.partition("/")[0] for place in self.subtopics}
        chosen = not self.topics or question.topic in self.topics
        return chosen and (question.topic not in narrowed or question.place in self.subtopics)

    def asks(self, question: Question) -> bool:
        """It covers the question, which is written in its language."""
        return self.language in question.languages and self.covers(question)


Outcome = Literal["answered", "dont_know", "skipped"]


ThreadState = Literal["graded", "not_graded", "dont_know", "skipped", "unanswered"]
"What became of a question: not_graded is an answer without a grade."


class Attempt(Record):
    """How a candidate has done on a question in the interviews so far, skipped and open ones left out."""

    times: int
    "Interviews in which it was answered or given up."
    state: ThreadState
    "Of the latest of them."
    score: float | None
    "0 to 1; None when not graded."


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
    "The criterion that a follow-up pursues; None for the question itself, and where it was put once more."
    lead: str = ""
    "What the interviewer said before it: taking up the last answer, or leading over to a new question."
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

    @property
    def looks_back(self) -> bool:
        """The latest question is over, and the candidate has not gone on yet (practice)."""
        turn = self.turn
        if self.finished_at is not None or turn is None or turn.outcome is None:
            return False
        return turn.outcome != "answered" or turn.grade is not None or turn.error is not None

    def is_over(self, question_id: str) -> bool:
        """Nothing more can be answered to this question."""
        current = self.turn is not None and self.turn.question_id == question_id
        return self.finished_at is not None or not current or self.looks_back

    def question(self, question_id: str) -> Question:
        return next(q for q in self.questions if q.id == question_id)

    def thread(self, question_id: str) -> tuple[Turn, ...]:
        return tuple(t for t in self.turns if t.question_id == question_id)


JsonObject = dict[str, Any]
