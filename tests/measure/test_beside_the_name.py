"""What the page says of a grader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interviewer import settings as environment
from interviewer.assembly import assemble
from interviewer.locales import words
from interviewer.measure import keeping
from interviewer.measure.running import Journal
from interviewer.providers import Endpoint
from interviewer.web.graders import measured
from interviewer.web.visitors import Visitors
from tests.measure.examples import Judge, calibrated, labelled_bank, perfect

ENDPOINT = Endpoint(base_url="https://example.org/v1", model="m-1")


@pytest.fixture
async def visitors(tmp_path: Path) -> AsyncIterator[Visitors]:
    settings, bank = environment.read({"INTERVIEWER_DATA": str(tmp_path)}), labelled_bank()
    made = Visitors(settings, bank)
    async with assemble(settings, bank) as parts:
        made.open(parts)
        yield made


async def test_a_grader_that_nobody_has_measured_is_called_so(visitors: Visitors) -> None:
    said = await measured(visitors, ENDPOINT, words("en"))
    assert (said.level, said.short) == ("", "not measured")


async def test_a_measured_grader_shows_date_and_verdict_until_grader_or_bank_change(
    visitors: Visitors, tmp_path: Path
) -> None:
    found = await calibrated(Judge(perfect), Journal(tmp_path / "j"))
    now = found.model_copy(update={"who": keeping.who(ENDPOINT)})
    await keeping.keep(visitors.parts.store, visitors.settings, now)
    said = await measured(visitors, ENDPOINT, words("en"))
    assert (said.level, said.short) == ("trust", "measured 2026-01-01: trust, kappa 1.00")

    older = now.model_copy(update={"bank_hash": "another"})
    await keeping.keep(visitors.parts.store, visitors.settings, older)
    assert "another version" in (await measured(visitors, ENDPOINT, words("en"))).short


async def test_beside_the_checks_name_stands_what_was_measured_and_no_verdict(
    visitors: Visitors, tmp_path: Path
) -> None:
    who = keeping.who(None)
    found = await calibrated(Judge(perfect), Journal(tmp_path / "j"), visitors.bank, who=who)
    await keeping.keep(visitors.parts.store, visitors.settings, found)
    said = await measured(visitors, None, words("en"))
    assert (said.level, said.verdict) == ("", "")
    assert said.short == "100% of what it finds is right, and it finds 100%"

    older = found.model_copy(update={"bank_hash": "another"})
    await keeping.keep(visitors.parts.store, visitors.settings, older)
    assert "another version" in (await measured(visitors, None, words("en"))).full
