"""Records to HTML, through the templates beside this file. Pure functions; Jinja escapes whatever it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from interviewer import follow_up, review
from interviewer import report as reports
from interviewer.bank import Bank
from interviewer.grading import Progress
from interviewer.locales import Words
from interviewer.measure.show import Measured
from interviewer.report import Line, Result, percent
from interviewer.schema import Failure, Interview, Question, Record, Text, Turn

_TEMPLATES = Path(__file__).parent / "templates"


class Thread(Record):
    """One question of the transcript."""

    number: int
    result: Result
    over: bool
    "Nothing more can be answered, so all may be shown."

    @property
    def open_points(self) -> int:
        """Of what was asked. What may still be pressed for is not announced."""
        open_ = follow_up.open_requirements(self.result.question, self.result.grade)
        asked = follow_up.asked(self.result.turns)
        return sum(c.points for c in open_ if not c.is_pressed or c.id in asked)

    @property
    def suggested(self) -> bool:
        """The verdicts are the built-in check's: the candidate's own word counts."""
        grade = self.result.grade
        return grade is not None and grade.provenance.grader == "builtin"

    @property
    def met(self) -> tuple[Line, ...]:
        """Requirements that the grader found. One that the candidate takes back keeps its place."""
        return tuple(n for n in self._requirements if n.judgment and n.judgment.verdict == "met")

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(n for n in self._requirements if not (n.judgment and n.judgment.verdict == "met"))

    @property
    def mistakes(self) -> tuple[Line, ...]:
        """Those that the grader charges, or charged until they were judged again."""
        return tuple(n for n in self.result.lines if n.criterion.is_mistake and n not in self.suspected)

    @property
    def suspected(self) -> tuple[Line, ...]:
        """Mistakes that only the candidate can tell."""
        return tuple(n for n in self.result.lines if n.judgment and "claim_suspected" in n.judgment.notes)

    @property
    def _requirements(self) -> tuple[Line, ...]:
        told = self.result.grade is not None or self.result.state == "dont_know"
        return tuple(n for n in self.result.lines if told and not n.criterion.is_mistake)

    @property
    def not_graded(self) -> tuple[Turn, ...]:
        return tuple(t for t in self.result.turns if t.error is not None)


class Disputes(Record):
    """What can be disputed, and how the one dispute goes that this tab has sent."""

    weighs: bool
    "The grader can weigh an argument."
    question_id: str = ""
    criterion_id: str = ""
    argument: str = ""
    error: str = ""
    busy: bool = False
    limit: int = review.MAX_APPEALS
    most: int = review.MAX_ARGUMENT


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([_TEMPLATES, reports.TEMPLATES]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    reports.add_filters(environment)
    environment.filters["say"] = _say
    return environment


def render(template: str, w: Words, **values: object) -> str:
    return _environment().get_template(f"{template}.html").render(w=w, **values)


def _say(failure: Failure, w: Words) -> str:
    return w.error(failure.key, **failure.values)


def threads(interview: Interview) -> list[Thread]:
    return [
        Thread(number=number, result=reports.result_of(interview, question), over=interview.is_over(question.id))
        for number, question in enumerate(interview.questions, start=1)
    ]


def header(w: Words, interview: Interview | None, grader: str, now: datetime, measured: Measured | None = None) -> str:
    """`grader` is its name for people, `measured` how far to trust it. The clock is run by room.js from the times
    given here."""
    return render(
        "header",
        w,
        interview=interview,
        grader=grader,
        measured=measured,
        now=_milliseconds(now),
        deadline=_deadline(interview),
    )


def question(w: Words, interview: Interview, topics: Mapping[str, Text]) -> str:
    """What has to be answered now; empty while the candidate looks back."""
    turn = interview.turn
    if turn is None or looks_back(interview):
        return ""
    return render(
        "question",
        w,
        interview=interview,
        turn=turn,
        at=len(interview.turns) - 1,
        question=interview.question(turn.question_id),
        topic=topic_title(topics, interview.question(turn.question_id).topic, w.language),
    )


def disputes(interview: Interview) -> Disputes:
    return Disputes(weighs=interview.plan.grader == "llm")


def looks_back(interview: Interview) -> bool:
    """The look back stands where the answer box was. Only practice has one."""
    return interview.looks_back and interview.plan.mode == "practice"


def transcript(w: Words, interview: Interview, disputed: Disputes | None = None) -> str:
    """In interview mode nothing of a grade is shown before the end."""
    return render(
        "transcript",
        w,
        threads=threads(interview),
        revealed=interview.plan.mode == "practice",
        looks_back=looks_back(interview),
        **_of(interview, disputed),
    )


def scorecard(w: Words, interview: Interview) -> str:
    """Of the open question: what was won so far. What is missing is counted and never named."""
    if interview.plan.mode != "practice" or not interview.questions:
        return ""
    return render("scorecard", w, thread=threads(interview)[-1], **_of(interview, None))


def look_back(w: Words, interview: Interview, disputed: Disputes | None = None) -> str:
    """At the question that is over: what was won, wrong and missing. Empty where no question has just ended."""
    if not looks_back(interview):
        return ""
    at = len(interview.turns) - 1
    return render("look_back", w, thread=threads(interview)[-1], at=at, **_of(interview, disputed))


def _of(interview: Interview, disputed: Disputes | None) -> dict[str, object]:
    """What the templates around judgments need."""
    return {
        "interview": interview,
        "interview_id": interview.id,
        "interview_turns": interview.turns,
        "language": interview.plan.language,
        "disputes": disputed or disputes(interview),
    }


def why_ungraded(interview: Interview) -> list[Failure]:
    """Why answers have no grade, one entry for each."""
    return [turn.error for turn in interview.turns if turn.error is not None]


def progress(w: Words, step: Progress, question: Question | None, with_feedback: bool) -> str:
    """What the grader is doing. Feedback is streamed in practice mode only."""
    criteria = question.criteria if question else ()
    number = next((n for n, c in enumerate(criteria, start=1) if c.id == step.criterion_id), None)
    return render(
        "live",
        w,
        stage="judging_one" if step.stage == "judging" and number else step.stage,
        number=number,
        of=len(criteria),
        seconds=step.text,
        text=step.text if with_feedback and step.stage == "feedback" else "",
    )


def pending(w: Words, at: int, under_way: bool) -> str:
    """For an answer without a grade that this tab isn't watching: it is being graded, or that was interrupted."""
    return render("pending", w, at=at, under_way=under_way)


def notice(w: Words, text: str, kind: str = "problem") -> str:
    """`kind` is problem or information."""
    return render("notice", w, text=text, kind=kind) if text else ""


def topic_title(topics: Mapping[str, Text], topic: str, language: str) -> str:
    return topics[topic].in_("zh" if language == "zh" else "en") if topic in topics else topic


def place_title(bank: Bank, place: str, language: str, *, whole: bool = True) -> str:
    """Of a topic or topic/subtopic; `whole`: the sub-topic's with its topic's before it."""
    topic, _, subtopic = place.partition("/")
    titles = [bank.topics.get(topic), bank.subtopics.get(topic, {}).get(subtopic)]
    said = [title.in_("zh" if language == "zh" else "en") for title in titles if title]
    return " · ".join(said if whole else said[-1:]) or place


def curve(scores: Sequence[float | None], width: int = 600, height: int = 140) -> list[tuple[float, float, str]]:
    """Points of a line through the scores, oldest first: (x, y, label), in the units of an SVG's view box."""
    known = [s for s in scores if s is not None]
    step = (width - 80) / max(1, len(known) - 1)
    return [(40 + n * step, 20 + (1 - s) * (height - 40), percent(s)) for n, s in enumerate(known)]


def _deadline(interview: Interview | None) -> int | None:
    """When the open turn's time is up, in milliseconds since 1970; None without a limit."""
    if interview is None or not interview.is_open or interview.turn is None:
        return None
    limit = interview.plan.seconds_per_question
    return None if limit is None else _milliseconds(interview.turn.asked_at) + limit * 1000


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
