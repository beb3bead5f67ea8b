from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from interviewer import tokens
from interviewer.errors import InterviewerError
from interviewer.tokens import Count, Vocabulary

# A vocabulary small enough for a test: every byte, and one merge.
RANKS = [bytes([n]) for n in range(256)] + [b"ab"]
CONTENT = b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(RANKS))


def vocabulary(url: str = "https://example.org/tiny") -> Vocabulary:
    return Vocabulary(url=url, size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


def put(folder: Path, content: bytes, of: Vocabulary) -> None:
    (folder / of.file_name).write_bytes(content)


@pytest.fixture
def site() -> Iterator[tuple[str, list[bytes]]]:
    """A server that sends what is in the list, with a pause after each part; a stalled one when the list is empty."""
    content: list[bytes] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not content:
                over.wait(10)
                return
            self.send_response(200)
            self.end_headers()
            for part in content:
                self.wfile.write(part)
                over.wait(0.1 if len(content) > 1 else 0)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/tiny", content
    over.set()
    server.shutdown()
    server.server_close()


def test_the_vocabulary_is_known_to_tiktoken_under_the_same_name() -> None:
    assert tokens.O200K.file_name == "fb374d419588a4632f3f557e76b4b70aebbca790"


def test_a_count_with_the_vocabulary_is_exact(tmp_path: Path) -> None:
    put(tmp_path, CONTENT, vocabulary())
    assert tokens.count("abc", [tmp_path], vocabulary()) == Count(2, exact=True)


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT[:-2] + b"9\n"])
def test_a_damaged_vocabulary_is_not_used(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, content, vocabulary())
    assert not tokens.count("abc", [tmp_path], vocabulary()).exact


def test_a_count_without_the_vocabulary_is_marked_as_an_estimate(tmp_path: Path) -> None:
    counted = tokens.count("abc", [tmp_path], vocabulary())
    assert not counted.exact
    assert str(counted).startswith("≈")


@pytest.mark.parametrize(
    ("text", "o200k"),
    [
        ("Grouped-query attention shares each key/value head among several query heads.", 13),
        ("分组查询注意力让多个查询头共用一组键值头，因此缓存更小。", 21),
        ("我们用 LoRA 微调 7B 模型，r=8，显存约 16 GB。", 23),
        ("def f(x: int) -> int:\n    return x * 2 + 1\n", 19),
    ],
)
def test_an_estimate_is_near_the_real_count_in_both_languages(text: str, o200k: int) -> None:
    assert abs(tokens.estimate(text) - o200k) <= 0.25 * o200k


def test_no_text_has_no_tokens() -> None:
    assert tokens.estimate("") == 0


def test_fetching_makes_later_counts_exact(tmp_path: Path, site: tuple[str, list[bytes]]) -> None:
    url, content = site
    content.append(CONTENT)
    assert not tokens.count("abc", [tmp_path / "new"], vocabulary(url)).exact
    tokens.fetch(tmp_path / "new", 5, vocabulary(url))
    assert tokens.count("abc", [tmp_path / "new"], vocabulary(url)) == Count(2, exact=True)


def test_fetching_keeps_nothing_that_is_not_the_expected_file(tmp_path: Path, site: tuple[str, list[bytes]]) -> None:
    url, content = site
    content.append(b"<html>a login page</html>")
    with pytest.raises(InterviewerError, match="not the expected vocabulary"):
        tokens.fetch(tmp_path, 5, vocabulary(url))
    assert list(tmp_path.iterdir()) == []


def test_fetching_from_a_silent_server_gives_up(tmp_path: Path, site: tuple[str, list[bytes]]) -> None:
    with pytest.raises(InterviewerError, match="could not be downloaded"):
        tokens.fetch(tmp_path, 0.2, vocabulary(site[0]))


def test_fetching_from_a_trickling_server_gives_up(tmp_path: Path, site: tuple[str, list[bytes]]) -> None:
    url, content = site
    content += [b"x"] * 100
    with pytest.raises(InterviewerError, match="not finished"):
        tokens.fetch(tmp_path, 0.3, vocabulary(url))


def test_fetching_what_is_there_asks_nobody(tmp_path: Path) -> None:
    put(tmp_path, CONTENT, vocabulary("http://127.0.0.1:9/nobody"))
    assert tokens.fetch(tmp_path, 1, vocabulary("http://127.0.0.1:9/nobody")).exists()
