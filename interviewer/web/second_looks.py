"""Second looks at doubtful judgments, in the background: no candidate waits for them, and they end with the server."""

from __future__ import annotations

import logging
from functools import partial

from interviewer import review
from interviewer.errors import InterviewerError
from interviewer.grading import Grader, Report, SecondReader
from interviewer.schema import Interview
from interviewer.session import Session
from interviewer.web.gradings import Gradings

log = logging.getLogger(__name__)


class SecondLooks:
    def __init__(self, gradings: Gradings) -> None:
        self._gradings = gradings
        self._taken: set[tuple[str, str]] = set()

    def start(self, session: Session, interview: Interview, grader: Grader) -> None:
        """At every question that is over and doubtful; once each in a process, so that a model that fails is not asked
        again with every click. A question being disputed has to wait: the two must not write over each other."""
        if not isinstance(grader, SecondReader):
            return
        for question_id in review.over(interview):
            taken = interview.id, question_id
            if taken in self._taken or self._gradings.under_way(*taken):
                continue
            self._taken.add(taken)
            self._gradings.start(*taken, partial(_look, session, interview, question_id, grader))


async def _look(session: Session, interview: Interview, question_id: str, reader: SecondReader, _: Report) -> None:
    try:
        await review.second_look(session, interview.id, interview.owner, question_id, reader)
    except InterviewerError as error:  # such as an interview that was deleted meanwhile
        log.info("no second look: %s", error)
    except Exception:
        log.exception("a second look failed")
