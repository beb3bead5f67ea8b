"""A bank of one topic, whose questions and terms no other change touches, and a data folder of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
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
    levels = {"first": "medium", "second": "medium", "third": "medium", "fourth": "easy", "fifth": "hard"}
    for name, difficulty in levels.items():
        artefact = "```python\nfor x in range(3):\n    print(x)\n```"
        sample = {"label": "gist", "language": "en", "text": "It stores keys.", "met": ["stores"]}
        chosen = question(name, topic=TOPIC, difficulty=difficulty, artefact=artefact, samples=[sample])
        record = chosen.model_dump(mode="json", exclude_none=True)
        del record["covers"]
        (folder / TOPIC / f"{name}.yaml").write_text(json.dumps(record), encoding="utf-8")
    return folder


@pytest.fixture
def last(capsys: pytest.CaptureFixture[str]) -> Callable[[], Any]:
    """The report of the latest interview, as JSON."""

    def reported() -> Any:
        capsys.readouterr()
        assert run(["report", "last", "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return reported
