"""A quote counts only where it stands in the answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from interviewer.grading import quotes


def cut(quote: str, answer: str) -> str | None:
    span = quotes.find(quote, answer)
    return answer[slice(*span)] if span else None


@pytest.mark.parametrize(
    ("quote", "answer", "found"),
    [
        ("share one key", "Heads share one key.", "share one key"),
        ("SHARE  one\nkey", "Heads share one key.", "share one key"),
        ("share one key", "Heads Share\n  one key.", "Share\n  one key"),
        ("共享键值头", "多个头共享 键值头。", "共享 键值头"),
        ("ＫＶ缓存", "KV 缓存很大", "KV 缓存"),
        ("KV缓存，很大", "KV缓存,很大", "KV缓存,很大"),
        ("don't share", "They don’t share.", "don’t share"),
        ('a "group" of', "A “group” of heads", "A “group” of"),
        ("low-rank", "low–rank", "low–rank"),
        ("…share one key…", "Heads share one key.", "share one key"),
        ("...share one key.", "Heads share one key today", "share one key"),
        ("share", "sh\u200bare", "sh\u200bare"),
        ("Straße", "STRASSE 1", "STRASSE"),
        ("n2", "grows with n² here", "n²"),
    ],
)
def test_white_space_width_and_case_are_forgiven(quote: str, answer: str, found: str) -> None:
    assert cut(quote, answer) == found


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        ("share one key", "Heads share one value."),
        ("share one key", "Heads share the one key."),
        ("does share", "does not share"),
        ("共享键", "共用键"),
        ("share … key", "share one key"),
        ("", "anything"),
        ("...", "anything..."),
        (" \n", "any thing"),
        ("x", ""),
    ],
)
def test_nothing_else_is_forgiven(quote: str, answer: str) -> None:
    assert quotes.find(quote, answer) is None


def test_the_latest_of_several_answers_is_quoted_first() -> None:
    assert quotes.find_in("key", ["one key", "no", "the key"]) == (2, (4, 7))
    assert quotes.find_in("one", ["one key", "no"]) == (0, (0, 3))
    assert quotes.find_in("query", ["one key"]) is None
    assert quotes.find_in("query", []) is None


@pytest.mark.parametrize(
    ("quote", "answer", "found"),
    [
        ("share one key", "Heads **share** `one` key.", "share** `one` key"),
        ("**share** one _key_", "Heads share one key.", "share one key"),
        ("the first the second", "- the first\n- the second", "the first\n- the second"),
        ("- the first\n- the second", "* the first\n* the second", "the first\n* the second"),
        ("- the first - the second", "- the first\n- the second", "the first\n- the second"),
        ("1. the first 2. the second", "the first\nthe second", "the first\nthe second"),
        ("the first the second", "1. the first\n2) the second", "the first\n2) the second"),
        ("1. the first", "（1）the first", "the first"),
        ("一、先存\n二、再取", "先存\n再取", "先存\n再取"),
        ("it is said", "> it is\n> said", "it is\n> said"),
        ("a < b & c", "so a &lt; b &amp;&nbsp;c", "a &lt; b &amp;&nbsp;c"),
        ("共享键值头", "多個頭共享鍵值頭。", "共享鍵值頭"),
        ("共享鍵值頭", "多个头共享键值头。", "共享键值头"),
        ("a b", "| a | b |", "a | b"),
        (r"\tau_1 = 2", "with $tau_1 = 2$", "tau_1 = 2"),
        ("2.5 GiB", "2.5 GiB in all", "2.5 GiB"),
        ("GiB in all", "10GiB in all", "GiB in all"),
        ("it takes a lot of mem", "It takes a lot of memory.", "It takes a lot of mem"),
    ],
)
def test_marks_of_a_text_are_forgiven_on_both_sides(quote: str, answer: str, found: str) -> None:
    assert cut(quote, answer) == found


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        ("able to fit", "It is unable to fit."),
        ("5 GiB", "It takes 2.5 GiB."),
        ("5 GiB", "2.5 GiB is what it takes."),
        ("5 GiB", "It takes 15 GiB."),
        ("it takes 2", "it takes 25 GiB"),
        ("it takes 2", "it takes 2.5 GiB"),
        ("n is 10", "n is 10²"),
        ("one three", "1. one\n2. two\n3. three"),
        ("the first is not second", "- the first\n- is second"),
        ("不共享键", "共享键"),
    ],
)
def test_a_part_of_a_word_or_number_is_another_word(quote: str, answer: str) -> None:
    assert quotes.find(quote, answer) is None


ANSWERS = (
    "The cache keeps keys and values of all earlier tokens. With 32 heads and 8 groups it is 4 times smaller, "
    "since query heads of a group don't have keys of their own.\n- Quality drops a little.\n- An MHA checkpoint can be "
    "converted: average its heads, then train on for 5% of the steps.",
    "解码的瓶颈在读取缓存，不在计算。GQA 让几个查询头共用一组键和值；\n1、缓存变成四分之一\n2、质量略有下降。",
)
RETYPED = {
    "as it is": lambda text: text,
    "upper case": str.upper,
    "one line": lambda text: " ".join(text.split()),
    "bold": lambda text: re.sub(r"\w+", lambda word: f"**{word[0]}**", text, count=1),
    "typographic": lambda text: text.replace("'", "’").replace(" -", " –"),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "entities": lambda text: "".join(f"&#{ord(c)};" if c in "'%," else c for c in text),
    "hidden": "\u200b".join,
    "with an ellipsis": lambda text: f"“…{text}…”",
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("retype", RETYPED.values(), ids=RETYPED)
def test_any_words_of_an_answer_are_found_however_they_are_retyped(answer: str, retype: Callable[[str], str]) -> None:
    draw = random.Random(7)  # noqa: S311  no secret
    words = [m.span() for m in re.finditer(r"[\w%'.]*\w[%]?", answer)]
    for _ in range(150):
        first = draw.randrange(len(words))
        last = draw.randrange(first, min(len(words), first + 12))
        start, end = words[first][0], words[last][1]
        quote = answer[start:end]
        span = quotes.find(retype(quote), answer)
        assert span is not None, quote
        assert quotes.plain(answer[slice(*span)]) == quotes.plain(quote)


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_word_put_in_left_out_or_changed_is_not_found(answer: str) -> None:
    draw = random.Random(8)  # noqa: S311  no secret
    words = [m.span() for m in re.finditer(r"[A-Za-z0-9']{3,}|[\u4e00-\u9fff]{3,}", answer)]
    for _ in range(150):
        first = draw.randrange(len(words) - 2)
        (start, _), (begin, stop), (_, end) = words[first : first + 3]
        assert quotes.find(answer[start:begin] + "never " + answer[begin:end], answer) is None
        assert quotes.find(answer[start:begin] + "whale" + answer[stop:end], answer) is None
        assert quotes.find(answer[start:begin] + answer[stop:end], answer) is None
