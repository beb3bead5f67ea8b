"""Folders of YAML files → a Bank, or every fault in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from interviewer.bank import cache, rules, yaml_text
from interviewer.bank.faults import Fault, of_validation
from interviewer.bank.record import Bank
from interviewer.errors import InvalidBank
from interviewer.schema import LANGUAGES, Question, Slug, Text

MAX_BYTES = 256 * 1024
TOPICS, SYLLABUS = "topics.yaml", "syllabus.yaml"


class Topic(Text):
    """As topics.yaml has it: a title, and perhaps sub-topics."""

    subtopics: dict[Slug, Text] = {}


_QUESTION = TypeAdapter(Question)
_TOPICS = TypeAdapter(dict[Slug, Topic])
_CHAPTERS = TypeAdapter(dict[str, tuple[str, ...]])
_T = TypeVar("_T")


def load(folders: Sequence[Path], language: str = "en", cache_folder: Path | None = None) -> Bank:
    """The questions of all folders together; a fault's sentence is in `language`.

    With a folder for it, from the cache where no file has changed.

    Raises:
        InvalidBank: names every fault of every file.
    """
    files = {folder: sorted(_files(folder)) for folder in folders}
    key = cache.fingerprint(folders, [f for found in files.values() for f in found]) if cache_folder else ""
    known = cache.recall(cache_folder, key) if cache_folder else None
    if known is not None:
        return known
    reading = _Reading(by_full_path=len(folders) > 1)
    for folder, found in files.items():
        reading.take(folder, found)
    bank = reading.bank()
    for question in bank.questions.values():
        path, syllabus = bank.files[question.id], frozenset(bank.syllabus)
        reading.faults += rules.base(path, question, syllabus, _subtopics(bank, question))
    if reading.faults:
        raise InvalidBank(_said(reading.faults, language))
    if cache_folder:
        cache.keep(cache_folder, key, bank)
    return bank


def check(bank: Bank, *, house: bool = False, language: str = "en") -> list[str]:
    """What a bank that loads still lacks: a sub-topic, and what the rules for shipped questions want, if asked for."""
    faults = [f for q in bank.questions.values() for f in rules.placed(bank.files[q.id], q, _subtopics(bank, q))]
    if not house:
        return _said(faults, language)
    faults += [Fault(path=bank.files[i], field="draft", key="shipped_draft") for i in bank.drafts]
    faults += rules.crowded(TOPICS, bank.questions.values(), bank.subtopics)
    for question in bank.questions.values():
        path = bank.files[question.id]
        title = bank.topics[question.topic]
        titles = {question.topic: title, question.place: _subtopics(bank, question).get(question.subtopic or "", title)}
        for place, called in titles.items():
            if called == _untitled(place) or called.languages != LANGUAGES:
                faults.append(Fault(path=path, field="topic", key="untitled_topic", values={"topic": place}))
        faults += rules.house(path, question, bank.sizes[question.id])
    return _said(faults, language)


def warnings(bank: Bank, language: str = "en") -> list[str]:
    """What a person should look at: it may be right as it is."""
    questions = list(bank.questions.values())
    found = [fault for q in questions for fault in rules.warnings(bank.files[q.id], q)]
    return _said(found + rules.near_duplicates(questions, bank.files), language)


def unfinished(bank: Bank, language: str = "en") -> list[str]:
    """What is left to do about each draft."""
    found: list[Fault] = []
    for draft in bank.drafts.values():
        path, subtopics = bank.files[draft.id], _subtopics(bank, draft)
        found += [Fault(path=path, key="draft"), *rules.placed(path, draft, subtopics)]
        found += rules.base(path, draft, frozenset(bank.syllabus), subtopics)
    return _said(found, language)


def _subtopics(bank: Bank, question: Question) -> Mapping[str, Text]:
    return bank.subtopics.get(question.topic, {})


def _said(faults: list[Fault], language: str) -> list[str]:
    return [fault.say(language) for fault in sorted(faults, key=lambda fault: fault.path)]


class _Reading:
    """What was read so far, and what was wrong with it."""

    def __init__(self, by_full_path: bool) -> None:
        self.by_full_path = by_full_path
        self.faults: list[Fault] = []
        self.questions: dict[str, Question] = {}
        self.files: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.titles: dict[str, Text] = {}
        self.subtopics: dict[str, dict[str, Text]] = {}
        self.chapters: dict[str, tuple[str, ...]] = {}

    def take(self, folder: Path, files: Sequence[Path]) -> None:
        if not folder.is_dir():
            self.fault(str(folder), "no_folder")
            return
        for file in files:
            self.take_file(file, file.relative_to(folder))
        if not files:
            self.fault(str(folder), "no_questions")

    def take_file(self, file: Path, place: Path) -> None:
        shown = str(file if self.by_full_path else place)
        if str(place) == TOPICS:
            for slug, topic in (self.read(file, shown, _TOPICS) or {}).items():
                self.titles[slug] = Text(en=topic.en, zh=topic.zh)
                self.subtopics[slug] = self.subtopics.get(slug, {}) | topic.subtopics
        elif str(place) == SYLLABUS:
            chapters = self.read(file, shown, _CHAPTERS)
            self.chapters.update(chapters or {})
        elif file.suffix != ".yaml":
            self.fault(shown, "not_yaml_suffix")
        elif len(place.parts) != 2:
            self.fault(shown, "misplaced")
        else:
            question = self.read(file, shown, _QUESTION)
            if question is not None:
                self.add(question, file, shown)

    def read(self, file: Path, shown: str, shape: TypeAdapter[_T]) -> _T | None:
        """The file's record, or None with its faults noted."""
        try:
            data, repeated = yaml_text.parse(_text(file))
            for field in repeated:
                self.fault(shown, "repeated", field.field, first=field.first, second=field.second)
            return shape.validate_json(to_json(data), strict=True)
        except yaml_text.Malformed as problem:
            self.fault(shown, problem.key, **problem.values)
        except ValidationError as problem:
            self.faults += of_validation(shown, problem)
        return None

    def add(self, question: Question, file: Path, shown: str) -> None:
        if question.id != file.stem:
            self.fault(shown, "id_is_not_file", "id", id=question.id, file=file.name)
        if question.topic != file.parent.name:
            self.fault(shown, "topic_is_not_folder", "topic", topic=question.topic, folder=file.parent.name)
        if question.id in self.files:
            self.fault(shown, "id_twice", "id", id=question.id, other=self.files[question.id])
            return
        self.questions[question.id] = question
        self.files[question.id] = shown
        self.sizes[question.id] = file.stat().st_size

    def bank(self) -> Bank:
        topics = dict(self.titles)
        drafts = sorted((q for q in self.questions.values() if q.draft), key=lambda q: (q.topic, q.id))
        questions = [question for question in self.questions.values() if not question.draft]
        for question in questions:
            topics.setdefault(question.topic, _untitled(question.topic))
        order = {topic: number for number, topic in enumerate(topics)}
        questions.sort(key=lambda q: (order[q.topic], q.id))
        return Bank(
            questions={question.id: question for question in questions},
            drafts={draft.id: draft for draft in drafts},
            topics=topics,
            subtopics={topic: titles for topic, titles in self.subtopics.items() if titles},
            syllabus=tuple(f"{chapter}.{number}" for chapter, numbers in self.chapters.items() for number in numbers),
            files=self.files,
            sizes=self.sizes,
        )

    def fault(self, path: str, key: str, field: str = "", **values: Any) -> None:
        self.faults.append(Fault(path=path, field=field, key=key, values={k: str(v) for k, v in values.items()}))


def _files(folder: Path) -> Iterator[Path]:
    """Every file that is meant as YAML, in linked folders too; hidden ones are nobody's business. A folder that links
    back to one above it is read once."""
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        folders[:] = [] if real in seen else [f for f in folders if not f.startswith(".")]
        if real not in seen:
            yield from (Path(here, n) for n in names if n.lower().endswith((".yaml", ".yml")) and n[0] != ".")
        seen.add(real)


def _untitled(topic: str) -> Text:
    return Text(en=topic, zh=topic)


def _text(file: Path) -> str:
    """Raises Malformed for a file that is too large, can't be read or is not text."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as problem:
        raise yaml_text.Malformed("unreadable", problem=problem.strerror) from None
    if len(data) > MAX_BYTES:
        raise yaml_text.Malformed("too_large", limit=MAX_BYTES // 1024)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise yaml_text.Malformed("not_utf8", line=line) from None
