"""What a model replies when it is asked for a draft."""

from __future__ import annotations

import json
from typing import Any

NAMES = ("keys-and-values", "computed-once", "past-is-fixed", "grows-with-length", "limits-the-batch")


def both(en: str, zh: str = "中文。") -> dict[str, str]:
    return {"en": en, "zh": zh}


def point(name: str, points: int, asked: str = "opener") -> dict[str, Any]:
    return {
        "id": name,
        "points": points,
        "asked": asked,
        "requirement": both(f"Says {name}.", "指出这一点。"),
        "probe": both("What else?", "还有呢？"),
        "terms": [f"{name} | 缓存"],
    }


def wrong() -> dict[str, Any]:
    said = {"claim": both("Claims that queries are kept."), "correction": both("Only keys and values are.")}
    return {"id": "keeps-queries", "points": -2, "terms": ["quer* | 查询"], **said}


GOOD: dict[str, Any] = {
    "kind": "concept",
    "difficulty": "easy",
    "title": both("Why a KV cache", "为何缓存"),
    "clarification": both("While decoding, on one GPU."),
    "rubric": [*(point(n, p) for n, p in zip(NAMES, (3, 3, 2, 2), strict=False)), point(NAMES[4], 2, "press")],
    "mistakes": [wrong()],
    "translated_question": "解码器为什么要保留 KV 缓存？",
    "translated_answer": "过去的键和值不会变。",
}


def reply(**changes: Any) -> str:
    return json.dumps(GOOD | changes, ensure_ascii=False)


TOO_MANY_POINTS = reply(rubric=[point(n, 3) for n in NAMES])
"Fifteen points, and nothing pressed for."
