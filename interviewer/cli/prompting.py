"""The prompt of a terminal: line editing, this session's history, several lines, and a paste as one answer."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import create_input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import create_output

from interviewer.cli.reading import Leave, Message, read
from interviewer.locales import Words

try:
    import termios
except ImportError:  # Windows, where a console keeps nothing back
    termios = None  # type: ignore[assignment]


class Prompted:
    """Messages of somebody at a terminal. Inside `with`, what is typed while nobody reads is not shown, and dropped."""

    interactive = True

    def __init__(self, w: Words) -> None:
        self.w = w
        self._input, output = create_input(), create_output()
        if hasattr(output, "enable_cpr"):
            output.enable_cpr = False  # its replies may reach the shell
        self._pasted: set[str] = set()
        self._answers: PromptSession[str] = PromptSession(
            multiline=True,
            key_bindings=_keys(self._pasted),
            prompt_continuation=lambda width, number, wraps: "  ",
            input=self._input,
            output=output,
        )
        self._lines: PromptSession[str] = PromptSession(input=self._input, output=output)

    async def message(self, draft: str = "") -> Message | None:
        self._pasted.clear()
        text = await self._ask(self._answers, "", default=draft, placeholder=self.w("terminal.placeholder"))
        return None if text is None else read(text, self._pasted)

    async def line(self, asked: str) -> str | None:
        text = await self._ask(self._lines, asked if asked.endswith("\n") else f"{asked} ")
        return None if text is None else text.strip()

    async def _ask(
        self, session: PromptSession[str], asked: str, default: str = "", placeholder: str = ""
    ) -> str | None:
        self._drop_leftovers()
        prompt = FormattedText([("", asked), ("bold", "› ")])
        hint = FormattedText([("fg:ansibrightblack", placeholder)])
        try:
            return await session.prompt_async(prompt, default=default, placeholder=hint, handle_sigint=False)
        except KeyboardInterrupt:
            raise Leave(session.default_buffer.text if session is self._answers else "") from None
        except EOFError:
            return None

    def _drop_leftovers(self) -> None:
        clear_typeahead(self._input)
        with suppress(Exception):
            termios.tcflush(sys.stdin, termios.TCIFLUSH)

    @contextmanager
    def hushed(self) -> Iterator[None]:
        """Keys pressed between two prompts are not echoed, and nothing of them reaches the shell."""
        if termios is None:
            yield
            return
        before = termios.tcgetattr(sys.stdin)
        quiet = [*before]
        quiet[3] &= ~termios.ECHO
        termios.tcsetattr(sys.stdin, termios.TCSANOW, quiet)
        try:
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)


def _keys(pasted: set[str]) -> KeyBindings:
    """Enter sends. Alt+Enter, Ctrl+J, a backslash before Enter, and Enter inside a paste make a new line."""
    keys = KeyBindings()

    @keys.add(Keys.Enter)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if _more_to_come(event):  # a paste through a terminal that does not mark pastes
            pasted.update(buffer.document.current_line.splitlines())
            buffer.insert_text("\n")
        elif buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add(Keys.Escape, Keys.Enter)
    @keys.add(Keys.ControlJ)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add(Keys.BracketedPaste)
    def _(event: KeyPressEvent) -> None:
        text = event.data.replace("\r\n", "\n").replace("\r", "\n")
        if "\n" in text.strip("\n"):
            pasted.update(text.split("\n"))
        event.current_buffer.insert_text(text)

    return keys


def _more_to_come(event: KeyPressEvent) -> bool:
    """Whether keys came together with this one: faster than anybody types."""
    if event.app.key_processor.input_queue:
        return True
    return sys.platform != "win32" and bool(select.select([event.app.input.fileno()], [], [], 0)[0])
