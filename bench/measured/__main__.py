from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.measured import DOCUMENTS, ROOT, counts, coverage, written
from interviewer import bank as banks
from interviewer.bank import Bank
from interviewer.grading.builtin import BuiltinGrader
from interviewer.measure import attack_suite, keeping
from interviewer.measure.calibrating import conclude, plan
from interviewer.measure.calibration import Calibration, labelled
from interviewer.measure.running import Journal, run
from interviewer.settings import shipped


async def measured(bank: Bank, date: datetime) -> Calibration:
    """On every labelled answer and every attack. What can be told from the rest is left out of the file."""
    chosen = plan(bank, size=len(labelled(bank)), runs=1, cases=attack_suite.cases(bank), seed=0)
    with tempfile.TemporaryDirectory() as folder:
        graded = await run(BuiltinGrader(), chosen.todos(bank), Journal(Path(folder) / "journal.jsonl"))
    timeless = {key: each.model_copy(update={"seconds": 0.0}) for key, each in graded.items()}
    found = conclude(bank, chosen, keeping.who(None), timeless, date, blind=True)
    return found.model_copy(update={"disagreements": ()})


def main() -> None:
    bank = banks.load((shipped("question_bank"),))
    found = None
    if labelled(bank):
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        found = asyncio.run(measured(bank, midnight))
        keeping.SHIPPED.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    else:
        keeping.SHIPPED.unlink(missing_ok=True)
    for document in DOCUMENTS:
        path = ROOT / document
        path.write_text(written(document, path.read_text(encoding="utf-8"), found, counts(bank)), encoding="utf-8")
    (ROOT / coverage.PAGE).write_text(coverage.page(bank), encoding="utf-8")
    print(f"{len(bank.questions)} questions, {len(labelled(bank))} labelled answers: {', '.join(DOCUMENTS)} written")


if __name__ == "__main__":
    main()
