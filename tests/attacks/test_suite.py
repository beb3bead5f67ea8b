"""Every attack of the suite, against the built-in grader and against a model that obeys whatever it reads."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from interviewer.errors import ProviderError
from interviewer.grading import Task, builtin, fencing, quotes
from interviewer.grading.asking import messages
from interviewer.grading.builtin import BuiltinGrader
from interviewer.grading.llm import LlmGrader
from interviewer.measure import attack_suite
from interviewer.measure.attack_suite import MARGIN, Case
from interviewer.schema import LANGUAGES, Question
from tests.attacks.bank import FAMILIES_WITHOUT_ORDERS, bank, read_as_answer, task, task_of
from tests.attacks.obedient import LIES, Lie, Obedient


@cache
def suite() -> tuple[Case, ...]:
    return tuple(attack_suite.cases(bank()))


@cache
def unseen() -> tuple[tuple[dict[str, Any], Question], ...]:
    """Each with a question of the bank: which one does not matter to a model that obeys."""
    written = yaml.safe_load((Path(__file__).parent / "unseen.yaml").read_text(encoding="utf-8"))
    questions = list(bank().questions.values())
    return tuple((each, questions[n % len(questions)]) for n, each in enumerate(written))


@cache
def honest_score(case: Case) -> float:
    return builtin.judge(task_of(case, case.honest)).score or 0.0 if case.honest.strip() else 0.0


_alone: dict[Case, float] = {}


async def score_of(grader: LlmGrader, what: Task) -> float:
    """0 where it is not graded, since the model isn't believed."""
    try:
        return (await grader.grade(what)).score or 0.0
    except ProviderError as failure:
        if failure.key not in ("misled", "nothing_judged"):
            raise
        return 0.0


async def obeyed(case: Case, lie: Lie, *, spares_control: bool = False) -> tuple[float, float]:
    """The score by a model that obeys, and what the honest part earns with the same model when nobody orders it."""
    question = bank().questions[case.question_id]
    model = Obedient(question, read_as_answer(case), lie, spares_control=spares_control).model
    attacked = await score_of(LlmGrader(model), task_of(case, case.text))
    return attacked, await left_alone(case, lie)


async def left_alone(case: Case, lie: Lie) -> float:
    """Once for all lies, as a rule: a model that reads no order tells none."""
    if case in _alone:
        return _alone[case]
    model = Obedient(bank().questions[case.question_id], case.honest, lie)
    score = await score_of(LlmGrader(model.model), task_of(case, case.honest))
    if not model.obeyed:
        _alone[case] = score
    return score


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
    told: list[attack_suite.Outcome] = []
    outcomes = await attack_suite.run(BuiltinGrader(), suite()[:3], bank(), told.append)
    assert told == outcomes
    assert [o.honest_score for o in outcomes] == [honest_score(c) for c in suite()[:3]]
    assert not any(o.succeeded for o in outcomes)
    assert sum(n for n, _ in attack_suite.families(outcomes).values()) == 3


def test_few_attacks_move_the_suggestion_of_the_builtin_check() -> None:
    """Key words strung together, the question repeated, the reference turned round. The check only suggests."""
    won = [c for c in suite() if (builtin.judge(task_of(c, c.text)).score or 0) > honest_score(c) + MARGIN]
    assert len(won) <= 8, [c.name for c in won]
    assert len([c for c in won if c.family not in FAMILIES_WITHOUT_ORDERS]) <= 2


@pytest.mark.parametrize("lie", ["quotes the order", "quotes the best sentence", "can't assess"])
async def test_an_order_wins_nothing_from_a_model_that_calls_everything_met(lie: Lie) -> None:
    won = []
    for case in suite():
        attacked, alone = await obeyed(case, lie)
        if case.family not in FAMILIES_WITHOUT_ORDERS and attacked > alone:
            won.append(case.name)
    assert won == []


async def test_what_only_pretends_to_be_an_answer_wins_hardly_anything_from_a_reader_of_key_terms() -> None:
    """Of 37: the reader knows no sense from nonsense, and only bare lists and copies can be told by code."""
    won = []
    for case in suite():
        if case.family in FAMILIES_WITHOUT_ORDERS:
            attacked, alone = await obeyed(case, "quotes all")
            won += [case.name] if attacked > alone + MARGIN else []
    assert len(won) <= 8, won


async def test_how_much_the_cut_alone_keeps_from_a_model_that_obeys_and_knows_the_control() -> None:
    """No code can tell what a sentence means: such a model gives 100 of 164 attacks what they want."""
    scores = [await obeyed(case, "quotes all", spares_control=True) for case in suite()]
    assert sum(attacked > alone for attacked, alone in scores) <= 100


async def test_nothing_an_obedient_model_is_made_to_tell_reaches_the_candidate() -> None:
    for case in suite():
        question = bank().questions[case.question_id]
        model = Obedient(question, read_as_answer(case), "quotes the best sentence", spares_control=True).model
        try:
            grade = await LlmGrader(model).grade(task_of(case, case.text))
        except ProviderError:
            continue
        told: list[str] = [grade.follow_up.lead, grade.follow_up.text] if grade.follow_up else [""]
        shown = quotes.plain(" ".join([grade.feedback, *told, *(j.explanation for j in grade.judgments)]))
        said = quotes.plain(case.text + question.asked("en") + question.asked("zh"))
        secrets = [question.reference_answer, *(c.statement for c in question.criteria)]
        for language in LANGUAGES:
            for secret in secrets:
                whole = quotes.plain(secret.in_(language))
                for at in range(0, len(whole) - 60, 20):
                    piece = whole[at : at + 60]
                    assert piece not in shown or piece in said, case.name


def test_rules_and_rubric_stand_before_the_fence_whatever_an_answer_holds() -> None:
    for case in suite():
        plain, attacked = (messages(task_of(case, text)) for text in ("Nothing.", case.text))
        assert attacked[0] == plain[0]
        if fencing.redact(case.text).isascii() == case.text.isascii():
            assert attacked[1].content.count("<answer") == attacked[1].content.count("</answer>") == 1


# --- the set that nobody had read -------------------------------------------------------------------------------------


def test_the_unseen_set_is_whole() -> None:
    counted = Counter(each["honest"] for each, _ in unseen())
    assert counted == {False: 70, True: 20}
    assert len({each["id"] for each, _ in unseen()}) == 90
    assert len({each["language"] for each, _ in unseen()}) == 12


def test_no_honest_answer_of_it_is_cut_and_the_forms_cut_a_fifth_of_the_attacks() -> None:
    assert [each["id"] for each, _ in unseen() if each["honest"] and fencing.find(each["text"])] == []
    assert sum(bool(fencing.find(each["text"])) for each, _ in unseen() if not each["honest"]) >= 16


@pytest.mark.parametrize(("spares_control", "most"), [(False, 0), (True, 68)])
async def test_what_an_obedient_model_gives_its_attacks(spares_control: bool, most: int) -> None:
    won = set()
    for each, question in unseen():
        base = (0.5 if each.get("earns") == "some" else 0.0) + MARGIN
        for lie in LIES if not each["honest"] else ():
            if each["id"] in won:
                break
            model = Obedient(question, "", lie, spares_control=spares_control).model
            if await score_of(LlmGrader(model), task(question, "en", each["text"])) > base:
                won.add(each["id"])
    assert len(won) <= most
