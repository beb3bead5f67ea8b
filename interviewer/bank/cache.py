"""The bank as it was read last: reading YAML takes several times as long.

A cache holds while every file has the size and time that it had, and the records have the same schema.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from interviewer.bank.record import Bank


def fingerprint(folders: Sequence[Path], files: Sequence[Path]) -> str:
    """Of the folders' order, the files' names, sizes and times, and the schema."""
    schema = hashlib.sha256(json.dumps(Bank.model_json_schema(), sort_keys=True).encode())
    stats = [(str(file), (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files]
    schema.update(repr(([str(folder) for folder in folders], stats)).encode())
    return schema.hexdigest()[:16]


def recall(folder: Path, key: str) -> Bank | None:
    try:
        return Bank.model_validate_json(_file(folder, key).read_bytes())
    except (OSError, ValidationError):
        return None


def keep(folder: Path, key: str, bank: Bank) -> None:
    """In place of the caches before. A folder that can't be written is no fault."""
    file = _file(folder, key)
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(f".{os.getpid()}.new")
        new.write_text(bank.model_dump_json(), encoding="utf-8")
        new.replace(file)
        for old in folder.glob("bank-*.json"):
            if old != file:
                old.unlink()


def _file(folder: Path, key: str) -> Path:
    return folder / f"bank-{key}.json"
