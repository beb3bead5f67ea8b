"""A note → a draft: a skeleton that a person completes, or what a model makes of it.

Question and answer stay as the note has them. A model adds what a note lacks: the rubric with probes and terms, the
mistakes, and both texts in the other language.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ValidationError

from interviewer import prompts, tokens
from interviewer.bank import rules
from interviewer.bank.faults import Fault, of_validation
from interviewer.errors import ProviderError
from interviewer.grading.fencing import fence
from interviewer.importing.planning import Planned
from interviewer.importing.writing import slug
from interviewer.locales import words
from interviewer.providers import ChatModel, Message
from interviewer.providers.structured import ask, schema_of
from interviewer.schema import LANGUAGES, Difficulty, Kind, Language, Question, Usage
from interviewer.typed import printable

OUTPUT = 2000
"Tokens that a model's draft is assumed to have beside the translation."
NO_DRAFT = (
    *("not_json", "empty_reply", "contradiction", "declined", "filtered", "too_long", "cut_off"),
    *("limit_thinking", "limit_reached"),
)
"Errors that are this reply's: the next note may fare better. Any other would be the same for every note."


def skeleton(planned: Planned) -> Question:
    """What the note says and nothing else."""
    return Question.model_validate(_record(planned) | {"rubric": ()})


def _record(planned: Planned) -> dict[str, Any]:
    return {
        "draft": True,
        "id": planned.id,
        "topic": planned.topic,
        "difficulty": planned.note.difficulty or "medium",
        "kind": "concept",
        "text": {planned.language: planned.note.question},
        "reference_answer": {planned.language: planned.note.answer},
    }


# --- by a model -------------------------------------------------------------------------------------------------------


Said = Annotated[str, AfterValidator(printable)]


class Both(BaseModel):
    en: Said
    zh: Said


class Point(BaseModel):
    id: str
    points: int
    asked: Literal["opener", "press"]
    requirement: Both
    probe: Both
    terms: list[Said]


class Wrong(BaseModel):
    id: str
    points: int
    claim: Both
    correction: Both
    terms: list[Said]


class Reply(BaseModel):
    kind: Kind
    difficulty: Difficulty
    title: Both
    clarification: Both
    rubric: list[Point]
    mistakes: list[Wrong]
    translated_question: Said
    translated_answer: Said


def messages(planned: Planned) -> tuple[Message, Message]:
    spoken, note = words(planned.language)("name"), planned.note
    rules_ = prompts.render("draft_question", language=spoken, other=words(_other(planned))("name"))
    said = f"<question>\n{fence(note.question)}\n</question>\n\n<answer>\n{fence(note.answer)}\n</answer>"
    return Message(role="system", content=rules_), Message(role="user", content=said)


def output_tokens(planned: Planned) -> int:
    return OUTPUT + tokens.estimate(planned.note.question + planned.note.answer)


async def drafted(model: ChatModel, planned: Planned) -> tuple[Question | None, Usage]:
    """A draft that keeps the bank's rules; None where the model's reply does not, even when told its faults once.

    Raises:
        ProviderError: the endpoint can't be asked at all.
    """
    try:
        reply, usage = await ask(model, messages(planned), Reply, check=lambda reply: _what_to_mend(reply, planned))
    except ProviderError as problem:
        if problem.key not in NO_DRAFT:
            raise
        return None, Usage()
    question = _made(reply, planned)
    return (None if isinstance(question, list) or rules.base("", question, ()) else question), usage


def _made(reply: Reply, planned: Planned) -> Question | list[Fault]:
    try:
        return Question.model_validate(_completed(reply, planned))
    except ValidationError as problem:
        return of_validation("", problem)


def _what_to_mend(reply: Reply, planned: Planned) -> str | None:
    """The words to send back. More is asked of a model than of a person: the house rules for rubric and mistakes."""
    question = _made(reply, planned)
    faults = question if isinstance(question, list) else rules.base("", question, ()) + _of_the_house(question)
    if not faults:
        return None
    schema = json.dumps(schema_of(Reply), ensure_ascii=False, separators=(",", ":"))
    return prompts.render("repair", missing=(), fault="\n".join(f.say("en") for f in faults), schema=schema)


def _of_the_house(question: Question) -> list[Fault]:
    return [f for f in rules.house("", question, 0) if f.field.partition(".")[0] in ("rubric", "mistakes", "title")]


def _completed(reply: Reply, planned: Planned) -> dict[str, Any]:
    """The reply as the file has it. Signs and ids that a model gets wrong are put right."""
    added = reply.model_dump(exclude={"translated_question", "translated_answer"})
    for number, criterion in enumerate([*added["rubric"], *added["mistakes"]], start=1):
        criterion["id"] = slug(criterion["id"]) or f"point-{number}"
    for mistake in added["mistakes"]:
        mistake["points"] = -abs(mistake["points"])
    record = _record(planned) | added
    record["text"] |= {_other(planned): reply.translated_question}
    record["reference_answer"] |= {_other(planned): reply.translated_answer}
    return record | {"difficulty": planned.note.difficulty or reply.difficulty}


def _other(planned: Planned) -> Language:
    return next(each for each in LANGUAGES if each != planned.language)
