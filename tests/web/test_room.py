"""The room, in a real browser: answering, helping, following up; and nothing shown before its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from interviewer.locales import words
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
EN = words("en")
BESIDE_EVERY_POINT = "Lorem ipsum dolor sit amet, consectetur."
"No question's terms find anything in it, whichever is asked."


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_is_graded_with_its_own_words_as_evidence(visit: Visit, language: str) -> None:
    visitor = visit()
    visitor.start(language=language)
    reference = visitor.question.reference_answer.in_("zh" if language == "zh" else "en")
    visitor.send(reference)
    quoted = visitor.page.locator("#transcript mark").all_text_contents()
    assert quoted
    assert all(part in reference for part in quoted)
    assert visitor.page.locator("#scorecard li.met blockquote, #look-back .won blockquote").count() > 0


def test_what_is_missing_is_not_named_before_the_question_is_over(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    question = visitor.question
    visitor.send(BESIDE_EVERY_POINT)
    assert visitor.page.locator("#question .label").count() == 1, "a follow-up was expected"
    page = visitor.page.content()
    assert not [c.id for c in question.rubric if c.requirement.en in page]
    assert question.reference_answer.in_("en")[:60] not in page
    visitor.give_up()
    opener = [c.requirement.en for c in question.rubric if not c.is_pressed]
    assert all(said in visitor.text("#look-back") for said in opener)


def test_a_follow_up_has_its_lead_and_unfolds_the_whole_question(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    question = visitor.question
    visitor.send(BESIDE_EVERY_POINT)
    assert visitor.text("#question .lead") in EN.get("spoken.acknowledge")
    probes = [c.probe.en for c in question.rubric if c.probe]
    assert visitor.asked in probes
    visitor.page.click("#question .whole-question summary")
    assert visitor.page.get_by_text(question.text.en).first.is_visible()


def test_in_interview_mode_nothing_is_shown_until_the_report(visit: Visit) -> None:
    visitor = visit()
    visitor.start(mode="interview")
    visitor.send(visitor.question.reference_answer.en)
    held_back = "#scorecard:visible, #look-back .look-back, #transcript mark, #transcript .feedback"
    assert visitor.page.locator(held_back).count() == 0
    assert visitor.page.locator("#transcript .score").count() == 0
    visitor.finish()
    assert visitor.page.locator("#report mark").count() > 0


def test_a_hint_is_given_and_the_word_stays_with_the_candidate(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    before = visitor.turn
    visitor.type("half an answer")
    visitor.page.click("#hint")
    visitor.wait(f"#transcript .tag:has-text('{EN('room.hint_tag')}')")
    assert visitor.turn == before
    assert visitor.box == "half an answer"


def test_clarify_sends_what_is_in_the_box_as_a_question_about_the_question(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    before, question = visitor.turn, visitor.question
    visitor.type("Do you mean at inference time?")
    visitor.page.click("#clarify")
    visitor.wait(f"#transcript .tag:has-text('{EN('room.clarification')}')")
    assert "Do you mean at inference time?" in visitor.text("#transcript")
    said = question.clarification.en if question.clarification else EN(f"clarify.{question.kind}")
    assert said in visitor.text("#transcript")
    assert (visitor.turn, visitor.box) == (before, "")


@pytest.mark.parametrize(("typed", "outcome"), [("I don't know.", "dont_know"), ("跳过", "skipped")])
def test_a_message_that_says_just_what_a_button_says_does_what_the_button_does(
    visit: Visit, typed: str, outcome: str
) -> None:
    visitor = visit()
    visitor.start()
    visitor.send(typed)
    assert visitor.looks_back == (outcome == "dont_know")
    assert visitor.page.text_content("#transcript .passed") == EN(f"room.passed.{outcome}")
    assert visitor.page.input_value("#box textarea") == ""


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
    visitor.give_up()
    assert visitor.page.locator("#look-back img, #look-back script, #look-back b").count() == 0
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
    while not visitor.looks_back:
        before = visitor.turn
        tab_to("dont-know")
        page.keyboard.press("Enter")
        visitor.until_turn_after(before)
    visitor.wait("#look-back h2:focus")
    tab_to("next")
    page.keyboard.press("Enter")
    visitor.wait("#box textarea:focus")
    tab_to("finish")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    visitor.wait("#report .report")


def test_no_more_questions_are_announced_than_there_are(visit: Visit) -> None:
    visitor = visit()
    smallest, there = Counter(q.topic for q in visitor.bank.questions.values()).most_common()[-1]
    assert there < 5, "fewer than an interview has by default"
    visitor.page.click("#setup-topics input")
    visitor.page.get_by_role("option", name=f"{visitor.bank.topics[smallest].en} ({there})", exact=True).click()
    visitor.page.keyboard.press("Escape")
    visitor.start()
    for number in range(1, there + 1):
        assert EN("room.question_of", number=number, of=there) in visitor.text("#header")
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
    assert "As far as I got" in (visitor.page.text_content("#transcript .you") or "")


@pytest.mark.parametrize("button", ["skip", "dont-know"])
def test_a_double_click_passes_one_question(visit: Visit, button: str) -> None:
    """Its second half comes when the next question is on the screen, under the same button, or under "Next"."""
    visitor = visit()
    visitor.start()
    before, mouse = visitor.turn, visitor.page.mouse
    box = visitor.page.locator(f"#{button}").bounding_box()
    mouse.move(box["x"] + 5, box["y"] + 5)
    mouse.down(click_count=1)
    mouse.up(click_count=1)
    visitor.until_turn_after(before)
    now = visitor.turn
    if visitor.looks_back:
        box = visitor.page.locator("#next").bounding_box()
        mouse.move(box["x"] + 5, box["y"] + 5)
    mouse.down(click_count=2)
    mouse.up(click_count=2)
    visitor.reload()
    assert visitor.turn == now


def test_a_double_click_as_fast_as_a_machine_passes_one_question(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    before = visitor.turn
    visitor.page.dblclick("#skip")
    visitor.until_turn_after(before)
    assert EN("room.question_of", number=2, of=5) in visitor.text("#header")
    visitor.reload()
    assert EN("room.question_of", number=2, of=5) in visitor.text("#header")


def test_an_action_names_the_turn_on_the_screen_and_not_a_later_one(visit: Visit) -> None:
    """What another part of the page knows already is not what the candidate saw."""
    visitor = visit()
    visitor.start()
    later = visitor.turn.rpartition(":")[0] + ":1"
    place = visitor.page.locator("#place textarea, #place input")
    place.evaluate("(e, value) => { e.value = value; e.dispatchEvent(new Event('input')); }", later)
    visitor.press("skip")
    assert visitor.turn == later


@pytest.mark.parametrize("language", ["en", "zh"])
def test_send_and_next_are_in_sight_above_a_phones_keyboard(visit: Visit, language: str) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale=language)
    visitor.start(language=language)
    visitor.send(BESIDE_EVERY_POINT)
    visitor.page.set_viewport_size({"width": 390, "height": 420})
    visitor.page.tap("#box textarea")
    visitor.page.keyboard.type("As it is typed on a phone, line after line. " * 12)
    assert in_sight(visitor, "send")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.give_up()
    assert in_sight(visitor, "next")


def in_sight(visitor: Visitor, button: str) -> bool:
    """All of it, with nothing over it."""
    return bool(
        visitor.page.evaluate(
            """id => {
              const button = document.getElementById(id), r = button.getBoundingClientRect();
              const over = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
              const inside = r.x >= 0 && r.y >= 0 && r.right <= innerWidth && r.bottom <= innerHeight;
              return inside && button.contains(over);
            }""",
            button,
        )
    )


def test_an_artefact_scrolls_in_its_own_box(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    visitor.start()
    wide = "<pre><code>" + "x = 1; " * 80 + "</code></pre><table><tr>" + "<td>a_long_cell</td>" * 30 + "</tr></table>"
    visitor.page.evaluate(
        "html => document.querySelector('#question .asked').innerHTML += `<div class=prose>${html}</div>`", wide
    )
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    for box in ("pre", "table"):
        here = f"document.querySelector('#question .prose:last-child {box}')"
        assert visitor.page.evaluate(f"(e => e.scrollWidth > e.clientWidth)({here})")


def test_the_phone_shows_everything_without_scrolling_sideways(visit: Visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    visitor.start()
    visitor.send(visitor.question.reference_answer.en)
    visitor.give_up()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.finish()
    for number in range(5):
        visitor.tab(number)
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
