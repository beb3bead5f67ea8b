"""The fallback's estimate of an answer's mark."""

from __future__ import annotations

import math

import pytest

from interviewer.grading import lexical

EN = (
    "Why is the dot product in attention divided by the square root of the key dimension?",
    "The variance of the dot product grows with the dimension, so the softmax would saturate and its gradients vanish.",
)
ZH = ("注意力里为什么要除以键维度的平方根？", "点积的方差随维度增大，softmax 会饱和，梯度消失，所以要除以平方根。")


@pytest.mark.parametrize(("question", "reference"), [EN, ZH])
def test_a_score_lies_between_zero_and_one(question: str, reference: str) -> None:
    for answer in ("", "x", reference, question, reference * 50, "!?", "\x00", "不"):
        assert 0.0 <= lexical.score(question, reference, answer) <= 1.0


@pytest.mark.parametrize(
    ("question", "reference", "paraphrase"),
    [
        (
            *EN,
            "Dot products get a larger variance in high dimensions, and a saturated softmax has vanishing gradients.",
        ),
        (*ZH, "维度越大，点积方差越大，softmax 就会饱和，导致梯度消失。"),
    ],
)
def test_closer_answers_score_more(question: str, reference: str, paraphrase: str) -> None:
    far = "It makes training a little faster on most machines." if question == EN[0] else "这样训练会快一些。"
    scores = [lexical.score(question, reference, a) for a in (reference, paraphrase, far)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.8
    assert scores[1] > 0.5 > scores[2]


@pytest.mark.parametrize(("question", "reference"), [EN, ZH])
def test_the_question_copied_is_worth_less_than_half(question: str, reference: str) -> None:
    assert lexical.score(question, reference, question) < 0.5


def test_many_words_beside_the_point_are_worth_nothing() -> None:
    assert lexical.score(*EN, "banana " * 200) == 0.0
    assert lexical.score(*ZH, "香蕉很好吃，" * 50) == 0.0


def test_longer_is_not_better() -> None:
    short = lexical.score(*EN, EN[1])
    assert lexical.score(*EN, EN[1] + " And so on and so forth." * 40) <= short


def test_every_coefficient_has_its_feature_and_is_finite() -> None:
    weights = lexical.coefficients()["weights"]
    assert set(weights) == set(lexical.features(*EN, EN[1]))
    assert all(math.isfinite(w) for w in weights.values())


def test_features_of_a_verbatim_answer_are_complete() -> None:
    assert set(lexical.features(*EN, EN[1]).values()) == {1.0}


def test_what_the_question_says_already_is_not_new() -> None:
    assert lexical.features("Why softmax?", "Softmax saturates.", "Softmax.")["new_recall"] == 0.0


def test_a_huge_answer_is_read_up_to_its_limit() -> None:
    padded = EN[1] + " " + "word " * 100_000
    assert lexical.score(*EN, padded) > 0.0
    assert len(lexical.read(padded).words) == lexical.LONGEST
