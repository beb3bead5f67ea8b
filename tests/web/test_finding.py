"""Finding a question, in a real browser: sub-topics in the set-up, and the question bank; wide, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from interviewer.bank import Bank
from interviewer.locales import words
from interviewer.web.setup import subtopic_choices
from interviewer.web.views import place_title
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
SCREENS: list[Any] = [
    pytest.param("en", {"locale": "en-US", "viewport": {"width": 1280, "height": 860}}, id="wide"),
    pytest.param("zh", {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}}, id="phone"),
]
MATHS = "rope-distance-derivation"


def pick(visitor: Visitor, field: str, *options: str) -> None:
    for option in options:
        visitor.page.click(f"#{field} input")
        visitor.page.keyboard.type(option)
        visitor.page.get_by_role("option", name=option, exact=True).click()
        visitor.page.keyboard.press("Escape")
        visitor.page.locator("h2").first.click()  # the list closes when the field is left


def divided(bank: Bank) -> str:
    """A topic of which at least two sub-topics have two questions."""
    places = [q.place for q in bank.questions.values() if q.subtopic]
    full = [p.partition("/")[0] for p in set(places) if places.count(p) >= 2]
    return next(topic for topic in bank.topics if full.count(topic) >= 2)


def fits(visitor: Visitor) -> bool:
    """Nothing is wider than the screen."""
    return bool(visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_sub_topics_of_a_chosen_topic_are_offered_and_only_the_chosen_ones_asked(
    visit: Visit, bank: Bank, language: str, screen: dict[str, Any]
) -> None:
    visitor, w, topic = visit(**screen), words(language), divided(bank)
    assert not visitor.page.is_visible("#setup-subtopics")
    number = sum(q.topic == topic for q in bank.questions.values())
    pick(visitor, "setup-topics", f"{bank.topics[topic].in_(w.language)} ({number})")  # type: ignore[arg-type]
    visitor.wait("#setup-subtopics")
    choices = subtopic_choices(bank, [topic], w)
    label, place = next((label, place) for label, place in choices if not label.endswith("(1)"))
    pick(visitor, "setup-subtopics", label)
    assert fits(visitor)
    other = "zh" if language == "en" else "en"
    visitor.speak(other)
    there = {p: said for said, p in subtopic_choices(bank, [topic], words(other))}[place]
    visitor.wait(f"#setup-subtopics .token:has-text('{there}')")
    visitor.page.check(f"#setup-language input[value={language}]")
    visitor.start(depth="brisk")
    first = visitor.question
    assert first.place == place
    visitor.reload()
    assert visitor.question == first
    visitor.press("skip")
    assert visitor.question.place == place
    assert visitor.question != first


def test_without_their_topic_sub_topics_are_not_offered_any_more(visit: Visit, bank: Bank) -> None:
    visitor, topic = visit(), divided(bank)
    number = sum(q.topic == topic for q in bank.questions.values())
    pick(visitor, "setup-topics", f"{bank.topics[topic].en} ({number})")
    visitor.wait("#setup-subtopics")
    label, _ = subtopic_choices(bank, [topic], words("en"))[0]
    pick(visitor, "setup-subtopics", label)
    visitor.page.click("#setup-topics .token-remove >> nth=0")
    visitor.wait("#setup-subtopics", state="hidden")
    pick(visitor, "setup-topics", f"{bank.topics[topic].en} ({number})")
    visitor.wait("#setup-subtopics")
    assert visitor.page.locator("#setup-subtopics .token").count() == 0, "what was put away stays put away"


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_the_bank_says_of_each_question_what_it_is_and_how_it_was_answered(
    visit: Visit, bank: Bank, language: str, screen: dict[str, Any]
) -> None:
    visitor, w = visit(**screen), words(language)
    visitor.start(depth="brisk")
    asked = visitor.question
    visitor.give_up()
    visitor.tab(3)
    kind, difficulty = w(f"kinds.{asked.kind}"), w(f"difficulties.{asked.difficulty}")
    said = w("attempts.dont_know", score="0%") + w("report.note_separator") + w("attempts.times", times=1)
    place = place_title(bank, asked.place, w.language)
    visitor.page.fill("#bank-search textarea, #bank-search input[type=text]", asked.id)
    visitor.wait(f"#bank-found li:first-child [data-id={asked.id}]")
    opener = re.escape(asked.text.in_(w.language).replace("`", "")[:12])  # type: ignore[arg-type]
    name = re.compile(f"^{opener}.*{re.escape(place)}.*{difficulty} · {kind}.*{re.escape(said)}$", re.DOTALL)
    visitor.page.get_by_role("button", name=name).click()
    visitor.page.locator("#bank-question .attempt").get_by_text(said, exact=True).wait_for()
    assert fits(visitor)
    visitor.page.check("#bank-new input")
    visitor.page.wait_for_function(f"!document.querySelector('#bank-found [data-id={asked.id}]')")
    visitor.page.uncheck("#bank-new input")
    visitor.wait(f"#bank-found [data-id={asked.id}]")


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_the_bank_is_narrowed_by_topic_kind_and_difficulty_and_shows_formulas(
    visit: Visit, bank: Bank, language: str, screen: dict[str, Any]
) -> None:
    visitor, w = visit(**screen), words(language)
    visitor.tab(3)
    wanted = bank.questions[MATHS]

    def choose(label: str, option: str) -> None:
        visitor.page.locator("#bank-search").get_by_label(w(f"browser.{label}"), exact=True).click()
        visitor.page.get_by_role("option", name=option, exact=True).click()

    choose("topic", place_title(bank, wanted.place, w.language))
    choose("kind", w(f"kinds.{wanted.kind}"))
    choose("difficulty", w(f"difficulties.{wanted.difficulty}"))
    found = [
        q.id
        for q in bank.questions.values()
        if (q.place, q.kind, q.difficulty) == (wanted.place, wanted.kind, wanted.difficulty)
    ]
    visitor.wait(f"#bank-found p:text-is('{w('browser.found', count=len(found))}')")
    shown = visitor.page.locator("#bank-found [data-id]").evaluate_all("all => all.map((e) => e.dataset.id)")
    assert shown == found
    visitor.page.click(f"#bank-found [data-id={MATHS}]")
    visitor.wait("#bank-question h2")
    visitor.page.click("#bank-question summary")
    visitor.wait("#bank-question .prose math")
    assert "$" not in visitor.text("#bank-question")
    assert fits(visitor)
