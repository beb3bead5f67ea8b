"""Prompts are Jinja templates in the folder `prompts/`; a value that a template names and nobody gave is an error."""

from __future__ import annotations

import hashlib
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from interviewer.settings import shipped


@cache
def _environment() -> Environment:
    return Environment(  # noqa: S701  prompts are plain text, not HTML
        loader=FileSystemLoader(shipped("prompts")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


def render(name: str, **values: object) -> str:
    """The prompt `prompts/<name>.md` with its values."""
    return _environment().get_template(f"{name}.md").render(**values).strip()


@cache
def fingerprint(*names: str) -> str:
    """Twelve hex digits that change when one of these prompt files changes."""
    folder = shipped("prompts")
    return hashlib.sha256(b"\0".join((folder / f"{n}.md").read_bytes() for n in names)).hexdigest()[:12]
