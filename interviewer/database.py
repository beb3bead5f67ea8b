"""The tables, and how to connect to them: SQLite by default, PostgreSQL by the same URL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from interviewer.errors import InvalidSetting

PATIENCE = 30
"Seconds to wait for another writer of an SQLite file."


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, with its zone. SQLite has no zones: there it is stored without and read back with."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value}: a time without its zone can't be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

# Documents are text, not JSON columns: PostgreSQL's jsonb refuses the \u0000 that a pasted answer may hold.
interviews = Table(
    "interviews",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("language", String(8), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("planned", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("score", Float),
    Column("document", Text, nullable=False),
    Index(None, "owner", "created_at"),
)

# As asked, without terms and samples. Many interviews ask the same one: each keeps its version only.
questions = Table(
    "questions",
    metadata,
    Column("version", String(12), primary_key=True),
    Column("document", Text, nullable=False),
)

asked = Table(
    "asked",
    metadata,
    Column("interview_id", ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
    Column("question_id", String(80), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("state", String(16)),  # null in rows of versions that did not keep it, until their owner looks
    Column("score", Float),
    Index(None, "owner", "asked_at"),
)

# A grade quotes the answer: it goes when its interview is deleted.
grades = Table(
    "grades",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("interview_id", ForeignKey("interviews.id", ondelete="CASCADE"), index=True),
    Column("document", Text, nullable=False),
)

memories = Table(
    "memories",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("key", String(256), primary_key=True),
    Column("document", Text, nullable=False),
)


def parse_url(text: str) -> URL:
    """The URL of a database that this program can use.

    Raises:
        InvalidSetting: not a URL, not SQLite in a file, and not PostgreSQL. The message holds no password.
    """
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except ArgumentError:
        raise InvalidSetting("database_url_unreadable") from None
    if backend not in ("sqlite", "postgresql"):
        raise InvalidSetting("database_unknown", backend=backend)
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise InvalidSetting("database_in_memory")
    return url


def prepare_file(url: URL) -> None:
    """Make the SQLite file and its folder, readable by this user only. Existing ones stay as they are."""
    if url.get_backend_name() == "sqlite" and url.database:
        file = Path(url.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)


def async_engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_async_engine(url, hide_parameters=True)  # the parameters are what candidates wrote
    _tame_sqlite(engine.sync_engine)
    return engine


def sync_engine(url: URL) -> Engine:
    """The same database for Alembic, which knows no asyncio."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url.set(drivername="postgresql+psycopg"))
    engine = create_engine(url.set(drivername="sqlite+pysqlite"))
    _tame_sqlite(engine)
    return engine


def _tame_sqlite(engine: Engine) -> None:
    """Transactions are ours, not the driver's: one that writes takes the write lock at its start, so that it waits
    its turn instead of failing half-way. `synchronous` keeps its default FULL: what was committed is on disk."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("only_reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
