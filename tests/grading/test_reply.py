"""Ids and verdicts as models spell them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from interviewer.grading.reply import Again, Reply, by_id, decider, plain_id

WANTED = ("c1", "c2", "c3")


def judged(*judgments: tuple[Any, Any]) -> Reply:
    return Reply.model_validate({"judgments": [{"id": i, "verdict": v} for i, v in judgments]})


@pytest.mark.parametrize(
    "spelt", ["c1", "C1", " c1 ", "C1:", "c1.", "[c1]", "(c1)", "c1 (+2)", "c1 (2 points)", "c1 (-4)", "c1 +2", "c-1",
              "c_1", "Criterion 1", "criterion c1", "#1", "1", "1."],
)  # fmt: skip
def test_an_id_is_read_however_it_is_spelt(spelt: str) -> None:
    assert plain_id(spelt) == "c1"


@pytest.mark.parametrize("spelt", ["", "c", "c1, c2", "c1 and c2", "c12", "1.5", "1-3", "cc1", "x1", "stores"])
def test_what_is_no_id_is_none(spelt: str) -> None:
    assert plain_id(spelt) != "c1"


@pytest.mark.parametrize(
    ("spelt", "verdict"),
    [("met", "met"), ("Met", "met"), ("MET.", "met"), (True, "met"), ("true", "met"), ("yes", "met"), ("✓ met", "met"),
     ("unmet", "unmet"), ("not met", "unmet"), ("Not-Met", "unmet"), ("partially_met", "unmet"), (False, "unmet"),
     ("partially met", "unmet"),
     ("no", "unmet"), ("Cannot assess", "cannot_assess"), ("cannot-assess", "cannot_assess")],
)  # fmt: skip
def test_a_verdict_is_read_however_it_is_spelt(spelt: object, verdict: str) -> None:
    assert judged(("c1", spelt)).judgments[0].verdict == verdict


@pytest.mark.parametrize("spelt", ["", "well", "met/unmet", "met or unmet", "unmet, met", 0.5, None, 1, []])
def test_what_is_no_verdict_is_sent_back(spelt: object) -> None:
    with pytest.raises(ValidationError):
        judged(("c1", spelt))


def test_judgments_may_be_keyed_by_id() -> None:
    reply = Reply.model_validate({"judgments": {"c1": {"verdict": "met", "quote": "q"}, "c2": {"verdict": "unmet"}}})
    assert [(j.id, j.quote, j.verdict) for j in reply.judgments] == [("c1", "q", "met"), ("c2", "", "unmet")]
    for bare in ({"c1": "met"}, {}, "c1"):
        with pytest.raises(ValidationError):
            Reply.model_validate({"judgments": bare})


def test_one_judgment_may_come_in_the_form_of_a_grading() -> None:
    assert Again.model_validate({"judgments": [{"id": "c1", "verdict": "met", "quote": "q"}]}).quote == "q"
    with pytest.raises(ValidationError):
        Again.model_validate({"judgments": [{"verdict": "met"}, {"verdict": "unmet"}]})


def test_a_criterion_judged_in_two_ways_is_not_judged() -> None:
    twice = judged(("c1", "met"), ("c2", "met"), ("c2", "unmet"), ("c3", "met"), ("C3:", "met")).judgments
    assert set(by_id(twice, WANTED)) == {"c1", "c3"}


@pytest.mark.parametrize("numbers", [(0, 1, 2), (1, 2, 3, 4), (3, 4, 5)])
def test_numbers_that_mean_something_else_are_not_taken_for_ids(numbers: tuple[int, ...]) -> None:
    assert by_id(judged(*((n, "met") for n in numbers)).judgments, WANTED) == {}
    assert set(by_id(judged((1, "met"), (3, "met")).judgments, WANTED)) == {"c1", "c3"}


def test_a_reply_decides_only_where_it_judges_all() -> None:
    decides = decider(WANTED)
    assert decides(judged(("c1", "met"), ("c2", "unmet"))) is None
    assert decides(judged(("c1", "met"), ("2", "not met"), ("c3", "met"), ("c9", "met"))) == {
        "c1": "met", "c2": "unmet", "c3": "met",
    }  # fmt: skip
