"""interviewer bank …: read, check and search the question bank."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from interviewer import bank as banks
from interviewer import settings
from interviewer.assembly import assemble, load_bank
from interviewer.bank import Bank
from interviewer.bank.template import write_template
from interviewer.cli.importing import import_
from interviewer.cli.room import OWNER
from interviewer.cli.show import markdown, rubric, screen
from interviewer.errors import InvalidBank, InvalidInput, NotFound
from interviewer.locales import words
from interviewer.prose import plain
from interviewer.report import attempted
from interviewer.schema import Attempt, Difficulty, Kind, Language, Plan, Question

app = typer.Typer(help="Read, check and search the question bank.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
TopicOption = Annotated[list[str] | None, typer.Option(help="Only this topic, or TOPIC/SUBTOPIC; may be repeated.")]
In = Annotated[Language, typer.Option("--language", "-l", help="Language of the texts.")]


@app.command()
def check(
    folders: Annotated[list[Path] | None, typer.Argument(help="Bank folders; by default those in use.")] = None,
    as_json: Json = False,
) -> None:
    """Name every rule that a question file breaks, with field and remedy. Status 1 if there is any; warnings are places
    for a person to look at, and drafts are named with what they still lack."""
    faults: list[str] = []
    warnings: list[str] = []
    drafts: list[str] = []
    questions = 0
    try:
        bank = banks.load(tuple(folders)) if folders else load_bank(settings.read())
        questions, warnings, drafts = len(bank.questions), banks.warnings(bank), banks.unfinished(bank)
        if folders:
            faults = banks.check(bank)
        else:  # the shipped bank promises more than a bank of your own has to
            faults = banks.check(banks.load((settings.shipped("question_bank"),)), house=True)
    except InvalidBank as invalid:
        faults = list(invalid.faults)
    if as_json:
        found = {"questions": questions, "faults": faults, "warnings": warnings, "drafts": drafts}
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for line in warnings:
            print(f"warning: {line}")
        for line in drafts:
            print(f"draft: {line}")
        print("\n".join(faults) or f"{questions} questions, no faults")
    raise typer.Exit(1 if faults else 0)


@app.command()
def new(
    topic: str,
    slug: str,
    bank: Annotated[Path | None, typer.Option(help="Bank folder; by default your own, or the shipped one.")] = None,
) -> None:
    """Write a template for a question: TOPIC is its folder, SLUG its id. An existing file is left alone."""
    own = settings.read().banks
    folder = bank or (own[0] if own else settings.shipped("question_bank"))
    print(write_template(folder, topic, slug))


app.command("import")(import_)


@app.command("list")
def list_(
    topic: TopicOption = None,
    difficulty: Annotated[Difficulty | None, typer.Option(help="Only this difficulty.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Only what you have not answered yet.")] = False,
    language: In = "en",
    as_json: Json = False,
) -> None:
    """The questions, a line each, and how you have done on them; drafts are marked."""
    configured = settings.read()
    bank = load_bank(configured)
    attempts = asyncio.run(_attempts(configured, bank))
    about = Plan.model_validate(places(bank, topic or (), drafts=True))
    chosen = [
        q
        for q in (*bank.questions.values(), *bank.drafts.values())
        if about.covers(q)
        and difficulty in (None, q.difficulty)
        and kind in (None, q.kind)
        and not (new and q.id in attempts)
    ]
    _print(chosen, attempts, language, as_json)


@app.command()
def show(question_id: str, language: In = "en", as_json: Json = False) -> None:
    """One question, whole."""
    bank = load_bank(settings.read())
    question = bank.drafts.get(question_id) or find(bank, question_id)
    if as_json:
        print(question.model_dump_json(indent=2))
        return
    w, console = words(language), screen()
    console.print(f"[bold]{question.id}[/]  {question.place} · {question.difficulty} · {question.kind}\n")
    console.print(markdown(question.asked(language)))
    console.print(f"\n[bold]{w('browser.rubric')}[/]\n")
    rubric(console, question, language)
    console.print(f"\n[bold]{w('report.reference')}[/]\n")
    console.print(markdown(question.reference_answer.in_(language)))
    console.print(f"\n[bold]{w('browser.sources')}[/]\n")
    for source in question.sources:
        console.print(f"{source.title}\n{source.url}", markup=False, soft_wrap=True)


@app.command()
def stats(as_json: Json = False) -> None:
    """How many questions of what, and how much of the syllabus they cover."""
    counted = banks.stats(load_bank(settings.read()))
    if as_json:
        print(counted.model_dump_json(indent=2))
        return
    table = Table("", "questions")
    for heading, counts in (("topic", counted.topics), ("difficulty", counted.difficulties), ("kind", counted.kinds)):
        for name, number in counts.items():
            table.add_row(f"{heading}: {name}", str(number))
    table.add_row("all", str(counted.questions))
    table.add_row("syllabus entries covered", f"{counted.covered} of {counted.syllabus}")
    Console(highlight=False).print(table)


@app.command()
def search(words: list[str], language: In = "en", as_json: Json = False) -> None:
    """Questions about something, the best match first."""
    configured = settings.read()
    bank = load_bank(configured)
    _print(banks.search(bank, " ".join(words)), asyncio.run(_attempts(configured, bank)), language, as_json)


def find(bank: Bank, question_id: str) -> Question:
    """Raises NotFound, naming the nearest ids, and InvalidInput for a draft."""
    question = bank.questions.get(question_id)
    if question_id in bank.drafts:
        raise InvalidInput("is_draft", id=question_id, file=bank.files[question_id])
    if question is None:
        near = ", ".join(banks.near(bank, question_id)) or "–"
        raise NotFound("no_such_question", id=question_id, near=near)
    return question


def places(bank: Bank, given: Sequence[str], *, drafts: bool = False) -> dict[str, list[str]]:
    """What a plan says of topics, from what is written TOPIC or TOPIC/SUBTOPIC. A topic named whole is asked whole.

    `drafts`: a topic that has nothing but drafts is one too.

    Raises:
        InvalidInput: there is no such topic or sub-topic.
    """
    known = dict.fromkeys([*bank.topics, *(draft.topic for draft in bank.drafts.values() if drafts)])
    for place in given:
        topic, _, subtopic = place.partition("/")
        there = bank.subtopics.get(topic, {})
        if topic not in known:
            raise InvalidInput("no_such_topic", topic=topic, topics=", ".join(known))
        if place != topic and subtopic not in there:
            raise InvalidInput("no_such_subtopic", topic=topic, subtopic=subtopic, subtopics=", ".join(there) or "–")
    topics = dict.fromkeys(place.partition("/")[0] for place in given)
    return {"topics": list(topics), "subtopics": [p for p in given if "/" in p and p.partition("/")[0] not in given]}


async def _attempts(configured: settings.Settings, bank: Bank) -> Mapping[str, Attempt]:
    async with assemble(configured, bank) as parts:
        return await parts.store.attempts(OWNER)


def _print(questions: list[Question], attempts: Mapping[str, Attempt], language: Language, as_json: bool) -> None:
    if as_json:
        fields = {"id", "topic", "subtopic", "difficulty", "kind", "text", "covers", "draft"}
        told = [
            q.model_dump(include=fields) | {"attempt": a.model_dump() if (a := attempts.get(q.id)) else None}
            for q in questions
        ]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    w = words(language)
    for q in questions:
        marks = ["draft"] if q.draft else [attempted(attempts[q.id], w)] if q.id in attempts else []
        about = " · ".join((q.place, q.difficulty, q.kind, *marks))
        print(f"{q.id}  [{about}]  {plain(q.text.in_(language))}")
