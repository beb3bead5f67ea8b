"""How answers and terms are read, and who denies what."""

from __future__ import annotations

import pytest

from interviewer.grading.matching import Hit, Reading
from interviewer.grading.terms import Document, term


def hit(text: str, *groups: str) -> Hit | None:
    return Reading(Document(text)).search([groups])


def found(text: str, *groups: str) -> bool:
    result = hit(text, *groups)
    return result is not None and result.stand != "denied"


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
        ("0.5", "a half, 0.50 exactly"),
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
        ("GPU", "on 64 GPUs"),
        ("high* … deterministic", "A higher temperature makes it more deterministic."),
        ("高频 … 不动", "高频部分保持不动"),
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
        ("relative position", "relatively positioned"),
        ("approximate", "approximately eight"),
        ("rare", "it rarely happens"),
        ("whether it is", "whether they share"),
        ("high* … deterministic", "It is deterministic at high temperature."),
        ("high* … deterministic", "A higher temperature is not deterministic."),
        ("high* … deterministic", "Higher temperature. It is deterministic."),
        ("high* … deterministic", "A higher one of the two that I have just named to you is deterministic."),
        ("高频 … 不动", "低频不动，高频压缩"),
    ],
)
def test_what_is_another_word(word: str, text: str) -> None:
    assert not found(text, word)


def test_every_group_has_to_occur_and_one_alternative_is_enough() -> None:
    assert found("Heads share a key.", "share | common", "value | key")
    assert not found("Heads share a query.", "share | common", "value | key")


def test_a_group_with_a_tilde_must_not_occur_unless_denied() -> None:
    assert found("It grows quadratically.", "grow", "~linear*")
    assert not found("It grows linearly.", "grow", "~linear*")
    assert found("It grows, but not linearly.", "grow", "~linear*")


def test_a_passage_is_at_most_two_consecutive_sentences() -> None:
    assert found("Heads form groups. They share keys.", "group", "share")
    assert not found("Heads form groups. This is old. They share keys.", "group", "share")


def test_the_quote_is_the_shortest_passage_exactly_as_written() -> None:
    text = "Groups matter.  The heads of a group Share “one” key. And  more."
    result = hit(text, "group", "share")
    assert result is not None
    assert result.quote == "The heads of a group Share “one” key."
    assert result.words == ("group", "Share")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It uses 0.5 of v1.2. Then it stops!", 2),
        ("E.g. this, i.e. that, vs. those. Next.", 2),
        ("See https://example.org/a.b?c=d. Done.", 2),
        ("第一句。第二句！第三句？第四句；完", 5),
        ("model.eval() turns dropout off", 1),
        ("- one\n- two\n- three", 3),
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
    assert not found("Bytes can't encode it.", "byte*", "encode")


def test_a_term_of_nothing_but_joiners_is_no_term() -> None:
    assert term(" - ") is None


SHARES = ("share* | 共享", "KV | key | 键")
CUTS = ("query head | 查询头", "reduce* | cut* | fewer | 减少")

DENIED = [
    (SHARES, "It does not share the keys."),
    (SHARES, "It doesn't share KV."),
    (SHARES, "MHA never shares keys."),
    (SHARES, "There is no sharing of keys."),
    (SHARES, "It works without sharing the keys."),
    (SHARES, "It cannot share keys."),
    (SHARES, "Neither of them shares keys."),
    (SHARES, "It fails to share keys."),
    (SHARES, "It duplicates instead of sharing keys."),
    (SHARES, "It splits rather than shares the keys."),
    (SHARES, "The keys are not shared."),
    (SHARES, "The keys aren't shared by anyone."),
    (SHARES, "The heads no longer share keys."),
    (CUTS, "It is not true that GQA reduces the query heads."),
    (CUTS, "It's a myth that the query heads are cut."),
    (CUTS, "Some people think the query heads are reduced, but they are not."),
    (CUTS, "A common misconception is that there are fewer query heads."),
    (CUTS, "GQA reduces the query heads. That is wrong."),
    (CUTS, "I don't think that GQA reduces the query heads."),
    (SHARES, "它不共享键。"),
    (SHARES, "它并不共享键。"),
    (SHARES, "各个头没有共享键。"),
    (SHARES, "键无法共享。"),
    (SHARES, "键不会被共享。"),
    (SHARES, "各个头未共享键。"),
    (SHARES, "它是复制键，而不是共享键。"),
    (SHARES, "并非共享键。"),
    (CUTS, "查询头没有减少。"),
    (CUTS, "有人误以为查询头减少了。"),
    (CUTS, "有人认为查询头减少了，其实不然。"),
    (CUTS, "GQA 减少查询头的说法是错误的。"),
    (CUTS, "GQA 减少了查询头。这种说法是错的。"),
    (CUTS, "常见误区是查询头减少了。"),
    (SHARES, "You cannot only share the keys."),
    (SHARES, "You can't just share the keys."),
    (SHARES, "它并不是只能共享键。"),
    (SHARES, "显存里不能只放共享的键。"),
    (SHARES, "参数一样，不等于共享键。"),
    (SHARES, "这不足以说明键是共享的。"),
    (SHARES, "一组不代表共享键。"),
    (SHARES, "Equal size doesn't mean sharing keys."),
    (SHARES, "A group does not imply shared keys."),
    (SHARES, "Nobody shares the keys."),
    (SHARES, "No one shares keys in MHA."),
    (SHARES, "Heads rarely share keys."),
    (SHARES, "未共享的键更占显存。"),
    (SHARES, "没被共享的键更占显存。"),
    (("跑 | run", "7B"), "7B 跑不起来，跑不了。"),
]
CLAIMED = [
    (SHARES, "It shares the keys."),
    (SHARES, "It does not only share the keys, it groups them."),
    (SHARES, "It not only shares keys but groups heads."),
    (SHARES, "It is not just that it shares keys."),
    (SHARES, "No doubt it shares the keys."),
    (SHARES, "It does not touch the queries, it shares the keys."),
    (SHARES, "It is not a new layer, but shares keys."),
    (SHARES, "It doesn't copy, and it shares keys."),
    (SHARES, "If heads did not share keys, memory would explode."),
    (SHARES, "Without sharing the keys, memory would explode."),
    (SHARES, "The queries are not grouped. The heads share keys."),
    (SHARES, "No. The heads share keys."),
    (SHARES, "No matter the size, heads share keys."),
    (SHARES, "The heads share keys, not queries."),
    (SHARES, "Heads share keys without losing much quality."),
    (CUTS, "People say it is slow, but the query heads are reduced."),
    (SHARES, "它共享键。"),
    (SHARES, "它不仅共享键，还分组。"),
    (SHARES, "它不但共享键，而且分组。"),
    (SHARES, "不同的头共享键。"),
    (SHARES, "无论多长，都共享键。"),
    (SHARES, "无疑是共享键。"),
    (SHARES, "它非常依赖共享键。"),
    (SHARES, "不是复制，而是共享键。"),
    (SHARES, "它没有复制，而是共享键。"),
    (SHARES, "如果不共享键，显存就会爆。"),
    (SHARES, "不共享键的话，显存就会爆。"),
    (SHARES, "没有共享键，显存就会爆。"),
    (SHARES, "不得不共享键。"),
    (SHARES, "它共享键，质量没有明显下降。"),
    (SHARES, "是不是共享键，决定了显存大小。"),
    (SHARES, "不断增长时要共享键。"),
    (SHARES, "It can not only share keys but also group heads."),
    (SHARES, "It cannot only share keys, it also groups heads."),
    (SHARES, "长度不等，共享键。"),
    (SHARES, "显存不足就共享键。"),
    (SHARES, "Without it the shared keys would explode."),
    (SHARES, "没有它，也没关系，共享键。"),
    (SHARES, "没有它就会失去共享的键。"),
    (SHARES, "键不动地共享着。"),
    (SHARES, "未选中的头共享键。"),
    (SHARES, "没被选中的头照样共享键。"),
    (SHARES, "别家的头共享键。"),
    (SHARES, "无一例外都共享键。"),
    (SHARES, "不单独存的话各头共享键。"),
    (SHARES, "别忘了头之间共享键。"),
    (SHARES, "Don't forget that they share keys."),
]


@pytest.mark.parametrize(("pattern", "text"), DENIED)
def test_what_is_denied_is_not_said(pattern: tuple[str, ...], text: str) -> None:
    result = hit(text, *pattern)
    assert result is not None
    assert result.stand == "denied"


@pytest.mark.parametrize(("pattern", "text"), CLAIMED)
def test_a_denial_of_something_else_takes_nothing_away(pattern: tuple[str, ...], text: str) -> None:
    result = hit(text, *pattern)
    assert result is not None
    assert result.stand != "denied"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (("no extra | 没有额外 | 不增加", "latency | 延迟"), "There is no extra latency."),
        (("no extra | 没有额外 | 不增加", "latency | 延迟"), "没有额外延迟。"),
        (("no extra | 没有额外 | 不增加", "latency | 延迟"), "并不增加延迟。"),
        (("does not | never", "update | change", "weight"), "It doesn't update the weights."),
        (("not | without", "store", "activation"), "The activations are not stored."),
    ],
)
def test_a_denial_that_was_asked_for_is_no_denial(pattern: tuple[str, ...], text: str) -> None:
    result = hit(text, *pattern)
    assert result is not None
    assert result.stand == "claimed"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (("freeze | 不动 | 不更新", "weight | 权重"), "原来的权重不动。"),
        (("overload | 背不动", "memory | 显存"), "显存背不动。"),
        (("keep up | 跟不上", "CPU"), "CPU 跟不上。"),
        (("independ* | 独立", "not hold | 不成立"), "独立性假设在实际中不成立。"),
    ],
)
def test_a_denial_at_the_end_that_was_asked_for_is_none(pattern: tuple[str, ...], text: str) -> None:
    result = hit(text, *pattern)
    assert result is not None
    assert result.stand == "claimed"


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("If the query heads are cut, what then?", "loose"),
        ("Suppose the query heads are reduced.", "loose"),
        ("Even if the query heads were cut, it'd be slow.", "loose"),
        ("假如查询头减少了，会怎样？", "loose"),
        ("就算查询头减少了，显存也还是不够。", "loose"),
        ("若查询头减少，质量会下降。", "loose"),
        ("If you group the keys, the query heads are cut.", "claimed"),
        ("如果分组，查询头就减少了。", "claimed"),
        ("主要是查询头减少了。", "claimed"),
        ("The query heads are cut if you group them.", "claimed"),
        ("If memory is short I cut the query heads.", "claimed"),
        ("If you cut the query heads, quality drops.", "loose"),
    ],
)
def test_what_is_only_supposed_is_claimed_loosely(text: str, stand: str) -> None:
    result = hit(text, *CUTS)
    assert result is not None
    assert result.stand == stand


def test_a_far_denial_leaves_a_doubt() -> None:
    result = hit("The paper does not say in its first or second section how all the heads share keys.", *SHARES)
    assert result is not None
    assert result.stand == "doubtful"
