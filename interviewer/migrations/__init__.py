"""The database's history. A change of the tables is a new file in versions/:

alembic revision --autogenerate -m "what changes"
"""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import URL

from interviewer import database
from interviewer.errors import InterviewerError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0003"
"The newest version. A database that has it needs no Alembic, whose import takes a quarter of a second."

_LOCK = 0x696E7476  # any number that other programs on the same server are unlikely to pick
_one_at_a_time = threading.Lock()  # Alembic keeps its context in module globals


def configuration() -> Config:
    from alembic.config import Config

    config = Config(stdout=io.StringIO())  # by default the standard output of the moment when Alembic was imported
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(url: URL) -> None:
    """Bring the database to the newest version; blocks. Processes that start together take turns.

    Raises:
        InterviewerError: a newer version of the program has already migrated this database.
    """
    engine = database.sync_engine(url)
    try:
        if _version(engine) != HEAD:
            _upgrade(engine)
        if engine.dialect.name == "sqlite":
            _write_ahead(engine)
    finally:
        engine.dispose()


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.util.exc import CommandError

    config = configuration()
    try:
        with _one_at_a_time, engine.begin() as connection:  # on SQLite this is the lock
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as problem:
        raise InterviewerError("database_newer") from problem


def _write_ahead(engine: Engine) -> None:
    """Readers don't wait for a writer. SQLite refuses the switch at once, without waiting, while the file is in use."""
    deadline = time.monotonic() + database.PATIENCE
    connection = engine.raw_connection()
    try:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except engine.dialect.dbapi.OperationalError:  # type: ignore[union-attr]
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
    finally:
        connection.close()
