"""A file → notes. No more of it is read than notes of that many questions can need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from interviewer.errors import InvalidInput
from interviewer.importing import pdf, tables, word
from interviewer.importing.note import Found, Note, Place, Skipped, sorted_out
from interviewer.importing.recognising import recognise
from interviewer.typed import printable

MAX_BYTES = 2_000_000
MAX_NOTES = 200


def read(path: Path) -> Found:
    """The notes in a file.

    Raises:
        InvalidInput: it can't be read, is too large, or holds no questions; nothing of it is taken then.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InvalidInput("notes_kind", path=path, kinds=" ".join(_READERS))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise InvalidInput("unreadable_file", path=path, problem=problem.strerror) from None
    if len(data) > MAX_BYTES:
        raise InvalidInput("notes_too_large", path=path, limit=MAX_BYTES // 1_000_000)
    with _named(path):
        notes, skipped = reader(data)
    if not notes and not skipped:
        raise InvalidInput("notes_no_questions", path=path)
    if len(notes) > MAX_NOTES:
        raise InvalidInput("notes_too_many", path=path, found=len(notes), limit=MAX_NOTES)
    return sorted_out(notes, skipped)


def _of_text(data: bytes) -> tuple[list[Note], list[Skipped]]:
    lines = printable(tables.decoded(data)).split("\n")
    return recognise(lines, lambda at: Place(kind="line", number=at + 1)), []


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What the readers refuse, with the file's name. A library raises what it happens to meet in a broken file."""
    try:
        yield
    except InvalidInput as refusal:
        raise InvalidInput(refusal.key, path=path, **refusal.values) from None
    except Exception as problem:
        said = printable(" ".join(str(problem).split()))[:200] or type(problem).__name__
        raise InvalidInput("notes_unreadable", path=path, kind=path.suffix.lower(), problem=said) from None


_READERS: dict[str, Callable[[bytes], tuple[list[Note], list[Skipped]]]] = {
    ".md": _of_text,
    ".markdown": _of_text,
    ".txt": _of_text,
    ".docx": word.read,
    ".pdf": pdf.read,
    ".csv": tables.of_csv,
    ".jsonl": tables.of_jsonl,
}
