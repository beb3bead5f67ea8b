"""A bank of one topic, whose questions and terms no other change touches, and a data folder of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interviewer.cli import run
from tests.examples import question

TOPIC = "test-topic"


@pytest.fixture(autouse=True)
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "INTERVIEWER_MODEL", "INTERVIEWER_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    values = {"INTERVIEWER_DATA": str(tmp_path / "data"), "INTERVIEWER_BANKS": str(bank(tmp_path / "bank"))}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    return values


def bank(folder: Path) -> Path:
    (folder / TOPIC).mkdir(parents=True)
    for name in ("first", "second", "third"):
        artefact = "```python\nfor x in range(3):\n    print(x)\n```"
        record = question(name, topic=TOPIC, artefact=artefact).model_dump(mode="json", exclude_none=True)
        del record["samples"], record["covers"]
        (folder / TOPIC / f"{name}.yaml").write_text(json.dumps(record), encoding="utf-8")
    return folder


@pytest.fixture
def last(capfd: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """The report of the latest interview, as JSON."""

    def reported() -> Any:
        capfd.readouterr()
        assert run(["report", "last", "--format", "json"]) == 0
        return json.loads(capfd.readouterr().out)

    return reported  # type: ignore[return-value]
