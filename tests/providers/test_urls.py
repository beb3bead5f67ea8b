from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from interviewer.errors import NotAllowed, ProviderError
from interviewer.providers import Endpoint, Message, endpoints
from interviewer.providers.openai import OpenAIModel
from interviewer.providers.urls import address, may_lack_version, odd_character
from interviewer.settings import Settings

AZURE = "https://x.openai.azure.com/openai/deployments/gpt-4o"


@pytest.mark.parametrize(
    ("typed", "url", "query"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1", {}),
        (" https://api.openai.com/v1/ ", "https://api.openai.com/v1", {}),
        ("https://h/v1/chat/completions", "https://h/v1", {}),
        ("https://h/v1/chat/completions/", "https://h/v1", {}),
        ("https://h/v1//completions", "https://h/v1", {}),
        ("https://h/v1/models", "https://h/v1", {}),
        ("http://localhost:11434", "http://localhost:11434", {}),
        ("http://localhost:11434/", "http://localhost:11434", {}),
        ("https://h/api/paas/v4/", "https://h/api/paas/v4", {}),
        (f"{AZURE}/chat/completions?api-version=2024-10-21", AZURE, {"api-version": "2024-10-21"}),
        ("https://h/v1?key=1", "https://h/v1?key=1", {}),
        ("https://h/v1?api-version=1&x=2", "https://h/v1?api-version=1&x=2", {}),
        ("https://h/v1#a", "https://h/v1#a", {}),
        ("http://[::1/v1", "http://[::1/v1", {}),
        ("nonsense", "nonsense", {}),
    ],
)
def test_what_people_paste_becomes_a_base_url(typed: str, url: str, query: dict[str, str]) -> None:
    assert address(typed) == (url, query)
    assert address(url).url == url
    assert (Endpoint(base_url=typed, model="m").url, Endpoint(base_url=typed, model="m").query) == (url, query)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("http://h", True),
        ("http://h/api", True),
        ("http://h/v1", False),
        ("https://h/v1beta/openai", False),
        ("https://h/api/paas/v4", False),
        (AZURE, False),
    ],
)
def test_where_v1_may_have_been_forgotten(url: str, may: bool) -> None:
    assert may_lack_version(url) is may


async def test_another_query_is_refused_by_name_and_not_sent() -> None:
    endpoint = Endpoint(base_url="http://127.0.0.1:9/v1?key=1", model="m")
    settings = Settings(data_folder=Path("unused"), database_url=SecretStr("sqlite://"))
    with pytest.raises(NotAllowed, match="query"):
        await endpoints.allowed(endpoint.url, settings)
    with pytest.raises(ProviderError, match="query"):
        await first_piece(OpenAIModel(endpoint))


async def test_the_operators_endpoint_is_theirs_however_it_is_pasted() -> None:
    typed = "http://10.0.0.5:8000/v1/chat/completions"
    settings = Settings(data_folder=Path("unused"), database_url=SecretStr("sqlite://"), host="0.0.0.0", base_url=typed)
    await endpoints.allowed(Endpoint(base_url=typed, model="m").url, settings)


async def first_piece(model: OpenAIModel) -> object:
    async for piece in model.stream([Message(role="user", content="Hello?")]):
        return piece
    return None


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("“sk-1”", "“ (U+201C LEFT DOUBLE QUOTATION MARK), character 1"),
        ("sk-\u200b1", "(U+200B ZERO WIDTH SPACE), character 4"),
        ("sk-１", "１ (U+FF11 FULLWIDTH DIGIT ONE), character 4"),
        ("sk 1", "(U+0020 SPACE), character 3"),
        ("sk-1\n", "(U+000A control character), character 5"),
        ('"sk-1"', '" (U+0022 QUOTATION MARK), character 1'),
        ("sk-aA0_-.+/=~|:", None),
    ],
)
async def test_a_character_that_no_key_has_is_named(key: str, named: str | None) -> None:
    assert odd_character(key) == named
    if named:
        endpoint = Endpoint(base_url="http://127.0.0.1:9/v1", model="m", api_key=SecretStr(key))
        with pytest.raises(ProviderError) as refused:
            await first_piece(OpenAIModel(endpoint))
        assert named in str(refused.value)
        assert key not in str(refused.value)
