"""A server on 127.0.0.1 that lists its models, as Ollama and others do, and is ready when asked; beside servers.py."""

from __future__ import annotations

import fcntl
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from interviewer.providers import local

_FRAME: dict[str, object] = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_READY: list[dict[str, object]] = [
    {"delta": {"content": '{"word": "ready"}'}, "finish_reason": None},
    {"delta": {}, "finish_reason": "stop"},
]


class Listing:
    def __init__(self, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status, self.headers = status, headers or {}
        self.silent = threading.Event()
        "Set: it takes the connection and says nothing."
        self.asked: list[tuple[str, dict[str, str]]] = []
        "Path and headers of every request."
        self.port = 0
        self.name = ""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


def serves(*models: str) -> Listing:
    return Listing({"object": "list", "data": [{"id": m, "object": "model"} for m in models]})


@contextmanager
def running(listing: Listing, port: int = 0) -> Iterator[Listing]:
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._note()
            if listing.silent.is_set():
                over.wait(30)
                return
            self._send(listing.status, listing.headers, listing.body)

        def do_POST(self) -> None:
            self._note()
            self.rfile.read(int(self.headers.get("content-length", 0)))
            events = [json.dumps(_FRAME | {"choices": [{"index": 0, **choice}]}) for choice in _READY]
            body = "".join(f"data: {event}\n\n" for event in (*events, "[DONE]")).encode()
            self._send(200, {"content-type": "text/event-stream"}, body)

        def _note(self) -> None:
            listing.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    listing.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield listing
    finally:
        over.set()
        server.shutdown()
        server.server_close()


@contextmanager
def well_known(listing: Listing) -> Iterator[Listing]:
    """At the port of the first preset that is free here, with that preset's name; one at a time on this machine, since
    whoever looks for models finds every server there is."""
    with (Path(tempfile.gettempdir()) / "interviewer-tests-well-known-ports").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for preset in local.on_this_machine():
            try:
                serving = running(listing, urlsplit(preset.base_url).port or 0)
                serving.__enter__()
            except OSError:
                continue
            listing.name = preset.name
            try:
                yield listing
            finally:
                serving.__exit__(None, None, None)
            return
        pytest.skip("every port of a local model server is taken")
