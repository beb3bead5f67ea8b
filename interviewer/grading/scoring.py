"""From judgments to a score: pure arithmetic, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from interviewer.schema import Criterion, Judgment

HINT_FACTOR = 0.5
"What a requirement is worth after a hint for it."


def points(criterion: Criterion, judgment: Judgment | None, hinted: Collection[str] = ()) -> float:
    """Points that one judgment brings: half after a hint, nothing unless met. Negative for a mistake."""
    if judgment is None or judgment.verdict != "met":
        return 0.0
    if not criterion.is_mistake and criterion.id in hinted:
        return criterion.points * HINT_FACTOR
    return float(criterion.points)


def possible(rubric: Sequence[Criterion]) -> int:
    return sum(c.points for c in rubric if not c.is_mistake)


def score(rubric: Sequence[Criterion], judgments: Sequence[Judgment], hinted: Collection[str] = ()) -> float | None:
    """Points earned over points possible, clipped to [0, 1]; None if nothing could be assessed."""
    by_id = {j.criterion_id: j for j in judgments}
    if all(j.verdict == "cannot_assess" for j in judgments):
        return None
    earned = sum(points(c, by_id.get(c.id), hinted) for c in rubric)
    return min(1.0, max(0.0, earned / possible(rubric)))


def merge(rubric: Sequence[Criterion], before: Sequence[Judgment], now: Sequence[Judgment]) -> tuple[Judgment, ...]:
    """One judgment per criterion after a follow-up: what was met stays met, everything else is as judged last."""
    old = {j.criterion_id: j for j in before}
    new = {j.criterion_id: j for j in now}
    merged = []
    for criterion in rubric:
        was, is_ = old.get(criterion.id), new.get(criterion.id)
        keep = was is not None and (was.verdict == "met" or is_ is None or is_.verdict == "cannot_assess")
        judgment = was if keep else is_
        if judgment is not None:
            merged.append(judgment)
    return tuple(merged)
