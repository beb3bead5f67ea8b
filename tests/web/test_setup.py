"""From what is chosen in the set-up panel to a plan."""

from __future__ import annotations

import pytest

from interviewer.schema import Plan
from interviewer.web import setup


@pytest.mark.parametrize(("grader", "gradings"), [("llm", 3), ("builtin", 1)])
def test_only_a_model_is_asked_more_than_once(grader: str, gradings: int) -> None:
    """The choice may still be there, hidden, when the built-in check is taken after all: it never wavers."""
    chosen: Plan = setup.plan("zh", "practice", [], [], "adaptive", 5, "normal", 0, grader, 3)
    assert chosen.gradings == gradings
