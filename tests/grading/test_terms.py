"""How answers and terms are read, and where a term is found."""

from __future__ import annotations

import pytest

from interviewer.grading.terms import Document, term


def found(text: str, group: str) -> bool:
    return bool(Document(text).places(group))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("share", "heads are sharing one key"),
        ("share", "heads SHARED one key"),
        ("query", "two queries"),
        ("matrix", "low-rank matrices"),
        ("freeze", "the weights are frozen"),
        ("optimize", "it is optimised"),
        ("KV cache", "the KV-cache"),
        ("KV cache", "the KV_cache"),
        ("KV cache", "the KVCache"),
        ("KVCache", "the kv cache"),
        ("softmax", "a soft max"),
        ("fine-tune", "finetuning"),
        ("finetun*", "fine-tuned"),
        ("K/V", "one K/V per group"),
        ("K/V", "one KV per group"),
        ("int8", "in INT 8"),
        ("int8", "in int-8"),
        ("INT-8", "in int8"),
        ("n^2", "grows with n²"),
        ("n^2", "grows with n^2"),
        ("O(n^2)", "it is `O(n²)`"),
        ("1000", "about 1,000 tokens"),
        ("1,000", "about 1000 tokens"),
        ("quanti*", "quantisation"),
        ("queri*", "a query"),
        ("does not", "it doesn't"),
        ("does not", "it doesn’t"),
        ("can not", "it cannot"),
        ("model output", "the model's output"),
        ("gpu", "on ＧＰＵ"),
        ("share", "sh\u200bare"),
        ("共享", "多个头共 享一组"),
        ("Q 头", "减少Q头的数量"),
        ("KV 缓存", "KV缓存很大"),
        ("8x7b", "Mixtral 8×7B"),
        ("query", "层数×query 头数"),
        ("sqrt", "divide by √d"),
        ("128", "取 64，128，256 三档"),
        ("1234567", "1,234,567 tokens"),
        ("1024", "1024,2048"),
        ("normaliz*", "it is normalised"),
        ("LLM", "two LLMs"),
        ("注意力", "註意力不等於記憶"),
        ("显存", "顯存不夠"),
        ("soft max", "the softmax"),
        ("fine-tun*", "finetuned"),
        ("attention*", "attention"),
        ("relative position", "relative positions"),
        ("GPU", "on 64 GPUs"),
    ],
)
def test_spelling_that_does_not_matter(word: str, text: str) -> None:
    assert found(text, word)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("share", "the shard"),
        ("KV cache", "K, V. Cache"),
        ("KV cache", "keep KV; cache it"),
        ("key value", "key (value)"),
        ("8", "int 80"),
        ("1", "0.1"),
        ("cat", "concatenate"),
        ("共享", "共同分享"),
        ("共享", "共，享"),
        ("not", "the knot"),
        ("10000", "1,0000"),
        ("approximate", "approximately eight"),
        ("rare", "it rarely happens"),
        ("whether it is", "whether they share"),
    ],
)
def test_what_is_another_word(word: str, text: str) -> None:
    assert not found(text, word)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It uses 0.5 of v1.2. Then it stops!", 2),
        ("E.g. this, i.e. that, vs. those. Next.", 2),
        ("See https://example.org/a.b?c=d. Done.", 2),
        ("第一句。第二句！第三句？第四句；完", 5),
        ("model.eval() turns dropout off", 1),
        ("- one\n- two\n- three", 3),
        ("Keys etc\nValues too", 2),
        ("1. one\n2. two", 2),
        ("A line that was broken by an editor at some column and so goes\non in the next one.", 1),
        ("a != b", 1),
        ("", 0),
        (" \n ", 0),
    ],
)
def test_where_sentences_end(text: str, count: int) -> None:
    assert len(Document(text).sentences) == count


def test_tokens_know_where_they_stood_in_the_text() -> None:
    text = "ﬁne ²ＧＰＵ doesn’t 共享"
    assert [text[t.start : t.end] for t in Document(text).tokens] == ["ﬁne", "²", "ＧＰＵ", "does", "n’t", "共", "享"]


def test_a_prefix_does_not_swallow_the_denial_beside_it() -> None:
    assert Document("Bytes can't encode it.").places("byte*") == [(0, 1)]


def test_a_term_of_nothing_but_joiners_is_no_term() -> None:
    assert term(" - ") == ()
    assert Document("a - b").places(" - | | -") == []


def test_one_alternative_of_a_group_is_enough() -> None:
    assert found("Heads share a key.", "value | key")
    assert not found("Heads share a key.", "value | query")


def test_places_are_ranges_of_tokens_in_order() -> None:
    document = Document("A KV cache, then the KVCache of the k v pair.")
    words = [document.text[slice(*document.span(*place))] for place in document.places("KV cache | KV")]
    assert words == ["KV", "KV cache", "KVCache", "k v"]


def test_a_term_does_not_reach_over_the_end_of_a_sentence() -> None:
    assert not found("Store the key\nvalue pairs", "key value")


def test_a_quote_is_exactly_as_it_was_written() -> None:
    document = Document("Groups matter.  The heads of a group Share “one” key. And  more.")
    assert document.quote(1, 2) == "The heads of a group Share “one” key."
    assert document.quote(1, 3).endswith("key. And  more.")


def test_a_very_long_sentence_is_cut() -> None:
    assert max(last - first for first, last in Document("word " * 1000).sentences) == 200
