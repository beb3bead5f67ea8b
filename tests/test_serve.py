"""The app as a user starts it: what must not keep it from starting, and what is said where it can't."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.listing import serves, well_known
from tests.web.conftest import ROOT, Server


def test_no_proxy_and_no_certificate_keeps_the_app_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://127.0.0.1:9")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, "/nowhere/authorities.pem")
    server = Server(tmp_path)
    server.start()
    server.kill()
    assert server.log.startswith(f"Interviewer: {server.url}\n")
    assert "Traceback" not in server.log


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_model_server_of_this_machine_is_named_at_the_start_to_its_owner_alone(host: str, tmp_path: Path) -> None:
    server = Server(tmp_path, INTERVIEWER_HOST=host)
    with well_known(serves("qwen3:8b")) as listing:
        server.start()
        if host == "127.0.0.1":
            wait_for(lambda: "INTERVIEWER_MODEL=" in server.log)
        server.kill()
    said = f"Found {listing.name} on this machine, serving qwen3:8b."
    usage = f"OPENAI_BASE_URL={listing.base_url} INTERVIEWER_MODEL=qwen3:8b"
    assert (said in server.log) is (usage in server.log) is (host == "127.0.0.1")
    assert bool(listing.asked) is (host == "127.0.0.1")


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        time.sleep(0.1)


def serve(port: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "interviewer", "serve", *(["--port", port] if port else [])]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, timeout=60)


def test_a_port_in_use_is_one_line_and_status_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = serve(port, INTERVIEWER_DATA=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert f"Port {port} of 127.0.0.1 is in use" in done.stderr


@pytest.mark.parametrize(("option", "variable"), [("70000", ""), ("0", ""), ("", "70000"), ("", "0"), ("", "-1")])
def test_a_port_out_of_range_is_one_line_and_status_2(option: str, variable: str) -> None:
    done = serve(option, INTERVIEWER_PORT=variable)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "INTERVIEWER_PORT" in done.stderr if variable else "--port" in done.stderr


def test_an_address_that_is_not_this_machines_is_one_line_and_status_2() -> None:
    done = serve("7999", INTERVIEWER_HOST="203.0.113.7")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "203.0.113.7" in done.stderr
