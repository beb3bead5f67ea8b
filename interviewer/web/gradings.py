"""Gradings under way. They belong to the server, not to a tab: one that is closed or reloaded loses nothing that was
paid for, and any tab may watch or stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from interviewer.grading import Progress, Report

PAUSE = 0.2
"Seconds between two reports to a tab: each costs the server milliseconds, and nobody reads faster."
Work = Callable[[Report], Coroutine[Any, Any, Any]]
Key = tuple[str, int | str]
"Interview; and turn, or question whose judgments are looked at again."


class Grading:
    """Has to be made where an event loop runs: the work starts at once."""

    def __init__(self, work: Work) -> None:
        self._step: Progress | None = None
        self._changed = asyncio.Event()
        self.task = asyncio.create_task(work(self._report))
        self.task.add_done_callback(lambda _: self._wake())

    async def steps(self) -> AsyncGenerator[Progress, None]:
        """What the work reports until it is over: the first report at once, then at most five a second."""
        seen: Progress | None = None
        while not self.task.done():
            changed = self._changed
            if self._step is None or self._step is seen:
                await changed.wait()
                continue
            seen = self._step
            yield seen
            await asyncio.wait({self.task}, timeout=PAUSE)

    @property
    def failure(self) -> BaseException | None:
        """What the work raised, once it is over; stopping it is no failure."""
        return None if self.task.cancelled() else self.task.exception()

    def _report(self, step: Progress) -> None:
        self._step = step
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class Gradings:
    def __init__(self) -> None:
        self._running: dict[Key, Grading] = {}

    def under_way(self, interview_id: str, at: int | str) -> Grading | None:
        return self._running.get((interview_id, at))

    def start(self, interview_id: str, at: int | str, work: Work) -> Grading:
        """The grading of this turn: the one that is under way, if there is one."""
        key: Key = interview_id, at
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = Grading(work)
            running.task.add_done_callback(lambda _: self._running.pop(key, None))
        return running

    async def stop(self, interview_id: str, at: int | str) -> None:
        """Returns when the work has cleaned up: its call to the model is closed then."""
        await self._end([g for g in [self.under_way(interview_id, at)] if g])

    async def stop_all(self) -> None:
        await self._end(list(self._running.values()))

    async def _end(self, gradings: list[Grading]) -> None:
        for grading in gradings:
            grading.task.cancel()
        if gradings:
            await asyncio.wait([grading.task for grading in gradings])
