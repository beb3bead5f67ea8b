"""Searching: in both languages, with typing errors, and whatever is typed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.search_quality import QUERIES, quality, queries, shipped_search
from interviewer import bank as banks
from interviewer.bank import Bank
from interviewer.bank.index import MOST_CHARACTERS, MOST_WORDS
from interviewer.settings import shipped
from tests.examples import question, requirement, text

TOPICS = {"attention": text("Attention", "注意力"), "rag": text("Retrieval", "检索增强")}


@pytest.fixture(scope="module")
def library() -> Bank:
    """Three questions of two topics."""
    asked = (
        ("gqa", "attention", "Why does grouped-query attention decode faster?", "分组查询注意力为什么解码更快？"),
        ("rope", "attention", "How do rotary position embeddings encode distance?", "旋转位置编码如何表示距离？"),
        ("chunk-size", "rag", "How do you choose the size of chunks?", "文本块该切多大？"),
    )
    questions = {id_: question(id_, topic, text=text(en, zh), title=None) for id_, topic, en, zh in asked}
    return Bank(questions=questions, topics=TOPICS)


def found(bank: Bank, typed: str) -> list[str]:
    return [q.id for q in banks.search(bank, typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("rotary embedding", "rope"),
        ("Chunking", "chunk-size"),
        ("chunk-size", "chunk-size"),
        ("grou", "gqa"),
        ("旋转位置", "rope"),
        ("文本块", "chunk-size"),
        ("检索", "chunk-size"),
        ("ＧＱＡ", "gqa"),
    ],
)
def test_words_in_either_language_find_their_question_first(library: Bank, typed: str, first: str) -> None:
    assert found(library, typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("attetnion decodign", "gqa"),
        ("rotery", "rope"),
        ("embedings", "rope"),
        ("chnuk", "chunk-size"),
        ("retreival", "chunk-size"),
        ("旋传位置", "rope"),
        ("文本快", "chunk-size"),
    ],
)
def test_a_letter_or_two_mistyped_still_find_it_first(library: Bank, typed: str, first: str) -> None:
    assert found(library, typed)[0] == first


def test_a_word_that_the_bank_has_stands_for_itself_alone() -> None:
    bank = Bank(questions={id_: question(id_, "rag") for id_ in ("lora", "flora", "lorax")}, topics=TOPICS)
    assert (found(bank, "lora that"), found(bank, "flora that")) == (["lora"], ["flora"])
    assert found(bank, "lora") == ["lora"], "it is not the beginning of another either"
    assert set(found(bank, "lor")) == {"lora", "lorax"}


def test_a_word_of_the_question_counts_more_than_one_of_its_criteria() -> None:
    said = question("said", "rag", rubric=(requirement("paging", 10),))
    asked = question("zz-asked", "rag", text=text("What does paging save?", "分页省下什么？"))
    assert found(Bank(questions={q.id: q for q in (said, asked)}, topics=TOPICS), "paging") == ["zz-asked", "said"]


def test_no_match_is_no_question_and_no_words_are_all(library: Bank) -> None:
    assert found(library, "zymurgy") == []
    assert found(library, "(?*[") == []
    assert found(library, "  ") == ["gqa", "rope", "chunk-size"]


@pytest.mark.parametrize("typed", ['"', 'a" OR "b', "xy*", "name : xy", "NEAR(a b)", "\x00", "😀", "²", "́", "ー", "-"])
def test_what_means_something_to_the_database_is_a_word_like_any_other(library: Bank, typed: str) -> None:
    assert found(library, f"rotary {typed}")[0] == "rope"


def test_of_a_very_long_text_the_beginning_is_looked_at(library: Bank) -> None:
    assert found(library, "x" * MOST_CHARACTERS + " rotary") == []
    assert found(library, "zymurgy " * (MOST_WORDS - 1) + "rotary rotary") == ["rope"]
    assert found(library, "q " * MOST_WORDS + "rotary") == []
    assert found(library, "旋转" * MOST_CHARACTERS)[0] == "rope"


def test_many_may_search_at_once(library: Bank) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: tuple(found(library, "rotary")), range(200))) == {("rope",)}


def test_what_people_type_finds_what_they_expect_among_the_first_three() -> None:
    bank = banks.load((shipped("question_bank"),))
    rank = shipped_search(bank)
    for part, asked in queries(bank).items():
        assert quality(rank, asked)[1] >= 0.75, f"{part}: see python -m bench.search_quality and {QUERIES.name}"


def test_every_query_has_a_question_that_it_should_find() -> None:
    bank = banks.load((shipped("question_bank"),))
    parts = queries(bank)
    assert [typed for asked in parts.values() for typed, wanted in asked.items() if not wanted] == []
    assert all(len(asked) >= 30 for asked in parts.values())
