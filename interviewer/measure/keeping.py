"""Where a calibration is kept, so that the page can show it beside the grader's name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from interviewer.bank import Bank
from interviewer.grading import builtin, llm
from interviewer.measure.calibration import Calibration, Who, bank_hash, slug
from interviewer.providers import Endpoint
from interviewer.settings import Settings
from interviewer.store import Store

KIND = "calibration"
SHIPPED = Path(__file__).with_name("builtin.json")
"The built-in check on all labelled answers of the shipped bank. Written by `make measured`."


def who(endpoint: Endpoint | None) -> Who:
    """The grader that is the model at this endpoint; the built-in one for None."""
    if endpoint is None:
        return Who(grader="builtin", fingerprint=f"builtin:{builtin.rules_hash()}")
    fingerprint = llm.fingerprint(endpoint.model, endpoint.host, endpoint.parameters)
    return Who(grader="llm", model=endpoint.model, endpoint=endpoint.host, fingerprint=fingerprint)


def journal_path(settings: Settings, who: Who, bank_hash: str) -> Path:
    """A model's gradings are kept over changes of the bank, since their keys hold the question; those of the check
    depend on terms too."""
    name = slug(f"{who.fingerprint} {bank_hash}" if who.grader == "builtin" else who.fingerprint)
    return settings.data_folder / "calibrations" / f"{name}.jsonl"


async def keep(store: Store, settings: Settings, calibration: Calibration) -> None:
    """In the store, by fingerprint and as the latest of this grader; and in a file beside the journal."""
    document = calibration.model_dump(mode="json")
    await store.remember(KIND, calibration.who.fingerprint, document)
    await store.remember(KIND, calibration.who.identity, document)
    path = journal_path(settings, calibration.who, calibration.bank_hash).with_suffix(".json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(calibration.model_dump_json(indent=1) + "\n", encoding="utf-8")


async def latest(store: Store, who: Who) -> Calibration | None:
    """The last measurement of exactly this grader; failing that, of another version of it (its fingerprint differs)."""
    for key in (who.fingerprint, who.identity):
        found = _read(await store.recall(KIND, key))
        if found is not None:
            return found
    return shipped() if who.grader == "builtin" else None


@cache
def shipped() -> Calibration | None:
    try:
        return Calibration.model_validate_json(SHIPPED.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def is_current(calibration: Calibration, who: Who, bank: Bank) -> bool:
    """Whether this very version of grader and labelled answers was measured."""
    return (calibration.who.fingerprint, calibration.bank_hash) == (who.fingerprint, bank_hash(bank, who))


def _read(document: Any) -> Calibration | None:
    """None too for what another version of the program kept and this one can't read."""
    try:
        return None if document is None else Calibration.model_validate(document)
    except ValidationError:
        return None
