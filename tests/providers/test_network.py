"""The way out: what proxies and certificates in the environment may do to a call, against real servers."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from interviewer.errors import ProviderError
from interviewer.locales import languages
from interviewer.providers import Delta, Endpoint, Message
from interviewer.providers.openai import OpenAIModel
from tests.servers import ChatServer, says

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
PASSWORD = "a-password-for-the-proxy"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def hear(url: str) -> str:
    endpoint = Endpoint(base_url=url, model="m", api_key=SecretStr("k"))
    pieces = OpenAIModel(endpoint, timeout=2.0).stream((Message(role="user", content="Hello?"),))
    return "".join([p.text async for p in pieces if isinstance(p, Delta)])


async def fails(url: str) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await hear(url)
    for language in languages():
        said = caught.value.say(language)
        assert "{" not in said
        assert PASSWORD not in said
    return caught.value


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_nothing_for_an_endpoint_on_this_machine_goes_to_a_proxy(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(lambda _: says("by the proxy")) as a_proxy, ChatServer([says("straight")]) as server:
        monkeypatch.setenv(variable, a_proxy.base_url.removesuffix("/v1"))
        monkeypatch.setenv("NO_PROXY", "elsewhere.example")
        assert await hear(server.base_url) == "straight"
        assert a_proxy.requests == []


async def test_an_endpoint_on_the_internet_is_called_by_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(lambda _: says("by the proxy")) as a_proxy:
        monkeypatch.setenv("HTTP_PROXY", a_proxy.base_url.removesuffix("/v1"))
        assert await hear("http://llm.example.org/v1") == "by the proxy"
        monkeypatch.setenv("NO_PROXY", "example.org")
        assert (await fails("http://llm.example.org/v1")).key == "unreachable"
        assert len(a_proxy.requests) == 1


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://localhost:1/v1", True),
        ("http://localhost.:1/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://192.168.1.20/v1", True),
        ("http://10.0.0.5:8000/v1", True),
        ("http://studio.local:1234/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://host.docker.internal:11434/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://93.184.216.34/v1", False),
        ("http://local.example.org/v1", False),
    ],
)
def test_what_is_near_is_told_by_the_address_alone(url: str, local: bool) -> None:
    assert Endpoint(base_url=url, model="m").is_local is local


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("ALL_PROXY", f"socks5://me:{PASSWORD}@127.0.0.1:9", "proxy_unusable"),
        ("HTTPS_PROXY", f"http://me:{PASSWORD}@127.0.0.1:9", "proxy_failed"),
        ("https_proxy", f"http://me:{PASSWORD}@[::1", "proxy_no_address"),
        ("SSL_CERT_FILE", "/nowhere/authorities.pem", "certificates_unusable"),
        ("SSL_CERT_FILE", __file__, "certificates_unusable"),
        ("SSL_CERT_DIR", "/nowhere/authorities", "certificates_unusable"),
    ],
)
async def test_a_variable_that_stands_in_the_way_is_named(
    variable: str, value: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    problem = await fails("https://llm.example.org/v1")
    assert (problem.key, problem.values["variable"]) == (key, variable)
    with ChatServer([says("straight")]) as server:
        assert await hear(server.base_url) == "straight"


async def test_another_proxy_is_not_in_the_way_of_the_one_for_this_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer([says("by the proxy")]) as a_proxy:
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
        monkeypatch.setenv("HTTP_PROXY", a_proxy.base_url.removesuffix("/v1"))
        assert await hear("http://llm.example.org/v1") == "by the proxy"


@contextmanager
def tls(server: ChatServer, folder: Path) -> Iterator[tuple[str, Path]]:
    """The server behind TLS, with a certificate that it gave itself; its base URL and that certificate."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    cert, key = folder / "cert.pem", folder / "key.pem"
    new = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    new += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(new, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
    yield server.base_url.replace("http://", "https://"), cert


async def test_an_authority_of_ones_own_is_trusted_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(lambda _: says("safely")) as server, tls(server, tmp_path) as (url, certificate):
        problem = await fails(url)
        assert (problem.key, problem.values["variable"]) == ("untrusted_certificate", "SSL_CERT_FILE")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert await hear(url) == "safely"
