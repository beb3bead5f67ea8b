"""Tries an endpoint with a small question in a prompt as long as that of a grading with follow-ups, and says in plain
words what it can do."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence

from interviewer import prompts
from interviewer.errors import ProviderError
from interviewer.locales import words
from interviewer.providers import ChatModel, Delta, Message, Rung, Shape
from interviewer.providers.capabilities import Capabilities
from interviewer.providers.structured import ask
from interviewer.schema import Record, Usage


class ConnectionReport(Record):
    model: str
    host: str
    problem: ProviderErrorText | None = None
    "What went wrong; None when a record came back."
    rung: Rung | None = None
    "The way of asking that worked."
    calls: int = 0
    "How many calls it took to find that out; later ones take one."
    streams: bool = False
    "The reply came in pieces."
    thinks: bool = False
    reports_usage: bool = False
    seconds_to_first: float | None = None
    "Until the first token, of text or of reasoning."
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.problem is None


class ProviderErrorText(Record):
    """An error as data, so that it can be said in either language."""

    key: str
    values: dict[str, str]


class _Word(Record):
    word: str


class _Watched:
    """A model that notes how its replies come in. Its memory is its own: the check starts without prejudice."""

    def __init__(self, model: ChatModel, clock: Callable[[], float]) -> None:
        self._model, self._clock = model, clock
        self.name, self.host, self.id, self.first_rung = model.name, model.host, model.id, model.first_rung
        self.keeps_limits = model.keeps_limits
        self.capabilities = Capabilities()
        self.first: float | None = None
        self.most_pieces = 0
        self.thinks = False
        self.calls = 0

    async def stream(
        self, messages: Sequence[Message], shape: Shape | None = None
    ) -> AsyncGenerator[Delta | Usage, None]:
        self.calls += 1
        pieces = 0
        async for piece in self._model.stream(messages, shape):
            if isinstance(piece, Delta):
                if piece.waiting is None:
                    self.first = self.first or self._clock()
                self.thinks = self.thinks or piece.thinking
                pieces += bool(piece.text)
            yield piece
        self.most_pieces = max(self.most_pieces, pieces)


async def check(model: ChatModel, clock: Callable[[], float] = time.perf_counter) -> ConnectionReport:
    """Never raises ProviderError: what went wrong is in the report. What was learnt is kept for later calls."""
    watched = _Watched(model, clock)
    rules, question = prompts.render("check"), prompts.render("check_length")
    messages = Message(role="system", content=rules), Message(role="user", content=question)
    began, usage, problem = clock(), Usage(), None
    try:
        _, usage = await ask(watched, messages, _Word)
    except ProviderError as fault:
        problem = ProviderErrorText(key=fault.key, values={k: str(v) for k, v in fault.values.items()})
    rung = watched.capabilities.of(model.id).rung
    if rung:
        model.capabilities.learn(model.id, rung=rung)
    return ConnectionReport(
        model=model.name,
        host=model.host,
        problem=problem,
        rung=rung,
        calls=watched.calls,
        streams=watched.most_pieces > 1,
        thinks=watched.thinks,
        reports_usage=problem is None and not usage.estimated,
        seconds_to_first=None if watched.first is None else watched.first - began,
        seconds=clock() - began,
    )


def describe(report: ConnectionReport, language: str) -> tuple[str, ...]:
    """The report in sentences, what to do first."""
    say = words(language)
    if report.problem is not None:
        return (say.error(report.problem.key, **report.problem.values),)
    lines = [say("check.works", model=report.model, host=report.host), say(f"check.rung_{report.rung}")]
    lines.append(say("check.streams" if report.streams else "check.does_not_stream"))
    if report.thinks:
        lines.append(say("check.thinks"))
    lines.append(say("check.reports_usage" if report.reports_usage else "check.does_not_report_usage"))
    first = report.seconds_to_first if report.seconds_to_first is not None else report.seconds
    lines.append(say("check.timing", first=f"{first:.1f}", all=f"{report.seconds:.1f}"))
    return tuple(lines)
