"""The record in what a model wrote, with thoughts, prose and drafts around it. Pure.

A reply that is one record is that record, its strings untouched. Otherwise thoughts are dropped, and the last record
that decides what was asked counts; where others decide otherwise, none does. Nothing inside an object that can't be
read is looked at: it may be the candidate's text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound=BaseModel)

_NAMES = "think|thinking|thoughts?|reasoning|analysis|reflection|scratchpad"
_MARK = re.compile(
    rf"(?P<close></think\s*>|<channel\|>|<\|channel\|?>\s*final\b)"
    rf"|(?P<stray></(?:seed:)?(?:{_NAMES})\s*>|\[/THINK\])"
    rf"|(?P<open><(?:seed:)?(?P<name>{_NAMES})\s*>|\[THINK\]|<\|channel\|?>)"
    r'|(?P<object>\{(?=\s*(?:"|//|/\*|\})))',
    re.IGNORECASE,
)
"Marks that a candidate can't write, since an answer is fenced, close what came before; others could be quoted."
_CHANNEL_ENDS = re.compile(r"(?=<\|channel\|?>|<\|start\|>)|<channel\|>|<\|end\|>|\Z")
_ROLE = re.compile(r"<\|start\|>\s*assistant|<\|\w+\|>")
_FENCE = re.compile(r"\A```\w*[ \t]*\n(.*?)\n?[ \t]*```\Z", re.DOTALL)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|["{}\[\]]', re.DOTALL)
_LOOSE = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:\\|["/]|u[0-9a-fA-F]{4}|([A-Za-z]+)|)', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LATEX = re.compile(
    "tau|tanh?|theta|times|text(?:bf|it|rm|tt)?|tfrac|therefore|tilde|top?|triangle(?:q|left|right)?"
    "|nabla|neg?|neq|nmid|not(?:in)?|nonumber|nu|rangle|rceil|rfloor|rho|right(?:arrow)?|rm|rvert"
)
"Commands that begin like an escape which JSON has, \\t, \\n or \\r."


class Reading(NamedTuple):
    record: Any
    "None when the reply holds no valid record."
    fault: str
    "Why not, in the parser's words; empty where no JSON was found."
    several: bool = False
    "There are records that decide differently."


def read(text: str, record_type: type[T], decides: Callable[[T], object] | None = None) -> Reading:
    """The record that counts. `decides` tells what a record decides, None where it doesn't judge all that was asked;
    without it, a record decides all that it says."""
    text = text.strip().lstrip("\ufeff")
    fenced = _FENCE.match(text)
    try:
        whole = decode(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict):
        return _valid(whole, record_type)
    values, fault = _objects(text)
    readings = [_valid(value, record_type) for value in values]
    records = [reading.record for reading in readings if reading.record is not None]
    if fault or not records:
        return Reading(None, fault or next((reading.fault for reading in readings), ""))
    return _last(records, decides or (lambda record: record))


def _last(records: list[T], decides: Callable[[T], object]) -> Reading:
    decided = [decides(record) for record in records]
    last = records[-1] if decided[-1] is None else decided[-1]
    complete = [one for one in decided if one is not None] or records
    if any(one != last for one in complete):
        return Reading(None, "", several=True)
    return Reading(records[-1], "")


def without_thoughts(text: str) -> str:
    """What follows a model's reasoning, where that is written into the reply."""
    kept, at = "", 0
    for mark, _ in _marks(text):
        if not mark["object"]:
            kept = kept + text[at : mark.start()] if mark["open"] else ""
            at = _end_of_thought(text, mark) if mark["open"] else mark.end()
    return _ROLE.sub("", kept + text[at:])


def _objects(text: str) -> tuple[list[Any], str]:
    """The JSON objects that stand in a text outside of thoughts; and the fault of one that can't be read."""
    found: list[Any] = []
    fault = ""
    for mark, value in _marks(text):
        if mark["close"]:
            found, fault = [], ""
        elif mark["stray"] and found:
            fault = "thoughts end that never began"
        elif isinstance(value, Exception):
            fault = str(value) or "no JSON"
        elif mark["object"]:
            found.append(value)
    return found, fault


def _marks(text: str) -> Iterator[tuple[re.Match[str], Any]]:
    """Ends and beginnings of thoughts, and the objects outside of them with their value: an exception for one that
    can't be read. What follows such a one, up to the end of a thought, is no object: it may be the inside of a string.
    A thought that is never closed takes all that follows."""
    at, broken = 0, False
    while mark := _MARK.search(text, at):
        at, value = mark.end(), None
        if mark["open"]:
            at = _end_of_thought(text, mark)
        elif mark["close"]:
            broken = False
        elif broken:
            continue
        else:
            end = _end_of_object(text, mark.start())
            try:
                at, value = end, decode(text[mark.start() : end])
            except (ValueError, RecursionError) as problem:
                value, broken = problem, True
        yield mark, value


def _end_of_thought(text: str, mark: re.Match[str]) -> int:
    if mark["open"].startswith("<|"):
        end = _CHANNEL_ENDS.search(text, mark.end())
        return end.end() if end else len(text)
    closing = r"\[/THINK\]" if mark["open"].startswith("[") else rf"</(?:seed:)?{mark['name']}\s*>"
    closed = re.compile(closing, re.IGNORECASE).search(text, mark.end())
    return closed.end() if closed else len(text)


def _end_of_object(text: str, start: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token[0] == '"':  # a string without an end
            break
        depth += (token[0] in "{[") - (token[0] in "}]")
        if depth == 0:
            return token.end()
    return len(text)


def decode(text: str) -> Any:
    """JSON as models write it: LaTeX with single backslashes, trailing commas, comments, encoded twice.

    Raises:
        ValueError, RecursionError: it is none.
    """
    text = keep_latex(text.strip())
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        tidy = _COMMA.sub(lambda m: m[1] or "", _LOOSE.sub(lambda m: m[1] or "", text))
        value = json.loads(tidy, strict=False)
    if isinstance(value, str) and value.lstrip().startswith(("{", '"')):
        return decode(value)
    return _sound(value)


def keep_latex(text: str) -> str:
    r"""JSON text in which a backslash that was meant stays one: `"\tau"` is \tau, not a tab and "au".

    A backslash is doubled before what is no escape of JSON (`\alpha`, `\(`), before `\b…` and `\f…` with a letter
    after (nobody writes a backspace), and where the whole run of letters is a command of LaTeX (`\nu`, `\times`).
    All others stay as they are: `"\nuse it"` is a line break and "use it".
    """

    def kept(escape: re.Match[str]) -> str:
        run = escape[1]
        if escape[0] != "\\" and run is None:
            return escape[0]
        real = bool(run) and (run in ("b", "f") or (run[0] in "nrt" and not _LATEX.fullmatch(run)))
        return escape[0] if real else "\\" + escape[0]

    return _ESCAPE.sub(kept, text)


def whole(text: str) -> str:
    """Text that can be stored: halves of a character joined, those without another half and NUL replaced by U+FFFD."""
    text = text.replace("\0", "\ufffd")
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_sound(part) for part in value]
    if isinstance(value, dict):
        return {whole(name): _sound(part) for name, part in value.items()}
    return value


def _valid(value: Any, record_type: type[T]) -> Reading:
    try:
        return Reading(record_type.model_validate(value), "")
    except (ValidationError, RecursionError) as problem:
        return Reading(None, _fault(problem))


def _fault(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        places = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in problem.errors()[:5]]
        return "; ".join(places)
    return str(problem)
