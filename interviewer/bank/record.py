"""The bank in memory."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from interviewer.bank import index
from interviewer.schema import DIFFICULTIES, LANGUAGES, Difficulty, Question, Record, Text

Shelf = Mapping[tuple[Difficulty, str], tuple[str, ...]]


class Bank(Record):
    questions: Mapping[str, Question]
    "By id, in the order of topics, then ids."
    drafts: Mapping[str, Question] = {}
    "Beside them, not among them: nothing but `bank check`, `list` and `show` knows of drafts."
    topics: Mapping[str, Text]
    "Titles of all topics in their order; the folder's name where nobody gave a title."
    subtopics: Mapping[str, Mapping[str, Text]] = {}
    "Their titles in their order, by topic; topics that have none are left out."
    syllabus: tuple[str, ...] = ()
    "Ids of the entries that the bank is meant to cover: chapter.number."
    files: Mapping[str, str] = {}
    "Where each question was read, as a fault would name it."
    sizes: Mapping[str, int] = {}
    "Of the files, in bytes."

    def as_asked(self, question: Question) -> Question:
        """A question that an interview kept, with its terms again; as it is where the bank has changed meanwhile."""
        mine = self.questions.get(question.id)
        return mine if mine is not None and mine.version == question.version else question

    @cached_property
    def shelf(self) -> Shelf:
        """Ids by difficulty and topic: choosing looks at a few, however large the bank is."""
        shelf: dict[tuple[Difficulty, str], list[str]] = {}
        for question in self.questions.values():
            shelf.setdefault((question.difficulty, question.topic), []).append(question.id)
        return {place: tuple(ids) for place, ids in shelf.items()}

    @cached_property
    def index(self) -> index.Index:
        """For searching, in the order of the questions. Built at the first search."""
        return index.build(self.searched())

    def searched(self) -> Iterator[tuple[str, str]]:
        """Of each question: what it is called and asks, and what its criteria say."""
        for question in self.questions.values():
            subtopic = self.subtopics.get(question.topic, {}).get(question.subtopic or "")
            called = [self.topics[question.topic], subtopic, question.title, question.text]
            name = [question.id.replace("-", " "), question.topic, *(_both(text) for text in called if text)]
            yield " ".join(name), " ".join(_both(criterion.statement) for criterion in question.criteria)

    @cached_property
    def labels_hash(self) -> str:
        """Twelve hex digits that change when a question with labelled answers does, or its labels."""
        parts = [
            [question.version, sample.label, sample.language, sample.text, sorted(sample.met)]
            for question in self.questions.values()
            for sample in question.samples
        ]
        return hashlib.sha256(json.dumps(sorted(parts)).encode()).hexdigest()[:12]


class Stats(Record):
    """Counts of a bank."""

    questions: int
    topics: dict[str, int]
    difficulties: dict[str, int]
    kinds: dict[str, int]
    sample_languages: dict[str, int]
    "Labelled sample answers by language."
    covered: int
    syllabus: int
    chapters: dict[str, tuple[int, int]]
    "Syllabus entries covered, and all, by chapter."


def stats(bank: Bank) -> Stats:
    questions = bank.questions.values()
    covers = {entry for question in questions for entry in question.covers}
    every = Counter(_chapter(entry) for entry in bank.syllabus)
    covered = Counter(_chapter(entry) for entry in bank.syllabus if entry in covers)
    difficulties = Counter(question.difficulty for question in questions)
    topics = Counter(question.topic for question in questions)
    languages = Counter(sample.language for question in questions for sample in question.samples)
    return Stats(
        questions=len(bank.questions),
        topics={topic: topics[topic] for topic in bank.topics},
        difficulties={difficulty: difficulties[difficulty] for difficulty in DIFFICULTIES},
        kinds=dict(Counter(question.kind for question in questions).most_common()),
        sample_languages={language: languages[language] for language in LANGUAGES},
        covered=covered.total(),
        syllabus=len(bank.syllabus),
        chapters={chapter: (covered[chapter], number) for chapter, number in every.items()},
    )


def _both(text: Text) -> str:
    return " ".join(filter(None, (text.en, text.zh)))


def _chapter(entry: str) -> str:
    return entry.rpartition(".")[0]
