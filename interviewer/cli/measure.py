"""interviewer calibrate, benchmark: measure a grader before it is trusted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from interviewer import settings as environment
from interviewer.assembly import assemble, load_bank
from interviewer.bank import Bank
from interviewer.cli.gradings import How, bar, grade_all
from interviewer.cli.interview import GraderOption, make_grader
from interviewer.errors import InvalidInput
from interviewer.locales import Words, words
from interviewer.measure import attack_suite, keeping, show
from interviewer.measure import benchmark as benchmarks
from interviewer.measure.calibrating import Plan, conclude, plan
from interviewer.measure.calibration import Calibration, labelled
from interviewer.measure.statistics import Interval
from interviewer.schema import GraderName

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before calling a model.")]
Jobs = Annotated[int | None, typer.Option(min=1, max=64, help="Gradings at a time; 1 on this machine, else 4.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget what an earlier run has graded.")]
Seed = Annotated[int, typer.Option(help="The same seed draws the same answers.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_GROUP_HEADS = (
    *("judgments", "groups.kappa", "groups.accuracy", "groups.precision", "groups.recall"),
    *("missed", "invented"),
)
_COLOURS = {"trust": "green", "care": "yellow", "dont": "red", "": "none"}


def calibrate(
    grader: GraderOption = "builtin",
    size: Annotated[int, typer.Option(min=1, help="Labelled answers to grade.")] = 40,
    runs: Annotated[int, typer.Option(min=1, max=20, help="Gradings of each answer in a fifth of them.")] = 3,
    attacks: Annotated[int | None, typer.Option(min=0, help="Attacks to try; by default as many as answers.")] = None,
    seed: Seed = 0,
    as_json: Json = False,
    html: Annotated[Path | None, typer.Option(help="Write a page with charts to this file.")] = None,
    yes: Yes = False,
    jobs: Jobs = None,
    fresh: Fresh = False,
) -> None:
    """Measure a grader on the bank's labelled answers. Status 1 if the verdict is “don't”."""
    settings = environment.read()
    bank = load_bank(settings)
    if not labelled(bank):
        raise InvalidInput("nothing_to_measure")
    _check_writable(html)
    cases = attack_suite.cases(bank, limit=size if attacks is None else attacks, seed=seed)
    chosen = plan(bank, size=size, runs=runs, cases=cases, seed=seed)
    found = asyncio.run(_calibrated(grader, bank, chosen, How(yes=yes, jobs=jobs, fresh=fresh)))
    w = words(settings.language)
    if html:
        html.write_text(show.html(found, w), encoding="utf-8")
    if as_json:
        print(found.model_dump_json(indent=2))
    else:
        _print(found, w)
    raise typer.Exit(1 if found.verdict == "dont" else 0)


async def _calibrated(name: GraderName, bank: Bank, chosen: Plan, how: How) -> Calibration:
    settings = environment.read()
    async with assemble(settings, bank) as parts:
        grader = make_grader(parts, name)
        who = keeping.who(parts.own_endpoint() if name == "llm" else None)
        counted = {
            "answers": len(chosen.sample),
            "again": len(chosen.again),
            "runs": chosen.runs,
            "attacks": len(chosen.cases),
        }
        graded = await grade_all(parts, grader, who, chosen.todos(bank), how, counted)
        found = conclude(bank, chosen, who, graded, datetime.now(UTC))
        await keeping.keep(parts.store, settings, found)
        return found


def benchmark(
    data: Annotated[list[Path], typer.Argument(help="JSONL files of answers that people have marked.")],
    grader: GraderOption = "builtin",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many answers of each file.")] = None,
    seed: Seed = 0,
    as_json: Json = False,
    yes: Yes = False,
    jobs: Jobs = None,
    fresh: Fresh = False,
) -> None:
    """Measure a grader on answers marked by people, beside word F1 and the mean."""
    sets = [benchmarks.limited(benchmarks.read(path), limit, seed) for path in data]
    settings = environment.read()
    if grader == "builtin":
        found = benchmarks.beside(sets, "builtin", [_lexical(s) for s in sets])
    else:
        scores = asyncio.run(_by_model(sets, How(yes=yes, jobs=jobs, fresh=fresh)))
        found = benchmarks.beside(sets, str(settings.model), scores)
    if as_json:
        print(TypeAdapter(list[benchmarks.Figures]).dump_json(found, indent=2).decode())
    else:
        _print_benchmark(found, words(settings.language))


async def _by_model(sets: Sequence[benchmarks.Set], how: How) -> list[list[float | None]]:
    no_bank = Bank(questions={}, topics={})
    async with assemble(environment.read(), no_bank) as parts:
        grader = make_grader(parts, "llm")
        todos = [benchmarks.todos(data) for data in sets]
        every = [each for held in todos for each in held]
        graded = await grade_all(parts, grader, keeping.who(parts.own_endpoint()), every, how)
    return [[graded[each.key].score for each in held] for held in todos]


def _lexical(data: benchmarks.Set) -> list[float | None]:
    """The built-in grader without a rubric is its lexical fallback."""
    with bar(len(data.rows), data.name) as advance:
        return list(benchmarks.lexical_scores(data, advance))


def _check_writable(path: Path | None) -> None:
    """Before anything is paid for. Raises InvalidInput."""
    if path is None:
        return
    try:
        with path.open("a"):
            pass
    except OSError as problem:
        raise InvalidInput("unwritable_file", path=path, problem=problem.strerror or problem) from None


def _print(found: Calibration, w: Words) -> None:
    console = Console(highlight=False)
    heads = ("figure", "value", "interval", "wanted", "bearable")
    table = Table(*(w(f"calibrate.{head}") for head in heads))
    for line in show.lines(found, w):
        value = f"[{_COLOURS[line.verdict]}]{line.value}[/]" if line.verdict else line.value
        table.add_row(line.name, value, line.interval, line.wanted, line.bearable)
    console.print(f"[bold]{show.grader_name(found, w)}[/]")
    console.print(table)
    parts = Table(
        w("calibrate.groups.title"),
        *(w(f"calibrate.{key}") for key in _GROUP_HEADS),
    )
    for group in found.groups:
        kappa = "–" if group.kappa is None else f"{group.kappa:.2f}"
        shares = ("–" if s is None else f"{s:.0%}" for s in (group.accuracy, group.precision, group.recall))
        cells = map(str, (group.judgments, kappa, *shares, group.missed, group.invented))
        parts.add_row(w(f"calibrate.groups.{group.name}"), *cells)
    console.print(parts)
    console.print(show.used(found, w), markup=False)
    console.print(show.seconds(found, w), markup=False)
    for attack in (a for a in found.attacks if a.succeeded):
        console.print(f"✕ {attack.family}/{attack.name}: {attack.honest:.0%} → {attack.score:.0%}", markup=False)
    console.print(f"\n[bold {_COLOURS[found.verdict]}]{w(f'calibrate.verdicts.{found.verdict}')}[/]")
    console.print(w(f"calibrate.advice.{found.verdict}"), markup=False)
    if heading := show.kept_from(found, w):
        console.print(heading, markup=False)
    for reason in found.reasons:
        console.print(f"  {show.reason(reason, w)}", markup=False)


def _print_benchmark(found: Sequence[benchmarks.Figures], w: Words) -> None:
    heads = (w(f"calibrate.benchmark.{head}") for head in ("set", "grader", "answers"))
    table = Table(*heads, "Pearson", "Spearman", "QWK", "RMSE")
    for row in found:
        name = w.get(f"calibrate.benchmark.{row.grader}") or row.grader
        graded = f"{row.answers - row.not_graded} / {row.answers}" if row.not_graded else str(row.answers)
        table.add_row(row.set, name, graded, *map(_said, (row.pearson, row.spearman, row.qwk, row.rmse)))
    Console(highlight=False).print(table)


def _said(found: Interval) -> str:
    if found.value is None:
        return "–"
    return f"{found.value:.2f}" + ("" if found.low is None else f" ({found.low:.2f}–{found.high:.2f})")
