"""Nothing is lost and nothing is mixed up: reload, crash, tabs, languages, reports, history."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from interviewer.bank import search
from interviewer.locales import words
from tests.web.conftest import Server
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
EN, ZH = words("en"), words("zh")


def test_a_reload_comes_back_to_the_same_question_with_the_draft(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    visitor.press("skip")
    turn = visitor.turn
    visitor.type("a thought that is not finished")
    visitor.reload()
    assert visitor.turn == turn
    visitor.page.wait_for_function("document.querySelector('#box textarea').value !== ''")
    assert visitor.box == "a thought that is not finished"
    visitor.send(visitor.box)
    assert "a thought that is not finished" in visitor.text("#transcript")
    visitor.reload()
    assert visitor.box == ""


def test_a_killed_server_comes_back_with_the_interview_where_it_was(visit: Visit, server: Server) -> None:
    visitor = visit()
    visitor.start()
    visitor.send("An answer from before the crash, which was stored.")
    visitor.give_up()
    turn, said = visitor.turn, visitor.text("#transcript")
    visitor.expects_errors = True  # the browser notices that the server is gone
    server.kill()
    server.start()
    visitor.reload()
    visitor.expects_errors = False
    assert visitor.turn == turn
    assert visitor.text("#transcript") == said
    assert visitor.looks_back
    visitor.go_on()
    visitor.press("skip")


def test_a_stale_tab_is_told_and_follows_and_keeps_what_was_typed(visit: Visit) -> None:
    first = visit()
    first.start()
    second = first.another_tab()
    assert second.turn == first.turn
    first.press("skip")
    second.type("typed in the second tab")
    second.page.click("#send")
    second.wait("#notice .problem")
    assert second.text("#notice .problem") == EN.error("moved_on")
    assert second.turn == first.turn
    assert second.box == "typed in the second tab"


def test_a_switch_of_language_says_everything_anew_and_keeps_what_was_typed(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    asked = visitor.asked
    visitor.type("typed before the switch")
    visitor.speak("zh")
    visitor.wait(f"#send:has-text('{ZH('room.send')}')")
    assert visitor.box == "typed before the switch"
    assert visitor.asked == asked, "the interview keeps its own language"
    assert visitor.page.evaluate("document.documentElement.lang") == "zh"
    assert visitor.page.locator("#tabs button[role=tab]").all_inner_texts() == [
        ZH(f"nav.{name}") for name in ("interview", "report", "history", "bank", "grader")
    ]
    visitor.reload()
    assert visitor.text("#send") == ZH("room.send")


def test_the_first_visit_speaks_the_browsers_language(visit: Visit) -> None:
    visitor = visit(locale="zh-CN")
    assert visitor.text("#start") == ZH("setup.start")
    assert visitor.page.is_checked("#setup-language input[value=zh]")
    visitor.page.click("#tabs button[role=tab] >> nth=2")
    assert ZH("history.empty_title") in visitor.text("#history")


def test_a_report_can_be_downloaded_in_three_formats_by_its_owner_only(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    visitor.send("An answer that will be exported.")
    unfinished = visitor.turn.partition(":")[0]
    assert visitor.context.request.get(f"{visitor.url}/reports/{unfinished}.md").status == 404
    visitor.finish()
    for format_ in ("html", "md", "json"):
        with visitor.page.expect_download() as download:
            visitor.page.click(f"#report a[href$='.{format_}']")
        content = download.value.path().read_text(encoding="utf-8")
        assert "An answer that will be exported." in content
        assert format_ != "json" or json.loads(content)["interview"]["id"] == unfinished
    stranger = visit()
    assert stranger.context.request.get(f"{stranger.url}/reports/{unfinished}.md").status == 404
    assert stranger.page.locator("#report .report").count() == 0


def test_times_are_the_readers_own(visit: Visit) -> None:
    visitor = visit(timezone_id="Asia/Kolkata")
    visitor.start()
    visitor.press("skip")
    visitor.finish()
    told = visitor.page.get_attribute("#report time", "datetime")
    there = f"{datetime.fromisoformat(told).astimezone(ZoneInfo('Asia/Kolkata')):%Y-%m-%d %H:%M} IST"
    assert visitor.text("#report time") == there
    with visitor.page.expect_download() as download:
        visitor.page.click("#report a[href$='.md']")
    assert there in download.value.path().read_text(encoding="utf-8")
    visitor.tab(2)
    visitor.wait(f"#history .when:has-text('{there}')")


def test_the_history_opens_continues_and_deletes(visit: Visit) -> None:
    visitor = visit()
    visitor.start()
    visitor.give_up()
    visitor.finish()
    visitor.tab(0)
    visitor.page.click("#start")
    visitor.wait("#room .asked[data-open]")
    turn = visitor.turn
    visitor.tab(2)
    visitor.wait("#history .interviews li >> nth=1")
    visitor.page.click("#history [data-do=report]")
    visitor.wait("#report .report")
    visitor.tab(2)
    visitor.page.click("#history [data-do=open]")
    visitor.wait("#room .asked[data-open]")
    assert visitor.turn == turn
    for left in (1, 0):
        visitor.tab(2)
        visitor.wait("#history .interviews li")
        visitor.page.click("#history details.confirm summary >> nth=0")
        visitor.page.click("#history [data-do=delete] >> nth=0")
        visitor.page.wait_for_function(f"document.querySelectorAll('#history .interviews li').length === {left}")
    assert visitor.page.locator("#history div.empty").count() == 1
    visitor.tab(1)
    visitor.wait("#report div.empty")


def test_another_visitor_can_neither_see_nor_move_an_interview(visit: Visit) -> None:
    victim, stranger = visit(), visit()
    victim.start()
    stranger.start()
    shown = stranger.page.locator("#question [data-turn]")
    shown.evaluate("(e, value) => { e.dataset.turn = value; }", victim.turn)
    stranger.page.click("#skip")
    said = EN.error("no_such_interview", id=victim.turn.partition(":")[0])
    stranger.wait(f"#notice .problem:has-text('{said}')")
    before = victim.turn
    victim.reload()
    assert victim.turn == before


def test_the_bank_is_searched_and_keeps_answers_hidden_until_asked(visit: Visit) -> None:
    visitor = visit()
    visitor.tab(3)
    visitor.page.fill("#bank-search input[type=text], #bank-search textarea", "LoRA")
    count = len(search(visitor.bank, "LoRA"))
    visitor.wait(f"#bank-found p:text-is('{EN('browser.found', count=count)}')")
    visitor.page.click("#bank-found [data-do=show] >> nth=0")
    visitor.wait("#bank-question h2")
    reference = visitor.page.locator("#bank-question details .prose")
    assert not reference.is_visible()
    visitor.page.click("#bank-question summary")
    assert reference.is_visible()
