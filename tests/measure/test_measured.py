"""What the documents and the page say of the built-in check is what was measured, of this bank and these rules."""

from __future__ import annotations

import re
from functools import cache

import pytest

from bench.measured import BEGIN, DOCUMENTS, END, ROOT, block, counts, coverage, written
from bench.measured.__main__ import measured
from interviewer import bank as banks
from interviewer.bank import Bank
from interviewer.measure import keeping
from interviewer.measure.calibration import labelled
from interviewer.schema import Sample
from interviewer.settings import shipped
from tests.examples import NOON
from tests.measure.examples import labelled_bank

REMEDY = "Bank, terms or rules have changed since: make measured"
COUNTED = re.compile(
    r"\b\d[\d,]* (?:\w+ )?(?:questions|answers|attacks|topics)\b|\d+ ?(?:道题|道题目|个回答|次攻击|个主题)|\d of \d"
)


@cache
def bank() -> Bank:
    return banks.load((shipped("question_bank"),))


def test_the_figures_on_the_page_are_of_this_bank_and_these_rules() -> None:
    found = keeping.shipped()
    if not labelled(bank()):
        assert found is None, REMEDY
        return
    assert found is not None, REMEDY
    assert keeping.is_current(found, keeping.who(None), bank()), REMEDY
    assert found.blind
    assert found.answers == len(labelled(bank()))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_blocks_of_the_documents_are_fresh(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert written(document, text, keeping.shipped(), counts(bank())) == text, REMEDY


def test_the_page_of_what_is_covered_is_fresh() -> None:
    assert (ROOT / coverage.PAGE).read_text(encoding="utf-8") == coverage.page(bank()), REMEDY


def test_the_page_names_entry_question_and_requirement() -> None:
    one = next(q for q in bank().questions.values() if q.covers)
    entry, ids = next(iter(one.covers.items()))
    rows = [line for line in coverage.page(bank()).splitlines() if line.startswith(f"| {entry} | [{one.id}](")]
    assert len(rows) == 1
    assert all(one.criterion(id_).statement.en.replace("|", "\\|") in rows[0] for id_ in ids)
    bare = bank().model_copy(update={"questions": {}})
    assert "Not yet: A01.001, A01.002," in coverage.page(bare)


@pytest.mark.parametrize("document", ["README.md", "README.zh.md", "docs/grading.md", "CONTRIBUTING.md"])
def test_no_figure_or_count_is_typed_by_hand(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    by_hand = re.sub(f"{BEGIN}.*?{END}", "", text, flags=re.DOTALL)
    by_hand = re.sub("<!-- attacks -->.*?<!-- /attacks -->", "", by_hand, flags=re.DOTALL)  # tests/attacks hold those
    assert [found[0] for found in COUNTED.finditer(by_hand)] == []


CLAIMS = (
    *("human readers do", "careful people", "认真的人", "认真阅读的人"),
    *("no defence was made for", "0 of 164", "same run where there is one"),
)


@pytest.mark.parametrize("document", [*DOCUMENTS, "CONTRIBUTING.md"])
def test_no_document_claims_what_nobody_has_measured(document: str) -> None:
    said = " ".join((ROOT / document).read_text(encoding="utf-8").split())
    assert [claim for claim in CLAIMS if claim in said] == []


SAID = {
    "stores": "It will store them.",
    "grows": "The memory does grow.",
    "limits": "That limits the batch.",
    "pages": "So they lie in pages.",
    "caches-queries": "It caches the queries.",
}


def spoken_bank() -> Bank:
    """Whose answers say what their labels say, in words that the terms find; only the gist is said otherwise."""
    bank = labelled_bank(4)

    def spoken(sample: Sample) -> Sample:
        said = "They stay there." if sample.label == "gist" else " ".join(SAID[i] for i in sample.met)
        return sample.model_copy(update={"text": said})

    held = {q.id: q.model_copy(update={"samples": tuple(map(spoken, q.samples))}) for q in bank.questions.values()}
    return bank.model_copy(update={"questions": held})


async def test_every_block_tells_what_was_measured() -> None:
    here = spoken_bank()
    found = await measured(here, NOON)
    assert (found.verdict in ("care", "dont"), found.blind, found.answers) == (True, True, 16)
    counted = counts(here)
    assert len(found.attacks) == counted["attacks"]
    for document in DOCUMENTS:
        told = block(document, found, counted)
        assert "2026-01-01" in told or document == "docs/grading.md"
        assert "16" in told
        assert told != block(document, None, counted)
    readme = block("README.md", found, counted)
    assert "| all answers | 100% | 75% |" in readme  # the gist is said otherwise, and a pressed one was not asked
    assert "100% had been made" in readme
    changed = found.model_copy(update={"figures": found.figures | {"recall": found.figures["kappa"]}})
    assert block("README.md", changed, counted) != readme


def test_a_document_without_its_block_is_named() -> None:
    with pytest.raises(ValueError, match=r"README\.md"):
        written("README.md", "no block", None, counts(labelled_bank(1)))
