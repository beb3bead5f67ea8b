"""From what is chosen in the set-up panel to a plan."""

from __future__ import annotations

import pytest

from interviewer.bank import Bank
from interviewer.locales import words
from interviewer.schema import Plan
from interviewer.web import setup
from tests.examples import question, text


@pytest.mark.parametrize(("grader", "gradings"), [("llm", 3), ("builtin", 1)])
def test_only_a_model_is_asked_more_than_once(grader: str, gradings: int) -> None:
    """The choice may still be there, hidden, when the built-in check is taken after all: it never wavers."""
    chosen: Plan = setup.plan("zh", "practice", [], [], "adaptive", 5, "normal", 0, grader, 3)
    assert chosen.gradings == gradings


def bank() -> Bank:
    """Two topics with sub-topics, of which one is empty, and one without."""
    places = {"a": ("rag", "chunks"), "b": ("rag", "chunks"), "c": ("peft", "lora"), "d": ("kv-cache", None)}
    questions = {id_: question(id_, topic, subtopic=subtopic) for id_, (topic, subtopic) in places.items()}
    subtopics = {
        "rag": {"graphs": text("Graphs", "图谱"), "chunks": text("Chunks", "切块")},
        "peft": {"lora": text("LoRA", "LoRA")},
    }
    topics = {"rag": text("RAG", "检索"), "peft": text("PEFT", "高效微调"), "kv-cache": text("KV cache", "缓存")}
    return Bank(questions=questions, topics=topics, subtopics=subtopics)


def test_the_sub_topics_that_have_questions_are_offered_with_how_many() -> None:
    en, zh = words("en"), words("zh")
    assert setup.subtopic_choices(bank(), [], en) == []
    assert setup.subtopic_choices(bank(), ["kv-cache"], en) == []
    assert setup.subtopic_choices(bank(), ["rag", "kv-cache"], en) == [("Chunks (2)", "rag/chunks")]
    assert setup.subtopic_choices(bank(), ["peft", "rag"], zh) == [
        ("高效微调 · LoRA (1)", "peft/lora"),
        ("检索 · 切块 (2)", "rag/chunks"),
    ]


def test_a_plan_keeps_the_chosen_sub_topics() -> None:
    chosen = setup.plan("en", "practice", ["rag"], ["rag/chunks"], "adaptive", 5, "normal", 0, "builtin", 1)
    assert chosen.subtopics == ("rag/chunks",)
    assert [q.id for q in bank().questions.values() if chosen.covers(q)] == ["a", "b"]
