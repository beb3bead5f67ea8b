"""What a question has to be, beyond its schema. `base` holds for every bank, `house` for the shipped one.

A fault has to be mended; a warning is a place to look at, since only a person can decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, pairwise
from typing import get_args

from interviewer.bank.faults import Fault
from interviewer.bank.stems import stems
from interviewer.grading import scoring
from interviewer.schema import (
    LANGUAGES,
    Criterion,
    Judgment,
    Language,
    Question,
    Requirement,
    Sample,
    SampleLabel,
    Text,
)

OPENER_POINTS = 10
REQUIREMENTS = range(5, 10)
PRESSED = range(1, 5)
MISTAKES = range(1, 5)
MOST_POINTS = 3
MOST_TERMS = 250
"Characters of a criterion's terms, both languages together."
MOST_LINES = 30
MOST_IN_A_TOPIC = 15
"Questions, without sub-topics."
MOST_BYTES = 16 * 1024
LENGTHS: dict[str, tuple[int, int]] = {"title": (6, 14), "text": (30, 60), "scenario": (40, 80)}
"At most so many English words, Chinese characters."
REFERENCE_WORDS, REFERENCE_CHARACTERS = range(80, 251), range(150, 701)
BANDS: dict[SampleLabel, tuple[float, float]] = {
    "gist": (0.15, 0.6),
    "solid": (0.5, 0.9),
    "expert": (0.8, 1.0),
    "mistaken": (0.0, 0.25),
}
"The score of a sample under its own labels."
ORDER: tuple[SampleLabel, ...] = ("mistaken", "gist", "solid", "expert")
ALIKE = 0.6
"Share of common words from which two openers are near-duplicates."

_TEXTS = ("title", "text", "scenario", "artefact", "clarification", "reference_answer")
_PARTS = ("requirement", "probe", "claim", "correction")
_EMPTY_ALTERNATIVE = re.compile(r"(?:^|\|)[ *]*(?:\||$)")
_JOINS = {
    "en": re.compile(r"\b(?:and|because|at least (?:two|three)|both)\b", re.IGNORECASE),
    "zh": re.compile(r"以及|并且|因为|同时|至少[两三]"),
}
_QUESTION_MARK = re.compile("[?？]")

Found = tuple[str, str, dict[str, object]]
"A field, a fault's key and its values."


def base(path: str, question: Question, syllabus: Collection[str], subtopics: Collection[str] = ()) -> list[Fault]:
    """Rules for everybody's questions, in one language or in both: all of its texts are in those of the opener.

    `covers` is held against the syllabus only where there is one; `subtopics` are those of the question's topic.
    """
    return _faults(path, _base(question, syllabus, subtopics))


def placed(path: str, question: Question, subtopics: Collection[str]) -> list[Fault]:
    """In a topic with sub-topics a question belongs to one. Without it it is only found with the whole topic."""
    lost = bool(subtopics) and question.subtopic is None
    return _faults(path, iter([("subtopic", "no_subtopic", {"known": ", ".join(subtopics)})] if lost else []))


def crowded(path: str, questions: Iterable[Question], subtopics: Collection[str]) -> list[Fault]:
    """`subtopics`: the topics that have any; `path`: the file that names them."""
    counts = Counter(question.topic for question in questions)
    large = ((topic, number) for topic, number in counts.items() if number > MOST_IN_A_TOPIC and topic not in subtopics)
    return _faults(path, ((topic, "crowded_topic", {"found": number}) for topic, number in large))


def house(path: str, question: Question, size: int) -> list[Fault]:
    """Rules for the questions that ship with the program. `size` is the file's, in bytes."""
    return _faults(path, _house(question, size))


def warnings(path: str, question: Question) -> list[Fault]:
    return _faults(path, _warnings(question))


def near_duplicates(questions: Sequence[Question], files: Mapping[str, str]) -> list[Fault]:
    """Pairs of openers that use the same words, in either language."""
    faults = []
    for language in LANGUAGES:
        said = [(q, frozenset(stems(q.text.in_(language)))) for q in questions if language in q.languages]
        for (one, mine), (other, theirs) in combinations(said, 2):
            if len(mine & theirs) >= ALIKE * len(mine | theirs):
                values = {"other": other.id}
                faults.append(Fault(path=files[one.id], field=f"text.{language}", key="near_duplicate", values=values))
    return faults


def sample_score(question: Question, sample: Sample) -> float:
    """Of a sample under its own labels, pressed requirements said without being asked included."""
    judgments = [
        Judgment(criterion_id=c.id, verdict="met" if c.id in sample.met else "unmet") for c in question.criteria
    ]
    return scoring.tally(question, judgments).score or 0.0


def _faults(path: str, found: Iterator[Found]) -> list[Fault]:
    return [
        Fault(path=path, field=field, key=key, values={name: str(value) for name, value in values.items()})
        for field, key, values in found
    ]


def _base(question: Question, syllabus: Collection[str], subtopics: Collection[str]) -> Iterator[Found]:
    yield from _untranslated(question, question.languages)
    if question.subtopic is not None and question.subtopic not in subtopics:
        key = "unknown_subtopic" if subtopics else "needless_subtopic"
        known = ", ".join(subtopics)
        yield "subtopic", key, {"subtopic": question.subtopic, "topic": question.topic, "known": known}
    total = sum(c.points for c in question.rubric if not c.is_pressed)
    if total != OPENER_POINTS:
        yield "rubric", "points", {"found": total, "wanted": OPENER_POINTS}
    for field, criterion in _criteria(question):
        if isinstance(criterion, Requirement) and criterion.probe is None:
            yield field, "no_probe", {"id": criterion.id}
        for number, group in enumerate(criterion.terms):
            if _EMPTY_ALTERNATIVE.search(group.strip()):
                yield f"{field}.terms.{number}", "terms_empty", {"group": group}
    if syllabus:
        for entry in question.covers:
            if entry not in syllabus:
                yield f"covers.{entry}", "unknown_entry", {"id": entry}


def _house(question: Question, size: int) -> Iterator[Found]:
    yield from _untranslated(question, LANGUAGES)
    yield from _form(question)
    for field, found, limits in (
        ("rubric", len(question.rubric), REQUIREMENTS),
        ("rubric", sum(c.is_pressed for c in question.rubric), PRESSED),
        ("mistakes", len(question.mistakes), MISTAKES),
    ):
        if found not in limits:
            key = "pressed" if limits is PRESSED else field
            yield field, f"count_{key}", {"found": found, "least": limits[0], "most": limits[-1]}
    for field, criterion in _criteria(question):
        yield from _criterion(field, criterion)
    for name in ("title", "clarification", "sources", "reviewed"):
        if not getattr(question, name):
            yield name, "missing", {}
    for entry, covering in question.covers.items():
        for id_ in covering:
            if question.criterion(id_).is_mistake:
                yield f"covers.{entry}", "covered_by_mistake", {"id": id_}
    if size > MOST_BYTES:
        yield "", "too_large_question", {"found": size, "limit": MOST_BYTES}
    yield from _samples(question)


def _form(question: Question) -> Iterator[Found]:
    for name, limits in LENGTHS.items():
        text: Text | None = getattr(question, name)
        for language, limit in zip(LANGUAGES, limits, strict=True):
            if text and language in text.languages and (found := length(text.in_(language), language)) > limit:
                yield f"{name}.{language}", f"too_long_{language}", {"found": found, "limit": limit}
    for language in question.languages:
        marks = len(_QUESTION_MARK.findall(question.text.in_(language)))
        if marks != 1:
            yield f"text.{language}", "question_marks", {"found": marks}
        if question.artefact and len(question.artefact.in_(language).splitlines()) > MOST_LINES:
            yield "artefact", "too_many_lines", {"limit": MOST_LINES}
    for language, bounds in (("en", REFERENCE_WORDS), ("zh", REFERENCE_CHARACTERS)):
        found = length(question.reference_answer.in_(language), language)
        if found not in bounds and language in question.reference_answer.languages:
            values: dict[str, object] = {"found": found, "least": bounds[0], "most": bounds[-1]}
            yield f"reference_answer.{language}", f"reference_length_{language}", values


def _criterion(field: str, criterion: Criterion) -> Iterator[Found]:
    if abs(criterion.points) > MOST_POINTS:
        yield f"{field}.points", "too_many_points", {"found": criterion.points, "limit": MOST_POINTS}
    if not criterion.terms:
        yield field, "no_terms", {"id": criterion.id}
    size = sum(map(len, criterion.terms))
    if size > MOST_TERMS:
        yield f"{field}.terms", "terms_too_long", {"found": size, "limit": MOST_TERMS}
    if getattr(criterion, "correction", "") is None:
        yield field, "no_correction", {"id": criterion.id}


def _samples(question: Question) -> Iterator[Found]:
    labels = [sample.label for sample in question.samples]
    for label in get_args(SampleLabel):
        if labels.count(label) != 1:
            yield "samples", "sample_label", {"label": label, "found": labels.count(label)}
    spoken = [sample.language for sample in question.samples]
    for language in LANGUAGES:
        if spoken and spoken.count(language) != len(spoken) / len(LANGUAGES):
            yield "samples", "sample_language", {"language": language, "found": spoken.count(language)}
    scores = {sample.label: sample_score(question, sample) for sample in question.samples}
    for label, score in scores.items():
        least, most = BANDS[label]
        if not least <= score <= most:
            yield "samples", "outside_band", {"label": label, "score": f"{score:.2f}", "least": least, "most": most}
    for lower, higher in pairwise(label for label in ORDER if label in scores):
        if scores[lower] > scores[higher]:
            yield "samples", "out_of_order", {"lower": lower, "higher": higher}


def _warnings(question: Question) -> Iterator[Found]:
    for field, criterion in _criteria(question):
        if not isinstance(criterion, Requirement):
            continue
        for language in question.languages:
            joined = _JOINS[language].search(criterion.requirement.in_(language))
            if joined:
                yield f"{field}.requirement.{language}", "joins_statements", {"word": joined.group()}
            shared = _shared(question.text, criterion, language)
            if len(shared) > 1:
                yield f"text.{language}", "opener_leaks", {"id": criterion.id, "words": ", ".join(sorted(shared))}
            if criterion.probe and (shared := _shared(criterion.probe, criterion, language)):
                yield f"{field}.probe.{language}", "probe_leaks", {"words": ", ".join(sorted(shared))}


def _shared(text: Text, criterion: Criterion, language: Language) -> set[str]:
    """The alternatives of a criterion's terms that a text names as whole words."""
    said = text.in_(language)
    said_stems = set(stems(said))
    alternatives = {a.strip().rstrip("*").strip() for group in criterion.terms for a in group.split("|")}
    if language == "zh":
        return {a for a in alternatives if len(a) > 1 and not a.isascii() and a in said}
    words = {a: set(stems(a)) for a in alternatives if re.fullmatch(r"[A-Za-z][A-Za-z-]+", a)}
    return {a for a, stemmed in words.items() if stemmed <= said_stems}


def _untranslated(question: Question, languages: Sequence[Language]) -> Iterator[Found]:
    named = ((field, getattr(question, field)) for field in _TEXTS)
    parts = ((f"{place}.{name}", getattr(c, name, None)) for place, c in _criteria(question) for name in _PARTS)
    for field, text in chain(named, parts):
        for language in languages:
            if text is not None and language not in text.languages:
                yield f"{field}.{language}", "missing", {}


def _criteria(question: Question) -> Iterator[tuple[str, Criterion]]:
    """With the field that each stands in."""
    yield from ((f"rubric.{number}", c) for number, c in enumerate(question.rubric))
    yield from ((f"mistakes.{number}", c) for number, c in enumerate(question.mistakes))


def length(text: str, language: Language) -> int:
    """English words, or Chinese characters without white space."""
    return len(text.split()) if language == "en" else len(re.sub(r"\s", "", text))
