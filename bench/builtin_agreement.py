"""How far the built-in check agrees with the labels of a bank's sample answers.

    python -m bench.builtin_agreement [--errors] [--before COMMIT] [FOLDER]

FOLDER holds question files with samples (default: the shipped bank). Per language: how many of the requirements that
the check calls met are met (precision), how many of those met it finds (recall), how often better answers score more,
without any deduction, and whether the mistakes that it suspects were made. --before runs the check of an earlier commit
too, with the same terms on the same answers. The figures are blind as long as no term was changed because of an answer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from interviewer.grading import Exchange, Task, builtin, scoring
from interviewer.schema import LANGUAGES, Judgment, Question, Sample, SampleLabel

ROOT = Path(__file__).parent.parent
RANK: dict[SampleLabel, int] = {"mistaken": 0, "gist": 1, "solid": 2, "expert": 2}
"Solid and expert answers are not compared with each other."
EARLIER = """
import json, sys
from interviewer.grading import Exchange, Task, builtin
from interviewer.schema import Question
found = []
for case in json.load(sys.stdin):
    thread = (Exchange(asked=case["asked"], answer=case["text"]),)
    question = Question.model_validate(case["question"])
    grade = builtin.judge(Task(question=question, language=case["language"], thread=thread))
    found.append([j.criterion_id for j in grade.judgments if j.verdict == "met"])
print(json.dumps(found))
"""


class Checked(NamedTuple):
    """One sample, and the criteria that the check calls met, or suspects."""

    question: Question
    sample: Sample
    found: frozenset[str]

    @property
    def score(self) -> float:
        """Of the requirements found: no mistake is charged."""
        met = [Judgment(criterion_id=c.id, verdict="met") for c in self.question.rubric if c.id in self.found]
        return scoring.tally(self.question, met).score or 0.0


Case = tuple[Question, Sample]


def read(folder: Path) -> list[Case]:
    files = sorted(folder.glob("*/*.yaml"))
    questions = [Question.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return [(question, sample) for question in questions for sample in question.samples]


def check(cases: Iterable[Case]) -> list[Checked]:
    return [Checked(question, sample, _suggested(question, sample)) for question, sample in cases]


def _suggested(question: Question, sample: Sample) -> frozenset[str]:
    exchange = Exchange(asked=question.asked(sample.language), answer=sample.text)
    grade = builtin.judge(Task(question=question, language=sample.language, thread=(exchange,)))
    return frozenset(j.criterion_id for j in grade.judgments if j.verdict == "met" or "claim_suspected" in j.notes)


def check_as_of(commit: str, cases: Sequence[Case]) -> list[Checked]:
    """The same by the check of an earlier commit, where a criterion had several patterns."""
    asked = [
        {"question": _old(q), "asked": q.asked(s.language), "language": s.language, "text": s.text} for q, s in cases
    ]
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", commit, "interviewer"], cwd=ROOT, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        said = subprocess.run(
            [sys.executable, "-c", EARLIER],
            cwd=folder,  # where `interviewer` is imported from
            input=json.dumps(asked).encode(),
            check=True,
            stdout=subprocess.PIPE,
        )
    return [Checked(*case, frozenset(ids)) for case, ids in zip(cases, json.loads(said.stdout), strict=True)]


def _old(question: Question) -> dict[str, Any]:
    kept = ("id", "topic", "difficulty", "kind", "text", "reference_answer")
    rubric = [
        {"id": c.id, "points": c.points, "requirement": c.statement.model_dump(), "terms": [c.terms] if c.terms else []}
        for c in question.criteria
    ]
    return question.model_dump(include=set(kept)) | {"rubric": rubric}


def rows(checked: Sequence[Checked]) -> list[str]:
    groups: dict[str, Callable[[Checked], bool]] = {"all": lambda _: True}
    groups |= {language: lambda c, own=language: c.sample.language == own for language in LANGUAGES}  # type: ignore[misc]
    groups |= {label: lambda c, own=label: c.sample.label == own for label in RANK}  # type: ignore[misc]
    head = (
        "            answers  precision       recall          pairs in order  questions  suspected: right wrong (made)"
    )
    return [head, *(row(name, [c for c in checked if is_in(c)]) for name, is_in in groups.items())]


def row(name: str, checked: Sequence[Checked]) -> str:
    wanted = [(c.id in one.found, c.id in one.sample.met) for one in checked for c in one.question.rubric]
    charged = [(m.id in one.found, m.id in one.sample.met) for one in checked for m in one.question.mistakes]
    right, called, met = sum(f and t for f, t in wanted), sum(f for f, _ in wanted), sum(t for _, t in wanted)
    pairs = [(a.question.id, in_order(a, b)) for a, b in combinations(checked, 2) if comparable(a, b)]
    broken = {question for question, well in pairs if not well}
    whole = len({question for question, _ in pairs})
    suspected = sum(f and t for f, t in charged), sum(f and not t for f, t in charged), sum(t for _, t in charged)
    return (
        f"{name:12}{len(checked):7}  {share(right, called):16}{share(right, met):16}"
        f"{share(sum(well for _, well in pairs), len(pairs)):16}{whole - len(broken)} of {whole:6}"
        f"{suspected[0]:8}{suspected[1]:6} ({suspected[2]})"
    )


def comparable(a: Checked, b: Checked) -> bool:
    return a.question.id == b.question.id and RANK[a.sample.label] != RANK[b.sample.label]


def in_order(a: Checked, b: Checked) -> bool:
    worse, better = sorted((a, b), key=lambda c: RANK[c.sample.label])
    return better.score > worse.score


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} of {whole}" if whole else "–"


def errors(checked: Iterable[Checked]) -> list[str]:
    return [
        f"{'missed' if c.id in one.sample.met else 'invented'}: {one.question.id} / {c.id} "
        f"({one.sample.label}, {one.sample.language})"
        for one in checked
        for c in one.question.criteria
        if (c.id in one.found) != (c.id in one.sample.met)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "question_bank")
    parser.add_argument("--errors", action="store_true", help="name every criterion judged otherwise than its label")
    parser.add_argument("--before", metavar="COMMIT", help="the check of this commit beside it")
    chosen = parser.parse_args()
    cases = read(chosen.folder)
    if not cases:
        raise SystemExit(f"{chosen.folder}: no question with samples")
    checked = check(cases)
    print(f"{len({q.id for q, _ in cases})} questions, {len(cases)} answers\n")
    print("\n".join(rows(checked)))
    if chosen.before:
        print(f"\nThe check of {chosen.before}, with the same terms:")
        print("\n".join(rows(check_as_of(chosen.before, cases))))
    if chosen.errors:
        print("\n" + "\n".join(errors(checked)))


if __name__ == "__main__":
    main()
