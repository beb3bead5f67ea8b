"""The room, in a real browser: answering, helping, following up; and nothing shown before its time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_is_graded_with_its_own_words_as_evidence(visit: Visit, language: str) -> None:
    visitor = visit()
    visitor.start(language=language)
    reference = visitor.question.reference_answer.in_("zh" if language == "zh" else "en")
    visitor.send(reference)
    quoted = visitor.page.locator("#transcript mark").all_inner_texts()
    assert quoted
    assert all(part in reference for part in quoted)
    assert visitor.page.locator("#scorecard li.met blockquote").count() > 0


def test_what_is_missing_is_not_named_before_the_question_is_over(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    question = visitor.question
    visitor.send("I would first ask what the requirements are, honestly.")
    assert visitor.page.locator("#question .label").count() == 1, "a follow-up was expected"
    page = visitor.page.content()
    assert not [c.id for c in question.rubric if c.requirement.en in page]
    assert question.reference_answer.en[:60] not in page
    visitor.press("dont-know")
    assert all(c.requirement.en in visitor.text("#scorecard") for c in question.rubric if not c.is_mistake)
    visitor.page.click("#scorecard .reference summary")
    assert question.reference_answer.en[:60] in visitor.text("#scorecard .reference")


def test_in_interview_mode_nothing_is_shown_until_the_report(visit: Visit) -> None:
    visitor = visit()
    visitor.start(mode="interview")
    visitor.send(visitor.question.reference_answer.en)
    assert visitor.page.locator("#scorecard:visible, #transcript mark, #transcript .feedback").count() == 0
    assert "%" not in visitor.text("#transcript .past summary" if visitor.page.locator(".past").count() else "#header")
    visitor.finish()
    assert visitor.page.locator("#report mark").count() > 0


def test_a_hint_is_given_and_the_word_stays_with_the_candidate(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    before = visitor.turn
    visitor.type("half an answer")
    visitor.page.click("#hint")
    visitor.wait("#transcript .tag:has-text('hint')")
    assert visitor.turn == before
    assert visitor.box == "half an answer"


def test_clarify_sends_what_is_in_the_box_as_a_question_about_the_question(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    before, question = visitor.turn, visitor.question
    visitor.type("Do you mean at inference time?")
    visitor.page.click("#clarify")
    visitor.wait("#transcript .tag:has-text('clarification')")
    assert "Do you mean at inference time?" in visitor.text("#transcript")
    assert question.clarification is not None
    assert question.clarification.en in visitor.text("#transcript")
    assert (visitor.turn, visitor.box) == (before, "")


@pytest.mark.parametrize(("words", "said"), [("I don't know.", "I don't know."), ("跳过", "Skipped.")])
def test_a_message_that_says_just_what_a_button_says_does_what_the_button_does(
    visit: Visit, words: str, said: str
) -> None:
    visitor = visit()
    visitor.start()
    visitor.send(words)
    assert "Question 2 of 5" in visitor.text("#header")
    assert said in visitor.page.inner_text("#transcript .passed")


def test_an_answer_of_markup_stays_text(visit: Visit) -> None:
    answer = (
        "<img src=x onerror=\"document.title='owned'\"> ![a](https://example.com/a.png) <script>alert(1)</script>\n"
        "    def f(x):\n        return `x`  # ${1+1} {{this}} <b>bold</b>"
    )
    visitor = visit()
    visitor.start()
    visitor.send(answer)
    said = visitor.page.locator("#transcript .you .text").first
    assert said.inner_text() == answer
    assert said.evaluate("e => getComputedStyle(e).whiteSpace") == "pre-wrap"
    assert visitor.page.locator("#transcript img, #transcript script, #transcript b").count() == 0
    visitor.finish()
    assert "return `x`  # ${1+1} {{this}} <b>bold</b>" in visitor.text("#report")
    assert visitor.page.locator("#report img, #report script, #report b").count() == 0
    assert visitor.page.title() != "owned"


def test_a_refused_answer_stays_in_the_box(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    visitor.type("x" * 20_001)
    visitor.page.click("#send")
    visitor.wait("#notice .problem:has-text('20001')")
    assert len(visitor.box) == 20_001


def test_the_whole_interview_can_be_held_with_the_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page

    def tab_to(element_id: str) -> None:
        for _ in range(60):
            if page.evaluate("id => document.activeElement.closest('#' + id) !== null", element_id):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"#{element_id} can't be reached")

    tab_to("start")
    page.keyboard.press("Enter")
    visitor.wait("#room .asked[data-open]")
    visitor.wait("#box textarea:focus")
    before = visitor.turn
    page.keyboard.type("It depends on the workload.")
    page.keyboard.press("Control+Enter")
    visitor.until_turn_after(before)
    visitor.wait("#box textarea:focus")
    tab_to("finish")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    visitor.wait("#report .report")


def test_no_more_questions_are_announced_than_there_are(visit: Visit) -> None:
    visitor = visit()
    topics = [q.topic for q in visitor.bank.questions.values()]
    alone = next(t for t in topics if topics.count(t) == 1)
    visitor.page.click("#setup-topics input")
    visitor.page.get_by_role("option", name=f"{visitor.bank.topics[alone].en} (1)", exact=True).click()
    visitor.page.keyboard.press("Escape")
    visitor.start()
    assert "Question 1 of 1" in visitor.text("#header")
    visitor.press("skip")
    visitor.wait("#report .report")


def test_at_the_end_of_the_time_the_box_is_handed_in(visit: Visit) -> None:
    visitor = visit()
    visitor.page.clock.install()
    visitor.page.click("#setup-limit input")
    visitor.page.get_by_role("option", name="2 min").click()
    visitor.start()
    before = visitor.turn
    visitor.type("As far as I got")
    visitor.page.clock.fast_forward(125_000)
    visitor.until_turn_after(before)
    assert "As far as I got" in visitor.text("#transcript .you")


def test_the_phone_shows_everything_without_scrolling_sideways(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    visitor.start()
    visitor.send(visitor.question.reference_answer.en)
    visitor.finish()
    for number in range(5):
        visitor.tab(number)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
