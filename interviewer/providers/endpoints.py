"""Which endpoints a visitor may name: a shared server must not be made to call addresses inside its own network.

- The operator's own endpoint, from the environment, is always fine.
- A server on loopback serves its owner, who may call anything.
- On any other server a typed endpoint has to lie under a preset on the internet or under INTERVIEWER_ALLOWED_ENDPOINTS.
  A preset's name must resolve to addresses on the internet. An entry of the operator's list may be a private address,
  since the operator wrote it, but never a link-local one: cloud metadata services live there.

Redirects are not followed (openai.py), so an allowed endpoint can't lead elsewhere.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, unquote, urlsplit

from interviewer.errors import NotAllowed
from interviewer.providers.presets import all_presets
from interviewer.providers.urls import address
from interviewer.settings import Settings

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"From host and port to IP addresses; OSError when there are none."
Address = IPv4Address | IPv6Address

_PORTS = {"http": 80, "https": 443}
_NAT64 = ip_network("64:ff9b::/96")


async def resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def allowed(url: str, settings: Settings, resolve: Resolve = resolve) -> None:
    """Returns when a visitor may have this endpoint called.

    Raises:
        NotAllowed: says which rule stands against it.
    """
    if settings.base_url is not None and _same(url, settings.base_url):
        return
    parts = _parsed(url)
    if settings.on_loopback:
        return
    public = any(_under(parts, urlsplit(p.base_url)) for p in all_presets() if p.is_public)
    listed = any(_under(parts, urlsplit(entry)) for entry in settings.allowed_endpoints)
    if not public and not listed:
        raise NotAllowed("endpoint_not_listed", host=parts.hostname)
    await _check_addresses(parts, resolve, private_too=listed)


async def _check_addresses(parts: SplitResult, resolve: Resolve, *, private_too: bool) -> None:
    host = parts.hostname or ""
    try:
        addresses = [ip_address(a.partition("%")[0]) for a in await resolve(host, _port(parts))]
    except (OSError, ValueError):
        raise NotAllowed("endpoint_unknown_host", host=host) from None
    if not addresses or not all(_may_be_called(_inner(a), private_too) for a in addresses):
        raise NotAllowed("endpoint_internal", host=host)


def _may_be_called(address: Address, private_too: bool) -> bool:
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or (private_too and (address.is_private or address.is_loopback))


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.scheme in _PORTS and _port(parts) > 0
    except ValueError:
        usable = False
    if not usable or any(c.isspace() or ord(c) < 32 or c == "\\" for c in url):
        raise NotAllowed("endpoint_not_http")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise NotAllowed("endpoint_carries_more")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS.get(parts.scheme, 0)


def _under(parts: SplitResult, allowed: SplitResult) -> bool:
    """Same scheme, host and port, and a path at or below the allowed one."""
    try:
        same = (parts.scheme, _host(parts), _port(parts)) == (allowed.scheme, _host(allowed), _port(allowed))
    except ValueError:
        return False
    path, base = unquote(parts.path).rstrip("/") + "/", allowed.path.rstrip("/") + "/"
    return same and path.startswith(base) and ".." not in path and "//" not in path


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _same(url: str, other: str) -> bool:
    return address(url).url == address(other).url
