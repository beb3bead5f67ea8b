"""What endpoints are known to do (tests/servers.py names it) leads to the right grade or to an error that says what to
do; never to a wrong grade, a leaked key, or more than two calls that are paid for."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from interviewer.errors import ProviderError
from interviewer.grading import Exchange, Progress, Task
from interviewer.grading.llm import LlmGrader
from interviewer.locales import languages
from interviewer.providers import Endpoint
from interviewer.providers.capabilities import Capabilities
from interviewer.providers.check import check
from interviewer.providers.openai import OpenAIModel
from interviewer.schema import Question
from tests.servers import BEHAVIOURS, ScriptedEndpoint

QUESTION = Question.model_validate(
    yaml.safe_load((Path(__file__).parent.parent / "grading" / "gqa.yaml").read_text(encoding="utf-8"))
)
KEY = "sk-ab/cd+very=secret-0123456789"
ANSWER = (
    "When you decode, you read the keys and values of everything before, so the KV cache is what costs you. With decay "
    "\\tau it is \\alpha \\nu.\nSo if I have 32 query heads and 8 KV heads, the cache gets four times smaller and I "
    "can fit a bigger batch. In GQA a handful of query heads use one common key head and one value head."
)
RIGHT = {
    "c1": "the KV cache is what costs you. With decay \\tau it is \\alpha \\nu.",
    "c2": "a handful of query heads use one common key head and one value head",
    "c3": "32 query heads and 8 KV heads, the cache gets four times smaller",
}
WRONG = {"c4": "In GQA a handful of query heads", "c5": "can fit a bigger batch", "c6": "With decay \\tau"}


def reply(met: dict[str, str]) -> str:
    judgments = [
        {"id": f"c{n}", "quote": met.get(f"c{n}", ""), "explanation": "So.", "verdict": verdict}
        for n, verdict in ((n, "met" if f"c{n}" in met else "unmet") for n in range(1, 7))
    ]
    return json.dumps({"judgments": judgments, "feedback": "Well.", "follow_up": {"id": "", "text": ""}})


def task() -> Task:
    return Task(question=QUESTION, language="en", thread=(Exchange(asked=QUESTION.text.en, answer=ANSWER),))


def scripted(name: str) -> ScriptedEndpoint:
    return ScriptedEndpoint(name, good=reply(RIGHT), wrong=reply(WRONG), key=KEY)


def model(server: ScriptedEndpoint, capabilities: Capabilities | None = None) -> OpenAIModel:
    endpoint = Endpoint(base_url=server.entered_url, model="m", api_key=SecretStr(KEY))
    return OpenAIModel(endpoint, timeout=5.0, capabilities=capabilities or Capabilities())


def traces(text: str) -> set[str]:
    """Pieces of the key, of eight characters, as it is and as URLs and base64 have it, that are in a text."""
    from base64 import b64encode
    from urllib.parse import quote

    inner = b64encode(f"me:{KEY}".encode()).decode()[4:-4]
    forms = (KEY, quote(KEY, safe=""), inner)
    return {form[i : i + 8] for form in forms for i in range(len(form) - 7) if form[i : i + 8] in text}


@pytest.mark.parametrize("name", BEHAVIOURS)
async def test_no_behaviour_leads_to_a_wrong_grade_a_leaked_key_or_a_third_paid_call(
    name: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    steps: list[Progress] = []
    said, ended = "", ""
    with scripted(name) as server:
        try:
            grade = await LlmGrader(model(server, Capabilities(tmp_path))).grade(task(), steps.append)
        except ProviderError as problem:
            ended, said = problem.key, f"{problem!r} {[problem.say(language) for language in languages()]}"
            longest = max(len(str(value)) for value in problem.values.values())
        else:
            verdicts, longest = [j.verdict for j in grade.judgments], 0
            assert verdicts == ["met"] * 3 + ["unmet"] * 3
            grade.model_dump_json().encode()
        assert ended == server.behaviour.ends, server.behaviour.what
        assert server.paid <= 2
    assert longest <= 301
    assert not traces(said + caplog.text + kept_in(tmp_path) + repr(steps))


def kept_in(folder: Path) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file())


FREE = ("stream refused", "stream ignored", "no /v1", "no /v1, status 200", "text only", "arguments encoded twice")


@pytest.mark.parametrize("name", FREE)
async def test_what_an_endpoint_can_do_is_found_out_once(name: str, tmp_path: Path) -> None:
    with scripted(name) as server:
        await LlmGrader(model(server, Capabilities(tmp_path))).grade(task())
        before = len(server.requests)
        await LlmGrader(model(server, Capabilities(tmp_path))).grade(task())
        assert len(server.requests) == before + 1
        assert "stream" not in server.requests[-1] or not name.startswith("stream")
        assert server.paid == 2


async def test_classic_azure_gets_the_key_in_its_own_header() -> None:
    with scripted("classic Azure") as server:
        await LlmGrader(model(server)).grade(task())
        assert server.headers[0]["api-key"] == KEY
    with scripted("plain") as server:
        await LlmGrader(model(server)).grade(task())
        assert "api-key" not in server.headers[0]


async def test_a_reply_in_one_piece_may_take_longer_than_the_next_piece_of_a_stream() -> None:
    with scripted("stream refused") as server:
        slow = model(server)
        await LlmGrader(slow).grade(task())
        server.delay = 0.6
        await LlmGrader(replace(slow, timeout=0.3)).grade(task())


@pytest.mark.parametrize(
    "name", [n for n, b in BEHAVIOURS.items() if b.ends in ("filtered", "declined", "limit_thinking", "prompt_cut")]
)
async def test_what_asking_again_cannot_mend_is_one_call(name: str) -> None:
    with scripted(name) as server:
        with pytest.raises(ProviderError):
            await LlmGrader(model(server)).grade(task())
        assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["prompt cut", "no room", "content filter, 400", "key in the stream", "small context"])
async def test_a_connection_is_tested_with_a_prompt_of_real_size(name: str) -> None:
    word = '{"word": "ready"}'
    with ScriptedEndpoint(name, good=word, wrong=word, key=KEY) as server:
        report = await check(model(server))
    assert (report.problem.key if report.problem else "") == BEHAVIOURS[name].ends
    assert not traces(report.model_dump_json())


async def test_the_record_as_written_reaches_the_candidate() -> None:
    for name, feedback in (
        ("half a character", "\ufffd Well. Well."),
        ("feedback on <think>", "Close <think> by </think>."),
    ):
        with scripted(name) as server:
            assert (await LlmGrader(model(server)).grade(task())).feedback == feedback
    with scripted("LaTeX") as server:
        assert (await LlmGrader(model(server)).grade(task())).judgments[0].quote == RIGHT["c1"]


async def test_a_pause_is_shown_to_the_person_who_waits() -> None:
    steps: list[Progress] = []
    with scripted("wait, date") as server:
        await LlmGrader(model(server)).grade(task(), steps.append)
    assert steps[0].stage == "waiting"
    assert steps[0].text in ("0", "1")
