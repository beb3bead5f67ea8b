"""What must not be told yet is found, plainly and in the disguises that a model may be told to use."""

from __future__ import annotations

import base64

import pytest

from interviewer.grading.leaks import Secrets, names_key_word
from interviewer.schema import Requirement, Text

SECRET = "The cache grows with the number of sequences, so it limits how many requests fit."
SECRET_ZH = "缓存随并发序列数增长，因此限制了一批能放多少请求。"
HIDDEN = Secrets([SECRET, SECRET_ZH], ["One GPU holds the cache of every request."])
FORMS = {
    "plain": SECRET,
    "Chinese": SECRET_ZH,
    "in part": "Remember: " + SECRET[4:50],
    "upper case": SECRET.upper(),
    "spelt out": " ".join("cache grows with the number of sequences"),
    "spelt out, words apart": "  ".join(" ".join(word) for word in SECRET.split()),
    "backwards": SECRET[::-1],
    "backwards, Chinese": SECRET_ZH[::-1],
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "invisible characters": "\u200b".join(SECRET),
    "look-alikes": SECRET.replace("e", "е").replace("o", "о"),  # noqa: RUF001
    "traditional": "快取？緩存隨並發序列數增長，因此限制了一批能放多少請求。",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_found_in_any_form(form: str) -> None:
    assert HIDDEN.are_in(form)
    assert not HIDDEN.are_in(HIDDEN.removed(f"Good. {form}"))


@pytest.mark.parametrize(
    "text",
    [
        "Good start:\n- the sizes are right\n- say more about batching",
        "思路清楚，但还缺最后一步。",
        "One GPU holds the cache of every request: what follows?",
        "The number of sequences was right.",
    ],
)
def test_what_is_known_or_short_gives_nothing_away(text: str) -> None:
    assert HIDDEN.removed(text) == text


def test_a_leak_put_together_from_two_sentences_is_one() -> None:
    hidden = Secrets(["Because the cache grows with the number of sequences."], [])
    assert hidden.removed("It is the cache grows. With the number of sequences.") == ""


REQUIREMENT = Requirement(
    id="limits-batch",
    points=2,
    requirement=Text(
        en="Says that the cache limits the batch to 16 sequences.", zh="指出缓存限制了批大小，最多 16 条序列。"
    ),
    terms=("concurren* | throughput | 并发", "80 GiB | memory"),
)


@pytest.mark.parametrize(
    "nudge",
    [
        "Think about the cache.",
        "What do caches do here?",
        "How many is 16 times that?",
        "想一想缓存。",
        "批大小会怎样？",
        "What happens to concurrency?",
        "并发会怎样？",
        "How much memory is that?",
    ],
)
def test_a_nudge_that_names_a_key_word_is_told(nudge: str) -> None:
    assert names_key_word(nudge, REQUIREMENT, [])


@pytest.mark.parametrize(
    "nudge",
    [
        "What has to fit on the card for each user at once?",
        "That is so with one user; what if there were many?",
        "每多一个用户，卡上要多放什么？",
        "为什么只能这样？",
    ],
)
def test_a_nudge_without_one_is_left(nudge: str) -> None:
    assert not names_key_word(nudge, REQUIREMENT, [])


def test_what_the_candidate_has_read_or_written_may_be_named() -> None:
    assert not names_key_word("Think about the cache.", REQUIREMENT, ["The caches are large."])
    assert not names_key_word("How much memory is that?", REQUIREMENT, ["It takes memory."])
    assert not names_key_word("想一想缓存。", REQUIREMENT, ["缓存很大"])
    assert names_key_word("Cache and batch?", REQUIREMENT, ["The caches are large."])
