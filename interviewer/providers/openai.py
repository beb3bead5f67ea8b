"""Any server that speaks OpenAI's chat completions, by the official SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, cast

import httpx2
import openai

from interviewer import tokens
from interviewer.errors import ProviderError
from interviewer.providers import Delta, Endpoint, Message, Rung, Shape, network, presets
from interviewer.providers.capabilities import Capabilities
from interviewer.providers.chunks import CutOff, InBand, events, pieces
from interviewer.providers.faults import (
    explain,
    is_no_such_path,
    is_too_long,
    may_be_asked_again,
    refused_parameter,
    retry_after,
    told,
)
from interviewer.providers.local import names
from interviewer.providers.urls import may_lack_version, odd_character
from interviewer.schema import JsonObject, Usage

LONGEST_WAIT = 20.0
"""Seconds that are waited for an endpoint while a candidate looks on, over all of a call; a longer wait is an error
that names it."""
CONNECT_SECONDS = 10.0
RETRIES = 2
WHOLE_REPLY = 5
"Times as long as for the next piece of a stream is waited for a reply that comes in one."
SMALLER = (3000, 1200)
"Tokens kept free for the reply, where the context has no room for all of max_tokens."
PROMPT_CHECKED_FROM = 500
"Tokens, by our estimate, of a prompt whose length is compared with what the endpoint says that it read."


@dataclass(frozen=True)
class _Request:
    """What is sent, as far as an endpoint may make us change it."""

    path: str
    "Added to the base URL."
    refused: tuple[str, ...]
    reserve: int
    shape: Shape | None


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
            async with self._client() as client, aclosing(self._attempts(client, messages, shape)) as heard:
                async for piece in heard:
                    reading = reading or (isinstance(piece, Delta) and piece.waiting is None)
                    yield piece
        except (ProviderError, openai.OpenAIError, httpx2.HTTPError, InBand, CutOff, ValueError) as problem:
            on_the_way = network.on_the_way(problem, self.endpoint)
            raise on_the_way or explain(problem, self.endpoint, reading=reading) from None

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

    async def _attempts(
        self, client: openai.AsyncOpenAI, messages: Sequence[Message], shape: Shape | None
    ) -> AsyncGenerator[Delta | Usage, None]:
        """Asks again without what the endpoint refuses, at once; and after a pause where it has a passing fault."""
        known = self.capabilities.of(self.id)
        request = _Request(known.path, known.refused, self.max_tokens, shape)
        waited, retries = 0.0, 0
        while True:
            try:
                async with aclosing(self._once(client, messages, request)) as heard:
                    async for piece in heard:
                        yield piece
                return
            except (openai.APIStatusError, openai.APIConnectionError, InBand) as problem:
                other = self._other(request, problem)
                pause = _pause(problem, retries) if other is None else 0.0
                if pause is None or waited + pause > LONGEST_WAIT:
                    raise
            if other is not None:
                request = other
                continue
            waited, retries = waited + pause, retries + 1
            yield Delta(waiting=pause)
            await asyncio.sleep(pause)

    async def _once(
        self, client: openai.AsyncOpenAI, messages: Sequence[Message], request: _Request
    ) -> AsyncGenerator[Delta | Usage, None]:
        client.base_url = self.endpoint.url + request.path
        create = cast(Any, client.chat.completions.with_streaming_response).create
        sent = self._parameters(request) | _asked_shape(request.shape)
        if "stream" not in sent:  # nothing comes until all is written
            sent["timeout"] = httpx2.Timeout(WHOLE_REPLY * self.timeout, connect=CONNECT_SECONDS)
        async with create(model=self.name, messages=[m.model_dump() for m in messages], **sent) as response:
            whole = response.headers.get("content-type", "").startswith("application/json")
            written: list[str] = []
            async with aclosing(pieces(events(response.iter_lines()))) as said:
                async for piece in said:
                    self._learn(request, whole)
                    if isinstance(piece, Delta):
                        written.append(piece.text)
                        yield piece
                    else:
                        yield self._usage(piece, messages, "".join(written))

    def _other(self, request: _Request, problem: Exception) -> _Request | None:
        """The request without what the endpoint doesn't take; None where that isn't what is wrong."""
        if is_no_such_path(problem) and not request.path and may_lack_version(self.endpoint.url):
            return replace(request, path="/v1")
        if not isinstance(problem, openai.APIStatusError):
            return None
        said, smaller = told(problem).said, next((n for n in SMALLER if n < request.reserve), None)
        room = is_too_long(said) or ("max_tokens" in said and "too large" in said)
        if room and problem.status_code in (400, 413, 422) and smaller and "max_tokens" not in request.refused:
            return replace(request, reserve=smaller)
        parameter = refused_parameter(problem, tuple(self._parameters(request)))
        if parameter is None or room:
            return None
        refused = *self.capabilities.of(self.id).refused, parameter
        self.capabilities.learn(self.id, refused=refused)
        return replace(request, refused=refused)

    def _learn(self, request: _Request, whole: bool) -> None:
        """From a reply: which path is right, and whether it came in one piece although a stream was asked for."""
        self.capabilities.learn(self.id, path=request.path)
        if whole and "stream" not in request.refused:
            self.capabilities.learn(self.id, refused=(*request.refused, "stream"))

    def _client(self) -> openai.AsyncOpenAI:
        """A client for one call: nothing stays open, whatever happens to the caller. The SDK is kept from reading
        names, keys and addresses from the environment, which belong to the operator's endpoint only."""
        key = self.endpoint.api_key.get_secret_value() if self.endpoint.api_key else ""
        odd = odd_character(key)
        if odd:
            raise ProviderError("odd_key", character=odd)
        if "?" in self.endpoint.url or "#" in self.endpoint.url:
            raise ProviderError("endpoint_carries_more")
        client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=self.endpoint.url,
            max_retries=0,
            timeout=httpx2.Timeout(self.timeout, connect=min(CONNECT_SECONDS, self.timeout)),
            default_query=cast(Any, self.endpoint.query),
            default_headers={"api-key": key} if key and self.endpoint.query else None,
            http_client=openai.DefaultAioHttpClient(**network.way_out(self.endpoint), follow_redirects=False),
        )
        client.organization = client.project = None
        return client

    def _parameters(self, request: _Request) -> JsonObject:
        """Those that an endpoint may refuse."""
        values: JsonObject = {
            "temperature": 0,
            "max_tokens": request.reserve,
            "stream_options": {"include_usage": True},
            "stream": True,
        } | self.endpoint.parameters.given
        refused = (*request.refused, "stream_options") if "stream" in request.refused else request.refused
        return {name: value for name, value in values.items() if name not in refused}

    def _usage(self, reported: JsonObject | None, messages: Sequence[Message], written: str) -> Usage:
        sent = sum(tokens.estimate(m.content) for m in messages)
        usage = _reported(reported or {})
        if usage and was_cut(sent, usage):
            raise ProviderError("prompt_cut", read=usage.input_tokens, sent=sent)
        usage = usage or Usage(calls=1, input_tokens=sent, output_tokens=tokens.estimate(written), estimated=True)
        prices = self.endpoint.input_price, self.endpoint.output_price
        if prices[0] is None or prices[1] is None:
            return usage
        cost = (usage.input_tokens * prices[0] + usage.output_tokens * prices[1]) / 1e6
        return usage.model_copy(update={"cost": cost})


def _pause(problem: Exception, retries: int) -> float | None:
    """Seconds until the same request is sent again; None where that is no use."""
    if retries == RETRIES or isinstance(problem, InBand):
        return None
    soon = 0.5 * 2**retries
    if isinstance(problem, openai.APIStatusError):
        wait = retry_after(problem.response.headers)
        return (soon if wait is None else wait) if may_be_asked_again(problem) else None
    return None if isinstance(problem, openai.APITimeoutError) else soon


def was_cut(sent: int, usage: Usage) -> bool:
    """Whether the endpoint read far less than was sent, as Ollama does, which says nothing: what is longer than num_ctx
    is cut to half of it.

    By our estimate, which other tokenizers stay above six tenths of, in any language. Some endpoints don't count cached
    tokens in: they are added, so that such a prompt is never taken for a cut one. Beside half of the estimate, a count
    that a context of whole thousands cuts to (1024 n, or 2 more) and that is three tenths short.
    """
    read = usage.input_tokens + usage.cached_tokens
    return sent >= PROMPT_CHECKED_FROM and (read < sent / 2 or (read % 1024 in (0, 2) and read < sent / 1.3))


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


def _reported(usage: JsonObject) -> Usage | None:
    """What the endpoint says it used; each part may be missing. None when it says nothing."""
    into, out = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
    if not isinstance(usage.get("prompt_tokens"), int) or not usage["prompt_tokens"]:
        return None
    return Usage(
        calls=1,
        input_tokens=usage["prompt_tokens"],
        cached_tokens=into.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or 0,
        output_tokens=usage.get("completion_tokens") or 0,
        reasoning_tokens=out.get("reasoning_tokens") or 0,
    )
