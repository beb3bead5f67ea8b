"""Who claims what: denials, suppositions, questions, other people's views and what is not known."""

from __future__ import annotations

import pytest

from interviewer.grading.matching import Hit, Reading
from interviewer.grading.terms import Document


def hit(text: str, *groups: str) -> Hit | None:
    return Reading(Document(text)).search(groups)


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
]
CLAIMED = [
    (SHARES, "It shares the keys."),
    (SHARES, "It does not only share the keys, it groups them."),
    (SHARES, "It never fails to share the keys."),
    (SHARES, "It not only shares keys but groups heads."),
    (SHARES, "It is not just that it shares keys."),
    (SHARES, "No doubt it shares the keys."),
    (SHARES, "It does not touch the queries, it shares the keys."),
    (SHARES, "It is not a new layer, but shares keys."),
    (SHARES, "It doesn't copy, and it shares keys."),
    (SHARES, "If heads did not share keys, memory would explode."),
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
        ("If the query heads are cut, what then?", "asked"),
        ("Suppose the query heads are reduced.", "supposed"),
        ("Even if the query heads were cut, it'd be slow.", "supposed"),
        ("假如查询头减少了，会怎样？", "asked"),
        ("就算查询头减少了，显存也还是不够。", "supposed"),
        ("若查询头减少，质量会下降。", "supposed"),
        ("If you group the keys, the query heads are cut.", "claimed"),
        ("如果分组，查询头就减少了。", "claimed"),
        ("主要是查询头减少了。", "claimed"),
        ("The query heads are cut if you group them.", "claimed"),
        ("If you cut the query heads, quality drops.", "supposed"),
    ],
)
def test_what_is_only_supposed_is_not_claimed(text: str, stand: str) -> None:
    result = hit(text, *CUTS)
    assert result is not None
    assert result.stand == stand
