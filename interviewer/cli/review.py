"""interviewer regrade."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from interviewer import report as reports
from interviewer import review
from interviewer import settings as environment
from interviewer.assembly import Parts, assemble
from interviewer.cli import show, stored
from interviewer.cli.interview import make_grader
from interviewer.cli.stored import InterviewId
from interviewer.grading import Grader
from interviewer.grading.strict import strictly
from interviewer.locales import words
from interviewer.review import Regraded
from interviewer.schema import GraderName, Interview


def regrade(
    interview_id: InterviewId,
    grader: Annotated[
        GraderName | None,
        typer.Option(help="builtin, or llm: your own endpoint. By default the one that graded the interview."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Grade what was not graded, grade the rest anew beside its grade, and show the differences."""

    async def regraded() -> tuple[Interview, list[Regraded]]:
        async with assemble(environment.read()) as parts:
            interview, _ = await parts.store.load(await stored.find(parts.store, interview_id))
            plan = interview.plan
            chosen = strictly(make_grader(parts, grader or plan.grader), plan.gradings if grader is None else 1)
            with show.working(show.screen(stderr=True), words(plan.language)):
                return await _regraded(parts, interview, chosen)

    interview, results = asyncio.run(regraded())
    if as_json:
        print(json.dumps([r.model_dump(mode="json") for r in results], ensure_ascii=False, indent=2))
    else:
        _print(interview, results)


async def _regraded(parts: Parts, interview: Interview, grader: Grader) -> tuple[Interview, list[Regraded]]:
    """What had no grade gets one; the rest gets another beside the one it has."""
    session, owner = parts.session, interview.owner
    filled: list[Regraded] = []
    for at, turn in enumerate(interview.turns):
        if turn.outcome == "answered" and turn.grade is None:
            interview = await session.grade(interview.id, owner, at, grader)
            question, grade = interview.question(turn.question_id), interview.turns[at].grade
            if grade is not None:
                filled.append(review.compared(question.id, question.criteria, None, grade))
    done = {r.question_id for r in filled}
    brought = await review.regrade(interview, grader, but_not=done, work=session.task)
    for at, result in brought:
        interview = await session.keep_regrade(interview.id, owner, at, result.after)
    return interview, filled + [result for _, result in brought]


def _print(interview: Interview, results: list[Regraded]) -> None:
    w, language = words(interview.plan.language), interview.plan.language
    table = Table(w("regrade.criterion"), w("report.points"), w("regrade.before"), w("regrade.after"))
    for result in results:
        before = reports.percent(result.before.score if result.before else None)
        table.add_row(result.question_id, "", before, reports.percent(result.after.score), style="bold")
        for difference in result.differences:
            criterion = interview.question(result.question_id).criterion(difference.criterion_id)
            kind = "_mistake" if criterion.is_mistake else ""
            marks = [w(f"marks.{verdict or 'none'}{kind}") for verdict in (difference.before, difference.after)]
            table.add_row(criterion.statement.in_(language), f"{difference.points:+d}", *marks)
    Console(highlight=False).print(table)
