"""What the candidate types: what a message is, and messages from a pipe. A terminal's prompt is in prompting.py."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol, TextIO

from interviewer.errors import InvalidInput
from interviewer.schema import Record

COMMANDS = ("hint", "clarify", "idk", "skip", "next", "reference", "check", "dispute", "again", "finish", "help")
FENCE = '"""'


class Leave(Exception):
    """The candidate goes away (Ctrl-C). The interview stays as it is."""

    def __init__(self, draft: str = "") -> None:
        super().__init__(draft)
        self.draft = draft


class Message(Record):
    """One thing typed: a command with what stands behind it, or else an answer."""

    command: str = ""
    "As typed, without its slash; it may be an unknown one."
    text: str = ""
    draft: str = ""
    "An answer begun above the command, which is not sent yet."


class Reader(Protocol):
    interactive: bool
    "Somebody sits there who can be asked."

    async def message(self, draft: str = "") -> Message | None:
        """The next message, None at the end of input. Raises Leave."""
        ...

    async def line(self, asked: str) -> str | None:
        """A short reply to a question, None at the end of input. Raises Leave."""
        ...


def read(typed: str, pasted: Collection[str] = ()) -> Message:
    """`pasted`: lines that came with a paste of several lines. They are text, whatever they look like."""
    first, *_ = typed.split("\n")
    if first.startswith("/") and first not in pasted:
        command, _, rest = typed[1:].partition(" ") if " " in first else typed[1:].partition("\n")
        return Message(command=command.strip(), text=rest.strip())
    above, _, last = typed.rpartition("\n")
    if is_command(last) and last not in pasted:
        return read(last).model_copy(update={"draft": above})
    return Message(text=typed)


def is_command(line: str) -> bool:
    """A line that begins with a command that there is; a path such as /etc/hosts is none."""
    words = line.split(maxsplit=1)
    return bool(words) and line.startswith("/") and words[0][1:] in COMMANDS


class Piped:
    """Messages from a stream. A command is a line; an answer ends with an empty line, a command, or the stream.

    What stands between two lines of three quotation marks is one answer, whatever is in it.
    """

    interactive = False

    def __init__(self, lines: TextIO) -> None:
        self._messages = self._read(lines)

    async def message(self, draft: str = "") -> Message | None:
        """Raises InvalidInput for bytes that are no text."""
        try:
            return next(self._messages, None)
        except UnicodeDecodeError:
            raise InvalidInput("not_text", path="-") from None
        except KeyboardInterrupt:
            raise Leave from None

    async def line(self, asked: str) -> str | None:
        return None

    def _read(self, lines: TextIO) -> Iterator[Message]:
        kept: list[str] = []
        fenced = False
        for line in (line.rstrip("\r\n") for line in lines):
            if line.strip() == FENCE:
                fenced = not fenced
            elif fenced or (line.strip() and not (is_command(line) or (line.startswith("/") and not kept))):
                kept.append(line)
                continue
            if kept and not fenced:
                yield Message(text="\n".join(kept))
                kept = []
            if line.startswith("/"):
                yield read(line)
        if kept:
            yield Message(text="\n".join(kept))
