"""Points, settings, rules of the bank, leaks."""

from __future__ import annotations

import pytest

from interviewer import follow_up, typed
from interviewer import settings as environment
from interviewer.bank import Bank, choose, rules
from interviewer.errors import InvalidInput, InvalidSetting
from interviewer.grading import scoring
from interviewer.grading.leaks import Secrets, names_key_word
from interviewer.schema import Judgment, Question, Sample, Turn
from tests.examples import NOON, grade, mistake, plan, question, requirement, text

Q = question()


def test_a_hint_makes_no_mistake_cheaper() -> None:
    made = Judgment(criterion_id="caches-queries", verdict="met")
    assert scoring.points(Q.mistakes[0], made, ["caches-queries"]) == -3


def turn(*met: str, criterion_id: str | None = None, hints: tuple[str, ...] = ()) -> Turn:
    return Turn(
        question_id=Q.id, asked="Why?", criterion_id=criterion_id, asked_at=NOON, outcome="answered", hints=hints,
        hint_texts=tuple("?" for _ in hints), answer="x", answered_at=NOON, grade=grade(Q, *met),
    )  # fmt: skip


def test_a_question_s_score_forgets_neither_hints_nor_what_was_asked() -> None:
    assert follow_up.question_score(Q, [turn("stores", hints=("stores",))]) == 0.25
    assert follow_up.question_score(Q, [turn("stores"), turn("stores", criterion_id="pages")]) == pytest.approx(5 / 12)


def test_white_space_around_a_setting_is_dropped() -> None:
    key = environment.read({"OPENAI_API_KEY": " sk-1\n"}).api_key
    assert key is not None
    assert key.get_secret_value() == "sk-1"


def test_a_server_that_others_reach_is_not_on_loopback() -> None:
    assert environment.read({}).on_loopback
    assert not environment.read({"INTERVIEWER_HOST": "0.0.0.0"}).on_loopback


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_port_out_of_range_is_refused(port: str) -> None:
    with pytest.raises(InvalidSetting, match="INTERVIEWER_PORT"):
        environment.read({"INTERVIEWER_PORT": port})


def faults(q: Question) -> set[str]:
    return {f.key for f in (*rules.base("q.yaml", q, ["known"]), *rules.house("q.yaml", q, 1000))}


def samples(**met: tuple[str, ...]) -> tuple[Sample, ...]:
    solid = ("stores", "grows")
    labels = {"gist": solid[:1], "solid": solid, "expert": (*solid, "limits"), "mistaken": ()} | met
    return tuple(
        Sample.model_validate({"label": label, "language": ("en", "zh")[n % 2], "text": label, "met": ids})
        for n, (label, ids) in enumerate(labels.items())
    )


def test_a_question_that_keeps_the_rules_has_no_fault() -> None:
    assert list(rules.base("q.yaml", Q, ["known"])) == []
    whole = question(samples=samples(), covers={"known": ["stores"]})
    assert faults(whole) <= {"count_rubric", "reference_length_en", "reference_length_zh", "too_many_points", "missing"}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"rubric": (requirement("stores", 9), requirement("pages", 1, press=True))}, "points"),
        ({"rubric": (requirement("stores", 10, probe=False),)}, "no_probe"),
        ({"samples": samples(gist=())}, "outside_band"),
        ({"samples": samples(solid=("stores",), gist=("stores", "limits"))}, "out_of_order"),
        ({"covers": {"unheard-of": ["stores"]}}, "unknown_entry"),
        ({"mistakes": (mistake("x", -1).model_copy(update={"correction": None}),)}, "no_correction"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_question_that_breaks_a_rule_is_named(changes: dict[str, object], key: str) -> None:
    whole = question(samples=samples(), covers={"known": ["stores"]})
    assert key not in faults(whole)
    assert key in faults(question(**changes))


def test_an_answer_that_cannot_be_seen_is_none() -> None:
    with pytest.raises(InvalidInput):
        typed.clean("\u200b\u2060 \u200d", 100)


def test_no_question_is_asked_twice() -> None:
    bank = Bank(questions={Q.id: Q}, topics={"kv-cache": text("KV cache")})
    assert choose(bank, plan(), asked=[], recent={}) == Q
    assert choose(bank, plan(), asked=[Q.id], recent={}) is None


def test_a_nudge_names_no_key_word() -> None:
    wanted = requirement("x", 5).model_copy(
        update={"requirement": text("Bandwidth is the bottleneck.", "带宽是瓶颈。")}
    )
    assert names_key_word("Think of the bandwidth.", wanted, ())
    assert not names_key_word("Think of the bandwidth.", wanted, ("My bandwidth is fine.",))


def test_a_leak_is_found_backwards() -> None:
    secret = "the keys and values of earlier tokens never change"
    assert Secrets([secret], []).are_in(secret[::-1])
    assert not Secrets([secret], []).are_in("something else entirely that nobody has to keep")
