"""One interview at a terminal or through a pipe: what is asked, and what is done with a message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.text import Text

from interviewer import report as reports
from interviewer import review
from interviewer.assembly import Parts
from interviewer.cli import show
from interviewer.cli.looking_back import LookingBack
from interviewer.cli.reading import COMMANDS, Leave, Message, Reader
from interviewer.errors import Conflict, InvalidInput
from interviewer.grading import Grader, SecondReader
from interviewer.grading.strict import strictly
from interviewer.locales import words
from interviewer.schema import Interview, Turn
from interviewer.typed import intent

if TYPE_CHECKING:
    from interviewer.grading.llm import LlmGrader

OWNER = "terminal"
"Whoever sits at this machine."
YES = ("y", "yes", "是")
SHORT = 6
"Characters of an id that are shown: any beginning that only one interview has will do."
DRAFT = "terminal draft"

Verb = Callable[[Interview, int, str], Awaitable[Interview]]


class Room:
    def __init__(self, parts: Parts, grader: Grader, reader: Reader, console: Console, interview: Interview) -> None:
        self.parts, self.session = parts, parts.session
        self.plain = grader
        self.model = cast("LlmGrader", grader) if interview.plan.grader == "llm" else None
        self.grader = strictly(grader, interview.plan.gradings)
        self.reader, self.console = reader, console
        self.language = interview.plan.language
        self.w = words(self.language)
        self.id = interview.id
        self.draft = ""
        self.looking_back = LookingBack(self)
        self.verbs: dict[str, Verb] = {
            "hint": self._hint,
            "clarify": self._clarify,
            "idk": lambda interview, at, _: self.session.dont_know(self.id, OWNER, at),
            "skip": lambda interview, at, _: self.session.skip(self.id, OWNER, at),
            "finish": lambda interview, at, _: self.session.finish(self.id, OWNER),
        }

    async def hold(self, interview: Interview) -> Interview:
        """To its end, or until the candidate goes away: then it says how to resume, and raises Leave."""
        self.say("welcome" if self.reader.interactive else "welcome_piped", id=self.id[:SHORT])
        try:
            interview = await self._go_through(await self._recalled(interview))
        except (Leave, asyncio.CancelledError) as left:
            draft = left.draft if isinstance(left, Leave) else self.draft
            await self.parts.store.remember(DRAFT, self.id, draft)
            self.say("saved", id=self.id[:SHORT])
            raise
        await self._close(interview)
        return interview

    async def _go_through(self, interview: Interview) -> Interview:
        shown = -1
        while interview.finished_at is None and interview.turn is not None:
            at, turn = len(interview.turns) - 1, interview.turn
            if interview.looks_back:
                interview = await self._between(interview, turn)
            elif turn.outcome == "answered":  # a process died between answer and grade
                interview = await self.graded(interview, at)
            else:
                if at != shown:
                    self._ask(interview, turn)
                    self.console.print()
                    shown = at
                interview = await self._listen(interview, at)
        return interview

    async def _between(self, interview: Interview, turn: Turn) -> Interview:
        if interview.plan.mode == "practice" and turn.outcome != "skipped":
            return await self.looking_back.at(interview, interview.question(turn.question_id))
        return await self.session.next(self.id, OWNER, len(interview.turns) - 1)

    async def _listen(self, interview: Interview, at: int) -> Interview:
        draft, self.draft = self.draft, ""
        message = await self.reader.message(draft)
        if message is None:
            end = not self.reader.interactive or await self.wants_to_end()
            return await self.session.finish(self.id, OWNER) if end else interview
        self.draft = message.draft
        try:
            return await self._act(interview, at, message)
        except (InvalidInput, Conflict) as error:
            self.draft = self.draft or ("" if message.command else message.text)
            self.warn(error.say(self.language))
            return await self.session.load(self.id, OWNER)

    async def _act(self, interview: Interview, at: int, message: Message) -> Interview:
        meant = None if message.command else intent(message.text)
        command = {"dont_know": "idk"}.get(meant, meant) if meant else message.command
        if command in self.verbs:
            return await self.verbs[command](interview, at, message.text if message.command else "")
        if command:
            self.explain(command, "not_while_open")
            return interview
        interview = await self.session.hand_in(self.id, OWNER, at, message.text)
        return await self.graded(interview, at)

    async def look_back(self, interview: Interview) -> Interview:
        """Through all questions of a finished interview."""
        for question in interview.questions:
            interview = await self.looking_back.at_the_end(interview, question)
        return interview

    async def graded(self, interview: Interview, at: int) -> Interview:
        question = interview.question(interview.turns[at].question_id)
        with show.working(self.console, self.w, question) as report:
            interview = await self.session.grade(self.id, OWNER, at, self.grader, report)
        turn = interview.turns[at]
        if turn.error:
            self.warn(self.w.error(turn.error.key, **turn.error.values))
        elif turn.grade and interview.plan.mode == "practice" and not interview.looks_back:
            self.console.print(show.inline(turn.grade.feedback, "dim"))
        return interview

    async def _hint(self, interview: Interview, at: int, _: str) -> Interview:
        with show.working(self.console, self.w):
            interview, hint = await self.session.hint(self.id, OWNER, at, self.model)
        self.console.print(show.inline(self.w("terminal.hint", hint=hint)))
        return interview

    async def _clarify(self, interview: Interview, at: int, asked: str) -> Interview:
        with show.working(self.console, self.w):
            interview, reply = await self.session.clarify(self.id, OWNER, at, asked, self.model)
        self.console.print(show.markdown(reply))
        return interview

    def explain(self, command: str, where: str) -> None:
        """The help, or why a command does nothing here."""
        if command == "help":
            self.say("help")
        elif command in COMMANDS:
            self.warn(self.w(f"terminal.{where}", name=command))
        else:
            names = " ".join(f"/{name}" for name in COMMANDS)
            self.warn(self.w("terminal.unknown", name=command, names=names))

    async def wants_to_end(self) -> bool:
        reply = await self.reader.line(self.w("terminal.end_question"))
        if reply is None:  # the terminal is gone, or Ctrl-D once more: nothing ends without a yes
            raise Leave
        return reply.casefold() in YES

    def _ask(self, interview: Interview, turn: Turn) -> None:
        first = interview.thread(turn.question_id)[0] is turn
        if first:
            self.console.print()
            self.console.rule(Text(self._heading(interview), style="bold"), align="left", style="dim")
            if turn.lead:
                self.console.print(Text(turn.lead))
            self.console.print(show.markdown(turn.asked))
            return
        self.console.print()
        self.console.print(Text(self.w("report.follow_up" if turn.criterion_id else "report.once_more"), style="bold"))
        apart = "\n\n" if turn.criterion_id is None else "" if self.language == "zh" else " "
        self.console.print(show.markdown(f"{turn.lead}{apart}{turn.asked}" if turn.lead else turn.asked))

    def _heading(self, interview: Interview) -> str:
        return self.w("room.question_of", number=len(interview.questions), of=interview.plan.questions)

    async def _close(self, interview: Interview) -> None:
        interview = await self._second_looks(interview)
        if interview.plan.mode == "interview":
            interview = await self.look_back(interview)
        report = reports.summarise(interview, self.parts.bank.topics)
        score = reports.percent(report.score)
        if interview.plan.grader == "builtin" and report.score is not None:
            score += self.w("report.note_separator") + show.checked(report.unchecked, self.w)
        self.say("finished", score=score, id=self.id[:SHORT])

    async def _second_looks(self, interview: Interview) -> Interview:
        if isinstance(self.plain, SecondReader):
            for question_id in review.over(interview):
                with show.working(self.console, self.w):
                    interview = await review.second_look(self.session, self.id, OWNER, question_id, self.plain)
        return interview

    async def _recalled(self, interview: Interview) -> Interview:
        """Takes up what was typed and not sent when the candidate left."""
        self.draft = await self.parts.store.recall(DRAFT, self.id) or ""
        if self.draft:
            await self.parts.store.remember(DRAFT, self.id, "")
        return interview

    def say(self, key: str, **values: object) -> None:
        self.console.print(Text(self.w(f"terminal.{key}", **values)))

    def warn(self, sentence: str) -> None:
        self.console.print(Text(sentence, style="yellow"))
