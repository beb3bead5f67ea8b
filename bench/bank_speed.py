"""How fast the bank loads and is indexed for searching, and how fast a question is chosen from 10,000."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from interviewer import bank as banks
from interviewer.bank import Bank
from interviewer.schema import Plan
from interviewer.settings import shipped

_LOAD = """
import time; from pathlib import Path; from interviewer import bank
cache = {cache!r} and Path({cache!r})
start = time.perf_counter(); bank.load((Path({folder!r}),), "en", cache or None).index
print(time.perf_counter() - start)
"""
SIZES = {450: ("under 600 ms", 5), 10_000: ("under 8 s", 1)}
"Questions, with what is to be reached and the number of fresh processes."


def load_time(folder: Path, cache: Path | None = None, runs: int = 5) -> float:
    """Seconds, median of fresh processes. With a folder for the cache: after a process that has filled it."""
    code = _LOAD.format(folder=str(folder), cache=str(cache) if cache else "")
    command = [sys.executable, "-c", code]
    if cache:
        subprocess.run(command, capture_output=True, check=True)
    said = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(runs)]
    return statistics.median(map(float, said))


def synthetic(folder: Path, questions: int) -> None:
    """Copies of the shipped questions under other ids, until there are enough."""
    originals = sorted(shipped("question_bank").glob("*/*.yaml"))
    for number in range(questions):
        original = originals[number % len(originals)]
        target = folder / original.parent.name / f"{original.stem}-{number}.yaml"
        target.parent.mkdir(exist_ok=True)
        text = original.read_text(encoding="utf-8")
        target.write_text(text.replace(f"id: {original.stem}\n", f"id: {target.stem}\n", 1), encoding="utf-8")
    for name in ("topics.yaml", "syllabus.yaml"):
        (folder / name).write_bytes((shipped("question_bank") / name).read_bytes())


def choose_time(bank: Bank, runs: int = 300) -> float:
    """Milliseconds, median; the first choice, which builds an index, is left out."""
    times = []
    asked: list[str] = []
    for seed in range(runs):
        start = time.perf_counter()
        question = banks.choose(bank, Plan(seed=seed), asked=asked[-10:], recent={}, scores=())
        times.append(time.perf_counter() - start)
        asked.append(question.id if question else "")
    return statistics.median(times[1:]) * 1000


def loading(questions: int, wanted: str, runs: int) -> list[str]:
    """Rows for a synthetic bank, read from YAML and from the cache."""
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name) / "bank", Path(name) / "cache"
        folder.mkdir()
        synthetic(folder, questions)
        read, recalled = load_time(folder, runs=runs), load_time(folder, cache, runs=runs)
    return [
        f"| {questions:,} synthetic questions load from YAML and are indexed | {said(read)} | {wanted} |",
        f"| … from the cache | {said(recalled)} | {wanted} |",
    ]


def said(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 2 else f"{seconds * 1000:.0f} ms"


def main() -> list[str]:
    rows = [row for questions, (wanted, runs) in SIZES.items() for row in loading(questions, wanted, runs)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synthetic(folder, 10_000)
        chosen = choose_time(banks.load((folder,)))
    return [
        "| what | figure | to reach |",
        "|---|---|---|",
        *rows,
        f"| choosing one of 10,000 | {chosen:.2f} ms | under 5 ms |",
    ]


if __name__ == "__main__":
    print("\n".join(main()))
