"""The built-in grader beside people's marks, as a Markdown table.

    python -m bench.human DATA_FOLDER

DATA_FOLDER holds `*.jsonl` files as `interviewer benchmark` reads them. A question there has a reference and no rubric,
so the built-in grader is its lexical fallback: once as it ships, fitted on all sets, and once fitted on the other sets
only, which is what to expect on questions it has never seen. Intervals are 95 %, by bootstrap over questions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import fit_lexical
from interviewer.grading import lexical
from interviewer.measure import benchmark
from interviewer.measure.statistics import Interval

NAMES = {
    "builtin": "built-in, as shipped (has seen part of this set)",
    "left_out": "built-in, fitted without this set",
    "f1": "word F1 with the reference",
    "mean": "the mean of the other sets",
    "own_mean": "the set's own mean",
}


def left_out(paths: Sequence[Path]) -> Iterator[list[float]]:
    """The scores of each set by a fallback that was fitted on the others."""
    sets = [fit_lexical.load(path) for path in paths]
    for data in sets:
        fitted = fit_lexical.fit([s for s in sets if s is not data])
        yield [lexical.predict(values, fitted) for values in data.values]


def table(paths: Sequence[Path]) -> list[benchmark.Figures]:
    sets = [benchmark.read(path) for path in paths]
    found = benchmark.beside(sets, "builtin", [list(benchmark.lexical_scores(data)) for data in sets])
    if len(sets) > 1:
        unseen = zip(sets, left_out(paths), strict=True)
        found += [benchmark.figures(data, "left_out", scores) for data, scores in unseen]
    order = {name: number for number, name in enumerate(NAMES)}
    return sorted(found, key=lambda row: ([s.name for s in sets].index(row.set), order[row.grader]))


def cell(found: Interval) -> str:
    if found.value is None:
        return "–"
    return f"{found.value:.2f}" + ("" if found.low is None else f" ({found.low:.2f} to {found.high:.2f})")


def markdown(rows: Sequence[benchmark.Figures]) -> str:
    lines = [
        "| set | answers (questions) | grader | Pearson | Spearman | QWK | RMSE |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        figures = " | ".join(map(cell, (row.pearson, row.spearman, row.qwk, row.rmse)))
        lines.append(f"| {row.set} | {row.answers} ({row.questions}) | {NAMES[row.grader]} | {figures} |")
    return "\n".join(lines)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bench.human DATA_FOLDER")
    paths = sorted(Path(sys.argv[1]).glob("*.jsonl"))
    if not paths:
        sys.exit(f"{sys.argv[1]}: no *.jsonl files")
    print(markdown(table(paths)))


if __name__ == "__main__":
    main()
