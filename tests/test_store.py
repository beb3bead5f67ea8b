"""The same promises on SQLite and on PostgreSQL (marker `postgres`)."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import inspect, text
from sqlalchemy.engine import URL

from interviewer import database, migrations
from interviewer.errors import Conflict, InterviewerError, InvalidSetting, NotFound
from interviewer.report import render, summarise
from interviewer.schema import Attempt, Failure, Grade, Interview, Judgment, Plan, Provenance, Question, Turn
from interviewer.settings import Settings, read
from interviewer.store import Store
from tests.examples import question, requirement

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POSTGRES = os.environ.get("INTERVIEWER_TEST_POSTGRES")
PLAN = Plan(language="zh", mode="interview", questions=3)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An empty database: a file that isn't there yet, or a schema of its own."""
    if request.param == "sqlite":
        yield _settings(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'interviewer.sqlite3'}")
        return
    if not POSTGRES:
        pytest.skip("INTERVIEWER_TEST_POSTGRES names no database")
    schema = f"test_{uuid4().hex[:12]}"
    server = database.sync_engine(database.parse_url(_settings(tmp_path, POSTGRES).database_url.get_secret_value()))
    with server.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield _settings(tmp_path, f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema}")
    finally:
        with server.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        server.dispose()


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    opened = await Store.open(settings)
    yield opened
    await opened.close()


def _settings(folder: Path, url: str) -> Settings:
    return read({"INTERVIEWER_DATA": str(folder), "INTERVIEWER_DATABASE_URL": url})


def _url(settings: Settings) -> URL:
    return database.parse_url(settings.database_url.get_secret_value())


def _interview(interview_id: str = "i1", owner: str = "ann", turns: tuple[Turn, ...] = (), **more: object) -> Interview:
    asked = tuple(_question(id_) for id_ in dict.fromkeys(turn.question_id for turn in turns))
    values = {"id": interview_id, "owner": owner, "plan": PLAN, "created_at": NOON, "questions": asked, "turns": turns}
    values |= more
    return Interview.model_validate(values)


def _question(question_id: str) -> Question:
    rubric = (requirement("shares-kv", 8, terms=["share*"]), requirement("rest", 2))
    return question(question_id, rubric=rubric, mistakes=(), samples=()).kept


def _turn(question_id: str, minutes: int = 0, **more: object) -> Turn:
    asked_at = NOON + timedelta(minutes=minutes)
    return Turn.model_validate({"question_id": question_id, "asked": "为什么？", "asked_at": asked_at, **more})


def _grade(score: float | None = 0.5) -> Grade:
    judgment = Judgment(criterion_id="shares-kv", quote="共享 K/V", explanation="says so", verdict="met")
    provenance = Provenance(grader="builtin", prompt_hash="0", question_version="0")
    return Grade(judgments=(judgment,), score=score, provenance=provenance)


async def test_what_was_stored_comes_back_equal(store: Store) -> None:
    answered = _turn("gqa", outcome="answered", answer="NUL \x00, emoji 🧠, 中文\n  code", grade=_grade())
    interview = _interview(turns=(answered,))
    assert await store.create(interview) == 1
    assert await store.load("i1") == (interview, 1)


async def test_times_come_back_in_utc_whatever_zone_they_were_stored_in(store: Store) -> None:
    beijing = NOON.astimezone(timezone(timedelta(hours=8)))
    await store.create(_interview(created_at=beijing, finished_at=beijing, turns=(_turn("gqa"),)))
    (line,) = await store.of_owner("ann")
    assert (line.created_at, line.created_at.tzinfo, line.finished_at) == (NOON, UTC, NOON)
    recent = await store.recent_questions("ann")
    assert recent["gqa"].tzinfo is UTC


async def test_an_id_is_given_once(store: Store) -> None:
    await store.create(_interview())
    with pytest.raises(Conflict) as refused:
        await store.create(_interview(owner="eve"))
    assert refused.value.key == "interview_exists"
    assert (await store.load("i1"))[0].owner == "ann"


async def test_an_interview_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.load("nothing")
    with pytest.raises(NotFound):
        await store.save(_interview("nothing"), 1)


async def test_a_stale_save_is_refused_and_changes_nothing(store: Store) -> None:
    await store.create(_interview())
    newer = _interview(turns=(_turn("gqa"),))
    assert await store.save(newer, 1) == 2
    with pytest.raises(Conflict):
        await store.save(_interview(turns=(_turn("lora"),)), 1)
    assert await store.load("i1") == (newer, 2)
    assert list(await store.recent_questions("ann")) == ["gqa"]


async def test_no_update_is_lost_among_fifty_at_once(store: Store) -> None:
    await store.create(_interview())

    async def add(number: int) -> None:
        while True:
            interview, version = await store.load("i1")
            more = interview.model_copy(update={"turns": (*interview.turns, _turn(f"q{number}", number))})
            try:
                await store.save(more, version)
            except Conflict:
                continue
            return

    await asyncio.gather(*(add(number) for number in range(50)))
    interview, version = await store.load("i1")
    assert {turn.question_id for turn in interview.turns} == {f"q{number}" for number in range(50)}
    assert version == 51
    assert len(await store.recent_questions("ann")) == 50


async def test_a_history_lists_its_owners_interviews_newest_first(store: Store) -> None:
    for number in range(5):
        await store.create(_interview(f"i{number}", created_at=NOON + timedelta(days=number)))
    await store.create(_interview("other", owner="bob"))
    assert [line.id for line in await store.of_owner("ann", limit=2, offset=1)] == ["i3", "i2"]
    assert len(await store.of_owner("ann")) == 5
    assert await store.of_owner("nobody") == []


async def test_a_history_scores_what_was_graded_and_what_was_not_known(store: Store) -> None:
    turns = (
        _turn("gqa", outcome="answered", answer="…", grade=_grade(0.2)),
        _turn("gqa", criterion_id="shares-kv", outcome="answered", answer="…", grade=_grade(0.8)),
        _turn("lora", outcome="dont_know"),
        _turn("rope", outcome="skipped"),
        _turn("moe", outcome="answered", answer="…", error=Failure(key="stalled")),
    )
    await store.create(_interview(turns=turns))
    (line,) = await store.of_owner("ann")
    assert (line.score, line.asked, line.planned, line.language) == (0.4, 4, 3, "zh")


async def test_a_question_is_kept_once_however_often_it_was_asked(store: Store, settings: Settings) -> None:
    await store.create(_interview("i1", turns=(_turn("gqa"), _turn("lora"))))
    await store.create(_interview("i2", turns=(_turn("gqa"),)))
    loaded, version = await store.load("i1")
    await store.save(loaded, version)
    engine = database.sync_engine(_url(settings))
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT document FROM questions")).scalars().all()
        documents = connection.execute(text("SELECT document FROM interviews")).scalars().all()
    engine.dispose()
    assert len(kept) == 2
    assert not any("Says shares-kv" in document for document in documents)
    fresh = await Store.open(settings)
    assert (await fresh.load("i1"))[0] == loaded
    await fresh.close()


async def test_interviews_of_the_version_before_are_read_as_they_were(settings: Settings) -> None:
    """The database was written by that version: one interview finished (hint, dispute, regrade), one not."""
    database.prepare_file(_url(settings))
    engine = database.sync_engine(_url(settings))
    with engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        before = sqlite3.connect(":memory:")
        before.executescript((Path(__file__).parent / "data" / "version_0001.sql").read_text(encoding="utf-8"))
        before.row_factory = sqlite3.Row
        for table in ("interviews", "asked", "grades"):
            for row in map(dict, before.execute(f"SELECT * FROM {table}")):
                columns = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)
        before.close()
    engine.dispose()
    store = await Store.open(settings)
    assert await store.attempts("owner-1") == {"gqa-trade-off": Attempt(times=1, state="graded", score=0.85)}
    summaries = await store.of_owner("owner-1")
    assert [s.finished_at is not None for s in summaries].count(True) == 1
    for summary in summaries:
        interview, version = await store.load(summary.id)
        [asked] = interview.questions
        assert [c.points for c in asked.mistakes] == [-2]
        assert sum(c.points for c in asked.rubric) == 10
        told = summarise(interview)
        if summary.finished_at is not None:
            assert told.score == pytest.approx(summary.score)
            assert told.appeals == 1
            assert told.results[0].beside
        assert render(told, "html")
        await store.save(interview, version)
        assert (await store.load(summary.id))[0] == interview
    await store.close()


async def test_an_unreadable_interview_is_named_and_hides_no_other(store: Store, settings: Settings) -> None:
    await store.create(_interview("old"))
    await store.create(_interview("new"))
    engine = database.sync_engine(_url(settings))
    with engine.begin() as connection:
        connection.execute(text("""UPDATE interviews SET document = '{"schema": 0}' WHERE id = 'old'"""))
    engine.dispose()
    with pytest.raises(InterviewerError, match="old was stored by another version") as refused:
        await store.load("old")
    assert "另一个版本" in refused.value.say("zh")
    assert {line.id for line in await store.of_owner("ann")} == {"old", "new"}
    await store.delete("old", "ann")


async def test_only_its_owner_deletes_an_interview_and_nothing_of_it_stays(store: Store) -> None:
    await store.create(_interview(turns=(_turn("gqa"),)))
    await store.cache_grade("k", _grade(), interview_id="i1")
    with pytest.raises(NotFound):
        await store.delete("i1", "eve")
    await store.delete("i1", "ann")
    with pytest.raises(NotFound):
        await store.load("i1")
    assert await store.recent_questions("ann") == {}
    assert await store.cached_grade("k") is None
    with pytest.raises(NotFound):
        await store.delete("i1", "ann")


async def test_a_grade_for_an_interview_deleted_meanwhile_is_not_kept(store: Store) -> None:
    await store.cache_grade("k", _grade(), interview_id="gone")
    assert await store.cached_grade("k") is None


async def test_recent_questions_are_the_latest_asked_each_once(store: Store) -> None:
    await store.create(_interview("i1", turns=(_turn("gqa", 0), _turn("lora", 1), _turn("rope", 2))))
    await store.create(_interview("i2", turns=(_turn("gqa", 9), _turn("gqa", 10, criterion_id="shares-kv"))))
    await store.create(_interview("i3", owner="bob", turns=(_turn("moe", 20),)))
    recent = await store.recent_questions("ann", limit=2)
    assert list(recent.items()) == [("gqa", NOON + timedelta(minutes=9)), ("rope", NOON + timedelta(minutes=2))]


async def test_an_attempt_is_the_latest_time_that_a_question_was_answered_or_given_up(store: Store) -> None:
    done = {"finished_at": NOON}
    graded = _turn("gqa", outcome="answered", answer="…", grade=_grade())
    await store.create(_interview("i1", turns=(graded, _turn("lora", outcome="dont_know")), **done))
    again = _turn("gqa", 5, outcome="answered", answer="…", error=Failure(key="stalled"))
    skipped = (_turn("lora", 6, outcome="skipped"), _turn("rope", 7, outcome="skipped"), _turn("moe", 8))
    await store.create(_interview("i2", turns=(again, *skipped), **done))
    await store.create(_interview("other", owner="bob", turns=(_turn("rope", outcome="dont_know"),), **done))
    assert await store.attempts("ann") == {
        "gqa": Attempt(times=2, state="not_graded", score=None),
        "lora": Attempt(times=1, state="dont_know", score=0.0),
    }


async def test_an_attempt_follows_the_grade_and_goes_with_its_interview(store: Store) -> None:
    failed = _turn("gqa", outcome="answered", answer="…", error=Failure(key="stalled"))
    version = await store.create(_interview("i1", turns=(failed,), finished_at=NOON))
    assert (await store.attempts("ann"))["gqa"].state == "not_graded"
    graded = failed.model_copy(update={"grade": _grade(), "error": None})
    await store.save(_interview("i1", turns=(graded,), finished_at=NOON), version)
    assert (await store.attempts("ann"))["gqa"] == Attempt(times=1, state="graded", score=0.8)
    await store.delete("i1", "ann")
    assert await store.attempts("ann") == {}


async def test_what_nothing_could_be_assessed_of_is_not_graded(store: Store) -> None:
    judgment = Judgment(criterion_id="shares-kv", verdict="cannot_assess")
    turn = _turn("gqa", outcome="answered", answer="…", grade=_grade().model_copy(update={"judgments": (judgment,)}))
    await store.create(_interview("i1", turns=(turn,), finished_at=NOON))
    assert await store.attempts("ann") == {"gqa": Attempt(times=1, state="not_graded", score=None)}


@pytest.mark.parametrize(("mode", "told"), [("practice", True), ("interview", False)])
async def test_an_interview_that_keeps_its_grades_to_its_end_tells_no_attempt_before(
    store: Store, mode: str, told: bool
) -> None:
    plan = Plan(mode=mode)
    turns = (_turn("gqa", outcome="answered", answer="…", grade=_grade()), _turn("lora", 5))
    version = await store.create(_interview("i1", turns=turns, plan=plan))
    assert ("gqa" in await store.attempts("ann")) is told
    await store.save(_interview("i1", turns=turns, plan=plan, finished_at=NOON), version)
    assert "gqa" in await store.attempts("ann")


async def test_grades_are_cached_by_key_and_the_last_one_counts(store: Store) -> None:
    assert await store.cached_grade("k") is None
    await store.cache_grade("k", _grade(0.1))
    await store.cache_grade("k", _grade(0.9))
    assert await store.cached_grade("k") == _grade(0.9)


async def test_a_cached_grade_of_another_version_is_no_grade(store: Store, settings: Settings) -> None:
    await store.cache_grade("k", _grade())
    engine = database.sync_engine(_url(settings))
    with engine.begin() as connection:
        connection.execute(text("UPDATE grades SET document = '{}'"))
    engine.dispose()
    assert await store.cached_grade("k") is None


async def test_memories_are_kept_by_kind_and_key_over_a_restart(store: Store, settings: Settings) -> None:
    await store.remember("capability", "host/model", {"rung": "json_schema"})
    await store.remember("capability", "host/model", {"rung": "tool", "名": [1, None]})
    await store.remember("calibration", "host/model", 0.5)
    again = await Store.open(settings)
    assert await again.recall("capability", "host/model") == {"rung": "tool", "名": [1, None]}
    assert await again.recall("calibration", "host/model") == 0.5
    assert await again.recall("calibration", "other") is None
    await again.close()


async def test_readers_do_not_wait_for_a_writer(store: Store, settings: Settings) -> None:
    await store.create(_interview())
    engine = database.sync_engine(_url(settings))
    with engine.begin() as connection:
        connection.execute(text("UPDATE interviews SET score = 1"))
        assert (await asyncio.wait_for(store.load("i1"), 5))[1] == 1
    engine.dispose()


async def test_an_error_of_the_database_is_said_plainly_and_without_the_answer(
    store: Store, settings: Settings
) -> None:
    engine = database.sync_engine(_url(settings))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE asked"))
        connection.execute(text("DROP TABLE grades"))
        connection.execute(text("DROP TABLE interviews"))
    engine.dispose()
    with pytest.raises(InterviewerError, match=r"The database did not answer: .*interviews") as failed:
        await store.create(_interview(turns=(_turn("gqa", answer="my secret answer"),)))
    assert "my secret answer" not in f"{failed.value} {failed.value.__cause__}"


def test_the_newest_migration_makes_exactly_the_tables_of_the_program(settings: Settings) -> None:
    database.prepare_file(_url(settings))
    migrations.upgrade(_url(settings))
    migrations.upgrade(_url(settings))
    assert ScriptDirectory.from_config(migrations.configuration()).get_current_head() == migrations.HEAD
    engine = database.sync_engine(_url(settings))
    with engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.check(config)
        assert isinstance(config.stdout, io.StringIO), "what Alembic says is nobody's output"
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()


async def test_a_database_of_a_newer_program_is_left_alone(store: Store, settings: Settings) -> None:
    engine = database.sync_engine(_url(settings))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(InterviewerError, match="newer version of this program"):
        await Store.open(settings)


# --- more than one process ----------------------------------------------------------------------------------------

OPEN = """
import asyncio, sys
from interviewer.settings import read
from interviewer.store import Store
from tests.examples import question, requirement
settings = read({"INTERVIEWER_DATA": sys.argv[1], "INTERVIEWER_DATABASE_URL": sys.argv[2]})
"""

OPEN_AND_REMEMBER = f"""{OPEN}
async def main():
    store = await Store.open(settings)
    await store.remember("started", sys.argv[3], True)
    await store.close()
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""

WRITE_FOR_EVER = f"""{OPEN}
async def main():
    store = await Store.open(settings)
    interview, version = await store.load("i1")
    while True:
        turn = interview.turns[-1].model_copy(update={{"answer": f"answer {{version}} " + "x" * 100_000}})
        interview = interview.model_copy(update={{"turns": (turn,)}})
        version = await store.save(interview, version)
        print(version, flush=True)
asyncio.run(main())
"""


def _process(script: str, settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    where = (str(settings.data_folder), settings.database_url.get_secret_value())
    return subprocess.Popen(
        [sys.executable, "-c", script, *where, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


async def test_processes_that_start_together_share_one_fresh_database(settings: Settings) -> None:
    processes = [_process(OPEN_AND_REMEMBER, settings, str(number)) for number in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0]
    store = await Store.open(settings)
    assert [await store.recall("started", str(number)) for number in range(3)] == [True] * 3
    await store.close()


async def test_several_databases_open_at_once_in_one_process(tmp_path: Path) -> None:
    addresses = [f"sqlite:///{tmp_path / str(number)}.sqlite3" for number in range(4)] * 2
    stores = await asyncio.gather(*(Store.open(_settings(tmp_path, url)) for url in addresses))
    for store in stores:
        await store.remember("a", "b", 1)
        await store.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
async def test_after_kill_9_the_last_committed_answer_is_there(store: Store, settings: Settings) -> None:
    await store.create(_interview(turns=(_turn("gqa"),)))
    process = _process(WRITE_FOR_EVER, settings)
    assert process.stdout is not None
    for _ in range(20):
        committed = int(process.stdout.readline())
    process.kill()
    committed = int((process.communicate()[0].split() or [committed])[-1])
    interview, version = await store.load("i1")
    assert version in (committed, committed + 1)
    assert interview.turns[0].answer.startswith(f"answer {version - 1} x")
    assert await store.save(interview, version) == version + 1


# --- SQLite's file and the address -----------------------------------------------------------------------------------


async def test_a_new_folder_and_file_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    store = await Store.open(read({"INTERVIEWER_DATA": str(folder)}))
    await store.create(_interview())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    with closing(database.sync_engine(_url(read({"INTERVIEWER_DATA": str(folder)}))).raw_connection()) as connection:
        cursor = connection.cursor()
        for pragma, expected in (("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2)):
            assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (expected,)
    await store.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("no address", "is not a database address"),
        ("mysql://u:hunter2@host/db", "not supported: mysql"),
        ("sqlite://", "names no file"),
        ("sqlite:////proc/nowhere/x.sqlite3", "can't be opened"),
        ("postgresql://user:hunter2@127.0.0.1:1/db", "can't be opened"),
    ],
)
async def test_an_address_that_cannot_be_used_is_explained_without_its_password(
    url: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidSetting, match=sentence) as refused:
        await Store.open(_settings(tmp_path, url))
    assert "hunter2" not in str(refused.value) + refused.value.say("zh") + repr(refused.value)


async def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_text("shopping list\n" * 100)
    with pytest.raises(InvalidSetting, match="not a database"):
        await Store.open(_settings(tmp_path, f"sqlite:///{tmp_path / 'x.sqlite3'}"))
    assert (tmp_path / "x.sqlite3").read_text().startswith("shopping")


async def test_a_time_without_its_zone_is_not_stored(tmp_path: Path) -> None:
    store = await Store.open(_settings(tmp_path, f"sqlite:///{tmp_path / 'x.sqlite3'}"))
    with pytest.raises(Exception, match="without its zone"):
        await store.create(_interview(created_at=datetime(2026, 3, 1, 12, 0)))
    await store.close()


def test_the_address_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "postgresql://user:hunter2@127.0.0.1/db")
    assert isinstance(settings.database_url, SecretStr)
    assert "hunter2" not in repr(settings)
