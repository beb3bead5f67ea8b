"""interviewer practice, grade, report, history."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TextIO

import typer
from rich.console import Console

from interviewer import report as reports
from interviewer import review
from interviewer import settings as environment
from interviewer.assembly import Parts, assemble, load_bank
from interviewer.cli.bank import find
from interviewer.errors import InvalidInput, InvalidSetting
from interviewer.grading import Exchange, Grader, SecondReader, Task
from interviewer.grading.strict import strictly
from interviewer.locales import Words, words
from interviewer.schema import Difficulty, Grade, GraderName, Interview, Language, Mode, Plan, Question, Turn
from interviewer.typed import intent

OWNER = "terminal"
"Whoever sits at this machine."
FENCE = '"""'

GraderOption = Annotated[GraderName, typer.Option("--grader", help="builtin, or llm: your own endpoint.")]
LanguageOption = Annotated[Language, typer.Option("--language", "-l", help="en or zh.")]


def practice(
    language: LanguageOption = "en",
    mode: Annotated[
        Mode, typer.Option(help="practice: feedback after each answer; interview: at the end.")
    ] = "practice",
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; may be repeated.")] = None,
    difficulty: Annotated[Difficulty | None, typer.Option(help="Fixed difficulty; adapts by default.")] = None,
    questions: Annotated[int, typer.Option("--questions", "-n", min=1, max=50)] = 5,
    grader: GraderOption = "builtin",
    strict: Annotated[int, typer.Option(help="Independent gradings of each answer: 1, 3, 5 or 7.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed chooses the same questions.")] = 0,
    resume: Annotated[str | None, typer.Option(help="Id of an unfinished interview.")] = None,
) -> None:
    """Hold an interview in the terminal. An empty line ends an answer; /help lists the commands."""
    settings = environment.read()
    bank = load_bank(settings)
    unknown = [t for t in topic or () if t not in bank.topics]
    if unknown:
        raise InvalidInput("no_such_topic", topic=unknown[0], topics=", ".join(bank.topics))
    if strict not in (1, 3, 5, 7):
        raise InvalidInput("not_odd", given=strict)
    plan = Plan.model_validate(
        {
            "language": language,
            "mode": mode,
            "topics": topic or (),
            "difficulty": difficulty,
            "questions": questions,
            "grader": grader,
            "gradings": strict,
            "seed": seed,
        }
    )

    async def hold() -> None:
        async with assemble(settings, bank) as parts:
            interview = await (parts.session.load(resume, OWNER) if resume else parts.session.start(OWNER, plan))
            chosen = make_grader(parts, interview.plan.grader)
            await _Terminal(parts, chosen, sys.stdin).hold(interview)

    asyncio.run(hold())


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

    async def graded() -> Grade:
        async with assemble(settings, bank) as parts:
            text = parts.session.clean(answer)
            exchange = Exchange(asked=question.text.in_(language), answer=text)
            task = Task(question=question, language=language, thread=(exchange,))
            return await make_grader(parts, grader).grade(task)

    result = asyncio.run(graded())
    if as_json:
        print(result.model_dump_json(indent=2))
    else:
        _print_grade(Console(highlight=False), question, result, words(language))


def report(
    interview_id: str,
    format_: Annotated[Literal["md", "json", "html"], typer.Option("--format", help="md, json or html.")] = "md",
) -> None:
    """The report of an interview."""

    async def rendered() -> str:
        async with assemble(environment.read()) as parts:
            interview, _ = await parts.store.load(interview_id)
            return reports.render(reports.summarise(interview, parts.bank.topics), format_)

    print(asyncio.run(rendered()))


def history(limit: Annotated[int, typer.Option("--limit", "-n")] = 20) -> None:
    """The interviews held in this terminal, the latest first."""

    async def listed() -> None:
        async with assemble(environment.read()) as parts:
            for line in await parts.store.of_owner(OWNER, limit=limit):
                state = "✓" if line.finished_at else "…"
                score = reports.percent(line.score)
                print(f"{line.id}  {line.created_at:%Y-%m-%d %H:%M}  {state} {line.asked}/{line.planned}  {score}")

    asyncio.run(listed())


def make_grader(parts: Parts, name: GraderName) -> Grader:
    """Raises InvalidSetting where a model is wanted and none is set up."""
    if name == "builtin":
        return parts.builtin()
    endpoint = parts.own_endpoint()
    if endpoint is None:
        raise InvalidSetting("no_model")
    return parts.llm(endpoint)


def read_answer(name: str) -> str:
    """Raises InvalidInput for a file that isn't there or isn't text."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8")
    except OSError as problem:
        raise InvalidInput("unreadable_file", path=name, problem=problem.strerror or problem) from None
    except UnicodeDecodeError:
        raise InvalidInput("not_text", path=name) from None


def _print_grade(console: Console, question: Question, grade: Grade, w: Words) -> None:
    language: Language = "zh" if w.language == "zh" else "en"
    for criterion in question.criteria:
        judgment = grade.judgment(criterion.id)
        verdict = judgment.verdict if judgment else "none"
        mark = w(f"marks.{verdict}{'_mistake' if criterion.is_mistake else ''}")
        console.print(f"{mark}  {criterion.points:+d}  {criterion.statement.in_(language)}", markup=False)
        if judgment and judgment.quote:
            console.print(f"      “{judgment.quote}”", style="dim", markup=False)
        for note in judgment.notes if judgment else ():
            console.print(f"      {w(f'notes.{note}')}", style="dim", markup=False)
    for warning in grade.warnings:
        console.print(w(f"warnings.{warning}"), style="yellow", markup=False)
    if grade.feedback:
        console.print(grade.feedback, markup=False)
    console.print(f"{w('report.score')}: {reports.percent(grade.score)}", style="bold", markup=False)


class _Terminal:
    """One interview between a stream of lines and a screen."""

    def __init__(self, parts: Parts, grader: Grader, lines: TextIO) -> None:
        self.parts = parts
        self.plain = grader
        self.lines = lines
        self.console = Console(highlight=False)

    async def hold(self, interview: Interview) -> None:
        self.words = words(interview.plan.language)
        self.grader = strictly(self.plain, interview.plan.gradings)
        self.say("terminal.welcome", id=interview.id)
        shown = -1
        while interview.finished_at is None and interview.turn is not None:
            at, turn = len(interview.turns) - 1, interview.turn
            if turn.outcome == "answered":  # a process died between answer and grade
                interview = await self.parts.session.grade(interview.id, OWNER, at, self.grader)
                continue
            if at != shown:
                self._ask(interview, turn)
                shown = at
            message = next(self._messages(), None)
            if message is None:
                interview = await self.parts.session.finish(interview.id, OWNER)
            else:
                interview = await self._act(interview, at, message)
        self._close(await self._second_looks(interview))

    async def _second_looks(self, interview: Interview) -> Interview:
        if isinstance(self.plain, SecondReader):
            for question_id in review.over(interview):
                interview = await review.second_look(self.parts.session, interview.id, OWNER, question_id, self.plain)
        return interview

    async def _act(self, interview: Interview, at: int, message: str) -> Interview:
        session = self.parts.session
        command, _, rest = message.partition(" ")
        wanted = command.removeprefix("/") if command.startswith("/") else intent(message)
        try:
            if wanted == "hint":
                interview, hint = await session.hint(interview.id, OWNER, at)
                self.say("terminal.hint", hint=hint)
            elif wanted == "clarify":
                clarifier = self.plain if interview.plan.grader == "llm" else None
                interview, reply = await session.clarify(interview.id, OWNER, at, rest or message, clarifier)  # type: ignore[arg-type]
                self.console.print(reply, markup=False)
            elif wanted in ("idk", "dont_know"):
                interview = await session.dont_know(interview.id, OWNER, at)
            elif wanted == "skip":
                interview = await session.skip(interview.id, OWNER, at)
            elif wanted == "finish":
                interview = await session.finish(interview.id, OWNER)
            elif command.startswith("/"):
                self.say("terminal.help")
            else:
                interview = await session.answer(interview.id, OWNER, at, message, self.grader)
                self._feedback(interview, at)
        except InvalidInput as error:
            self.console.print(error.say(self.words.language), style="yellow", markup=False)
        return interview

    def _messages(self) -> Iterator[str]:
        """As typed: a command is a line; an answer ends with an empty line, or stands between two fences."""
        kept: list[str] = []
        fenced = False
        for line in self.lines:
            text = line.rstrip("\n")
            if text.strip() == FENCE:
                if fenced:
                    yield "\n".join(kept)
                    return
                fenced = True
            elif not fenced and not kept and text.startswith("/"):
                yield text.strip()
                return
            elif fenced or text.strip():
                kept.append(text)
            elif kept:
                break
        if kept:
            yield "\n".join(kept)

    def _ask(self, interview: Interview, turn: Turn) -> None:
        number = len(interview.questions)
        if turn.criterion_id is None:
            self.say("terminal.question", number=number, of=interview.plan.questions)
        else:
            self.say("terminal.follow_up")
        self.console.print(turn.asked, style="bold", markup=False)

    def _feedback(self, interview: Interview, at: int) -> None:
        turn = interview.turns[at]
        if turn.error:
            self.console.print(self.words.error(turn.error.key, **turn.error.values), style="yellow", markup=False)
        if interview.plan.mode != "practice" or turn.grade is None:
            return
        over = interview.turns[-1].question_id != turn.question_id or interview.finished_at is not None
        if over:
            _print_grade(self.console, interview.question(turn.question_id), turn.grade, self.words)
        else:
            self.console.print(turn.grade.feedback, markup=False)

    def _close(self, interview: Interview) -> None:
        report = reports.summarise(interview, self.parts.bank.topics)
        self.say("terminal.finished", score=reports.percent(report.score), id=interview.id)

    def say(self, key: str, **values: object) -> None:
        self.console.print(self.words(key, **values), markup=False)
