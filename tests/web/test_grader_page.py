"""The Grader page in a browser: models on this machine, lists of models, parameters; and Gradio's own notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interviewer.locales import words
from tests.listing import Listing, serves, well_known
from tests.servers import ChatServer, says
from tests.web.conftest import Server
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
LONG = "a/very-long-name-of-a-quantised-model-that-somebody-made-Q4_K_M.gguf:latest"


@pytest.fixture
def ollama() -> Iterator[Listing]:
    with well_known(serves("qwen3:8b", "gemma3:4b", "nomic-embed-text", LONG)) as listing:
        yield listing


def in_use(visitor: Visitor) -> str:
    visitor.wait("#endpoint-state .checked.ok")
    return visitor.text("#endpoint-state")


@pytest.mark.parametrize("width", [1280, 390])
def test_one_click_uses_a_model_of_this_machine(visit: Visit, ollama: Listing, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 844})
    visitor.tab(4)
    visitor.wait("#local-models [data-model='qwen3:8b']")
    offered = visitor.page.locator("#local-models [data-do=use]").all_inner_texts()
    assert [t for t in offered if t.endswith(f"on {ollama.name}")][:2] == [
        f"Use qwen3:8b on {ollama.name}",
        f"Use gemma3:4b on {ollama.name}",
    ]
    assert "embed" not in visitor.text("#local-models")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.page.click("#local-models [data-model='gemma3:4b']")
    assert f"gemma3:4b · 127.0.0.1:{ollama.port} · without a key" in in_use(visitor)
    assert visitor.page.input_value("#model input") == "gemma3:4b"
    visitor.tab(0)
    assert visitor.page.is_checked("#setup-grader input[value=llm]")
    visitor.tab(4)
    visitor.page.click("#forget-endpoint")
    visitor.wait("#endpoint-state .muted:has-text('No endpoint is set up')")
    assert visitor.page.is_checked("#setup-grader input[value=builtin]")


def test_models_are_listed_and_typing_filters_them(visit: Visit, ollama: Listing) -> None:
    visitor = visit()
    visitor.tab(4)
    visitor.page.fill("#url input, #url textarea", ollama.base_url)
    visitor.page.fill("#key input", "sk-typed")
    visitor.page.click("#list-models")
    visitor.wait("#endpoint-state:has-text('serves 4 models')")
    assert [h.get("authorization") for _, h in ollama.asked if "authorization" in h] == ["Bearer sk-typed"]
    visitor.page.click("#model input")
    visitor.page.keyboard.type("gem")
    options = visitor.page.locator("ul.option-list li")
    options.first.wait_for()
    assert [t.strip() for t in options.all_inner_texts()] == ["gemma3:4b"]
    options.first.click()
    visitor.page.click("#use-endpoint")
    visitor.wait("#endpoint-state .checked.ok:has-text('gemma3:4b')")
    assert visitor.page.input_value("#key input") == ""


def test_a_key_that_was_typed_for_one_provider_is_not_sent_to_the_next(visit: Visit, ollama: Listing) -> None:
    visitor = visit()
    visitor.tab(4)
    visitor.page.fill("#key input", "sk-for-another")
    visitor.page.click("#preset input")
    visitor.page.locator("ul.option-list li", has_text=ollama.name).click()
    visitor.page.wait_for_function("document.querySelector('#key input').value === ''")
    assert visitor.page.input_value("#model input") == "qwen3:8b"
    visitor.page.click("#list-models")
    visitor.wait("#endpoint-state:has-text('serves 4 models')")
    assert not any("sk-for-another" in str(headers) for _, headers in ollama.asked)


def test_parameters_are_checked_shown_and_sent(visit: Visit) -> None:
    visitor = visit()
    visitor.tab(4)
    visitor.page.click("#advanced button")
    visitor.page.fill("#temperature input, #temperature textarea", "7")
    with ChatServer(lambda _: says('{"word": "ready"}')) as server:
        visitor.use_endpoint(server.base_url)
        assert "from 0 to 2" in visitor.text("#endpoint-state .bad")
        assert server.requests == []
        visitor.page.fill("#temperature input, #temperature textarea", "0.5")
        visitor.page.fill("#max-tokens input, #max-tokens textarea", "4000")
        visitor.page.click("#use-endpoint")
        assert "Temperature: 0.5" in in_use(visitor)
    assert (server.requests[-1]["temperature"], server.requests[-1]["max_tokens"]) == (0.5, 4000)


def test_gradios_own_notices_are_in_the_pages_language(visit: Visit, tmp_path: Path) -> None:
    """In a browser of another language, and after a switch."""
    server = Server(tmp_path)
    server.start()
    visitor = visit()
    visitor.url = server.url
    visitor.open()
    with visitor.page.expect_request("**/zh-CN-*.js"):
        visitor.speak("zh")
    with visitor.page.expect_request("**/zh-CN-*.js"):
        visitor.reload()
    visitor.speak("en")
    visitor.speak("zh")
    visitor.expects_errors = True
    server.kill()
    visitor.page.click("#start")
    notices = words("zh").get("gradio")["notices"]
    visitor.wait(f".toast-body:has-text('{notices['reconnecting']}')")
    assert "onnection" not in visitor.text(".toast-body")
