"""interviewer grade, report, history."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from interviewer import report as reports
from interviewer import settings as environment
from interviewer.assembly import Parts, assemble, load_bank
from interviewer.cli import show, stored
from interviewer.cli.bank import find
from interviewer.cli.interview import GraderOption, LanguageOption, make_grader
from interviewer.cli.room import OWNER, SHORT
from interviewer.cli.stored import InterviewId
from interviewer.errors import InterviewerError, InvalidInput
from interviewer.grading import Exchange, Task
from interviewer.locales import words
from interviewer.schema import Grade, GraderName, Interview, Language, Plan, Question, Turn


def grade(
    question_id: str,
    answer_file: Annotated[str, typer.Option("--answer-file", help="A file, or - for standard input.")],
    language: LanguageOption = "en",
    grader: GraderOption = "builtin",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Grade one answer to one question."""
    settings = environment.read()
    bank = load_bank(settings)
    question = find(bank, question_id)
    answer = read_answer(answer_file)

    async def graded() -> Interview:
        async with assemble(settings, bank) as parts:
            text = parts.session.clean(answer)
            exchange = Exchange(asked=question.asked(language), answer=text)
            task = Task(question=question, language=language, thread=(exchange,))
            with show.working(show.screen(stderr=True), words(language), question) as report:
                given = await make_grader(parts, grader).grade(task, report)
            return _of_one(question, text, given, language, grader)

    interview = asyncio.run(graded())
    if as_json:
        [turn] = interview.turns
        print(turn.grade.model_dump_json(indent=2) if turn.grade else "")
    else:
        show.result(show.screen(), reports.result_of(interview, question), language)


def _of_one(question: Question, answer: str, given: Grade, language: Language, grader: GraderName) -> Interview:
    """An interview of one answer, which is not stored: it is told as any other."""
    now = datetime.now(UTC)
    turn = Turn(
        question_id=question.id, asked=question.asked(language), asked_at=now, outcome="answered", answer=answer
    ).model_copy(update={"grade": given})
    plan = Plan(language=language, questions=1, grader=grader)
    return Interview(
        id="", owner=OWNER, plan=plan, created_at=now, questions=(question,), turns=(turn,), finished_at=now
    )


def report(
    interview_id: InterviewId = stored.LAST,
    format_: Annotated[Literal["md", "json", "html"], typer.Option("--format", help="md, json or html.")] = "md",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file, as UTF-8.")] = None,
) -> None:
    """The report of an interview. On a terminal Markdown is laid out; through a pipe it is itself."""

    async def rendered() -> str:
        async with assemble(environment.read()) as parts:
            interview, _ = await parts.store.load(await stored.find(parts.store, interview_id))
            return reports.render(reports.summarise(interview, parts.bank.topics), format_, here())

    text = asyncio.run(rendered())
    if output is None:
        if format_ == "md" and sys.stdout.isatty():
            show.screen().print(show.markdown(text))
        else:
            print(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as problem:
        raise InvalidInput("unwritable_file", path=output, problem=problem.strerror or problem) from None


def history(limit: Annotated[int, typer.Option("--limit", "-n", min=1)] = 20) -> None:
    """The interviews held in this terminal, the latest first. Any other verb takes the beginning of an id, or last."""

    async def listed() -> None:
        settings = environment.read()
        async with assemble(settings) as parts:
            lines = await parts.store.of_owner(OWNER, limit=limit)
            rows = [await _row(parts, line.id, settings.language) for line in lines]
        w = words(settings.language)
        table = Table(box=None, pad_edge=False)
        for key in ("id", "when", "progress", "language", "topics"):
            table.add_column(w(f"terminal.history.{key}"), no_wrap=True, overflow="ellipsis")
        table.add_column(w("report.score"), justify="right")
        for row, line in zip(rows, lines, strict=True):
            state = "" if line.finished_at else f" {w('history.unfinished')}"
            when = f"{line.created_at.astimezone():%Y-%m-%d %H:%M}"
            progress = f"{line.asked}/{line.planned}{state}"
            table.add_row(
                line.id[:SHORT], when, progress, w(f"languages.{line.language}"), row, reports.percent(line.score)
            )
        show.screen().print(table if lines else w("history.empty_title"))

    asyncio.run(listed())


async def _row(parts: Parts, interview_id: str, language: str) -> str:
    """The topics that were asked, or – for an interview that can't be read any more."""
    try:
        interview, _ = await parts.store.load(interview_id)
    except InterviewerError:
        return "–"
    report = reports.summarise(interview, parts.bank.topics)
    return ", ".join(topic.title for topic in report.topics)


def here() -> tzinfo:
    """The zone of whoever sits at this machine."""
    return datetime.now().astimezone().tzinfo or UTC


def read_answer(name: str) -> str:
    """Raises InvalidInput for a file that isn't there or isn't text."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8")
    except OSError as problem:
        raise InvalidInput("unreadable_file", path=name, problem=problem.strerror or problem) from None
    except UnicodeDecodeError:
        raise InvalidInput("not_text", path=name) from None
