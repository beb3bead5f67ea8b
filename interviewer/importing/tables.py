"""CSV and JSON Lines: a note a row."""

from __future__ import annotations

import csv
import io
from typing import Any

from pydantic_core import from_json

from interviewer.errors import InvalidInput
from interviewer.importing.note import Note, Place, Skipped, names
from interviewer.typed import printable

Read = tuple[list[Note], list[Skipped]]


def decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InvalidInput("notes_not_utf8", line=data.count(b"\n", 0, problem.start) + 1) from None


def of_csv(data: bytes) -> Read:
    text = decoded(data)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    head: list[str] = []
    notes, line = [], 1
    try:
        for row in rows:
            if not head:
                head = [_column(cell) for cell in row]
                if not {"question", "answer"} <= set(head):
                    raise InvalidInput("notes_no_columns", found=", ".join(map(printable, row)))
            elif any(cell.strip() for cell in row):
                notes.append(_note(dict(zip(head, row, strict=False)), line))
            line = rows.line_num + 1
    except csv.Error as problem:
        raise InvalidInput("notes_bad_csv", line=rows.line_num, problem=problem) from None
    return notes, []


def of_jsonl(data: bytes) -> Read:
    notes, skipped = [], []
    for number, line in enumerate(decoded(data).split("\n"), start=1):
        place = Place(kind="line", number=number)
        try:
            value = from_json(line) if line.strip() else None  # nothing nested deeper than 200 levels
        except ValueError as problem:
            skipped.append(Skipped(place=place, key="not_json", values={"problem": str(problem)}))
            continue
        if isinstance(value, dict):
            notes.append(_note({_column(name): said for name, said in value.items()}, number))
        elif line.strip():
            skipped.append(Skipped(place=place, key="no_object"))
    return notes, skipped


def _column(name: str) -> str:
    """As we call it; empty where we don't know it."""
    plain = name.strip().casefold()
    return next((ours for ours, theirs in names()["columns"].items() if plain in theirs), "")


def _note(fields: dict[str, Any], line: int) -> Note:
    said = {name: _said(fields.get(name)) for name in names()["columns"]}
    level = said["difficulty"].casefold()
    return Note(
        place=Place(kind="line", number=line),
        question=said["question"],
        answer=said["answer"],
        topic=said["topic"],
        difficulty=next((ours for ours, theirs in names()["difficulties"].items() if level in theirs), None),
    )


def _said(value: Any) -> str:
    return printable(str(value)).strip() if isinstance(value, str | int | float) else ""
