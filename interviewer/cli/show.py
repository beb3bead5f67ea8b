"""Questions, points and corrections on a screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from interviewer import prose
from interviewer import report as reports
from interviewer.grading import Progress, Report
from interviewer.grading.scoring import Tally
from interviewer.locales import Words, words
from interviewer.report import Line, Result
from interviewer.schema import Language, Question, Requirement, WrongClaim


def screen(*, stderr: bool = False) -> Console:
    return Console(highlight=False, stderr=stderr)


def markdown(text: str) -> Markdown:
    """Code as code, formulas in Unicode; addresses in full, since not every terminal follows a link."""
    shown = Markdown("", code_theme="ansi_dark", hyperlinks=False)
    shown.parsed = prose.parsed(text)
    return shown


def inline(text: str, style: str = "") -> Text:
    """What stands within a line, such as a statement."""
    pieces = prose.pieces(text)
    return Text.assemble(*((piece, "markdown.code" if is_code else "") for piece, is_code in pieces), style=style)


def suspected(line: Line) -> bool:
    """The built-in check has found words of a mistake, and the candidate has not said whether they claimed it."""
    judgment = line.judgment
    return judgment is not None and "claim_suspected" in judgment.notes and judgment.confirmed is None


def result(console: Console, shown: Result, language: Language) -> None:
    """What a question brought: points, then each criterion with its number, and what else to look at."""
    w = words(language)
    console.print(Text(standing(shown, w), style="bold"))
    if shown.lines:
        console.print(_table(shown, language, w))
    for warning in shown.grade.warnings if shown.grade else ():
        console.print(Text(w(f"warnings.{warning}"), style="yellow"))
    if shown.grade and shown.grade.provenance.grader != "builtin" and shown.grade.feedback:  # its own is a count
        console.print(inline(shown.grade.feedback))


def standing(shown: Result, w: Words) -> str:
    """70%: 7 of 10 points, and 2 of 3 pressed (estimate, 5 points not checked)"""
    parts = [reports.percent(shown.score)]
    if shown.tally:
        parts.append(points(shown.tally, w))
    if shown.tally and shown.grade and shown.grade.provenance.grader == "builtin":
        parts.append(checked(shown.tally.unchecked, w))
    if shown.state != "graded":
        parts.append(w(f"states.{shown.state}"))
    return w("report.note_separator").join(parts)


def points(tally: Tally, w: Words) -> str:
    lost = w("report.note_separator") + w("report.lost", points=f"{tally.lost:g}") if tally.lost else ""
    return reports.points(tally, w) + lost


def checked(unchecked: int, w: Words) -> str:
    return w("report.unchecked", points=unchecked) if unchecked else w("report.checked")


def _table(shown: Result, language: Language, w: Words) -> Table:
    table = Table.grid(padding=(0, 2))
    for column in ("right", "left", "right"):
        table.add_column(justify=column, no_wrap=True)
    table.add_column()
    suggested = shown.grade is not None and shown.grade.provenance.grader == "builtin"
    for number, line in enumerate(shown.lines, 1):
        table.add_row(str(number), mark(line, w), _worth(line), _said(line, language, w, suggested))
    for number, error in enumerate(errors(shown), len(shown.lines) + 1):
        table.add_row(str(number), f"! {w('report.also')}", "", _wrong(error, w))
    return table


def errors(shown: Result) -> tuple[WrongClaim, ...]:
    return shown.grade.errors if shown.grade else ()


def mark(line: Line, w: Words) -> Text:
    if suspected(line):
        return Text(w("terminal.suspected"), style="yellow")
    met = line.judgment is not None and line.judgment.counts == "met"
    style = ("red" if line.criterion.is_mistake else "green") if met else "none"
    return Text(reports.said(line.judgment, line.criterion, w), style=style)


def _worth(line: Line) -> str:
    if line.criterion.is_mistake:
        return f"{line.points:g}" if line.points else ""
    return f"{line.points:g}/{line.criterion.points}"


def _said(line: Line, language: Language, w: Words, suggested: bool) -> Text:
    """The statement, the candidate's words, why, and what is right. The built-in check knows no why for "not found"."""
    criterion, judgment = line.criterion, line.judgment
    text = inline(criterion.statement.in_(language))
    if isinstance(criterion, Requirement) and criterion.is_pressed:
        text.append(f" ({w('terminal.pressed')})")
    if line.after_hint:
        text.append(f" ({w('report.after_hint')})")
    if judgment is None:
        return text
    if judgment.confirmed:
        told = w(f"confirm.told.{judgment.confirmed}"), w(f"confirm.suggested.{judgment.verdict}")
        text.append(f" ({w('report.note_separator').join(told)})")
    if judgment.quote:
        text.append(f"\n“{judgment.quote}”", style="italic")
    is_open = not judgment.quote and not judgment.notes and judgment.verdict == "unmet"
    if (why := reports.notes(judgment, w)) and not (is_open and suggested):
        text.append(f"\n{why}", style="dim")
    if not isinstance(criterion, Requirement) and criterion.correction and line.points:
        text.append("\n").append_text(inline(f"{w('report.right')} {criterion.correction.in_(language)}"))
    return text


def _wrong(error: WrongClaim, w: Words) -> Text:
    text = Text(f"“{error.quote}”", style="italic")
    text.append(f"\n{error.correction}", style="not italic")
    if error.disputed:
        text.append(f"\n{w('report.disagreed')}", style="dim not italic")
    return text


def rubric(console: Console, question: Question, language: Language) -> None:
    """What an answer has to say, and what people get wrong."""
    w = words(language)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for requirement in question.rubric:
        pressed = f" ({w('terminal.pressed')})" if requirement.is_pressed else ""
        table.add_row(f"{requirement.points:+d}", inline(requirement.statement.in_(language)).append(pressed))
    for mistake in question.mistakes:
        text = inline(f"✕ {mistake.statement.in_(language)}")
        if mistake.correction:
            text.append("\n").append_text(inline(f"{w('report.right')} {mistake.correction.in_(language)}", "dim"))
        table.add_row(f"{mistake.points:+d}", text)
    console.print(table)


@contextmanager
def working(console: Console, w: Words, question: Question | None = None) -> Iterator[Report]:
    """A sign of life on a terminal while somebody waits; what the grader reports becomes its words."""
    ids = [c.id for c in question.criteria] if question else []
    with console.status(w("room.stages.asking")) as status:

        def report(step: Progress) -> None:
            status.update(_stage(step, ids, w))

        yield report


def _stage(step: Progress, ids: list[str], w: Words) -> RenderableType:
    if step.stage == "judging" and step.criterion_id in ids:
        return w("room.stages.judging_one", number=ids.index(step.criterion_id) + 1, of=len(ids))
    return w(f"room.stages.{step.stage}")
