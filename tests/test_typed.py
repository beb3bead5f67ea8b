from __future__ import annotations

import pytest

from interviewer.errors import InvalidInput
from interviewer.typed import clean


@pytest.mark.parametrize("typed", ["", " \n\t", "\u200b", "\u200b \u2060\ufeff", "\udcff", "\ud83d\u200b", "\0\x1b"])
def test_an_answer_that_cannot_be_seen_is_none(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean(typed, 100)
    assert refused.value.key == "empty_answer"


def test_half_a_character_is_dropped_and_the_rest_can_be_stored() -> None:
    assert clean("a\ud83d b\udcff", 100).encode() == b"a b"


def test_a_character_of_several_parts_stays_whole() -> None:
    family = "👩\u200d🔬 می\u200cخواهم"
    assert clean(family, 100) == family
