"""Records to HTML: what is shown, what is held back, and that everything a person wrote is escaped."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from interviewer.grading import Progress
from interviewer.locales import words
from interviewer.measure.show import Measured
from interviewer.schema import Appeal, Failure, Interview, Judgment, Turn
from interviewer.web import views
from tests.examples import NOON, grade, plan, question

EN, ZH = words("en"), words("zh")
Q, NEXT = question(), question("why-mask")
HOSTILE = '<script>alert(1)</script> & "quotes"\n    ${x} {{ y }} {% z %}'


def turn(**changes: object) -> Turn:
    values = {"question_id": Q.id, "asked": Q.text.en, "asked_at": NOON}
    return Turn.model_validate(values | changes)


def interview(*turns: Turn, **changes: object) -> Interview:
    asked = tuple(q for q in (Q, NEXT) if q.id in {t.question_id for t in turns})
    values = {"id": "i", "owner": "o", "plan": plan(), "created_at": NOON, "questions": asked, "turns": turns}
    return Interview.model_validate(values | changes)


def answered(*met: str, **changes: object) -> Turn:
    return turn(outcome="answered", answer="it stores them", grade=grade(Q, *met), **changes)


def test_markup_in_an_answer_a_clarification_and_feedback_is_escaped() -> None:
    said = grade(Q).model_copy(update={"feedback": HOSTILE})
    held = interview(turn(outcome="answered", answer=HOSTILE, grade=said, clarifications=((HOSTILE, HOSTILE),)))
    html = views.transcript(EN, held)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4
    assert "\n    ${x} {{ y }} {% z %}" in html


def test_a_quote_is_marked_in_the_answer() -> None:
    judged = grade(Q, "stores")
    quoted = judged.judgments[0].model_copy(update={"quote": "stores"})
    judged = judged.model_copy(update={"judgments": (quoted, *judged.judgments[1:])})
    held = interview(turn(outcome="answered", answer="it stores them", grade=judged))
    assert re.search(r"it <mark[^>]*>stores</mark> them", views.transcript(EN, held))


def test_a_question_that_is_not_over_shows_open_points_but_not_what_they_are_for() -> None:
    held = interview(answered("stores"), turn(asked="And?", criterion_id="grows"))
    html = views.scorecard(EN, held)
    assert "Says stores." in html
    assert "Says grows." not in html
    assert "Says limits." not in html
    assert "Not yet: 5 points open" in html
    assert Q.reference_answer.en not in html


def test_a_question_that_is_over_shows_all_and_its_reference() -> None:
    held = interview(answered("stores"), turn(question_id=NEXT.id, asked=NEXT.text.en))
    html = views.scorecard(EN, held)
    assert "Says grows." in html
    assert Q.reference_answer.en in html
    assert "Says caches-queries." not in html, "a mistake that was not made is no news"


def test_a_mistake_that_was_made_is_shown_with_what_it_costs() -> None:
    html = views.scorecard(EN, interview(answered("stores", "caches-queries")))
    assert "✕ mistake made" in html
    assert "-4" in html


def test_interview_mode_shows_nothing_of_a_grade() -> None:
    held = interview(answered("stores"), turn(question_id=NEXT.id), plan=plan(mode="interview"))
    assert views.scorecard(EN, held) == ""
    html = views.transcript(EN, held)
    assert "<mark" not in html
    assert "%" not in html
    assert "feedback" not in html


def test_an_answer_that_was_not_graded_says_why_in_the_interfaces_language() -> None:
    failure = Failure(key="unknown_model", values={"host": "h", "model": "m"})
    html = views.transcript(ZH, interview(turn(outcome="answered", answer="a", error=failure)))
    assert "未评分" in html
    assert "m" in html
    assert 'data-do="grade" data-at="0"' in html


def test_the_deadline_is_the_turns_not_the_interviews() -> None:
    later = NOON + timedelta(seconds=300)
    held = interview(answered(), turn(asked_at=later), plan=plan(seconds_per_question=120))
    deadline = round(later.timestamp() * 1000) + 120_000
    assert f'data-deadline="{deadline}"' in views.header(EN, held, "", NOON)
    assert "data-deadline" not in views.header(EN, interview(turn()), "", NOON)


def test_the_header_says_in_a_word_how_far_to_trust_the_grader() -> None:
    measured = Measured(level="care", verdict="with care", short="", full='Kappa "0.5"')
    html = views.header(EN, interview(turn()), "m-1", NOON, measured)
    assert re.search(r'm-1 <span class="trusted care" title="Kappa &#34;0.5&#34;">with care<', html)


def test_progress_names_the_criterion_by_number_and_streams_feedback_in_practice_only() -> None:
    step = Progress(stage="judging", criterion_id="grows")
    assert "criterion 2 of 4" in views.progress(EN, step, Q, with_feedback=True)
    feedback = Progress(stage="feedback", text="Good so far")
    assert "Good so far" in views.progress(EN, feedback, Q, with_feedback=True)
    assert "in 7 seconds" in views.progress(EN, Progress(stage="waiting", text="7"), Q, with_feedback=False)
    assert "Good so far" not in views.progress(EN, feedback, Q, with_feedback=False)


def test_the_curve_stands_on_its_scale_and_leaves_out_what_has_no_score() -> None:
    points = views.curve([1.0, None, 0.0])
    assert [(y, label) for _, y, label in points] == [(20, "100%"), (120, "0%")]
    assert views.curve([]) == []


# --- disputes ---------------------------------------------------------------------------------------------------------

LATER = turn(question_id=NEXT.id, asked=NEXT.text.en)


def disputed(*made: str, after: Judgment | None = None) -> Turn:
    """An answered turn; every criterion named was disputed."""
    judgments = {j.criterion_id: j for j in grade(Q, "stores").judgments}
    appeals = [Appeal(criterion_id=i, argument=HOSTILE, at=NOON, before=judgments[i], after=after) for i in made]
    return answered("stores", appeals=tuple(appeals))


def test_what_is_over_can_be_disputed_and_what_is_not_cannot() -> None:
    assert views.scorecard(EN, interview(answered("stores"), LATER)).count('data-do="dispute"') == 3
    still_open = interview(answered("stores"), turn(asked="And?", criterion_id="grows"))
    assert "dispute" not in views.scorecard(EN, still_open)
    assert "dispute" not in views.transcript(EN, interview(answered("stores"), LATER, plan=plan(mode="interview")))


def test_a_dispute_counts_and_cannot_be_repeated() -> None:
    once = views.scorecard(EN, interview(disputed("grows"), LATER))
    assert 'data-criterion="grows"' not in once
    assert "Disputes left for this question: 1." in once
    assert "data-do" not in views.scorecard(EN, interview(disputed("grows", "limits"), LATER))


def test_an_argument_is_escaped_beside_its_judgments() -> None:
    html = views.scorecard(EN, interview(disputed("grows"), LATER))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "kept on record" in html


def test_a_refused_argument_comes_back_escaped_with_the_reason() -> None:
    sent = views.Disputes(weighs=True, question_id=Q.id, criterion_id="grows", argument=HOSTILE, error="Too long.")
    html = views.scorecard(EN, interview(answered("stores"), LATER), sent)
    assert len(re.findall(r'<details class="dispute" open>', html)) == 1
    assert re.search(r"<textarea[^>]*>&lt;script&gt;", html)
    assert "Too long." in html


@pytest.mark.parametrize(("grader", "said"), [("builtin", "weigh an argument"), ("llm", "once more, alone")])
def test_what_a_dispute_brings_is_said_beforehand(grader: str, said: str) -> None:
    assert said in views.scorecard(EN, interview(answered("stores"), LATER, plan=plan(grader=grader)))


def test_a_mistake_that_a_dispute_took_back_stays_in_sight() -> None:
    charged = Judgment(criterion_id="caches-queries", quote="q", verdict="met")
    cleared = Judgment(criterion_id="caches-queries", verdict="unmet", notes=("appeal",), earlier=charged)
    judged = grade(Q, "stores")
    judged = judged.model_copy(update={"judgments": (*judged.judgments[:3], cleared)})
    made = Appeal(criterion_id="caches-queries", argument="No.", at=NOON, before=charged, after=cleared)
    held = interview(turn(outcome="answered", answer="a", grade=judged, appeals=(made,)), LATER)
    html = views.scorecard(EN, held)
    assert "✕ mistake made" in html
    assert "○ mistake not made" in html


def test_questions_before_the_last_keep_their_judgments_in_the_transcript() -> None:
    held = interview(answered("stores"), turn(question_id=NEXT.id, outcome="dont_know"), finished_at=NOON)
    html = views.transcript(EN, held)
    assert html.count('class="judged"') == 1
    assert "Says grows." in html


@pytest.mark.parametrize("w", [EN, ZH], ids=["en", "zh"])
def test_every_state_of_an_interview_can_be_drawn(w: object) -> None:
    states = [
        interview(turn()),
        interview(turn(hints=("stores",), hint_texts=("Think.",))),
        interview(answered("stores"), turn(asked="And?", criterion_id="grows")),
        interview(turn(outcome="dont_know"), turn(question_id=NEXT.id)),
        interview(turn(outcome="skipped"), turn(question_id=NEXT.id)),
        interview(turn(outcome="answered", answer="a"), plan=plan(questions=40)),
        interview(answered("stores", late=True), finished_at=NOON),
    ]
    for held in states:
        assert views.header(EN, held, "built-in", NOON)
        assert views.question(EN, held, {})
        assert views.transcript(EN, held)
        assert views.scorecard(EN, held)


# --- colours ----------------------------------------------------------------------------------------------------------

STYLE = (Path(views.__file__).parent / "style.css").read_text(encoding="utf-8")


def colours(selector: str) -> dict[str, str]:
    block = STYLE.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: relative luminance of the lighter over the darker, each plus 0.05."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("selector", [":root", ":root:has(body.dark)"], ids=["light", "dark"])
def test_text_stands_out_from_what_it_stands_on(selector: str) -> None:
    c = colours(selector)
    pairs = [(text, on) for text in ("ink", "muted", "accent", "good", "bad", "warn") for on in ("paper", "canvas")]
    pairs += [("ink", "mark"), ("accent-ink", "accent"), ("ink", "accent-soft"), ("ink", "track")]
    assert not [(a, b, contrast(c[a], c[b])) for a, b in pairs if contrast(c[a], c[b]) < 4.5]
