"""Measurements that promise something, on banks of a test's size."""

from __future__ import annotations

import pytest

from bench import faultless, second_looks
from interviewer.measure.calibration import labelled
from tests.measure.test_measured import spoken_bank


@pytest.mark.parametrize("terms", faultless.TERMS.values(), ids=faultless.TERMS)
@pytest.mark.parametrize("language", ["German", "Japanese", "Russian"])
async def test_terms_cost_a_model_without_a_fault_nothing(language: str, terms: tuple[str, ...]) -> None:
    wrong, every, short = await faultless.lost(terms, faultless.ANSWERS[language])
    assert (wrong, every, short) == (0, 60, 0)


async def test_labelled_answers_come_through_with_any_terms() -> None:
    cases = labelled(spoken_bank())
    for cut in faultless.CUTS.values():
        assert await faultless.on_the_bank(cases, cut) == (0, 16 * 5)


def test_doubts_are_counted_by_the_labels() -> None:
    seen = second_looks.counted(labelled(spoken_bank()))
    assert (seen["met"], seen["unmet"], seen["caught"], seen["alarms"], seen["answers"]) == (32, 32, 24, 0, 16)
