"""make measured: measures the built-in check on the labelled answers of the shipped bank, and writes what came of it.

    python -m bench.measured

Written: interviewer/measure/builtin.json, which the page shows beside the check's name, and the blocks between
`<!-- measured -->` and `<!-- /measured -->` of the documents, each by its template here. Figures and counts stand in
these blocks only; docs/coverage.md is written whole. tests/measure/test_measured.py fails where bank, terms or rules
have changed since.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from interviewer.bank import Bank
from interviewer.locales import words
from interviewer.measure import attack_suite, show
from interviewer.measure.calibration import Calibration
from interviewer.schema import LANGUAGES

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "README.zh.md", "docs/grading.md", "bench/README.md")
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
_BLOCK = re.compile(f"{BEGIN}\n.*?{END}", re.DOTALL)


def counts(bank: Bank) -> dict[str, Any]:
    every = attack_suite.attacks()
    return {
        "questions": len(bank.questions),
        "topics": len({q.topic for q in bank.questions.values()}),
        "attacks": len(every),
        "attacks_in": {language: sum(a.language == language for a in every) for language in LANGUAGES},
    }


def block(document: str, found: Calibration | None, counted: Mapping[str, Any]) -> str:
    """The block of a document; `found` is None where no answer of the bank has labels."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = lambda value: "–" if value is None else f"{value:.0%}"
    values = dict(counted) if found is None else {**counted, **_of(found)}
    text = environment.get_template(document.replace("/", "_")).render(found=found, **values)
    return f"{BEGIN}\n{text.strip()}\n{END}"


def _of(found: Calibration) -> dict[str, Any]:
    """What the templates say of a measurement, beside the record itself."""
    return {
        "groups": {group.name: group for group in found.groups},
        "won": sum(attack.succeeded for attack in found.attacks),
        "interval": found.figures.__getitem__,
        "figure": lambda name: show.said(name, found.figures[name].value, words("en")),
    }


def written(document: str, text: str, found: Calibration | None, counted: Mapping[str, Any]) -> str:
    """The document with its block as it should be.

    Raises:
        ValueError: it has none, or several.
    """
    if len(_BLOCK.findall(text)) != 1:
        raise ValueError(f"{document} needs one block {BEGIN} … {END}")
    return _BLOCK.sub(lambda _: block(document, found, counted), text)
