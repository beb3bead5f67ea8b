"""From the SDK's exceptions to errors that say what to do. Imports the SDK, like openai.py."""

from __future__ import annotations

import math

import httpx2
import openai

from interviewer.errors import ProviderError
from interviewer.providers import Endpoint

MOST_DETAIL = 300
"Characters of an endpoint's own words that are shown."
UNKNOWN_WAIT = 60
"Seconds to wait where the endpoint doesn't say."


def explain(problem: openai.OpenAIError | ValueError, endpoint: Endpoint, *, reading: bool = False) -> ProviderError:
    """The error for a person. `reading`: part of the reply had come already."""
    host, model = endpoint.host, endpoint.model
    if isinstance(problem, openai.APIStatusError):
        key, extra = _status(problem, endpoint)
        return ProviderError(key, host=host, model=model, **extra)
    if isinstance(problem, openai.APITimeoutError) and not _never_connected(problem):
        return ProviderError("stalled", host=host, model=model)
    if isinstance(problem, openai.APIConnectionError):
        return ProviderError("cut_off" if reading else "unreachable", host=host, model=model)
    if isinstance(problem, openai.APIError):  # an error event in the middle of a stream
        return ProviderError(
            "server_error", host=host, model=model, status=problem.code or "–", detail=_detail(problem)
        )
    return ProviderError("not_openai", host=host, model=model)


def _never_connected(problem: openai.APITimeoutError) -> bool:
    return isinstance(problem.__cause__, httpx2.ConnectTimeout)


def _status(problem: openai.APIStatusError, endpoint: Endpoint) -> tuple[str, dict[str, object]]:
    status, said = problem.status_code, _words(problem)
    detail = scrub(_detail(problem), endpoint)
    if 300 <= status < 400:
        return "redirected", {}
    if status == 402 or "insufficient_quota" in said or "insufficient balance" in said:
        return "no_money", {}
    if status in (401, 403):
        return "wrong_key", {}
    if status == 429:
        return "rate_limited", {"wait": math.ceil(retry_after(problem.response) or UNKNOWN_WAIT)}
    if status >= 500 or status in (408, 409):
        return "server_error", {"status": status, "detail": detail}
    if status == 413 or _too_long(said):
        return "too_long", {}
    if status in (400, 404) and _unknown_model(said):
        return "unknown_model", {}
    return "refused", {"status": status, "detail": detail}


def _too_long(said: str) -> bool:
    return any(sign in said for sign in ("context_length", "context length", "context size", "maximum context"))


def _unknown_model(said: str) -> bool:
    return "model_not_found" in said or (
        "model" in said
        and any(sign in said for sign in ("not found", "not exist", "no such", "unknown model", "不存在"))
    )


def _words(problem: openai.APIError) -> str:
    return f"{problem.code or ''} {problem.type or ''} {problem.message}".casefold()


def _detail(problem: openai.APIError) -> str:
    body = problem.body
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or problem.message)


def scrub(text: str, endpoint: Endpoint) -> str:
    """An endpoint's words for showing: without the key, on one line, cut."""
    key = endpoint.api_key.get_secret_value() if endpoint.api_key else ""
    if key:
        text = text.replace(key, "…")
    text = " ".join(text.split())
    return text if len(text) <= MOST_DETAIL else text[:MOST_DETAIL] + "…"


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds that the endpoint asks to wait; None if it doesn't say, or gives a date."""
    try:
        seconds = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def refused_parameter(problem: openai.APIStatusError, sent: tuple[str, ...]) -> str | None:
    """The optional parameter that a 400 or 422 complains about, if it is one that was sent."""
    if problem.status_code not in (400, 422):
        return None
    said = f"{problem.param or ''} {_words(problem)} {problem.body}".casefold()
    return next((name for name in sent if name in said), None)
