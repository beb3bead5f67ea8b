from __future__ import annotations

import pytest

from interviewer.measure.statistics import (
    accuracy,
    interval,
    kappa,
    mean_absolute_error,
    pearson,
    quadratic_weighted_kappa,
    root_mean_square_error,
    spearman,
)


def test_kappa_is_the_textbook_value() -> None:
    """Cohen's grant example: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no gives 0.4."""
    ours = [True] * 25 + [False] * 25
    theirs = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert accuracy(ours, theirs) == pytest.approx(0.7)
    assert kappa(ours, theirs) == pytest.approx(0.4)


def test_kappa_is_undefined_where_everybody_always_says_the_same() -> None:
    assert kappa([True, True], [True, True]) is None
    assert kappa([], []) is None


def test_quadratic_weighted_kappa_punishes_far_misses_more() -> None:
    people = [0.0, 0.5, 1.0, 0.5]
    assert quadratic_weighted_kappa(people, people, 2) == pytest.approx(1.0)
    near = quadratic_weighted_kappa([0.5, 0.5, 1.0, 0.5], people, 2)
    far = quadratic_weighted_kappa([1.0, 0.5, 1.0, 0.5], people, 2)
    assert near is not None
    assert far is not None
    assert near > far


def test_quadratic_weighted_kappa_by_hand() -> None:
    """Ratings 0,1,2 against 0,2,2: observed 1/3; expected (0+4+4+1+1+1+4+0+0)/9 = 15/9; 1 - 3/15 = 0.8."""
    assert quadratic_weighted_kappa([0, 0.5, 1], [0, 1, 1], 2) == pytest.approx(0.8)


def test_pearson_sees_lines_and_spearman_sees_order() -> None:
    assert pearson([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert pearson([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert spearman([1, 2, 30], [1, 2, 3]) == pytest.approx(1)
    assert spearman([1, 1, 2], [1, 2, 3]) == pytest.approx(0.8660254)
    assert pearson([1, 1, 1], [1, 2, 3]) is None
    assert pearson([0.6437] * 1140, [n % 7 / 7 for n in range(1140)]) is None


def test_errors_are_in_points_of_the_score() -> None:
    assert mean_absolute_error([0, 1], [0.5, 0.5]) == 0.5
    assert root_mean_square_error([0, 1], [0, 0]) == pytest.approx(0.70710678)


def test_an_interval_holds_its_value_and_is_the_same_every_time() -> None:
    groups = {str(q): [(q % 3 != 0, True)] * 4 for q in range(30)}

    def figure(items: object) -> float | None:
        return accuracy(*zip(*items, strict=True))  # type: ignore[call-overload, arg-type]

    once, again = interval(figure, groups), interval(figure, groups)
    assert once == again
    assert once.low is not None
    assert once.high is not None
    assert once.value is not None
    assert once.low < once.value < once.high


def test_one_question_alone_has_no_interval() -> None:
    assert interval(lambda items: float(len(items)), {"q": [1, 2]}).low is None
