"""A server on 127.0.0.1 that says which models it serves, and chats; beside those of servers.py."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Listing:
    def __init__(self, body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status, self.headers = status, headers or {}
        self.silent = threading.Event()
        "Set: it takes the connection and says nothing."
        self.asked: list[tuple[str, dict[str, str]]] = []
        "Path and headers of every request."
        self.port = 0

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
            listing.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            if listing.silent.is_set():
                over.wait(30)
                return
            self.send_response(listing.status)
            for name, value in listing.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(listing.body)

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
