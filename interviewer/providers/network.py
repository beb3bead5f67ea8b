"""How a call gets out: straight or by a proxy, and which certificates it trusts. Imports HTTPX, like openai.py.

Nothing for an endpoint on this machine or in its network goes to a proxy, whatever the environment says. A variable
that stands in the way is named; its value is not, as it may hold a password.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx2

from interviewer import settings
from interviewer.errors import ProviderError
from interviewer.providers import Endpoint


def way_out(endpoint: Endpoint) -> dict[str, Any]:
    """Options for an HTTPX client.

    Raises:
        ProviderError: proxy_unusable or certificates_unusable, with the variable that says so.
    """
    found = proxy(endpoint)
    if found and found.scheme not in ("http", "https"):
        raise ProviderError("proxy_unusable", variable=found.variable, scheme=found.scheme, host=endpoint.host)
    try:
        through = httpx2.Proxy(found.url.get_secret_value()) if found else None
    except (ValueError, httpx2.InvalidURL):
        raise ProviderError("proxy_no_address", variable=found.variable if found else "") from None
    return {"verify": _tls(endpoint), "proxy": through, "trust_env": False}


def proxy(endpoint: Endpoint) -> settings.ProxySetting | None:
    return None if endpoint.is_local else settings.proxy(endpoint.url)


def on_the_way(problem: BaseException, endpoint: Endpoint) -> ProviderError | None:
    """The error that names the variable, where a call failed before it reached the endpoint; None without one."""
    causes = tuple(_causes(problem))
    trusted = settings.certificates()
    if any(isinstance(c, ssl.SSLCertVerificationError) for c in causes):
        variable = trusted[0] if trusted else "SSL_CERT_FILE"
        return ProviderError("untrusted_certificate", variable=variable, host=endpoint.host)
    through = proxy(endpoint)
    if through and any(isinstance(c, httpx2.ConnectTimeout | httpx2.ConnectError | httpx2.ProxyError) for c in causes):
        return ProviderError("proxy_failed", variable=through.variable, host=endpoint.host)
    return None


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or getattr(problem, "os_error", None) or problem.__context__


def _tls(endpoint: Endpoint) -> ssl.SSLContext:
    if endpoint.url.startswith("http://"):
        return no_tls()
    trusted = settings.certificates()
    try:
        if trusted and not trusted[1].exists():
            raise FileNotFoundError
        return _trusting(trusted)
    except OSError:  # ssl.SSLError is one
        raise ProviderError("certificates_unusable", variable=trusted[0] if trusted else "SSL_CERT_FILE") from None


@cache
def _trusting(trusted: tuple[str, Path] | None) -> ssl.SSLContext:
    """`trusted` is what HTTPX reads in the environment itself: another value is another context."""
    return httpx2.create_ssl_context()


@cache
def no_tls() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
