"""The app as a user starts it: what must not keep it from starting, and what is said where it can't."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.conftest import Server


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
    assert server.log.splitlines() == [f"Interviewer: {server.url}"]
