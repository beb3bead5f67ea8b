"""What an interview of five questions takes in the database, and how long a save takes."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from interviewer import settings as environment
from interviewer.assembly import assemble
from interviewer.grading.builtin import BuiltinGrader
from interviewer.schema import Interview, Plan

QUESTIONS = 5
SAVES = 200


async def held(folder: Path) -> tuple[Interview, int, list[float]]:
    """An interview in which every question is answered at length; bytes of its row; seconds of each save."""
    async with assemble(environment.read({"INTERVIEWER_DATA": str(folder)})) as parts:
        session, grader = parts.session, BuiltinGrader()
        interview = await session.start("bench", Plan(mode="interview", questions=QUESTIONS, depth="normal"))
        while interview.turn is not None and interview.is_open:
            question = interview.question(interview.turn.question_id)
            said = question.reference_answer.in_("en")[:600]
            interview = await session.answer(interview.id, "bench", len(interview.turns) - 1, said, grader)
        _, version = await parts.store.load(interview.id)
        seconds = []
        for _ in range(SAVES):
            start = time.perf_counter()
            version = await parts.store.save(interview, version)
            seconds.append(time.perf_counter() - start)
        return interview, len(_document(folder, interview.id)), seconds


def _document(folder: Path, id_: str) -> bytes:
    import sqlite3

    with sqlite3.connect(folder / "interviewer.sqlite3") as connection:
        row = connection.execute("select document from interviews where id = ?", (id_,)).fetchone()
    return str(row[0]).encode()


def main() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        interview, size, seconds = asyncio.run(held(Path(folder)))
    return [
        "| what | figure | to reach |",
        "|---|---|---|",
        f"| row of an interview of {len(interview.questions)} questions, {len(interview.turns)} answers "
        f"| {size / 1000:.0f} kB | at most 120 kB |",
        f"| a save, median of {SAVES} | {statistics.median(seconds) * 1000:.1f} ms | at most 5 ms |",
    ]


if __name__ == "__main__":
    print("\n".join(main()))
