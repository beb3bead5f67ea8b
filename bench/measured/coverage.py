"""docs/coverage.md: which requirements of which questions deal with each entry of the syllabus."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

from interviewer.bank import Bank
from interviewer.schema import Question

PAGE = "docs/coverage.md"


def page(bank: Bank) -> str:
    """The whole page, as Markdown."""
    covering: dict[str, list[Question]] = defaultdict(list)
    for question in bank.questions.values():
        for entry in question.covers:
            covering[entry].append(question)
    open_ = [entry for entry in bank.syllabus if entry not in covering]
    lines = [
        "# What the bank covers",
        "",
        "Every entry of [the syllabus](../question_bank/syllabus.yaml), the questions that deal with it, and by which",
        "of their requirements. Written by `make measured`.",
        "",
        f"{len(bank.syllabus) - len(open_)} of {len(bank.syllabus)} entries are covered; "
        f"{sum(not q.covers for q in bank.questions.values())} questions go beyond them.",
    ]
    if open_:
        lines += ["", "Not yet: " + ", ".join(open_) + "."]
    for chapter, entries in groupby(bank.syllabus, key=lambda entry: entry.rpartition(".")[0]):
        lines += ["", f"## {chapter}", "", "| entry | question | requirements |", "|---|---|---|"]
        lines += [_row(entry, question) for entry in entries for question in covering[entry]]
    return "\n".join(lines) + "\n"


def _row(entry: str, question: Question) -> str:
    link = f"[{question.id}](../question_bank/{question.topic}/{question.id}.yaml)"
    said = " ".join(question.criterion(id_).statement.en for id_ in question.covers[entry])
    return f"| {entry} | {link} | {said.replace('|', chr(92) + '|')} |"
