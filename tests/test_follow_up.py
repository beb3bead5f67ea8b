from __future__ import annotations

from interviewer import follow_up
from interviewer.bank import load
from interviewer.schema import LANGUAGES, FollowUp, Turn
from interviewer.settings import shipped
from tests.examples import NOON, criterion, grade, question

Q = question()


def turn(**changes: object) -> Turn:
    values = {"question_id": Q.id, "asked": "Why?", "asked_at": NOON, "outcome": "answered", "answer": "Because."}
    return Turn.model_validate(values | changes)


def test_the_most_valuable_unmet_criterion_is_pursued() -> None:
    pursued = follow_up.next_follow_up(Q, [turn(grade=grade(Q, "grows"))], "en")
    assert pursued == FollowUp(criterion_id="stores", text="And what about stores?")


def test_a_follow_up_is_asked_in_the_language_of_the_interview() -> None:
    pursued = follow_up.next_follow_up(Q, [turn(grade=grade(Q))], "zh")
    assert pursued is not None
    assert pursued.text.startswith("中文")


def test_a_mistake_is_never_pursued() -> None:
    assert follow_up.next_follow_up(Q, [turn(grade=grade(Q, "stores", "grows", "limits"))], "en") is None


def test_a_criterion_is_pursued_once() -> None:
    thread = [turn(grade=grade(Q)), turn(criterion_id="stores", grade=grade(Q))]
    pursued = follow_up.next_follow_up(Q, thread, "en")
    assert pursued is not None
    assert pursued.criterion_id == "grows"


def test_there_are_at_most_two_follow_ups() -> None:
    thread = [turn(grade=grade(Q)), turn(criterion_id="stores", grade=grade(Q))]
    assert follow_up.next_follow_up(Q, thread, "en") is not None
    thread.append(turn(criterion_id="grows", grade=grade(Q)))
    assert follow_up.next_follow_up(Q, thread, "en") is None


def test_the_graders_words_are_used_only_where_they_aim_at_the_chosen_criterion() -> None:
    aimed = FollowUp(criterion_id="stores", text="You said it stays. What stays?")
    assert follow_up.next_follow_up(Q, [turn(grade=grade(Q, follow_up=aimed))], "en") == aimed
    elsewhere = FollowUp(criterion_id="limits", text="What fills up?")
    pursued = follow_up.next_follow_up(Q, [turn(grade=grade(Q, follow_up=elsewhere))], "en")
    assert pursued is not None
    assert pursued.text == "And what about stores?"


def test_nothing_is_pursued_after_i_dont_know_a_skip_a_failure_or_a_late_answer() -> None:
    for last in (
        turn(outcome="dont_know", answer=""),
        turn(outcome="skipped", answer=""),
        turn(grade=None),
        turn(grade=grade(Q), late=True),
    ):
        assert follow_up.next_follow_up(Q, [last], "en") is None


def test_a_hint_points_at_the_most_valuable_open_criterion_and_then_at_the_next() -> None:
    open_turn = turn(outcome=None, answer="")
    first = follow_up.hint(Q, [open_turn], "en")
    assert first == FollowUp(criterion_id="stores", text="And what about stores?")
    second = follow_up.hint(Q, [open_turn.model_copy(update={"hints": ("stores",)})], "en")
    assert second is not None
    assert second.criterion_id == "grows"


def test_a_hint_on_a_follow_up_names_the_key_words_of_what_was_asked() -> None:
    thread = [turn(grade=grade(Q)), turn(outcome=None, answer="", criterion_id="stores")]
    assert follow_up.hint(Q, thread, "en") == FollowUp(criterion_id="stores", text="store")
    assert follow_up.hint(Q, thread, "zh") == FollowUp(criterion_id="stores", text="存")


def test_no_hint_names_a_figure() -> None:
    """Where the answer is a number, its key words would be the answer."""
    bank = load([shipped("question_bank")])
    words = {
        w.lower()
        for q in bank.questions.values()
        for c in q.rubric
        for language in LANGUAGES
        for w in follow_up.hint_words(c, language)
    }
    figures = {"half", "third", "quarter", "eighth", "ninety", "twice", "percent"}
    assert len(words) > 500
    assert not [w for w in words if any(c.isdigit() or c in "一二三四五六七八九十百千倍" for c in w)]
    assert not [w for w in words if figures & set(w.replace("-", " ").split())]


def test_key_words_of_numbers_alone_are_no_hint() -> None:
    rate = criterion("rate", 3, terms=[["143 | 142.9", "7 ms | seven ms"]])
    assert follow_up.hint_words(rate, "en") == []


def test_hints_run_out() -> None:
    exhausted = turn(outcome=None, answer="", hints=("stores", "grows", "limits") * 2)
    assert follow_up.hint(Q, [exhausted], "en") is None


def test_among_equals_the_first_of_the_rubric_is_pursued() -> None:
    equals = [criterion("first", 5), criterion("second", 5)]
    chosen = follow_up.most_valuable(equals, set())
    assert chosen is not None
    assert chosen.id == "first"
