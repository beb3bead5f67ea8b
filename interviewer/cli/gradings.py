"""Many gradings from a terminal: what they will cost, consent, a progress bar, and going on after an interruption."""

from __future__ import annotations

import asyncio
import ipaddress
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from interviewer.assembly import Parts
from interviewer.errors import InvalidInput
from interviewer.grading import Grader
from interviewer.locales import words
from interviewer.measure import keeping, show
from interviewer.measure.calibration import Graded, Todo, Who, bank_hash
from interviewer.measure.estimate import Expected, expected
from interviewer.measure.running import Journal, pending, run
from interviewer.providers import Endpoint

ABROAD = 4
"Gradings at a time by a model elsewhere; on this machine one at a time is fastest."


@dataclass(frozen=True)
class How:
    yes: bool
    "Don't ask before calling a model."
    jobs: int | None
    fresh: bool
    "Forget what an earlier run has graded."


async def grade_all(
    parts: Parts, grader: Grader, who: Who, todos: Sequence[Todo], how: How, plan: dict[str, int] | None = None
) -> dict[str, Graded]:
    """The outcome of every grading, by key; what an earlier run has graded is taken from its journal.

    Raises:
        InvalidInput: a model would be called, and nobody can be asked.
        GradingFailed: nothing can be graded at all.
    """
    journal = Journal(keeping.journal_path(parts.settings, who, bank_hash(parts.bank, who)))
    done = {} if how.fresh else journal.read()
    left = pending(todos, done)
    w = words(parts.settings.language)
    if plan is not None:
        say(w("calibrate.plan", gradings=len(todos), done=len(todos) - len(left), **plan))
    endpoint = parts.own_endpoint() if who.grader == "llm" else None
    if endpoint and left:
        agree(expected(left, endpoint, parts.settings), endpoint, parts.settings.language, yes=how.yes)
    if how.fresh:
        journal.clear()
    with bar(len(left), w("calibrate.grading")) as advance:
        try:
            new = await run(grader, left, journal, jobs=how.jobs or _jobs(endpoint), advance=lambda _: advance())
        except asyncio.CancelledError:
            here = len(journal.read().keys() & {t.key for t in todos})
            say(w("calibrate.kept", done=here, all=len(todos)))
            raise
    failed = [g.error for g in new.values() if g.error]
    if failed:
        say(w("calibrate.failed_some", count=len(failed), why=failed[-1]))
    return done | new


def agree(cost: Expected, endpoint: Endpoint, language: str, *, yes: bool) -> None:
    """Says what calls will cost, and asks. Raises InvalidInput where nobody is there to agree."""
    w = words(language)
    into, out = f"{'' if cost.exact else '≈'}{cost.input_tokens:,}", f"≈{cost.output_tokens:,}"
    say(w("calibrate.expected", calls=cost.calls, input=into, output=out, cost=show.dollars(cost.cost, w)))
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("needs_yes", calls=cost.calls, model=endpoint.model)
    typer.confirm(w("calibrate.go_on"), abort=True, err=True)


def _jobs(endpoint: Endpoint | None) -> int:
    if endpoint is None:
        return 1
    host = endpoint.host.rpartition(":")[0].strip("[]") or endpoint.host
    try:
        return 1 if ipaddress.ip_address(host).is_private else ABROAD
    except ValueError:
        return 1 if host == "localhost" else ABROAD


@contextmanager
def bar(total: int, name: str) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=total)
        yield lambda: progress.advance(task)


def say(line: str) -> None:
    print(line, file=sys.stderr)
