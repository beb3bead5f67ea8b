"""The page. The only part that imports gradio, and only when it is served.

server.py      FastAPI: lifespan, own files, downloads
guard.py       what every request passes: closed doors, headers, the owner's cookie
visitors.py    who is here: language, typed-in endpoints, gradings under way
page.py        the Blocks: header, tabs, language switch
page_parts.py  the parts in one hand, and what changes about them together
setup.py       the set-up panel             room.py      the interview room
reports.py     the report                   history.py   past interviews
browser.py     the question bank            graders.py   grader, endpoint and key (typed_endpoint.py)
actions.py     what a candidate can do in the room, as tables: a new button is one entry there
answering.py   connects them, and shows how a grading goes; gradings.py keeps what is being graded
disputing.py   disputes of judgments         second_looks.py, in the background
labels.py      everything with words on it  cost.py      what an interview will cost
views.py       records to HTML, through the templates beside it
notices.js     Gradio's own words in the page's language
room.js        clock, drafts, focus, keys   style.css    the look
"""

from __future__ import annotations

import errno
import gc
import os
import socket

from interviewer.errors import InvalidSetting
from interviewer.settings import Settings


def serve(settings: Settings | None = None) -> None:
    """Serves until interrupted.

    Raises:
        InvalidSetting, InvalidBank: before anything is served.
    """
    from interviewer import settings as environment

    settings = settings or environment.read()
    bound = bind(settings.host, settings.port)
    gc.disable()  # what serving imports and builds stays for good: looking it over for garbage is a fifth of the start
    try:
        with environment.without_the_way_out():
            from interviewer.web import server

            app = server.create(settings)
        gc.freeze()
    finally:
        gc.enable()
    server.run(app, settings, bound)


def bind(host: str, port: int) -> socket.socket:
    """Before anything slow, so that a port in use is told at once. It doesn't listen yet: nobody is kept waiting.

    Raises:
        InvalidSetting: nothing can be served there.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if os.name == "posix":  # elsewhere it would let two programs have one port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as problem:
        bound.close()
        if problem.errno == errno.EADDRINUSE:
            raise InvalidSetting("port_in_use", host=host, port=port) from None
        raise InvalidSetting("cannot_listen", host=host, port=port, problem=problem.strerror or problem) from None
    return bound
