"""From what people paste as an address to a base URL, and what is wrong with a pasted key. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

_CALLS = re.compile(r"/+(?:(?:chat/)?completions|responses|embeddings|models)?/*\Z")
"Ends of a path that name a call and not the base."
_VERSION = re.compile(r"/v\d+\w*(?:/|\Z)|/deployments/")


class Address(NamedTuple):
    url: str
    query: dict[str, str]
    "Sent with every call: classic Azure wants its api-version there."


def address(typed: str) -> Address:
    """The base URL, without the call's own path: `https://h/v1/chat/completions` is `https://h/v1`.

    A query of anything but an api-version stays where it is, for others to refuse.
    """
    try:
        parts = urlsplit(typed.strip())
    except ValueError:
        return Address(typed.strip(), {})
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.fragment or set(query) - {"api-version"}:
        return Address(typed.strip(), {})
    return Address(urlunsplit((parts.scheme, parts.netloc, _CALLS.sub("", parts.path), "", "")), query)


def may_lack_version(url: str) -> bool:
    """Whether /v1 may have been forgotten."""
    return not _VERSION.search(urlsplit(url).path)


def odd_character(key: str) -> str | None:
    """The first character of a key that no key has, by name and place."""
    for place, character in enumerate(key, 1):
        if not "!" <= character <= "~" or character in "\"'`":
            shown = f"{character} " if character.isprintable() and not character.isspace() else ""
            name = unicodedata.name(character, "control character")
            return f"{shown}(U+{ord(character):04X} {name}), character {place}"
    return None
