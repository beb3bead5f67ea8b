"""Answers that say nothing."""

from __future__ import annotations

import pytest

from interviewer.grading import junk
from interviewer.grading.terms import Document


def test_a_sentence_that_only_repeats_what_was_asked_is_copied() -> None:
    asked = ["Why does grouped-query attention make decoding cheaper?", "分组查询注意力为什么能让解码更省？"]
    text = f"{asked[0]} Decoding gets cheaper since heads share keys. {asked[1]}"
    assert junk.copied_sentences(Document(text), asked) == {0, 2}


@pytest.mark.parametrize(
    ("text", "recited"),
    [
        ("Says that several heads share one key.", {0}),
        ("The candidate says that several heads share one key.", {0}),
        ("Several heads share one key.", set()),
        ("I would say that the cache is small.", set()),
        ("指出多个头共享一组键。", {0}),
        ("多个头共享一组键。", set()),
        ("多个头共享一组键，如图所指。", set()),
        ("The paper says: several heads share one key.", set()),
    ],
)
def test_a_requirement_in_the_rubrics_own_words_is_recited(text: str, recited: set[int]) -> None:
    requirements = ["Says that several heads share one key.", "指出多个头共享一组键。"]
    assert junk.recited_sentences(Document(text), requirements) == recited


def test_a_requirement_that_is_a_plain_statement_may_be_said_word_for_word() -> None:
    assert junk.recited_sentences(Document("线性层不带 bias。"), ["线性层不带 bias。"]) == set()


LISTS = [
    "attention, heads, KV cache, sharing, bandwidth, memory, decoding, quality, latency",
    "attention heads KV cache sharing bandwidth memory decoding quality latency groups",
    "- attention\n- heads\n- KV cache\n- bandwidth\n- memory\n- decoding\n- quality\n- group size",
    "注意力、头、键值、缓存、共享、带宽、显存、解码、质量",
    "注意力 头 键值 缓存 共享 带宽 显存 解码 质量 延迟",
]
ANSWERS = [
    "Heads share keys, so the cache is small.",
    "Well, um, the heads share keys, the cache shrinks, and decoding reads less, that's about it.",
    "头之间共享键值，缓存就小了，解码时读得少。",
    "memory = 2 * layers * heads * dim * tokens * bytes",
    "- heads share one key and value\n- the cache gets smaller\n- decoding reads less memory",
    "KV cache.",
]


@pytest.mark.parametrize("text", LISTS)
def test_key_words_without_a_sentence_are_a_list(text: str) -> None:
    assert junk.is_word_list(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_whole_statements_are_no_list(text: str) -> None:
    assert not junk.is_word_list(text)
    assert not junk.is_enumeration(text)


def test_key_words_with_a_few_words_around_them_are_an_enumeration() -> None:
    assert junk.is_enumeration(
        "It is all about attention, heads, KV cache, sharing, bandwidth, memory, decoding, quality, latency."
    )
    assert junk.is_enumeration("主要就是：注意力、头、键值、缓存、共享、带宽、显存、解码、质量。")
