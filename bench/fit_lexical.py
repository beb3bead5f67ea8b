"""Fits the built-in grader's fallback and shows how it does on questions it has never seen.

    python -m bench.fit_lexical DATA_FOLDER

DATA_FOLDER holds `*.jsonl` files of answers graded by people: `question`, `reference`, `answer`, `score_norm` (0 to 1),
`qid`, `scale` (steps of the original marks). Each set in turn is left out, the rest is fitted, and the one left out is
graded. The coefficients written are fitted on all sets. Used so far: Mohler et al. 2011 (CC-BY-4.0), SAF (Filighera et
al. 2022, MIT), SciEntsBank (SemEval-2013 task 7, CC-BY-SA), SAS-Datasets LE (Chinese, Apache-2.0). None of their text
is kept.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from interviewer.grading import lexical
from interviewer.measure import statistics

Vector = NDArray[np.float64]
RIDGE = 3.0
"Strong: what carries over to other questions is the direction that all features agree on."
BETWEEN_QUESTIONS = 0.5
"How much of the differences between questions the fit sees; they transfer worse than those between answers."

NAMES = tuple(lexical.features("a", "b", "c"))


class Set(NamedTuple):
    name: str
    values: list[dict[str, float]]
    marks: Vector
    questions: Vector
    steps: int


def load(path: Path) -> Set:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    ids = {q: n for n, q in enumerate(sorted({str(r["qid"]) for r in rows}))}
    values = [lexical.features(r["question"], r["reference"], r["answer"]) for r in rows]
    marks = np.array([float(r["score_norm"]) for r in rows])
    numbers = np.array([float(ids[str(r["qid"])]) for r in rows])
    return Set(path.stem.removesuffix("_dev"), values, marks, numbers, max(int(r["scale"]) for r in rows))


def matrix(data: Set) -> Vector:
    names = list(NAMES)
    return np.array([[v[n] for n in names] for v in data.values])


def centred(column: Vector, questions: Vector) -> Vector:
    """Without the set's mean, and with part of each question's own."""
    result = column - column.mean(axis=0)
    for number in np.unique(questions):
        here = questions == number
        result[here] -= (1 - BETWEEN_QUESTIONS) * result[here].mean(axis=0)
    return result


def fit(sets: Sequence[Set]) -> dict[str, Any]:
    """Coefficients; every set weighs the same."""
    inputs = np.vstack([centred(matrix(s), s.questions) for s in sets])
    marks = np.concatenate([centred(s.marks, s.questions) for s in sets])
    weights = np.concatenate([np.full(len(s.marks), 1 / len(s.marks) / len(sets)) for s in sets])
    spread = np.sqrt(weights @ inputs**2)
    scaled = inputs / spread
    gram = (scaled * weights[:, None]).T @ scaled + RIDGE * np.eye(scaled.shape[1])
    direction = np.linalg.solve(gram, (scaled * weights[:, None]).T @ marks) / spread
    line = np.concatenate([matrix(s) @ direction for s in sets])
    truth = np.concatenate([s.marks for s in sets])
    middle, height = weights @ line, weights @ truth
    slope = (weights @ ((line - middle) * (truth - height))) / (weights @ (line - middle) ** 2)
    names = list(NAMES)
    return {
        "intercept": round(float(height - slope * middle), 4),
        "weights": {n: round(float(w * slope), 4) for n, w in zip(names, direction, strict=True)},
    }


def measure(data: Set, fitted: dict[str, Any]) -> tuple[float, float, float, float]:
    """Pearson, Spearman, quadratic kappa, root mean square error."""
    guess, marks = [lexical.predict(v, fitted) for v in data.values], [float(m) for m in data.marks]
    found = (
        statistics.pearson(guess, marks),
        statistics.spearman(guess, marks),
        statistics.quadratic_weighted_kappa(guess, marks, data.steps),
        statistics.root_mean_square_error(guess, marks),
    )
    return tuple(math.nan if f is None else f for f in found)  # type: ignore[return-value]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bench.fit_lexical DATA_FOLDER")
    sets = [load(path) for path in sorted(Path(sys.argv[1]).glob("*.jsonl"))]
    print(f"{'left out':16}{'answers':>8}{'Pearson':>9}{'Spearman':>10}{'QWK':>7}{'RMSE':>7}")
    results = []
    for data in sets:
        results.append(measure(data, fit([s for s in sets if s is not data])))
        print(f"{data.name:16}{len(data.marks):8}{results[-1][0]:9.3f}{results[-1][1]:10.3f}", end="")
        print(f"{results[-1][2]:7.3f}{results[-1][3]:7.3f}")
    mean = np.array(results).mean(axis=0)
    print(f"{'mean':24}{mean[0]:9.3f}{mean[1]:10.3f}{mean[2]:7.3f}{mean[3]:7.3f}")
    target = Path(lexical.__file__).with_suffix(".json")
    target.write_text(json.dumps(fit(sets), indent=2) + "\n", encoding="utf-8")
    print(f"wrote {target.name}, fitted on all {len(sets)} sets")


if __name__ == "__main__":
    main()
