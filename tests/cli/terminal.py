"""A real pseudo-terminal with the program in it: what a person types goes in, what the person would see comes out."""

from __future__ import annotations

import codecs
import fcntl
import os
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROMPT = "\x1b[?2004h"
"What the prompt sends when it is ready: from now on pastes are marked."
UP, LEFT, CTRL_C, CTRL_D, CTRL_J = "\x1b[A", "\x1b[D", "\x03", "\x04", "\n"
ENTER = "\r"
_STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    """with Terminal("practice", environ=…) as terminal: terminal.wait("Question 1"); terminal.types("yes" + ENTER)"""

    def __init__(self, *arguments: str, environ: Mapping[str, str] = {}) -> None:
        self.arguments, self.environ = arguments, environ
        self._seen, self._from = "", 0
        self._more = threading.Condition()

    def __enter__(self) -> Terminal:
        self._screen, self._keyboard = os.openpty()
        fcntl.ioctl(self._keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "interviewer", *self.arguments],
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm-256color", **self.environ},
            stdin=self._keyboard,
            stdout=self._keyboard,
            stderr=self._keyboard,
            preexec_fn=self._takes_the_terminal,
        )
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._keyboard)
        os.close(self._screen)

    def types(self, keys: str) -> None:
        """Exactly these keys at once."""
        os.write(self._screen, keys.encode())

    def pastes(self, text: str) -> None:
        """As a terminal marks a paste."""
        self.types(f"\x1b[200~{text}\x1b[201~")

    def wait(self, text: str) -> str:
        """Until this is shown, after what was waited for before. What was shown until then."""
        with self._more:
            if not self._more.wait_for(lambda: self._seen.find(text, self._from) >= 0, timeout=60):
                raise AssertionError(f"{text!r} never came; the screen says:\n{self._seen[self._from :]}")
            start, self._from = self._from, self._seen.find(text, self._from) + len(text)
            return _STYLE.sub("", self._seen[start : self._from])

    def prompt(self) -> str:
        """Until the program reads a line."""
        return self.wait(PROMPT)

    def sends(self, text: str) -> str:
        """Types a line at the prompt, and waits for the next prompt: what was shown in between."""
        self.types(text + ENTER)
        return self.prompt()

    def status(self) -> int:
        """Of the program, when it has ended by itself."""
        return self._process.wait(timeout=60)

    @property
    def left_over(self) -> int:
        """Bytes that whoever reads next, such as the shell, would get."""
        count: tuple[int] = struct.unpack("i", fcntl.ioctl(self._keyboard, termios.FIONREAD, b"\0\0\0\0"))
        return count[0]

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self._keyboard)[3] & termios.ECHO)

    def _takes_the_terminal(self) -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def _watch(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            try:
                data = os.read(self._screen, 65536)
            except OSError:
                return
            if not data:
                return
            with self._more:
                self._seen += decoder.decode(data)
                self._more.notify_all()
