"""Trust, with care, or don't: by the limits published in thresholds.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter

from interviewer.measure.calibration import Level, Reason
from interviewer.measure.statistics import Interval
from interviewer.schema import Record

GAPS = ("language_gap", "language_accuracy_gap", "length_gap")
"Figures with a sign; the size is what counts."


class Limit(Record):
    at_least: float | None = None
    at_most: float | None = None
    surely: bool = False
    "The whole 95 % interval has to keep it."
    if_measured: bool = False
    "Kept too where the figure was not measured."

    def broken_by(self, name: str, found: Interval) -> Reason | None:
        """Why a figure does not keep this limit; None where it does."""
        if found.value is None and self.if_measured:
            return None
        if self.at_least is not None:
            value = found.low if self.surely else found.value
            if value is None or value < self.at_least:
                return Reason(figure=name, found=value, limit=self.at_least, least=True)
        if self.at_most is not None:
            value = found.high if self.surely else found.value
            size = abs(value) if value is not None and name in GAPS else value
            if size is None or size > self.at_most:
                return Reason(figure=name, found=value, limit=self.at_most, least=False)
        return None


Limits = Mapping[str, Limit]
_UNKNOWN = Interval(value=None)


@cache
def thresholds() -> Mapping[Literal["trust", "care"], Limits]:
    text = Path(__file__).with_name("thresholds.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[Literal["trust", "care"], dict[str, Limit]]).validate_python(yaml.safe_load(text))


def decide(
    figures: Mapping[str, Interval], most: Literal["trust", "care"] = "trust"
) -> tuple[Level, tuple[Reason, ...]]:
    """The verdict, and the limits that kept it from the next better one.

    `most`: a check that compares words is never trusted, whatever its figures are.
    """
    above: tuple[Reason, ...] = ()
    levels: tuple[Literal["trust", "care"], ...] = ("trust", "care")
    for level in levels:
        broken = tuple(
            r
            for name, limit in thresholds()[level].items()
            if (r := limit.broken_by(name, figures.get(name, _UNKNOWN)))
        )
        if not broken and (level == "care" or most == "trust"):
            return level, above
        above = broken
    return "dont", above
