"""A bank of one's own: drafts that nobody is asked, and questions in one language."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from interviewer import bank as banks
from interviewer.bank import Bank
from interviewer.cli import run
from interviewer.errors import InvalidBank
from interviewer.grading.builtin import BuiltinGrader
from interviewer.locales import words
from interviewer.measure import attack_suite
from interviewer.measure.calibration import labelled
from interviewer.schema import DIFFICULTIES, LANGUAGES, Plan, Question, Text, language_of
from interviewer.session import Session
from interviewer.settings import read
from interviewer.store import Store
from interviewer.web.cost import estimate
from interviewer.web.setup import subtopic_choices
from tests.examples import question

ME = "me"


def spoken(value: Any, language: str) -> Any:
    """A record with all of its texts in one language."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return {language: value[language]}
        return {name: spoken(part, language) for name, part in value.items()}
    return [spoken(part, language) for part in value] if isinstance(value, list) else value


def file(folder: Path, asked: Question, language: str = "", **changes: Any) -> Path:
    record = asked.model_dump(mode="json", exclude_defaults=True)
    record = (spoken(record, language) if language else record) | changes
    path = folder / asked.topic / f"{asked.id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(record, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "INTERVIEWER_MODEL", "INTERVIEWER_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWER_BANKS", str(tmp_path / "own"))
    monkeypatch.setenv("INTERVIEWER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "own"


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_never_asked_whatever_is_planned(own: Path) -> None:
    chance, drafts = Random(3), set()
    for number in range(40):
        asked = question(f"q-{number}", topic=f"t-{number % 4}", difficulty=DIFFICULTIES[number % 3])
        if chance.random() < 0.5:
            drafts.add(asked.id)
            file(own, asked, draft=True, rubric=[])
        else:
            file(own, asked)
    bank = banks.load([own])
    assert set(bank.drafts) == drafts
    for seed in range(60):
        topics = tuple(chance.sample(["t-0", "t-1", "t-2", "t-3"], chance.randrange(4)))
        level = chance.choice([None, *DIFFICULTIES])
        plan = Plan(seed=seed, topics=topics, difficulty=level, language=chance.choice(LANGUAGES))
        asked_ids: list[str] = []
        while (chosen := banks.choose(bank, plan, asked=asked_ids, recent={})) is not None:
            asked_ids.append(chosen.id)
        assert not drafts & set(asked_ids)
        fitting = [q for q in bank.questions.values() if not topics or q.topic in topics]
        assert len(asked_ids) == sum(level in (None, q.difficulty) for q in fitting)


def test_a_draft_is_in_no_count_no_search_and_no_measurement(own: Path) -> None:
    sample = {"label": "gist", "language": "en", "text": "It stores keys.", "met": ["stores"]}
    file(own, question("asked"), samples=[sample])
    file(own, question("drafted", topic="drafts-only"), draft=True, samples=[sample])
    bank = banks.load([own])
    counted = banks.stats(bank)
    assert (counted.questions, counted.topics, counted.sample_languages) == (1, {"kv-cache": 1}, {"en": 1, "zh": 0})
    assert [q.id for q in banks.search(bank, "")] == ["asked"]
    assert [q.id for q, _ in labelled(bank)] == ["asked"]
    assert {case.question_id for case in attack_suite.cases(bank)} == {"asked"}
    assert (
        bank.labels_hash
        == banks.load([file(own / "alone", question("asked"), samples=[sample]).parents[1]]).labels_hash
    )


def test_check_lists_a_draft_with_what_is_missing_and_is_content(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file(own, question("asked"))
    path = file(own, question("drafted"), draft=True, rubric=[])
    assert run(["bank", "check", str(own)]) == 0
    out = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("warning")]
    assert out[0].startswith("draft: kv-cache/drafted.yaml: is a draft that nobody is asked; review it")
    assert out[1].startswith("draft: kv-cache/drafted.yaml: rubric: the points of the opener's requirements sum to 0")
    assert out[2:] == ["1 questions, no faults"]
    assert run(["bank", "check", "--json", str(own)]) == 0
    assert len(json.loads(capsys.readouterr().out)["drafts"]) == 2
    path.write_text(path.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    assert run(["bank", "check", str(own)]) == 1, "reviewed, it has to keep the rules"


def test_list_marks_a_draft_show_shows_it_and_nobody_can_have_it_graded(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file(own, question("drafted"), draft=True, rubric=[])
    assert run(["bank", "list", "--topic", "kv-cache"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "drafted  [kv-cache · medium · concept · draft]  Why drafted?" in lines
    assert sum("draft]" in line for line in lines) == 1
    assert run(["bank", "show", "drafted"]) == 0
    assert "Because the past keys" in capsys.readouterr().out
    assert run(["grade", "drafted", "--answer-file", "-"]) == 2
    assert "is a draft" in capsys.readouterr().err


def test_a_topic_of_drafts_alone_is_listed_but_not_practised(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file(own, question("drafted", topic="mine"), draft=True)
    assert run(["bank", "list", "--topic", "mine", "--json"]) == 0
    assert [(q["id"], q["draft"]) for q in json.loads(capsys.readouterr().out)] == [("drafted", True)]
    assert run(["bank", "search", "drafted"]) == 0
    assert "Why drafted?" not in capsys.readouterr().out
    assert run(["practice", "--topic", "mine"]) == 2
    assert "There is no topic mine" in capsys.readouterr().err


def test_a_draft_is_in_no_sub_topic_on_offer_and_check_says_that_it_lacks_one(own: Path) -> None:
    file(own, question("asked"), subtopic="size")
    file(own, question("drafted"), draft=True)
    file(own, question("divided"), draft=True, subtopic="layout")
    parts = "{size: {en: Size, zh: 大小}, layout: {en: Layout, zh: 布局}}"
    (own / "topics.yaml").write_text(f"kv-cache: {{en: KV, zh: 缓存, subtopics: {parts}}}\n", encoding="utf-8")
    bank = banks.load([own])
    assert [place for _, place in subtopic_choices(bank, ["kv-cache"], words("en"))] == ["kv-cache/size"]
    assert banks.check(bank) == []
    lacking = [line for line in banks.unfinished(bank) if "subtopic" in line]
    assert lacking == [
        "kv-cache/drafted.yaml: subtopic: is missing; this topic has sub-topics, so name one of size, layout"
    ]


def test_the_bank_that_ships_may_hold_no_draft(own: Path) -> None:
    file(own, question("drafted"), draft=True)
    assert "draft: is true, and drafts don't ship" in banks.check(banks.load([own]), house=True)[0]
    assert banks.check(banks.load([own])) == []


def test_a_draft_survives_the_cache(own: Path, tmp_path: Path) -> None:
    file(own, question("drafted"), draft=True)
    first = banks.load([own], cache_folder=tmp_path / "cache")
    assert banks.load([own], cache_folder=tmp_path / "cache") == first
    assert list(first.drafts) == ["drafted"]


# --- one language -----------------------------------------------------------------------------------------------------


def test_a_text_is_read_in_its_language_or_in_the_only_one_that_it_has() -> None:
    both, chinese = Text(en="Why?", zh="为什么？"), Text(zh="为什么？")
    assert [both.in_(language) for language in LANGUAGES] == ["Why?", "为什么？"]
    assert [chinese.in_(language) for language in LANGUAGES] == ["为什么？"] * 2
    with pytest.raises(KeyError, match="de"):
        both.in_("de")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Why?", "en"),
        ("为什么？", "zh"),
        ("什么是 KV cache？", "zh"),
        ("What does 困惑度 measure here?", "en"),
        ("1 + 1?", None),
    ],
)
def test_one_string_is_in_the_language_of_its_letters(said: str, language: str | None) -> None:
    assert language_of(said) == language
    assert Text.model_validate(said).languages == (language or "en",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_in_one_language_is_a_question(own: Path, language: str) -> None:
    file(own, question("mine"), language)
    bank = banks.load([own])
    assert bank.questions["mine"].languages == (language,)
    other = next(each for each in LANGUAGES if each != language)
    assert not [line for line in banks.warnings(bank) if f".{other}:" in line]


def test_plain_strings_are_texts_of_one_language(own: Path) -> None:
    rubric = [{"id": "a", "points": 10, "requirement": "说出甲。", "probe": "还有呢？"}]
    path = file(own, question("mine"), "zh")
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in ("title", "clarification", "mistakes", "sources"):
        del record[name]
    record |= {"text": "什么是甲？", "reference_answer": "甲就是甲。", "rubric": rubric}
    path.write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
    mine = banks.load([own]).questions["mine"]
    assert (mine.text, mine.rubric[0].statement) == (Text(zh="什么是甲？"), Text(zh="说出甲。"))


def test_all_texts_of_a_question_are_in_the_languages_of_its_opener(own: Path) -> None:
    file(own, question("mine"), "en", text={"en": "Why?", "zh": "为什么？"})
    with pytest.raises(InvalidBank) as invalid:
        banks.load([own])
    named = {fault.split(": ")[1] for fault in invalid.value.faults}
    assert {"reference_answer.zh", "rubric.0.requirement.zh", "rubric.3.probe.zh", "mistakes.0.correction.zh"} < named
    assert all(fault.endswith("is missing; add it") for fault in invalid.value.faults)


def test_the_shipped_bank_has_to_be_in_both_languages(own: Path) -> None:
    file(own, question("mine"), "zh")
    (own / "topics.yaml").write_text("kv-cache: {zh: 缓存}\n", encoding="utf-8")
    said = banks.check(banks.load([own]), house=True)
    assert "kv-cache/mine.yaml: topic: kv-cache has no title; add it to topics.yaml, or correct the topic" in said
    (own / "topics.yaml").write_text(
        "kv-cache: {en: Cache, zh: 缓存, subtopics: {size: {zh: 大小}}}\n", encoding="utf-8"
    )
    file(own, question("mine"), "zh", subtopic="size")
    said = banks.check(banks.load([own]), house=True)
    assert [line for line in said if "has no title" in line] == [
        "kv-cache/mine.yaml: topic: kv-cache/size has no title; add it to topics.yaml, or correct the topic"
    ]
    for field in ("text.en", "reference_answer.en", "rubric.0.requirement.en", "mistakes.0.claim.en", "title.en"):
        assert f"kv-cache/mine.yaml: {field}: is missing; add it" in said


def _mixed() -> Bank:
    asked = [
        *(question(f"both-{n}") for n in range(3)),
        *(_only(question(f"zh-{n}", topic="mine"), "zh") for n in range(3)),
        *(_only(question(f"en-{n}", topic="mine"), "en") for n in range(3)),
    ]
    return Bank(questions={q.id: q for q in asked}, topics={t: Text(en=t, zh=t) for t in ("kv-cache", "mine")})


def _only(asked: Question, language: str) -> Question:
    return Question.model_validate(spoken(asked.model_dump(mode="json"), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interview_asks_only_what_is_written_in_its_language(language: str) -> None:
    bank = _mixed()
    for seed in range(10):
        asked: list[str] = []
        while chosen := banks.choose(bank, Plan(language=language, seed=seed), asked=asked, recent={}):
            asked.append(chosen.id)
        assert set(asked) == {f"{kind}-{n}" for kind in ("both", language) for n in range(3)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_finds_a_question_in_whichever_language_it_has(language: str) -> None:
    bank = _mixed()
    assert banks.search(bank, "en-1")[0].text.in_(language) == "Why en-1?"
    assert banks.search(bank, "为什么 zh-1")[0].text.in_(language) == "为什么 zh-1？"


def test_attacks_are_only_made_of_what_is_written_in_their_language() -> None:
    bank = _mixed()
    for case in attack_suite.cases(bank):
        assert case.language in bank.questions[case.question_id].languages
    chinese = Bank(questions={"zh-0": bank.questions["zh-0"]}, topics=bank.topics)
    assert {case.language for case in attack_suite.cases(chinese)} == {"zh"}


def test_what_an_interview_costs_is_told_for_a_bank_in_the_other_language(tmp_path: Path) -> None:
    from interviewer.providers import Endpoint

    bank = Bank(questions={"zh-0": _mixed().questions["zh-0"]}, topics={})
    settings, endpoint = (
        read({"INTERVIEWER_DATA": str(tmp_path)}),
        Endpoint(base_url="http://127.0.0.1:9/v1", model="m"),
    )
    assert estimate(settings, bank, "en", 1, endpoint)["input_tokens"] > 0


async def test_an_answer_in_the_other_language_is_graded_all_the_same(tmp_path: Path) -> None:
    bank = Bank(questions={"mine": _only(question("mine"), "zh")}, topics={"kv-cache": Text(zh="缓存")})
    store = await Store.open(read({"INTERVIEWER_DATA": str(tmp_path)}))
    try:
        session = Session(store, bank)
        interview = await session.start(ME, Plan(language="zh", depth="brisk", questions=1))
        interview = await session.answer(interview.id, ME, 0, "It stores the keys.", BuiltinGrader())
        grade = interview.turns[0].grade
        assert grade is not None
        assert [j.criterion_id for j in grade.judgments if j.verdict == "met"] == ["stores"]
        assert (await session.load(interview.id, ME)).questions[0].text == Text(zh="为什么 mine？")
    finally:
        await store.close()


def test_a_whole_interview_in_the_one_language_and_none_in_the_other(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        file(own, question(name, topic="mine"), "zh")
    typed = "它存储键和值。\n\n它会增长。\n\n/idk\n它存储键。\n\n/hint\n不知道\n\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
    assert run(["practice", "--topic", "mine", "--language", "zh", "--questions", "2", "--depth", "normal"]) == 0
    out = capsys.readouterr().out
    assert "为什么 one？" in out
    assert "为什么 two？" in out
    assert out.count("Says") == out.count("中文：Says") > 0
    for form in ("md", "html", "json"):
        assert run(["report", "last", "--format", form]) == 0
        assert "中文：Says stores." in capsys.readouterr().out
    assert run(["practice", "--topic", "mine", "--language", "en"]) == 2
    assert "or the other language" in capsys.readouterr().err
    for language in LANGUAGES:
        assert run(["bank", "show", "one", "--language", language]) == 0
        assert "为什么 one？" in capsys.readouterr().out
