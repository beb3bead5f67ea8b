from __future__ import annotations

from collections.abc import Callable

import pytest

from interviewer.locales import languages
from interviewer.providers import Endpoint
from interviewer.providers.check import ConnectionReport, check, describe
from interviewer.providers.openai import OpenAIModel
from tests.servers import ChatServer, Said, breaks, refuses, says

READY = '{"word": "ready"}'


def ticking() -> Callable[[], float]:
    """A clock that moves on by a second each time it is read."""
    times = iter(range(1000))
    return lambda: float(next(times))


async def report_on(*script: Said) -> tuple[ConnectionReport, OpenAIModel]:
    with ChatServer(script) as server:
        model = OpenAIModel(Endpoint(base_url=server.base_url, model="m"), timeout=0.5)
        return await check(model, ticking()), model


async def test_a_good_endpoint_is_described() -> None:
    report, model = await report_on(says(READY, piece=4, thinking="hm"))
    assert report.ok
    assert (report.rung, report.calls, report.streams, report.thinks, report.reports_usage) == (
        "json_schema", 1, True, True, True,
    )  # fmt: skip
    assert (report.seconds_to_first, report.seconds) == (1.0, 2.0)
    assert model.capabilities.of(model.id).rung == "json_schema"


async def test_a_poor_endpoint_is_described() -> None:
    refusal = refuses(400, "response_format is not supported")
    report, model = await report_on(refusal, refuses(400, "no tools"), says(READY, piece=99, usage=None))
    assert report.ok
    assert (report.rung, report.calls, report.streams, report.reports_usage) == ("json_object", 3, False, False)
    assert model.capabilities.of(model.id).rung == "json_object"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (refuses(401, "no"), "wrong_key"),
        (refuses(404, "model not found"), "unknown_model"),
        (breaks("", "stall"), "stalled"),
        (says("Hello! How can I help?"), "not_json"),
    ],
)
async def test_a_failing_endpoint_is_reported_with_the_remedy(said: Said, key: str) -> None:
    report, model = await report_on(said, said, said, said, said)
    assert not report.ok
    assert report.problem is not None
    assert report.problem.key == key
    assert len(describe(report, "en")) == 1
    assert model.capabilities.of(model.id).rung is None


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("rung", ["json_schema", "tool", "json_object", "text"])
@pytest.mark.parametrize("good", [True, False])
def test_every_finding_has_words(language: str, rung: str, good: bool) -> None:
    report = ConnectionReport.model_validate(
        {"model": "m", "host": "h", "rung": rung, "streams": good, "thinks": good, "reports_usage": good}
    )
    lines = describe(report, language)
    assert all(line and "{" not in line for line in lines)
