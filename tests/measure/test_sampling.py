from __future__ import annotations

from collections import Counter

from interviewer.measure.sampling import part, plan_sample
from tests.examples import question
from tests.measure.examples import labelled_bank

BANK = labelled_bank(20)


def test_a_sample_is_spread_over_labels_languages_and_topics() -> None:
    sample = plan_sample(BANK, 40, seed=3)
    assert len(sample) == 40
    assert set(Counter((s.label, s.language) for s in sample).values()) == {5}
    assert set(Counter(BANK.questions[s.question_id].topic for s in sample).values()) == {8}


def test_the_same_seed_draws_the_same_and_another_seed_something_else() -> None:
    assert plan_sample(BANK, 16, seed=1) == plan_sample(BANK, 16, seed=1)
    assert plan_sample(BANK, 16, seed=1) != plan_sample(BANK, 16, seed=2)


def test_a_larger_sample_begins_with_the_smaller_one_so_that_nothing_is_graded_twice() -> None:
    assert plan_sample(BANK, 60)[:13] == plan_sample(BANK, 13)


def test_more_than_there_are_gives_all_there_are() -> None:
    bank = labelled_bank(3)
    unlabelled = question("none")
    bank = bank.model_copy(update={"questions": {**bank.questions, "none": unlabelled}})
    assert len(plan_sample(bank, 1000)) == 12


def test_a_fifth_is_graded_again_but_at_least_three_and_not_all_of_one_label() -> None:
    sample = plan_sample(BANK, 40)
    assert len(part(sample)) == 8
    assert len({s.label for s in part(sample)}) > 1
    assert len(part(sample[:5])) == 3
    assert len(part(sample[:2])) == 2
    assert part(()) == ()
