"""Which stored interview is meant by what somebody types: an id, its beginning, or last."""

from __future__ import annotations

from typing import Annotated

import typer

from interviewer.cli.room import OWNER
from interviewer.errors import InvalidInput, NotFound
from interviewer.store import Store

LAST = "last"
MOST = 100_000
"Interviews looked through for the beginning of an id."

InterviewId = Annotated[str, typer.Argument(help="Its id, the beginning of it, or last.")]


async def find(store: Store, given: str, *, unfinished: bool = False) -> str:
    """The whole id. `unfinished`: last is the latest interview that can go on.

    Raises:
        NotFound: nothing fits.
        InvalidInput: more than one does.
    """
    mine = await store.of_owner(OWNER, limit=MOST)
    if given == LAST:
        fitting = [line.id for line in mine if not (unfinished and line.finished_at)][:1]
        if not fitting:
            raise NotFound("no_interview_yet")
    else:
        fitting = [line.id for line in mine if given and line.id.startswith(given)] or [given]
    if len(fitting) > 1 and given not in fitting:
        raise InvalidInput("ambiguous_id", id=given, found=", ".join(fitting))
    return given if given in fitting else fitting[0]
