from __future__ import annotations

import pytest

from interviewer import follow_up
from interviewer.schema import Depth, FollowUp, Grade, Judgment, State, Turn
from tests.examples import NOON, grade, mistake, question, requirement

Q = question(
    rubric=(
        requirement("stores", 5),
        requirement("grows", 3),
        requirement("limits", 2),
        requirement("pages", 2, press=True),
        requirement("evicts", 3, press=True),
    ),
    mistakes=(mistake("caches-queries", -3),),
)


def turn(**changes: object) -> Turn:
    values = {"question_id": Q.id, "asked": "Why?", "asked_at": NOON, "outcome": "answered", "answer": "Because."}
    return Turn.model_validate(values | changes)


def judged(*met: str, proposed: FollowUp | None = None, off_point: bool = False, **states: State) -> Grade:
    """A grade with these met; `states` of the open ones, with an underscore for each hyphen."""
    made = grade(Q, *met, follow_up=proposed)
    told = {id_.replace("_", "-"): state for id_, state in states.items()}
    judgments = [j.model_copy(update={"state": told.get(j.criterion_id)}) for j in made.judgments]
    return made.model_copy(update={"judgments": tuple(judgments), "off_point": off_point})


def pursued(*thread: Turn, depth: Depth = "deep") -> str | None:
    """The id of what the rule pursues; `again` where it puts the question once more."""
    found = follow_up.next_follow_up(Q, thread, "en", depth)
    return None if found is None else found.criterion_id or "again"


WON = ("stores", "grows", "limits")
CASES: dict[str, tuple[list[Turn], str | None]] = {
    "the open one with the most points": ([turn(grade=judged("grows"))], "stores"),
    "the opener before what is pressed for": ([turn(grade=judged("stores", "grows"))], "limits"),
    "then the pressed ones in order": ([turn(grade=judged(*WON))], "pages"),
    "the next pressed one": (
        [turn(grade=judged(*WON)), turn(criterion_id="pages", grade=judged(*WON, "pages"))],
        "evicts",
    ),
    "nothing when all is said": ([turn(grade=judged(*WON, "pages", "evicts"))], None),
    "a partial point once more": (
        [turn(grade=judged()), turn(criterion_id="stores", grade=judged("grows", stores="partial"))],
        "stores",
    ),
    "an evaded point once more": (
        [turn(grade=judged()), turn(criterion_id="stores", grade=judged("grows", stores="evaded"))],
        "stores",
    ),
    "a half-said point before one with more points": (
        [turn(grade=judged(limits="partial", stores="absent"))],
        "limits",
    ),
    "a half-said pressed point only after it was asked": ([turn(grade=judged("stores", pages="partial"))], "grows"),
    "at most twice on one point": (
        [
            turn(grade=judged()),
            turn(criterion_id="stores", grade=judged("limits", stores="partial")),
            turn(criterion_id="stores", grade=judged("limits", stores="partial")),
        ],
        "grows",
    ),
    "never what is said not to be known": ([turn(grade=judged(stores="unknown"))], "grows"),
    "never again what was answered with I don't know": (
        [turn(grade=judged()), turn(criterion_id="stores", outcome="dont_know", answer="")],
        "grows",
    ),
    "a mistake before the open points": ([turn(grade=judged("stores", "caches-queries"))], "caches-queries"),
    "a half-said point before a mistake": (
        [turn(grade=judged("caches-queries", stores="partial"))],
        "stores",
    ),
    "a mistake once": (
        [turn(grade=judged("caches-queries")), turn(criterion_id="caches-queries", grade=judged("caches-queries"))],
        "stores",
    ),
    "an answer beside the point: the question again": ([turn(grade=judged(off_point=True))], "again"),
    "but only once": ([turn(grade=judged(off_point=True)), turn(grade=judged(off_point=True))], "stores"),
    "one hinted at is not asked for again": ([turn(hints=("stores",), grade=judged())], "grows"),
    "let go after two in vain": (
        [
            turn(grade=judged()),
            turn(criterion_id="stores", grade=judged()),
            turn(criterion_id="grows", grade=judged()),
        ],
        None,
    ),
    "not after two of which one won": (
        [
            turn(grade=judged()),
            turn(criterion_id="stores", grade=judged("stores")),
            turn(criterion_id="grows", grade=judged("stores")),
        ],
        "limits",
    ),
    "not after two in vain that were not in a row": (
        [
            turn(grade=judged()),
            turn(criterion_id="stores", grade=judged()),
            turn(criterion_id="grows", grade=judged("grows")),
            turn(criterion_id="limits", grade=judged("grows")),
        ],
        "pages",
    ),
    "I don't know to the question itself ends it": ([turn(outcome="dont_know", answer="")], None),
    "a skip ends it": ([turn(outcome="skipped", answer="")], None),
    "what was not graded ends it": ([turn(grade=None)], None),
    "a late answer ends it": ([turn(grade=judged(), late=True)], None),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule_of_the_follow_up(case: str) -> None:
    thread, expected = CASES[case]
    assert pursued(*thread) == expected


@pytest.mark.parametrize(("depth", "most"), [("brisk", 1), ("normal", 2), ("deep", 4)])
def test_a_question_has_as_many_follow_ups_as_its_depth_allows(depth: Depth, most: int) -> None:
    ids = ("stores", "grows", "limits", "pages", "evicts")
    thread = [turn(grade=judged())]
    for number, id_ in enumerate(ids[:most]):
        assert pursued(*thread, depth=depth) == id_
        thread.append(turn(criterion_id=id_, grade=judged(*ids[: number + 1])))
    assert pursued(*thread, depth=depth) is None


def test_putting_the_question_once_more_costs_no_follow_up() -> None:
    thread = [turn(grade=judged(off_point=True)), turn(grade=judged())]
    assert follow_up.left(thread, "brisk") == 1
    assert pursued(*thread, depth="brisk") == "stores"


def test_a_follow_up_is_asked_in_the_language_of_the_interview() -> None:
    found = follow_up.next_follow_up(Q, [turn(grade=judged())], "zh", "normal")
    assert found is not None
    assert found.text.startswith("中文")


def test_the_graders_words_are_used_where_they_aim_at_what_the_rule_allows() -> None:
    aimed = FollowUp(criterion_id="stores", text="You said it stays. What stays?", lead="You spoke of staying.")
    thread = [turn(grade=judged(proposed=aimed))]
    assert follow_up.next_follow_up(Q, thread, "en", "normal") == aimed


def test_the_probe_is_asked_where_the_graders_words_aim_elsewhere() -> None:
    elsewhere = FollowUp(criterion_id="limits", text="What fills up?")
    found = follow_up.next_follow_up(Q, [turn(grade=judged(proposed=elsewhere))], "en", "normal")
    assert found == FollowUp(criterion_id="stores", text="And what about stores?")


def test_between_equal_points_the_grader_may_choose() -> None:
    """It has read what was just said."""
    equals = question(rubric=(requirement("first", 5), requirement("second", 5), requirement("deep", 1, press=True)))
    aimed = FollowUp(criterion_id="second", text="And that?")
    chosen = follow_up.next_follow_up(equals, [turn(grade=grade(equals, follow_up=aimed))], "en", "normal")
    assert chosen == aimed
    scripted = follow_up.next_follow_up(equals, [turn(grade=grade(equals))], "en", "normal")
    assert scripted is not None
    assert scripted.criterion_id == "first"


def test_a_mistake_is_asked_about_in_the_candidates_own_words() -> None:
    found = follow_up.next_follow_up(Q, [turn(grade=judged("stores", "caches-queries"))], "en", "normal")
    assert found is not None
    assert "caches-queries" in found.text, "the quote that the grade carries"


def test_a_hint_is_the_probe_of_the_most_valuable_open_requirement_and_then_of_the_next() -> None:
    open_turn = turn(outcome=None, answer="")
    first = follow_up.hint(Q, [open_turn], "en")
    assert first == FollowUp(criterion_id="stores", text="And what about stores?")
    second = follow_up.hint(Q, [open_turn.model_copy(update={"hints": ("stores",)})], "en")
    assert second is not None
    assert second.criterion_id == "grows"


def test_hints_of_the_opener_stay_with_the_opener_and_run_out() -> None:
    exhausted = turn(outcome=None, answer="", hints=WON)
    assert follow_up.hint(Q, [exhausted], "en") is None


def test_a_follow_up_has_no_probe_left_as_a_hint_but_a_nudge() -> None:
    thread = [turn(grade=judged()), turn(outcome=None, answer="", criterion_id="stores")]
    assert follow_up.hint(Q, thread, "en") is None
    nudged = follow_up.nudge_target(Q, thread)
    assert nudged is not None
    assert nudged.id == "stores"
    given = thread[1].model_copy(update={"hints": ("stores",)})
    assert follow_up.nudge_target(Q, [thread[0], given]) is None


def test_a_nudge_follows_a_probe_that_was_read() -> None:
    fresh = turn(outcome=None, answer="")
    assert follow_up.nudge_target(Q, [fresh]) is None
    nudged = follow_up.nudge_target(Q, [fresh.model_copy(update={"hints": ("stores",)})])
    assert nudged is not None
    assert nudged.id == "stores"


def test_a_pressed_point_counts_once_it_was_dealt_with() -> None:
    full = judged(*WON)
    open_ = [turn(grade=full), turn(criterion_id="pages", outcome=None, answer="")]
    assert follow_up.question_score(Q, open_) == 1.0
    given_up = [turn(grade=full), turn(criterion_id="pages", outcome="dont_know", answer="")]
    assert follow_up.question_score(Q, given_up) == pytest.approx(10 / 12)


def test_i_dont_know_is_nothing_and_a_skip_is_left_out() -> None:
    assert follow_up.question_score(Q, [turn(outcome="dont_know", answer="")]) == 0.0
    assert follow_up.question_score(Q, [turn(outcome="skipped", answer="")]) is None
    assert follow_up.question_score(Q, [turn(grade=None)]) is None


def test_only_a_suggestion_leaves_points_unchecked() -> None:
    suggested = judged("stores")
    points = follow_up.tally(Q, [turn(grade=suggested)])
    assert points is not None
    assert points.unchecked == 10
    by_model = suggested.model_copy(update={"provenance": suggested.provenance.model_copy(update={"grader": "llm"})})
    points = follow_up.tally(Q, [turn(grade=by_model)])
    assert points is not None
    assert points.unchecked == 0
    told = Judgment(criterion_id="stores", verdict="met", confirmed="met")
    confirmed = suggested.model_copy(update={"judgments": (told, *suggested.judgments[1:])})
    points = follow_up.tally(Q, [turn(grade=confirmed)])
    assert points is not None
    assert points.unchecked == 5
