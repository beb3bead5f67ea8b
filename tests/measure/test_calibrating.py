"""Whole calibrations of graders whose character is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import pytest

from interviewer.grading import Task
from interviewer.grading.builtin import BuiltinGrader
from interviewer.measure.calibration import Calibration, Sampled, todo
from interviewer.measure.figures import in_order
from interviewer.measure.rows import Row
from interviewer.measure.running import Journal, run
from tests.measure.examples import (
    CHECK,
    Judge,
    calibrated,
    chosen,
    coin,
    deaf_to,
    failing,
    labelled_bank,
    labelled_question,
    obedient,
    perfect,
    truth,
    waver,
)

BANK = labelled_bank()
Measure = Callable[..., Awaitable[Calibration]]


@pytest.fixture
def measure(tmp_path: Path) -> Measure:
    async def measured(judge: Judge, **changes: object) -> Calibration:
        return await calibrated(judge, Journal(tmp_path / "j.jsonl"), BANK, chosen(BANK, **changes))  # type: ignore[arg-type]

    return measured


def broken(found: Calibration) -> set[str]:
    return {reason.figure for reason in found.reasons}


def value(found: Calibration, figure: str) -> float | None:
    return found.figures[figure].value


async def test_a_perfect_grader_is_trusted(measure: Measure) -> None:
    found = await measure(Judge(perfect))
    assert (found.verdict, found.reasons) == ("trust", ())
    assert value(found, "accuracy") == value(found, "kappa") == value(found, "qwk") == value(found, "order") == 1
    assert value(found, "mae") == value(found, "attacks") == value(found, "not_graded") == 0
    assert found.usage.calls == 48 + 2 * 9 + 12
    assert found.usage.cost == pytest.approx(0.001 * found.usage.calls)


async def test_a_coin_is_not(measure: Measure) -> None:
    found = await measure(Judge(coin()))
    assert found.verdict == "dont"
    assert "kappa" in broken(found)
    assert abs(value(found, "kappa")) < 0.25
    assert found.disagreements


async def test_a_grader_that_obeys_the_answer_is_never_trusted_however_right_it_is(
    measure: Measure,
) -> None:
    found = await measure(Judge(obedient))
    assert value(found, "kappa") == 1
    assert value(found, "attacks") == 1
    assert (found.verdict, broken(found)) == ("dont", {"attacks"})
    assert all(a.succeeded and (a.score, a.honest) == (1.0, 0.5) for a in found.attacks)


async def test_one_successful_attack_is_one_too_many_for_trust(measure: Measure) -> None:
    def once(task: Task) -> Iterable[str]:
        return obedient(task) if task.question.id == "q-3" else truth(task)

    found = await measure(Judge(once))
    assert (found.verdict, broken(found)) == ("care", {"attacks"})


async def test_without_attacks_there_is_no_trust(measure: Measure) -> None:
    found = await measure(Judge(perfect), cases=())
    assert (found.verdict, broken(found)) == ("care", {"attacks"})
    assert value(found, "attacks") is None


async def test_a_grader_that_changes_its_mind_is_found_out(measure: Measure) -> None:
    found = await measure(Judge(waver()), cases=())
    assert value(found, "kappa") == 1
    assert value(found, "same_verdict") < 0.8
    assert value(found, "score_spread") > 0.2
    assert found.verdict == "dont"


async def test_graded_once_nothing_is_known_about_steadiness(measure: Measure) -> None:
    found = await measure(Judge(perfect), runs=1)
    assert value(found, "same_verdict") is None
    assert (found.verdict, broken(found)) == ("care", {"same_verdict"})


@pytest.mark.parametrize(("language", "sign"), [("zh", -1), ("en", 1)])
async def test_a_grader_that_is_weak_in_one_language_is_found_out(measure: Measure, language: str, sign: int) -> None:
    found = await measure(Judge(deaf_to(language)), cases=())
    assert value(found, "language_gap") * sign > 0.3
    assert value(found, "language_accuracy_gap") * sign > 0.3
    assert {"language_gap", "language_accuracy_gap"} <= broken(found)


async def test_a_grader_that_likes_many_words_is_found_out(measure: Measure) -> None:
    def wordy(task: Task) -> Iterable[str]:
        return () if task.thread[0].answer.startswith("gist") else truth(task)

    found = await measure(Judge(wordy), cases=())
    assert value(found, "length_gap") == pytest.approx(0.5)
    assert "length_gap" in broken(found)


async def test_a_grader_that_confuses_gist_with_solid_is_out_of_order(measure: Measure) -> None:
    def fooled(task: Task) -> Iterable[str]:
        gist = task.thread[0].answer.startswith("gist")
        return ("stores", "grows") if gist else truth(task)

    found = await measure(Judge(fooled), cases=())
    assert value(found, "order") == pytest.approx(5 / 6)  # a tie is not in order
    assert value(found, "questions_in_order") == 0
    assert value(found, "order_en") == value(found, "order_zh") == 1  # gist and solid are in different languages


async def test_of_the_check_no_deduction_is_asked_and_no_trust_is_given(tmp_path: Path) -> None:
    """It finds every requirement, suspects no mistake, and scores without deductions."""
    what = chosen(BANK, cases=())

    def without_mistakes(task: Task) -> Iterable[str]:
        return [c for c in truth(task) if c != "caches-queries"]

    judge = Judge(without_mistakes)
    found = await calibrated(judge, Journal(tmp_path / "j.jsonl"), BANK, what, who=CHECK)
    assert value(found, "precision") == value(found, "recall") == value(found, "order") == 1
    assert value(found, "mistakes_right") is None
    assert value(found, "mistakes_found") == value(found, "mae") == 0
    flawless = await calibrated(Judge(perfect), Journal(tmp_path / "k.jsonl"), BANK, chosen(BANK), who=CHECK)
    assert flawless.verdict == "care"


async def test_a_mistake_that_the_check_suspects_counts_as_called(tmp_path: Path) -> None:
    q = labelled_question(1)
    asked = todo(q, "en", "It caches the queries, and it will store the keys.")
    outcomes = await run(BuiltinGrader(), [asked], Journal(tmp_path / "j.jsonl"))
    graded = outcomes[asked.key]
    assert set(graded.met) == {"stores", "caches-queries"}
    assert graded.score == 0.5  # nothing is deducted


async def test_right_and_found_are_told_apart_by_language(measure: Measure) -> None:
    """Claims one requirement too many in English, misses one in Chinese."""

    def leaning(task: Task) -> Iterable[str]:
        right = [c for c in truth(task) if c != "caches-queries"]
        return {*right, "stores", "grows", "limits"} if task.language == "en" else right[1:]

    groups = {g.name: g for g in (await measure(Judge(leaning), cases=())).groups}
    english, chinese = groups["requirements_en"], groups["requirements_zh"]
    assert english.recall == chinese.precision == 1
    assert english.precision == (english.met / english.called) < 1
    assert chinese.recall == ((chinese.met - chinese.missed) / chinese.met) < 1


async def test_what_was_not_graded_is_a_rate_of_its_own_and_nobodys_mistake(measure: Measure) -> None:
    found = await measure(Judge(failing(10, perfect)))
    assert value(found, "accuracy") == value(found, "kappa") == 1
    assert value(found, "not_graded") == pytest.approx(0.1, abs=0.03)
    assert value(found, "answers") < 48
    assert (found.verdict, broken(found)) == ("care", {"not_graded"})


async def test_judgments_left_open_are_counted_apart(measure: Measure) -> None:
    found = await measure(Judge(perfect, left_open=["limits"]), cases=())
    assert value(found, "accuracy") == 1
    assert value(found, "not_assessed") == pytest.approx(0.2)
    assert (found.verdict, "not_assessed" in broken(found)) == ("care", True)


async def test_agreement_is_told_by_kind_of_criterion_language_and_label(measure: Measure) -> None:
    def blind_to_mistakes(task: Task) -> Iterable[str]:
        return [c for c in truth(task) if c != "caches-queries"]

    found = await measure(Judge(blind_to_mistakes))
    groups = {g.name: g for g in found.groups}
    assert groups["requirements"].kappa == 1
    assert (groups["mistakes"].judgments, groups["mistakes"].missed, groups["mistakes"].invented) == (48, 12, 0)
    assert (groups["mistakes"].precision, groups["mistakes"].recall) == (None, 0)
    assert groups["all"].judgments == groups["en"].judgments + groups["zh"].judgments == 48 * 5
    assert groups["mistaken"].missed == 12
    assert {(d.criterion_id, d.label, d.missed) for d in found.disagreements} == {("caches-queries", "mistaken", True)}
    means = {s.label: (s.grader, s.labels) for s in found.scores}
    assert means["mistaken"] == (pytest.approx(0.2), 0.0)


async def test_a_few_answers_earn_no_trust_even_if_all_are_right(measure: Measure) -> None:
    assert (await measure(Judge(perfect), size=12)).verdict == "care"
    assert (await measure(Judge(perfect), size=4)).verdict == "dont"


def test_an_order_is_asked_for_only_where_the_labels_have_one() -> None:
    def row(label: str, ours: float, theirs: float) -> Row:
        sampled = Sampled(question_id="q", label=label, language="en", text_hash="0")  # type: ignore[arg-type]
        return Row(sampled, (), 0, ours, theirs, theirs)

    rows = [row("expert", 0.9, 1.0), row("gist", 0.2, 0.3), row("mistaken", 0.2, 0.3)]
    assert in_order(rows) == [True, True]  # gist and mistaken deserve the same here
    assert in_order([row("expert", 0.8, 1.0), row("solid", 0.8, 0.8)]) == [True]
    assert in_order([row("expert", 0.7, 1.0), row("solid", 0.8, 0.8)]) == [False]
    assert in_order([row("solid", 0.8, 0.8), row("gist", 0.8, 0.4)]) == [False]
