from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from interviewer.errors import ProviderError
from interviewer.locales import languages
from interviewer.providers import Delta, Endpoint, Message, Parameters, Shape
from interviewer.providers.capabilities import Capabilities
from interviewer.providers.faults import retry_after
from interviewer.providers.openai import OpenAIModel, was_cut
from interviewer.schema import Usage
from tests.servers import ChatServer, Said, breaks, calls_tool, redirects, refuses, says

KEY = "sk-very-secret-0123456789"
ASKED = (Message(role="system", content="Rules."), Message(role="user", content="Hello?"))


def model(server: ChatServer, **more: object) -> OpenAIModel:
    endpoint = Endpoint(base_url=server.base_url, model="m", api_key=SecretStr(KEY))
    return OpenAIModel(endpoint, **{"timeout": 5.0, **more})  # type: ignore[arg-type]


async def hear(a_model: OpenAIModel, asked: Sequence[Message] = ASKED) -> tuple[str, Usage]:
    text, usage = "", Usage()
    async for piece in a_model.stream(asked):
        if isinstance(piece, Delta):
            text += piece.text
        else:
            usage = piece
    return text, usage


async def fails(*script: Said, **more: object) -> ProviderError:
    with ChatServer(script) as server, pytest.raises(ProviderError) as caught:
        await hear(model(server, **more))
    return caught.value


async def test_a_reply_comes_in_pieces_with_its_usage_last() -> None:
    with ChatServer([says("Hello there, candidate.", piece=5)]) as server:
        pieces = [p async for p in model(server).stream(ASKED)]
    assert [p.text for p in pieces[:-1] if isinstance(p, Delta)] == ["Hello", " ther", "e, ca", "ndida", "te."]
    assert pieces[-1] == Usage(calls=1, input_tokens=100, output_tokens=20)
    assert server.requests[0]["messages"] == [m.model_dump() for m in ASKED]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


async def test_usage_counts_cached_and_reasoning_tokens_and_the_cost() -> None:
    usage = {
        "prompt_tokens": 1_000_000,
        "completion_tokens": 500_000,
        "prompt_tokens_details": {"cached_tokens": 900},
        "completion_tokens_details": {"reasoning_tokens": 7},
    }
    with ChatServer([says("Hi", usage=usage)]) as server:
        endpoint = Endpoint(base_url=server.base_url, model="m", input_price=2.0, output_price=8.0)
        _, found = await hear(OpenAIModel(endpoint))
    assert (found.cached_tokens, found.reasoning_tokens, found.cost) == (900, 7, 6.0)
    assert not found.estimated


async def test_missing_usage_is_estimated_and_marked() -> None:
    with ChatServer([says("Hello there", usage=None)]) as server:
        _, usage = await hear(model(server))
    assert usage.estimated
    assert usage.input_tokens > 0
    assert usage.output_tokens > 0


async def test_reasoning_shows_as_thinking_and_is_not_part_of_the_text() -> None:
    with ChatServer([says("Four.", thinking="two and two")]) as server:
        pieces = [p async for p in model(server).stream(ASKED)]
    assert pieces[0] == Delta(thinking=True)
    assert "".join(p.text for p in pieces if isinstance(p, Delta)) == "Four."


@pytest.mark.parametrize(
    ("content", "text"),
    [(None, ""), ([{"type": "text", "text": "in "}, {"type": "text", "text": "parts"}], "in parts"), ("", "")],
)
async def test_odd_content_is_tolerated(content: object, text: str) -> None:
    with ChatServer([says(content)]) as server:  # type: ignore[arg-type]
        assert (await hear(model(server)))[0] == text


async def test_the_arguments_of_a_tool_call_are_the_reply() -> None:
    with ChatServer([calls_tool('{"word": "ready, steady"}')]) as server:
        assert (await hear(model(server)))[0] == '{"word": "ready, steady"}'


@pytest.mark.parametrize("parameter", ["temperature", "max_tokens", "stream_options"])
async def test_a_refused_parameter_is_dropped_once_and_for_all(parameter: str, tmp_path: Path) -> None:
    def say(request: dict[str, object]) -> Said:
        if parameter in request:
            return refuses(400, f"Unsupported parameter: '{parameter}' is not supported with this model.")
        return says("Fine.")

    with ChatServer(say) as server:
        assert (await hear(model(server, capabilities=Capabilities(tmp_path))))[0] == "Fine."
        assert len(server.requests) == 2
        later = model(server, capabilities=Capabilities(tmp_path))  # another process, after a restart
        assert (await hear(later))[0] == "Fine."
        assert len(server.requests) == 3


async def test_parameters_are_sent_when_they_are_set_and_not_otherwise() -> None:
    with ChatServer(lambda _: says("Fine.")) as server:
        await hear(model(server))
        parameters = Parameters(reasoning_effort="low", temperature=1.0, max_tokens=900)
        await hear(OpenAIModel(Endpoint(base_url=server.base_url, model="m", parameters=parameters)))
    plain, full = server.requests
    assert (plain["temperature"], plain["max_tokens"]) == (0, 8000)
    assert "reasoning_effort" not in plain
    assert (full["temperature"], full["max_tokens"], full["reasoning_effort"]) == (1.0, 900, "low")


async def test_several_refused_parameters_are_dropped_one_after_the_other() -> None:
    script = [
        refuses(400, "Unsupported value", param="temperature"),
        refuses(400, "Use 'max_completion_tokens' instead", param="max_tokens"),
        says("Fine."),
    ]
    with ChatServer(script) as server:
        assert (await hear(model(server)))[0] == "Fine."
    assert set(server.requests[2]) == {"model", "messages", "stream", "stream_options"}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (refuses(401, "Incorrect API key provided"), "wrong_key"),
        (refuses(403, "Forbidden"), "wrong_key"),
        (refuses(404, "The model `m` does not exist", code="model_not_found"), "unknown_model"),
        (refuses(400, "Model Not Exist"), "unknown_model"),
        (refuses(402, "Insufficient Balance"), "no_money"),
        (refuses(429, "You exceeded your current quota", code="insufficient_quota"), "no_money"),
        (refuses(400, "too many tokens", code="context_length_exceeded"), "too_long"),
        (refuses(400, "the request exceeds the available context size"), "too_long"),
        (refuses(413, "Payload too large"), "too_long"),
        (refuses(422, "response_format: extra fields"), "refused"),
        (redirects("http://169.254.169.254/latest/meta-data"), "redirected"),
        (Said(200, {"content-type": "text/html"}, b"<html>Welcome</html>"), "not_openai"),
        (Said(events=("this is no json",)), "not_openai"),
        (Said(events=({"error": {"message": "overloaded", "code": "busy"}},)), "server_error"),
        (breaks("Half a rep", "closed"), "cut_off"),
        (breaks("Half a rep", "cut"), "cut_off"),
    ],
)
async def test_each_failure_is_told_from_the_others(said: Said, key: str) -> None:
    problem = await fails(said, said, said)
    assert problem.key == key


async def test_a_redirect_is_not_followed() -> None:
    with ChatServer([says("secret")]) as inner, ChatServer([redirects(inner.base_url + "/chat/completions")]) as outer:
        with pytest.raises(ProviderError, match="redirect"):
            await hear(model(outer))
        assert inner.requests == []


async def test_a_short_rate_limit_is_waited_for() -> None:
    with ChatServer([refuses(429, "slow down", headers={"retry-after": "0.01"}), says("Fine.")]) as server:
        assert (await hear(model(server)))[0] == "Fine."


async def test_a_long_rate_limit_is_named_and_not_waited_for() -> None:
    with ChatServer([refuses(429, "slow down", headers={"retry-after": "90"})]) as server:
        with pytest.raises(ProviderError) as caught:
            await hear(model(server))
        assert len(server.requests) == 1
    assert caught.value.key == "rate_limited"
    assert "90 seconds" in str(caught.value)


NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:07 GMT"}, 7),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0),
    ],
)
def test_how_long_to_wait_is_said_in_three_ways(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
async def test_every_passing_fault_is_waited_for_as_long_as_asked(status: int) -> None:
    with ChatServer([refuses(status, "busy", headers={"retry-after-ms": "3"}), says("Fine.")]) as server:
        pieces = [piece async for piece in model(server).stream(ASKED)]
    assert pieces[0] == Delta(waiting=0.003)


@pytest.mark.parametrize("status", [429, 503])
async def test_pauses_come_to_twenty_seconds_at_most(status: int) -> None:
    with ChatServer(lambda _: refuses(status, "busy", headers={"retry-after": "20.5"})) as server:
        with pytest.raises(ProviderError):
            await hear(model(server))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("sent", "read", "cached", "cut"),
    [
        (499, 10, 0, False),
        (1000, 499, 0, True),
        (1000, 501, 0, False),
        (1000, 100, 800, False),
        (4300, 2050, 0, True),
        (3300, 2050, 0, True),
        (3300, 2048, 0, True),
        (3300, 2049, 0, False),
        (2600, 2050, 0, False),
    ],
)
def test_a_prompt_that_was_cut_is_told_from_another_way_of_counting(
    sent: int, read: int, cached: int, cut: bool
) -> None:
    assert was_cut(sent, Usage(calls=1, input_tokens=read, cached_tokens=cached)) is cut


async def test_a_server_error_is_tried_a_bounded_number_of_times() -> None:
    with ChatServer(lambda _: refuses(500, "boom", headers={"retry-after-ms": "1"})) as server:
        with pytest.raises(ProviderError) as caught:
            await hear(model(server))
        assert len(server.requests) == 3
    assert caught.value.key == "server_error"
    assert "boom" in str(caught.value)


@pytest.mark.parametrize("said", [breaks("", "stall"), breaks("Half a rep", "stall")])
async def test_a_silent_endpoint_is_given_up_without_asking_again(said: Said) -> None:
    with ChatServer([said, said]) as server:
        with pytest.raises(ProviderError) as caught:
            await hear(model(server, timeout=0.2))
        assert len(server.requests) == 1
    assert caught.value.key == "stalled"


async def test_nobody_listening_is_unreachable() -> None:
    with ChatServer([]) as server:
        gone = model(server)
    with pytest.raises(ProviderError) as caught:
        await hear(gone)
    assert caught.value.key == "unreachable"


async def test_a_cancelled_call_ends_and_leaves_nothing_open() -> None:
    with ChatServer([breaks("Half a rep", "stall")]) as server:
        heard = asyncio.Event()

        async def listen() -> None:
            async for _ in model(server, timeout=30.0).stream(ASKED):
                heard.set()

        task = asyncio.create_task(listen())
        await asyncio.wait_for(heard.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)


async def test_a_schema_is_asked_for_in_the_endpoints_own_ways() -> None:
    definition = {"type": "object"}
    with ChatServer(lambda _: says("{}")) as server:
        for rung in ("json_schema", "tool", "json_object", "text"):
            async for _ in model(server).stream(ASKED, Shape(rung=rung, definition=definition)):  # type: ignore[arg-type]
                pass
    schema, tool, plain, text = server.requests
    assert schema["response_format"]["json_schema"] == {"name": "reply", "strict": True, "schema": definition}
    assert tool["tools"][0]["function"]["parameters"] == definition
    assert tool["tool_choice"]["function"]["name"] == "reply"
    assert plain["response_format"] == {"type": "json_object"}
    assert not {"response_format", "tools"} & set(text)


async def test_the_environment_of_the_sdk_does_not_reach_another_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "operators-own")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with ChatServer([says("Fine.")]) as server:
        await hear(OpenAIModel(Endpoint(base_url=server.base_url, model="m")))
    assert "operators-own" not in str(server.headers)


async def test_the_key_never_shows(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"Incorrect API key provided: {KEY}. headers: Bearer {KEY}"
    for status in (400, 401, 422, 500):
        with ChatServer(lambda _, s=status: refuses(s, echo, headers={"retry-after-ms": "1"})) as server:  # type: ignore[misc]
            one = model(server)
            with pytest.raises(ProviderError) as caught:
                await hear(one)
        sentences = [caught.value.say(language) for language in languages()]
        assert KEY not in f"{sentences} {caught.value!r} {caught.value.values} {one!r} {one.endpoint!r} {one.id}"
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
    assert KEY not in caplog.text


def test_an_endpoint_hides_what_its_url_carries() -> None:
    endpoint = Endpoint(base_url="https://user:word@llm.example.org:8443/v1", model="m")
    assert endpoint.host == "llm.example.org:8443"
    assert "word" not in endpoint.id


def test_every_provider_error_has_words_in_every_language() -> None:
    values = {
        "host": "h",
        "model": "m",
        "wait": 3,
        "status": 400,
        "detail": "d",
        "read": 1,
        "sent": 2,
        "character": "x",
    }
    keys = (
        "wrong_key unknown_model rate_limited no_money server_error stalled cut_off unreachable redirected "
        "not_openai empty_reply not_json too_long refused filtered declined limit_thinking limit_reached contradiction "
        "prompt_cut odd_key"
    )
    for key in keys.split():
        for language in languages():
            assert "{" not in ProviderError(key, **values).say(language)
