"""An interview, told afterwards: a Report, and the report as Markdown, JSON or one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import computed_field

from interviewer import follow_up, prose
from interviewer.grading import scoring
from interviewer.grading.quotes import find_in
from interviewer.grading.scoring import Tally
from interviewer.locales import Words, words
from interviewer.schema import (
    Appeal,
    Attempt,
    Criterion,
    Grade,
    Interview,
    Judgment,
    Mistake,
    Question,
    Record,
    Requirement,
    Source,
    Text,
    ThreadState,
    Turn,
    Usage,
)

Format = Literal["md", "json", "html"]
TEMPLATES = Path(__file__).parent / "templates"
WEAK, STRONG = 0.5, 0.8
"A topic or question below WEAK is worth going back to; from STRONG on it is a strength."


class Again(Record):
    """A judgment made again: at a second look, or because the candidate disputed it."""

    why: Literal["second_look", "appeal"]
    before: Judgment
    after: Judgment | None
    "None where the grader can't weigh an argument: it is kept on record."
    argument: str = ""


class Beside(Record):
    """Another grade of the same answers."""

    grade: Grade
    differing: int
    "Criteria that it judges otherwise."


class Line(Record):
    """One criterion of one question, as judged last.

    Pressed requirements that were neither asked nor said, and mistakes that nobody made, have none.
    """

    criterion: Requirement | Mistake
    judgment: Judgment | None
    points: float
    after_hint: bool
    after_follow_up: bool
    again: tuple[Again, ...] = ()
    "How it came to be judged so, the first time first."


class Result(Record):
    """One question of the interview."""

    question: Question
    turns: tuple[Turn, ...]
    grade: Grade | None
    tally: Tally | None
    "None where nothing was graded and nothing given up."
    lines: tuple[Line, ...]
    beside: tuple[Beside, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def score(self) -> float | None:
        return self.tally.score if self.tally else None

    @property
    def state(self) -> ThreadState:
        return follow_up.state(self.turns)


class TopicScore(Record):
    topic: str
    title: str
    score: float | None
    questions: int


class Lesson(Record):
    """What one question leaves to be learnt."""

    result: Result
    missing: tuple[Line, ...]
    "Requirements not met, the most valuable first."
    corrections: tuple[Line, ...]
    "Mistakes made."

    @property
    def reading(self) -> tuple[Source, ...]:
        return self.result.question.sources


class Report(Record):
    interview: Interview
    score: float | None
    "Mean of the questions that have one; skipped and not graded questions are left out."
    topics: tuple[TopicScore, ...]
    results: tuple[Result, ...]
    strengths: tuple[Result, ...]
    "Questions that went well, the best first."
    lessons: tuple[Lesson, ...]
    "What to learn next, the question that went worst first."
    unchecked: int
    "Points that rest on suggestions of the built-in check which the candidate has not confirmed or corrected."
    checked: bool
    "The candidate has confirmed or corrected suggestions."
    hints: int
    not_graded: int
    skipped: int
    appeals: int
    "Judgments that the candidate disputed."
    appeals_granted: int
    "Those of them that were changed by it."
    usage: Usage


def summarise(interview: Interview, topics: Mapping[str, Text] | None = None) -> Report:
    """The report of an interview, finished or not. `topics` gives the topics' titles."""
    results = tuple(result_of(interview, q) for q in interview.questions)
    scored = [r for r in results if r.score is not None]
    by_score = sorted(scored, key=lambda r: r.score or 0.0)
    appeals = [a for t in interview.turns for a in t.appeals]
    judgments = [line.judgment for r in results for line in r.lines if line.judgment]
    return Report(
        interview=interview,
        score=follow_up.mean_score(interview),
        topics=tuple(_topic_scores(results, topics or {}, interview.plan.language)),
        results=results,
        strengths=tuple(r for r in reversed(by_score) if (r.score or 0.0) >= STRONG),
        lessons=tuple(lesson for r in by_score if (lesson := _lesson(r))),
        unchecked=sum(r.tally.unchecked for r in results if r.tally),
        checked=any(j.confirmed for j in judgments),
        hints=sum(len(t.hints) for t in interview.turns),
        not_graded=sum(r.state == "not_graded" for r in results),
        skipped=sum(r.state == "skipped" for r in results),
        appeals=len(appeals),
        appeals_granted=sum(a.after is not None and a.after.verdict != a.before.verdict for a in appeals),
        usage=interview.usage,
    )


def render(report: Report, format_: Format, zone: tzinfo = UTC) -> str:
    """The report in the interview's language, its times in the reader's zone."""
    if format_ == "json":
        return report.model_dump_json(indent=2, exclude={"interview": {"owner", "questions"}})
    language = report.interview.plan.language
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=format_ == "html",  # noqa: S701  Markdown is not HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    add_filters(environment)
    template = environment.get_template(f"report.{format_}")
    return template.render(report=report, w=words(language), language=language, zone=zone, disputes=None)


def add_filters(environment: Environment) -> None:
    """What the templates of a report need; the page uses them too."""
    environment.filters.update(
        percent=percent,
        points=points,
        moment=moment,
        attempted=attempted,
        prose=prose.prose,
        inline=prose.inline,
        plain=prose.plain,
        quoted=_quoted,
        marked=marked,
        notes=notes,
        said=said,
    )


def moment(time: datetime, zone: tzinfo = UTC) -> str:
    return time.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def points(tally: Tally, w: Words) -> str:
    """7 of 10, and 2 of 3 pressed."""
    key = "pressed" if tally.pressed_possible else "points_of"
    return w(
        f"report.{key}",
        earned=f"{tally.earned:g}",
        possible=tally.possible,
        pressed=f"{tally.pressed_earned:g}",
        asked=tally.pressed_possible,
    )


def attempted(attempt: Attempt | None, w: Words) -> str:
    """last answer: good, 85% · answered 2×"""
    if attempt is None:
        return w("attempts.none")
    how = _how_well(attempt.score or 0.0) if attempt.state == "graded" else attempt.state
    last = w(f"attempts.{how}", score=percent(attempt.score))
    return w("report.note_separator").join((last, w("attempts.times", times=attempt.times)))


def _how_well(score: float) -> str:
    return "strong" if score >= STRONG else "weak" if score < WEAK else "fair"


def percent(score: float | None) -> str:
    return "–" if score is None else f"{score:.0%}"


def marked(turn: Turn, judgments: Sequence[Judgment]) -> list[tuple[str, str | None]]:
    """The answer in pieces, in order: (text, None) or (text, criterion id) where a judgment quotes it.

    Where quotes overlap, the first one keeps the words.
    """
    spans = []
    for judgment in judgments:
        found = find_in(judgment.quote, [turn.answer]) if judgment.quote and judgment.counts == "met" else None
        if found:
            spans.append((found[1], judgment.criterion_id))
    pieces: list[tuple[str, str | None]] = []
    at = 0
    for (start, end), criterion_id in sorted(spans):
        if start < at:
            continue
        pieces += [(turn.answer[at:start], None), (turn.answer[start:end], criterion_id)]
        at = end
    pieces.append((turn.answer[at:], None))
    return [piece for piece in pieces if piece[0]]


def result_of(interview: Interview, question: Question) -> Result:
    """One question of an interview, as judged so far."""
    thread = interview.thread(question.id)
    grade = follow_up.latest_grade(thread)
    first = thread[0].grade
    hinted = follow_up.hinted(thread)
    lines = []
    for criterion in _told(question, grade, follow_up.asked(thread)):
        judgment = grade.judgment(criterion.id) if grade else None
        at_first = first.judgment(criterion.id) if first else None
        met = judgment is not None and judgment.counts == "met"
        lines.append(
            Line(
                criterion=criterion,
                judgment=judgment,
                points=scoring.points(criterion, judgment, hinted),
                after_hint=met and criterion.id in hinted and not criterion.is_mistake,
                after_follow_up=met and _won_late(judgment, at_first),
                again=_again(judgment, [a for t in thread for a in t.appeals if a.criterion_id == criterion.id]),
            )
        )
    tally = follow_up.tally(question, thread)
    beside = tuple(Beside(grade=g, differing=_differing(grade, g)) for t in thread for g in t.regrades)
    return Result(question=question, turns=thread, grade=grade, tally=tally, lines=tuple(lines), beside=beside)


def _won_late(judgment: Judgment | None, at_first: Judgment | None) -> bool:
    """A follow-up won it. What was met only when judged again is not the follow-up's merit."""
    while judgment is not None and judgment.earlier is not None:
        judgment = judgment.earlier
    return judgment is not None and judgment.verdict == "met" and (at_first is None or at_first.verdict != "met")


def _again(judgment: Judgment | None, appeals: Sequence[Appeal]) -> tuple[Again, ...]:
    made: list[Again] = []
    while judgment is not None and judgment.earlier is not None:
        if "second_look" in judgment.notes:
            made.insert(0, Again(why="second_look", before=judgment.earlier, after=judgment))
        judgment = judgment.earlier
    disputed = [Again(why="appeal", before=a.before, after=a.after, argument=a.argument) for a in appeals]
    return (*made, *disputed)


def _differing(grade: Grade | None, other: Grade) -> int:
    verdicts = {j.criterion_id: j.verdict for j in grade.judgments} if grade else {}
    return sum(verdicts.get(j.criterion_id) != j.verdict for j in other.judgments)


def _told(question: Question, grade: Grade | None, asked: Collection[str]) -> list[Requirement | Mistake]:
    """The criteria that a report speaks of."""
    judged = {j.criterion_id: j for j in grade.judgments} if grade else {}

    def counts(criterion: Requirement | Mistake) -> bool:
        judgment = judged.get(criterion.id)
        if judgment is not None and (judgment.counts == "met" or judgment.confirmed or judgment.earlier):
            return True
        if isinstance(criterion, Mistake):
            return judgment is not None and "claim_suspected" in judgment.notes
        return not criterion.is_pressed or criterion.id in asked

    return [criterion for criterion in question.criteria if counts(criterion)]


def _lesson(result: Result) -> Lesson | None:
    """What was missing and wrong; None where nothing was. What the grader couldn't tell is not held against anybody."""
    if result.state not in ("graded", "dont_know"):
        return None
    missing = [n for n in result.lines if not n.criterion.is_mistake and not _counts(n, "met", "cannot_assess")]
    corrections = tuple(n for n in result.lines if n.criterion.is_mistake and _counts(n, "met"))
    if not missing and not corrections:
        return None
    missing.sort(key=lambda line: -line.criterion.points)
    return Lesson(result=result, missing=tuple(missing), corrections=corrections)


def _counts(line: Line, *verdicts: str) -> bool:
    return line.judgment is not None and line.judgment.counts in verdicts


def _topic_scores(results: Sequence[Result], titles: Mapping[str, Text], language: str) -> list[TopicScore]:
    scores = []
    for topic in dict.fromkeys(r.question.topic for r in results):
        here = [r.score for r in results if r.question.topic == topic and r.score is not None]
        title = titles[topic].in_("zh" if language == "zh" else "en") if topic in titles else topic
        mean = sum(here) / len(here) if here else None
        scores.append(TopicScore(topic=topic, title=title, score=mean, questions=len(here)))
    return scores


def said(judgment: Judgment | None, criterion: Criterion, w: Words) -> str:
    """The verdict in a mark and a word."""
    verdict: str = judgment.counts if judgment else "none"
    if criterion.is_mistake and judgment and "claim_suspected" in judgment.notes and not judgment.confirmed:
        verdict = "suspected"
    return w(f"marks.{verdict}{'_mistake' if criterion.is_mistake else ''}")


def notes(judgment: Judgment, w: Words) -> str:
    """Explanation and notes in one line. That it was judged again shows by itself where the earlier one stands by."""
    shown = set(judgment.notes) - ({"second_look", "appeal"} if judgment.earlier else set())
    noted = [w(f"notes.{note}") for note in judgment.notes if note in shown]
    agreed = [] if judgment.agreement is None else [w("report.agreement", share=percent(judgment.agreement))]
    return w("report.note_separator").join(part for part in (judgment.explanation, *noted, *agreed) if part)


def _quoted(text: str) -> str:
    """A candidate's words as a Markdown block that nothing in them can leave: indented code."""
    return "\n".join(f"    {line}" for line in text.splitlines() or [""])
