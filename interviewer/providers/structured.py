"""A validated record out of a chat model, whatever its endpoint can do.

Endpoints differ: some take a JSON Schema, some ignore it in silence, some take tools or plain JSON only. `ask` goes
down a ladder until a way of asking is taken, remembers it, and sends an unusable reply back once with its fault: a
record costs two calls that a model replies to, at most. A refusal costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Sequence
from contextlib import aclosing
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, cast

from pydantic import BaseModel

from interviewer import prompts
from interviewer.errors import ProviderError
from interviewer.providers import LADDER, ChatModel, Delta, Message, Rung, Shape
from interviewer.providers.reading import Reading, read, whole, without_thoughts
from interviewer.schema import JsonObject, Usage

__all__ = ["ask", "listen", "read", "schema_of", "without_thoughts"]

T = TypeVar("T", bound=BaseModel)
Stage = Literal["thinking", "writing", "repairing", "waiting"]
OnText = Callable[[Stage, str], None]
"""Called with the stage, and with all of the reply so far (stage writing) or the seconds until the endpoint is asked
again (stage waiting)."""

STEP_DOWN = (400, 404, 422)
MOST_SENT_BACK = 6000
"Characters of an unusable reply that are sent back for repair."
LONGEST_REPLY = 24_000
"Characters after the thoughts: several times what eight criteria with long quotes take."
_LIMITS = "maxLength"
"As remembered among the parameters that an endpoint refused."


class _Asked(NamedTuple):
    shape: Shape
    text: str
    reading: Reading
    usage: Usage


class _Heard(NamedTuple):
    text: str
    usage: Usage
    ended: Literal["length", "unsaid"] | None


class _Want(NamedTuple):
    """What all calls for a record have in common."""

    model: ChatModel
    messages: tuple[Message, ...]
    record_type: type[BaseModel]
    on_text: OnText | None
    decides: Callable[[Any], object] | None
    bounded: JsonObject | None


async def ask(
    model: ChatModel,
    messages: Sequence[Message],
    record_type: type[T],
    on_text: OnText | None = None,
    check: Callable[[T], str | None] | None = None,
    patience: float = 300.0,
    bounded: JsonObject | None = None,
    decides: Callable[[T], object] | None = None,
) -> tuple[T, Usage]:
    """A record from the model, and what all calls for it used. One call when all goes well, two at most.

    `patience` is in seconds, for the ladder and the repair together: nobody waits longer for one answer.
    `bounded` is the record's schema with limits of length, for an endpoint that keeps to them.

    `check` may find a fault in a valid record and give the words to send back; the first record is kept where the
    repair brings nothing better.
    `decides` tells what a record decides, and None where it leaves out what was asked: of several records in a reply
    the last one counts, where all that leave nothing out decide the same.

    Raises:
        ProviderError: the call failed (wrong_key, stalled, …), or no usable reply came (not_json, empty_reply,
            contradiction, limit_reached, too_slow).
    """
    want = _Want(model, tuple(messages), record_type, on_text, decides, bounded)
    try:
        async with asyncio.timeout(patience):
            return cast("tuple[T, Usage]", await _ask(want, check))
    except TimeoutError:
        values = {"host": model.host, "model": model.name, "seconds": round(patience)}
        raise ProviderError("too_slow", **values) from None


async def _ask(want: _Want, check: Callable[[Any], str | None] | None) -> tuple[Any, Usage]:
    model = want.model
    known = model.capabilities.of(model.id).rung
    first = await _climb_down(want, LADDER[LADDER.index(known or model.first_rung) :], ())
    record = first.reading.record
    words = check(record) if record is not None and check else None
    if record is not None and words is None:
        model.capabilities.learn(model.id, rung=first.shape.rung)
        return record, first.usage
    if want.on_text:
        want.on_text("repairing", "")
    back = Message(role="assistant", content=first.text[:MOST_SENT_BACK] or "{}")
    again = back, Message(role="user", content=words or _repair(first))
    try:
        second = await _climb_down(want, _rungs_for_repair(first, known), again)
    except ProviderError:
        if record is None:
            raise
        return record, first.usage
    if second.reading.record is None and record is None:
        model.capabilities.forget_rung(model.id)
        raise ProviderError(_what_is_wrong(second), host=model.host, model=model.name)
    model.capabilities.learn(model.id, rung=second.shape.rung)
    return second.reading.record or record, first.usage + second.usage


def _rungs_for_repair(first: _Asked, known: Rung | None) -> tuple[Rung, ...]:
    """A way of asking that has never worked is given up, for one that has the schema in words: the reply to it is the
    last that is paid for."""
    at = LADDER.index(first.shape.rung)
    if first.reading.record is not None or known or at + 1 == len(LADDER):
        return (first.shape.rung,)
    return LADDER[max(at + 1, LADDER.index("json_object")) :]


def _repair(asked: _Asked) -> str:
    if asked.reading.several:
        return prompts.render("repair_several")
    return prompts.render("repair", missing=(), fault=asked.reading.fault, schema=_compact(asked.shape.definition))


def _what_is_wrong(asked: _Asked) -> str:
    if asked.reading.several:
        return "contradiction"
    return "not_json" if asked.text.strip() else "empty_reply"


async def _climb_down(want: _Want, rungs: Sequence[Rung], again: tuple[Message, ...]) -> _Asked:
    """Goes down the ladder to the first way of asking that the endpoint takes."""
    model = want.model
    for rung in rungs:
        try:
            shape, heard = await _at(want, rung, again)
            break
        except ProviderError as problem:
            if rung != rungs[-1] and problem.values.get("status") in STEP_DOWN:
                continue
            if problem.values.get("status") == 404:
                raise ProviderError("unknown_model", host=model.host, model=model.name) from None
            raise
    reading = read(heard.text, want.record_type, want.decides)
    if reading.record is None and heard.ended:
        key = "limit_reached" if heard.ended == "length" else "cut_off"
        raise ProviderError(key, host=model.host, model=model.name)
    return _Asked(shape, heard.text, reading, heard.usage)


async def _at(want: _Want, rung: Rung, again: tuple[Message, ...]) -> tuple[Shape, _Heard]:
    """One rung: with the limits of length where the endpoint keeps to them, until it has refused them."""
    model, bounded = want.model, want.bounded
    plain = Shape(rung=rung, definition=schema_of(want.record_type))
    refused = model.capabilities.of(model.id).refused
    takes = bounded is not None and model.keeps_limits and rung in ("json_schema", "tool") and _LIMITS not in refused
    if takes:
        shape = Shape(rung=rung, definition=cast(JsonObject, bounded))
        try:
            return shape, await _hear(model, (*_dressed(want.messages, shape), *again), shape, want.on_text)
        except ProviderError as problem:
            if problem.values.get("status") not in STEP_DOWN:
                raise
    heard = await _hear(model, (*_dressed(want.messages, plain), *again), plain, want.on_text)
    if takes:
        model.capabilities.learn(model.id, refused=(*model.capabilities.of(model.id).refused, _LIMITS))
    return plain, heard


async def listen(
    model: ChatModel, messages: Sequence[Message], shape: Shape | None = None, on_text: OnText | None = None
) -> tuple[str, Usage]:
    """One call: the whole text of the reply, as it came."""
    heard = await _hear(model, messages, shape, on_text)
    return heard.text, heard.usage


async def _hear(model: ChatModel, messages: Sequence[Message], shape: Shape | None, on_text: OnText | None) -> _Heard:
    text, usage, thinking = "", Usage(), False
    ended: Literal["length", "unsaid"] | None = None
    async with aclosing(model.stream(messages, shape)) as pieces:
        async for piece in pieces:
            if not isinstance(piece, Delta):
                usage = piece
                continue
            text, ended = text + piece.text, piece.ended or ended
            if _runs_away(text):
                break
            if on_text and piece.waiting is not None:
                on_text("waiting", str(math.ceil(piece.waiting)))
            elif on_text and piece.text:
                on_text("writing", whole(text))
            elif on_text and not thinking and not piece.ended:
                on_text("thinking", "")
            thinking = thinking or piece.thinking
    return _Heard(whole(text), usage, ended)


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


def schema_of(record_type: type[BaseModel]) -> JsonObject:
    """A small JSON Schema that strict modes take: references resolved, every field required, nothing else allowed."""
    raw = _raw_schema(record_type)
    return cast(JsonObject, _strict({k: v for k, v in raw.items() if k != "$defs"}, raw.get("$defs", {})))


@cache
def _raw_schema(record_type: type[BaseModel]) -> JsonObject:
    """Pydantic takes longer over it than a short answer takes to be judged. Not to be changed."""
    return record_type.model_json_schema()


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
