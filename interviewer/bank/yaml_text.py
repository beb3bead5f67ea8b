"""YAML as question files use it: fields, lists, text and whole numbers.

The parser's events are read one by one, so that a file can't hurt: no tags, no aliases (a small file that unfolds into
gigabytes), no depth that overflows a stack. Words that YAML turns into something else (no, on, 2026-01-01) stay text.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

MAX_DEPTH = 12
"Levels; a question needs 5."

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,18}")
_NOTHING = ("", "~", "null")


class Malformed(Exception):
    """`key` and `values` as in faults.Fault."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = {name: str(value) for name, value in values.items()}


class Repeated:
    """A field that is written twice. The first one counts."""

    def __init__(self, field: str, first: int, second: int) -> None:
        self.field, self.first, self.second = field, first, second


def parse(text: str) -> tuple[Any, list[Repeated]]:
    """The data of one document.

    Raises:
        Malformed: not YAML, or YAML that question files may not use.
    """
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        said = getattr(problem, "problem", None) or getattr(problem, "reason", None) or str(problem)
        if mark is None:
            raise Malformed("not_yaml", problem=said) from None
        raise Malformed("not_yaml_at", line=mark.line + 1, problem=said) from None
    return builder.root, builder.repeated


class _Open:
    """A mapping or list whose end has not been read yet."""

    def __init__(self, value: dict[str, Any] | list[Any]) -> None:
        self.value = value
        self.key = ""
        self.wants_key = isinstance(value, dict)
        self.is_repeated = False
        self.lines: dict[str, int] = {}

    @property
    def place(self) -> str:
        return self.key if isinstance(self.value, dict) else str(len(self.value) - 1)


class _Builder:
    def __init__(self) -> None:
        self.root: Any = None
        self.repeated: list[Repeated] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.NodeEvent):
            self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Malformed("two_documents", line=line)

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor:  # an alias has one too
            raise Malformed("alias", line=line)
        tag = getattr(event, "tag", None)
        if tag:
            raise Malformed("tag", line=line, tag=tag)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        else:
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], line)

    def _begin(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if self._open and self._open[-1].wants_key:
            raise Malformed("odd_key", line=line)
        self._add(value)
        self._open.append(_Open(value))
        if len(self._open) > MAX_DEPTH:
            raise Malformed("too_deep", line=line, levels=MAX_DEPTH)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self._open and self._open[-1].wants_key:
            self._begin_field(event.value, line)
        else:
            self._add(_plain(event.value) if event.implicit[0] else event.value)

    def _begin_field(self, key: str, line: int) -> None:
        top = self._open[-1]
        top.key, top.wants_key, top.is_repeated = key, False, key in top.lines
        if top.is_repeated:
            field = ".".join(level.place for level in self._open)
            self.repeated.append(Repeated(field, top.lines[key], line))
        else:
            top.lines[key] = line

    def _add(self, value: Any) -> None:
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
            return
        top.wants_key = True
        if not top.is_repeated:
            top.value[top.key] = value


def _plain(text: str) -> str | int | None:
    """The meaning of a word without quotes."""
    if text in _NOTHING:
        return None
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text
