"""A calibration from beginning to end: what there is to grade, and what the gradings say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from interviewer.bank import Bank
from interviewer.measure import figures as figure
from interviewer.measure.attack_suite import Case
from interviewer.measure.calibration import (
    Calibration,
    Graded,
    Sampled,
    Todo,
    Who,
    bank_hash,
    sample_todos,
    todo,
)
from interviewer.measure.rows import attacked, beside_labels, repeats
from interviewer.measure.sampling import part, plan_sample
from interviewer.measure.verdict import decide
from interviewer.schema import Record, Usage


class Plan(Record):
    """What a calibration consists of."""

    sample: tuple[Sampled, ...]
    again: tuple[Sampled, ...]
    "The part of the sample that is graded `runs` times."
    runs: int
    cases: tuple[Case, ...]
    seed: int

    def todos(self, bank: Bank) -> list[Todo]:
        """Every grading, once: an attack's honest part is often a sample answer."""
        found = sample_todos(bank, self.sample)
        found += [each for run in range(1, self.runs) for each in sample_todos(bank, self.again, run)]
        for case in self.cases:
            question = bank.questions[case.question_id]
            texts = (case.text, case.honest) if case.honest.strip() else (case.text,)
            found += [todo(question, case.language, text) for text in texts]
        return list({each.key: each for each in found}.values())


def plan(bank: Bank, *, size: int, runs: int, cases: Sequence[Case], seed: int) -> Plan:
    sample = plan_sample(bank, size, seed)
    return Plan(sample=sample, again=part(sample) if runs > 1 else (), runs=runs, cases=tuple(cases), seed=seed)


def conclude(
    bank: Bank,
    plan: Plan,
    who: Who,
    graded: Mapping[str, Graded],
    date: datetime,
    *,
    blind: bool = False,
    resamples: int = 500,
) -> Calibration:
    """What the gradings say. `graded` may hold more than this plan's, from earlier measurements of the same grader."""
    suggests = who.grader == "builtin"
    outcomes = [graded[each.key] for each in plan.todos(bank) if each.key in graded]
    rows = beside_labels(bank, plan.sample, graded, charges=not suggests)
    attacks = attacked(bank, plan.cases, graded)
    repeated = repeats(bank, plan.again, plan.runs, graded)
    found = figure.figures(rows, repeated, attacks, outcomes, resamples)
    verdict, reasons = decide(found, most="care" if suggests else "trust")
    seconds = [o.seconds for o in outcomes if o.score is not None]
    return Calibration(
        who=who,
        date=date,
        bank_hash=bank_hash(bank, who),
        blind=blind,
        seed=plan.seed,
        questions=len({s.question_id for s in plan.sample}),
        answers=len(plan.sample),
        runs=plan.runs,
        figures=found,
        groups=figure.groups(rows),
        scores=figure.scores(rows),
        disagreements=figure.disagreements(rows),
        attacks=tuple(attacks),
        usage=sum((o.usage for o in outcomes), Usage()),
        seconds_median=figure.quantile(seconds, 0.5),
        seconds_95=figure.quantile(seconds, 0.95),
        verdict=verdict,
        reasons=reasons,
    )
