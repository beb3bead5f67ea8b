from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr

from interviewer.errors import NotAllowed
from interviewer.locales import languages
from interviewer.providers import endpoints
from interviewer.providers.endpoints import Resolve
from interviewer.providers.presets import all_presets, of
from interviewer.settings import Settings

PUBLIC = "93.184.216.34"


def settings(host: str = "0.0.0.0", **more: object) -> Settings:
    values = {"host": host, "data_folder": Path("/nowhere"), "database_url": SecretStr("sqlite://"), **more}
    return Settings.model_validate(values)


def resolves_to(*addresses: str) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[str]:
        if not addresses:
            raise OSError("no such host")
        return addresses

    return resolve


async def refused(url: str, resolve: Resolve | None = None, **more: object) -> str:
    with pytest.raises(NotAllowed) as caught:
        await endpoints.allowed(url, settings(**more), resolve or resolves_to(PUBLIC))  # type: ignore[arg-type]
    for language in languages():
        assert "{" not in caught.value.say(language)
    return caught.value.key


@pytest.mark.parametrize("preset", [p for p in all_presets() if p.is_public], ids=lambda p: p.id)
async def test_every_preset_on_the_internet_is_allowed(preset: object) -> None:
    await endpoints.allowed(preset.base_url, settings(), resolves_to(PUBLIC))  # type: ignore[attr-defined]
    await endpoints.allowed(preset.base_url + "/", settings(), resolves_to(PUBLIC))  # type: ignore[attr-defined]


@pytest.mark.parametrize("preset", [p for p in all_presets() if not p.is_public], ids=lambda p: p.id)
async def test_a_preset_on_the_visitors_own_machine_is_not_for_a_shared_server(preset: object) -> None:
    assert await refused(preset.base_url) == "endpoint_not_listed"  # type: ignore[attr-defined]


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434/v1", "http://192.168.1.7/v1", "https://llm.example.org/v1"])
async def test_a_server_on_loopback_may_call_anything_for_its_owner(url: str) -> None:
    await endpoints.allowed(url, settings("127.0.0.1"), resolves_to())


async def test_the_operators_own_endpoint_is_always_fine() -> None:
    await endpoints.allowed("http://10.0.0.5:8000/v1/", settings(base_url="http://10.0.0.5:8000/v1"), resolves_to())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://h/v1", "gopher://h", "", "api.openai.com/v1", "http://",
                                 "http://h:99999/v1", "http://[::1/v1", "https://api.openai.com\\@evil.example/v1",
                                 "https://api.openai.com /v1"])  # fmt: skip
@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
async def test_only_web_addresses_are_endpoints(url: str, host: str) -> None:
    assert await refused(url, host=host) == "endpoint_not_http"


@pytest.mark.parametrize("url", ["https://me:word@api.openai.com/v1", "https://api.openai.com/v1?x=1",
                                 "https://api.openai.com@evil.example/v1", "https://api.openai.com/v1#x"])  # fmt: skip
async def test_an_endpoint_carries_nothing_else(url: str) -> None:
    assert await refused(url) == "endpoint_carries_more"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1",
        "http://api.openai.com/v1",
        "https://api.openai.com:8443/v1",
        "https://api.openai.com.evil.example/v1",
        "https://api.openai.com/v2",
        "https://api.openai.com/v1x",
        "https://api.openai.com/v1/../admin",
        "https://api.openai.com/v1/%2e%2e/admin",
        "http://169.254.169.254/latest",
        "http://2130706433/v1",
        "http://[::ffff:127.0.0.1]/v1",
    ],
)
async def test_what_is_not_listed_is_refused(url: str) -> None:
    assert await refused(url) == "endpoint_not_listed"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.9",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "224.0.0.1",
    ],
)
async def test_a_listed_name_that_leads_inside_is_refused(address: str) -> None:
    assert await refused("https://api.openai.com/v1", resolves_to(PUBLIC, address)) == "endpoint_internal"


async def test_an_unknown_name_is_refused() -> None:
    assert await refused("https://api.openai.com/v1", resolves_to()) == "endpoint_unknown_host"


async def test_the_operators_list_may_name_a_private_address_but_never_a_metadata_service() -> None:
    listed = {"allowed_endpoints": ("http://llm.intra:8000/v1",)}
    await endpoints.allowed("http://llm.intra:8000/v1", settings(**listed), resolves_to("10.0.0.7"))
    await endpoints.allowed("http://LLM.intra:8000/v1/", settings(**listed), resolves_to("10.0.0.7"))
    for address in ("169.254.169.254", "::ffff:169.254.169.254", "fe80::1"):
        assert await refused("http://llm.intra:8000/v1", resolves_to(address), **listed) == "endpoint_internal"
    assert await refused("http://llm.intra:8001/v1", resolves_to("10.0.0.7"), **listed) == "endpoint_not_listed"


def test_a_preset_is_found_by_its_address() -> None:
    found = of("https://api.deepseek.com/v1/")
    assert found is not None
    assert found.rung == "json_object"
    assert of("https://api.example.org/v1") is None


def test_presets_are_told_apart_and_need_a_key_on_the_internet() -> None:
    presets = all_presets()
    assert len({p.id for p in presets}) == len({p.base_url for p in presets}) == len(presets)
    assert all(p.needs_key == p.is_public for p in presets)
