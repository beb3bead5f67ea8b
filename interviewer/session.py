"""The interview: start, answer, hint, clarify, skip, confirm, next, finish. Plain rules over stored records; no model
moves it.

Every verb takes the number of the turn that the caller believes is open (`at`). Where another tab or process has
moved on, nothing happens and Conflict is raised. An answer is stored before it is graded.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal, Protocol

from interviewer import follow_up, typed
from interviewer.bank import Bank, choose
from interviewer.errors import Conflict, GradingFailed, InvalidInput, NotFound
from interviewer.grading import Exchange, Grader, Report, Task, scoring
from interviewer.locales import words
from interviewer.schema import (
    Appeal,
    Failure,
    FollowUp,
    Grade,
    Interview,
    Judgment,
    Outcome,
    Plan,
    Question,
    Requirement,
    Turn,
    Usage,
)
from interviewer.store import Store

Confirmed = Literal["met", "unmet"] | None

GRACE = timedelta(seconds=5)
"Added to the time limit: what a page and a network need to hand an answer in."


class Clarifier(Protocol):
    """Says what is meant by a question, in the interview's language, without giving the answer."""

    async def clarify(self, task: Task, asked: str) -> tuple[str, Usage]: ...


class Nudger(Protocol):
    """Words one sentence that guides towards a requirement without naming any of its key words."""

    async def nudge(self, task: Task, criterion: Requirement) -> tuple[str, Usage]: ...


class Session:
    def __init__(
        self,
        store: Store,
        bank: Bank,
        *,
        max_answer: int = 20_000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store
        self.bank = bank
        self.max_answer = max_answer
        self.clock = clock

    async def start(self, owner: str, plan: Plan) -> Interview:
        """A stored interview with its first question asked.

        Raises:
            InvalidInput: no question fits the plan.
        """
        now = self.clock()
        interview = Interview(id=secrets.token_hex(12), owner=owner, plan=plan, created_at=now)
        question = await self._choose(interview)
        if question is None:
            raise InvalidInput("no_question_fits")
        interview = ask(interview, question, now)
        await self.store.create(interview)
        return interview

    async def load(self, interview_id: str, owner: str) -> Interview:
        """Raises NotFound for an interview that doesn't exist, or is somebody else's: the two look alike on purpose."""
        return (await self._load(interview_id, owner))[0]

    async def answer(
        self, interview_id: str, owner: str, at: int, text: str, grader: Grader, report: Report | None = None
    ) -> Interview:
        """Stores the answer, grades it, and makes the next move.

        Where grading fails, the turn keeps the answer and names the error, and the interview goes on.

        Raises:
            InvalidInput: empty or too long; nothing was stored.
            Conflict: turn `at` is not open any more.
        """
        await self.hand_in(interview_id, owner, at, text)
        return await self.grade(interview_id, owner, at, grader, report)

    async def hand_in(self, interview_id: str, owner: str, at: int, text: str) -> Interview:
        """The first half of `answer`: stored, not graded yet. Raises as `answer` does."""
        return await self._close(interview_id, owner, at, "answered", self.clean(text))

    async def grade(
        self, interview_id: str, owner: str, at: int, grader: Grader, report: Report | None = None
    ) -> Interview:
        """Grades turn `at`, which has an answer and no grade, and moves on if it is the latest.

        For an answer that could not be graded at first, or whose process was killed. A turn that has a grade keeps it.
        """
        interview = await self.load(interview_id, owner)
        turn = _turn(interview, at)
        if turn.outcome != "answered" or turn.grade is not None:
            return interview
        try:
            grade, usage = await self._graded(interview, at, grader, report)
            error: Failure | None = None
        except GradingFailed as failure:
            grade, usage = None, Usage()
            error = Failure(key=failure.key, values={k: str(v) for k, v in failure.values.items()})

        def graded(current: Interview) -> Interview:
            before = _turn(current, at)
            if before.grade is not None or before.outcome != "answered":
                return current
            after = before.model_copy(update={"grade": grade, "error": error})
            return _replace(current, at, after).model_copy(update={"usage": current.usage + usage})

        return await self._change(interview_id, owner, graded, then=self._move_from(at))

    async def judge(
        self,
        interview_id: str,
        owner: str,
        at: int,
        judgment: Judgment | None,
        usage: Usage,
        appeal: Appeal | None = None,
    ) -> Interview:
        """Puts a newer judgment of one criterion into the grade of turn `at`, and adds the score up anew."""

        def judged(current: Interview) -> Interview:
            turn = _turn(current, at)
            grade = turn.grade
            if grade is not None and judgment is not None:
                grade = self._with(grade, judgment, current, at)
            appeals = (*turn.appeals, appeal) if appeal else turn.appeals
            changed = _replace(current, at, turn.model_copy(update={"grade": grade, "appeals": appeals}))
            return changed.model_copy(update={"usage": current.usage + usage})

        return await self._change(interview_id, owner, judged)

    async def confirm(
        self, interview_id: str, owner: str, question_id: str, criterion_id: str, verdict: Confirmed
    ) -> Interview:
        """The candidate's own verdict on what the built-in check suggests; None takes it back.

        Raises:
            InvalidInput: the question is not over, or its judgments are no suggestions.
        """

        def confirmed(current: Interview) -> Interview:
            at = _graded_turn(current, question_id)
            grade = current.turns[at].grade if at is not None else None
            judgment = grade.judgment(criterion_id) if grade else None
            if at is None or grade is None or judgment is None or grade.provenance.grader != "builtin":
                raise InvalidInput("nothing_to_confirm")
            if not current.is_over(question_id):
                raise InvalidInput("not_over_yet")
            told = judgment.model_copy(update={"confirmed": verdict})
            turn = current.turns[at].model_copy(update={"grade": self._with(grade, told, current, at)})
            return _replace(current, at, turn)

        return await self._change(interview_id, owner, confirmed)

    async def dispute_error(self, interview_id: str, owner: str, question_id: str, number: int) -> Interview:
        """The candidate disagrees with a wrong claim that the grader says to have found.

        Raises:
            InvalidInput: there is none with this number.
        """

        def disputed(current: Interview) -> Interview:
            at = _graded_turn(current, question_id)
            grade = current.turns[at].grade if at is not None else None
            if at is None or grade is None or not 0 <= number < len(grade.errors):
                raise InvalidInput("nothing_to_dispute")
            errors = list(grade.errors)
            errors[number] = errors[number].model_copy(update={"disputed": True})
            changed = grade.model_copy(update={"errors": tuple(errors)})
            return _replace(current, at, current.turns[at].model_copy(update={"grade": changed}))

        return await self._change(interview_id, owner, disputed)

    async def next(self, interview_id: str, owner: str, at: int) -> Interview:
        """From the look back on a question, whose last turn is `at`, to the next question or the end."""

        def moved(current: Interview) -> Interview:
            if at != len(current.turns) - 1 or not current.looks_back:
                raise Conflict("moved_on")
            return current

        return await self._change(interview_id, owner, moved, then=self._go_on)

    async def keep_regrade(self, interview_id: str, owner: str, at: int, grade: Grade) -> Interview:
        """Keeps another grade of turn `at` beside the one it has."""

        def kept(current: Interview) -> Interview:
            turn = _turn(current, at)
            changed = _replace(current, at, turn.model_copy(update={"regrades": (*turn.regrades, grade)}))
            return changed.model_copy(update={"usage": current.usage + grade.usage})

        return await self._change(interview_id, owner, kept)

    async def stop_grading(self, interview_id: str, owner: str, at: int) -> Interview:
        """Leaves turn `at` not graded and goes on; it can be graded later."""

        def stopped(current: Interview) -> Interview:
            turn = _turn(current, at)
            if turn.outcome != "answered" or turn.grade is not None or turn.error is not None:
                return current
            return _replace(current, at, turn.model_copy(update={"error": Failure(key="stopped")}))

        return await self._change(interview_id, owner, stopped, then=self._move_from(at))

    async def dont_know(self, interview_id: str, owner: str, at: int) -> Interview:
        return await self._pass(interview_id, owner, at, "dont_know")

    async def skip(self, interview_id: str, owner: str, at: int) -> Interview:
        return await self._pass(interview_id, owner, at, "skipped")

    async def hint(self, interview_id: str, owner: str, at: int, nudger: Nudger | None = None) -> tuple[Interview, str]:
        """A hint for the open turn; what it points at is worth half from now on.

        First a probe; where the candidate has read that, a model's nudge.

        Raises:
            InvalidInput: there is nothing left to hint at.
        """
        interview = await self.load(interview_id, owner)
        turn = _open_turn(interview, at)
        question, thread = interview.question(turn.question_id), interview.thread(turn.question_id)
        probed = follow_up.hint(question, thread, interview.plan.language)
        nudged = follow_up.nudge_target(question, thread) if nudger else None
        usage = Usage()
        if nudged is not None and nudger is not None:
            with contextlib.suppress(GradingFailed):  # then a probe does
                words_, usage = await nudger.nudge(self.task(interview, at), nudged)
                probed = FollowUp(criterion_id=nudged.id, text=words_)
        if probed is None or probed.criterion_id is None:
            raise InvalidInput("no_hint_left")
        given = probed

        def hinted(current: Interview) -> Interview:
            turn = _open_turn(current, at)
            update = {"hints": (*turn.hints, given.criterion_id), "hint_texts": (*turn.hint_texts, given.text)}
            changed = _replace(current, at, turn.model_copy(update=update))
            return changed.model_copy(update={"usage": current.usage + usage})

        return await self._change(interview_id, owner, hinted), given.text

    async def clarify(
        self, interview_id: str, owner: str, at: int, asked: str, clarifier: Clarifier | None
    ) -> tuple[Interview, str]:
        """The interviewer says what is meant. Costs no points. Without a model: the question's own clarification."""
        interview = await self.load(interview_id, owner)
        turn = _open_turn(interview, at)
        question = interview.question(turn.question_id)
        reply, usage = scripted_clarification(question, turn, interview), Usage()
        if clarifier is not None:
            with contextlib.suppress(GradingFailed):  # the scripted words do: no error is worth a clarification
                reply, usage = await clarifier.clarify(self.task(interview, at), asked)

        def clarified(current: Interview) -> Interview:
            turn = _open_turn(current, at)
            said = (*turn.clarifications, (asked, reply))
            changed = _replace(current, at, turn.model_copy(update={"clarifications": said}))
            return changed.model_copy(update={"usage": current.usage + usage})

        return await self._change(interview_id, owner, clarified), reply

    async def finish(self, interview_id: str, owner: str) -> Interview:
        """Ends the interview now. A turn that is still open stays unanswered; finishing twice changes nothing."""

        def finished(current: Interview) -> Interview:
            if current.finished_at is not None:
                return current
            early = len(current.questions) < current.plan.questions or current.is_open
            return current.model_copy(update={"finished_at": self.clock(), "ended_early": early})

        return await self._change(interview_id, owner, finished)

    def clean(self, text: str) -> str:
        """The answer as stored. Raises InvalidInput: nothing is left, or it is too long."""
        return typed.clean(text, self.max_answer)

    async def _pass(self, interview_id: str, owner: str, at: int, outcome: Outcome) -> Interview:
        await self._close(interview_id, owner, at, outcome, "")
        return await self._change(interview_id, owner, lambda current: current, then=self._move)

    async def _close(self, interview_id: str, owner: str, at: int, outcome: Outcome, text: str) -> Interview:
        """The candidate gives the word back: durable before anything else happens."""

        def closed(current: Interview) -> Interview:
            turn, now = _open_turn(current, at), self.clock()
            limit = current.plan.seconds_per_question
            late = limit is not None and now > turn.asked_at + timedelta(seconds=limit) + GRACE
            update = {"outcome": outcome, "answer": text, "answered_at": now, "late": late}
            return _replace(current, at, turn.model_copy(update=update))

        return await self._change(interview_id, owner, closed)

    async def _graded(
        self, interview: Interview, at: int, grader: Grader, report: Report | None
    ) -> tuple[Grade, Usage]:
        """From the cache where the same work was paid for before: then at no usage."""
        work = self.task(interview, at)
        key = cache_key(work, grader.fingerprint(work))
        cached = await self.store.cached_grade(key)
        if cached is not None:
            return cached, Usage()
        grade = await grader.grade(work, report)
        await self.store.cache_grade(key, grade, interview.id)
        return grade, grade.usage

    async def _choose(self, interview: Interview) -> Question | None:
        asked, same = [q.id for q in interview.questions], interview.plan.repeatable
        recent = {} if same else await self.store.recent_questions(interview.owner)
        scores = [] if same else follow_up.question_scores(interview)
        question = choose(self.bank, interview.plan, asked=asked, recent=recent, scores=scores)
        return question.kept if question else None

    async def _move(self, interview: Interview) -> Interview:
        """The next move of an interview whose latest turn is closed: follow-up, look back, next question or the end."""
        turn = interview.turn
        if interview.finished_at is not None or turn is None or turn.outcome is None:
            return interview
        if turn.outcome == "answered" and turn.grade is None and turn.error is None:
            return interview
        question, plan = interview.question(turn.question_id), interview.plan
        thread = interview.thread(question.id)
        pursued = follow_up.next_follow_up(question, thread, plan.language, plan.depth)
        if pursued is not None:
            return follow(interview, question, pursued, self.clock())
        if plan.mode == "practice" and turn.outcome != "skipped":
            return interview  # the candidate looks back, and goes on when done: `next`
        return await self._go_on(interview)

    def _move_from(self, at: int) -> Callable[[Interview], Awaitable[Interview]]:
        """The next move where turn `at` is the latest: one graded late moves nothing."""

        async def moved(interview: Interview) -> Interview:
            return await self._move(interview) if at == len(interview.turns) - 1 else interview

        return moved

    async def _go_on(self, interview: Interview) -> Interview:
        """The next question or the end."""
        now = self.clock()
        following = await self._choose(interview) if len(interview.questions) < interview.plan.questions else None
        if following is None:
            return interview.model_copy(update={"finished_at": now})
        return ask(interview, following, now)

    def task(self, interview: Interview, at: int) -> Task:
        """What there is to grade at turn `at`: its question's thread up to it, and nothing else of the interview.

        With the terms of the question where the bank still has it as it was asked.
        """
        work = task(interview, at)
        return work.model_copy(update={"question": self.bank.as_asked(work.question)})

    def _with(self, grade: Grade, judgment: Judgment, interview: Interview, at: int) -> Grade:
        """The grade of turn `at` with another judgment, added up anew."""
        judgments = tuple(judgment if j.criterion_id == judgment.criterion_id else j for j in grade.judgments)
        work = task(interview, at)
        points = scoring.tally(work.question, judgments, asked=work.asked, hinted=work.hinted)
        return grade.model_copy(update={"judgments": judgments, "score": points.score})

    async def _load(self, interview_id: str, owner: str) -> tuple[Interview, int]:
        interview, version = await self.store.load(interview_id)
        if interview.owner != owner:
            raise NotFound("no_such_interview", id=interview_id)
        return interview, version

    async def _change(
        self,
        interview_id: str,
        owner: str,
        change: Callable[[Interview], Interview],
        then: Callable[[Interview], Awaitable[Interview]] | None = None,
    ) -> Interview:
        """Load, change, save; again from the start where somebody else saved in between."""
        for _ in range(10):
            interview, version = await self._load(interview_id, owner)
            changed = change(interview)
            if then is not None:
                changed = await then(changed)
            if changed == interview:
                return interview
            try:
                await self.store.save(changed, version)
            except Conflict:
                continue
            return changed
        raise Conflict("moved_on")


def ask(interview: Interview, question: Question, now: datetime) -> Interview:
    """Puts a new question; after the first one with a sentence that leads over to it."""
    language = interview.plan.language
    lead = spoken("over", interview, question.id) if interview.questions else ""
    turn = Turn(question_id=question.id, asked=question.asked(language), lead=lead, asked_at=now)
    return interview.model_copy(
        update={"questions": (*interview.questions, question), "turns": (*interview.turns, turn)}
    )


def follow(interview: Interview, question: Question, pursued: FollowUp, now: datetime) -> Interview:
    """Puts a follow-up, or the question once more."""
    kind = "redirect" if pursued.criterion_id is None else "acknowledge"
    turn = Turn(
        question_id=question.id,
        asked=pursued.text,
        criterion_id=pursued.criterion_id,
        lead=pursued.lead or spoken(kind, interview, f"{question.id} {len(interview.turns)}"),
        asked_at=now,
    )
    return interview.model_copy(update={"turns": (*interview.turns, turn)})


def spoken(kind: str, interview: Interview, salt: str) -> str:
    """One of the interviewer's scripted sentences of this kind: the same one for the same seed."""
    sentences = words(interview.plan.language).get(f"spoken.{kind}")
    return str(Random(f"{interview.plan.seed} {salt} {kind}").choice(sentences))  # noqa: S311  no secret


def task(interview: Interview, at: int) -> Task:
    """As Session.task, with the question as the interview keeps it."""
    turn = _turn(interview, at)
    thread = [t for t in interview.turns[: at + 1] if t.question_id == turn.question_id]
    asked = follow_up.asked(thread) | ({turn.criterion_id} if turn.criterion_id else set())
    return Task(
        question=interview.question(turn.question_id),
        language=interview.plan.language,
        thread=tuple(
            Exchange(asked=t.asked, answer=t.answer, criterion_id=t.criterion_id, clarifications=t.clarifications)
            for t in thread
            if t.outcome == "answered" or t is turn
        ),
        asked=tuple(sorted(asked)),
        hinted=tuple(sorted(follow_up.hinted(thread))),
        follow_ups_left=follow_up.left(thread, interview.plan.depth),
        previous=follow_up.latest_grade(thread[:-1]),
    )


def cache_key(work: Task, fingerprint: str) -> str:
    """The same question, thread, hints, earlier verdicts, follow-ups left and grader have the same key."""
    verdicts = [(j.criterion_id, j.verdict) for j in work.previous.judgments] if work.previous else []
    thread = [exchange.model_dump_json() for exchange in work.thread]
    state = repr((work.asked, work.hinted, verdicts, work.follow_ups_left))
    parts = [work.question.version, work.language, *thread, state, fingerprint]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def scripted_clarification(question: Question, turn: Turn, interview: Interview) -> str:
    language = interview.plan.language
    if question.clarification is not None and turn.criterion_id is None:
        return question.clarification.in_(language)
    return words(language)(f"clarify.{question.kind}")


def _graded_turn(interview: Interview, question_id: str) -> int | None:
    """The number of the question's latest turn with a grade."""
    graded = (n for n, t in enumerate(interview.turns) if t.question_id == question_id and t.grade is not None)
    return max(graded, default=None)


def _turn(interview: Interview, at: int) -> Turn:
    if not 0 <= at < len(interview.turns):
        raise Conflict("moved_on")
    return interview.turns[at]


def _open_turn(interview: Interview, at: int) -> Turn:
    if interview.finished_at is not None or at != len(interview.turns) - 1 or interview.turns[at].outcome is not None:
        raise Conflict("moved_on")
    return interview.turns[at]


def _replace(interview: Interview, at: int, turn: Turn) -> Interview:
    turns = (*interview.turns[:at], turn, *interview.turns[at + 1 :])
    return interview.model_copy(update={"turns": turns})
