"""Records to HTML, through the templates beside this file. Pure functions; Jinja escapes whatever it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from interviewer import follow_up, review
from interviewer import report as reports
from interviewer.grading import Progress
from interviewer.locales import Words
from interviewer.measure.show import Measured
from interviewer.report import Result, percent
from interviewer.schema import Failure, Interview, Question, Record, Text

_TEMPLATES = Path(__file__).parent / "templates"


class Thread(Record):
    """One question of the transcript."""

    number: int
    result: Result
    over: bool
    "Nothing more can be answered, so all may be shown."

    @property
    def open_points(self) -> int:
        return sum(c.points for c in follow_up.open_requirements(self.result.question, self.result.grade))

    @property
    def earned(self) -> float:
        return max(0.0, sum(line.points for line in self.result.lines))

    @property
    def possible(self) -> int:
        return sum(c.points for c in self.result.question.rubric if not c.is_pressed)


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
    current = interview.turn.question_id if interview.turn and interview.finished_at is None else None
    return [
        Thread(number=number, result=reports.result_of(interview, question), over=question.id != current)
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
    turn = interview.turn
    if turn is None:
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


def transcript(w: Words, interview: Interview, disputed: Disputes | None = None) -> str:
    """In interview mode nothing of a grade is shown before the end."""
    shown = threads(interview)
    on_card = _on_card(shown)
    return render(
        "transcript",
        w,
        interview=interview,
        threads=shown,
        revealed=interview.plan.mode == "practice",
        on_card=on_card.number if on_card else None,
        language=interview.plan.language,
        interview_id=interview.id,
        disputes=disputed or disputes(interview),
    )


def scorecard(w: Words, interview: Interview, disputed: Disputes | None = None) -> str:
    """Of the question that was answered last: what is over is shown whole, what is not gives nothing away."""
    if interview.plan.mode != "practice":
        return ""
    return render(
        "scorecard",
        w,
        thread=_on_card(threads(interview)),
        language=interview.plan.language,
        interview_id=interview.id,
        disputes=disputed or disputes(interview),
    )


def _on_card(shown: Sequence[Thread]) -> Thread | None:
    return next((t for t in reversed(shown) if t.result.grade or t.over), None)


def progress(w: Words, step: Progress, question: Question, with_feedback: bool) -> str:
    """What the grader is doing. Feedback is streamed in practice mode only."""
    number = next((n for n, c in enumerate(question.criteria, start=1) if c.id == step.criterion_id), None)
    return render(
        "live",
        w,
        stage="judging_one" if step.stage == "judging" and number else step.stage,
        number=number,
        of=len(question.criteria),
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
