"""An endpoint that a visitor types in: read, listed, tried."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr, ValidationError

from interviewer.errors import InvalidInput
from interviewer.locales import Words
from interviewer.providers import Endpoint, Parameters, endpoints
from interviewer.web.visitors import Visitors

_LISTING_SECONDS = 10.0


def typed(url: Any, model: Any, key: Any, before: Endpoint | None, extra: Parameters | None = None) -> Endpoint:
    """The endpoint in the fields. An empty key field stands for the key given before, for the same URL only.

    Raises:
        InvalidInput: a field is missing.
    """
    url, model, key = (str(field or "").strip() for field in (url, model, key))
    if not url or not model:
        raise InvalidInput("endpoint_incomplete")
    secret = SecretStr(key) if key else before.api_key if before and before.url == url.rstrip("/") else None
    return Endpoint(base_url=url, model=model, api_key=secret, parameters=extra or Parameters())


def parameters(effort: Any, temperature: Any, max_tokens: Any) -> Parameters:
    """Raises InvalidInput for what can't be sent; an empty field is not set."""
    fields = {"reasoning_effort": effort, "temperature": temperature, "max_tokens": max_tokens}
    given = {name: str(value).strip() for name, value in fields.items() if str(value or "").strip()}
    try:
        return Parameters.model_validate(given)
    except ValidationError as problem:
        raise InvalidInput(f"bad_{problem.errors()[0]['loc'][0]}") from None


async def listed(visitors: Visitors, endpoint: Endpoint) -> tuple[str, ...]:
    """What the endpoint serves. Passes the same rule as every call.

    Raises:
        NotAllowed: this server must not call it.
        ProviderError: it can't be reached, or doesn't say.
    """
    from interviewer.providers.openai import OpenAIModel

    await endpoints.allowed(endpoint.url, visitors.settings)
    return await OpenAIModel(endpoint, timeout=_LISTING_SECONDS).models()


async def tried(visitors: Visitors, endpoint: Endpoint, w: Words) -> tuple[tuple[str, ...], bool]:
    """One small question to the model; what it can do, in sentences."""
    from interviewer.providers.check import check, describe

    parts = visitors.parts
    parts.ask_anew(endpoint)
    report = await check(parts.model(endpoint))
    lines = describe(report, w.language)
    if left_out := parts.left_out(endpoint):
        lines += (w("check.left_out", names=", ".join(left_out)),)
    return lines + ((w("graders.chosen"),) if report.ok else ()), report.ok
