"""What comes after an answer: pure rules over a question's thread. No model decides how an interview goes on.

The rule, in this order:
1. an answer beside the point: the question once more, which costs no follow-up;
2. a requirement half said or evaded: once more, on what is missing;
3. a mistake that was made: asked about before it is charged;
4. the open requirement of the opener with the most points;
5. the pressed requirements, in the rubric's order: a good candidate is taken deeper.
Nobody is asked for what they said not to know, nor more than twice for one thing. The interviewer lets go after two
follow-ups in a row that won nothing, or when the interview's depth is reached.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from interviewer.grading import scoring
from interviewer.locales import words
from interviewer.schema import (
    Depth,
    FollowUp,
    Grade,
    Interview,
    Language,
    Mistake,
    Question,
    Requirement,
    State,
    ThreadState,
    Turn,
)

FOLLOW_UPS: dict[Depth, int] = {"brisk": 1, "normal": 2, "deep": 4}
"Follow-ups that a question may have."
MOST_ON_ONE_POINT = 2
MOST_IN_VAIN = 2
"Follow-ups in a row that won nothing, after which the interviewer lets go."
UNFINISHED: tuple[State, ...] = ("partial", "evaded")


def next_follow_up(question: Question, thread: Sequence[Turn], language: Language, depth: Depth) -> FollowUp | None:
    """The follow-up that the thread calls for, or None: go on to the next question.

    The grader's own words are used where they aim at what the rule allows, the criterion's probe otherwise.
    """
    last, grade = thread[-1], latest_grade(thread)
    given_up = last.outcome == "dont_know" and last.criterion_id is not None
    if grade is None or last.late or not (given_up or (last.outcome == "answered" and last.grade)):
        return None
    if grade.off_point and not given_up and not any(is_redirect(t) for t in thread[1:]):
        return FollowUp(criterion_id=None, text=question.asked(language))
    if left(thread, depth) == 0 or _in_vain(question, thread):
        return None
    allowed = targets(question, thread, grade)
    proposed = None if given_up else grade.follow_up
    if proposed and proposed.criterion_id in {c.id for c in allowed}:
        return proposed
    return next((_put(c, grade, language) for c in allowed), None)


def left(thread: Sequence[Turn], depth: Depth) -> int:
    """Follow-ups that the question may still have."""
    return max(0, FOLLOW_UPS[depth] - sum(t.criterion_id is not None for t in thread))


def is_redirect(turn: Turn) -> bool:
    """Whether this turn, which is not the first of its thread, puts the question once more."""
    return turn.criterion_id is None


def targets(question: Question, thread: Sequence[Turn], grade: Grade) -> Sequence[Requirement | Mistake]:
    """What the rule allows to ask next: one criterion, or those between which it does not choose."""
    times = [t.criterion_id for t in thread]
    states = {j.criterion_id: j.state for j in grade.judgments}
    states |= {t.criterion_id: "unknown" for t in thread if t.criterion_id and t.outcome == "dont_know"}
    shown = {i for i in times if i} | hinted(thread)
    open_ = [c for c in open_requirements(question, grade) if c.probe and states.get(c.id) != "unknown"]

    unfinished = [c for c in open_ if states.get(c.id) in UNFINISHED and times.count(c.id) < MOST_ON_ONE_POINT]
    unfinished = [c for c in unfinished if not c.is_pressed or c.id in shown]
    if unfinished:
        return _most(unfinished)
    made = {j.criterion_id for j in grade.judgments if j.counts == "met"}
    mistakes = [m for m in question.mistakes if m.id in made and m.id not in times]
    if mistakes:
        return list(mistakes)
    fresh = [c for c in open_ if c.id not in shown]
    return _most([c for c in fresh if not c.is_pressed]) or [c for c in fresh if c.is_pressed][:1]


def open_requirements(question: Question, grade: Grade | None) -> list[Requirement]:
    """The requirements not met so far, in the rubric's order."""
    met = {j.criterion_id for j in grade.judgments if j.counts == "met"} if grade else set()
    return [c for c in question.rubric if c.id not in met]


def hinted(thread: Sequence[Turn]) -> set[str]:
    return {criterion_id for turn in thread for criterion_id in turn.hints}


def asked(thread: Sequence[Turn]) -> set[str]:
    """Ids of the criteria that were asked about: by a follow-up that the candidate has dealt with, or by a hint."""
    return {t.criterion_id for t in thread if t.criterion_id and t.outcome} | hinted(thread)


def latest_grade(thread: Sequence[Turn]) -> Grade | None:
    return next((t.grade for t in reversed(thread) if t.grade), None)


def hint(question: Question, thread: Sequence[Turn], language: Language) -> FollowUp | None:
    """The probe of the most valuable open requirement of the opener that the candidate has not read yet.

    None while a follow-up is open, since that is a probe already; None too when nothing is left to hint at.
    """
    turn = thread[-1]
    if turn.criterion_id is not None:
        return None
    shown = {t.criterion_id for t in thread} | hinted(thread)
    remaining = open_requirements(question, latest_grade(thread))
    fresh = _most([c for c in remaining if not c.is_pressed and c.probe and c.id not in shown])
    return next((FollowUp(criterion_id=c.id, text=_probe(c, language)) for c in fresh), None)


def nudge_target(question: Question, thread: Sequence[Turn]) -> Requirement | None:
    """The requirement whose probe the candidate has read in the open turn, and which no nudge was given for yet."""
    turn = thread[-1]
    given = Counter(turn.hints)
    if turn.criterion_id is not None:
        given[turn.criterion_id] += 1  # the follow-up is its probe
    remaining = open_requirements(question, latest_grade(thread))
    return next((c for c in remaining if given[c.id] == 1), None)


def state(thread: Sequence[Turn]) -> ThreadState:
    if latest_grade(thread) is not None:
        return "graded"
    outcomes = {t.outcome for t in thread}
    if "answered" in outcomes:
        return "not_graded"
    return "dont_know" if "dont_know" in outcomes else "skipped" if "skipped" in outcomes else "unanswered"


def tally(question: Question, thread: Sequence[Turn]) -> scoring.Tally | None:
    """The points of a question's thread so far; None where nothing was graded and nothing given up."""
    grade = latest_grade(thread)
    if grade is None and all(t.outcome != "dont_know" for t in thread):
        return None
    return scoring.tally(
        question,
        grade.judgments if grade else (),
        asked=asked(thread),
        hinted=hinted(thread),
        suggested=grade is not None and grade.provenance.grader == "builtin",
    )


def question_score(question: Question, thread: Sequence[Turn]) -> float | None:
    """0 for "I don't know", None where skipped or not graded."""
    points = tally(question, thread)
    return points.score if points else None


def question_scores(interview: Interview) -> list[tuple[str, float | None]]:
    """(question id, score) in the order asked."""
    return [(q.id, question_score(q, interview.thread(q.id))) for q in interview.questions]


def mean_score(interview: Interview) -> float | None:
    """Of the questions that have a score: skipped and not graded ones are left out."""
    known = [score for _, score in question_scores(interview) if score is not None]
    return sum(known) / len(known) if known else None


def _in_vain(question: Question, thread: Sequence[Turn]) -> bool:
    """Whether the latest follow-ups, one after the other, have won nothing."""
    won = list(_won(question, thread))
    return len(won) >= MOST_IN_VAIN and not any(won[-MOST_IN_VAIN:])


def _won(question: Question, thread: Sequence[Turn]) -> Iterator[bool]:
    """For each follow-up that was answered: whether a requirement was met by it."""
    before: Collection[str] = ()
    for turn in thread:
        if turn.outcome is None:
            return
        met = {j.criterion_id for j in turn.grade.judgments if j.verdict == "met"} if turn.grade else set(before)
        now = {c.id for c in question.rubric if c.id in met}
        if turn.criterion_id is not None:
            yield bool(now - set(before))
        before = now


def _most(candidates: Sequence[Requirement]) -> list[Requirement]:
    """Those with the most points, in the rubric's order."""
    most = max((c.points for c in candidates), default=0)
    return [c for c in candidates if c.points == most]


def _put(criterion: Requirement | Mistake, grade: Grade, language: Language) -> FollowUp:
    """In scripted words: a requirement's probe, or the candidate's own words to stand by."""
    if isinstance(criterion, Requirement):
        return FollowUp(criterion_id=criterion.id, text=_probe(criterion, language))
    judgment = grade.judgment(criterion.id)
    sentences = words(language).get("spoken.stand_by")
    text = sentences[len(criterion.id) % len(sentences)].format(quote=judgment.quote if judgment else "")
    return FollowUp(criterion_id=criterion.id, text=text)


def _probe(criterion: Requirement, language: Language) -> str:
    return criterion.probe.in_(language) if criterion.probe else ""
