from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import pytest
from pydantic import SecretStr

from interviewer.assembly import Parts, assemble
from interviewer.bank import Bank
from interviewer.errors import GradingFailed, NotAllowed
from interviewer.grading import Task
from interviewer.providers import Endpoint
from interviewer.providers.capabilities import Capabilities
from interviewer.session import Session
from interviewer.settings import Settings, read
from interviewer.store import Store
from interviewer.web.visitors import Visitors, known, owner_of, zone_of
from tests.examples import question

OWNER = "a" * 43


@dataclass
class Request:
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def visitors(tmp_path: Path, **environ: str) -> Visitors:
    settings: Settings = read({"INTERVIEWER_DATA": str(tmp_path), **environ})
    made = Visitors(settings, Bank(questions={}, topics={}))
    store = Store.__new__(Store)  # none of what is tested here reaches it
    made.open(Parts(settings, made.bank, store, Session(store, made.bank), Capabilities()))
    return made


@asynccontextmanager
async def served(tmp_path: Path, bank: Bank) -> AsyncIterator[Visitors]:
    """Visitors of a server that has started: with a store."""
    settings: Settings = read({"INTERVIEWER_DATA": str(tmp_path)})
    made = Visitors(settings, bank)
    async with assemble(settings, bank) as parts:
        made.open(parts)
        yield made
        await made.gradings.stop_all()


def endpoint(url: str = "http://127.0.0.1:1/v1") -> Endpoint:
    return Endpoint(base_url=url, model="m", api_key=SecretStr("secret"))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh", "zh"),
        ("fr-FR,fr;q=0.9,zh;q=0.5", "zh"),
        ("en-GB,zh;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        ("../../etc", "en"),
    ],
)
def test_the_first_visit_speaks_the_first_language_of_the_browser_that_there_are_words_for(
    tmp_path: Path, header: str, language: str
) -> None:
    assert visitors(tmp_path).language(Request(headers={"accept-language": header})) == language


def test_a_choice_of_language_outlasts_the_browsers(tmp_path: Path) -> None:
    request = Request({"interviewer_language": "en"}, {"accept-language": "zh"})
    assert visitors(tmp_path).language(request) == "en"
    request.cookies["interviewer_language"] = "../en"
    assert visitors(tmp_path).language(request) == "zh"


@pytest.mark.parametrize("token", ["", "short", "a" * 65, "a" * 40 + "'; --"])
def test_a_visitor_without_a_proper_token_is_nobody(token: str) -> None:
    request = Request({"interviewer_owner": token})
    assert owner_of(request) == ""
    with pytest.raises(NotAllowed):
        known(request)


def test_an_endpoint_is_its_owners_alone_and_can_be_forgotten(tmp_path: Path) -> None:
    here = visitors(tmp_path)
    here.use_endpoint(OWNER, endpoint())
    assert here.endpoint(OWNER) == endpoint()
    assert here.endpoint("b" * 43) is None
    here.use_endpoint(OWNER, None)
    assert here.endpoint(OWNER) is None


def test_the_operators_endpoint_serves_who_typed_none(tmp_path: Path) -> None:
    here = visitors(tmp_path, INTERVIEWER_MODEL="house", OPENAI_API_KEY="k")
    found = here.endpoint(OWNER)
    assert found is not None
    assert found.model == "house"
    assert here.typed_endpoint(OWNER) is None


def test_only_the_latest_endpoints_are_remembered(tmp_path: Path) -> None:
    here = visitors(tmp_path)
    for number in range(1001):
        here.use_endpoint(f"owner-{number}", endpoint())
    assert here.endpoint("owner-0") is None
    assert here.endpoint("owner-1000") is not None


async def test_who_clarifies_passes_the_rule_for_endpoints_too(tmp_path: Path) -> None:
    shared, own = visitors(tmp_path, INTERVIEWER_HOST="0.0.0.0"), visitors(tmp_path)
    for here in (shared, own):
        here.use_endpoint(OWNER, endpoint("http://169.254.169.254/v1"))
    assert await shared.clarifier(OWNER, "llm") is None
    assert await own.clarifier(OWNER, "llm") is not None
    assert await own.clarifier(OWNER, "builtin") is None


@pytest.mark.parametrize("typed", [None, "http://169.254.169.254/v1"])
async def test_a_grader_that_cannot_be_had_fails_to_grade_and_invents_nothing(
    tmp_path: Path, typed: str | None
) -> None:
    here = visitors(tmp_path, INTERVIEWER_HOST="0.0.0.0")
    if typed:
        here.use_endpoint(OWNER, endpoint(typed))
    grader = await here.grader(OWNER, "llm")
    with pytest.raises(GradingFailed):
        await grader.grade(Task(question=question(), language="en", thread=()))


def test_times_are_told_in_the_browsers_zone() -> None:
    assert str(zone_of(Request({"interviewer_zone": "Asia/Shanghai"}))) == "Asia/Shanghai"
    assert str(zone_of(Request({"interviewer_zone": "America/Argentina/Buenos_Aires"}))).endswith("Buenos_Aires")


@pytest.mark.parametrize(
    "sent", [None, "", "Mars/Olympus", "Asia", "/etc/passwd", "../../etc/passwd", "Asia/../UTC", "x" * 99]
)
def test_a_zone_that_is_none_is_utc(sent: str | None) -> None:
    assert zone_of(Request({"interviewer_zone": sent} if sent is not None else {})) is UTC
