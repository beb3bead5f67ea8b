"""What holds for every text in Chinese or English, whoever reads it."""

from __future__ import annotations

from functools import cache, lru_cache

from opencc import OpenCC


@lru_cache(maxsize=16384)
def simplified(character: str) -> str:
    """A traditional Chinese character as a simplified one; any other as it is."""
    if not "\u3400" <= character <= "\u9fff":
        return character
    converted: str = _converter().convert(character)
    return converted


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
