"""Mutants: one-line faults put into the program on purpose, each with the test that has to notice it.

list.yaml      the mutants, by file
__main__.py    make mutants: plants them one after the other in a copy of the tree, and runs their tests
test_list.py   fast: every mutant can still be planted
test_*.py      the tests that only a mutant has asked for; others stand beside what they test
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from interviewer.schema import Line, Record

ROOT = Path(__file__).parents[2]
_TEST = re.compile(r"(?P<file>[\w/.]+\.py)(?:::(?P<name>\w+))?")


class Mutant(Record):
    what: Line
    "What goes wrong with it."
    old: Annotated[str, Field(min_length=1)]
    "Text that occurs once in the file."
    new: str
    test: Line
    "tests/….py, or tests/….py::name"

    @property
    def test_file(self) -> Path:
        found = _TEST.fullmatch(self.test)
        return ROOT / (found["file"] if found else self.test)

    @property
    def test_name(self) -> str:
        found = _TEST.fullmatch(self.test)
        return (found["name"] or "") if found else ""


def mutants() -> Iterator[tuple[str, Mutant]]:
    """Each with its file, as the list has them."""
    text = Path(__file__).with_name("list.yaml").read_text(encoding="utf-8")
    for file, held in TypeAdapter(dict[str, list[Mutant]]).validate_python(yaml.safe_load(text)).items():
        yield from ((file, mutant) for mutant in held)
