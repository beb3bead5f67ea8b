"""interviewer practice, resume, look-back."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from interviewer import settings as environment
from interviewer.assembly import Parts, assemble, load_bank
from interviewer.cli import show, stored
from interviewer.cli.bank import TopicOption, places
from interviewer.cli.reading import Piped, Reader
from interviewer.cli.room import OWNER, SHORT, Room
from interviewer.cli.stored import InterviewId
from interviewer.errors import InvalidInput, InvalidSetting
from interviewer.grading import Grader
from interviewer.locales import Words, words
from interviewer.schema import Depth, Difficulty, GraderName, Interview, Language, Mode, Plan

GraderOption = Annotated[GraderName, typer.Option("--grader", help="builtin, or llm: your own endpoint.")]
LanguageOption = Annotated[Language, typer.Option("--language", "-l", help="en or zh.")]


def practice(
    language: LanguageOption = "en",
    mode: Annotated[
        Mode, typer.Option(help="practice: look back after each question; interview: at the end.")
    ] = "practice",
    topic: TopicOption = None,
    difficulty: Annotated[Difficulty | None, typer.Option(help="Fixed difficulty; adapts by default.")] = None,
    depth: Annotated[Depth, typer.Option(help="How far a question is pressed: 1, 2 or 4 follow-ups.")] = "normal",
    questions: Annotated[int, typer.Option("--questions", "-n", min=1, max=50)] = 5,
    grader: GraderOption = "builtin",
    strict: Annotated[int, typer.Option(help="Independent gradings of each answer: 1, 3, 5 or 7.")] = 1,
    seed: Annotated[
        int | None,
        typer.Option(
            help="The same seed asks the same questions in the same words, whatever was asked and answered before; "
            "the difficulty does not adapt then."
        ),
    ] = None,
) -> None:
    """Hold an interview in the terminal. Enter sends an answer; /help lists the commands.

    Through a pipe, an empty line or a command ends an answer; text between two lines of three quotation marks is one
    answer; what the built-in check suggests is taken as it is.
    """
    settings = environment.read()
    bank = load_bank(settings)
    about = places(bank, topic or ())
    if strict not in (1, 3, 5, 7):
        raise InvalidInput("not_odd", given=strict)
    chosen = {"difficulty": difficulty, "depth": depth, "questions": questions, "grader": grader, "gradings": strict}
    chance = {"seed": secrets.randbelow(2**31) if seed is None else seed, "repeatable": seed is not None}
    plan = Plan.model_validate({"language": language, "mode": mode} | about | chosen | chance)

    async def hold() -> None:
        async with assemble(settings, bank) as parts:
            grading = make_grader(parts, grader)
            await _held(parts, grading, await parts.session.start(OWNER, plan))

    asyncio.run(hold())


def resume(interview_id: InterviewId = stored.LAST) -> None:
    """Go on with an interview that is not finished."""

    async def hold() -> None:
        async with assemble(environment.read()) as parts:
            interview = await parts.session.load(await stored.find(parts.store, interview_id, unfinished=True), OWNER)
            if interview.finished_at is not None:
                raise InvalidInput("interview_finished", id=interview.id[:SHORT])
            await _held(parts, make_grader(parts, interview.plan.grader), interview)

    asyncio.run(hold())


def look_back(interview_id: InterviewId = stored.LAST) -> None:
    """Go through the questions of a finished interview: confirm, correct and dispute their points."""

    async def looked() -> None:
        async with assemble(environment.read()) as parts:
            interview = await parts.session.load(await stored.find(parts.store, interview_id), OWNER)
            if interview.finished_at is None:
                raise InvalidInput("report_not_ready")
            grading = make_grader(parts, interview.plan.grader)
            with _reader(words(interview.plan.language)) as reader:
                room = Room(parts, grading, reader, show.screen(), interview)
                await room.look_back(interview)

    asyncio.run(looked())


async def _held(parts: Parts, grader: Grader, interview: Interview) -> None:
    with _reader(words(interview.plan.language)) as reader:
        await Room(parts, grader, reader, show.screen(), interview).hold(interview)


@contextmanager
def _reader(w: Words) -> Iterator[Reader]:
    """A prompt with line editing where somebody sits at a terminal, lines otherwise."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Piped(sys.stdin)
        return
    from interviewer.cli.prompting import Prompted

    prompted = Prompted(w)
    with prompted.hushed():
        yield prompted


def make_grader(parts: Parts, name: GraderName) -> Grader:
    """Raises InvalidSetting where a model is wanted and none is set up."""
    if name == "builtin":
        return parts.builtin()
    endpoint = parts.own_endpoint()
    if endpoint is None:
        raise InvalidSetting("no_model")
    return parts.llm(endpoint)
