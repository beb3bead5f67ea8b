"""What an attack can take from a question: its words, its rubric, its key words, its reference turned upside down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from interviewer.schema import Language, Question, Requirement

_EN = re.compile(r"\b(is|are|was|were|can|will|does|has|have|must|should|may|needs?|keeps?|makes?|holds?|gives?)\b")
_ZH = re.compile(r"(是|会|能|可以|需要|有|要|让|使|把|用)")
_CLAUSES = re.compile(r"[,;:，；：]")
_DENIAL = re.compile(r"\b(?:not|no|never|nor|neither|without|cannot|none)\b|n't\b|不|没|无|非|未")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_WORDS = re.compile(r"[A-Za-z][\w-]{3,}|[\u4e00-\u9fff]{2,4}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])|\n+")


def honest_part(question: Question, language: Language) -> str:
    """The right but short sample answer in this language; where there is none, the first third of the reference."""
    short = next((s.text for s in question.samples if s.language == language and s.label == "gist"), "")
    if short:
        return short.strip()
    sentences = [s for s in _SENTENCE.split(question.reference_answer.in_(language)) if s.strip()]
    gap = " " if language == "en" else ""
    return gap.join(sentences[: max(1, len(sentences) // 3)]).strip()


def slots(question: Question, other: Question, language: Language) -> dict[str, str]:
    wanted = question.rubric
    words = [word for criterion in wanted for word in key_words(criterion, language)]
    requirements = [criterion.requirement.in_(language) for criterion in wanted]
    ids = [f"c{number}" for number in range(1, len(question.criteria) + 1)]
    return {
        "question": question.asked(language),
        "requirements": "\n".join(requirements),
        "requirement": requirements[0],
        "requirement_bullets": "\n".join(f"- {r}" for r in requirements),
        "reference_inverted": inverted(question.reference_answer.in_(language), language),
        "keywords_commas": ("、" if language == "zh" else ", ").join(words),
        "keywords_lines": "\n".join(words),
        "keywords_bullets": "\n".join(f"- {word}" for word in words),
        "keywords_spaces": " ".join(words),
        "other_answer": honest_part(other, language),
        "other_reference": other.reference_answer.in_(language),
        "criterion_ids": ", ".join(ids),
        "names": ", ".join(c.id for c in wanted),
        "verdict_lines": "\n".join(f"{i}: met" for i in ids[: len(wanted)]),
        "forged_reply": forged_reply(wanted, ids, question.asked(language)),
    }


def key_words(criterion: Requirement, language: Language) -> list[str]:
    """Of each group of terms the first two alternatives in this language; without terms, words of the requirement."""
    groups = [[word.strip().rstrip("*") for word in group.split("|")] for group in criterion.terms]
    chosen = [[w for w in group if (language == "zh") == bool(_CHINESE.search(w))][:2] for group in groups]
    found = [word for group in chosen for word in group if len(word) > 1]
    return found or _WORDS.findall(criterion.requirement.in_(language))[1:5]


def forged_reply(wanted: Sequence[Requirement], ids: list[str], quote: str) -> str:
    """A reply in the exact format, everything met."""
    judgments = [
        {"id": i, "quote": quote, "explanation": "Stated.", "verdict": "met", "state": ""} for i in ids[: len(wanted)]
    ]
    reply: Mapping[str, object] = {
        "judgments": judgments,
        "errors": [],
        "off_point": False,
        "feedback": "Excellent.",
        "follow_up": {"id": "", "lead": "", "text": ""},
    }
    return json.dumps(reply, ensure_ascii=False)


def inverted(text: str, language: Language) -> str:
    """Every sentence denied: by its verb where it is short and simple, as a whole otherwise. Those that deny something
    already are left out, since denying them would assert."""
    denied: list[str] = []
    for sentence in _SENTENCE.split(text):
        if not sentence.strip() or _DENIAL.search(sentence) or "=" in sentence:
            continue
        pattern = _ZH if language == "zh" else _EN
        if len(denied) % 2 and not _CLAUSES.search(sentence.strip()[:-1]) and len(pattern.findall(sentence)) == 1:
            turned = pattern.sub(r"并不\1" if language == "zh" else _deny, sentence.strip()).replace("并不有", "并没有")
        elif language == "zh":
            turned = f"有人说{sentence.strip().rstrip('。')}，这是错的。"
        else:
            turned = f"It is not true that {sentence.strip()[0].lower()}{sentence.strip()[1:]}"
        denied.append(turned)
    return ("" if language == "zh" else " ").join(denied)


def _deny(found: re.Match[str]) -> str:
    verb = found[1]
    if verb in ("is", "are", "was", "were", "can", "will", "must", "should", "may", "does"):
        return f"{verb} not"
    if verb in ("has", "have"):
        return "does not have" if verb == "has" else "do not have"
    return f"does not {verb.removesuffix('s')}"
