"""How fast the bank loads, and how fast a question is chosen from 10,000."""

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
start = time.perf_counter(); bank.load((Path({folder!r}),)); print(time.perf_counter() - start)
"""


def load_time(folder: Path, runs: int = 5) -> float:
    """Seconds, median of fresh processes."""
    code = _LOAD.format(folder=str(folder))
    command = [sys.executable, "-c", code]
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


def main() -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synthetic(folder, 10_000)
        start = time.perf_counter()
        bank = banks.load((folder,))
        loaded = time.perf_counter() - start
        chosen = choose_time(bank)
    shipped_bank = banks.load((shipped("question_bank"),))
    return [
        "| what | figure | to reach |",
        "|---|---|---|",
        f"| shipped bank loads ({len(shipped_bank.questions)} questions, fresh process) "
        f"| {load_time(shipped('question_bank')) * 1000:.0f} ms | under 300 ms |",
        f"| 10,000 questions load | {loaded:.1f} s | loads |",
        f"| choosing one of 10,000 | {chosen:.2f} ms | under 5 ms |",
    ]


if __name__ == "__main__":
    print("\n".join(main()))
