"""Any server that speaks OpenAI's chat completions, by the official SDK."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2
import openai

from interviewer import tokens
from interviewer.errors import ProviderError
from interviewer.providers import Delta, Endpoint, Message, Rung, Shape, network, presets
from interviewer.providers.capabilities import Capabilities
from interviewer.providers.faults import explain, refused_parameter, retry_after
from interviewer.providers.local import names
from interviewer.schema import JsonObject, Usage

LONGEST_WAIT = 20.0
"Seconds of Retry-After that are waited for while a candidate looks on; a longer wait is an error that names it."
CONNECT_SECONDS = 10.0
RETRIES = 2


@dataclass(frozen=True)
class OpenAIModel:
    endpoint: Endpoint
    timeout: float = 60.0
    "Seconds without a byte before the call is given up."
    capabilities: Capabilities = field(default_factory=Capabilities)
    max_tokens: int = 8000
    "Of a reply, reasoning included: an end to a model that finds none itself."

    @property
    def name(self) -> str:
        return self.endpoint.model

    @property
    def host(self) -> str:
        return self.endpoint.host

    @property
    def id(self) -> str:
        return self.endpoint.id

    @property
    def first_rung(self) -> Rung:
        preset = presets.of(self.endpoint.url)
        return preset.rung if preset else "json_schema"

    @property
    def keeps_limits(self) -> bool:
        return self.endpoint.is_local

    async def stream(
        self, messages: Sequence[Message], shape: Shape | None = None
    ) -> AsyncGenerator[Delta | Usage, None]:
        reading = False
        try:
            async with self._client() as client, await self._open(client, messages, shape) as chunks:
                async with aclosing(_pieces(chunks)) as pieces:
                    written: list[str] = []
                    async for piece in pieces:
                        reading = True
                        if isinstance(piece, Delta):
                            written.append(piece.text)
                            yield piece
                        else:
                            yield self._usage(piece, messages, "".join(written))
                if not reading:
                    raise ProviderError("not_openai", host=self.host, model=self.name)
        except _CutOff:
            raise ProviderError("cut_off", host=self.host, model=self.name) from None
        except (openai.OpenAIError, ValueError) as problem:  # ValueError: a line of the stream is no JSON
            raise network.on_the_way(problem, self.endpoint) or explain(
                problem, self.endpoint, reading=reading
            ) from None

    async def models(self) -> tuple[str, ...]:
        """Names of what the endpoint serves, as it says itself.

        Raises:
            ProviderError: it doesn't say, or the call failed.
        """
        try:
            async with self._client() as client:
                listed = names((await client.get("/models", cast_to=httpx2.Response)).json())
        except (openai.OpenAIError, ValueError) as problem:
            if getattr(problem, "status_code", None) in (404, 405):
                raise ProviderError("no_model_list", host=self.host) from None
            raise network.on_the_way(problem, self.endpoint) or explain(problem, self.endpoint) from None
        if not listed:
            raise ProviderError("no_model_list", host=self.host)
        return listed

    def _client(self) -> openai.AsyncOpenAI:
        """A client for one call: nothing stays open, whatever happens to the caller. The SDK is kept from reading
        names, keys and addresses from the environment, which belong to the operator's endpoint only."""
        key = self.endpoint.api_key
        client = openai.AsyncOpenAI(
            api_key=key.get_secret_value() if key else "none",
            base_url=self.endpoint.url,
            max_retries=RETRIES,
            timeout=httpx2.Timeout(self.timeout, connect=min(CONNECT_SECONDS, self.timeout)),
            http_client=_Http(**network.way_out(self.endpoint), follow_redirects=False),
        )
        client.organization = client.project = None
        return client

    async def _open(
        self, client: openai.AsyncOpenAI, messages: Sequence[Message], shape: Shape | None
    ) -> openai.AsyncStream[Any]:
        """Asks once more without a parameter that the endpoint refuses, and remembers that."""
        while True:
            refused = self.capabilities.of(self.id).refused
            optional = {k: v for k, v in self._optional().items() if k not in refused}
            try:
                create = cast(Any, client.chat.completions).create
                return cast(
                    "openai.AsyncStream[Any]",
                    await create(
                        model=self.name,
                        messages=[m.model_dump() for m in messages],
                        stream=True,
                        **optional,
                        **_asked_shape(shape),
                    ),
                )
            except openai.APIStatusError as problem:
                parameter = refused_parameter(problem, tuple(optional))
                if parameter is None:
                    raise
                self.capabilities.learn(self.id, refused=(*refused, parameter))

    def _optional(self) -> JsonObject:
        usual: JsonObject = {"temperature": 0, "max_tokens": self.max_tokens, "stream_options": {"include_usage": True}}
        return usual | self.endpoint.parameters.given

    def _usage(self, reported: Any, messages: Sequence[Message], written: str) -> Usage:
        usage = _reported(reported) or Usage(
            calls=1,
            input_tokens=sum(tokens.estimate(m.content) for m in messages),
            output_tokens=tokens.estimate(written),
            estimated=True,
        )
        prices = self.endpoint.input_price, self.endpoint.output_price
        if prices[0] is None or prices[1] is None:
            return usage
        cost = (usage.input_tokens * prices[0] + usage.output_tokens * prices[1]) / 1e6
        return usage.model_copy(update={"cost": cost})


class _CutOff(Exception):
    pass


class _Http(openai.DefaultAioHttpClient):
    """Keeps the SDK from retries that a waiting candidate would rather not sit through."""

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        try:
            response = await super().send(request, **options)
        except httpx2.ReadTimeout:
            raise openai.APITimeoutError(request) from None
        if response.status_code in (429, 503):
            out_of_money = b"insufficient_quota" in await response.aread()
            if out_of_money or (retry_after(response) or 0) > LONGEST_WAIT:
                response.headers["x-should-retry"] = "false"
        return response


def _asked_shape(shape: Shape | None) -> JsonObject:
    if shape is None or shape.rung == "text":
        return {}
    if shape.rung == "json_object":
        return {"response_format": {"type": "json_object"}}
    if shape.rung == "json_schema":
        named = {"name": "reply", "strict": True, "schema": shape.definition}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    function = {"name": "reply", "parameters": shape.definition}
    return {
        "tools": [{"type": "function", "function": function}],
        "tool_choice": {"type": "function", "function": {"name": "reply"}},
    }


async def _pieces(chunks: openai.AsyncStream[Any]) -> AsyncGenerator[Any, None]:
    """Deltas, then the usage that was reported (or None).

    Raises:
        _CutOff: the stream ended before the model had.
    """
    began = finished = False
    usage = None
    async for chunk in chunks:
        began = True
        usage = getattr(chunk, "usage", None) or usage
        for choice in getattr(chunk, "choices", None) or ():
            finished = finished or choice.finish_reason is not None
            for delta in _deltas(choice.delta):
                yield delta
    if finished:
        yield usage
    elif began:
        raise _CutOff


def _deltas(delta: Any) -> Iterator[Delta]:
    if getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None):
        yield Delta(thinking=True)
    content = getattr(delta, "content", None)
    if isinstance(content, list):  # parts, as some servers send them
        content = "".join(str(p.get("text") or "") for p in content if isinstance(p, dict))
    if content:
        yield Delta(text=content)
    for call in getattr(delta, "tool_calls", None) or ():
        arguments = call.function and call.function.arguments
        if arguments:
            yield Delta(text=arguments if isinstance(arguments, str) else json.dumps(arguments))


def _reported(usage: Any) -> Usage | None:
    """What the endpoint says it used; each part may be missing. None when it says nothing."""
    if usage is None or not getattr(usage, "prompt_tokens", None):
        return None
    into, out = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    cached = getattr(into, "cached_tokens", None) or getattr(usage, "prompt_cache_hit_tokens", None)
    return Usage(
        calls=1,
        input_tokens=usage.prompt_tokens,
        cached_tokens=cached or 0,
        output_tokens=getattr(usage, "completion_tokens", None) or 0,
        reasoning_tokens=getattr(out, "reasoning_tokens", None) or 0,
    )
