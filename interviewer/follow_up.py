"""What comes after an answer: pure rules over a question's thread. No model decides how an interview goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interviewer.grading.terms import language_data
from interviewer.schema import Criterion, FollowUp, Grade, Interview, Language, Question, Turn

MAX_FOLLOW_UPS = 2
"Per question: enough to tell a gap from a slip, few enough not to let a question drag on."


def next_follow_up(question: Question, thread: Sequence[Turn], language: Language) -> FollowUp | None:
    """The follow-up that the thread calls for, or None: go on to the next question.

    It pursues the open criterion with the most points that has not been pursued yet. The grader's own words are used
    where they aim at that criterion, the criterion's probe otherwise.
    """
    last = thread[-1]
    if last.outcome != "answered" or last.grade is None or last.late:
        return None
    if sum(t.criterion_id is not None for t in thread) >= MAX_FOLLOW_UPS:
        return None
    pursued = {t.criterion_id for t in thread} | hinted(thread)
    criterion = most_valuable(open_criteria(question, last.grade), pursued)
    if criterion is None or criterion.probe is None:
        return None
    proposed = last.grade.follow_up
    if proposed and proposed.criterion_id == criterion.id:
        return proposed
    return FollowUp(criterion_id=criterion.id, text=criterion.probe.in_(language))


def open_criteria(question: Question, grade: Grade | None) -> list[Criterion]:
    """The requirements not met so far, in the rubric's order."""
    met = {j.criterion_id for j in grade.judgments if j.verdict == "met"} if grade else set()
    return [c for c in question.rubric if not c.is_mistake and c.id not in met]


def most_valuable(criteria: Sequence[Criterion], but_not: set[str | None] | set[str]) -> Criterion | None:
    """The one with the most points that has a probe; the first of the rubric among equals."""
    candidates = [c for c in criteria if c.probe and c.id not in but_not]
    return max(candidates, key=lambda c: c.points, default=None)


def hinted(thread: Sequence[Turn]) -> set[str]:
    return {criterion_id for turn in thread for criterion_id in turn.hints}


def latest_grade(thread: Sequence[Turn]) -> Grade | None:
    return next((t.grade for t in reversed(thread) if t.grade), None)


def hint(question: Question, thread: Sequence[Turn], language: Language) -> FollowUp | None:
    """A hint for the criterion the open turn is about; None when there is nothing left to hint at.

    The first step is the criterion's probe. Where the candidate has seen that (as a follow-up, or as a hint before),
    the second step names its key words.
    """
    turn = thread[-1]
    shown = {t.criterion_id for t in thread} | hinted(thread)
    remaining = open_criteria(question, latest_grade(thread))
    if turn.criterion_id is not None and turn.criterion_id not in turn.hints:
        criterion: Criterion | None = question.criterion(turn.criterion_id)
    else:
        criterion = most_valuable(remaining, shown) or _without_words(remaining, turn)
    if criterion is None:
        return None
    if criterion.probe and criterion.id not in shown:
        return FollowUp(criterion_id=criterion.id, text=criterion.probe.in_(language))
    words = hint_words(criterion, language)
    return FollowUp(criterion_id=criterion.id, text=" · ".join(words)) if words else None


def _without_words(remaining: Sequence[Criterion], turn: Turn) -> Criterion | None:
    """A criterion whose probe was given as a hint once, and its key words not yet."""
    return next((c for c in remaining if turn.hints.count(c.id) == 1 and c.terms), None)


def key_words(criterion: Criterion, language: Language) -> list[str]:
    """One word for each group of the first pattern, in the language where there is one."""
    groups = [_alternatives(group) for group in _wanted(criterion)]
    return [word for group in groups if (word := _in_language(group, language))]


def hint_words(criterion: Criterion, language: Language) -> list[str]:
    """The same without figures: where the answer is a number, its key words would be the answer."""
    groups = [[a for a in _alternatives(group) if not _tells_a_figure(a)] for group in _wanted(criterion)]
    return [word for group in groups if (word := _in_language(group, language))]


def _wanted(criterion: Criterion) -> list[str]:
    return [group for group in criterion.terms[0] if not group.startswith("~")] if criterion.terms else []


def _alternatives(group: str) -> list[str]:
    return [a.strip().rstrip("*") for a in group.split("|")]


def _tells_a_figure(text: str) -> bool:
    data = language_data()
    said = set(re.split(r"[\W_]+", text.lower())) & set(data["figure_words"].split())
    return bool(said) or any(c.isdigit() or c in data["figure_characters"] for c in text)


def _in_language(alternatives: list[str], language: Language) -> str:
    chinese = [a for a in alternatives if any("一" <= c <= "鿿" for c in a)]
    rest = [a for a in alternatives if a not in chinese]
    wanted, other = (chinese, rest) if language == "zh" else (rest, chinese)
    return (wanted or other or [""])[0]


def question_scores(interview: Interview) -> list[tuple[str, float | None]]:
    """(question id, score) in the order asked; 0 for "I don't know", None where skipped or not graded."""
    return [(i, question_score(interview.thread(i))) for i in dict.fromkeys(t.question_id for t in interview.turns)]


def question_score(thread: Sequence[Turn]) -> float | None:
    grade = latest_grade(thread)
    if grade is not None:
        return grade.score
    return 0.0 if any(t.outcome == "dont_know" for t in thread) else None


def mean_score(interview: Interview) -> float | None:
    """Of the questions that have a score: skipped and not graded ones are left out."""
    known = [score for _, score in question_scores(interview) if score is not None]
    return sum(known) / len(known) if known else None
