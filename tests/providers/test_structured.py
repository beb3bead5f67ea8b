from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from interviewer.errors import ProviderError
from interviewer.providers import Delta, Endpoint, Message, Rung
from interviewer.providers.capabilities import Capabilities
from interviewer.providers.openai import OpenAIModel
from interviewer.providers.scripted import ScriptedModel
from interviewer.providers.structured import ask, read, schema_of
from tests.servers import ChatServer, Said, calls_tool, refuses, says


class Part(BaseModel):
    name: str
    kind: Literal["a", "b"] = "a"


class Thing(BaseModel):
    parts: list[Part]
    remark: str


GOOD = '{"parts": [{"name": "x", "kind": "b"}], "remark": "fine"}'
THING = Thing(parts=[Part(name="x", kind="b")], remark="fine")
ASKED = (Message(role="system", content="Rules."), Message(role="user", content="Make a thing."))


def openai_model(server: ChatServer, capabilities: Capabilities | None = None) -> OpenAIModel:
    endpoint = Endpoint(base_url=server.base_url, model="m")
    return OpenAIModel(endpoint, timeout=5.0, capabilities=capabilities or Capabilities())


def rung_of(request: dict[str, Any]) -> Rung:
    if "tools" in request:
        return "tool"
    return request.get("response_format", {}).get("type", "text")  # type: ignore[no-any-return]


def takes_only(*rungs: Rung, status: int = 400) -> Any:
    """An endpoint that refuses every other way of asking."""

    def say(request: dict[str, Any]) -> Said:
        rung = rung_of(request)
        if rung not in rungs:
            return refuses(status, f"{rung} is not supported")
        return calls_tool(GOOD) if rung == "tool" else says(GOOD)

    return say


async def test_all_well_is_one_call() -> None:
    with ChatServer(takes_only("json_schema")) as server:
        record, usage = await ask(openai_model(server), ASKED, Thing)
    assert record == THING
    assert len(server.requests) == usage.calls == 1
    assert server.requests[0]["messages"] == [m.model_dump() for m in ASKED]


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize(("rung", "calls"), [("tool", 2), ("json_object", 3), ("text", 4)])
async def test_a_refused_way_of_asking_steps_down_and_is_remembered(
    rung: Rung, calls: int, status: int, tmp_path: Path
) -> None:
    with ChatServer(takes_only(rung, status=status)) as server:
        record, _ = await ask(openai_model(server, Capabilities(tmp_path)), ASKED, Thing)
        assert record == THING
        assert len(server.requests) == calls
        await ask(openai_model(server, Capabilities(tmp_path)), ASKED, Thing)
        assert len(server.requests) == calls + 1


@pytest.mark.parametrize("taken", ["json_object", "text"])
async def test_a_schema_that_is_ignored_in_silence_is_sent_in_words_the_second_time(taken: Rung) -> None:
    def say(request: dict[str, Any]) -> Said:
        if rung_of(request) == "json_schema":
            return says("Sure! Here is a thing: an apple.")
        return says(GOOD) if rung_of(request) == taken else refuses(400, "not supported")

    with ChatServer(say) as server:
        model = openai_model(server)
        record, usage = await ask(model, ASKED, Thing)
    assert record == THING
    assert usage.calls == 2
    assert usage.input_tokens > 200
    assert '"remark"' in server.requests[-1]["messages"][0]["content"]
    assert model.capabilities.of(model.id).rung == taken


@pytest.mark.parametrize("rung", ["json_object", "text"])
async def test_an_endpoint_without_schemas_gets_the_schema_in_the_rules(rung: Rung) -> None:
    with ChatServer(takes_only(rung)) as server:
        await ask(openai_model(server), ASKED, Thing)
    rules = server.requests[-1]["messages"][0]["content"]
    assert rules.startswith("Rules.")
    assert "JSON" in rules  # some endpoints insist on the word
    assert '"remark"' in rules


@pytest.mark.parametrize(("status", "key"), [(401, "wrong_key"), (429, "rate_limited"), (500, "server_error")])
async def test_other_failures_do_not_step_down(status: int, key: str) -> None:
    say = refuses(status, "no", headers={"x-should-retry": "false"})
    with ChatServer(lambda _: say) as server, pytest.raises(ProviderError) as caught:
        await ask(openai_model(server), ASKED, Thing)
    assert caught.value.key == key
    assert len(server.requests) == 1


async def test_a_404_on_every_rung_is_an_unknown_model() -> None:
    with ChatServer(lambda _: refuses(404, "nothing here")) as server, pytest.raises(ProviderError) as caught:
        await ask(openai_model(server), ASKED, Thing)
    assert caught.value.key == "unknown_model"


async def test_a_refusal_on_every_rung_says_what_the_endpoint_said() -> None:
    with ChatServer(lambda _: refuses(400, "out of cheese")) as server, pytest.raises(ProviderError) as caught:
        await ask(openai_model(server), ASKED, Thing)
    assert caught.value.key == "refused"
    assert "out of cheese" in str(caught.value)


@pytest.mark.parametrize(
    "wrapped",
    [
        f"```json\n{GOOD}\n```",
        f"<think>Is it {{an apple}}?</think>\n{GOOD}",
        f"maybe {{}} or so</think>{GOOD}",
        f"Here is the thing you asked for:\n\n{GOOD}\n\nAnything else?",
        f"As {{requested}}: {GOOD}",
        GOOD.replace("fine", "two\nlines"),
        GOOD.replace("}", ', "extra": 1}'),
    ],
)
def test_a_record_is_found_in_whatever_surrounds_it(wrapped: str) -> None:
    record = read(wrapped, Thing).record
    assert record is not None
    assert record.parts == THING.parts


@pytest.mark.parametrize(
    "useless", ["", "I can't.", GOOD[:-8], '{"parts": 3, "remark": "x"}', "[1, 2]", "<think>" + GOOD]
)
def test_half_a_record_is_none(useless: str) -> None:
    assert read(useless, Thing).record is None


def test_a_flood_of_braces_is_survived() -> None:
    assert read("{" * 100_000, Thing).record is None
    assert read('{"a":' * 5_000, Thing).record is None


def proven(*replies: str) -> ScriptedModel:
    model = ScriptedModel(replies)
    model.capabilities.learn(model.id, rung="json_schema")
    return model


async def test_an_unusable_reply_is_sent_back_once_with_its_fault() -> None:
    model = proven('{"parts": [], "remark": 3}', GOOD)
    record, usage = await ask(model, ASKED, Thing)
    assert record == THING
    assert usage.calls == 2
    sent_back = model.calls[1].messages
    assert sent_back[:2] == ASKED
    assert sent_back[2] == Message(role="assistant", content='{"parts": [], "remark": 3}')
    assert "remark: Input should be a valid string" in sent_back[3].content


@pytest.mark.parametrize(("second", "key"), [("Still no.", "not_json"), ("  ", "empty_reply")])
async def test_a_second_unusable_reply_is_an_error_and_the_rung_is_tried_anew(second: str, key: str) -> None:
    model = proven("No.", second)
    with pytest.raises(ProviderError) as caught:
        await ask(model, ASKED, Thing)
    assert caught.value.key == key
    assert len(model.calls) == 2
    assert model.capabilities.of(model.id).rung is None


async def test_prose_on_every_rung_is_paid_for_twice_at_most() -> None:
    model = ScriptedModel(lambda _: "I would rather chat.")
    with pytest.raises(ProviderError):
        await ask(model, ASKED, Thing)
    assert [call.shape.rung for call in model.calls if call.shape] == ["json_schema", "json_object"]


async def test_a_check_may_ask_for_more_and_the_first_record_is_kept_if_nothing_better_comes() -> None:
    model = ScriptedModel([GOOD, "Sorry?"])
    record, _ = await ask(model, ASKED, Thing, check=lambda thing: "More, please.")
    assert record == THING
    assert model.calls[1].messages[-1].content == "More, please."
    failing = ScriptedModel([GOOD, ProviderError("stalled", host="h", model="m")])
    assert (await ask(failing, ASKED, Thing, check=lambda thing: "More, please."))[0] == THING


async def test_what_comes_in_can_be_watched() -> None:
    seen: list[tuple[str, str]] = []
    model = ScriptedModel(["{oops", GOOD], piece=30, thinks=True)
    model.capabilities.learn(model.id, rung="tool")
    await ask(model, ASKED, Thing, on_text=lambda stage, text: seen.append((stage, text)))
    assert seen == [
        ("thinking", ""),
        ("writing", "{oops"),
        ("repairing", ""),
        ("thinking", ""),
        ("writing", GOOD[:30]),
        ("writing", GOOD),
    ]


def test_a_schema_is_small_and_strict() -> None:
    assert schema_of(Thing) == {
        "type": "object",
        "properties": {
            "parts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "kind": {"type": "string", "enum": ["a", "b"]}},
                    "required": ["name", "kind"],
                    "additionalProperties": False,
                },
            },
            "remark": {"type": "string"},
        },
        "required": ["parts", "remark"],
        "additionalProperties": False,
    }


def test_capabilities_survive_a_restart_and_a_damaged_file(tmp_path: Path) -> None:
    first = Capabilities(tmp_path / "new")
    first.learn("m @ h", rung="tool")
    first.learn("m @ h", refused=("temperature",))
    second = Capabilities(tmp_path / "new")
    assert second.of("m @ h").rung == "tool"
    assert second.of("m @ h").refused == ("temperature",)
    for damage in ("", "[]", '{"m @ h": {"rung": "stairs"}}', "\0"):
        (tmp_path / "new" / "capabilities.json").write_text(damage)
        third = Capabilities(tmp_path / "new")
        assert third.of("m @ h").rung is None
        third.learn("m @ h", rung="text")
        assert json.loads((tmp_path / "new" / "capabilities.json").read_text())["m @ h"]["rung"] == "text"


def test_two_processes_do_not_forget_each_others_endpoints(tmp_path: Path) -> None:
    one, other = Capabilities(tmp_path), Capabilities(tmp_path)
    one.of("a"), other.of("b")
    one.learn("a", rung="tool")
    other.learn("b", rung="text")
    assert Capabilities(tmp_path).of("a").rung == "tool"


def test_an_unwritable_folder_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    capabilities = Capabilities(tmp_path / "file")
    capabilities.learn("a", rung="tool")
    assert capabilities.of("a").rung == "tool"


async def test_a_model_that_never_stops_is_stopped() -> None:
    endless = '{"parts": [' + '{"name": "again", "kind": "a"}, ' * 4000
    model = ScriptedModel([endless, GOOD], piece=100)
    read_so_far: list[int] = []
    thing, _ = await ask(model, ASKED, Thing, lambda stage, text: read_so_far.append(len(text)))
    assert thing == THING
    assert max(read_so_far) <= 24_100


async def test_long_thoughts_are_no_runaway() -> None:
    thing, _ = await ask(ScriptedModel(["<think>" + "hm, " * 8000 + "</think>" + GOOD], piece=200), ASKED, Thing)
    assert thing == THING


async def test_nobody_waits_for_ever_for_one_record() -> None:
    class Dripping(ScriptedModel):
        async def stream(self, messages: Any, shape: Any = None) -> Any:
            while True:
                yield Delta(text=" ")
                await asyncio.sleep(0.01)

    with pytest.raises(ProviderError) as raised:
        await ask(Dripping([]), ASKED, Thing, patience=0.2)
    assert raised.value.key == "too_slow"


# --- limits of length -------------------------------------------------------------------------------------------------

BOUNDED = {**schema_of(Thing), "maxProperties": 2}


def schema_in(request: dict[str, Any]) -> Any:
    return request["response_format"]["json_schema"]["schema"]


async def test_an_engine_on_this_machine_is_told_how_long_a_field_may_be() -> None:
    with ChatServer(takes_only("json_schema")) as server:
        await ask(openai_model(server), ASKED, Thing, bounded=BOUNDED)
    assert [schema_in(r) for r in server.requests] == [BOUNDED]


async def test_a_hosted_model_is_not() -> None:
    model = ScriptedModel([GOOD])
    await ask(model, ASKED, Thing, bounded=BOUNDED)
    assert [call.shape.definition for call in model.calls if call.shape] == [schema_of(Thing)]


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8080/v1", True),
        ("http://127.0.0.1:1234/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://192.168.1.20:8000/v1", True),
        ("http://studio.local:1234/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8/v1", False),
        (None, False),
    ],
)
def test_what_stands_in_the_own_network_is_told_by_its_address(url: str | None, local: bool) -> None:
    endpoint = Endpoint(base_url=url, model="m")
    assert (endpoint.is_local, OpenAIModel(endpoint).keeps_limits) == (local, local)


async def test_refused_limits_are_left_out_and_not_tried_again(tmp_path: Path) -> None:
    def say(request: dict[str, Any]) -> Said:
        return says(GOOD) if schema_in(request) == schema_of(Thing) else refuses(400, "maxProperties is not supported")

    with ChatServer(say) as server:
        for _ in range(2):
            await ask(openai_model(server, Capabilities(tmp_path)), ASKED, Thing, bounded=BOUNDED)
        assert [schema_in(r) == BOUNDED for r in server.requests] == [True, False, False]


async def test_an_endpoint_without_schemas_is_not_thought_to_refuse_limits() -> None:
    with ChatServer(takes_only("tool")) as server:
        model = openai_model(server)
        await ask(model, ASKED, Thing, bounded=BOUNDED)
        assert server.requests[-1]["tools"][0]["function"]["parameters"] == BOUNDED
    assert model.capabilities.of(model.id).refused == ()
