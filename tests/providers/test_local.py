"""Servers on this machine, and lists of models, as real servers send them."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from interviewer.errors import ProviderError
from interviewer.locales import languages
from interviewer.providers import Endpoint, local
from interviewer.providers.openai import OpenAIModel
from interviewer.providers.presets import Preset
from tests.listing import Listing, running, serves


def preset(url: str, name: str = "here") -> Preset:
    return Preset(id=name, name=name, base_url=url, model="m", needs_key=False)


async def found(*there: Listing) -> list[tuple[str, ...]]:
    with ExitStack() as stack:
        presets = [preset(stack.enter_context(running(listing)).base_url) for listing in there]
        return [server.models for server in await local.servers(presets)]


def test_only_this_machine_is_looked_at_and_never_the_own_port() -> None:
    looked_at = local.on_this_machine()
    assert {p.name for p in looked_at} == {"Ollama", "LM Studio", "llama.cpp", "vLLM"}
    assert all(p.base_url.startswith("http://127.0.0.1:") for p in looked_at)
    assert {p.name for p in local.on_this_machine(8080)} == {"Ollama", "LM Studio", "vLLM"}


async def test_what_a_server_serves_for_chat_is_offered_in_its_order() -> None:
    one = serves("qwen3:8b", "nomic-embed-text", "gemma3:4b", "qwen3:8b")
    assert await found(one) == [("qwen3:8b", "gemma3:4b")]
    ((path, headers),) = one.asked
    assert path == "/v1/models"
    assert "authorization" not in headers


async def test_no_proxy_is_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/authorities.pem")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert await found(serves("qwen3:8b")) == [("qwen3:8b",)]


@pytest.mark.parametrize(
    "other",
    [
        Listing(b"<html>a web server of somebody's</html>"),
        Listing({"data": []}),
        Listing({"data": "none"}),
        Listing([1, None, {"id": 7}, {"id": "x" * 300}, {"id": "a\nb"}]),
        Listing({"error": "key needed"}, status=401),
        Listing(b"", status=302, headers={"location": "http://127.0.0.1:9/elsewhere"}),
        Listing(b"[" * 100_000),
        Listing(b'{"data": [{"id": "m"}], "rest": "' + b"x" * 2_000_000 + b'"}'),
    ],
    ids=["html", "empty", "text", "odd-names", "locked", "redirect", "deep", "huge"],
)
async def test_what_is_no_model_server_is_passed_over(other: Listing) -> None:
    assert await found(other, serves("qwen3:8b")) == [("qwen3:8b",)]


async def test_a_silent_server_is_not_waited_for_and_nobody_there_is_no_fault() -> None:
    silent = serves("m")
    silent.silent.set()
    async with asyncio.timeout(20):
        assert await found(silent, serves("qwen3:8b")) == [("qwen3:8b",)]
    assert await local.servers([preset("http://127.0.0.1:9/v1")]) == ()


async def listed(listing: Listing, key: str | None = None) -> tuple[str, ...]:
    with running(listing):
        secret = SecretStr(key) if key else None
        return await OpenAIModel(Endpoint(base_url=listing.base_url, model="m", api_key=secret), timeout=2.0).models()


@pytest.mark.parametrize(
    "body",
    [
        {"object": "list", "data": [{"id": "a"}, {"id": "b"}]},
        [{"id": "a"}, {"id": "b"}],
        {"models": [{"name": "a"}, {"name": "b"}]},
        ["a", "b"],
    ],
)
async def test_an_endpoint_lists_its_models_in_one_form_or_another(body: object) -> None:
    listing = Listing(body)
    assert await listed(listing, "sk-mine") == ("a", "b")
    assert listing.asked[0][1]["authorization"] == "Bearer sk-mine"


@pytest.mark.parametrize(
    ("listing", "key"),
    [
        (Listing({"error": "no such path"}, status=404), "no_model_list"),
        (Listing({"data": []}), "no_model_list"),
        (Listing(b"<html>"), "not_openai"),
        (Listing({"error": {"message": "bad key sk-mine"}}, status=401), "wrong_key"),
    ],
)
async def test_an_endpoint_that_lists_nothing_is_explained(listing: Listing, key: str) -> None:
    with pytest.raises(ProviderError) as caught:
        await listed(listing, "sk-mine")
    assert caught.value.key == key
    for language in languages():
        assert "sk-mine" not in caught.value.say(language)
