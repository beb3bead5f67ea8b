"""Second looks run in the background, once, and never while a dispute of the same question is weighed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interviewer import settings as environment
from interviewer.grading import Report, Task
from interviewer.schema import Criterion, Judgment, Usage
from interviewer.session import Session
from interviewer.store import Store
from interviewer.web.gradings import Gradings
from interviewer.web.second_looks import SecondLooks
from tests.examples import Clock, ScriptedGrader
from tests.test_review import BANK, ME, Q, Reader, held


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    store = await Store.open(environment.read({"INTERVIEWER_DATA": str(tmp_path)}))
    yield Session(store, BANK, clock=Clock())
    await store.close()


async def finished(gradings: Gradings, interview_id: str) -> None:
    while running := gradings.under_way(interview_id, Q.id):
        await asyncio.wait([running.task])


async def test_a_doubtful_judgment_is_looked_at_again_while_nobody_waits(session: Session) -> None:
    gradings, reader = Gradings(), Reader()
    interview = await held(session, reader)
    SecondLooks(gradings).start(session, interview, reader)
    await finished(gradings, interview.id)
    grade = (await session.load(interview.id, ME)).turns[0].grade
    assert grade is not None
    assert grade.score == 1.0


async def test_a_model_that_fails_is_not_asked_again_with_every_click(session: Session) -> None:
    gradings, reader = Gradings(), Reader("cannot_assess")
    interview = await held(session, reader)
    looks = SecondLooks(gradings)
    for _ in range(3):
        looks.start(session, interview, reader)
        await finished(gradings, interview.id)
    assert len(reader.arguments) == 1
    assert await session.load(interview.id, ME) == interview


async def test_a_grader_that_cannot_look_again_is_left_alone(session: Session) -> None:
    gradings = Gradings()
    interview = await held(session, Reader())
    SecondLooks(gradings).start(session, interview, ScriptedGrader())
    assert gradings.under_way(interview.id, Q.id) is None


async def test_a_dispute_under_way_comes_first(session: Session) -> None:
    gradings, reader, go_on = Gradings(), Reader(), asyncio.Event()
    interview = await held(session, reader)

    async def dispute(_: Report) -> None:
        await go_on.wait()

    gradings.start(interview.id, Q.id, dispute)
    looks = SecondLooks(gradings)
    looks.start(session, interview, reader)
    go_on.set()
    await finished(gradings, interview.id)
    assert reader.arguments == []
    looks.start(session, interview, reader)
    await finished(gradings, interview.id)
    assert reader.arguments == [""]


async def test_an_interview_that_is_deleted_meanwhile_does_no_harm(session: Session) -> None:
    gradings, reader = Gradings(), Reader()
    interview = await held(session, reader)
    await session.store.delete(interview.id, ME)
    SecondLooks(gradings).start(session, interview, reader)
    looking = gradings.under_way(interview.id, Q.id)
    assert looking is not None
    await finished(gradings, interview.id)
    assert looking.failure is None


async def test_the_end_of_the_server_ends_them(session: Session) -> None:
    class Slow(Reader):
        async def judge_again(self, task: Task, criterion: Criterion, argument: str = "") -> tuple[Judgment, Usage]:
            await asyncio.Event().wait()
            raise AssertionError

    gradings, reader = Gradings(), Slow()
    interview = await held(session, reader)
    SecondLooks(gradings).start(session, interview, reader)
    await asyncio.sleep(0)
    await gradings.stop_all()
    assert gradings.under_way(interview.id, Q.id) is None
