from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from interviewer.errors import InvalidInput
from interviewer.measure import benchmark
from interviewer.measure.benchmark import Marked, Set

ROW = {
    "question": "Why is the cache large?",
    "reference": "It holds keys and values. It grows with every token.",
    "answer": "It holds keys and values.",
    "score_norm": 0.5,
    "scale": 4,
    "qid": "1",
    "lang": "en",
}


def row(**changes: object) -> Marked:
    return Marked.model_validate(ROW | changes)


def written(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


def test_rows_are_read_and_what_a_source_adds_is_left_alone(tmp_path: Path) -> None:
    data = benchmark.read(written(tmp_path / "mohler_dev.jsonl", ROW | {"licence": "MIT"}, "", ROW | {"qid": 2}))
    assert data.name == "mohler"
    assert [r.qid for r in data.rows] == ["1", "2"]
    assert data.steps == 4


def test_every_row_that_cannot_be_used_is_named_with_file_and_line(tmp_path: Path) -> None:
    bad = [ROW, ROW | {"score_norm": 1.5}, "{", ROW | {"lang": "fr"}, ROW | {"reference": " "}, "[]"]
    with pytest.raises(InvalidInput) as caught:
        benchmark.read(written(tmp_path / "bad.jsonl", *bad))
    message = str(caught.value)
    for line, field in ((2, "score_norm"), (3, ""), (4, "lang"), (5, "reference"), (6, "")):
        assert f"{tmp_path / 'bad.jsonl'}:{line}: {field}" in message
    assert "5 rows" in message
    assert "bad.jsonl:1:" not in message


def test_a_set_without_rows_and_a_file_that_is_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    for name in ("binary.jsonl", "missing.jsonl"):
        with pytest.raises(InvalidInput):
            benchmark.read(tmp_path / name)
    with pytest.raises(InvalidInput, match="no rows"):
        benchmark.read(written(tmp_path / "empty.jsonl", ""))


def test_a_limit_takes_from_every_question_in_turn_and_the_same_each_time() -> None:
    data = Set("s", [row(qid=str(q), answer=f"{q} {n}") for q in range(5) for n in range(2 + q * 3)])
    few = benchmark.limited(data, 12, seed=1)
    assert Counter(r.qid for r in few.rows) == {"0": 2, "1": 3, "2": 3, "3": 2, "4": 2} or (
        min(Counter(r.qid for r in few.rows).values()) == 2
    )
    assert len(few.rows) == 12
    assert few == benchmark.limited(data, 12, seed=1)
    assert few != benchmark.limited(data, 12, seed=2)
    assert benchmark.limited(data, None) is data


def test_word_f1_counts_words_and_pairs_of_chinese_characters() -> None:
    assert benchmark.word_f1("keys and values", "keys and values") == 1
    assert benchmark.word_f1("keys and values", "Keys, and queries") == pytest.approx(2 / 3)
    assert benchmark.word_f1("the the the", "the") == pytest.approx(0.5)
    assert benchmark.word_f1("缓存键值", "缓存键") == pytest.approx(4 / 5)
    assert benchmark.word_f1("缓存", "存缓") == 0
    assert benchmark.word_f1("keys", "") == 0


def test_the_mean_is_that_of_the_other_sets_and_the_own_one_only_when_alone() -> None:
    sets = [Set(name, [row(score_norm=mark)]) for name, mark in (("a", 0.2), ("b", 0.6), ("c", 1.0))]
    assert benchmark.mean_of_others(sets, sets[0]) == (pytest.approx(0.8), False)
    assert benchmark.mean_of_others(sets[:1], sets[0]) == (pytest.approx(0.2), True)


def test_a_grader_stands_beside_word_f1_and_the_mean() -> None:
    rows = [row(qid=str(n), score_norm=n / 10, answer=f"answer {n}") for n in range(11)]
    sets = [Set("a", rows), Set("b", rows)]
    found = benchmark.beside(sets, "m", [[n / 10 for n in range(11)], [None, *(n / 10 for n in range(1, 11))]])
    assert [(f.set, f.grader) for f in found] == [(s, g) for s in "ab" for g in ("m", "f1", "mean")]
    assert found[0].pearson.value == pytest.approx(1)
    assert found[0].rmse.value == 0
    assert found[0].pearson.low is not None
    assert (found[3].not_graded, found[3].answers) == (1, 11)
    assert found[3].rmse.value == 0  # what was not graded is nobody's mistake
    assert found[2].pearson.value is None


def test_a_rubric_is_made_of_the_references_sentences() -> None:
    question = benchmark.question_of(row(), "b-1")
    assert [c.requirement.en for c in question.rubric] == [
        "Says: It holds keys and values.",
        "Says: It grows with every token.",
    ]
    assert [c.points for c in question.rubric] == [5, 5]


@pytest.mark.parametrize("sentences", [1, 2, 3, 7, 8, 9, 30])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rubric_has_two_to_eight_criteria_and_ten_points(sentences: int, language: str) -> None:
    one = "Sentence number {} says something." if language == "en" else "第 {} 句话说明一件事。"
    reference = "".join(one.format(n) + (" " if language == "en" else "") for n in range(sentences))
    question = benchmark.question_of(row(reference=reference, lang=language), "b-1")
    assert 2 <= len(question.rubric) <= 8
    assert len(question.rubric) == max(2, min(8, sentences))
    assert sum(c.points for c in question.rubric) == 10
    whole = " ".join(c.requirement.in_("zh" if language == "zh" else "en") for c in question.rubric)
    assert all(one.format(n) in whole for n in range(sentences))


def test_equal_answers_to_one_question_are_one_piece_of_work() -> None:
    data = Set("s", [row(), row(score_norm=1.0), row(answer="other"), row(question="Another?")])
    keys = [t.key for t in benchmark.todos(data)]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
