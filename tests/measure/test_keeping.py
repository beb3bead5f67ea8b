from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from interviewer import settings as environment
from interviewer.grading import Task
from interviewer.grading.builtin import BuiltinGrader
from interviewer.grading.llm import LlmGrader
from interviewer.measure import keeping
from interviewer.measure.calibration import Calibration, bank_hash
from interviewer.measure.running import Journal
from interviewer.providers import Endpoint, Parameters
from interviewer.providers.scripted import ScriptedModel
from interviewer.settings import Settings
from interviewer.store import Store
from tests.examples import question, requirement
from tests.measure.examples import WHO, Judge, calibrated, labelled_bank, perfect

ENDPOINT = Endpoint(base_url="https://example.org/v1", model="m-1")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return environment.read({"INTERVIEWER_DATA": str(tmp_path)})


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    opened = await Store.open(settings)
    yield opened
    await opened.close()


@pytest.fixture
async def found(tmp_path: Path) -> Calibration:
    return await calibrated(Judge(perfect), Journal(tmp_path / "j"))


async def test_a_calibration_comes_back_for_its_grader_only(
    store: Store, settings: Settings, found: Calibration
) -> None:
    assert await keeping.latest(store, WHO) is None
    await keeping.keep(store, settings, found)
    assert await keeping.latest(store, WHO) == found
    assert await keeping.latest(store, keeping.who(Endpoint(base_url="https://example.org/v1", model="m-2"))) is None
    file = keeping.journal_path(settings, WHO, found.bank_hash).with_suffix(".json")
    assert Calibration.model_validate_json(file.read_text(encoding="utf-8")) == found


async def test_after_a_change_of_prompts_the_old_measurement_is_shown_as_another_version(
    store: Store, settings: Settings, found: Calibration
) -> None:
    await keeping.keep(store, settings, found)
    now = keeping.who(ENDPOINT)
    assert now.identity == WHO.identity
    old = await keeping.latest(store, now)
    assert old == found
    bank = labelled_bank()
    assert not keeping.is_current(old, now, bank)
    assert keeping.is_current(old, WHO, bank)
    assert not keeping.is_current(old, WHO, labelled_bank(3))


async def test_new_terms_make_another_bank_for_the_check_and_not_for_a_model(settings: Settings) -> None:
    bank, check = labelled_bank(3), keeping.who(None)
    changed = bank.questions["q-0"].model_copy(update={"rubric": (requirement("stores", 5, terms=["keep*"]),)})
    told = bank.questions["q-0"].model_copy(update={"rubric": (requirement("stores", 5, terms=["store*"]),)})
    first, second = (bank.model_copy(update={"questions": {**bank.questions, "q-0": q}}) for q in (told, changed))
    assert bank_hash(first, WHO) == bank_hash(second, WHO)
    assert bank_hash(first, check) != bank_hash(second, check)
    hashes = bank_hash(first, check), bank_hash(second, check)
    assert len({keeping.journal_path(settings, check, each) for each in hashes}) == 2
    assert len({keeping.journal_path(settings, WHO, each) for each in hashes}) == 1


async def test_what_this_version_cannot_read_counts_as_not_measured(store: Store) -> None:
    await store.remember(keeping.KIND, WHO.fingerprint, {"of": "another version"})
    assert await keeping.latest(store, WHO) is None


def test_a_grader_is_known_by_what_its_own_fingerprint_says() -> None:
    task = Task(question=question(), language="en", thread=())
    named = Endpoint(base_url="http://scripted/v1", model="m-1")
    assert keeping.who(named).fingerprint == LlmGrader(ScriptedModel([], name="m-1")).fingerprint(task)
    warm = named.model_copy(update={"parameters": Parameters(temperature=1.0)})
    grader = LlmGrader(ScriptedModel([], name="m-1"), warm.parameters)
    assert keeping.who(warm).fingerprint == grader.fingerprint(task) != keeping.who(named).fingerprint
    assert BuiltinGrader().fingerprint(task).startswith(f"{keeping.who(None).fingerprint}:")


def test_no_key_is_kept(found: Calibration) -> None:
    who = keeping.who(Endpoint(base_url="https://example.org/v1", model="m", api_key=SecretStr("sk-secret")))
    assert "sk-secret" not in json.dumps(found.model_copy(update={"who": who}).model_dump(mode="json"))
