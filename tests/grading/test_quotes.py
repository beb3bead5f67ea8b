"""A quote counts only where it stands in the answer."""

from __future__ import annotations

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
