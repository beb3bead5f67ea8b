"""What a reply says, streamed or in one piece. No SDK: chunks come as the JSON that was sent."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any, Literal

from interviewer.errors import ProviderError
from interviewer.providers import Delta
from interviewer.schema import JsonObject

DONE = None
"Stands for `data: [DONE]`."
_FIELDS = ("event:", "id:", "retry:", ":")


class InBand(Exception):
    """An error that came with status 200: in the stream, or as the whole body."""

    def __init__(self, body: object) -> None:
        super().__init__()
        self.body = body


class CutOff(Exception):
    """The stream ended before the model had."""


async def events(lines: AsyncIterator[str]) -> AsyncGenerator[JsonObject | None, None]:
    """Each event of a stream; or the one object that was sent instead of a stream.

    Raises:
        ValueError: it is neither.
    """
    rest: list[str] = []
    streamed = False
    async for line in lines:
        data = line.removeprefix("data:").strip()
        if line.startswith("data:"):
            streamed = True
            if data.startswith("[DONE]"):
                yield DONE
                return
            if data:
                yield _object(data)
        elif data and not line.startswith(_FIELDS):
            rest.append(line)
    if not streamed and rest:
        yield _object("\n".join(rest))


def _object(text: str) -> JsonObject:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


async def pieces(chunks: AsyncIterator[JsonObject | None]) -> AsyncGenerator[Delta | JsonObject | None, None]:
    """Deltas, then the usage as it was reported (None: it was not).

    Raises:
        CutOff, InBand, ProviderError, ValueError
    """
    began = done = spoke = False
    finish, declined, usage = None, "", None
    async for chunk in chunks:
        if chunk is DONE:
            done = True
            break
        _raise_error_in(chunk)
        usage = chunk.get("usage") or usage
        for choice in _dicts(chunk.get("choices")):
            began = True
            part = _dict(choice.get("delta") or choice.get("message"))
            finish = choice.get("finish_reason") or finish
            done = done or bool(choice.get("message"))
            declined += str(part.get("refusal") or "")
            for delta in _deltas(part):
                spoke = spoke or bool(delta.text)
                yield delta
    if not began and not done:
        raise ValueError("nothing said")
    ended = _ending(finish, spoke, bool(declined), done)
    if ended:
        yield Delta(ended=ended)
    yield usage


def _ending(finish: Any, spoke: bool, declined: bool, done: bool) -> Literal["length", "unsaid"] | None:
    finish = str(finish).casefold() if finish else ""
    if finish in ("content_filter", "sensitive", "safety", "prohibited_content"):
        raise ProviderError("filtered")
    if declined and not spoke:
        raise ProviderError("declined")
    if finish in ("error", "network_error", "insufficient_system_resource"):
        raise InBand({"message": f"finish_reason: {finish}", "code": 503})
    if finish in ("length", "max_tokens", "model_length", "max_output_tokens"):
        if not spoke:
            raise ProviderError("limit_thinking")
        return "length"
    if finish:
        return None
    if done:
        return "unsaid"
    raise CutOff


def _raise_error_in(chunk: JsonObject) -> None:
    """As OpenAI sends it, as vLLM (object: error), MiniMax (base_resp), and gateways (a code and a message) do."""
    if chunk.get("error"):
        raise InBand(chunk["error"])
    base = chunk.get("base_resp")
    if isinstance(base, dict) and base.get("status_code"):
        raise InBand({"code": base["status_code"], "message": base.get("status_msg")})
    if chunk.get("choices") is None and "usage" not in chunk and _message(chunk):
        raise InBand(chunk)


def _dict(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _message(body: JsonObject) -> object:
    return next((body[name] for name in ("message", "msg", "detail", "error_msg", "errorMsg") if body.get(name)), None)


def _deltas(delta: JsonObject) -> Iterator[Delta]:
    if delta.get("reasoning_content") or delta.get("reasoning"):
        yield Delta(thinking=True)
    content = delta.get("content")
    if isinstance(content, list):  # parts, as some servers send them
        content = "".join(str(p.get("text") or "") for p in content if isinstance(p, dict))
    if isinstance(content, str) and content:
        yield Delta(text=content)
    for call in _dicts(delta.get("tool_calls")):
        arguments = _dict(call.get("function")).get("arguments")
        if arguments:
            yield Delta(text=arguments if isinstance(arguments, str) else json.dumps(arguments))
