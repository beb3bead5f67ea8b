"""A grade looked at again: second looks at doubtful judgments, appeals of the candidate, regrading by another grader.

Nothing here overwrites in silence: the judgment that was replaced stays inside the one that replaced it, and a regrade
stands beside the grade.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime

from interviewer import follow_up
from interviewer.errors import GradingFailed, InvalidInput
from interviewer.grading import Grader, SecondReader, Task
from interviewer.grading.fencing import fence, says_nothing, speaks_to_grader
from interviewer.schema import (
    Appeal,
    Criterion,
    Grade,
    Interview,
    Judgment,
    Note,
    Question,
    Record,
    Turn,
    Usage,
    Verdict,
)
from interviewer.session import Session, task

MAX_APPEALS = 2
"Per question; each criterion once."
MAX_ARGUMENT = 1000
"Characters."
MAX_SECOND_LOOKS = 2
"Per question: what its grades may cost beyond their one call each."
DOUBTFUL: tuple[Note, ...] = ("quote_unrelated", "terms_match")


class Difference(Record):
    """One criterion on which a regrade and the grade disagree."""

    question_id: str
    criterion_id: str
    points: int
    before: Verdict | None
    after: Verdict


class Regraded(Record):
    """What regrading one question brought."""

    question_id: str
    before: Grade | None
    after: Grade
    differences: tuple[Difference, ...]


def waiting(question: Question, grade: Grade | None) -> list[Judgment]:
    """The judgments that deserve a second look and have not had one: the most valuable, as far as the bound goes."""
    judgments = grade.judgments if grade else ()
    left = MAX_SECOND_LOOKS - sum("second_look" in j.notes for j in judgments)
    doubtful = [j for j in judgments if set(DOUBTFUL) & set(j.notes) and not {"second_look", "appeal"} & set(j.notes)]
    return sorted(doubtful, key=lambda j: -abs(question.criterion(j.criterion_id).points))[: max(0, left)]


async def second_look(
    session: Session, interview_id: str, owner: str, question_id: str, reader: SecondReader
) -> Interview:
    """Judges the doubtful criteria of a question once more, each alone, when its last answer has been graded.

    Off the critical path: nobody waits for it. A second look that fails leaves the judgment as it was.
    """
    interview = await session.load(interview_id, owner)
    if all(t.grade is None for t in interview.thread(question_id)):
        return interview
    at, turn = _graded_turn(interview, question_id)
    question = interview.question(question_id)
    for judgment in waiting(question, turn.grade):
        with suppress(GradingFailed):
            again, usage = await reader.judge_again(task(interview, at), question.criterion(judgment.criterion_id))
            interview = await session.judge(interview_id, owner, at, replaced(judgment, again, "second_look"), usage)
    return interview


def over(interview: Interview) -> list[str]:
    """The questions that no further answer will come to, and that still wait for a second look."""
    done = [q.id for q in interview.questions if interview.is_over(q.id)]
    grades = [(id_, follow_up.latest_grade(interview.thread(id_))) for id_ in done]
    return [id_ for id_, grade in grades if waiting(interview.question(id_), grade)]


async def appeal(
    session: Session,
    interview_id: str,
    owner: str,
    question_id: str,
    criterion_id: str,
    argument: str,
    grader: Grader,
    now: datetime,
) -> Interview:
    """The candidate disputes one judgment. The argument is data; old and new judgment stay visible.

    Raises:
        InvalidInput: nothing was judged, the bound is reached, there is no argument, or it speaks to the grader.
        GradingFailed: it could not be weighed, and may be tried again.
    """
    interview = await session.load(interview_id, owner)
    at, turn = _graded_turn(interview, question_id)
    criterion, before = _disputed(turn, interview, criterion_id)
    argument = _argument(session, interview, question_id, criterion_id, argument)
    after, usage = None, Usage()
    if isinstance(grader, SecondReader):
        again, usage = await grader.judge_again(task(interview, at), criterion, argument)
        after = replaced(before, again, "appeal")
    made = Appeal(criterion_id=criterion_id, argument=argument, at=now, before=before, after=after)
    return await session.judge(interview_id, owner, at, after, usage, made)


async def regrade(
    interview: Interview,
    grader: Grader,
    but_not: Collection[str] = (),
    work: Callable[[Interview, int], Task] = task,
) -> list[tuple[int, Regraded]]:
    """Every answered question graded anew, its whole thread at once: (turn, what it brought). Stores nothing.

    `work`: Session.task where the grader needs the question's terms.

    Raises:
        GradingFailed: at the first question that can't be graded.
    """
    found = []
    for question in interview.questions:
        answered = [
            n for n, t in enumerate(interview.turns) if t.question_id == question.id and t.outcome == "answered"
        ]
        if not answered or question.id in but_not:
            continue
        at = answered[-1]
        after = await grader.grade(work(interview, at).model_copy(update={"previous": None}))
        before = follow_up.latest_grade(interview.thread(question.id))
        found.append((at, compared(question.id, question.criteria, before, after)))
    return found


def compared(question_id: str, rubric: Sequence[Criterion], before: Grade | None, after: Grade) -> Regraded:
    differences = []
    for criterion in rubric:
        was, is_ = before.judgment(criterion.id) if before else None, after.judgment(criterion.id)
        if is_ is not None and (was is None or was.verdict != is_.verdict):
            differences.append(
                Difference(
                    question_id=question_id,
                    criterion_id=criterion.id,
                    points=criterion.points,
                    before=was.verdict if was else None,
                    after=is_.verdict,
                )
            )
    return Regraded(question_id=question_id, before=before, after=after, differences=tuple(differences))


def replaced(before: Judgment, after: Judgment, why: Note) -> Judgment:
    """The new judgment, with the one it replaces inside; a judgment that can't assess replaces nothing."""
    if after.verdict == "cannot_assess":
        return before.model_copy(update={"notes": (*before.notes, why)})
    return after.model_copy(update={"notes": (*after.notes, why), "earlier": before, "agreement": None})


def _graded_turn(interview: Interview, question_id: str) -> tuple[int, Turn]:
    for at in range(len(interview.turns) - 1, -1, -1):
        turn = interview.turns[at]
        if turn.question_id == question_id and turn.grade is not None:
            return at, turn
    raise InvalidInput("nothing_to_dispute")


def _disputed(turn: Turn, interview: Interview, criterion_id: str) -> tuple[Criterion, Judgment]:
    judgment = turn.grade.judgment(criterion_id) if turn.grade else None
    if judgment is None:
        raise InvalidInput("nothing_to_dispute")
    return interview.question(turn.question_id).criterion(criterion_id), judgment


def _argument(session: Session, interview: Interview, question_id: str, criterion_id: str, argument: str) -> str:
    made = [a for turn in interview.thread(question_id) for a in turn.appeals]
    if len(made) >= MAX_APPEALS or any(a.criterion_id == criterion_id for a in made):
        raise InvalidInput("no_appeal_left", limit=MAX_APPEALS)
    argument = argument.strip()
    if not argument:
        raise InvalidInput("no_argument")
    if len(argument) > MAX_ARGUMENT:
        raise InvalidInput("argument_too_long", length=len(argument), limit=MAX_ARGUMENT)
    argument = session.clean(argument)
    if speaks_to_grader(argument) or says_nothing(fence(argument)):
        raise InvalidInput("argument_addresses_grader")
    return argument
