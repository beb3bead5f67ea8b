"""Time that the app adds between a model's first token and the first visible change of the page, in Chromium.

A scripted server on this machine waits 800 ms before its first token, then streams a reply. It notes when it wrote the
first byte; the page notes, by a MutationObserver, when the waiting sign changed. Both clocks are this machine's. Beside
it, the path from the click to the first visible sign. The rival's whole path with a model without latency: 2,809 ms.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.servers import ChatServer, Said, says
from tests.web.conftest import FLAGS, Server

ANSWER = "The cache keeps the keys and values of the earlier tokens, so a step computes only the newest one. "
WATCH = """() => { window.__seen = [];
  new MutationObserver(() => window.__seen.push([Date.now(), document.querySelector('#live')?.innerText || '']))
    .observe(document.querySelector('#room'), {childList: true, subtree: true, characterData: true}); }"""

NEXT = "turn => document.querySelector('#question [data-turn]').dataset.turn !== turn"


class Slow(ChatServer):
    """Waits before its first token, and notes when that was."""

    first_tokens: list[float]

    def answer(self, request: dict[str, Any], headers: dict[str, str], path: str) -> Said:
        said = super().answer(request, headers, path)
        time.sleep(0.8)
        self.first_tokens.append(time.time() * 1000)
        return said


def judged(request: dict[str, Any]) -> Said:
    content = str(request["messages"][-1]["content"])
    ids = [line.split(" ")[0] for line in content.splitlines() if line.startswith("c") and " (" in line]
    judgments = [{"id": i, "quote": "", "explanation": "not said", "verdict": "unmet"} for i in ids]
    return says(json.dumps({"judgments": judgments, "feedback": "Noted. " * 20, "follow_up": {"id": "", "text": ""}}))


@contextmanager
def page(url: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        opened = browser.new_page()
        opened.goto(url)
        opened.wait_for_selector("html.ready")
        yield opened
        browser.close()


def main(answers: int = 12) -> list[str]:
    added, first_sign = [], []
    with tempfile.TemporaryDirectory() as folder, Slow(judged) as model:
        model.first_tokens = []
        server = Server(Path(folder))
        server.start()
        try:
            with page(server.url) as browser:
                use(browser, model.base_url)
                browser.evaluate(WATCH)
                for number in range(answers):
                    turn = browser.get_attribute("#question [data-turn]", "data-turn")
                    before = len(model.first_tokens)
                    browser.fill("#box textarea", ANSWER * (number % 3 + 1) + str(number))
                    browser.evaluate("window.__seen.length = 0")
                    clicked = time.time() * 1000
                    browser.click("#send")
                    browser.wait_for_function(
                        f"document.querySelector('#question [data-turn]').dataset.turn !== '{turn}'"
                    )
                    seen = browser.evaluate("window.__seen")
                    token = model.first_tokens[before]
                    waiting = next(text for _, text in seen if text)
                    added.append(next(at for at, text in seen if at >= token and text != waiting) - token)
                    first_sign.append(seen[0][0] - clicked)
        finally:
            server.kill()
    return [
        "| from … to the first visible change | median | worst of " + str(len(added)) + " |",
        "|---|---|---|",
        f"| the model's first token (to reach: under 300 ms) | {middle(added)} | {max(added):.0f} ms |",
        f"| the click on Send | {middle(first_sign)} | {max(first_sign):.0f} ms |",
    ]


def middle(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ms"


def use(browser: Any, url: str) -> None:
    """Sets the endpoint up in the page and starts an interview with it."""
    browser.click("#tabs button[role=tab] >> nth=4")
    browser.fill("#url input, #url textarea", url)
    browser.fill("#model input, #model textarea", "m")
    browser.click("#use-endpoint")
    browser.wait_for_selector("#endpoint-state .checked", timeout=60_000)
    browser.click("#tabs button[role=tab] >> nth=0")
    browser.check("#setup-grader input[value=llm]")
    browser.click("#start")
    browser.wait_for_selector("#room .asked[data-open]")


if __name__ == "__main__":
    print("\n".join(main()))
