"""What a text says, for holding it against another: stems of words, Chinese characters and their pairs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

_CHINESE = "\u3400-\u9fff"
_RUN = re.compile(rf"[{_CHINESE}]+|[^\W\d_{_CHINESE}]+|\d+")


def stems(text: str) -> Iterator[str]:
    """Stems of words, numbers, Chinese characters and their pairs."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u3400" <= run[0] <= "\u9fff":
            yield from run
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield _stem(run)


@lru_cache(maxsize=10_000)
def _stem(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word)) if word.isascii() else word
