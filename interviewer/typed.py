"""What a candidate types or a file says, before anything else sees it."""

from __future__ import annotations

import unicodedata

from interviewer.errors import InvalidInput
from interviewer.locales import languages, words

_CONTROL = {"Cc", "Cs", "Cn", "Co"}


def clean(text: str, limit: int) -> str:
    """The text as stored: no control characters, at most `limit` characters.

    Raises:
        InvalidInput: nothing is left, or it is too long.
    """
    kept = printable(text).strip()
    if all(c.isspace() or unicodedata.category(c) == "Cf" for c in kept):  # nothing, or nothing that can be seen
        raise InvalidInput("empty_answer")
    if len(kept) > limit:
        raise InvalidInput("answer_too_long", length=len(kept), limit=limit)
    return kept


def printable(text: str) -> str:
    """Without control characters; line breaks, as \\n, and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in _CONTROL)


def intent(text: str) -> str | None:
    """dont_know, skip, hint or clarify where the whole message says just that, in any language of the interface."""
    said = text.casefold().strip().strip("。.!！?？~… ").replace("’", "'")
    for language in languages():
        for name, phrases in words(language).get("intents").items():
            if said in phrases:
                return str(name)
    return None
