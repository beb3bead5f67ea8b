"""A validated record out of a chat model, whatever its endpoint can do.

Endpoints differ: some take a JSON Schema, some ignore it in silence, some take tools or plain JSON only. `ask` goes
down a ladder until a reply validates, remembers the rung, and sends an unusable reply back once with its fault.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any, Literal, NamedTuple, TypeVar, cast

from pydantic import BaseModel, ValidationError

from interviewer import prompts
from interviewer.errors import ProviderError
from interviewer.providers import LADDER, ChatModel, Delta, Message, Rung, Shape
from interviewer.schema import JsonObject, Usage

T = TypeVar("T", bound=BaseModel)
Stage = Literal["thinking", "writing", "repairing"]
OnText = Callable[[Stage, str], None]
"Called with the stage, and with all of the reply so far (empty unless writing)."

STEP_DOWN = (400, 404, 422)
MOST_SENT_BACK = 6000
"Characters of an unusable reply that are sent back for repair."
LONGEST_REPLY = 24_000
"Characters after the thoughts: several times what eight criteria with long quotes take."
MOST_STARTS = 40
"Opening braces at which a record is looked for."
_LIMITS = "maxLength"
"As remembered among the parameters that an endpoint refused."


class Reading(NamedTuple):
    record: Any
    "None when the reply holds no valid record."
    fault: str
    "Why not, in the parser's words; empty where no JSON was found."


class _Asked(NamedTuple):
    messages: tuple[Message, ...]
    shape: Shape
    text: str
    reading: Reading


async def ask(
    model: ChatModel,
    messages: Sequence[Message],
    record_type: type[T],
    on_text: OnText | None = None,
    check: Callable[[T], str | None] | None = None,
    patience: float = 300.0,
    bounded: JsonObject | None = None,
) -> tuple[T, Usage]:
    """A record from the model, and what all calls for it used. One call when all goes well.

    `patience` is in seconds, for the ladder and the repair together: nobody waits longer for one answer.
    `bounded` is the record's schema with limits of length, for an endpoint that keeps to them.

    `check` may find a fault in a valid record and give the words to send back; the first record is kept where the
    repair brings nothing better.

    Raises:
        ProviderError: the call failed (wrong_key, stalled, …), or no usable reply came (not_json, empty_reply,
            too_slow).
    """
    try:
        async with asyncio.timeout(patience):
            return await _ask(model, messages, record_type, on_text, check, bounded)
    except TimeoutError:
        values = {"host": model.host, "model": model.name, "seconds": round(patience)}
        raise ProviderError("too_slow", **values) from None


async def _ask(
    model: ChatModel,
    messages: Sequence[Message],
    record_type: type[T],
    on_text: OnText | None,
    check: Callable[[T], str | None] | None,
    bounded: JsonObject | None,
) -> tuple[T, Usage]:
    known = model.capabilities.of(model.id).rung
    asked, spent = await _climb_down(model, messages, record_type, known, on_text, bounded)
    record = cast("T | None", asked.reading.record)
    words = check(record) if record is not None and check else None
    if record is not None and words is None:
        model.capabilities.learn(model.id, rung=asked.shape.rung)
        return record, spent
    if words is None:
        schema = _compact(asked.shape.definition)
        words = prompts.render("repair", missing=(), fault=asked.reading.fault, schema=schema)
    if on_text:
        on_text("repairing", "")
    try:
        text, usage = await _repair(model, asked, words, on_text)
    except ProviderError:
        if record is None:
            raise
        return record, spent
    record = cast("T | None", read(text, record_type).record) or record
    if record is None:
        model.capabilities.forget_rung(model.id)
        raise ProviderError("not_json" if text.strip() else "empty_reply", host=model.host, model=model.name)
    model.capabilities.learn(model.id, rung=asked.shape.rung)
    return record, spent + usage


async def _repair(model: ChatModel, asked: _Asked, words: str, on_text: OnText | None) -> tuple[str, Usage]:
    back = Message(role="assistant", content=asked.text[:MOST_SENT_BACK] or "{}")
    messages = (*asked.messages, back, Message(role="user", content=words))
    return await listen(model, messages, asked.shape, on_text)


async def _climb_down(
    model: ChatModel,
    messages: Sequence[Message],
    record_type: type[T],
    known: Rung | None,
    on_text: OnText | None,
    bounded: JsonObject | None,
) -> tuple[_Asked, Usage]:
    """Goes down the ladder to the first rung with a valid record; to the last, or the known one, otherwise."""
    spent = Usage()
    definition = schema_of(record_type)
    rungs = LADDER[LADDER.index(known or model.first_rung) :]
    for rung in rungs:
        try:
            shape, text, usage = await _at(model, messages, rung, definition, bounded, on_text)
        except ProviderError as problem:
            if rung != rungs[-1] and problem.values.get("status") in STEP_DOWN:
                continue
            if problem.values.get("status") == 404:
                raise ProviderError("unknown_model", host=model.host, model=model.name) from None
            raise
        spent += usage
        asked = _Asked(_dressed(messages, shape), shape, text, read(text, record_type))
        if asked.reading.record is not None or rung == known:
            break
    return asked, spent


async def _at(
    model: ChatModel,
    messages: Sequence[Message],
    rung: Rung,
    definition: JsonObject,
    bounded: JsonObject | None,
    on_text: OnText | None,
) -> tuple[Shape, str, Usage]:
    """One rung: with the limits of length where the endpoint keeps to them, until it has refused them."""
    plain = Shape(rung=rung, definition=definition)
    refused = model.capabilities.of(model.id).refused
    takes = bounded is not None and model.keeps_limits and rung in ("json_schema", "tool") and _LIMITS not in refused
    if takes:
        shape = Shape(rung=rung, definition=cast(JsonObject, bounded))
        try:
            return shape, *await listen(model, _dressed(messages, shape), shape, on_text)
        except ProviderError as problem:
            if problem.values.get("status") not in STEP_DOWN:
                raise
    text, usage = await listen(model, _dressed(messages, plain), plain, on_text)
    if takes:
        model.capabilities.learn(model.id, refused=(*refused, _LIMITS))
    return plain, text, usage


async def listen(
    model: ChatModel, messages: Sequence[Message], shape: Shape | None = None, on_text: OnText | None = None
) -> tuple[str, Usage]:
    """One call: the whole text of the reply, as it came."""
    text, usage, thinking = "", Usage(), False
    async with aclosing(model.stream(messages, shape)) as pieces:
        async for piece in pieces:
            if not isinstance(piece, Delta):
                usage = piece
                continue
            text += piece.text
            if _runs_away(text):
                break
            if on_text and piece.text:
                on_text("writing", text)
            elif on_text and not thinking:
                on_text("thinking", "")
            thinking = thinking or piece.thinking
    return text, usage


def _runs_away(text: str) -> bool:
    """A small model that repeats itself would go on for minutes, and be paid for."""
    _, closed, rest = text.rpartition("</think>")
    thinks = not closed and text.lstrip().startswith("<think>")
    return not thinks and len(rest) > LONGEST_REPLY


def _dressed(messages: Sequence[Message], shape: Shape) -> tuple[Message, ...]:
    """With the schema in the rules, where the endpoint isn't given it otherwise. The rules stay a fixed prefix."""
    if shape.rung in ("json_schema", "tool"):
        return tuple(messages)
    words = prompts.render("reply_format", schema=_compact(shape.definition))
    rules = messages[0].model_copy(update={"content": f"{messages[0].content}\n\n{words}"})
    return (rules, *messages[1:])


def _compact(definition: JsonObject) -> str:
    return json.dumps(definition, ensure_ascii=False, separators=(",", ":"))


def without_thoughts(text: str) -> str:
    """What follows a model's reasoning, where that is written into the reply."""
    return re.sub(r"<think>.*?(</think>|\Z)", "", text, flags=re.DOTALL).rpartition("</think>")[2]


def read(text: str, record_type: type[T]) -> Reading:
    """The first valid record in a reply, with thoughts, fences and prose around it dropped."""
    text = without_thoughts(text)
    decoder = json.JSONDecoder(strict=False)
    fault = ""
    starts = [match.start() for match in re.finditer(r"\{", text)][:MOST_STARTS]
    for number, start in enumerate(starts):
        try:
            return Reading(record_type.model_validate(decoder.raw_decode(text, start)[0]), "")
        except (ValueError, RecursionError) as problem:  # pydantic's ValidationError is a ValueError
            fault = _fault(problem) if number == 0 else fault
    return Reading(None, fault)


def _fault(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        places = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in problem.errors()[:5]]
        return "; ".join(places)
    return str(problem)


def schema_of(record_type: type[BaseModel]) -> JsonObject:
    """A small JSON Schema that strict modes take: references resolved, every field required, nothing else allowed."""
    raw = record_type.model_json_schema()
    definitions = raw.pop("$defs", {})
    return cast(JsonObject, _strict(raw, definitions))


def _strict(node: Any, definitions: JsonObject) -> Any:
    if isinstance(node, list):
        return [_strict(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _strict(definitions[node["$ref"].rpartition("/")[2]], definitions)
    if "properties" in node:
        fields = {name: _strict(part, definitions) for name, part in node["properties"].items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {k: _strict(v, definitions) for k, v in node.items() if k not in ("title", "description", "default")}
