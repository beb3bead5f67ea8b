"""Words of the interface, one file per language. A new language is a new file with the same keys as en.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"The one in C saves a fifth of a second at each start."


class Words:
    """One language's words. Keys are dotted: `room.send`."""

    def __init__(self, language: str, tree: dict[str, Any]) -> None:
        self.language = language
        self.tree = tree

    def __call__(self, key: str, **values: object) -> str:
        text = self.get(key)
        if not isinstance(text, str):
            raise KeyError(f"{key}: no words for it in locales/{self.language}.yaml")
        return text.format(**values) if values else text

    def get(self, key: str) -> Any:
        node: Any = self.tree
        for part in key.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        return node

    def error(self, key: str, **values: object) -> str:
        return self(f"errors.{key}", **values)


@cache
def languages() -> tuple[str, ...]:
    """English first, then the others by name."""
    names = sorted(p.stem for p in _FOLDER.glob("*.yaml"))
    return tuple(sorted(names, key=lambda n: (n != "en", n)))


@cache
def words(language: str) -> Words:
    """The words of a language; English for one that has no file."""
    name = language if language in languages() else "en"
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return Words(name, yaml.load(text, Loader=_LOADER))  # noqa: S506  a safe loader either way
