"""A fault in a bank file, told to the person who wrote it: where, what, what to do."""

from __future__ import annotations

import difflib
import re
from typing import Any

from pydantic import BaseModel, ValidationError

from interviewer.locales import words
from interviewer.schema import Mistake, Question, Record, Requirement, Sample, Source, Text


class Fault(Record):
    """`key` names an entry under `bank_faults` in the locale files; `values` fill its placeholders."""

    path: str
    field: str = ""
    "Dotted, as in rubric.2.points; empty for the whole file. Lists count from 0."
    key: str
    values: dict[str, str] = {}

    def say(self, language: str) -> str:
        sentence = words(language)(f"bank_faults.{self.key}", **self.values)
        return ": ".join(part for part in (self.path, self.field, sentence) if part)


# Pydantic's names for what can be wrong with a field.
_KEYS = {
    "missing": "missing",
    "string_type": "not_text",
    "int_type": "not_whole_number",
    "int_parsing_size": "not_whole_number",
    "tuple_type": "not_a_list",
    "list_type": "not_a_list",
    "model_type": "not_fields",
    "model_attributes_type": "not_fields",
    "dict_type": "not_fields",
    "bool_type": "not_true_or_false",
    "string_too_short": "empty",
}
_MODELS: dict[str, type[BaseModel]] = {
    "": Question,
    "rubric": Requirement,
    "mistakes": Mistake,
    "sources": Source,
    "samples": Sample,
}


def of_validation(path: str, problem: ValidationError) -> list[Fault]:
    return [_fault(path, dict(error)) for error in problem.errors(include_url=False)]


def _fault(path: str, error: dict[str, Any]) -> Fault:
    names = [str(part) for part in error["loc"] if part != "[key]"]
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_field(path, names)
    values: dict[str, str] = {}
    if kind == "string_pattern_mismatch":
        key = {"url": "not_a_url", "reviewed": "not_a_month"}.get(names[-1], "not_a_slug")
    elif kind == "literal_error":
        key, values = "not_one_of", {"expected": ", ".join(re.findall("'([^']*)'", context["expected"]))}
    elif kind == "string_too_long":
        key, values = "too_long", {"limit": str(context["max_length"])}
    elif names == ["covers"]:
        key = "not_covers"
    elif kind in _KEYS:
        key = _KEYS[kind] if names else "no_fields"
    else:
        key, values = "other", {"problem": error["msg"].removeprefix("Value error, ")}
    return Fault(path=path, field=".".join(names), key=key, values=values)


def _unknown_field(path: str, names: list[str]) -> Fault:
    """Says which field was probably meant, or which there are."""
    holder = next((name for name in reversed(names[:-1]) if not name.isdigit()), "")
    known = list(_MODELS.get(holder, Text).model_fields)
    near = difflib.get_close_matches(names[-1], known, n=1)
    key = "unknown_field_near" if near else "unknown_field"
    return Fault(path=path, field=".".join(names), key=key, values={"near": "".join(near), "known": ", ".join(known)})
