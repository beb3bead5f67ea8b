from __future__ import annotations

import json
import re
from datetime import timedelta, timezone

from interviewer import report
from interviewer.schema import Appeal, Failure, Interview, Judgment, Provenance, Source, Turn, WrongClaim
from tests.examples import NOON, grade, mistake, plan, question, requirement, text

Q = question()
HARD = question("why-mask", topic="masks", sources=(Source(title="Another paper", url="https://arxiv.org/abs/1"),))
TOPICS = {"kv-cache": text("KV cache", "KV 缓存"), "masks": text("Masks", "掩码")}


def turn(question_id: str, **changes: object) -> Turn:
    values = {"question_id": question_id, "asked": "Why?", "asked_at": NOON, "outcome": "answered", "answer": "a"}
    return Turn.model_validate(values | changes)


def interview(*turns: Turn, **changes: object) -> Interview:
    asked = tuple(q for q in (Q, HARD) if q.id in {t.question_id for t in turns})
    values = {
        "id": "i",
        "owner": "me-secret",
        "plan": plan(),
        "created_at": NOON,
        "questions": asked,
        "turns": turns,
    }
    return Interview.model_validate(values | changes)


def test_answers_that_could_not_be_graded_are_left_out_of_the_mean() -> None:
    held = interview(turn(Q.id, grade=grade(Q, "stores")), turn(HARD.id, error=Failure(key="stopped")))
    told = report.summarise(held)
    assert told.score == 0.5
    assert told.not_graded == 1
    assert told.results[1].score is None


def test_an_interview_without_a_grade_has_no_score() -> None:
    assert report.summarise(interview(turn(Q.id, outcome="skipped"))).score is None


def test_scores_are_told_by_topic_with_its_title() -> None:
    held = interview(turn(Q.id, grade=grade(Q, "stores")), turn(HARD.id, grade=grade(HARD, "limits")))
    told = report.summarise(held, TOPICS)
    assert [(t.title, t.score) for t in told.topics] == [("KV cache", 0.5), ("Masks", 0.2)]


def test_what_to_learn_is_told_by_question_the_worst_first_with_its_reading() -> None:
    held = interview(turn(Q.id, grade=grade(Q, "stores")), turn(HARD.id, grade=grade(HARD, "limits")))
    told = report.summarise(held)
    assert [lesson.result.question.id for lesson in told.lessons] == [HARD.id, Q.id]
    assert [[s.title for s in lesson.reading] for lesson in told.lessons] == [["Another paper"], ["A paper"]]
    assert [line.criterion.id for line in told.lessons[0].missing] == ["stores", "grows"]


def test_code_and_formulas_are_shown_as_such_wherever_the_bank_speaks() -> None:
    """In the HTML; the Markdown is handed on as it is."""
    said, plainly = "`a_b` is $\\frac{p-1}{p}$", "a_b is ((p − 1)/p)"
    met, missed = (
        requirement(name, 5).model_copy(update={"requirement": text(said + f" {name}")}) for name in ("met", "missed")
    )
    wrong = mistake("wrong", -2).model_copy(update={"claim": text(said), "correction": text(said)})
    asked = question(
        title=text(said), text=text(said), rubric=(met, missed), mistakes=(wrong,), reference_answer=text(said)
    )
    judged = grade(asked, "met", "wrong").model_copy(update={"feedback": said})
    answered = turn(asked.id, grade=judged, answer="met", hint_texts=(said,), clarifications=(("", said),))
    told = report.summarise(interview(answered, turn(asked.id, asked=said, criterion_id="missed"), questions=(asked,)))
    html = report.render(told, "html")
    body = re.sub(r'="[^"]*"', "", html)
    assert "$" not in body.split("</style>")[1]
    assert "`" not in body.split("</style>")[1]
    assert f'title="{plainly} met"' in html
    assert html.count("<math") == html.count("<code>a_b</code>") >= 12
    assert said in report.render(told, "md")


def test_a_question_without_a_gap_is_no_lesson_but_a_strength() -> None:
    told = report.summarise(interview(turn(Q.id, grade=grade(Q, "stores", "grows", "limits"))))
    assert told.lessons == ()
    assert [result.question.id for result in told.strengths] == [Q.id]


def test_what_the_grader_could_not_assess_is_not_held_against_the_candidate() -> None:
    graded = grade(Q, "limits")
    open_ = [
        j.model_copy(update={"verdict": "cannot_assess"}) if j.criterion_id == "stores" else j for j in graded.judgments
    ]
    told = report.summarise(interview(turn(Q.id, grade=graded.model_copy(update={"judgments": tuple(open_)}))))
    assert [line.criterion.id for line in told.lessons[0].missing] == ["grows"]


def test_a_mistake_is_told_with_the_words_it_was_made_in_and_what_is_right() -> None:
    made = report.summarise(interview(turn(Q.id, grade=grade(Q, "stores", "caches-queries"))))
    assert [line.criterion.id for line in made.lessons[0].corrections] == ["caches-queries"]
    for format_ in ("md", "html"):
        text_ = report.render(made, format_)  # type: ignore[arg-type]
        assert "In truth there is no caches-queries." in text_


def test_a_mistake_that_nobody_made_and_a_pressed_point_that_nobody_asked_for_are_not_told() -> None:
    told = report.summarise(interview(turn(Q.id, grade=grade(Q, "stores"))))
    assert [line.criterion.id for line in told.results[0].lines] == ["stores", "grows", "limits"]
    for format_ in ("md", "html"):
        text_ = report.render(told, format_)  # type: ignore[arg-type]
        assert "caches-queries" not in text_
        assert "pages" not in text_
    pressed = interview(
        turn(Q.id, grade=grade(Q, "stores")), turn(Q.id, criterion_id="pages", grade=grade(Q, "stores"))
    )
    assert "pages" in {line.criterion.id for line in report.summarise(pressed).results[0].lines}


def test_points_are_told_with_those_that_were_pressed_for() -> None:
    held = interview(
        turn(Q.id, grade=grade(Q, "stores", "limits")),
        turn(Q.id, criterion_id="pages", grade=grade(Q, "stores", "limits", "pages")),
    )
    assert "7 of 10 points, and 2 of 2 pressed" in report.render(report.summarise(held), "html")


def test_an_estimate_says_how_much_of_it_nobody_checked() -> None:
    graded = grade(Q, "stores")
    told = report.render(report.summarise(interview(turn(Q.id, grade=graded))), "md")
    assert "estimate, 10 points not checked" in told
    checked = [
        j.model_copy(update={"confirmed": "unmet" if j.criterion_id == "stores" else "met"}) for j in graded.judgments
    ]
    mine = report.summarise(interview(turn(Q.id, grade=graded.model_copy(update={"judgments": tuple(checked)}))))
    text_ = report.render(mine, "md")
    assert "checked by you" in text_
    assert "not checked" not in text_
    assert "you: not said" in text_


def test_a_wrong_claim_that_nobody_foresaw_is_shown_and_costs_nothing() -> None:
    graded = grade(Q, "stores", "grows", "limits")
    wrong = WrongClaim(quote="it splits <b>the model</b>", correction="It copies the model.", disputed=True)
    told = report.summarise(interview(turn(Q.id, grade=graded.model_copy(update={"errors": (wrong,)}))))
    assert told.score == 1.0
    for format_ in ("md", "html"):
        text_ = report.render(told, format_)  # type: ignore[arg-type]
        assert "Also look at this" in text_
        assert "It copies the model." in text_
        assert "You disagree" in text_
    assert "<b>" not in report.render(told, "html")


def test_times_are_the_readers() -> None:
    told = report.summarise(interview(turn(Q.id, grade=grade(Q))))
    zone = timezone(timedelta(hours=8), "CST")
    assert "2026-01-01 20:00 CST" in report.render(told, "md", zone)
    assert "2026-01-01 12:00 UTC" in report.render(told, "html")


def test_code_tables_and_formulas_of_a_question_are_shown_as_such() -> None:
    opener = question(
        text=text("Why $\\sqrt{d}$?"),
        artefact="```python\nx = 1 < 2\n```\n\n| a |\n|---|\n| 1 |",
        reference_answer=text("Because <script>alert(1)</script> ![x](https://evil/x.png)"),
    )
    told = interview(turn(Q.id, grade=grade(opener))).model_copy(update={"questions": (opener,)})
    page = report.render(report.summarise(told), "html")
    assert "<msqrt>" in page
    assert '<code class="language-python">x = 1 &lt; 2' in page
    assert "<table>" in page
    assert "<script" not in page
    assert "<img" not in page


def test_quotes_are_marked_in_the_answer() -> None:
    answered = turn(Q.id, answer="It stores keys. It grows.")
    judgments = [
        Judgment(criterion_id="stores", quote="stores keys", verdict="met"),
        Judgment(criterion_id="grows", quote="not there", verdict="met"),
    ]
    assert report.marked(answered, judgments) == [("It ", None), ("stores keys", "stores"), (". It grows.", None)]


def test_an_answer_of_html_stays_text() -> None:
    nasty = "<script>alert(1)</script><img src=//evil/x.png>"
    page = report.render(report.summarise(interview(turn(Q.id, answer=nasty, grade=grade(Q)))), "html")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_an_answer_of_markdown_stays_text() -> None:
    nasty = "```\n# Score: 100 %\n![x](http://evil/x.png)"
    told = report.render(report.summarise(interview(turn(Q.id, answer=nasty, grade=grade(Q)))), "md")
    for line in nasty.splitlines():
        assert f"    {line}" in told.splitlines()


def test_the_exported_page_asks_for_nothing() -> None:
    page = report.render(report.summarise(interview(turn(Q.id, grade=grade(Q)))), "html")
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|@import|url\()\s*=?\s*[\"']?(?:https?:)?//", page)


def test_the_json_holds_the_grades_and_not_the_owner() -> None:
    told = report.render(report.summarise(interview(turn(Q.id, grade=grade(Q, "stores")))), "json")
    assert json.loads(told)["results"][0]["score"] == 0.5
    assert "me-secret" not in told


def test_the_report_speaks_the_language_of_the_interview() -> None:
    held = interview(turn(Q.id, grade=grade(Q)), turn(HARD.id, grade=grade(HARD)), plan=plan(language="zh"))
    for format_ in ("md", "html"):
        told = report.render(report.summarise(held, TOPICS), format_)  # type: ignore[arg-type]
        assert "面试报告" in told
        assert "KV 缓存" in told
        assert Q.reference_answer.zh in told


def test_an_unfinished_interview_has_a_report_too() -> None:
    told = report.summarise(interview(turn(Q.id, outcome=None, answer="")))
    assert told.results[0].state == "unanswered"
    for format_ in ("md", "json", "html"):
        assert report.render(told, format_)  # type: ignore[arg-type]


# --- judged again -----------------------------------------------------------------------------------------------------

ARGUMENT = "<b>Line one</b> | says it.\n# And this is no heading."


def judged_again() -> Interview:
    """`stores` won at a second look; `grows` disputed in vain; `limits` disputed before a grader that can't weigh."""
    first = grade(Q, "caches-queries")
    stores, grows, limits, pages, mistake = first.judgments
    won = Judgment(
        criterion_id="stores",
        quote="it",
        explanation="now found",
        verdict="met",
        notes=("second_look",),
        agreement=2 / 3,
        earlier=stores.model_copy(update={"explanation": "overlooked"}),
    )
    kept = grows.model_copy(update={"explanation": "still not", "notes": ("appeal",), "earlier": grows})
    answered = turn(
        Q.id,
        answer="I said it.",
        grade=first.model_copy(update={"judgments": (won, kept, limits, pages, mistake)}),
        appeals=(
            Appeal(criterion_id="grows", argument=ARGUMENT, at=NOON, before=grows, after=kept),
            Appeal(criterion_id="limits", argument="For a human reader.", at=NOON, before=limits),
        ),
        regrades=(
            grade(Q, "stores", "grows").model_copy(
                update={"provenance": Provenance(grader="llm", model="m-2", prompt_hash="0", question_version="0")}
            ),
        ),
    )
    return interview(answered)


def test_what_was_judged_again_is_told_in_order_with_both_judgments() -> None:
    lines = {line.criterion.id: line for line in report.summarise(judged_again()).results[0].lines}
    [look] = lines["stores"].again
    assert (look.why, look.before.verdict, look.after and look.after.verdict) == ("second_look", "unmet", "met")
    [disputed] = lines["grows"].again
    assert (disputed.why, disputed.argument) == ("appeal", ARGUMENT)
    assert lines["limits"].again[0].after is None
    assert lines["caches-queries"].again == ()


def test_a_point_won_at_a_second_look_is_no_follow_ups_merit() -> None:
    held = judged_again()
    before = turn(Q.id, grade=grade(Q))
    lines = report.summarise(held.model_copy(update={"turns": (before, *held.turns)})).results[0].lines
    assert not any(line.after_follow_up for line in lines if line.criterion.id == "stores")
    won = report.summarise(interview(before, turn(Q.id, grade=grade(Q, "stores")))).results[0].lines
    assert [line.criterion.id for line in won if line.after_follow_up] == ["stores"]


def test_disputes_are_counted_and_those_that_changed_something() -> None:
    told = report.summarise(judged_again())
    assert (told.appeals, told.appeals_granted) == (2, 0)


def test_every_format_tells_what_was_judged_again_and_keeps_the_argument_as_text() -> None:
    told = report.summarise(judged_again())
    page, markdown = report.render(told, "html"), report.render(told, "md")
    for text_ in (page, markdown):
        assert "disputed: 2, changed by it: 0" in text_
        assert "Looked at again" in text_
        assert "67% of the gradings agree" in text_
        assert "overlooked" in text_
        assert "kept on record" in text_
        assert "criteria judged otherwise: 2" in text_
        assert "m-2" in text_
    assert "<b>" not in page
    assert "&lt;b&gt;Line one&lt;/b&gt;" in page
    assert "    # And this is no heading." in markdown.splitlines()
    assert "dispute" not in re.findall(r'class="([a-z ]+)"', page), "an exported page has nothing to press"
    told_json = json.loads(report.render(told, "json"))["results"][0]
    assert told_json["lines"][0]["judgment"]["earlier"]["explanation"] == "overlooked"
    assert told_json["turns"][0]["appeals"][0]["argument"] == ARGUMENT
    assert told_json["beside"][0]["differing"] == 2


def test_a_report_without_disputes_says_nothing_of_them() -> None:
    told = report.summarise(interview(turn(Q.id, grade=grade(Q))))
    for format_ in ("md", "html"):
        text_ = report.render(told, format_)  # type: ignore[arg-type]
        assert "disputed" not in text_
        assert "Graded anew" not in text_
