"""A question that is over: its points, the check that the candidate makes, disputes, and the reference answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from interviewer import prose, review
from interviewer import report as reports
from interviewer.cli import show
from interviewer.cli.reading import is_command, read
from interviewer.errors import GradingFailed, InvalidInput
from interviewer.grading import SecondReader
from interviewer.report import Line, Result
from interviewer.schema import Interview, Question

if TYPE_CHECKING:
    from interviewer.cli.room import Room

SAID: dict[str, Literal["met", "unmet"]] = {
    **dict.fromkeys(("y", "yes", "是"), "met"),
    **dict.fromkeys(("n", "no", "否"), "unmet"),
}


class LookingBack:
    def __init__(self, room: Room) -> None:
        self.room = room

    async def at(self, interview: Interview, question: Question) -> Interview:
        """In practice: the look back on the question that has just ended, then on to the next."""
        interview = await self._second_look(interview, question)
        interview = await self.told(interview, question)
        while interview.looks_back and self.room.reader.interactive:
            reply = await self.room.reader.line(self._choices(interview, question))
            if reply is None:
                if await self.room.wants_to_end():
                    return await self.room.session.finish(interview.id, interview.owner)
            elif reply in ("", "/next"):
                break
            elif reply == "/finish":
                return await self.room.session.finish(interview.id, interview.owner)
            else:
                interview = await self._act(interview, question, reply)
        if not interview.looks_back:  # graded again, and there is something to pursue
            return interview
        return await self.room.session.next(interview.id, interview.owner, len(interview.turns) - 1)

    async def at_the_end(self, interview: Interview, question: Question) -> Interview:
        """After an interview: the same for any of its questions."""
        interview = await self.told(interview, question)
        while self.room.reader.interactive:
            reply = await self.room.reader.line(self._choices(interview, question))
            if not reply or reply in ("/next", "/finish"):
                break
            interview = await self._act(interview, question, reply)
        return interview

    async def told(self, interview: Interview, question: Question) -> Interview:
        """Shows what the question brought; with the built-in check the candidate then says what is so."""
        console, language = self.room.console, self.room.language
        console.print()
        heading = self.room.w("terminal.look_back", title=prose.plain(question.name(language)))
        console.rule(Text(heading, style="bold"), align="left", style="dim")
        show.result(console, reports.result_of(interview, question), language)
        if self.room.reader.interactive:
            interview = await self._check(interview, question)
        return interview

    async def _act(self, interview: Interview, question: Question, reply: str) -> Interview:
        room = self.room
        command, text = (m := read(reply)).command, m.text
        if command == "reference":
            room.console.print(show.markdown(question.reference_answer.in_(room.language)))
        elif command == "check":
            return await self._check(interview, question, again=True)
        elif command == "dispute":
            return await self._disputed(interview, question, text)
        elif command == "again":
            return await self._graded_again(interview, question)
        elif command:
            room.explain(command, "not_when_over")
        else:
            room.say("question_is_over")
        return interview

    def _choices(self, interview: Interview, question: Question) -> str:
        w, shown = self.room.w, reports.result_of(interview, question)
        more = ["reference"]
        if shown.state == "not_graded":
            more.append("again")
        elif shown.grade:
            more.append("check" if _is_suggested(shown) else "dispute")
        choices = w("report.note_separator").join(w(f"terminal.choices.{name}") for name in ("next", *more))
        return f"\n{choices}\n"

    async def _check(self, interview: Interview, question: Question, again: bool = False) -> Interview:
        """Asks about each suggestion. Enter leaves it as it is, a command leaves the rest."""
        shown = reports.result_of(interview, question)
        if not _is_suggested(shown):
            if again:
                self.room.say("nothing_to_check")
            return interview
        asked = [(n, line) for n, line in enumerate(shown.lines, 1) if _to_check(line, again)]
        if asked:
            self.room.console.print()
            self.room.say("check")
        for number, line in asked:
            reply = await self.room.reader.line(self._question(number, line))
            if reply is None or is_command(reply):
                break
            if (verdict := SAID.get(reply.casefold())) is not None:
                interview = await self.room.session.confirm(
                    interview.id, interview.owner, question.id, line.criterion.id, verdict
                )
                self._corrected(line, verdict)
        if asked:
            self.room.console.print(Text(show.standing(reports.result_of(interview, question), self.room.w), "bold"))
        return interview

    def _question(self, number: int, line: Line) -> str:
        """One line where the screen is wide enough: what is suggested, and what it is about."""
        w = self.room.w
        statement = prose.plain(line.criterion.statement.in_(self.room.language))
        asked = f"{w('confirm.did_you_claim')} {statement}" if line.criterion.is_mistake else statement
        head, tail = f"{number:2}  {show.mark(line, w)}  ", "  y/n"
        room = self.room.console.width - cell_len(head + tail) - 4
        if cell_len(asked) > room > 20:
            asked = set_cell_size(asked, room - 1).rstrip() + "…"
        return head + asked + tail

    def _corrected(self, line: Line, verdict: str) -> None:
        correction = getattr(line.criterion, "correction", None)
        if verdict == "met" and correction:
            w = self.room.w
            self.room.console.print(show.inline(f"    {w('report.right')} {correction.in_(self.room.language)}"))

    async def _disputed(self, interview: Interview, question: Question, text: str) -> Interview:
        """/dispute 3 my words that show it"""
        room, shown = self.room, reports.result_of(interview, question)
        given, _, argument = text.partition(" ")
        number = int(given) - 1 if given.isdecimal() and len(given) < 4 else -1
        try:
            if _is_suggested(shown):
                room.say("check_instead")
                return interview
            if 0 <= number < len(shown.lines):
                interview = await self._appealed(interview, question, shown.lines[number].criterion.id, argument)
            elif 0 <= number - len(shown.lines) < len(show.errors(shown)):
                at = number - len(shown.lines)
                interview = await room.session.dispute_error(interview.id, interview.owner, question.id, at)
            else:
                room.say("dispute_how")
                return interview
        except (InvalidInput, GradingFailed) as error:
            room.warn(error.say(room.language))
            return interview
        show.result(room.console, reports.result_of(interview, question), room.language)
        return interview

    async def _appealed(self, interview: Interview, question: Question, criterion_id: str, argument: str) -> Interview:
        session = self.room.session
        what = interview.id, interview.owner, question.id, criterion_id, argument
        with show.working(self.room.console, self.room.w):
            return await review.appeal(session, *what, self.room.plain, session.clock())

    async def _graded_again(self, interview: Interview, question: Question) -> Interview:
        for at, turn in enumerate(interview.turns):
            if turn.question_id == question.id and turn.outcome == "answered" and turn.grade is None:
                interview = await self.room.graded(interview, at)
        if interview.is_over(question.id):
            show.result(self.room.console, reports.result_of(interview, question), self.room.language)
        return interview

    async def _second_look(self, interview: Interview, question: Question) -> Interview:
        plain, shown = self.room.plain, reports.result_of(interview, question)
        if not isinstance(plain, SecondReader) or not review.waiting(question, shown.grade):
            return interview
        with show.working(self.room.console, self.room.w):
            return await review.second_look(self.room.session, interview.id, interview.owner, question.id, plain)


def _is_suggested(shown: Result) -> bool:
    return shown.grade is not None and shown.grade.provenance.grader == "builtin"


def _to_check(line: Line, again: bool) -> bool:
    return line.judgment is not None and (again or line.judgment.confirmed is None)
