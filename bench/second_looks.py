"""How often a model's unmet requirement is called doubtful, and how often rightly, on the bank's labelled answers.

A judgment is doubtful where the terms of a requirement that a model calls unmet match plainly. Stands in for a model:
once one that judges as labelled (each doubt is a false alarm), once one that calls everything unmet (each doubt about a
requirement that is met is right).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from interviewer import bank as banks
from interviewer.grading import Exchange, Task, builtin
from interviewer.measure.calibration import labelled
from interviewer.review import MAX_SECOND_LOOKS
from interviewer.schema import Question, Sample
from interviewer.settings import shipped


def counted(cases: Sequence[tuple[Question, Sample]]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for question, sample in cases:
        exchange = Exchange(asked=question.asked(sample.language), answer=sample.text)
        found = builtin.found(Task(question=question, language=sample.language, thread=(exchange,)))
        met = {c.id for c in question.rubric if c.id in sample.met}
        alarms = len(found - met)
        seen.update(met=len(met), unmet=len(question.rubric) - len(met), caught=len(found & met), alarms=alarms)
        seen.update(answers=1, looks=min(alarms, MAX_SECOND_LOOKS))
    return seen


def main() -> list[str]:
    seen = counted(labelled(banks.load((shipped("question_bank"),))))
    if not seen["answers"]:
        return ["No answer of the bank has labels."]
    return [
        "| a requirement called unmet that is | how many | called doubtful |",
        "|---|---|---|",
        f"| unmet, as labelled (a false alarm) | {seen['unmet']:,} | {seen['alarms'] / (seen['unmet'] or 1):.1%} |",
        f"| met | {seen['met']:,} | {seen['caught'] / (seen['met'] or 1):.0%} |",
        "",
        f"Second looks that a model without a fault costs: {seen['looks'] / seen['answers']:.2f} an answer.",
    ]


if __name__ == "__main__":
    print("\n".join(main()))
