"""From judgments to a score."""

from __future__ import annotations

import pytest

from interviewer.grading import scoring
from interviewer.schema import Judgment, Verdict
from tests.examples import mistake, question, requirement

Q = question(
    rubric=(
        requirement("a", 5),
        requirement("b", 3),
        requirement("c", 2),
        requirement("deep", 2, press=True),
        requirement("deeper", 3, press=True),
    ),
    mistakes=(mistake("wrong", -3),),
)


def judgments(**verdicts: Verdict) -> tuple[Judgment, ...]:
    return tuple(Judgment(criterion_id=i, verdict=v) for i, v in verdicts.items())


@pytest.mark.parametrize(
    ("verdicts", "asked", "score"),
    [
        ({"a": "met", "b": "met", "c": "met", "wrong": "unmet"}, (), 1.0),
        ({"a": "met", "b": "unmet", "c": "unmet", "wrong": "unmet"}, (), 0.5),
        ({"a": "met", "wrong": "met"}, (), 0.2),
        ({"a": "unmet", "c": "met", "wrong": "met"}, (), 0.0),
        ({"a": "met", "b": "cannot_assess", "c": "unmet"}, (), 0.5),
        ({"a": "unmet", "b": "unmet"}, (), 0.0),
        # pressed: counts neither way until it was asked …
        ({"a": "met", "b": "met", "c": "met", "deep": "unmet"}, (), 1.0),
        ({"a": "met", "b": "met", "c": "met", "deep": "unmet"}, ("deep",), 10 / 12),
        ({"a": "met", "b": "met", "c": "met", "deep": "met"}, ("deep",), 1.0),
        # … or said without being asked
        ({"a": "met", "deep": "met"}, (), 7 / 12),
        ({"a": "met", "deep": "met", "deeper": "unmet"}, ("deeper",), 7 / 15),
    ],
)
def test_only_what_was_asked_counts(verdicts: dict[str, Verdict], asked: tuple[str, ...], score: float) -> None:
    assert scoring.tally(Q, judgments(**verdicts), asked=asked).score == pytest.approx(score)


def test_the_tally_says_what_was_won_where() -> None:
    points = scoring.tally(Q, judgments(a="met", c="met", deep="met", wrong="met"), asked=("deeper",))
    assert (points.earned, points.possible) == (7, 10)
    assert (points.pressed_earned, points.pressed_possible) == (2, 5)
    assert points.lost == 3


def test_nothing_assessed_is_no_score_rather_than_zero() -> None:
    assert scoring.tally(Q, judgments(a="cannot_assess", b="cannot_assess")).score is None


def test_a_hint_halves_its_own_requirement_and_no_mistake() -> None:
    met = judgments(a="met", b="met", wrong="met")
    assert scoring.tally(Q, met, hinted={"a"}).score == pytest.approx((2.5 + 3 - 3) / 10)
    assert scoring.tally(Q, met, hinted={"wrong"}).score == pytest.approx((5 + 3 - 3) / 10)


def test_only_met_brings_points() -> None:
    a, wrong = Q.criterion("a"), Q.criterion("wrong")
    for verdict in ("unmet", "cannot_assess"):
        assert scoring.points(a, Judgment(criterion_id="a", verdict=verdict)) == 0.0
    assert scoring.points(a, None) == 0.0
    assert scoring.points(wrong, Judgment(criterion_id="wrong", verdict="met")) == -3.0


def test_the_candidates_own_verdict_counts_instead_of_a_suggestion() -> None:
    said = Judgment(criterion_id="a", verdict="unmet", confirmed="met")
    unsaid = Judgment(criterion_id="b", verdict="met", confirmed="unmet")
    claimed = Judgment(criterion_id="wrong", verdict="unmet", confirmed="met")
    points = scoring.tally(Q, (said, unsaid, claimed), suggested=True)
    assert (points.earned, points.lost) == (5, 3)


def test_points_that_nobody_has_checked_are_counted() -> None:
    suggested = (
        *judgments(a="met", b="unmet", deeper="unmet"),
        Judgment(criterion_id="c", verdict="met", confirmed="met"),
    )
    assert scoring.tally(Q, suggested, suggested=True).unchecked == 8
    assert scoring.tally(Q, suggested, suggested=True, asked=("deeper",)).unchecked == 11
    assert scoring.tally(Q, suggested).unchecked == 0


def test_what_was_met_stays_met_and_a_mistake_is_as_judged_last() -> None:
    before = judgments(a="met", b="unmet", c="cannot_assess", wrong="met")
    now = judgments(a="unmet", b="met", c="unmet", wrong="unmet")
    merged = scoring.merge(Q, before, now)
    assert [(j.criterion_id, j.verdict) for j in merged] == [
        ("a", "met"),
        ("b", "met"),
        ("c", "unmet"),
        ("wrong", "unmet"),
    ]


def test_what_could_not_be_assessed_now_stays_as_it_was() -> None:
    before = judgments(a="unmet", b="met", wrong="met")
    merged = scoring.merge(Q, before, judgments(a="cannot_assess", c="met", wrong="cannot_assess"))
    assert {j.criterion_id: j.verdict for j in merged} == {"a": "unmet", "b": "met", "c": "met", "wrong": "met"}


def test_judgments_come_in_the_rubric_s_order() -> None:
    merged = scoring.merge(Q, (), judgments(wrong="unmet", c="met", a="met"))
    assert [j.criterion_id for j in merged] == ["a", "c", "wrong"]
