from __future__ import annotations

import re
from pathlib import Path

import pytest

from interviewer.locales import words
from interviewer.measure import show
from interviewer.measure.calibration import Calibration
from interviewer.measure.running import Journal
from tests.measure.examples import CHECK, Judge, calibrated, coin, obedient, perfect

EVIL = '<script>alert("x")</script>'


@pytest.fixture
async def poor(tmp_path: Path) -> Calibration:
    return await calibrated(Judge(coin()), Journal(tmp_path / "j"))


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_page_needs_nothing_from_elsewhere(poor: Calibration, language: str) -> None:
    page = show.html(poor, words(language))
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert not re.search(r"<script|<link|<img|<iframe|src=|href=|url\(|@import|https?://", page)
    assert words(language)("calibrate.verdicts.dont").replace("'", "&#39;") in page


async def test_nothing_that_an_endpoint_or_a_bank_calls_itself_is_read_as_html(poor: Calibration) -> None:
    who = poor.who.model_copy(update={"model": EVIL, "endpoint": EVIL, "fingerprint": EVIL})
    attack = poor.attacks[0].model_copy(update={"family": EVIL})
    named = poor.disagreements[0].model_copy(update={"question_id": EVIL, "criterion_id": EVIL})
    evil = poor.model_copy(update={"who": who, "attacks": (attack,), "disagreements": (named,)})
    page = show.html(evil, words("en"))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6


async def test_the_page_shows_model_date_figures_and_why(tmp_path: Path) -> None:
    found = await calibrated(Judge(obedient), Journal(tmp_path / "j"))
    page = show.html(found, words("en"))
    for shown in ("m-1 at example.org", "2026-01-01", "12 of 12 attacks", "Attacks that succeed: 100% (at most 10%)"):
        assert shown in page
    assert 'style="width:100.0%"' in page


async def test_lines_say_value_interval_and_limits(poor: Calibration) -> None:
    lines = {line.name: line for line in show.lines(poor, words("en"))}
    kappa = lines["Cohen's kappa of the judgments"]
    assert (kappa.wanted, kappa.bearable, kappa.verdict) == ("at least 0.60, surely", "at least 0.40", "dont")
    assert re.fullmatch(r"-?0\.\d\d … -?0\.\d\d", kappa.interval)
    assert lines["Gradings that failed"].value == "0%"
    assert re.fullmatch(r"[+-]0\.\d\d", lines["Kinder to Chinese than to English, in score"].value)


async def test_beside_the_checks_name_stands_how_blind_its_answers_were(tmp_path: Path) -> None:
    w = words("en")
    found = await calibrated(Judge(perfect), Journal(tmp_path / "j"), who=CHECK)
    blind = found.model_copy(update={"blind": True})
    assert show.measured_check(None, False, w).command == "interviewer calibrate"
    assert "On 48 labelled answers it was right in 100%" in show.measured_check(found, True, w).full
    assert "On 48 answers written without sight of its terms" in show.measured_check(blind, True, w).full
    assert show.measured_check(blind, False, w).full.startswith("Measured with another version")
    assert show.kept_from(found, w).startswith("A check that looks for words is never called")


async def test_beside_a_graders_name_stand_date_and_verdict_or_that_it_was_not_measured(tmp_path: Path) -> None:
    w = words("en")
    found = await calibrated(Judge(perfect), Journal(tmp_path / "j"))
    assert show.measured(None, False, w).short == "not measured"
    assert show.measured(found, True, w).short == "measured 2026-01-01: trust, kappa 1.00"
    assert "100% of the criteria" in show.measured(found, True, w).full
    assert show.measured(found, False, w).short == "measured 2026-01-01 with another version: trust, kappa 1.00"
