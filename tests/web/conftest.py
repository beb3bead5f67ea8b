"""One server in a process of its own and one Chromium for all browser tests; each test is a visitor of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from interviewer.bank import Bank
from interviewer.bank import load as load_bank
from interviewer.settings import shipped
from tests.web.visitor import Visitor

ROOT = Path(__file__).parent.parent.parent
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
FLAGS += ["--disable-sync", "--no-first-run"]


class Server:
    """The app as a user starts it. Knows how to die like a crashed process, and to come back."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.environ = environ
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def start(self) -> None:
        own = {"INTERVIEWER_DATA": str(self.folder), "INTERVIEWER_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        own |= self.environ
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEWER_", "OPENAI_", "PYTEST"))}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=kept | own,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self._answers():
            if self.process.poll() is not None:
                raise RuntimeError(self.log)
            time.sleep(0.1)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@pytest.fixture(scope="session")
def bank() -> Bank:
    return load_bank([shipped("question_bank")])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make dev")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium: make browser installs it")
    with sync_api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(server: Server, browser: Any, bank: Bank) -> Iterator[Callable[..., Visitor]]:
    """Opens the page as a new visitor; context options such as locale or viewport as keywords, `url` of another server.

    At the end no page may have logged an error or asked another host for anything.
    """
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(url: str = server.url, **options: Any) -> Visitor:
        context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 860}} | options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context, url, bank, wrong).open()

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong
