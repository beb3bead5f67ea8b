"""A visitor's own endpoint: tested, used, streamed, stopped, failing; and its key, which goes nowhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from interviewer.locales import words
from tests.cli.conftest import TOPIC
from tests.cli.conftest import bank as short_questions
from tests.servers import ChatServer, Said, ScriptedEndpoint, breaks, llama, packaged_model, refuses, says
from tests.web.conftest import Server
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
EN, ZH = words("en"), words("zh")
JUDGING = EN("room.stages.judging_one", number=2, of=0).removesuffix("0")
KEY = "sk-a-secret-that-must-not-travel"


class Model:
    """Answers the connection check, then whatever the test has it say next."""

    def __init__(self) -> None:
        self.next: Said | None = None

    def __call__(self, request: dict[str, Any]) -> Said:
        asked = request["messages"][-1]["content"]
        if asked.endswith("ready?"):
            return says('{"word": "ready"}')
        return self.next or says(graded(asked))


def graded(asked: str) -> str:
    """A reply that finds the first criterion met, quoting the whole answer."""
    answer = re.findall(r"<answer[^>]*>\s*(.*?)\s*</answer>", asked, re.DOTALL)[-1]
    ids = sorted(set(re.findall(r"\bc\d+\b", asked)))
    judgments = [
        {
            "id": i,
            "quote": answer if i == "c1" else "",
            "explanation": "so",
            "verdict": "met" if i == "c1" else "unmet",
        }
        for i in ids
    ]
    return json.dumps({"judgments": judgments, "feedback": "A fair start.", "follow_up": {"id": "", "text": ""}})


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def endpoint(model: Model) -> Iterator[ChatServer]:
    with ChatServer(model) as serving:
        yield serving


@pytest.fixture
def visitor(visit: Visit, endpoint: ChatServer) -> Visitor:
    """In an interview graded by the model."""
    someone = visit()
    someone.use_endpoint(endpoint.base_url, KEY)
    someone.wait("#endpoint-state .ok")
    someone.tab(0)
    someone.start(grader="llm")
    return someone


def test_a_model_grades_and_its_key_goes_nowhere_else(visitor: Visitor, endpoint: ChatServer, server: Server) -> None:
    answer = visitor.question.reference_answer.en
    visitor.send(answer)
    marked = visitor.page.locator("#transcript mark").first.text_content() or ""
    assert answer.startswith(marked)
    assert len(marked) > 0.9 * len(answer)
    assert "A fair start." in visitor.text("#transcript .feedback")
    assert endpoint.headers[-1]["authorization"] == f"Bearer {KEY}"
    assert visitor.page.input_value("#key input") == ""
    kept = visitor.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert KEY not in kept + visitor.page.content() + server.log
    assert KEY not in visitor.context.request.get(f"{visitor.url}/config").text()
    assert not [f for f in server.folder.rglob("*") if f.is_file() and KEY.encode() in f.read_bytes()]


def test_a_key_that_the_endpoint_repeats_is_nowhere(visit: Visit, server: Server) -> None:
    """Not on the page, nor in the reports, the database or the log."""
    with ScriptedEndpoint("key in the stream", good="{}", wrong="{}", key=KEY) as repeating:
        someone = visit()
        someone.use_endpoint(repeating.base_url, KEY)
        assert "failed" in someone.text("#endpoint-state .bad")
        someone.tab(0)
        someone.start(grader="llm")
        interview = someone.turn.partition(":")[0]
        someone.send("An answer that the endpoint fails on.")
        assert "internal: Bearer …" in someone.text("#look-back .not-graded")
        someone.finish()
        someone.tab(1)
        shown = someone.page.content()
    reports = [someone.context.request.get(f"{someone.url}/reports/{interview}.{f}") for f in ("md", "json", "html")]
    assert all(report.status == 200 for report in reports)
    kept = [file.read_bytes().decode("utf-8", "replace") for file in server.folder.rglob("*") if file.is_file()]
    assert any("internal: Bearer …" in text for text in kept)
    assert KEY not in "".join([shown, server.log, *(report.text() for report in reports), *kept])


def test_progress_shows_while_the_model_writes_and_stop_leaves_the_answer_not_graded(
    visitor: Visitor, model: Model
) -> None:
    model.next = breaks('{"judgments": [{"id": "c2", "quote": "", "explanation": "no', "stall")
    before = visitor.turn
    visitor.type("An answer whose grading is stopped.")
    visitor.page.click("#send")
    visitor.wait(f"#live .stage:has-text('{JUDGING}')")
    assert "An answer whose grading is stopped." in visitor.text("#transcript .you")
    assert visitor.box == ""
    visitor.type("already typing on")
    visitor.page.click("#stop")
    visitor.until_turn_after(before)
    assert EN.error("stopped") in visitor.text("#look-back .not-graded")
    assert visitor.box == "already typing on"

    model.next = None
    visitor.page.click("#look-back [data-do=grade]")
    visitor.wait("#question .asked[data-open]")
    assert visitor.box == "already typing on"
    assert "A fair start." in (visitor.page.text_content("#transcript") or "")


def test_feedback_streams_in_practice_mode(visitor: Visitor, model: Model) -> None:
    model.next = breaks('{"judgments": [], "feedback": "You named the mecha', "stall")
    visitor.type("An answer with feedback under way.")
    visitor.page.click("#send")
    visitor.wait("#live .text:has-text('You named the mecha')")
    visitor.page.click("#stop")
    visitor.wait("#look-back .not-graded")


def test_a_failing_model_is_told_in_the_interfaces_language_and_the_interview_goes_on(
    visitor: Visitor, model: Model
) -> None:
    visitor.speak("zh")
    model.next = refuses(401, "bad key", code="invalid_api_key")
    visitor.send("An answer that can't be graded now.")
    refused = {"host": visitor.page.input_value("#url input, #url textarea").split("/")[2], "model": "m"}
    assert ZH.error("wrong_key", **refused) in visitor.text("#look-back .not-graded")
    visitor.speak("en")
    visitor.wait("#look-back .not-graded:has-text('API key')")
    assert EN.error("wrong_key", **refused) in visitor.text("#look-back .not-graded")
    visitor.go_on()
    assert EN("room.question_of", number=2, of=5) in visitor.text("#header")


def test_what_was_not_graded_is_graded_again_from_report_and_history(visitor: Visitor, model: Model) -> None:
    """One by one, or all at once; and the reason is told in both places."""
    model.next = refuses(401, "bad key", code="invalid_api_key")
    for _ in range(3):
        visitor.send("An answer that can't be graded now.")
        visitor.go_on()
    visitor.finish()
    assert visitor.page.locator("#report .not-graded:has-text('API key')").count() == 3
    model.next = None
    visitor.page.click("#report .not-graded [data-do=grade] >> nth=1")
    visitor.page.wait_for_function("document.querySelectorAll('#report .not-graded').length === 2")
    assert "%" in visitor.text("#report .number")
    assert EN("report.grade_all", count=2) in visitor.text("#report .all")
    visitor.tab(2)
    visitor.wait(f"#history .not-graded:has-text('{EN('history.not_graded', count=2)}')")
    assert "API key" in visitor.text("#history .not-graded")
    visitor.page.click("#history [data-do=grade_all]")
    visitor.wait("#history .not-graded", state="detached")
    visitor.tab(1)
    assert visitor.page.locator("#report .not-graded").count() == 0


def test_a_reload_goes_on_watching_a_grading_that_is_under_way(visitor: Visitor, model: Model) -> None:
    model.next = breaks('{"judgments": [{"id": "c2", "quote": "', "stall")
    before = visitor.turn
    visitor.type("An answer whose tab is reloaded.")
    visitor.page.click("#send")
    visitor.wait(f"#live .stage:has-text('{JUDGING}')")
    visitor.expects_errors = True  # gradio complains about the stream that the reload ends
    visitor.reload()
    visitor.expects_errors = False
    visitor.wait(f"#live .stage:has-text('{JUDGING}')")
    visitor.page.click("#stop")
    visitor.until_turn_after(before)
    assert EN.error("stopped") in visitor.text("#look-back .not-graded")


def test_an_answer_whose_grading_died_with_the_server_is_graded_on_demand(
    visitor: Visitor, model: Model, server: Server, endpoint: ChatServer
) -> None:
    model.next = breaks('{"judgments": [', "stall")
    visitor.type("An answer that outlives the server.")
    visitor.page.click("#send")
    visitor.wait("#transcript .you:has-text('outlives')")
    visitor.expects_errors = True
    server.kill()
    server.start()
    visitor.reload()
    visitor.expects_errors = False
    visitor.page.click("#live [data-do=grade]")
    visitor.wait("#look-back .not-graded")
    assert EN.error("no_endpoint") in visitor.text("#look-back .not-graded")
    assert "outlives" in (visitor.page.text_content("#transcript .you") or "")
    model.next = None
    visitor.use_endpoint(endpoint.base_url, KEY)
    visitor.tab(0)
    visitor.page.click("#look-back [data-do=grade]")
    visitor.wait("#look-back .not-graded", state="detached")


def test_an_endpoint_that_does_not_answer_is_explained(visit: Visit) -> None:
    visitor = visit()
    visitor.use_endpoint("http://127.0.0.1:9/v1")
    assert "can't be reached" in visitor.text("#endpoint-state .bad")


@pytest.fixture
def server_of_short_questions(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path, INTERVIEWER_BANKS=str(short_questions(tmp_path / "bank")))
    running.start()
    yield running
    running.kill()


@pytest.mark.local_model
@pytest.mark.timeout(400)
def test_a_small_model_on_this_machine_takes_the_interview_on(visit: Visit, server_of_short_questions: Server) -> None:
    """A real llama.cpp: the model is too small to grade well, and must not leave the candidate waiting."""
    path = packaged_model()
    if path is None:
        pytest.skip("needs llama.cpp and the packaged model: make local-model")
    with llama(path) as url:
        someone = visit(server_of_short_questions.url)
        someone.use_endpoint(url)
        assert "JSON Schema" in someone.text("#endpoint-state")
        someone.tab(0)
        someone.page.click("#setup-topics input")
        someone.page.get_by_role("option", name=TOPIC).click()
        someone.page.keyboard.press("Escape")
        someone.start(grader="llm")
        someone.page.set_default_timeout(240_000)
        someone.send(
            "The KV cache holds keys and values of every earlier token, so that they need not be computed again."
        )
        judged = someone.page.locator("#look-back .not-graded, #scorecard .total, #look-back .total")
        assert judged.count() == 1
        someone.finish()
        assert "The KV cache holds keys and values" in someone.text("#report")
