"""Every error that the program raises on purpose.

    InterviewerError            words for the person who must act; exit status 2 in a terminal
    ├── InvalidBank             a question file breaks a rule (carries every fault found)
    ├── InvalidInput            something typed or chosen can't be used
    ├── InvalidSetting          an environment variable can't be used
    ├── NotFound                no such interview, question or report
    ├── Conflict                another tab or process moved the interview on
    ├── NotAllowed              this interview or endpoint is not this visitor's to use
    └── GradingFailed           the grader could not grade; the answer is safe, try again
        └── ProviderError       the model's endpoint said no, or nothing

`key` names an entry under `errors` in the locale files; `values` fill its placeholders. `str(error)` is the English
sentence, so that a log line and a terminal say the same as the page.
"""

from __future__ import annotations

from collections.abc import Sequence


class InterviewerError(Exception):
    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def say(self, language: str) -> str:
        """The sentence for a person, in a language of the interface."""
        from interviewer.locales import words

        return words(language).error(self.key, **self.values)

    def __str__(self) -> str:
        return self.say("en")


class InvalidInput(InterviewerError):
    pass


class InvalidSetting(InterviewerError):
    pass


class NotFound(InterviewerError):
    pass


class Conflict(InterviewerError):
    pass


class NotAllowed(InterviewerError):
    pass


class GradingFailed(InterviewerError):
    pass


class ProviderError(GradingFailed):
    """`key` is one of the provider keys in the locale files: wrong_key, unknown_model, rate_limited, …"""


class InvalidBank(InterviewerError):
    """Raised after the whole bank was read, so that one run names every fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("invalid_bank", count=len(faults), faults="\n".join(faults))
        self.faults = tuple(faults)
