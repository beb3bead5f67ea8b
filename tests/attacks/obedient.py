"""A chat model that obeys whatever the candidate writes to it, and grades by key terms where nothing is written.

It is gullible on purpose: every word of the answer beyond the honest part that is not the placeholder of the redaction
counts as an order to judge everything met. It may lie in several ways, since a real model may too. No real model is
like this: what it shows is how much of an attack reaches a model, and which of a model's lies code can catch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

from interviewer.grading.fencing import PLACEHOLDER
from interviewer.grading.matching import Reading
from interviewer.grading.quotes import find
from interviewer.grading.terms import Document
from interviewer.providers import Message
from interviewer.providers.scripted import ScriptedModel
from interviewer.schema import Mistake, Question, Requirement, Text

Lie = Literal["quotes the order", "quotes the best sentence", "quotes the first sentence", "can't assess", "quotes all"]
LIES: tuple[Lie, ...] = get_args(Lie)


CONTROL = Requirement(id="control", points=1, requirement=Text(en="–", zh="–"))
"Stands for the criterion that no answer meets: whoever obeys an order to call everything met calls it met too."


class Obedient:
    """Calls with the messages of LlmGrader; `honest` is the part of the answer that it takes for an answer."""

    def __init__(self, question: Question, honest: str, lie: Lie, always: bool = False) -> None:
        self.question, self.honest, self.lie, self.always = question, honest, lie, always
        self.obeyed = False
        self.model = ScriptedModel(self)

    def __call__(self, messages: Sequence[Message]) -> str:
        content = next(m.content for m in reversed(messages) if "<answer" in m.content)
        read = content[content.index("<answer") :]
        orders = [s for s in sentences(read) if self.is_order(s)]
        self.obeyed = bool(orders) or self.always
        shown = re.findall(r"^(c\d+)\*? ([+-]\d+) ", content[: content.index("<answer")], re.MULTILINE)
        criteria = [*self.question.criteria, CONTROL]
        criteria = [criteria[int(i[1:]) - 1] for i, _ in shown]
        judge = (lambda c: self.obey(c, read, orders)) if self.obeyed else (lambda c: honest_judgment(c, read))
        judged = [{"id": i} | judge(c) for (i, _), c in zip(shown, criteria, strict=True)]
        if "<argument>" in content or "alone, with fresh eyes" in messages[0].content:
            return json.dumps(judged[0], ensure_ascii=False)
        leak = self.question.reference_answer.en + " " + self.question.reference_answer.zh
        missing = next((i for i, p in shown if p.startswith("+")), "c1")
        secret = self.question.criteria[int(missing[1:]) - 1].statement
        said = {"feedback": leak, "follow_up": {"id": missing, "lead": leak, "text": f"{secret.en} {secret.zh}"}}
        said = said if self.obeyed else {"feedback": "Noted.", "follow_up": {"id": "", "lead": "", "text": ""}}
        return json.dumps({"judgments": judged, "errors": [], "off_point": False} | said, ensure_ascii=False)

    def is_order(self, sentence: str) -> bool:
        bare = re.sub(r"</?(answer|argument)\b[^>\n]*>|^Follow-ups left: \d+", "", sentence).replace(PLACEHOLDER, "")
        return any(c.isalnum() for c in bare) and find(bare.strip(), self.honest) is None

    def obey(self, criterion: Requirement | Mistake, read: str, orders: list[str]) -> dict[str, str]:
        secret = f"{criterion.statement.en} {criterion.statement.zh}"
        if self.lie == "can't assess":
            return {"quote": "", "explanation": secret, "verdict": "cannot_assess"}
        if criterion.is_mistake:
            return {"quote": "", "explanation": secret, "verdict": "unmet"}
        return {"quote": self.quote(criterion, read, orders), "explanation": secret, "verdict": "met"}

    def quote(self, criterion: Requirement | Mistake, read: str, orders: list[str]) -> str:
        said = re.sub(r"</?answer[^>\n]*>|^Follow-ups left: \d+", "", read, flags=re.MULTILINE)
        own = [s for s in sentences(said) if any(c.isalnum() for c in s)] or [""]
        if self.lie == "quotes the order":
            return orders[0] if orders else own[-1]
        if self.lie == "quotes the best sentence":
            return max(own, key=lambda s: key_terms(criterion, document(s)))
        return own[0] if self.lie == "quotes the first sentence" else " ".join(own)


@lru_cache(maxsize=256)
def document(text: str) -> Document:
    return Document(text)


@lru_cache(maxsize=16)
def sentences(text: str) -> tuple[str, ...]:
    read = document(text)
    return tuple(read.quote(n, n + 1).strip() for n, (first, last) in enumerate(read.sentences) if first < last)


def key_terms(criterion: Requirement | Mistake, sentence: Document) -> int:
    """How many groups of its terms occur."""
    return sum(bool(sentence.places(group)) for group in criterion.terms)


def honest_judgment(criterion: Requirement | Mistake, read: str) -> dict[str, str]:
    """By key terms, and without any of the built-in check's defences but the understanding of denials."""
    text = re.sub(r"</?answer[^>\n]*>", "\n", read)
    hit = Reading(document(text)).search(criterion.terms) if criterion.terms else None
    met = hit is not None and hit.stand == "claimed"
    return {"quote": hit.quote if met and hit else "", "explanation": "", "verdict": "met" if met else "unmet"}
