from __future__ import annotations

from pathlib import Path

import pytest

from interviewer import settings as environment
from interviewer import tokens
from interviewer.grading import Exchange, Task
from interviewer.grading.asking import messages
from interviewer.measure.calibration import todo
from interviewer.measure.estimate import Expected, expected
from interviewer.providers import Endpoint
from interviewer.settings import Settings
from tests.measure.examples import labelled_question

ENDPOINT = Endpoint(base_url="https://example.org/v1", model="m", input_price=1.0, output_price=0.0)
QUESTION = labelled_question(1)


def of_one_answer(settings: Settings) -> Expected:
    return expected([todo(QUESTION, "en", "It stores.")], ENDPOINT, settings)


def test_without_the_vocabulary_the_input_is_an_estimate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cost = of_one_answer(environment.read({"INTERVIEWER_DATA": str(tmp_path)}))
    assert not cost.exact
    assert cost.input_tokens > 100


def test_the_input_is_counted_as_exactly_as_the_vocabulary_allows() -> None:
    settings = environment.read()
    sent = messages(Task(question=QUESTION, language="en", thread=(Exchange(asked="Why q-1?", answer="It stores."),)))
    cost = of_one_answer(settings)
    assert cost.exact == tokens.count("x", settings.vocabulary_folders).exact
    assert cost.input_tokens == tokens.count("\n".join(m.content for m in sent), settings.vocabulary_folders).n
    assert cost.cost == pytest.approx(cost.input_tokens / 1e6)
