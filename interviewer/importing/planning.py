"""Which notes are new to the bank, and under what id, topic and language each is written."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.bank import Bank
from interviewer.importing.note import Note, Skipped
from interviewer.importing.writing import free_id, slug
from interviewer.schema import Language, Record, language_of


class Planned(Record):
    note: Note
    id: str
    topic: str
    language: Language


def planned(
    notes: Sequence[Note], bank: Bank, *, fallback: str, topic: str | None, language: Language | None, says: str
) -> tuple[list[Planned], list[Skipped]]:
    """`topic` and `language` hold for all notes; else the topic is the note's own, or else `fallback`. What the bank
    asks already, drafts included, is skipped, so that the same file can be imported again. `says`: the language of
    the reasons."""
    questions = [*bank.questions.values(), *bank.drafts.values()]
    asked = {_same(text): bank.files[q.id] for q in questions for text in (q.text.en, q.text.zh) if text}
    taken = {question.id for question in questions}
    titles = {_same(name): i for i, title in bank.topics.items() for name in (i, title.en, title.zh) if name}
    new, skipped = [], []
    for note in notes:
        if where := asked.get(_same(note.question)):
            skipped.append(Skipped(place=note.place, key="known", about=note.question, values={"where": where}))
            continue
        asked[_same(note.question)] = note.place.say(says)
        own = titles.get(_same(note.topic)) or slug(note.topic)
        chosen = topic or own or fallback
        id_ = free_id(slug(note.question) or f"{chosen}-question", taken)
        taken.add(id_)
        spoken = language or language_of(note.question) or language_of(note.answer) or "en"
        new.append(Planned(note=note, id=id_, topic=chosen, language=spoken))
    return new, skipped


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()
