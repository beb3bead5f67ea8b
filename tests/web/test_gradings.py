from __future__ import annotations

import asyncio
import contextlib

import pytest

from interviewer.grading import Progress, Report
from interviewer.web.gradings import Grading, Gradings


async def test_the_first_report_goes_out_at_once_and_the_latest_wins_afterwards() -> None:
    go_on = asyncio.Event()

    async def work(report: Report) -> None:
        for number in range(50):
            report(Progress(stage="judging", text=str(number)))
        await go_on.wait()

    grading = Grading(work)
    steps = grading.steps()
    assert (await anext(steps)).text == "49"
    go_on.set()
    assert [s async for s in steps] == []
    assert grading.failure is None


async def test_a_tab_that_leaves_does_not_end_the_work_and_another_may_watch() -> None:
    go_on = asyncio.Event()
    done: list[str] = []

    async def work(report: Report) -> None:
        report(Progress(stage="thinking"))
        await go_on.wait()
        done.append("done")

    gradings = Gradings()
    grading = gradings.start("i", 0, work)
    async with contextlib.aclosing(grading.steps()) as first:
        await anext(first)
    again = gradings.start("i", 0, work)
    assert again is grading
    async with contextlib.aclosing(again.steps()) as second:
        assert (await anext(second)).stage == "thinking"
        go_on.set()
        assert [s async for s in second] == []
    assert done == ["done"]
    assert gradings.under_way("i", 0) is None


async def test_stopping_waits_until_the_work_has_cleaned_up() -> None:
    cleaned: list[str] = []

    async def work(report: Report) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("closed")

    gradings = Gradings()
    grading = gradings.start("i", 0, work)
    await asyncio.sleep(0)
    await gradings.stop("i", 0)
    assert cleaned == ["closed"]
    assert grading.failure is None
    assert [s async for s in grading.steps()] == []


async def test_what_the_work_raised_can_be_told() -> None:
    async def work(report: Report) -> None:
        raise ValueError("no")

    grading = Gradings().start("i", 0, work)
    assert [s async for s in grading.steps()] == []
    assert isinstance(grading.failure, ValueError)
    with pytest.raises(ValueError, match="no"):
        grading.task.result()
