"""The web server around the page: who a visitor is, what a browser may load, what can be downloaded."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by gradio at import, and nowhere else to be set

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse
from uvicorn.config import STARTUP_FAILURE

from interviewer.assembly import assemble, load_bank
from interviewer.errors import InterviewerError
from interviewer.locales import words
from interviewer.providers import local
from interviewer.report import Format, render, summarise
from interviewer.settings import Settings
from interviewer.web import page
from interviewer.web.guard import Guard
from interviewer.web.visitors import Visitors, owner_of, zone_of

_HERE = Path(__file__).parent
_TYPES: dict[Format, str] = {"md": "text/markdown", "json": "application/json", "html": "text/html"}


def run(app: FastAPI, settings: Settings, bound: socket.socket) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Interviewer: http://{host}:{settings.port}", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=True))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[bound])
    if not server.started:
        sys.exit(STARTUP_FAILURE)


def create(settings: Settings) -> FastAPI:
    """The whole web app. The bank is read now, the store when the server starts."""
    bank = load_bank(settings)
    visitors = Visitors(settings, bank)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with assemble(settings, bank) as parts:
            visitors.open(parts)
            told = asyncio.create_task(_tell_of_local_servers(settings))
            yield
            told.cancel()
            await visitors.gradings.stop_all()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, settings=settings)
    _add_routes(app, visitors)
    blocks = page.build(visitors)
    blocks.max_threads = 500
    blocks.queue(max_size=500, default_concurrency_limit=None)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        root_path=settings.root_path or None,
        allowed_paths=[],
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=page.theme(),
        head=page.head(settings.language),
    )
    return mounted


async def _tell_of_local_servers(settings: Settings) -> None:
    """How to use a model that this machine serves already; for the owner who has named none."""
    if settings.has_model or not settings.on_loopback:
        return
    for found in await local.servers(local.on_this_machine(settings.port)):
        models = ", ".join(found.models[:3])
        values = {"server": found.preset.name, "models": models, "url": found.preset.base_url, "model": found.models[0]}
        print(words(settings.language)("terminal.local_found", **values), flush=True)


def _add_routes(app: FastAPI, visitors: Visitors) -> None:
    @app.get("/page/{name}")
    async def own_file(name: str) -> Response:
        if name not in page.FILES:
            return PlainTextResponse("not found", status_code=404)
        return FileResponse(_HERE / name, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    @app.get("/reports/{interview_id}.{format_}")
    async def download(interview_id: str, format_: Format, request: Request) -> Response:
        try:
            interview = await visitors.finished(interview_id, owner_of(request))
        except InterviewerError as error:
            return PlainTextResponse(error.say(visitors.language(request)), status_code=404)
        name = f"interview-{interview.created_at:%Y-%m-%d}.{format_}"
        return Response(
            render(summarise(interview, visitors.parts.bank.topics), format_, zone_of(request)),
            media_type=f"{_TYPES[format_]}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
