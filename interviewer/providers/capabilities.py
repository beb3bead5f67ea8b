"""What has been learnt about an endpoint and model, so that the next call need not try again."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from pydantic import ValidationError

from interviewer.providers import Rung
from interviewer.schema import Record


class Capability(Record):
    rung: Rung | None = None
    "The way of asking for a record that worked; None: not known yet."
    refused: tuple[str, ...] = ()
    "Optional parameters that the endpoint refused; `stream` too where it replies in one piece."
    path: str = ""
    "What the base URL lacks: /v1."


class Capabilities:
    """A memory in this process and, given a folder, in a file there. A file that can't be read or written is no fault:
    what it would have said is found out again."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder / "capabilities.json" if folder else None
        self._known: dict[str, Capability] | None = None

    def of(self, model_id: str) -> Capability:
        if self._known is None:
            self._known = self._read()
        return self._known.get(model_id, Capability())

    def learn(
        self,
        model_id: str,
        *,
        rung: Rung | None = None,
        refused: tuple[str, ...] | None = None,
        path: str | None = None,
    ) -> None:
        """Keeps what is given; None leaves that part as it is."""
        given = {"rung": rung, "refused": refused, "path": path}
        before = self.of(model_id)
        after = before.model_copy(update={name: value for name, value in given.items() if value is not None})
        if after != before:
            self._keep(model_id, after)

    def forget_rung(self, model_id: str) -> None:
        self._keep(model_id, self.of(model_id).model_copy(update={"rung": None}))

    def _keep(self, model_id: str, capability: Capability) -> None:
        self._known = {**(self._known or {}), **self._read(), model_id: capability}
        if self._file is None:
            return
        text = json.dumps({k: v.model_dump(mode="json") for k, v in self._known.items()}, indent=1, sort_keys=True)
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new = self._file.with_suffix(f".{os.getpid()}.new")
            new.write_text(text, encoding="utf-8")
            new.replace(self._file)

    def _read(self) -> dict[str, Capability]:
        if self._file is None:
            return {}
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return {str(key): Capability.model_validate(value) for key, value in found.items()}
        except (OSError, ValueError, AttributeError, ValidationError):
            return {}
