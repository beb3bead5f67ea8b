"""Model servers on this machine: which are there, and what they serve. No key is ever sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx2

from interviewer.providers.network import no_tls
from interviewer.providers.presets import Preset, all_presets
from interviewer.schema import Record

PATIENCE = 0.3
"Seconds for one server's whole answer."
_LARGEST = 1_000_000
"Bytes of a list of models that are read: what listens at a well-known port may be anything."
_MOST_NAMES, _LONGEST_NAME = 1000, 200
_NOT_FOR_CHAT = ("embed", "rerank", "whisper")
"Parts of the names of models that can't grade."


class LocalServer(Record):
    preset: Preset
    models: tuple[str, ...]


def on_this_machine(own_port: int | None = None) -> tuple[Preset, ...]:
    """The presets of servers on loopback, but for the port that this program has."""
    presets = [p for p in all_presets() if _is_loopback(p)]
    return tuple(p for p in presets if urlsplit(p.base_url).port != own_port)


async def servers(presets: Sequence[Preset]) -> tuple[LocalServer, ...]:
    """Those that answer in time and serve a model for chat. Straight, by no proxy."""
    async with httpx2.AsyncClient(trust_env=False, verify=no_tls(), timeout=None) as client:
        served = await asyncio.gather(*(_served(client, p) for p in presets))
    found = (LocalServer(preset=p, models=models) for p, models in zip(presets, served, strict=True))
    return tuple(server for server in found if server.models)


async def _served(client: httpx2.AsyncClient, preset: Preset) -> tuple[str, ...]:
    body = b""
    try:
        async with asyncio.timeout(PATIENCE), client.stream("GET", f"{preset.base_url}/models") as response:
            if response.status_code != 200:
                return ()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    return ()
        listed = names(json.loads(body))
    except (TimeoutError, httpx2.HTTPError, ValueError, RecursionError):
        return ()
    return tuple(name for name in listed if not any(part in name.casefold() for part in _NOT_FOR_CHAT))


def names(reply: Any) -> tuple[str, ...]:
    """Of models, out of a list as endpoints send it: `{"data": [{"id": "m"}]}`, or something near it."""
    entries = (reply.get("data") or reply.get("models")) if isinstance(reply, dict) else reply
    if not isinstance(entries, list):
        return ()
    named = ((e.get("id") or e.get("name")) if isinstance(e, dict) else e for e in entries)
    usable = (n for n in named if isinstance(n, str) and 0 < len(n) <= _LONGEST_NAME and n.isprintable())
    return tuple(dict.fromkeys(usable))[:_MOST_NAMES]


def _is_loopback(preset: Preset) -> bool:
    return not preset.is_public and ip_address(urlsplit(preset.base_url).hostname or "").is_loopback
