"""A grader beside people's marks on sets of answers that have a reference but no rubric."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from interviewer.errors import InvalidInput
from interviewer.grading import lexical, terms
from interviewer.locales import words
from interviewer.measure import statistics
from interviewer.measure.calibration import Todo, todo
from interviewer.measure.statistics import Interval, interval
from interviewer.schema import Language, Line, Question, Record, Requirement, Text

CRITERIA = range(2, 9)
POINTS = 10
_NAMED = 20
"Bad rows that one error names."

Pair = tuple[float, float]
"A score, and the people's mark."


class Marked(Record):
    """One answer and the mark that people gave it. Further fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: Line
    reference: Line
    answer: str
    score_norm: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    scale: Annotated[int, Field(ge=1)]
    "Steps of the people's marks."
    qid: Annotated[str, BeforeValidator(str)]
    lang: Language


class Set(NamedTuple):
    name: str
    rows: list[Marked]

    @property
    def steps(self) -> int:
        return max(row.scale for row in self.rows)


class Figures(Record):
    """One grader on one set; None where a figure is not defined, for instance for a constant."""

    set: str
    grader: str
    answers: int
    questions: int
    not_graded: int = 0
    pearson: Interval
    spearman: Interval
    qwk: Interval
    rmse: Interval


# --- reading ----------------------------------------------------------------------------------------------------------


def read(path: Path) -> Set:
    """Raises InvalidInput, naming file and line of every row that can't be used."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise InvalidInput("not_text", path=path) from None
    except OSError as problem:
        raise InvalidInput("unreadable_file", path=path, problem=problem.strerror or problem) from None
    rows, bad = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(Marked.model_validate(json.loads(line)))
        except ValidationError as problem:
            first = problem.errors()[0]
            bad.append(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
        except ValueError as problem:
            bad.append(f"{path}:{number}: {problem}")
    if bad:
        shown = [*bad[:_NAMED], *(["…"] if len(bad) > _NAMED else [])]
        raise InvalidInput("bad_rows", count=len(bad), rows="\n".join(shown))
    if not rows:
        raise InvalidInput("no_rows", path=path)
    return Set(path.stem.removesuffix("_dev"), rows)


def limited(data: Set, limit: int | None, seed: int = 0) -> Set:
    """At most `limit` rows, in turn from each question. The same limit and seed give the same rows."""
    if limit is None or limit >= len(data.rows):
        return data
    chance = random.Random(seed)  # noqa: S311  no secret
    numbers = list(range(len(data.rows)))
    chance.shuffle(numbers)
    turns: Counter[str] = Counter()
    order = {}
    for number in numbers:
        turns[data.rows[number].qid] += 1
        order[number] = turns[data.rows[number].qid]
    drawn = sorted(numbers, key=order.__getitem__)[:limit]
    return Set(data.name, [data.rows[number] for number in sorted(drawn)])


# --- graders and baselines --------------------------------------------------------------------------------------------


def word_f1(reference: str, answer: str) -> float:
    """Harmonic mean of precision and recall of the words; of pairs of characters for Chinese."""
    wanted, had = _units(reference), _units(answer)
    shared = (wanted & had).total()
    return 2 * shared / (wanted.total() + had.total()) if shared else 0.0


def _units(text: str) -> Counter[str]:
    tokens = [t for t in terms.tokens(*terms.fold(text)) if t.kind != "sign"]
    pairs = (a.word + b.word for a, b in pairwise(tokens) if a.kind == b.kind == "cjk")
    return Counter(t.word for t in tokens if t.kind != "cjk") + Counter(pairs)


def mean_of_others(sets: Sequence[Set], data: Set) -> tuple[float, bool]:
    """The mean mark of the other sets, each weighing the same; of the set itself where it is alone (True)."""
    means = [sum(r.score_norm for r in s.rows) / len(s.rows) for s in sets if s is not data]
    if means:
        return sum(means) / len(means), False
    return sum(r.score_norm for r in data.rows) / len(data.rows), True


def figures(data: Set, grader: str, scores: Sequence[float | None]) -> Figures:
    """`scores` beside the set's rows; None where a row was not graded."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for row, score in zip(data.rows, scores, strict=True):
        if score is not None:
            groups[row.qid].append((score, row.score_norm))
    return Figures(
        set=data.name,
        grader=grader,
        answers=len(data.rows),
        questions=len({row.qid for row in data.rows}),
        not_graded=sum(score is None for score in scores),
        pearson=interval(lambda pairs: statistics.pearson(*_apart(pairs)), groups),
        spearman=interval(lambda pairs: statistics.spearman(*_apart(pairs)), groups),
        qwk=interval(lambda pairs: statistics.quadratic_weighted_kappa(*_apart(pairs), data.steps), groups),
        rmse=interval(lambda pairs: statistics.root_mean_square_error(*_apart(pairs)), groups),
    )


def _apart(pairs: Sequence[Pair]) -> tuple[list[float], list[float]]:
    return [ours for ours, _ in pairs], [theirs for _, theirs in pairs]


def lexical_scores(data: Set, advance: Callable[[], None] = lambda: None) -> Iterator[float]:
    """The built-in grader's fallback, which is all of it that a question without a rubric's terms sees."""
    for row in data.rows:
        yield lexical.score(row.question, row.reference, row.answer)
        advance()


def beside(sets: Sequence[Set], name: str, scores: Sequence[Sequence[float | None]]) -> list[Figures]:
    """The grader `name` on each set (its scores in the sets' order), and beside it word F1 and the mean."""
    found = []
    for data, given in zip(sets, scores, strict=True):
        mean, own = mean_of_others(sets, data)
        found += [
            figures(data, name, given),
            figures(data, "f1", [word_f1(r.reference, r.answer) for r in data.rows]),
            figures(data, "own_mean" if own else "mean", [mean] * len(data.rows)),
        ]
    return found


# --- a rubric for a grader that needs one -----------------------------------------------------------------------------


def todos(data: Set) -> list[Todo]:
    """A grading for each row, in order."""
    made: dict[tuple[str, str, str], Question] = {}
    found = []
    for row in data.rows:
        place = row.qid, row.question, row.reference
        question = made.setdefault(place, question_of(row, f"benchmark-{len(made) + 1}"))
        found.append(todo(question, row.lang, row.answer))
    return found


def question_of(row: Marked, id_: str) -> Question:
    """A question whose rubric is the reference's sentences, each one criterion; ten points in all."""
    requirements = _requirements(row)
    each, more = divmod(POINTS, len(requirements))
    return Question(
        id=id_,
        topic="benchmark",
        difficulty="medium",
        kind="concept",
        text=Text(en=row.question, zh=row.question),
        reference_answer=Text(en=row.reference, zh=row.reference),
        rubric=tuple(
            Requirement(id=f"s{n + 1}", points=each + (n < more), requirement=Text(en=requirement, zh=requirement))
            for n, requirement in enumerate(requirements)
        ),
    )


def _requirements(row: Marked) -> list[str]:
    say = words(row.lang)
    document = terms.Document(row.reference)
    sentences = [document.quote(n, n + 1) for n in range(len(document.sentences))]
    if len(sentences) < CRITERIA[0]:
        whole = row.reference.strip()
        return [say(f"calibrate.{key}", sentence=whole) for key in ("says_partly", "says_wholly")]
    return [say("calibrate.says", sentence=part) for part in _parts(sentences, CRITERIA[-1])]


def _parts(sentences: Sequence[str], most: int) -> Iterable[str]:
    """The sentences, neighbours joined where there are too many."""
    count = min(most, len(sentences))
    edges = [n * len(sentences) // count for n in range(count + 1)]
    return [" ".join(sentences[a:b]) for a, b in pairwise(edges)]
