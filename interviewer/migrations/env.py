"""Alembic runs this file. The program hands it a connection; the command line takes the database of the settings."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from interviewer import database, settings


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=database.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def run_from_command_line() -> None:
    url = database.parse_url(settings.read().database_url.get_secret_value())
    with database.sync_engine(url).begin() as connection:
        run(connection)


given = context.config.attributes.get("connection")
if given is None:
    run_from_command_line()
else:
    run(given)
