"""Requests that no page sends: what came with them, a key perhaps, is not printed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.web.conftest import Server

KEY = "sk-a-secret-that-must-not-be-logged"


def post(server: Server, path: str, body: dict[str, Any]) -> str:
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"content-type": "application/json", "cookie": COOKIE}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as refused:
        return refused.read().decode()


COOKIE = "interviewer_owner=" + "a" * 43


def handlers_with_a_key(server: Server) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{server.url}/config", timeout=20) as response:
        config = json.load(response)
    key = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "key")
    return [d for d in config["dependencies"] if key in d["inputs"]]


@pytest.mark.parametrize(
    "data", [[KEY], ["http://h/v1", "m", KEY], [None, None, KEY, KEY], [KEY, {"a": KEY}, [KEY], "en"], [KEY] * 9]
)
def test_a_key_among_inputs_that_do_not_fit_is_not_logged(server: Server, data: list[Any]) -> None:
    handlers = handlers_with_a_key(server)
    assert handlers
    before = server.log
    for handler in handlers:
        body = {"data": data, "fn_index": handler["id"], "session_hash": "s1"}
        said = post(server, "/gradio_api/queue/join", body)
        if "event_id" in said:
            address = f"{server.url}/gradio_api/queue/data?session_hash=s1"
            with urllib.request.urlopen(address, timeout=20) as events:
                said += next(line.decode() for line in events if b"process_completed" in line)
        said += post(server, "/gradio_api/run/predict", body)
        assert said
    new = server.log.removeprefix(before)
    assert KEY not in new
    if len(data) < 4:
        assert "inputs that don't fit" in new
