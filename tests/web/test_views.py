"""Records to HTML: what is shown, what is held back, and that everything a person wrote is escaped."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from html import unescape
from pathlib import Path
from typing import get_args

import pytest

from interviewer.grading import Progress
from interviewer.locales import Words, words
from interviewer.measure.show import Measured
from interviewer.report import attempted, summarise
from interviewer.schema import Appeal, Attempt, Failure, Interview, Judgment, Note, Turn, Warning_, WrongClaim
from interviewer.web import views
from tests.examples import NOON, grade, plan, question, text

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


def test_an_open_question_shows_what_was_won_and_only_counts_what_is_open() -> None:
    html = views.scorecard(
        EN, interview(answered("stores", "caches-queries"), turn(asked="And?", criterion_id="grows"))
    )
    assert "Says stores." in html
    assert "5 of 10 points" in html
    assert EN("room.still_open", points=5) in html
    assert EN("room.suggested") in html
    for hidden in ("Says grows.", "Says limits.", "Says pages.", "Claims caches-queries.", Q.reference_answer.en):
        assert hidden not in html


def test_points_that_were_pressed_for_are_told_beside_those_of_the_opener() -> None:
    held = interview(answered("stores"), answered("stores", "pages", criterion_id="pages"), turn(criterion_id="grows"))
    assert "5 of 10 points, and 2 of 2 pressed" in views.scorecard(EN, held)


def test_pressed_points_that_were_not_asked_for_are_not_announced_as_open() -> None:
    met = ("stores", "grows", "limits")
    assert "still-open" not in views.scorecard(EN, interview(answered(*met), turn(criterion_id="pages")))


# --- the look back ----------------------------------------------------------------------------------------------------


def judged_by_a_model(**changes: object) -> Interview:
    """The question was answered, and a model's grade has these changes."""
    judged = grade(Q, "stores", "caches-queries")
    of_a_model = judged.provenance.model_copy(update={"grader": "llm", "model": "m"})
    judged = judged.model_copy(update={"provenance": of_a_model} | changes)
    return interview(turn(outcome="answered", answer="it stores them", grade=judged), plan=plan(grader="llm"))


def suspected() -> Interview:
    judged = grade(Q, "stores")
    doubted = judged.judgments[-1].model_copy(update={"quote": "it caches queries", "notes": ("claim_suspected",)})
    judged = judged.model_copy(update={"judgments": (*judged.judgments[:-1], doubted)})
    return interview(turn(outcome="answered", answer="it caches queries", grade=judged))


def test_a_look_back_tells_what_was_won_wrong_and_missing() -> None:
    html = views.look_back(EN, judged_by_a_model())
    assert Q.name("en") in html
    assert "5 of 10 points" in html
    assert EN("report.lost", points="3") in html
    won, _, rest = html.partition(EN("look_back.mistakes"))
    wrong, _, missing = rest.partition(EN("look_back.missing"))
    assert "Says stores." in won
    assert "<blockquote>stores</blockquote>" in won
    assert "In truth there is no caches-queries." in wrong
    assert Q.sources[0].url in wrong
    assert "Says grows." in missing
    assert "Says limits." in missing
    assert Q.reference_answer.en in missing
    assert 'data-do="confirm"' not in html, "a model's judgments are disputed"
    assert 'data-do="dispute"' in html


def test_a_mistake_that_nobody_made_is_not_listed() -> None:
    html = views.look_back(EN, interview(answered("stores")))
    assert "Claims caches-queries." not in html
    assert EN("look_back.mistakes") not in html


def test_what_the_check_suspects_is_asked_beside_the_passage_and_not_charged() -> None:
    html = views.look_back(EN, suspected())
    assert EN("confirm.did_you_claim") in html
    assert "<blockquote>it caches queries</blockquote>" in html
    assert EN("confirm.claimed_met") in html
    assert EN("marks.unmet_mistake") not in html, "that is for the candidate to say"
    assert "In truth" not in html


@pytest.mark.parametrize("verdict", ["met", "unmet"])
def test_a_line_keeps_its_place_and_its_suggestion_when_it_is_corrected(verdict: str) -> None:
    before = views.look_back(EN, interview(answered("stores")))
    judged = grade(Q, "stores")
    told = judged.judgments[1].model_copy(update={"confirmed": verdict})
    judged = judged.model_copy(update={"judgments": (judged.judgments[0], told, *judged.judgments[2:])})
    after = views.look_back(EN, interview(turn(outcome="answered", answer="a", grade=judged)))
    assert re.findall(r"Says \w+\.</p>", before) == re.findall(r"Says \w+\.</p>", after)
    assert before.count("data-unconfirmed") - after.count("data-unconfirmed") == 1
    assert EN(f"confirm.told.{verdict}") in after
    assert EN("confirm.suggested.unmet") in after
    assert EN("report.unchecked", points=10) in before
    assert EN("report.unchecked", points=7) in after


def test_nothing_is_an_estimate_once_all_is_checked() -> None:
    judged = grade(Q, "stores")
    told = tuple(j.model_copy(update={"confirmed": j.verdict}) for j in judged.judgments)
    judged = judged.model_copy(update={"judgments": told})
    html = views.look_back(EN, interview(turn(outcome="answered", answer="a", grade=judged)))
    assert EN("report.checked") in html
    assert "data-unconfirmed" not in html


def test_a_wrong_claim_beside_the_rubric_is_shown_and_can_be_disagreed_with_once() -> None:
    wrong = WrongClaim(quote="it <b>stores</b>", correction="It keeps them.")
    html = views.look_back(EN, judged_by_a_model(errors=(wrong,)))
    assert "it &lt;b&gt;stores&lt;/b&gt;" in html
    assert "It keeps them." in html
    assert 'data-do="disagree"' in html
    settled = views.look_back(EN, judged_by_a_model(errors=(wrong.model_copy(update={"disputed": True}),)))
    assert 'data-do="disagree"' not in settled
    assert EN("report.disagreed") in settled


def test_one_looks_back_after_i_do_not_know_too() -> None:
    html = views.look_back(EN, interview(turn(outcome="dont_know")))
    assert "0 of 10 points" in html
    assert "Says stores." in html
    assert Q.reference_answer.en in html
    assert "data-do" not in html, "there is no judgment to confirm or dispute"


def test_an_answer_that_was_not_graded_is_looked_back_on_with_the_reason() -> None:
    failure = Failure(key="unknown_model", values={"host": "h", "model": "m"})
    html = views.look_back(ZH, interview(turn(outcome="answered", answer="a", error=failure)))
    assert ZH.error("unknown_model", host="h", model="m") in html
    assert 'data-do="grade" data-interview="i" data-at="0"' in html


@pytest.mark.parametrize(
    "held",
    [
        interview(turn()),
        interview(answered("stores"), turn(criterion_id="grows")),
        interview(turn(outcome="answered", answer="a")),
        interview(answered("stores"), finished_at=NOON),
        interview(answered("stores"), plan=plan(mode="interview")),
    ],
    ids=["open", "follow-up", "being graded", "finished", "interview mode"],
)
def test_there_is_nothing_to_look_back_on(held: Interview) -> None:
    assert views.look_back(EN, held) == ""


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_a_question_is_drawn_from_its_markdown_and_stays_text_where_it_is_html() -> None:
    shown = question(
        text=text("Why does `x` <b>grow</b> with $n^2$?"),
        artefact="```python\nfor i in x:\n    y\n```\n\n|a|b|\n|-|-|\n|1|2|",
    )
    held = interview(turn(asked=shown.asked("en"))).model_copy(update={"questions": (shown,)})
    html = views.question(EN, held, {})
    assert "<code>x</code>" in html
    assert "&lt;b&gt;grow&lt;/b&gt;" in html
    assert "<math" in html
    assert "for i in x:\n    y" in html
    assert "<table>" in html


def test_code_and_formulas_are_shown_as_such_wherever_the_interviewer_speaks() -> None:
    said = "`a_b` is $x^2$"
    shown = question(title=text(said), text=text(said), reference_answer=text(said), mistakes=())
    rubric = tuple(c.model_copy(update={"requirement": text(said)}) for c in shown.rubric)
    shown = shown.model_copy(update={"rubric": rubric})
    judged = grade(shown, "stores").model_copy(update={"feedback": said})
    judged = judged.model_copy(
        update={"provenance": judged.provenance.model_copy(update={"grader": "llm", "model": "m"})}
    )
    first = turn(outcome="answered", answer="a", grade=judged, hint_texts=(said,), clarifications=(("", said),))
    follow_up = turn(asked=said, criterion_id="grows")
    over = turn(asked=said, criterion_id="grows", outcome="answered", answer="b", grade=judged)
    for last in (follow_up, over):
        held = interview(first, last).model_copy(update={"questions": (shown,)})
        drawn = [views.transcript(EN, held), views.question(EN, held, {}), views.look_back(EN, held)]
        for html in (*drawn, views.scorecard(EN, held)):
            words_only = re.sub(r'="[^"]*"', "", html)
            assert "`" not in words_only
            assert "$" not in words_only
            assert html.count("<math") == html.count("<code>a_b</code>")


def test_a_follow_up_comes_with_its_lead_and_the_whole_question_folded() -> None:
    html = views.question(EN, interview(answered(), turn(asked="And?", lead="I see.", criterion_id="grows")), {})
    assert html.index("I see.") < html.index("And?") < html.index("<details") < html.index(Q.text.en)


# --- the bank ---------------------------------------------------------------------------------------------------------

ATTEMPTS = {
    "good": (Attempt(times=3, state="graded", score=0.8), "last answer: good, 80% · answered 3×"),
    "partly": (Attempt(times=1, state="graded", score=0.5), "last answer: partly right, 50% · answered 1×"),
    "weak": (Attempt(times=1, state="graded", score=0.49), "last answer: weak, 49% · answered 1×"),
    "given up": (Attempt(times=2, state="dont_know", score=0.0), "last answer: “I don't know”, 0% · answered 2×"),
    "not graded": (Attempt(times=1, state="not_graded", score=None), "last answer: not graded · answered 1×"),
}


@pytest.mark.parametrize("case", ATTEMPTS)
def test_the_bank_says_how_a_question_was_answered_last_and_never_scores_what_was_not_graded(case: str) -> None:
    attempt, said = ATTEMPTS[case]
    for w in (EN, ZH):
        about = {"attempts": {Q.id: attempt}, "places": {"kv-cache": "KV cache"}, "language": w.language}
        listed = unescape(views.render("bank_list", w, questions=[Q, NEXT], count=2, chosen=Q.id, **about))
        shown = unescape(views.render("bank_question", w, question=Q, **about))
        assert all(attempted(attempt, w) in html for html in (listed, shown))
        assert listed.count('class="meta attempt"') == 1, "what was never answered has no such line"
        if attempt.score is None:
            assert "%" not in listed
    assert attempted(attempt, EN) == said


def test_the_bank_says_what_was_not_answered_yet_and_shows_code_and_formulas_as_such() -> None:
    said = "`a_b` is $x^2$"
    shown = question(text=text(said), scenario=text(said), artefact=said, clarification=text(said), mistakes=())
    rubric = tuple(c.model_copy(update={"requirement": text(said)}) for c in shown.rubric)
    shown = shown.model_copy(update={"rubric": rubric, "reference_answer": text(said)})
    for w in (EN, ZH):
        about = {"attempts": {}, "places": {"kv-cache": "KV cache"}, "language": w.language}
        html = views.render("bank_question", w, question=shown, **about)
        assert w("attempts.none") in html
        html += views.render("bank_list", w, questions=[shown], count=1, chosen="", **about)
        assert html.count("<math") == html.count("<code>a_b</code>") == 10
        assert "$" not in html
        assert "`" not in html


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_interview_mode_shows_nothing_of_a_grade() -> None:
    held = interview(answered("stores"), turn(question_id=NEXT.id), plan=plan(mode="interview"))
    assert views.scorecard(EN, held) == ""
    html = views.transcript(EN, held)
    assert "<mark" not in html
    assert "%" not in html
    assert "feedback" not in html


def test_an_answer_that_was_not_graded_says_why_in_the_interfaces_language() -> None:
    failure = Failure(key="unknown_model", values={"host": "h", "model": "m"})
    asked_next = turn(question_id=NEXT.id, asked=NEXT.text.en)
    html = views.transcript(ZH, interview(turn(outcome="answered", answer="a", error=failure), asked_next))
    assert ZH.error("unknown_model", host="h", model="m") in html
    assert 'data-do="grade" data-interview="i" data-at="0"' in html


def test_the_deadline_is_the_turns_not_the_interviews() -> None:
    later = NOON + timedelta(seconds=300)
    held = interview(answered(), turn(asked_at=later), plan=plan(seconds_per_question=120))
    deadline = round(later.timestamp() * 1000) + 120_000
    assert f'data-deadline="{deadline}"' in views.header(EN, held, "", NOON)
    assert "data-deadline" not in views.header(EN, interview(turn()), "", NOON)


def test_the_header_says_what_was_measured_of_the_grader_and_gives_no_badge() -> None:
    measured = Measured(level="trust", verdict="trust", short="right in 9 of 10", full='Kappa "0.5"')
    html = views.header(EN, interview(turn()), "m-1", NOON, measured)
    assert re.search(r'm-1 <span class="measured" title="Kappa &#34;0.5&#34;">\(right in 9 of 10\)<', html)
    assert "trust" not in html


def test_progress_names_the_criterion_by_number_and_streams_feedback_in_practice_only() -> None:
    step = Progress(stage="judging", criterion_id="grows")
    assert "criterion 2 of 5" in views.progress(EN, step, Q, with_feedback=True)
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


def disputed(*made: str, after: Judgment | None = None) -> Interview:
    """A model's grade; every criterion named was disputed."""
    judgments = {j.criterion_id: j for j in grade(Q, "stores").judgments}
    appeals = tuple(Appeal(criterion_id=i, argument=HOSTILE, at=NOON, before=judgments[i], after=after) for i in made)
    held = judged_by_a_model()
    return held.model_copy(update={"turns": (held.turns[0].model_copy(update={"appeals": appeals}),)})


def test_what_is_over_can_be_disputed_and_what_is_not_cannot() -> None:
    held = judged_by_a_model()
    assert views.look_back(EN, held).count('data-do="dispute"') == 4
    still_open = held.model_copy(update={"turns": (*held.turns, turn(asked="And?", criterion_id="grows"))})
    assert "dispute" not in views.scorecard(EN, still_open) + views.transcript(EN, still_open)
    silent = held.model_copy(update={"turns": (*held.turns, LATER), "plan": plan(mode="interview")})
    assert "dispute" not in views.transcript(EN, silent)


def test_a_suggestion_of_the_check_is_corrected_and_not_disputed() -> None:
    assert "dispute" not in views.look_back(EN, interview(answered("stores")))


def test_a_dispute_counts_and_cannot_be_repeated() -> None:
    once = views.look_back(EN, disputed("grows"))
    assert 'data-criterion="grows"' not in once
    assert EN("dispute.left", left=1) in once
    assert 'data-do="dispute"' not in views.look_back(EN, disputed("grows", "limits"))


def test_an_argument_is_escaped_beside_its_judgments() -> None:
    html = views.look_back(EN, disputed("grows"))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert EN("report.on_record") in html.replace("&#39;", "'")


def test_a_refused_argument_comes_back_escaped_with_the_reason() -> None:
    sent = views.Disputes(weighs=True, question_id=Q.id, criterion_id="grows", argument=HOSTILE, error="Too long.")
    html = views.look_back(EN, judged_by_a_model(), sent)
    assert len(re.findall(r'<details class="dispute" open>', html)) == 1
    assert re.search(r"<textarea[^>]*>&lt;script&gt;", html)
    assert "Too long." in html


def test_a_mistake_that_a_dispute_took_back_stays_in_sight() -> None:
    charged = Judgment(criterion_id="caches-queries", quote="q", verdict="met")
    cleared = Judgment(criterion_id="caches-queries", verdict="unmet", notes=("appeal",), earlier=charged)
    judgments = (*grade(Q, "stores").judgments[:-1], cleared)
    html = views.look_back(EN, judged_by_a_model(judgments=judgments))
    assert "Claims caches-queries." in html
    assert EN("marks.unmet_mistake") in html


def test_questions_before_the_last_keep_their_judgments_in_the_transcript() -> None:
    held = interview(answered("stores"), turn(question_id=NEXT.id, asked=NEXT.text.en, outcome="dont_know"))
    html = views.transcript(EN, held)
    assert html.count('class="judged"') == 1, "the last one is looked back on beside it"
    assert "Says grows." in html


@pytest.mark.parametrize("w", [EN, ZH], ids=["en", "zh"])
def test_every_state_of_an_interview_can_be_drawn(w: Words) -> None:
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
        assert views.header(w, held, "built-in", NOON)
        assert views.transcript(w, held)
        assert views.scorecard(w, held)
        assert views.question(w, held, {}) or views.look_back(w, held) or held.finished_at


@pytest.mark.parametrize("w", [EN, ZH], ids=["en", "zh"])
def test_every_note_and_warning_can_be_drawn(w: Words) -> None:
    """Where one has no words, the page of that answer would stay empty."""
    judged = grade(Q, "stores")
    noted = judged.judgments[0].model_copy(update={"notes": get_args(Note)})
    judged = judged.model_copy(update={"judgments": (noted, *judged.judgments[1:]), "warnings": get_args(Warning_)})
    held = interview(turn(outcome="answered", answer="a", grade=judged), plan=plan(grader="llm"))
    told = summarise(held.model_copy(update={"finished_at": NOON}))
    page = views.render("report_page", w, report=told, language="en", zone=UTC, disputes=views.disputes(held))
    shown = views.look_back(w, held) + page
    assert not [name for name in get_args(Warning_) if w(f"warnings.{name}") not in unescape(shown)]


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
