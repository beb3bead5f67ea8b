"""The shortest passage in which every group of terms occurs."""

from __future__ import annotations

import pytest

from interviewer.grading.matching import Hit, Reading
from interviewer.grading.terms import Document


def hit(text: str, *groups: str, dropped: tuple[int, ...] = ()) -> Hit | None:
    return Reading(Document(text), dropped).search(groups)


def test_every_group_has_to_occur() -> None:
    assert hit("Heads share a key.", "share | common", "value | key")
    assert not hit("Heads share a query.", "share | common", "value | key")
    assert not hit("Heads share a query.")


def test_a_passage_is_one_sentence_or_two_neighbours() -> None:
    assert hit("Heads form groups. They share keys.", "group", "share")
    assert not hit("Heads form groups. Well. They share keys.", "group", "share")


def test_the_words_stand_near_each_other() -> None:
    assert hit("Heads share what is, so to speak, a key.", "share", "key")
    assert not hit("Heads share what is, so to speak and as I would put it, a key.", "share", "key")
    assert hit("查询头共用同一组键和值", "共用", "键")
    assert not hit("查询头共用的这个东西按照我个人的理解大概可以说就是所谓的键", "共用", "键")


def test_of_several_places_those_near_each_other_count() -> None:
    far = "A share of what happens later in the whole of this long story. Heads share keys."
    assert hit(far, "share", "key")


def test_the_shortest_passage_is_quoted_and_one_word_of_each_group_named() -> None:
    found = hit("Groups matter.  The heads of a group Share “one” key. And  more.", "group", "share")
    assert found == Hit("The heads of a group Share “one” key.", ("group", "Share"), "claimed")


def test_of_two_passages_the_shorter_one_is_quoted() -> None:
    found = hit("All the heads of one group share their keys. They share keys.", "share", "key")
    assert found is not None
    assert found.quote == "They share keys."


def test_the_neighbours_of_a_question_do_not_answer_it() -> None:
    found = hit("Do heads share keys? They share a card.", "share", "key")
    assert found is not None
    assert found.stand == "asked"


def test_a_dropped_sentence_is_not_read_nor_bridged() -> None:
    assert not hit("Heads share keys.", "share", "key", dropped=(0,))
    assert not hit("Heads share. Keys.", "share", "key", dropped=(1,))


def test_a_claim_elsewhere_wins_over_a_denial() -> None:
    found = hit("It does not share keys. Later it shares the keys among all heads.", "share", "key")
    assert found is not None
    assert found.stand == "claimed"


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("We don't keep the activations, we recompute them.", "contrasted"),
        ("不保留激活值，反向时重新算一遍。", "contrasted"),
        ("We don't recompute the activations, we keep them.", "denied"),
        ("There are activations. We do not recompute the activations.", "denied"),
    ],
)
def test_one_word_denied_in_a_clause_of_its_own_is_a_contrast(text: str, stand: str) -> None:
    found = hit(text, "activation* | 激活", "recompute* | 重新算")
    assert found is not None
    assert found.stand == stand
