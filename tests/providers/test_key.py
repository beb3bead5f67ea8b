"""The key goes to the endpoint and nowhere else, whatever the endpoint does with it."""

from __future__ import annotations

import logging
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr, ValidationError

from interviewer import settings as environment
from interviewer.bank import Bank
from interviewer.grading.llm import LlmGrader
from interviewer.measure.calibration import Todo
from interviewer.measure.running import Journal, run
from interviewer.providers import Endpoint
from interviewer.providers.faults import MOST_DETAIL, scrub, without_key
from interviewer.providers.openai import OpenAIModel
from interviewer.report import Format, render, summarise
from interviewer.schema import Interview
from interviewer.session import Session
from interviewer.store import Store
from tests.examples import plan, question, text
from tests.providers.test_behaviours import KEY, traces
from tests.servers import BEHAVIOURS, ScriptedEndpoint

BANK = Bank(questions={"why-cache": question("why-cache")}, topics={"kv-cache": text("KV cache")})
FORMATS: tuple[Format, ...] = ("md", "json", "html")
REPEATING = [name for name in BEHAVIOURS if name.startswith("key ")]


async def interviewed(folder: Path, grader: LlmGrader) -> tuple[Interview, str]:
    """An interview as it is kept, and all reports of it."""
    store = await Store.open(environment.read({"INTERVIEWER_DATA": str(folder)}))
    try:
        session = Session(store, BANK, max_answer=1000)
        interview = await session.start("me", plan(questions=1))
        interview = await session.answer(interview.id, "me", 0, "It stores, grows and limits.", grader)
        interview = await session.finish(interview.id, "me")
        report = summarise(interview, BANK.topics)
        return interview, "".join(render(report, format_) for format_ in FORMATS)
    finally:
        await store.close()


def written(folder: Path) -> list[str]:
    """Database and journal."""
    return [file.read_bytes().decode("utf-8", "replace") for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize("name", REPEATING)
async def test_an_endpoint_that_repeats_the_key_puts_it_nowhere(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedEndpoint(name, good="{}", wrong="{}", key=KEY) as server:
        endpoint = Endpoint(base_url=server.entered_url, model="m", api_key=SecretStr(KEY))
        grader = LlmGrader(OpenAIModel(endpoint, timeout=5.0))
        interview, reports = await interviewed(tmp_path, grader)
        todo = Todo(key="1", question=question("why-cache"), language="en", text="It stores.")
        await run(grader, [todo], Journal(tmp_path / "calibrations" / "journal.jsonl"))
    error = interview.turns[0].error
    assert error is not None
    assert error.key == server.behaviour.ends
    files = written(tmp_path)
    assert server.behaviour.ends in "".join(files)
    assert len(files) >= 2
    shown = [*capfd.readouterr(), caplog.text, interview.model_dump_json(), reports, *files]
    assert not traces("".join(shown))


@pytest.mark.parametrize("before", ["", "a", "me", "me:", "user:"])
def test_every_form_of_the_key_is_taken_out(before: str) -> None:
    forms = KEY, quote(KEY, safe=""), quote(KEY, safe="").lower(), KEY.upper(), KEY[:8], KEY[:20], KEY[-9:]
    encoded = b64encode(f"{before}{KEY}".encode()).decode()
    for form in (*forms, encoded):
        left = without_key(f"It says {form} here.", KEY)
        assert left.startswith("It says ")
        assert left.endswith(" here.")
        assert not traces(left)
        assert len(left) <= len("It says  here.") + 12


def test_words_without_the_key_stay_as_they_are() -> None:
    assert without_key("İt fails: no such model, sk-", KEY) == "İt fails: no such model, sk-"
    assert without_key("unexpected", "x") == "unexpected"
    assert without_key("unexpected", "") == "unexpected"


def test_an_endpoints_words_are_cut() -> None:
    endpoint = Endpoint(model="m", api_key=SecretStr(KEY))
    assert len(scrub("a\n" * 1_000_000, endpoint)) == MOST_DETAIL + 1


def test_a_record_that_is_wrong_does_not_show_what_was_given() -> None:
    with pytest.raises(ValidationError) as wrong:
        Endpoint.model_validate({"model": ["m"], "api_key": [KEY]})
    assert KEY not in str(wrong.value)
