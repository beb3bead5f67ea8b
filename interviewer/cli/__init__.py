"""The same verbs in a terminal. Exit status: 0 good, 1 a check failed, 2 bad input (one line, no traceback).

bank.py      check, new, list, show, stats, search
importing.py bank import
interview.py practice, resume, look-back
report.py    grade, report, history
review.py    regrade
measure.py   calibrate, benchmark
service.py   serve, check-endpoint, vocabulary

room.py holds an interview; looking_back.py is for a question that is over. reading.py and prompting.py read what is
typed, show.py shows, stored.py finds.
"""

from __future__ import annotations

import io
import os
import sys
from typing import NoReturn

import typer

from interviewer.cli.reading import Leave
from interviewer.errors import GradingFailed, InterviewerError

CHECK_FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def main() -> NoReturn:
    """The console script. Whatever the locale says, text goes in and out as UTF-8."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="strict" if stream is sys.stdin else "backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit status of one command line; everything it says goes to standard output and standard error."""
    try:
        status = commands()(arguments, standalone_mode=False)
    except GradingFailed as failure:
        return _say(failure, CHECK_FAILED)
    except InterviewerError as error:
        return _say(error, BAD_INPUT)
    except (KeyboardInterrupt, typer.Abort, Leave):
        return INTERRUPTED
    except typer.TyperException as error:
        return _say(error.format_message(), BAD_INPUT)
    except BrokenPipeError:  # the reader of the pipe, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0


def commands() -> typer.Typer:
    from interviewer.cli import bank, interview, measure, report, review, service

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.add_typer(bank.app, name="bank")
    for command in (
        service.serve,
        interview.practice,
        interview.resume,
        report.grade,
        report.report,
        report.history,
        review.regrade,
        measure.calibrate,
        measure.benchmark,
    ):
        app.command()(command)
    app.command("look-back")(interview.look_back)
    app.command("check-endpoint")(service.check_endpoint)
    app.command("vocabulary")(service.vocabulary)
    return app


def _say(message: object, status: int) -> int:
    print(message, file=sys.stderr)
    return status
