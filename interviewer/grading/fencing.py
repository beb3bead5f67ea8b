"""Makes a candidate's words safe for a prompt: they can neither close their fence nor speak for another role."""

from __future__ import annotations

import re
import unicodedata

from interviewer.grading import attacks

_TAGS = (
    "answer|argument|question|reference|criteria|follow[_-]?up|asked|system|user|assistant|think|tool_call"
    "|s|start_of_turn|end_of_turn|bos|eos"
)
_FENCE = re.compile(
    rf"<(?=\s*/?\s*(?:{_TAGS})\b)|<(?=[|｜])|(?<=[|｜])>|\[(?=/?INST\])|<(?=<\s*/?\s*SYS\s*>>)", re.IGNORECASE
)
_SAFE = {"<": "‹", ">": "›", "[": "［"}


def visible(text: str) -> str:
    """Without zero-width, bidirectional and control characters; line breaks and tabs stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))


def fence(text: str) -> str:
    """An answer as it is sent to a model: text addressed to the grader cut, fences and role marks disarmed."""
    safe = visible(attacks.redact(text))
    return _FENCE.sub(lambda match: _SAFE[match[0]], safe).strip()


def says_nothing(fenced: str) -> bool:
    """True if nothing of an answer is left to judge."""
    return not any(c.isalnum() for c in fenced.replace(attacks.PLACEHOLDER, ""))


def speaks_to_grader(text: str) -> bool:
    return bool(attacks.find(text))
