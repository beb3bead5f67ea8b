"""Where interviews are kept. Nothing here is held open across anything but the database itself.

An interview's document names its questions by version; their texts are in a table of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Table, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from interviewer import database, follow_up, migrations
from interviewer.database import asked, grades, interviews, memories, questions
from interviewer.errors import Conflict, InterviewerError, InvalidSetting, NotFound
from interviewer.schema import Attempt, Grade, Interview, Language, Mode, Question, Record
from interviewer.settings import Settings

_JSON = TypeAdapter(Any)


class Summary(Record):
    """One line of a history."""

    id: str
    created_at: datetime
    finished_at: datetime | None
    language: Language
    mode: Mode
    planned: int
    "Questions chosen at the start."
    asked: int
    "Questions asked so far."
    score: float | None
    "0 to 1: the mean of the questions that have one."


class Store:
    """Every verb may raise InterviewerError `database_failed` when the database is gone or full."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(only_reads=True)
        self._questions: dict[str, Question] = {}

    @classmethod
    async def open(cls, settings: Settings) -> Self:
        """The store of these settings, migrated to the newest version and made if there is none.

        Raises:
            InvalidSetting: the database can't be opened.
            InterviewerError: a newer version of the program has migrated it.
        """
        url = database.parse_url(settings.database_url.get_secret_value())
        try:
            database.prepare_file(url)
            await asyncio.to_thread(migrations.upgrade, url)
        except (OSError, SQLAlchemyError) as problem:
            where = url.render_as_string(hide_password=True)
            raise InvalidSetting("database_unusable", url=where, problem=_reason(problem)) from None
        return cls(database.async_engine(url))

    async def close(self) -> None:
        await self._engine.dispose()

    async def create(self, interview: Interview) -> int:
        """Stores a new interview and returns its version, 1.

        Raises:
            Conflict: there is one with this id.
        """
        values = {"id": interview.id, "owner": interview.owner, "created_at": interview.created_at, "version": 1}
        try:
            async with self._writing() as connection:
                await connection.execute(interviews.insert().values(**values, **_columns(interview)))
                await self._note_questions(connection, interview)
                await self._keep_questions(connection, interview)
        except IntegrityError:
            raise Conflict("interview_exists", id=interview.id) from None
        return 1

    async def load(self, interview_id: str) -> tuple[Interview, int]:
        """An interview and the version that `save` wants back.

        Raises:
            NotFound: there is none.
            InterviewerError: it was written by a version of the program whose records this one can't read.
        """
        query = select(interviews.c.document, interviews.c.version).where(interviews.c.id == interview_id)
        async with self._reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                raise NotFound("no_such_interview", id=interview_id)
            try:
                document = _JSON.validate_json(row.document)
                document["questions"] = await self._kept_questions(connection, document["questions"])
                return Interview.model_validate(document), row.version
            except (ValidationError, KeyError, TypeError):
                raise InterviewerError("interview_unreadable", id=interview_id) from None

    async def save(self, interview: Interview, version: int) -> int:
        """Stores an interview that was loaded at `version`, durably, and returns its new version.

        Raises:
            Conflict: somebody saved it in between; nothing was stored. Load it again.
            NotFound: it was deleted.
        """
        here = interviews.c.id == interview.id
        change = update(interviews).where(here, interviews.c.version == version)
        async with self._writing() as connection:
            result = await connection.execute(change.values(version=version + 1, **_columns(interview)))
            if result.rowcount == 1:
                await self._note_questions(connection, interview)
                await self._keep_questions(connection, interview)
                return version + 1
            exists = (await connection.execute(select(interviews.c.id).where(here))).first()
        if exists is None:
            raise NotFound("no_such_interview", id=interview.id)
        raise Conflict("moved_on")

    async def of_owner(self, owner: str, limit: int = 50, offset: int = 0) -> list[Summary]:
        """Newest first. Lists interviews too whose document can't be read any more."""
        columns = [interviews.c[name] for name in Summary.model_fields]
        query = select(*columns).where(interviews.c.owner == owner)
        newest = query.order_by(interviews.c.created_at.desc(), interviews.c.id).limit(limit).offset(offset)
        async with self._reading() as connection:
            return [Summary.model_validate(dict(row)) for row in (await connection.execute(newest)).mappings()]

    async def ungraded(self, owner: str, limit: int = 100) -> list[Interview]:
        """Interviews with an answer whose grading failed, newest first."""
        failed = interviews.c.document.like('%"error":{%')  # inside a text the quotes would be escaped
        query = select(interviews.c.id).where(interviews.c.owner == owner, failed)
        async with self._reading() as connection:
            newest = query.order_by(interviews.c.created_at.desc(), interviews.c.id).limit(limit)
            ids = (await connection.execute(newest)).scalars().all()
        found = []
        for id_ in ids:
            with contextlib.suppress(InterviewerError):  # deleted meanwhile, or not to be read any more
                found.append((await self.load(id_))[0])
        return found

    async def delete(self, interview_id: str, owner: str) -> None:
        """Deletes an interview with all that was kept of it, cached grades included.

        Raises:
            NotFound: this owner has none of this id.
        """
        async with self._writing() as connection:
            mine = and_(interviews.c.id == interview_id, interviews.c.owner == owner)
            gone = (await connection.execute(delete(interviews).where(mine))).rowcount
        if not gone:
            raise NotFound("no_such_interview", id=interview_id)

    async def recent_questions(self, owner: str, limit: int = 500) -> dict[str, datetime]:
        """The questions that this owner was asked, the latest first, and when each was asked last."""
        last = func.max(asked.c.asked_at, type_=database.UtcTime()).label("last")
        query = select(asked.c.question_id, last).where(asked.c.owner == owner).group_by(asked.c.question_id)
        async with self._reading() as connection:
            rows = await connection.execute(query.order_by(last.desc(), asked.c.question_id).limit(limit))
            return {row.question_id: row.last for row in rows}

    async def attempts(self, owner: str) -> dict[str, Attempt]:
        """How this owner has done on each question answered or given up. What an interview keeps to itself until its
        end is left out."""
        await self._note_earlier_attempts(owner)
        told = or_(interviews.c.finished_at.is_not(None), interviews.c.mode == "practice")
        over = asked.c.state.in_(("graded", "not_graded", "dont_know"))
        query = select(asked.c.question_id, asked.c.state, asked.c.score).join(interviews)
        found: dict[str, Attempt] = {}
        async with self._reading() as connection:
            mine = query.where(asked.c.owner == owner, told, over).order_by(asked.c.asked_at)
            for id_, state, score in await connection.execute(mine):
                times = found[id_].times + 1 if id_ in found else 1
                known = "not_graded" if state == "graded" and score is None else state
                found[id_] = Attempt(times=times, state=known, score=score)
        return found

    async def _note_earlier_attempts(self, owner: str) -> None:
        """Of interviews that a version before this one stored."""
        query = select(asked.c.interview_id).distinct().where(asked.c.owner == owner, asked.c.state.is_(None))
        async with self._reading() as connection:
            ids = (await connection.execute(query)).scalars().all()
        for id_ in ids:
            with contextlib.suppress(InterviewerError):  # deleted meanwhile, or not to be read any more
                interview, _ = await self.load(id_)
                async with self._writing() as connection:
                    await self._note_questions(connection, interview)

    async def cached_grade(self, key: str) -> Grade | None:
        """The grade of this key; None too for one that this version of the program can't read."""
        document = await self._document(grades, {"key": key})
        if document is None:
            return None
        try:
            return Grade.model_validate_json(document)
        except ValidationError:
            return None

    async def cache_grade(self, key: str, grade: Grade, interview_id: str | None = None) -> None:
        """Keeps a grade. With an interview's id it is forgotten together with that interview."""
        values = {"interview_id": interview_id, "document": grade.model_dump_json()}
        with contextlib.suppress(IntegrityError):  # the interview was deleted meanwhile: keep nothing of it
            await self._put(grades, {"key": key}, values)

    async def remember(self, kind: str, key: str, value: Any) -> None:
        """Keeps any JSON value under a kind and a key, in place of an earlier one."""
        await self._put(memories, {"kind": kind, "key": key}, {"document": _JSON.dump_json(value).decode()})

    async def recall(self, kind: str, key: str) -> Any:
        """What was remembered, or None."""
        document = await self._document(memories, {"kind": kind, "key": key})
        return None if document is None else _JSON.validate_json(document)

    async def _document(self, table: Table, key: Mapping[str, str]) -> str | None:
        query = select(table.c.document).where(*(table.c[name] == value for name, value in key.items()))
        async with self._reading() as connection:
            document: str | None = (await connection.execute(query)).scalar_one_or_none()
        return document

    async def _put(self, table: Table, key: Mapping[str, str], values: Mapping[str, str | None]) -> None:
        statement = self._insert(table).values(**key, **values)
        async with self._writing() as connection:
            await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))

    async def _note_questions(self, connection: AsyncConnection, interview: Interview) -> None:
        """In the transaction that stores the interview. A question keeps the time at which it was asked first."""
        times = {turn.question_id: turn.asked_at for turn in reversed(interview.turns)}
        scores = dict(follow_up.question_scores(interview))
        same = {"interview_id": interview.id, "owner": interview.owner}
        rows = [
            {
                **same,
                "question_id": id_,
                "asked_at": at,
                "state": follow_up.state(interview.thread(id_)),
                "score": scores.get(id_),
            }
            for id_, at in times.items()
        ]
        if rows:
            new = self._insert(asked).values(rows)
            changed = {"state": new.excluded.state, "score": new.excluded.score}
            await connection.execute(new.on_conflict_do_update(index_elements=list(asked.primary_key), set_=changed))

    async def _keep_questions(self, connection: AsyncConnection, interview: Interview) -> None:
        """In the transaction that stores the interview; those that this process has kept or read before are there."""
        new = {q.version: q for q in interview.questions if q.version not in self._questions}
        if new:
            rows = [{"version": version, "document": q.model_dump_json()} for version, q in new.items()]
            await connection.execute(self._insert(questions).values(rows).on_conflict_do_nothing())

    async def _kept_questions(self, connection: AsyncConnection, versions: list[str]) -> list[Question]:
        """Raises KeyError for one that is not there."""
        unread = [version for version in versions if version not in self._questions]
        if unread:
            query = select(questions).where(questions.c.version.in_(unread))
            for row in await connection.execute(query):
                self._questions[row.version] = Question.model_validate_json(row.document)
        return [self._questions[version] for version in versions]

    def _insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        if self._engine.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    @contextlib.asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        with _said_plainly():
            async with self._reader.connect() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        with _said_plainly():
            async with self._engine.begin() as connection:
                yield connection


def _columns(interview: Interview) -> dict[str, Any]:
    """What an interview's row holds and a later save may change."""
    return {
        "finished_at": interview.finished_at,
        "language": interview.plan.language,
        "mode": interview.plan.mode,
        "planned": interview.plan.questions,
        "asked": len({turn.question_id for turn in interview.turns}),
        "score": follow_up.mean_score(interview),
        "document": _document(interview),
    }


def _document(interview: Interview) -> str:
    """The interview's record, with its questions by version."""
    document = interview.model_dump(mode="json", exclude={"questions"})
    return _JSON.dump_json(document | {"questions": [q.version for q in interview.questions]}).decode()


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    """The driver's trouble as an error for a person. Broken constraints mean something to the caller: they pass."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout, OSError) as problem:
        raise InterviewerError("database_failed", problem=_reason(problem)) from problem


def _reason(problem: Exception) -> str:
    """The driver's own words, without the statement and its values: those are the candidate's."""
    return str(problem.orig) if isinstance(problem, DBAPIError) else str(problem)
