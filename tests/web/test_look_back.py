"""The look back on a question, in a real browser: confirming with mouse, finger and keys, and going on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from interviewer.locales import words
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
EN = words("en")
IN_SIGHT = """() => {
  const r = document.querySelector('#look-back .current-line').getBoundingClientRect();
  return r.y >= 0 && r.bottom <= document.querySelector('#answering').getBoundingClientRect().y;
}"""
"The line that the keys speak of, above the bar with the button."


def unconfirmed(visitor: Visitor, panel: str = "#look-back") -> int:
    return int(visitor.page.locator(f"{panel} [data-unconfirmed]").count())


def fewer_than(visitor: Visitor, count: int, panel: str = "#look-back") -> None:
    visitor.page.wait_for_function(
        "([panel, n]) => document.querySelectorAll(`${panel} [data-unconfirmed]`).length < n", arg=[panel, count]
    )


def at_a_look_back(visitor: Visitor, **chosen: str) -> Visitor:
    visitor.start(**chosen)
    visitor.send(visitor.question.reference_answer.in_("zh" if chosen.get("language") == "zh" else "en"))
    visitor.give_up()
    return visitor


def test_a_question_ends_with_a_look_back_in_place_of_the_answer_box(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    question = visitor.question
    visitor.send(question.reference_answer.en)
    visitor.give_up()
    assert visitor.text("#look-back h2") == question.name("en")
    visitor.wait("#look-back h2:focus")
    hidden = ("box", "send", "skip", "hint", "room-side", "question .asked")
    assert not [name for name in hidden if visitor.page.is_visible(f"#{name}")]
    assert not visitor.page.is_visible("#look-back .reference .prose")
    visitor.page.click("#look-back .reference summary")
    assert visitor.page.is_visible("#look-back .reference .prose")
    visitor.go_on()
    assert not visitor.looks_back
    assert visitor.page.is_visible("#box textarea")
    visitor.wait("#box textarea:focus")
    assert question.name("en") in visitor.text("#transcript .past summary")


def test_keys_answer_the_first_line_that_is_not_confirmed(visit: Visit) -> None:
    visitor = at_a_look_back(visit())
    first = visitor.page.locator("#look-back [data-unconfirmed]").first
    said = first.locator("p[lang]").first.inner_text()
    assert visitor.page.locator("#look-back .current-line").count() == 1
    assert said in visitor.text("#look-back .current-line")
    for key, told in (("y", "met"), ("n", "unmet")):
        before = unconfirmed(visitor)
        visitor.page.keyboard.press(key)
        fewer_than(visitor, before)
        assert EN(f"confirm.told.{told}") in visitor.text("#look-back")
    assert visitor.page.locator("#look-back .current-line").count() == 1
    assert said not in visitor.text("#look-back .current-line")
    while before := unconfirmed(visitor):
        visitor.page.wait_for_function(IN_SIGHT)
        visitor.page.keyboard.press("y")
        fewer_than(visitor, before)


def test_a_double_click_confirms_and_does_not_take_back(visit: Visit) -> None:
    visitor = at_a_look_back(visit())
    before, mouse = unconfirmed(visitor), visitor.page.mouse
    button = visitor.page.locator("#look-back [data-do=confirm]").first
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    mouse.move(box["x"] + 5, box["y"] + 5)
    mouse.down(click_count=1)
    mouse.up(click_count=1)
    fewer_than(visitor, before)
    visitor.wait("#look-back [data-do=confirm][aria-pressed=true]:enabled")
    mouse.down(click_count=2)
    mouse.up(click_count=2)
    visitor.reload()
    assert unconfirmed(visitor) == before - 1


def test_keys_typed_into_a_field_confirm_nothing(visit: Visit) -> None:
    visitor = at_a_look_back(visit())
    before = unconfirmed(visitor)
    visitor.page.evaluate("document.querySelector('#look-back').insertAdjacentHTML('afterend', '<input id=field>')")
    visitor.page.focus("#field")
    visitor.page.keyboard.type("yny")
    visitor.page.keyboard.press("Control+y")
    visitor.reload()
    assert unconfirmed(visitor) == before


def test_a_button_confirms_takes_back_and_keeps_the_focus(visit: Visit) -> None:
    visitor = at_a_look_back(visit())
    before, page = unconfirmed(visitor), visitor.page
    page.focus("#look-back [data-do=confirm] >> nth=0")
    page.keyboard.press("Enter")
    fewer_than(visitor, before)
    visitor.wait("#look-back [data-do=confirm][aria-pressed=true]:focus")
    visitor.wait("#look-back [data-do=confirm][aria-pressed=true]:enabled")
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('#look-back [data-unconfirmed]').length === n", arg=before)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_can_be_checked_on_a_phone_and_outlives_a_reload(visit: Visit, language: str) -> None:
    w = words(language)
    phone = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale=language)
    visitor = at_a_look_back(phone, language=language)
    while before := unconfirmed(visitor):
        visitor.page.tap("#look-back [data-unconfirmed] [data-do=confirm] >> nth=0")
        fewer_than(visitor, before)
    assert w("report.checked") in visitor.text("#look-back .total")
    total = visitor.text("#look-back .total")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.reload()
    assert visitor.text("#look-back .total") == total
    visitor.finish()
    assert w("report.checked") in visitor.text("#report .summary")
    assert total.split(" · ")[0] in visitor.text("#report")


def test_in_interview_mode_points_are_confirmed_in_the_report(visit: Visit) -> None:
    visitor = visit()
    visitor.start(mode="interview")
    visitor.send(visitor.question.reference_answer.en)
    visitor.finish()
    before = unconfirmed(visitor, "#report")
    assert before
    visitor.page.keyboard.press("y")
    fewer_than(visitor, before, "#report")
    visitor.page.click("#report [data-unconfirmed] [data-do=confirm] >> nth=1")
    fewer_than(visitor, before - 1, "#report")
    visitor.reload()
    visitor.tab(1)
    assert unconfirmed(visitor, "#report") == before - 2
    assert EN("confirm.told.met") in visitor.text("#report")


def test_the_last_look_back_leads_to_the_report(visit: Visit) -> None:
    visitor = visit()
    visitor.page.fill("#setup-questions input[type=number]", "1")
    visitor.page.keyboard.press("Tab")
    visitor.start()
    visitor.give_up()
    assert visitor.text("#next") == EN("room.to_report")
    visitor.speak("zh")
    visitor.wait(f"#next:has-text('{words('zh')('room.to_report')}')")
    visitor.go_on()
    visitor.wait("#report .report")
