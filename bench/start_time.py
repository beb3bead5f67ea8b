"""From start to the first HTTP 200, beside an empty Gradio app of the same version in the same run."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

EMPTY = """
import os; os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr
with gr.Blocks(analytics_enabled=False) as demo: gr.Markdown("empty")
demo.launch(server_port={port}, quiet=True, ssr_mode=False)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_to_200(command: list[str], port: int, **environment: str) -> float:
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - start < 120:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as reply:
                    if reply.status == 200:
                        return time.perf_counter() - start
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
    finally:
        process.terminate()
        process.wait()
    raise TimeoutError(command)


def main(runs: int = 5) -> list[str]:
    ours, empty = [], []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(runs + 1):  # taken in turn, so that a busy moment hits both; the first pair warms the caches
            port = free_port()
            mine = seconds_to_200(
                [sys.executable, "-m", "interviewer", "serve", "--port", str(port)], port, INTERVIEWER_DATA=folder
            )
            port = free_port()
            theirs = seconds_to_200([sys.executable, "-c", EMPTY.format(port=port)], port)
            if run:
                ours.append(mine)
                empty.append(theirs)
    ratio = statistics.median(ours) / statistics.median(empty)
    return [
        "| app | seconds to the first 200, median | |",
        "|---|---|---|",
        f"| empty Gradio app | {statistics.median(empty):.2f} | |",
        f"| Interviewer | {statistics.median(ours):.2f} | {ratio:.2f} times the empty one (to reach: at most 1.25) |",
    ]


if __name__ == "__main__":
    print("\n".join(main()))
