"""What is taken from a file, and what is not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from interviewer.locales import words
from interviewer.schema import Difficulty, Record

MAX_QUESTION, MAX_ANSWER, MAX_TEXT = 1_000, 20_000, 2_000_000
"Characters: of a note, and of all that is read of a file."
SHOWN = 60
"Characters of a question that tell it from others."


class Place(Record):
    kind: Literal["line", "page", "paragraph"]
    number: int

    def say(self, language: str) -> str:
        return words(language)(f"bank_import.places.{self.kind}", number=self.number)


class Note(Record):
    """A question and its answer, as somebody wrote them down."""

    place: Place
    question: str
    answer: str
    topic: str = ""
    difficulty: Difficulty | None = None


class Skipped(Record):
    """What becomes no question: an entry under `bank_import.skipped` in the locale files."""

    place: Place
    key: str
    about: str = ""
    "Of the question."
    values: dict[str, str] = {}

    def say(self, language: str) -> str:
        about = [f"“{shortened(self.about)}”"] if self.about else []
        why = words(language)(f"bank_import.skipped.{self.key}", **self.values)
        return ": ".join([self.place.say(language), *about, why])


class Found(Record):
    notes: tuple[Note, ...]
    skipped: tuple[Skipped, ...] = ()


def shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def sorted_out(notes: list[Note], skipped: list[Skipped]) -> Found:
    """Without the notes that can't become a question."""
    faults = [fault(note) for note in notes]
    good = [note for note, fault in zip(notes, faults, strict=True) if fault is None]
    return Found(notes=tuple(good), skipped=(*skipped, *(each for each in faults if each)))


def fault(note: Note) -> Skipped | None:
    for name, said, limit in (("question", note.question, MAX_QUESTION), ("answer", note.answer, MAX_ANSWER)):
        if not said:
            return Skipped(place=note.place, key=f"no_{name}", about=note.question)
        if len(said) > limit:
            values = {"found": str(len(said)), "limit": str(limit)}
            return Skipped(place=note.place, key=f"long_{name}", about=note.question, values=values)
    return None


@cache
def names() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return said
