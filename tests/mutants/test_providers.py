"""Which record of a reply counts, what of an endpoint's words is shown, and what is asked again."""

from __future__ import annotations

import json

import httpx2
import openai
import pytest
from pydantic import BaseModel, SecretStr

from interviewer.errors import ProviderError
from interviewer.providers import Endpoint, Message
from interviewer.providers.faults import MOST_DETAIL, explain, may_be_asked_again, retry_after, scrub
from interviewer.providers.reading import read
from interviewer.providers.scripted import ScriptedModel
from interviewer.providers.structured import MOST_SENT_BACK, ask

KEY = "sk-0123456789abcdef"
HERE = Endpoint(base_url="https://example.org/v1", model="m", api_key=SecretStr(KEY))


class Two(BaseModel):
    a: str
    b: str = ""


def decides(record: Two) -> tuple[str, str] | None:
    return (record.a, record.b) if record.b else None


def test_the_last_whole_record_counts() -> None:
    assert read('First {"a": "draft"} then {"a": "x", "b": "y"}', Two, decides).record == Two(a="x", b="y")


def test_records_that_decide_otherwise_count_for_nothing() -> None:
    reading = read('{"a": "x", "b": "n"} or rather {"a": "x", "b": "y"}', Two, decides)
    assert reading.record is None
    assert reading.several


def test_a_record_inside_of_thoughts_is_none() -> None:
    assert read('<think>{"a": "draft", "b": "n"}</think>{"a": "x", "b": "y"}', Two, decides).record.b == "y"
    assert read('<thought>{"a": "draft", "b": "n"}</thought>{"a": "x", "b": "y"}', Two, decides).record.b == "y"
    assert read('so {"a": "draft", "b": "n"}</think>{"a": "x", "b": "y"}', Two, decides).record.b == "y"


def test_a_record_keeps_its_strings() -> None:
    said = "I <think> of it </think>"
    assert read(json.dumps({"a": said, "b": "y"}), Two).record.a == said
    assert read('{"a": "\\tau is \\alpha", "b": "y"}', Two).record.a == "\\tau is \\alpha"


async def test_a_record_that_is_not_whole_is_sent_back_once_and_kept_where_nothing_better_comes() -> None:
    model = ScriptedModel(['{"a": "x"}', "no"])
    record, usage = await ask(model, [Message(role="system", content="r")], Two, check=lambda r: None if r.b else "b?")
    assert record == Two(a="x")
    assert usage.calls == 2
    assert [m.content for m in model.calls[1].messages[-2:]] == ['{"a": "x"}', "b?"]


async def test_a_long_unusable_reply_is_sent_back_in_part() -> None:
    model = ScriptedModel(["x" * 20_000, '{"a": "x"}'])
    await ask(model, [Message(role="system", content="r")], Two)
    assert len(model.calls[1].messages[-2].content) == MOST_SENT_BACK


def status(code: int, message: str, **headers: str) -> openai.APIStatusError:
    asked = httpx2.Request("POST", "https://example.org/v1/chat/completions")
    response = httpx2.Response(code, json={"error": {"message": message}}, headers=headers, request=asked)
    return openai.APIStatusError(message, response=response, body={"message": message})


def test_the_key_is_in_no_error() -> None:
    error = explain(status(400, f"bad header {KEY} of yours"), HERE)
    assert KEY not in str(error)
    assert "bad header" in str(error)


@pytest.mark.parametrize("form", [KEY, KEY.upper(), "c2stMDEyMzQ1Njc4OWFiY2RlZg"])
def test_the_key_is_taken_out_in_every_form(form: str) -> None:
    assert form not in scrub(f"sent: {form}.", HERE)
    assert scrub("sent: nothing.", HERE) == "sent: nothing."


def test_an_error_of_an_own_kind_is_scrubbed_too() -> None:
    error = explain(ProviderError("refused", status=400, detail=f"says {KEY}", host="h", model="m"), HERE)
    assert KEY not in str(error.values)


def test_an_endpoint_s_words_end() -> None:
    assert len(scrub("long " * 1000, HERE)) == MOST_DETAIL + 1


def test_what_costs_or_never_does_is_not_asked_again() -> None:
    assert may_be_asked_again(status(503, "overloaded"))
    assert not may_be_asked_again(status(429, "insufficient_quota"))
    assert not may_be_asked_again(status(500, "content_filter"))
    assert not may_be_asked_again(status(503, "busy", **{"x-should-retry": "false"}))


def test_a_time_to_wait_is_read_in_its_unit() -> None:
    assert retry_after({"retry-after-ms": "1500", "retry-after": "9"}) == 1.5
    assert retry_after({"retry-after": "9"}) == 9
    assert retry_after({"retry-after": "soon"}) is None
