from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.mutants import ROOT, Mutant, mutants
from tests.mutants.__main__ import Broken, survives

MUTANTS = list(mutants())


def test_every_mutant_can_still_be_planted_in_one_place() -> None:
    lost = [
        f"{file}: {mutant.what}: {(ROOT / file).read_text(encoding='utf-8').count(mutant.old)} places"
        for file, mutant in MUTANTS
        if (ROOT / file).read_text(encoding="utf-8").count(mutant.old) != 1 or mutant.old == mutant.new
    ]
    assert lost == []


def test_the_test_of_every_mutant_is_there() -> None:
    missing = [
        mutant.test
        for _, mutant in MUTANTS
        if not mutant.test_file.is_file()
        or f"def {mutant.test_name}" not in mutant.test_file.read_text(encoding="utf-8")
    ]
    assert missing == []


def test_the_list_is_as_long_as_it_says() -> None:
    assert len(MUTANTS) >= 51
    assert Counter((file, mutant.what) for file, mutant in MUTANTS).most_common(1)[0][1] == 1


def test_a_mutant_that_a_test_notices_is_killed_and_another_survives(tmp_path: Path) -> None:
    (tmp_path / "sum.py").write_text("def plus(a, b):\n    return a + b\n\n\ndef minus(a, b):\n    return a - b\n")
    (tmp_path / "test_sum.py").write_text("from sum import plus\n\n\ndef test_plus():\n    assert plus(1, 2) == 3\n")
    noticed = Mutant(what="adds nothing", old="a + b", new="a", test="test_sum.py")
    unnoticed = Mutant(what="takes nothing", old="a - b", new="a", test="test_sum.py")
    assert not survives(tmp_path, "sum.py", noticed)
    assert survives(tmp_path, "sum.py", unnoticed)
    assert "return a + b" in (tmp_path / "sum.py").read_text()
    for broken in (unnoticed.model_copy(update={"new": "a -"}), unnoticed.model_copy(update={"old": "a * b"})):
        with pytest.raises(Broken):
            survives(tmp_path, "sum.py", broken)
