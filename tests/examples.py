"""Small records that many tests need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from interviewer.errors import GradingFailed
from interviewer.grading import Report, Task, scoring
from interviewer.schema import (
    FollowUp,
    Grade,
    Judgment,
    Mistake,
    Plan,
    Provenance,
    Question,
    Requirement,
    Source,
    Text,
    Usage,
    Verdict,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def text(en: str, zh: str | None = None) -> Text:
    return Text(en=en, zh=zh or f"中文：{en}")


def requirement(
    id_: str, points: int, *, press: bool = False, probe: bool = True, terms: Sequence[str] = ()
) -> Requirement:
    return Requirement(
        id=id_,
        points=points,
        asked="press" if press else "opener",
        requirement=text(f"Says {id_}."),
        probe=text(f"And what about {id_}?") if probe else None,
        terms=tuple(terms),
    )


def mistake(id_: str, points: int, terms: Sequence[str] = ()) -> Mistake:
    return Mistake(
        id=id_,
        points=points,
        claim=text(f"Claims {id_}."),
        correction=text(f"In truth there is no {id_}."),
        terms=tuple(terms),
    )


def question(id_: str = "why-cache", topic: str = "kv-cache", **changes: object) -> Question:
    values: dict[str, object] = {
        "id": id_,
        "topic": topic,
        "difficulty": "medium",
        "kind": "concept",
        "title": text(f"On {id_}", f"关于 {id_}"),
        "text": text(f"Why {id_}?", f"为什么 {id_}？"),
        "clarification": text("Only the mechanism.", "只说机制。"),
        "reference_answer": text("Because the past keys and values stay.", "因为过去的键和值不变。"),
        "rubric": (
            requirement("stores", 5, terms=["store* | 存"]),
            requirement("grows", 3, terms=["grow* | 增长"]),
            requirement("limits", 2, terms=["limit* | 限制"]),
            requirement("pages", 2, press=True, terms=["page* | 分页"]),
        ),
        "mistakes": (mistake("caches-queries", -3, terms=["queries | 查询"]),),
        "sources": (Source(title="A paper", url="https://arxiv.org/abs/1706.03762"),),
    }
    return Question.model_validate(values | changes)


def plan(**changes: object) -> Plan:
    return Plan.model_validate({"questions": 2} | changes)


class Clock:
    """Stands still until it is told otherwise."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class ScriptedGrader:
    """Finds met whatever criterion ids the latest answer names; fails on the answer `fail`."""

    def __init__(self, on_grade: Callable[[Task], None] | None = None) -> None:
        self.tasks: list[Task] = []
        self.on_grade = on_grade

    def fingerprint(self, task: Task) -> str:
        return "scripted-1"

    async def grade(self, task: Task, report: Report | None = None) -> Grade:
        self.tasks.append(task)
        if self.on_grade:
            self.on_grade(task)
        said = task.thread[-1].answer
        if said == "fail":
            raise GradingFailed("stopped")
        now = [
            Judgment(
                criterion_id=c.id,
                quote=c.id if c.id in said else "",
                explanation="as scripted",
                verdict="met" if c.id in said else "unmet",
            )
            for c in task.question.criteria
        ]
        judgments = scoring.merge(task.question, task.previous.judgments if task.previous else (), now)
        return Grade(
            judgments=judgments,
            feedback="Noted.",
            follow_up=None,
            score=scoring.tally(task.question, judgments, asked=task.asked, hinted=task.hinted).score,
            provenance=Provenance(grader="builtin", prompt_hash="0", question_version=task.question.version),
            usage=Usage(calls=1, input_tokens=100, output_tokens=10),
        )


def grade(question_: Question, *met: str, follow_up: FollowUp | None = None, previous: Grade | None = None) -> Grade:
    def verdict(id_: str) -> Verdict:
        return "met" if id_ in met else "unmet"

    judgments = tuple(
        Judgment(criterion_id=c.id, quote=c.id if c.id in met else "", verdict=verdict(c.id))
        for c in question_.criteria
    )
    return Grade(
        judgments=judgments,
        follow_up=follow_up,
        score=scoring.tally(question_, judgments).score,
        provenance=Provenance(grader="builtin", prompt_hash="0", question_version=question_.version),
    )
