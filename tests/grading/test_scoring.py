"""From judgments to a score."""

from __future__ import annotations

import pytest

from interviewer.grading import scoring
from interviewer.schema import Judgment, Note, Verdict
from tests.examples import criterion

RUBRIC = (criterion("a", 5), criterion("b", 3), criterion("c", 2), criterion("wrong", -4, probe=False))


def judgments(*notes: Note, **verdicts: Verdict) -> tuple[Judgment, ...]:
    return tuple(Judgment(criterion_id=i, verdict=v, notes=notes) for i, v in verdicts.items())


@pytest.mark.parametrize(
    ("verdicts", "score"),
    [
        ({"a": "met", "b": "met", "c": "met", "wrong": "unmet"}, 1.0),
        ({"a": "met", "b": "unmet", "c": "unmet", "wrong": "unmet"}, 0.5),
        ({"a": "met", "b": "unmet", "c": "unmet", "wrong": "met"}, 0.1),
        ({"a": "unmet", "b": "unmet", "c": "met", "wrong": "met"}, 0.0),
        ({"a": "met", "b": "cannot_assess", "c": "unmet", "wrong": "unmet"}, 0.5),
        ({"a": "met"}, 0.5),
        ({"a": "unmet", "b": "unmet", "c": "unmet", "wrong": "unmet"}, 0.0),
    ],
)
def test_points_earned_over_points_possible(verdicts: dict[str, Verdict], score: float) -> None:
    assert scoring.score(RUBRIC, judgments(**verdicts)) == pytest.approx(score)


def test_nothing_assessed_is_no_score_rather_than_zero() -> None:
    assert scoring.score(RUBRIC, judgments(a="cannot_assess", b="cannot_assess")) is None
    assert scoring.score(RUBRIC, ()) is None


def test_a_hint_halves_its_own_criterion_and_no_mistake() -> None:
    met = judgments(a="met", b="met", wrong="met")
    assert scoring.score(RUBRIC, met, hinted={"a"}) == pytest.approx((2.5 + 3 - 4) / 10)
    assert scoring.score(RUBRIC, met, hinted={"wrong"}) == pytest.approx((5 + 3 - 4) / 10)


def test_only_met_brings_points() -> None:
    for verdict in ("unmet", "cannot_assess"):
        assert scoring.points(RUBRIC[0], Judgment(criterion_id="a", verdict=verdict)) == 0.0
    assert scoring.points(RUBRIC[0], None) == 0.0
    assert scoring.points(RUBRIC[3], Judgment(criterion_id="wrong", verdict="met")) == -4.0


def test_mistakes_don_t_count_as_possible_points() -> None:
    assert scoring.possible(RUBRIC) == 10


def test_a_follow_up_can_only_add() -> None:
    before = judgments(a="met", b="unmet", c="cannot_assess", wrong="unmet")
    now = judgments(a="unmet", b="met", c="unmet", wrong="met")
    merged = scoring.merge(RUBRIC, before, now)
    assert [(j.criterion_id, j.verdict) for j in merged] == [
        ("a", "met"),
        ("b", "met"),
        ("c", "unmet"),
        ("wrong", "met"),
    ]


def test_what_could_not_be_assessed_now_stays_as_it_was() -> None:
    before = judgments(a="unmet", b="met")
    merged = scoring.merge(RUBRIC, before, judgments(a="cannot_assess", c="met"))
    assert [(j.criterion_id, j.verdict) for j in merged] == [("a", "unmet"), ("b", "met"), ("c", "met")]


def test_judgments_come_in_the_rubric_s_order() -> None:
    merged = scoring.merge(RUBRIC, (), judgments(wrong="unmet", c="met", a="met"))
    assert [j.criterion_id for j in merged] == ["a", "c", "wrong"]
