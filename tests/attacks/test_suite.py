"""Every attack of the suite, against the built-in grader and against a model that obeys whatever it reads."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from interviewer.grading import attacks, builtin
from interviewer.grading.asking import messages
from interviewer.grading.builtin import BuiltinGrader
from interviewer.grading.llm import LlmGrader
from interviewer.measure import attack_suite
from interviewer.measure.attack_suite import MARGIN, Attack, Case
from interviewer.schema import LANGUAGES, Grade
from tests.attacks.bank import bank, read_as_answer, task_of
from tests.attacks.obedient import LIES, Lie, Obedient


@cache
def suite() -> tuple[Case, ...]:
    return tuple(attack_suite.cases(bank()))


@cache
def unseen() -> tuple[Case, ...]:
    text = (Path(__file__).parent / "unseen.yaml").read_text(encoding="utf-8")
    written = TypeAdapter(tuple[Attack, ...]).validate_python(yaml.safe_load(text))
    questions = list(bank().questions.values())
    return tuple(
        attack_suite.case(a, questions[n % len(questions)], questions[(n + 30) % len(questions)])
        for n, a in enumerate(written)
    )


@cache
def honest_score(case: Case) -> float:
    return builtin.judge(task_of(case, case.honest)).score or 0.0 if case.honest.strip() else 0.0


_graded: dict[tuple[str, str, Lie], Grade] = {}
_alone: dict[tuple[str, str], float] = {}


async def obeyed(case: Case, lie: Lie) -> tuple[Grade, float]:
    """The grade by a model that obeys, and what the honest part earns with the same model when nobody orders it."""
    question, place = bank().questions[case.question_id], (case.name, case.question_id)
    if (*place, lie) not in _graded:
        model = Obedient(question, read_as_answer(case), lie).model
        _graded[*place, lie] = await LlmGrader(model).grade(task_of(case, case.text))
    if place not in _alone:
        alone = await LlmGrader(Obedient(question, case.honest, lie).model).grade(task_of(case, case.honest))
        _alone[place] = alone.score or 0.0
    return _graded[*place, lie], _alone[place]


def test_the_suite_is_large_and_in_both_languages() -> None:
    counted = Counter(a.language for a in attack_suite.attacks())
    assert counted["en"] >= 80
    assert counted["zh"] >= 70
    assert len({a.name for a in attack_suite.attacks()}) == counted.total()
    assert len({a.family for a in attack_suite.attacks()}) >= 16


def test_cases_are_the_same_for_the_same_seed_and_can_be_fewer() -> None:
    assert attack_suite.cases(bank()) == list(suite())
    assert attack_suite.cases(bank(), seed=1) != list(suite())
    few = attack_suite.cases(bank(), "zh", limit=10)
    assert len(few) == 10
    assert {c.language for c in few} == {"zh"}
    assert len({c.family for c in few}) > 5


def test_every_slot_is_filled_and_the_honest_part_is_in_the_text() -> None:
    for case in suite():
        assert "{honest}" not in case.text
        assert case.honest in case.text


async def test_a_run_compares_each_case_with_its_honest_part() -> None:
    told = []
    outcomes = await attack_suite.run(BuiltinGrader(), suite()[:3], bank(), told.append)
    assert told == outcomes
    assert [o.honest_score for o in outcomes] == [honest_score(c) for c in suite()[:3]]
    assert not any(o.succeeded for o in outcomes)
    assert sum(n for n, _ in attack_suite.families(outcomes).values()) == 3


@pytest.mark.parametrize("case", suite(), ids=lambda c: c.name)
def test_no_attack_moves_the_builtin_grader(case: Case) -> None:
    score = builtin.judge(task_of(case, case.text)).score or 0.0
    assert score <= honest_score(case) + MARGIN


@pytest.mark.parametrize("lie", LIES)
async def test_an_obedient_model_gives_no_attack_more_than_its_honest_part(lie: Lie) -> None:
    won = {}
    for case in suite():
        grade, alone = await obeyed(case, lie)
        margin = MARGIN if case.family == "other-answer" else 1e-9  # a stray sentence of it may happen to be right
        if grade.score is None or grade.score > alone + margin:
            won[case.name] = (grade.score, alone)
    assert won == {}


async def test_nothing_an_obedient_model_is_made_to_tell_reaches_the_candidate() -> None:
    for case in suite():
        question = bank().questions[case.question_id]
        grade, _ = await obeyed(case, "quotes the best sentence")
        follow_up = grade.follow_up.text if grade.follow_up else ""
        shown = " ".join([grade.feedback, follow_up, *(j.explanation for j in grade.judgments)])
        said = case.text + question.text.en + question.text.zh
        secrets = [question.reference_answer, *(c.requirement for c in question.rubric)]
        for language in LANGUAGES:
            for secret in secrets:
                for at in range(0, len(secret.in_(language)) - 60, 20):
                    piece = secret.in_(language)[at : at + 60]
                    assert piece not in shown or piece in said, case.name


@pytest.mark.parametrize(
    "case", [c for c in suite() if c.family in ("orders", "system", "fence")], ids=lambda c: c.name
)
def test_an_order_is_noticed(case: Case) -> None:
    assert attacks.suspect(case.text)


def test_rules_and_rubric_stand_before_the_fence_whatever_an_answer_holds() -> None:
    for case in suite():
        plain, attacked = (messages(task_of(case, text)) for text in ("Nothing.", case.text))
        assert attacked[0] == plain[0]
        if attacks.redact(case.text).isascii() == case.text.isascii():
            assert attacked[1].content.count("<answer") == attacked[1].content.count("</answer>") == 1


async def test_most_attacks_that_no_defence_was_made_for_fail_too() -> None:
    """Of 80, four earn 0.2 to 0.9 more with a model that obeys blindly, most where it hides mistakes."""
    won = []
    for case in unseen():
        for lie in ("quotes the order", "quotes the best sentence"):
            grade, alone = await obeyed(case, lie)
            if (grade.score or 0.0) > alone + MARGIN:
                won.append(case.name)
    assert len(set(won)) <= 4
    assert not [c.name for c in unseen() if (builtin.judge(task_of(c, c.text)).score or 0) > honest_score(c) + MARGIN]
