"""What every request passes: closed doors, security headers, and the cookie that says whose interviews these are.

Plain ASGI: a middleware that reads responses would hold back what is streamed.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interviewer.settings import Settings
from interviewer.web.visitors import OWNER, owner_of

_YEAR = 365 * 24 * 3600
_LARGEST = 2_000_000
"Bytes of a request: the longest answer in four-byte characters, many times over."
_CLOSED = ("/upload", "/upload_progress", "/deep_link", "/process_recording")
_CLOSED_ANYWHERE = ("/monitoring", "/proxy=", "/file=", "/file/")
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors {ancestors}"
)

_OWN_NAME = (
    "This server answers to localhost only. Behind a reverse proxy, set INTERVIEWER_ROOT_PATH to its full URL.\n"
)


class Guard:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.policy = _POLICY.format(ancestors="https://huggingface.co" if settings.in_space else "'none'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(request, MutableHeaders(scope=message))
            await send(message)

        refusal = self._refusal(request)
        await (refusal or self.app)(scope, receive, guarded)

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path.rstrip("/")
        if path.endswith(_CLOSED) or any(door in path for door in _CLOSED_ANYWHERE):
            return PlainTextResponse("closed", status_code=403)
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LARGEST:
            return PlainTextResponse("too large", status_code=413)
        if self.settings.on_loopback and not _names_this_machine(request.headers.get("host", "")):
            return PlainTextResponse(_OWN_NAME, status_code=421)
        if request.method not in ("GET", "HEAD") and not _same_site(request.headers, self.settings.root_path):
            return PlainTextResponse("sent by another site", status_code=403)
        return None

    def _add_headers(self, request: Request, headers: MutableHeaders) -> None:
        headers["Content-Security-Policy"] = self.policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        if request.method == "GET" and request.url.path == "/" and not owner_of(request):
            headers.append("Set-Cookie", self._welcome(request))

    def _welcome(self, request: Request) -> str:
        """A Space is shown in a frame of another site: its cookie has to say so."""
        response = Response()
        response.set_cookie(
            OWNER,
            secrets.token_urlsafe(32),
            max_age=_YEAR,
            httponly=True,
            secure=self.settings.in_space or request.url.scheme == "https",
            samesite="none" if self.settings.in_space else "lax",
        )
        return response.headers["set-cookie"]


def _names_this_machine(host: str) -> bool:
    """A page of another site can make its own name point here (DNS rebinding); the browser then says that name."""
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or name.endswith(".localhost") or name in ("127.0.0.1", "::1")


def _same_site(headers: Headers, root_path: str) -> bool:
    """No other site's page may act with a visitor's cookie. A request without an Origin is no browser's."""
    origin = headers.get("origin")
    if origin is None:
        return True
    hosts = {headers.get("host"), headers.get("x-forwarded-host"), urlsplit(root_path).netloc or None}
    return urlsplit(origin).netloc in hosts
