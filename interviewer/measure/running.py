"""Gradings one after the other or a few at a time, each kept as soon as it is done: stop whenever you like."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from interviewer.errors import GradingFailed
from interviewer.grading import Exchange, Grader, Task
from interviewer.measure.calibration import Graded, Todo
from interviewer.schema import Judgment, Verdict

HOPELESS = 5
"So many failures before anything was graded are the endpoint's: going on would only repeat them."


class Journal:
    """A file of finished gradings, one JSON line each."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Graded]:
        """What was graded, by key. Failed gradings are not among it, so that they are tried again; nor is a line that a
        crash cut in two."""
        found = {}
        for line in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else ():
            try:
                graded = Graded.model_validate_json(line)
            except ValidationError:
                continue
            if graded.error is None:
                found[graded.key] = graded
        return found

    def add(self, graded: Graded) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            torn = file.tell() > 0 and not self._ends_a_line()
            file.write((b"\n" if torn else b"") + graded.model_dump_json().encode() + b"\n")

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)

    def _ends_a_line(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) == b"\n"


def pending(todos: Iterable[Todo], done: Mapping[str, Graded]) -> list[Todo]:
    """What is left, each piece of work once."""
    return list({t.key: t for t in todos if t.key not in done}.values())


async def run(
    grader: Grader,
    todos: Sequence[Todo],
    journal: Journal,
    *,
    jobs: int = 1,
    clock: Callable[[], float] = time.perf_counter,
    advance: Callable[[Graded], None] = lambda _: None,
) -> dict[str, Graded]:
    """The outcomes by key, failed ones included. The grader is called directly: no cache of grades stands between.

    Raises:
        GradingFailed: nothing can be graded at all.
    """
    outcomes: dict[str, Graded] = {}
    waiting = iter(todos)
    given_up: list[GradingFailed] = []

    async def work() -> None:
        for todo in waiting:
            graded, failure = await _grade(grader, todo, clock)
            outcomes[todo.key] = graded
            journal.add(graded)
            advance(graded)
            if failure and len(outcomes) >= HOPELESS and all(g.error for g in outcomes.values()):
                given_up.append(failure)
            if given_up:
                return
            await asyncio.sleep(0)  # a grader that never waits would leave no moment for Ctrl-C

    async with asyncio.TaskGroup() as group:
        for _ in range(jobs):
            group.create_task(work())
    if given_up:
        raise given_up[0]
    return outcomes


async def _grade(grader: Grader, todo: Todo, clock: Callable[[], float]) -> tuple[Graded, GradingFailed | None]:
    asked = Exchange(asked=todo.question.asked(todo.language), answer=todo.text)
    started = clock()
    try:
        grade = await grader.grade(Task(question=todo.question, language=todo.language, thread=(asked,)))
    except GradingFailed as failure:
        return Graded(key=todo.key, seconds=clock() - started, error=str(failure)), failure
    by_id = {j.criterion_id: _verdict(j) for j in grade.judgments}
    ids = [c.id for c in todo.question.criteria]
    graded = Graded(
        key=todo.key,
        met=tuple(i for i in ids if by_id.get(i) == "met"),
        unassessed=tuple(i for i in ids if by_id.get(i, "cannot_assess") == "cannot_assess"),
        score=grade.score,
        usage=grade.usage,
        seconds=clock() - started,
    )
    return graded, None


def _verdict(judgment: Judgment) -> Verdict:
    """A mistake that is suspected counts as judged to have been made."""
    return "met" if "claim_suspected" in judgment.notes else judgment.verdict
