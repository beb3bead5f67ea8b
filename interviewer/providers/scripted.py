"""A chat model that says what it is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from typing import NamedTuple

from interviewer.providers import Delta, Message, Rung, Shape
from interviewer.providers.capabilities import Capabilities
from interviewer.schema import Usage

Reply = str | Exception
Script = Iterable[Reply] | Callable[[Sequence[Message]], Reply]


class Call(NamedTuple):
    messages: tuple[Message, ...]
    shape: Shape | None


class ScriptedModel:
    """Replies from a list, in order, or from a function of the messages. An exception in the script is raised.

    Raises:
        LookupError: when asked more often than the script has replies.
    """

    first_rung: Rung = "json_schema"
    keeps_limits = False

    def __init__(self, script: Script, *, name: str = "scripted", piece: int = 12, thinks: bool = False) -> None:
        self.name = name
        self.host = "scripted"
        self.id = f"{name} @ scripted"
        self.capabilities = Capabilities()
        self.calls: list[Call] = []
        self.piece = piece
        "Characters in each delta."
        self.thinks = thinks
        self._say = script if callable(script) else _in_order(script)

    async def stream(
        self, messages: Sequence[Message], shape: Shape | None = None
    ) -> AsyncGenerator[Delta | Usage, None]:
        self.calls.append(Call(tuple(messages), shape))
        reply = self._say(messages)
        if isinstance(reply, Exception):
            raise reply
        if self.thinks:
            yield Delta(thinking=True)
        for start in range(0, len(reply), self.piece):
            yield Delta(text=reply[start : start + self.piece])
        yield Usage(calls=1, input_tokens=sum(len(m.content) for m in messages), output_tokens=len(reply))


def _in_order(replies: Iterable[Reply]) -> Callable[[Sequence[Message]], Reply]:
    remaining = iter(replies)

    def say(_: Sequence[Message]) -> Reply:
        try:
            return next(remaining)
        except StopIteration:
            raise LookupError("the script has no further reply") from None

    return say
