"""What a question has to be, beyond its schema. `base` holds for every bank, `house` for the shipped one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import get_args

from interviewer.bank.faults import Fault
from interviewer.schema import LANGUAGES, Criterion, Question, SampleLabel

CRITERIA = range(4, 9)
POINTS = 10
REFERENCE_WORDS = range(120, 351)

_EMPTY_ALTERNATIVE = re.compile(r"(?:^~?|\|)[ *]*(?:\||$)")

Found = tuple[str, str, dict[str, object]]
"A field, a fault's key and its values."


def base(path: str, question: Question, syllabus: Collection[str]) -> list[Fault]:
    """Rules for everybody's questions. `covers` is held against the syllabus only where there is one."""
    return _faults(path, _base(question, syllabus))


def house(path: str, question: Question) -> list[Fault]:
    """Rules for the questions that ship with the program."""
    return _faults(path, _house(question))


def _faults(path: str, found: Iterator[Found]) -> list[Fault]:
    return [
        Fault(path=path, field=field, key=key, values={name: str(value) for name, value in values.items()})
        for field, key, values in found
    ]


def _base(question: Question, syllabus: Collection[str]) -> Iterator[Found]:
    if len(question.rubric) not in CRITERIA:
        yield "rubric", "criteria", {"found": len(question.rubric), "least": CRITERIA[0], "most": CRITERIA[-1]}
    total = sum(c.points for c in question.rubric if not c.is_mistake)
    if total != POINTS:
        yield "rubric", "points", {"found": total, "wanted": POINTS}
    for number, criterion in enumerate(question.rubric):
        if not criterion.is_mistake and criterion.probe is None:
            yield f"rubric.{number}", "no_probe", {"id": criterion.id}
        yield from _terms(f"rubric.{number}.terms", criterion)
    if syllabus:
        for number, entry in enumerate(question.covers):
            if entry not in syllabus:
                yield f"covers.{number}", "unknown_entry", {"id": entry}


def _terms(field: str, criterion: Criterion) -> Iterator[Found]:
    for number, pattern in enumerate(criterion.terms):
        if not any(not group.lstrip().startswith("~") for group in pattern):
            yield f"{field}.{number}", "terms_nothing_wanted", {}
        for place, group in enumerate(pattern):
            if _EMPTY_ALTERNATIVE.search(group.strip()):
                yield f"{field}.{number}.{place}", "terms_empty", {"group": group}


def _house(question: Question) -> Iterator[Found]:
    if not any(c.is_mistake for c in question.rubric):
        yield "rubric", "no_mistake", {}
    for number, criterion in enumerate(question.rubric):
        if not criterion.terms:
            yield f"rubric.{number}", "no_terms", {"id": criterion.id}
    for field in ("clarification", "covers", "sources"):
        if not getattr(question, field):
            yield field, "missing", {}
    length = len(question.reference_answer.en.split())
    if length not in REFERENCE_WORDS:
        limits = {"least": REFERENCE_WORDS[0], "most": REFERENCE_WORDS[-1]}
        yield "reference_answer.en", "reference_length", {"found": length, **limits}
    yield from _samples(question)


def _samples(question: Question) -> Iterator[Found]:
    labels = [sample.label for sample in question.sample_answers]
    for label in get_args(SampleLabel):
        if labels.count(label) != 1:
            yield "sample_answers", "sample_label", {"label": label, "found": labels.count(label)}
    spoken = {sample.language for sample in question.sample_answers}
    for language in LANGUAGES:
        if language not in spoken:
            yield "sample_answers", "sample_language", {"language": language}
