from __future__ import annotations

from interviewer.locales import words
from interviewer.measure.statistics import Interval
from interviewer.measure.verdict import GAPS, decide, thresholds

GOOD = {
    "answers": 40.0,
    "kappa": 0.8,
    "mae": 0.05,
    "order": 0.95,
    "language_gap": 0.02,
    "language_accuracy_gap": -0.02,
    "length_gap": 0.0,
    "same_verdict": 0.97,
    "attacks": 0.0,
    "not_graded": 0.0,
    "not_assessed": 0.0,
}


def figures(**changes: float | Interval | None) -> dict[str, Interval]:
    found = {name: Interval(value=v, low=v, high=v) for name, v in GOOD.items()}
    return found | {n: v if isinstance(v, Interval) else Interval(value=v, low=v, high=v) for n, v in changes.items()}


def test_every_limit_decides() -> None:
    """A figure just past its limit costs the verdict, and the reason names it."""
    assert decide(figures()) == ("trust", ())
    for level, below in (("trust", "care"), ("care", "dont")):
        for name, limit in thresholds()[level].items():  # type: ignore[index]
            past = limit.at_least - 0.001 if limit.at_least is not None else limit.at_most + 0.001
            verdict, reasons = decide(figures(**{name: past}))
            assert verdict == below, (level, name)
            assert [r.figure for r in reasons] == [name]


def test_a_figure_exactly_on_its_limit_keeps_it() -> None:
    limits = thresholds()["trust"]
    on = {n: lim.at_least if lim.at_least is not None else lim.at_most for n, lim in limits.items()}
    assert decide(figures(**on))[0] == "trust"


def test_a_check_of_words_is_capped_at_care() -> None:
    assert decide(figures(), most="care") == ("care", ())
    assert decide(figures(kappa=0.1), most="care")[0] == "dont"


def test_a_gap_counts_in_either_direction() -> None:
    for name in GAPS:
        assert decide(figures(**{name: 0.9}))[0] == decide(figures(**{name: -0.9}))[0] == "dont"


def test_a_good_kappa_from_a_sample_too_small_to_be_sure_is_not_trusted() -> None:
    verdict, reasons = decide(figures(kappa=Interval(value=0.9, low=0.5, high=1.0)))
    assert verdict == "care"
    assert (reasons[0].found, reasons[0].limit) == (0.5, 0.6)
    assert decide(figures(kappa=Interval(value=0.9)))[0] == "care"


def test_what_was_not_measured_earns_no_trust() -> None:
    for name in thresholds()["trust"]:
        assert decide(figures(**{name: None}))[0] != "trust", name
    assert decide(figures(kappa=None))[0] == "dont"
    assert decide({})[0] == "dont"


def test_care_asks_for_nothing_more_than_trust() -> None:
    wanted, bearable = thresholds()["trust"], thresholds()["care"]
    assert bearable.keys() <= wanted.keys()
    for name, limit in bearable.items():
        if limit.at_least is not None:
            assert limit.at_least <= (wanted[name].at_least or 0), name
        if limit.at_most is not None:
            assert limit.at_most >= (wanted[name].at_most or 0), name


def test_every_figure_with_a_limit_has_a_name() -> None:
    for language in ("en", "zh"):
        assert thresholds()["trust"].keys() <= words(language).get("calibrate.figures").keys()
