"""A file to start a question from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from interviewer.errors import InvalidInput
from interviewer.schema import Slug

_SLUG = TypeAdapter(Slug)


def check_slug(name: str) -> None:
    """Raises InvalidInput for what can't be an id or a topic."""
    try:
        _SLUG.validate_python(name)
    except ValidationError:
        raise InvalidInput("not_a_slug", name=name) from None


def write_template(folder: Path, topic: str, slug: str) -> Path:
    """The file written.

    Raises:
        InvalidInput: no usable names, the file is there already, or it can't be written.
    """
    check_slug(topic)
    check_slug(slug)
    file = folder / topic / f"{slug}.yaml"
    template = Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")
    text = template.format(id=slug, topic=topic, month=f"{datetime.now(UTC):%Y-%m}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise InvalidInput("file_exists", path=file) from None
    except OSError as problem:
        raise InvalidInput("unwritable_file", path=file, problem=problem.strerror) from None
    return file
