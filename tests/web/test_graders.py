"""What the Grader page does with what is typed there; no browser."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest
from pydantic import SecretStr

from interviewer.errors import InvalidInput, NotAllowed
from interviewer.grading import Task
from interviewer.locales import languages, words
from interviewer.providers import Endpoint, Parameters
from interviewer.web import graders
from interviewer.web.labels import Labels
from interviewer.web.typed_endpoint import listed, parameters, tried, typed
from tests.examples import question
from tests.listing import running, serves, well_known
from tests.servers import ChatServer, Said, refuses, says
from tests.web.test_visitors import visitors

URL = "https://llm.example.org/v1"
BEFORE = Endpoint(base_url=URL, model="m", api_key=SecretStr("sk-given-before"))


def key_of(endpoint: Endpoint) -> str | None:
    return endpoint.api_key.get_secret_value() if endpoint.api_key else None


def test_an_empty_key_field_keeps_the_key_for_the_same_url() -> None:
    for url in (URL, f" {URL}/ "):
        assert key_of(typed(url, "another", "", BEFORE)) == "sk-given-before"
    assert key_of(typed(URL, "m", " sk-new ", BEFORE)) == "sk-new"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1",
        "http://llm.example.org/v1",
        "https://llm.example.org:8443/v1",
        "https://llm.example.org/v2",
        "https://llm.example.org/v1/elsewhere",
        "https://llm.example.org.evil.example/v1",
        "https://llm.example.org",
    ],
)
def test_a_typed_key_is_never_kept_for_another_url(url: str) -> None:
    assert key_of(typed(url, "m", "", BEFORE)) is None


@pytest.mark.parametrize(("url", "model"), [("", "m"), (URL, " "), (None, None)])
def test_url_and_model_are_both_needed(url: str | None, model: str | None) -> None:
    with pytest.raises(InvalidInput, match="both needed"):
        typed(url, model, "k", None)


def test_empty_fields_set_no_parameter() -> None:
    assert parameters("", " ", None) == Parameters()
    assert parameters("low", " 0.5 ", "4000").given == {
        "reasoning_effort": "low",
        "temperature": 0.5,
        "max_tokens": 4000,
    }
    assert parameters("", "0", "").given == {"temperature": 0.0}


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        (("extreme", "", ""), "bad_reasoning_effort"),
        (("", "2.1", ""), "bad_temperature"),
        (("", "-1", ""), "bad_temperature"),
        (("", "nan", ""), "bad_temperature"),
        (("", "warm", ""), "bad_temperature"),
        (("", "", "100"), "bad_max_tokens"),
        (("", "", "1e9"), "bad_max_tokens"),
    ],
)
def test_a_parameter_that_cannot_be_sent_is_told(fields: tuple[str, str, str], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parameters(*fields)
    assert caught.value.key == key
    assert all(caught.value.say(language) for language in languages())


def test_a_grade_under_other_parameters_is_another_grade(tmp_path: Path) -> None:
    task = Task(question=question(), language="en", thread=())
    parts = visitors(tmp_path).parts
    every = [Parameters(), Parameters(temperature=0.0), Parameters(temperature=1.0), Parameters(reasoning_effort="low")]
    every += [Parameters(reasoning_effort="high"), Parameters(max_tokens=4000)]
    made = [parts.llm(BEFORE.model_copy(update={"parameters": p})).fingerprint(task) for p in every]
    assert len(set(made)) == len(every)


def test_the_operators_parameters_go_with_the_operators_model(tmp_path: Path) -> None:
    environ = {"INTERVIEWER_MODEL": "house", "OPENAI_API_KEY": "k", "INTERVIEWER_TEMPERATURE": "1"}
    own = visitors(tmp_path, **environ).parts.own_endpoint()
    assert own is not None
    assert own.parameters == Parameters(temperature=1.0)


async def test_models_are_listed_under_the_rule_of_every_call(tmp_path: Path) -> None:
    with running(serves("b", "a")) as listing:
        here = Endpoint(base_url=listing.base_url, model="?")
        assert await listed(visitors(tmp_path), here) == ("b", "a")
        with pytest.raises(NotAllowed):
            await listed(visitors(tmp_path, INTERVIEWER_HOST="0.0.0.0"), here)
        assert len(listing.asked) == 1


async def test_what_this_machine_serves_is_shown_to_its_owner_alone(tmp_path: Path) -> None:
    with gr.Blocks():
        own = graders.build(Labels(words("en")), visitors(tmp_path))
        shared = graders.build(Labels(words("en")), visitors(tmp_path, INTERVIEWER_HOST="0.0.0.0"))
    assert (own.local.visible, shared.local.visible) == (True, False)
    with well_known(serves("qwen3:8b")) as listing:
        assert await shared.show_local(words("en")) == {}
        assert listing.asked == []
        (update,) = (await own.show_local(words("en"))).values()
        assert f"Use qwen3:8b on {listing.name}" in update["value"]


async def test_a_parameter_that_is_refused_is_told_and_another_value_is_tried(tmp_path: Path) -> None:
    def say(request: dict[str, object]) -> Said:
        if request.get("temperature") == 0.5:
            return refuses(400, "Unsupported value: 'temperature' must be 1.")
        return says('{"word": "ready"}')

    here = visitors(tmp_path)
    with ChatServer(say) as server:
        for temperature, left_out in ((0.5, True), (1.0, False)):
            extra = Parameters(temperature=temperature)
            endpoint = Endpoint(base_url=server.base_url, model="m", parameters=extra)
            lines, ok = await tried(here, endpoint, words("en"))
            assert ok
            assert any("asked without: temperature" in line for line in lines) is left_out
        assert server.requests[-1]["temperature"] == 1.0
