"""From judgments to a score: pure arithmetic, nothing else.

Points possible are the opener's requirements, and the pressed ones that were asked about or said without being asked.
Points earned are those of the requirements met, half after a hint, less those of the mistakes made.
The score is earned over possible, clipped to [0, 1]; None if nothing could be assessed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from interviewer.schema import Criterion, Judgment, Question, Record, Requirement

HINT_FACTOR = 0.5
"What a requirement is worth after a hint for it."


class Tally(Record):
    """The points of one question."""

    earned: float = 0.0
    "Of the opener's requirements."
    possible: int = 0
    pressed_earned: float = 0.0
    pressed_possible: int = 0
    lost: float = 0.0
    "By mistakes; not negative."
    unchecked: int = 0
    "Points that rest on a suggestion which the candidate has not confirmed or corrected."
    assessed: bool = True
    "False where not one criterion could be assessed."

    @property
    def score(self) -> float | None:
        possible = self.possible + self.pressed_possible
        if not self.assessed or not possible:
            return None
        return min(1.0, max(0.0, (self.earned + self.pressed_earned - self.lost) / possible))


def tally(
    question: Question,
    judgments: Sequence[Judgment],
    *,
    asked: Collection[str] = (),
    hinted: Collection[str] = (),
    suggested: bool = False,
) -> Tally:
    """`asked`: ids that a follow-up or hint was about. `suggested`: the judgments are the built-in check's."""
    by_id = {j.criterion_id: j for j in judgments}
    opener = [c for c in question.rubric if not c.is_pressed]
    pressed = [c for c in question.rubric if c.is_pressed and (c.id in asked or _met(by_id.get(c.id)))]
    unchecked = [c for c in (*opener, *pressed) if suggested and _unconfirmed(by_id.get(c.id))]
    return Tally(
        earned=sum(points(c, by_id.get(c.id), hinted) for c in opener),
        possible=sum(c.points for c in opener),
        pressed_earned=sum(points(c, by_id.get(c.id), hinted) for c in pressed),
        pressed_possible=sum(c.points for c in pressed),
        lost=-sum(points(c, by_id.get(c.id)) for c in question.mistakes),
        unchecked=sum(c.points for c in unchecked),
        assessed=not judgments or any(j.counts != "cannot_assess" for j in judgments),
    )


def points(criterion: Criterion, judgment: Judgment | None, hinted: Collection[str] = ()) -> float:
    """Points that one judgment brings: half after a hint, nothing unless met. Negative for a mistake."""
    if not _met(judgment):
        return 0.0
    return criterion.points * (HINT_FACTOR if not criterion.is_mistake and criterion.id in hinted else 1.0)


def merge(question: Question, before: Sequence[Judgment], now: Sequence[Judgment]) -> tuple[Judgment, ...]:
    """One judgment per criterion after a follow-up. A requirement that was met stays met; a mistake is as judged last,
    so that one which was taken back is not charged."""
    old = {j.criterion_id: j for j in before}
    new = {j.criterion_id: j for j in now}
    merged = []
    for criterion in question.criteria:
        was, is_ = old.get(criterion.id), new.get(criterion.id)
        held = was is not None and was.verdict == "met" and isinstance(criterion, Requirement)
        keep = held or (was is not None and (is_ is None or is_.verdict == "cannot_assess"))
        judgment = was if keep else is_
        if judgment is not None:
            merged.append(judgment)
    return tuple(merged)


def _met(judgment: Judgment | None) -> bool:
    return judgment is not None and judgment.counts == "met"


def _unconfirmed(judgment: Judgment | None) -> bool:
    return judgment is not None and judgment.confirmed is None
