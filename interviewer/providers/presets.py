"""Well-known endpoints, from presets.yaml. They save typing; any other OpenAI-compatible address works as well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from interviewer.providers import Rung
from interviewer.schema import Record


class Preset(Record):
    id: str
    name: str
    base_url: str
    model: str
    "An example; lists of models age."
    needs_key: bool
    rung: Rung = "json_schema"
    "Where to start asking for a record."

    @property
    def is_public(self) -> bool:
        """Served on the internet, as opposed to the visitor's own machine."""
        return self.base_url.startswith("https://")


@cache
def all_presets() -> tuple[Preset, ...]:
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    return tuple(Preset.model_validate(entry) for entry in yaml.safe_load(text))


def of(url: str) -> Preset | None:
    """The preset with this base URL."""
    return next((p for p in all_presets() if p.base_url.rstrip("/") == url.rstrip("/")), None)
