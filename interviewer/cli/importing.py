"""interviewer bank import."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from interviewer import bank as banks
from interviewer import settings as environment
from interviewer.assembly import assemble
from interviewer.bank import Bank
from interviewer.bank.template import check_slug
from interviewer.cli.gradings import agree, bar, say
from interviewer.errors import InvalidInput
from interviewer.importing.drafting import drafted, messages, output_tokens, skeleton
from interviewer.importing.note import shortened
from interviewer.importing.planning import Planned, planned
from interviewer.importing.reading import read
from interviewer.importing.writing import slug, write
from interviewer.locales import Words, words
from interviewer.measure.estimate import of_calls
from interviewer.schema import Language, Usage
from interviewer.settings import Settings

SHOWN = 50
"Of what was skipped."


def import_(
    file: Annotated[Path, typer.Argument(help="Notes: .md, .txt, .docx, .pdf, .csv or .jsonl, at most 2 MB.")],
    bank: Annotated[Path | None, typer.Option(help="Folder of your own bank; by default INTERVIEWER_BANKS.")] = None,
    topic: Annotated[str | None, typer.Option(help="Topic of all questions, like kv-cache.")] = None,
    language: Annotated[
        Language | None, typer.Option("--language", "-l", help="Of the notes; told by their letters by default.")
    ] = None,
    no_model: Annotated[bool, typer.Option("--no-model", help="Write what the notes say, and no more.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before calling a model.")] = False,
) -> None:
    """Turn notes that hold questions and answers into drafts in your own bank, one file a question.

    Questions are told by "Q:" and "A:", by headings, by bold or by numbered lines, whichever the file has most of; in
    .csv and .jsonl by the columns or fields question and answer (topic and difficulty if there are any).

    With a model set up, it drafts rubric, mistakes and the other language for each question, and the cost is shown
    before. Otherwise a draft holds what the note says. Nobody is asked a draft until you have reviewed it and removed
    its line "draft: true"; `interviewer bank check` names what it still lacks.

    A file that is there is never changed. What your bank asks already is skipped, so that the same file can be
    imported again.
    """
    settings = environment.read()
    w = words(settings.language)
    folder = _own_folder(bank, settings)
    if topic is not None:
        check_slug(topic)
    found = read(file)
    there, fallback = _there(folder, settings), slug(file.stem) or "notes"
    new, known = planned(found.notes, there, fallback=fallback, topic=topic, language=language, says=settings.language)
    skipped = [*found.skipped, *known]
    for each in skipped[:SHOWN]:
        print(w("bank_import.skips", why=each.say(settings.language)))
    if len(skipped) > SHOWN:
        print(w("bank_import.skips_more", count=len(skipped) - SHOWN))
    if new and settings.has_model and not no_model:
        asyncio.run(_by_model(new, folder, there, settings, yes=yes))
    else:
        for note in new:
            _print(write(folder, skeleton(note)), note, w, "bare")
    print(w("bank_import.done", written=len(new), skipped=len(skipped)))
    if new:
        print(w("bank_import.next"))
    if new and folder.resolve() not in [own.expanduser().resolve() for own in settings.banks]:
        print(w("bank_import.not_in_use", folder=folder))


async def _by_model(new: Sequence[Planned], folder: Path, there: Bank, settings: Settings, *, yes: bool) -> None:
    """Each question is written as soon as it is drafted: what was paid for is kept."""
    w = words(settings.language)
    async with assemble(settings, there) as parts:
        endpoint = parts.own_endpoint()
        assert endpoint is not None
        cost = of_calls([messages(each) for each in new], sum(map(output_tokens, new)), endpoint, settings)
        agree(cost, endpoint, settings.language, yes=yes)
        model, used = parts.model(endpoint), Usage()
        with bar(len(new), w("bank_import.drafting")) as advance:
            for number, each in enumerate(new):
                try:
                    question, usage = await drafted(model, each)
                except BaseException:
                    say(w("bank_import.stopped", done=number, all=len(new)))
                    raise
                used += usage
                _print(write(folder, question or skeleton(each)), each, w, "drafted" if question else "no_draft")
                advance()
    print(w("bank_import.used", calls=used.calls, input=f"{used.input_tokens:,}", output=f"{used.output_tokens:,}"))


def _print(file: Path, each: Planned, w: Words, how: str) -> None:
    print(w(f"bank_import.{how}", file=file, question=shortened(each.note.question)))


def _own_folder(given: Path | None, settings: Settings) -> Path:
    """Raises InvalidInput for none, and for the bank that ships."""
    folder = given or next(iter(settings.banks), None)
    if folder is None:
        raise InvalidInput("no_own_bank")
    folder, ships = folder.expanduser(), environment.shipped("question_bank").resolve()
    if ships in (folder.resolve(), *folder.resolve().parents):
        raise InvalidInput("shipped_bank", path=folder)
    return folder


def _there(folder: Path, settings: Settings) -> Bank:
    """All that ids have to differ from. Raises InvalidBank: a bank with faults is mended first."""
    folders = {each.expanduser().resolve(): each for each in (folder, *settings.banks)}
    used = [each for each in folders.values() if any(each.glob("*/*.yaml"))]
    return banks.load((environment.shipped("question_bank"), *used), settings.language)
