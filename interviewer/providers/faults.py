"""From whatever went wrong to errors that say what to do. Imports the SDK, like openai.py.

Every error of an endpoint leaves through `explain`: there the key is taken out of its words, and they are cut.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import httpx2
import openai

from interviewer.errors import ProviderError
from interviewer.providers import Endpoint
from interviewer.providers.chunks import CutOff, InBand
from interviewer.providers.reading import whole

MOST_DETAIL = 300
"Characters of an endpoint's own words that are shown."
MOST_READ = 20 * MOST_DETAIL
UNKNOWN_WAIT = 60
"Seconds to wait where the endpoint doesn't say."
PART_OF_KEY = 8
"Characters of a key in a row that are taken out wherever they stand."
SHORTEST_KEY = 4
"What is shorter is no secret, but the x that somebody types for a server without keys."

_FILTERED = (
    "content_filter", "content filter", "contentfilter", "content management policy", "responsibleaipolicy",
    "data_inspection_failed", "datainspectionfailed", "inappropriate content", "violates usage guidelines",
    "content_policy", "content policy", "content exists risk", "contains sensitive", "不安全或敏感", "敏感内容",
)  # fmt: skip
_NO_MONEY = (
    "insufficient_quota", "insufficient balance", "insufficient_balance", "insufficient credit", "exceeded your current"
    " quota", "arrearage", "billing_hard_limit", "余额不足", "欠费",
)  # fmt: skip
_RATE = ("rate limit", "rate_limit", "too many requests", "limit_requests", "limit_burst_rate", "throttl", "速率限制")
_BUSY = ("overload", "server is busy", "temporarily unavailable", "no capacity", "at capacity", "try again later")
_WRONG_KEY = ("invalid_api_key", "invalid api key", "incorrect api key", "unauthorized", "authentication", "login fail")
_TOO_LONG = (
    "context_length", "context length", "context size", "context window", "maximum context", "max_model_len",
    "input length exceeds", "prompt is too long", "range of input length",
)  # fmt: skip


class _Told(NamedTuple):
    status: int | None
    said: str
    "Code, type and message, in small letters."
    detail: str
    wait: float | None = None


def explain(problem: Exception, endpoint: Endpoint, *, reading: bool = False) -> ProviderError:
    """The error for a person. `reading`: part of the reply had come already."""
    key, values = _named(problem, reading)
    said = {name: scrub(value, endpoint) if isinstance(value, str) else value for name, value in values.items()}
    return ProviderError(key, **{**said, "host": endpoint.host, "model": endpoint.model})


def _named(problem: Exception, reading: bool) -> tuple[str, dict[str, object]]:
    if isinstance(problem, ProviderError):
        return problem.key, problem.values
    if isinstance(problem, openai.APIStatusError):
        return _status(told(problem))
    if isinstance(problem, InBand):
        return _status(_told_in_band(problem.body))
    if isinstance(problem, CutOff):
        return "cut_off", {}
    if isinstance(problem, openai.APITimeoutError | httpx2.TimeoutException) and not _never_connected(problem):
        return "stalled", {}
    if isinstance(problem, openai.APIConnectionError | httpx2.HTTPError):
        return "cut_off" if reading else "unreachable", {}
    return "not_openai", {}


def _never_connected(problem: Exception) -> bool:
    return isinstance(problem.__cause__ or problem, httpx2.ConnectTimeout)


def _status(it: _Told) -> tuple[str, dict[str, object]]:
    status, said = it.status or 0, it.said
    if 300 <= status < 400:
        return "redirected", {}
    if _any(_FILTERED, said):
        return "filtered", {}
    if status == 402 or _any(_NO_MONEY, said):
        return "no_money", {}
    if status in (401, 403) or (not status and _any(_WRONG_KEY, said)):
        return "wrong_key", {}
    if status == 429 or (not status and _any(_RATE, said)):
        return "rate_limited", {"wait": math.ceil(it.wait or UNKNOWN_WAIT)}
    if status >= 500 or status in (408, 409) or (not status and _any(_BUSY, said)):
        return "server_error", {"status": status or "–", "detail": it.detail}
    if status == 413 or is_too_long(said):
        return "too_long", {}
    if status in (0, 400, 404) and _unknown_model(said):
        return "unknown_model", {}
    if not status:
        return "server_error", {"status": "–", "detail": it.detail}
    return "refused", {"status": status, "detail": it.detail}


def _any(signs: tuple[str, ...], said: str) -> bool:
    return any(sign in said for sign in signs)


def is_too_long(said: str) -> bool:
    return _any(_TOO_LONG, said)


def _unknown_model(said: str) -> bool:
    return "model_not_found" in said or (
        "model" in said
        and any(sign in said for sign in ("not found", "not exist", "no such", "unknown model", "不存在"))
    )


def told(problem: openai.APIStatusError) -> _Told:
    said = f"{problem.code or ''} {problem.type or ''} {problem.message}".casefold()
    body = problem.body
    message = body.get("message") if isinstance(body, dict) else None
    return _Told(problem.status_code, said, str(message or problem.message), retry_after(problem.response.headers))


def _told_in_band(body: object) -> _Told:
    if not isinstance(body, dict):
        return _Told(None, str(body).casefold(), str(body))
    said = json.dumps(body, ensure_ascii=False, default=str)
    message = next((body[n] for n in ("message", "msg", "detail", "error_msg") if body.get(n)), said)
    return _Told(_status_in(body), said.casefold(), str(message))


def _status_in(body: Mapping[str, object]) -> int | None:
    for name in ("status", "code", "status_code", "http_code"):
        text = str(body.get(name, ""))
        if re.fullmatch(r"[45]\d\d", text):
            return int(text)
    return None


def is_no_such_path(problem: Exception) -> bool:
    """Whether the base URL may be wrong. LM Studio says so with status 200."""
    if isinstance(problem, InBand):
        return "unexpected endpoint" in str(problem.body).casefold()
    return isinstance(problem, openai.APIStatusError) and problem.status_code in (404, 405)


def may_be_asked_again(problem: openai.APIStatusError) -> bool:
    """Whether the same request may do in a moment."""
    it = told(problem)
    passing = it.status in (408, 409, 429) or (it.status or 0) >= 500
    never = _any(_NO_MONEY, it.said) or _any(_FILTERED, it.said)
    return passing and not never and problem.response.headers.get("x-should-retry") != "false"


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that the endpoint asks to wait, given as milliseconds, seconds or a date; None if it doesn't say."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def refused_parameter(problem: openai.APIStatusError, sent: tuple[str, ...]) -> str | None:
    """The optional parameter that a 400 or 422 complains about, if it is one that was sent."""
    if problem.status_code not in (400, 422):
        return None
    said = f"{problem.param or ''} {told(problem).said} {problem.body}".casefold()
    forms = {name: rf"(?<![\w-]){'stream(?:ing)?' if name == 'stream' else name}(?![\w-])" for name in sent}
    return next((name for name in sent if re.search(forms[name], said)), None)


def scrub(text: str, endpoint: Endpoint) -> str:
    """An endpoint's words for showing: without the key, on one line, cut."""
    key = endpoint.api_key.get_secret_value() if endpoint.api_key else ""
    text = " ".join(without_key(whole(text[:MOST_READ]), key).split())
    return text if len(text) <= MOST_DETAIL else text[:MOST_DETAIL] + "…"


def without_key(text: str, key: str) -> str:
    """The key is taken out as it is, as a URL and base64 have it, and every piece of these of eight characters."""
    hidden = [False] * len(text)
    low = text.casefold()
    if len(low) != len(text):  # a letter that is two when small
        low = text
    for form in _forms(key):
        size = min(PART_OF_KEY, len(form))
        for piece in {form[i : i + size] for i in range(len(form) - size + 1)}:
            for place in _places(low, piece if low is text else piece.casefold()):
                hidden[place : place + size] = [True] * size
    return re.sub("\0+", "…", "".join("\0" if h else c for c, h in zip(text, hidden, strict=True)))


def _forms(key: str) -> Iterator[str]:
    """In base64 the key may begin at any of three places of a group: the ends, which depend on what is beside, go."""
    if len(key) < SHORTEST_KEY:
        return
    yield from {key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1]}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + key.encode("utf-8", "replace")).decode()
        inner = encoded.rstrip("=")[-(-before * 4 // 3) :][: len(key) * 4 // 3 - 1]
        if len(inner) >= PART_OF_KEY:
            yield from {inner, inner.replace("+", "-").replace("/", "_")}


def _places(text: str, piece: str) -> Iterator[int]:
    place = text.find(piece)
    while place >= 0:
        yield place
        place = text.find(piece, place + 1)
