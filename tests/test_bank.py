"""Reading, checking, searching and choosing, on banks written here; and the shipped bank against the house rules."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from interviewer import bank as banks
from interviewer.bank import Bank
from interviewer.bank.template import write_template
from interviewer.errors import InvalidBank, InvalidInput
from interviewer.schema import DIFFICULTIES, Difficulty, Plan, Question, Text
from interviewer.settings import shipped

BAD = Path(__file__).parent / "bad_bank"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _both(en: str, zh: str = "中文") -> dict[str, str]:
    return {"en": en, "zh": zh}


def _requirement(name: str, points: int, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "points": points,
        "requirement": _both(f"Says {name}."),
        "probe": _both(f"And the {name}th?"),
        "terms": [f"word{name}* | 共享{name}"],
    } | more


def _mistake(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "points": -2,
        "claim": _both(f"Claims {name}."),
        "correction": _both("It is not so."),
        "terms": ["wrong | 错"],
    }


MET = {"gist": ["a"], "solid": ["a", "b"], "expert": ["a", "b", "c", "d", "e"], "mistaken": ["m"]}


def _sample(label: str, language: str, met: list[str] | None = None) -> dict[str, Any]:
    return {"label": label, "language": language, "text": "…", "met": list(MET[label] if met is None else met)}


RUBRIC = [
    _requirement("a", 3),
    _requirement("b", 3),
    _requirement("c", 2),
    _requirement("d", 2),
    _requirement("e", 2, asked="press"),
]
SAMPLES = [_sample("gist", "en"), _sample("solid", "zh"), _sample("expert", "en"), _sample("mistaken", "zh")]
GOOD: dict[str, Any] = {
    "id": "gqa",
    "topic": "attention",
    "difficulty": "medium",
    "kind": "concept",
    "reviewed": "2026-12",
    "title": _both("Grouped queries", "分组查询"),
    "text": _both("Why does grouped-query attention decode faster?", "分组查询注意力为什么解码更快？"),
    "clarification": _both("On one GPU."),
    "reference_answer": _both("word " * 80, "字" * 150),
    "rubric": RUBRIC,
    "mistakes": [_mistake("m")],
    "covers": {"A01.001": ["a", "e"]},
    "sources": [{"title": "Ainslie et al. 2023", "url": "https://arxiv.org/abs/2305.13245"}],
    "samples": SAMPLES,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bank with titles and a syllabus, and no question yet."""
    (tmp_path / "topics.yaml").write_text("attention: {en: Attention, zh: 注意力}\nrag: {en: RAG, zh: 检索增强}\n")
    (tmp_path / "syllabus.yaml").write_text("A01: ['001', '002']\nA02: ['001']\n")
    return tmp_path


def _write(folder: Path, **changes: Any) -> Path:
    question = copy.deepcopy(GOOD) | changes
    file = folder / question["topic"] / f"{question['id']}.yaml"
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(yaml.safe_dump(question, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def _faults(*folders: Path, language: str = "en") -> list[str]:
    with pytest.raises(InvalidBank) as invalid:
        banks.load(folders, language)
    return list(invalid.value.faults)


# --- reading --------------------------------------------------------------------------------------------------------


def test_a_file_becomes_the_question_that_it_says(folder: Path) -> None:
    _write(folder)
    bank = banks.load([folder])
    assert bank.questions == {"gqa": Question.model_validate(GOOD)}
    assert list(bank.topics) == ["attention", "rag"]
    assert bank.syllabus == ("A01.001", "A01.002", "A02.001")
    assert banks.check(bank, house=True) == []
    assert banks.warnings(bank) == []


def test_words_that_yaml_would_turn_into_something_else_stay_text(folder: Path) -> None:
    file = _write(folder, id="words")
    text = (
        file.read_text(encoding="utf-8")
        .replace("en: On one GPU.", "en: No")
        .replace("Ainslie et al. 2023", "2023-05-22")
    )
    file.write_text(text, encoding="utf-8")
    question = banks.load([folder]).questions["words"]
    assert question.clarification is not None
    assert (question.clarification.en, question.sources[0].title) == ("No", "2023-05-22")


def test_a_users_own_bank_needs_hardly_more_than_questions_and_points(tmp_path: Path) -> None:
    bare = [{k: v for k, v in _requirement(name, 5).items() if k != "terms"} for name in "ab"]
    drop = dict.fromkeys(("title", "reviewed", "clarification"))
    _write(tmp_path, topic="my-topic", rubric=bare, mistakes=[], covers={}, sources=[], samples=[], **drop)
    bank = banks.load([tmp_path])
    assert bank.topics == {"my-topic": Text(en="my-topic", zh="my-topic")}


def test_several_folders_are_one_bank_in_the_order_of_topics(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = tmp_path_factory.mktemp("own")
    _write(folder, id="zz", topic="attention")
    _write(folder, id="aa", topic="rag")
    _write(own, id="mine", topic="rag")
    file = _write(own, id="other", topic="own-topic", covers={})
    bank = banks.load([folder, own])
    assert list(bank.questions) == ["zz", "aa", "mine", "other"]
    assert bank.files["other"] == str(file)


def test_hidden_files_and_other_kinds_of_file_are_no_questions(folder: Path) -> None:
    _write(folder)
    (folder / "README.md").write_text("# How to write a question")
    (folder / "attention" / ".gqa.yaml.swp.yaml").write_text("half a file: [")
    assert list(banks.load([folder]).questions) == ["gqa"]


def test_an_unchanged_bank_comes_from_the_cache_and_a_changed_one_from_its_files(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "cache"
    file = _write(folder)
    first = banks.load([folder], cache_folder=kept)
    (cached,) = kept.glob("bank-*.json")
    assert banks.load([folder], cache_folder=kept) == first
    cached.write_text(cached.read_text(encoding="utf-8").replace("decode faster", "decode slower"), encoding="utf-8")
    assert "slower" in banks.load([folder], cache_folder=kept).questions["gqa"].text.en, "it was not read"
    file.write_text(file.read_text(encoding="utf-8").replace("faster", "better"), encoding="utf-8")
    assert "better" in banks.load([folder], cache_folder=kept).questions["gqa"].text.en
    _write(folder, id="second")
    assert set(banks.load([folder], cache_folder=kept).questions) == {"gqa", "second"}
    assert len(list(kept.glob("bank-*.json"))) == 1


@pytest.mark.parametrize("spoilt", ["", "{}", "null", '{"questions": 1}'])
def test_a_spoilt_cache_is_no_fault(folder: Path, tmp_path: Path, spoilt: str) -> None:
    kept = tmp_path / "cache"
    _write(folder)
    first = banks.load([folder], cache_folder=kept)
    next(kept.glob("bank-*.json")).write_text(spoilt, encoding="utf-8")
    assert banks.load([folder], cache_folder=kept) == first


def test_a_bom_is_no_fault(folder: Path) -> None:
    file = _write(folder)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert "gqa" in banks.load([folder]).questions


# --- faults ---------------------------------------------------------------------------------------------------------


def test_every_fault_of_every_file_is_named_with_field_and_remedy() -> None:
    assert _faults(BAD) == (BAD / "faults.txt").read_text(encoding="utf-8").splitlines()


def test_faults_are_told_in_chinese_too() -> None:
    chinese = _faults(BAD, language="zh")
    assert len(chinese) == len(_faults(BAD))
    assert "attention/misspelt.yaml: clarifcation: 没有这个字段（是不是 clarification？）" in chinese


def test_an_id_in_two_files_names_both(tmp_path: Path) -> None:
    own = tmp_path / "own"
    first = _write(own, id="gqa", topic="attention", covers={})
    second = _write(own, id="gqa", topic="rag", covers={})
    assert _faults(own) == ["rag/gqa.yaml: id: gqa is also the id of attention/gqa.yaml; rename one of them"]
    second.unlink()
    other = _write(tmp_path / "other", id="gqa", topic="rag", covers={})
    assert _faults(own, tmp_path / "other") == [
        f"{other}: id: gqa is also the id of {first}; rename one of them",
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"rubric": [*RUBRIC, _requirement("f", 1)]},
            "rubric: the points of the opener's requirements sum to 11; make it 10 (requirements with asked: press are "
            "not counted)",
        ),
        (
            {"rubric": [RUBRIC[0] | {"probe": None}, *RUBRIC[1:]]},
            "rubric.0: a has no probe; add the follow-up question that leads to it",
        ),
        (
            {"covers": {"A01.001": ["a"], "A01.003": ["b"]}},
            "covers.A01.003: A01.003 is not in syllabus.yaml; correct or remove it",
        ),
        (
            {"rubric": [RUBRIC[0] | {"terms": ["a", "a | | b"]}, *RUBRIC[1:]]},
            "rubric.0.terms.1: “a | | b” has an empty alternative; remove the spare | or *",
        ),
        (
            {"mistakes": [_mistake("m") | {"terms": ["*"]}]},
            "mistakes.0.terms.0: “*” has an empty alternative; remove the spare | or *",
        ),
    ],
)
def test_a_broken_rule_is_the_one_fault(folder: Path, changes: dict[str, Any], fault: str) -> None:
    _write(folder, **changes)
    assert _faults(folder) == [f"attention/gqa.yaml: {fault}"]


HOUSE: dict[str, tuple[dict[str, Any], str]] = {
    "few requirements": (
        {
            "rubric": [*RUBRIC[:2], _requirement("c", 4), RUBRIC[4]],
            "samples": [*SAMPLES[:2], _sample("expert", "en", ["a", "b", "c"]), SAMPLES[3]],
        },
        "rubric: has 4 requirements; write 5 to 9",
    ),
    "nothing pressed": (
        {"rubric": [*RUBRIC[:3], _requirement("d", 1), _requirement("e", 1)]},
        "rubric: has 0 requirements that are pressed for (asked: press); write 1 to 4",
    ),
    "no mistake": (
        {"mistakes": [], "samples": [*SAMPLES[:3], _sample("mistaken", "zh", [])]},
        "mistakes: has 0 mistakes; write 1 to 4",
    ),
    "many points": (
        {"rubric": [_requirement("a", 4), _requirement("b", 2), *RUBRIC[2:]]},
        "rubric.0.points: is worth 4 points; give at most 3",
    ),
    "no terms": ({"rubric": [RUBRIC[0] | {"terms": []}, *RUBRIC[1:]]}, "rubric.0: a has no terms"),
    "long terms": (
        {"rubric": [RUBRIC[0] | {"terms": ["x" * 200, "y" * 51]}, *RUBRIC[1:]]},
        "rubric.0.terms: has 251 characters of terms; keep the 250",
    ),
    "no correction": ({"mistakes": [_mistake("m") | {"correction": None}]}, "mistakes.0: m has no correction"),
    "no clarification": ({"clarification": None}, "clarification: is missing"),
    "no title": ({"title": None}, "title: is missing"),
    "not reviewed": ({"reviewed": None}, "reviewed: is missing"),
    "no sources": ({"sources": []}, "sources: is missing"),
    "a long title": ({"title": _both("one two three four five six seven", "名")}, "title.en: has 7 words; say it in 6"),
    "a long opener": ({"text": _both("Why " + "word " * 30 + "?", "为什么？")}, "text.en: has 32 words; say it in 30"),
    "a long opener in Chinese": ({"text": _both("Why?", "为" * 60 + "？")}, "text.zh: has 61 characters; say it in 60"),
    "two questions": ({"text": _both("Why? And how?", "为什么？")}, "text.en: has 2 question marks; ask one thing"),
    "no question": ({"text": _both("Why?", "请解释")}, "text.zh: has 0 question marks; ask one thing"),
    "a long scenario": ({"scenario": _both("word " * 41, "字")}, "scenario.en: has 41 words; say it in 40"),
    "a long artefact": ({"artefact": "line\n" * 31}, "artefact: is longer than 30 lines"),
    "a short reference": (
        {"reference_answer": _both("word " * 79, "字" * 150)},
        "reference_answer.en: has 79 words; write 80 to 250",
    ),
    "a long reference": (
        {"reference_answer": _both("word " * 251, "字" * 150)},
        "reference_answer.en: has 251 words; write 80 to 250",
    ),
    "a short reference in Chinese": (
        {"reference_answer": _both("word " * 80, "字" * 149)},
        "reference_answer.zh: has 149 characters; write 150 to 700",
    ),
    "a topic without a title": ({"topic": "nameless"}, "topic: nameless has no title"),
    "an entry covered by a mistake": ({"covers": {"A01.001": ["m"]}}, "covers.A01.001: m is a mistake"),
    "two samples of a label": (
        {"samples": [*SAMPLES, _sample("expert", "en"), _sample("mistaken", "zh")]},
        "samples: has 2 samples labelled expert; write exactly one",
    ),
    "one language": ({"samples": [s | {"language": "en"} for s in SAMPLES]}, "samples: has 4 samples in en"),
    "a gist that earns too much": (
        {"samples": [_sample("gist", "en", ["a", "b", "c"]), _sample("solid", "zh", ["a", "b", "c"]), *SAMPLES[2:]]},
        "samples: the gist sample earns 0.80 under its labels, and 0.15 to 0.6 are wanted",
    ),
    "an expert that earns too little": (
        {"samples": [*SAMPLES[:2], _sample("expert", "en", ["a", "b"]), SAMPLES[3]]},
        "samples: the expert sample earns 0.60",
    ),
    "a mistaken one that earns": (
        {"samples": [_sample("gist", "en", ["a"]), *SAMPLES[1:3], _sample("mistaken", "zh", ["b"])]},
        "samples: the mistaken sample earns 0.30",
    ),
    "samples out of order": (
        {"samples": [_sample("gist", "en", ["a", "b"]), _sample("solid", "zh", ["a", "c"]), *SAMPLES[2:]]},
        "samples: the gist sample earns more than the solid one",
    ),
    "a large file": ({"sources": [{"title": "x" * 17_000, "url": "https://example.org"}]}, "has 1"),
}


@pytest.mark.parametrize("rule", HOUSE)
def test_the_house_rules_hold_for_shipped_questions_only(folder: Path, rule: str) -> None:
    changes, fault = HOUSE[rule]
    file = _write(folder, **changes)
    bank = banks.load([folder])
    assert banks.check(bank) == []
    said = banks.check(bank, house=True)
    assert any(line.startswith(f"{file.parent.name}/gqa.yaml: {fault}") for line in said), said
    assert len(said) <= 2, said


def test_a_pressed_requirement_said_unasked_counts_in_a_sample(folder: Path) -> None:
    """Of the gist's 5 points the 2 for `e` are added to what is possible: 5 of 12 are within the band."""
    _write(folder, samples=[_sample("gist", "en", ["a", "e"]), *SAMPLES[1:]])
    assert banks.check(banks.load([folder]), house=True) == []


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        (
            {"rubric": [RUBRIC[0] | {"requirement": _both("Says a because of b.")}, *RUBRIC[1:]]},
            "rubric.0.requirement.en: may join two statements (“because”)",
        ),
        (
            {"rubric": [RUBRIC[0] | {"requirement": _both("Says a.", "指出甲以及乙。")}, *RUBRIC[1:]]},
            "rubric.0.requirement.zh: may join two statements (“以及”)",
        ),
        (
            {"rubric": [RUBRIC[0] | {"terms": ["cached"], "probe": _both("What is in the caches?")}, *RUBRIC[1:]]},
            "rubric.0.probe.en: names words that its requirement looks for (cached)",
        ),
        (
            {"rubric": [RUBRIC[0] | {"terms": ["分组 | 解码"]}, *RUBRIC[1:]]},
            "text.zh: names words that a looks for (分组, 解码)",
        ),
    ],
)
def test_what_only_a_person_can_decide_is_a_warning(folder: Path, changes: dict[str, Any], warning: str) -> None:
    _write(folder, **changes)
    (said,) = banks.warnings(banks.load([folder]))
    assert said.startswith(f"attention/gqa.yaml: {warning}")


def test_openers_that_are_nearly_the_same_are_named(folder: Path) -> None:
    _write(folder)
    same = _both("Why does grouped-query attention decode much faster?", "缓存里有什么？")
    _write(folder, id="again", topic="rag", text=same, covers={})
    (said,) = banks.warnings(banks.load([folder]))
    assert "text.en: is close to the opener of" in said


def test_a_file_that_is_too_large_is_not_read(folder: Path) -> None:
    file = _write(folder)
    file.write_bytes(file.read_bytes() + b"#" * 256 * 1024)
    assert _faults(folder) == ["attention/gqa.yaml: is larger than 256 kB; one file is one question"]


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 50_000, "- " * 100_000, "a:\n" + "".join(f"{' ' * i}b:\n" for i in range(1, 600))]
)
def test_a_file_nested_out_of_all_reason_is_a_fault_and_no_crash(folder: Path, text: str) -> None:
    file = _write(folder)
    file.write_text(text)
    assert "nested deeper than 12 levels" in _faults(folder)[0]


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    assert _faults(tmp_path)[0].startswith(f"{tmp_path}: holds no question")


def test_questions_in_a_linked_folder_are_read_and_a_link_in_a_circle_ends(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    _write(elsewhere, id="linked")
    (folder / "attention").symlink_to(elsewhere / "attention", target_is_directory=True)
    (elsewhere / "attention" / "round").symlink_to(elsewhere / "attention", target_is_directory=True)
    assert list(banks.load([folder]).questions) == ["linked"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert _faults(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: is not a folder; check the path"]


# --- sub-topics -----------------------------------------------------------------------------------------------------

SUBTOPICS = """
attention: {en: Attention, zh: 注意力, subtopics: {heads: {en: Heads, zh: 头}, masks: {en: Masks, zh: 掩码}}}
rag: {en: RAG, zh: 检索增强}
"""


@pytest.fixture
def divided(folder: Path) -> Path:
    """A bank whose topic attention has sub-topics."""
    (folder / "topics.yaml").write_text(SUBTOPICS, encoding="utf-8")
    return folder


def test_a_topic_may_have_sub_topics_and_a_question_names_one_of_them(divided: Path) -> None:
    _write(divided, subtopic="heads")
    bank = banks.load([divided])
    assert bank.subtopics == {"attention": {"heads": Text(en="Heads", zh="头"), "masks": Text(en="Masks", zh="掩码")}}
    assert bank.topics["attention"] == Text(en="Attention", zh="注意力")
    assert bank.questions["gqa"].place == "attention/heads"
    assert banks.check(bank, house=True) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"subtopic": "hats"},
            "attention/gqa.yaml: subtopic: hats is no sub-topic of attention; name one of heads, masks, or add it to "
            "topics.yaml",
        ),
        (
            {"topic": "rag", "subtopic": "heads"},
            "rag/gqa.yaml: subtopic: rag has no sub-topics; leave heads out, or add it to topics.yaml under rag",
        ),
    ],
)
def test_a_sub_topic_that_the_topic_does_not_have_is_a_fault(
    divided: Path, changes: dict[str, Any], fault: str
) -> None:
    _write(divided, **changes)
    assert _faults(divided) == [fault]


def test_a_question_without_one_loads_and_is_named_by_the_check(divided: Path) -> None:
    """So that questions of one's own in a shipped topic go on working when that topic is divided."""
    _write(divided)
    said = "attention/gqa.yaml: subtopic: is missing; this topic has sub-topics, so name one of heads, masks"
    assert banks.check(banks.load([divided])) == [said]


def test_a_bank_of_ones_own_may_add_a_sub_topic_and_takes_none_away(
    divided: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = tmp_path_factory.mktemp("own")
    file = _write(own, id="mine", subtopic="sinks")
    _write(divided, subtopic="heads")
    added = "attention: {en: Attending, zh: 注意, subtopics: {sinks: {en: Sinks, zh: 汇}}}"
    (own / "topics.yaml").write_text(added, encoding="utf-8")
    bank = banks.load([divided, own])
    assert list(bank.subtopics["attention"]) == ["heads", "masks", "sinks"]
    assert (bank.topics["attention"].en, bank.files["mine"]) == ("Attending", str(file))


@pytest.mark.parametrize(("number", "faults"), [(15, 0), (16, 1)])
def test_a_shipped_topic_of_many_questions_has_to_be_divided(folder: Path, number: int, faults: int) -> None:
    for n in range(number):
        _write(folder, id=f"q-{n}")
    said = [line for line in banks.check(banks.load([folder]), house=True) if "sub-topics" in line]
    assert len(said) == faults
    assert all(line.startswith("topics.yaml: attention: has 16 questions and no sub-topics") for line in said)


def test_the_shipped_topics_are_divided_into_a_few_parts() -> None:
    bank = banks.load([shipped("question_bank")])
    assert all(3 <= len(subtopics) <= 7 for subtopics in bank.subtopics.values())
    assert {q.topic for q in bank.questions.values() if q.subtopic} <= set(bank.subtopics)


# --- counting -------------------------------------------------------------------------------------------------------


@pytest.fixture
def library(folder: Path) -> Bank:
    """Three questions of two topics."""
    _write(folder)
    _write(
        folder,
        id="rope",
        text=_both("How do rotary position embeddings encode distance?", "旋转位置编码如何表示距离？"),
    )
    _write(
        folder, id="chunk-size", topic="rag", text=_both("How do you choose the size of chunks?", "文本块该切多大？")
    )
    return banks.load([folder])


def test_a_mistyped_id_has_near_ones(library: Bank) -> None:
    assert banks.near(library, "chunksize")[0] == "chunk-size"


def test_counts_are_by_topic_difficulty_kind_language_and_chapter(library: Bank) -> None:
    counted = banks.stats(library)
    assert (counted.questions, counted.topics) == (3, {"attention": 2, "rag": 1})
    assert counted.difficulties == {"easy": 0, "medium": 3, "hard": 0}
    assert counted.kinds == {"concept": 3}
    assert counted.sample_languages == {"en": 6, "zh": 6}
    assert (counted.covered, counted.syllabus) == (1, 3)
    assert counted.chapters == {"A01": (1, 2), "A02": (0, 1)}


# --- choosing -------------------------------------------------------------------------------------------------------


def _shelf(*places: tuple[str, Difficulty, int]) -> Bank:
    """A bank with so many questions of a topic and difficulty each; their ids say which."""
    questions = {}
    for topic, difficulty, number in places:
        for n in range(number):
            changes = {"id": f"{topic}-{difficulty}-{n}", "topic": topic, "difficulty": difficulty}
            question = Question.model_validate(GOOD | changes)
            questions[question.id] = question
    return Bank(questions=questions, topics={topic: Text(en=topic, zh=topic) for topic, _, _ in places})


EVERY_LEVEL = _shelf(*((topic, d, 3) for topic in ("rag", "moe", "peft") for d in DIFFICULTIES))


def _choose(bank: Bank, plan: Plan | None = None, asked: list[str] | None = None, **more: Any) -> Question | None:
    return banks.choose(bank, plan or Plan(), asked=asked or [], **{"recent": {}, "scores": [], **more})


def _interview(bank: Bank, plan: Plan, **more: Any) -> list[Question]:
    """Asks until nothing is left."""
    asked: list[Question] = []
    while (question := _choose(bank, plan, [q.id for q in asked], **more)) is not None:
        asked.append(question)
    return asked


def test_an_interview_asks_every_question_once_and_then_none() -> None:
    asked = [q.id for q in _interview(EVERY_LEVEL, Plan())]
    assert sorted(asked) == sorted(EVERY_LEVEL.questions)


def test_the_same_seed_asks_the_same_and_another_seed_something_else() -> None:
    runs = [[q.id for q in _interview(EVERY_LEVEL, Plan(seed=seed))] for seed in (1, 1, 2, 3)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2] != runs[3]


def test_only_the_chosen_topics_and_difficulty_are_asked() -> None:
    asked = _interview(EVERY_LEVEL, Plan(topics=("rag", "moe"), difficulty="hard"))
    assert {(q.topic, q.difficulty) for q in asked} == {("rag", "hard"), ("moe", "hard")}
    assert len(asked) == 6
    assert _choose(EVERY_LEVEL, Plan(topics=("nothing",))) is None


def _places(bank: Bank, *places: str) -> Bank:
    """The bank with its questions put into sub-topics, in turn."""
    changed = {
        q.id: q.model_copy(update={"subtopic": places[number % len(places)]})
        for number, q in enumerate(bank.questions.values())
    }
    return Bank(questions=changed, topics=bank.topics)


def test_of_a_topic_only_the_chosen_sub_topics_are_asked_and_of_the_others_all() -> None:
    bank = _places(EVERY_LEVEL, "one", "two", "three")
    chosen = Plan(topics=("rag", "moe"), subtopics=("rag/one", "rag/three", "peft/one"))
    assert {q.place for q in _interview(bank, chosen)} == {"rag/one", "rag/three", "moe/one", "moe/two", "moe/three"}
    seen = {q.id: NOON for q in bank.questions.values()}
    assert {q.place for q in _interview(bank, chosen, recent=seen)} == {q.place for q in _interview(bank, chosen)}
    anything = Plan(subtopics=("rag/one",))
    assert {q.place for q in _interview(bank, anything) if q.topic == "rag"} == {"rag/one"}
    assert {q.topic for q in _interview(bank, anything)} == {"rag", "moe", "peft"}


def test_a_plan_from_before_there_were_sub_topics_is_read() -> None:
    assert Plan.model_validate_json('{"topics": ["rag"], "questions": 3}').subtopics == ()


def test_topics_take_turns() -> None:
    asked = _interview(EVERY_LEVEL, Plan(difficulty="easy", seed=7))
    for at in (0, 3, 6):
        assert {q.topic for q in asked[at : at + 3]} == {"rag", "moe", "peft"}


def test_a_question_never_asked_before_comes_first_then_the_oldest() -> None:
    bank = _shelf(("rag", "medium", 4))
    recent = {f"rag-medium-{n}": NOON + timedelta(days=days) for n, days in ((0, 3), (1, 1), (3, 2))}
    for seed in range(5):
        asked = [q.id for q in _interview(bank, Plan(seed=seed), recent=recent)]
        assert asked == ["rag-medium-2", "rag-medium-1", "rag-medium-3", "rag-medium-0"]


def test_a_new_question_of_another_level_beats_one_seen_before() -> None:
    bank = _shelf(("rag", "medium", 1), ("rag", "easy", 1))
    chosen = _choose(bank, recent={"rag-medium-0": NOON})
    assert chosen is not None
    assert chosen.id == "rag-easy-0"


@pytest.mark.parametrize(
    ("scores", "level"),
    [
        ([], "medium"),
        ([0.7], "hard"),
        ([0.69], "medium"),
        ([0.4], "medium"),
        ([0.39], "easy"),
        ([0.0, 0.0, 1.0], "medium"),
        ([1.0, 1.0, 0.0], "medium"),
        ([None], "medium"),
        ([1.0, None, 0.5], "hard"),
        ([0.0, None], "easy"),
    ],
)
def test_the_level_follows_the_scores_and_ignores_what_was_not_graded(scores: list[float | None], level: str) -> None:
    named = [(f"q{number}", score) for number, score in enumerate(scores)]
    chosen = _choose(EVERY_LEVEL, scores=named)
    assert chosen is not None
    assert chosen.difficulty == level


def test_a_chosen_difficulty_does_not_adapt() -> None:
    chosen = _choose(EVERY_LEVEL, Plan(difficulty="easy"), scores=[("q", 1.0)])
    assert chosen is not None
    assert chosen.difficulty == "easy"


def test_where_a_level_is_used_up_its_neighbour_is_asked() -> None:
    bank = _shelf(("rag", "easy", 1), ("rag", "hard", 1))
    assert [q.difficulty for q in _interview(bank, Plan(), scores=[("q", 1.0), ("r", 0.0)])] == ["easy", "hard"]
    assert [q.difficulty for q in _interview(bank, Plan(), scores=[("q", 1.0)])] == ["hard", "easy"]


# --- the bank that ships --------------------------------------------------------------------------------------------


def test_the_shipped_bank_keeps_the_house_rules() -> None:
    bank = banks.load([shipped("question_bank")])
    assert banks.check(bank, house=True) == []


def test_the_shipped_bank_names_the_whole_syllabus_and_asks_in_every_topic() -> None:
    counted = banks.stats(banks.load([shipped("question_bank")]))
    assert counted.syllabus == 655
    assert all(counted.topics.values())


# --- a new file -------------------------------------------------------------------------------------------------------


def test_a_template_has_every_field_and_leaves_an_existing_file_alone(tmp_path: Path) -> None:
    file = write_template(tmp_path, "attention", "a-new-one")
    assert set(yaml.safe_load(file.read_text(encoding="utf-8"))) == set(GOOD)
    assert {fault.split(":")[0] for fault in _faults(tmp_path)} == {"attention/a-new-one.yaml"}
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is there already"):
        write_template(tmp_path, "attention", "a-new-one")
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("slug", ["../x", "Ä", "", "a b"])
def test_a_template_goes_nowhere_but_into_its_folder(tmp_path: Path, slug: str) -> None:
    with pytest.raises(InvalidInput, match="no usable name"):
        write_template(tmp_path, "attention", slug)
    assert list(tmp_path.iterdir()) == []
