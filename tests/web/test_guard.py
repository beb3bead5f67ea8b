"""What every request passes, without gradio: closed doors, headers, the cookie."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from interviewer.settings import Settings
from interviewer.web.guard import Guard

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
COOKIE = "interviewer_owner=" + "a" * 43


async def app(scope: Any, receive: Any, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first ", "more_body": True})
    await send({"type": "http.response.body", "body": b"second"})


async def ask(
    path: str = "/", method: str = "GET", served: str = "0.0.0.0", **headers: str
) -> tuple[int, dict[str, str], list[bytes]]:
    """`served` is the address that the server listens at."""
    store = SecretStr("sqlite://")
    settings = Settings(data_folder=Path("unused"), database_url=store, host=served, in_space=path == "/space")
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    pairs = {"host": "here.test"} | {k.replace("_", "-"): v for k, v in headers.items()}
    raw = [(k.encode(), v.encode()) for k, v in pairs.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": raw,
        "scheme": "http",
        "server": ("here.test", 80),
    }
    await Guard(app, settings)(scope, receive, send)
    answered = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], answered, [m.get("body", b"") for m in sent[1:]]


async def test_what_is_streamed_is_passed_on_piece_by_piece() -> None:
    assert (await ask())[2] == [b"first ", b"second"]


async def test_a_first_visit_gets_a_cookie_that_scripts_and_other_sites_cannot_use() -> None:
    _, headers, _ = await ask()
    assert headers["set-cookie"].startswith("interviewer_owner=")
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=lax" in headers["set-cookie"]
    assert "set-cookie" not in (await ask(cookie=COOKIE))[1]
    assert "set-cookie" in (await ask(cookie="interviewer_owner=short"))[1]


async def test_a_page_may_load_nothing_from_elsewhere_and_be_framed_by_nobody() -> None:
    policy = (await ask("/gradio_api/anything"))[1]["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "https://huggingface.co" in (await ask("/space"))[1]["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload/",
        "/upload",
        "/monitoring",
        "/monitoring/summary",
        "/gradio_api/deep_link",
        "/gradio_api/proxy=https://example.com/",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
    ],
)
async def test_doors_that_the_page_does_not_use_are_closed(path: str) -> None:
    assert (await ask(path))[0] == 403


async def test_another_sites_page_cannot_act_with_a_visitors_cookie() -> None:
    assert (await ask("/gradio_api/run/x", "POST", origin="https://evil.test", cookie=COOKIE))[0] == 403
    assert (await ask("/gradio_api/run/x", "POST", origin="http://here.test", cookie=COOKIE))[0] == 200
    forwarded = {"origin": "https://public.test", "x_forwarded_host": "public.test"}
    assert (await ask("/gradio_api/run/x", "POST", cookie=COOKIE, **forwarded))[0] == 200


@pytest.mark.parametrize("length", ["2000001", "many"])
async def test_a_request_that_is_too_large_is_refused(length: str) -> None:
    assert (await ask("/gradio_api/run/x", "POST", content_length=length))[0] == 413


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "me.localhost", "LOCALHOST"])
async def test_a_page_on_this_machine_answers_to_its_own_names(host: str) -> None:
    assert (await ask(served="127.0.0.1", host=host))[0] == 200


@pytest.mark.parametrize("host", ["evil.test", "evil.test:7860", "127.0.0.1.evil.test", ""])
async def test_a_name_of_another_site_that_points_here_is_refused(host: str) -> None:
    """DNS rebinding: that site's page would else act as its owner's."""
    assert (await ask(served="127.0.0.1", host=host))[0] == 421
    assert (await ask(served="0.0.0.0", host=host))[0] == 200
