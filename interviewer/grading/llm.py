"""A chat model judges every criterion and has to quote; code checks the quotes and adds up the points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interviewer import prompts
from interviewer.errors import ProviderError
from interviewer.grading import Progress, Report, Task, builtin, evidence, quotes, scoring
from interviewer.grading.asking import (
    again_messages,
    control_id,
    messages,
    nudge_messages,
    open_at_the_end,
    said,
    secrets,
    short_id,
)
from interviewer.grading.fencing import fence, says_nothing, speaks_to_grader
from interviewer.grading.leaks import Secrets, names_key_word
from interviewer.grading.reply import (
    MOST_ERRORS,
    Again,
    Closing,
    Judged,
    Proposed,
    Reply,
    Reporter,
    Wrong,
    bounded,
    by_id,
    decider,
    plain_id,
    without_babble,
)
from interviewer.locales import words
from interviewer.providers import ChatModel, Message, Parameters
from interviewer.providers.structured import ask, listen, without_thoughts
from interviewer.schema import (
    LANGUAGES,
    Criterion,
    FollowUp,
    Grade,
    Judgment,
    Mistake,
    Provenance,
    Question,
    Requirement,
    Usage,
    Warning_,
    WrongClaim,
)

_PROMPTS = ("control", "grade_answer", "grade_question", "grade_thread", "judge_again", "reply_format", "repair")
MOST_ASKED = 1000
"Characters of a request for clarification that are sent."
LONGEST_LEAD = 160
"Characters; a longer one is no clause."


def fingerprint(model: str, host: str, parameters: Parameters) -> str:
    """What grades by this model depend on beside the task. The page asks without making a model."""
    return f"llm {model} {host} {prompts.fingerprint(*_PROMPTS)} {parameters}".rstrip()


class LlmGrader:
    def __init__(self, model: ChatModel, parameters: Parameters | None = None) -> None:
        self.model = model
        self.parameters = parameters or Parameters()

    async def grade(self, task: Task, report: Report | None = None) -> Grade:
        """One model call, two when the reply has to be repaired; none for an answer with nothing to judge.

        Raises:
            ProviderError: no usable reply, one that judges nothing, or one that calls met what no answer says; the
                answer can be graded again.
        """
        sent = tuple(fence(e.answer) for e in task.thread)
        open_ = open_at_the_end(task)
        new = sent[-1:] if task.previous else sent
        if all(says_nothing(answer) for answer in new):
            return self._grade(task, Closing(judgments=[]), (), sent, Usage())  # nothing new: as before, or all unmet
        criteria = {short_id(task.question, c.id): c.id for c in open_}
        progress = Reporter(_discreet(report, task), criteria) if report else None
        record: type[Closing] = Reply if task.follow_ups_left else Closing
        ids = list(criteria)
        check, decides = _missing(ids), decider(ids)
        limits = bounded(record, [*ids, control_id(task.question)])
        reply, usage = await ask(self.model, messages(task), record, progress, check, bounded=limits, decides=decides)
        if _is_misled(task.question, reply):
            raise ProviderError("misled", host=self.model.host, model=self.model.name)
        grade = self._grade(task, reply, open_, sent, usage)
        if grade.score is None:
            raise ProviderError("nothing_judged", host=self.model.host, model=self.model.name)
        return grade

    def fingerprint(self, task: Task) -> str:
        return fingerprint(self.model.name, self.model.host, self.parameters)

    async def clarify(self, task: Task, asked: str) -> tuple[str, Usage]:
        """What is meant by the question, without its answer. The model isn't shown the reference answer.

        Raises:
            ProviderError: no reply, or one that gives something away.
        """
        question, language = task.question, task.language
        scope = question.clarification.in_(language) if question.clarification else ""
        now = task.thread[-1].asked if task.thread else question.asked(language)
        rules = prompts.render("clarify", question=fence(now), scope=scope, language=words(language).get("name"))
        wants = f"<asked>\n{fence(asked[:MOST_ASKED])}\n</asked>"
        return await self._told(
            (Message(role="system", content=rules), Message(role="user", content=wants)), task, scope, asked
        )

    async def nudge(self, task: Task, criterion: Requirement) -> tuple[str, Usage]:
        """One sentence that guides towards a requirement.

        Raises:
            ProviderError: no reply, or one that names a key word of the requirement.
        """
        text, usage = await self._told(nudge_messages(task, criterion), task)
        known = (*said(task), *(criterion.probe.in_(each) for each in LANGUAGES if criterion.probe))
        if names_key_word(text, criterion, known):
            raise ProviderError("empty_reply", host=self.model.host, model=self.model.name)
        return text, usage

    async def judge_again(self, task: Task, criterion: Criterion, argument: str = "") -> tuple[Judgment, Usage]:
        """One criterion, alone: a second look, or an appeal where the candidate gives an argument. One model call.

        The argument is data beside the answer: nothing in it can be quoted, and nothing in it counts as said.

        Raises:
            ProviderError: no usable reply; the judgment stands as it was.
        """
        asking = again_messages(task, criterion, fence(argument))
        again, usage = await ask(self.model, asking, Again, bounded=bounded(Again), decides=lambda a: a.verdict)
        sent = tuple(fence(e.answer) for e in task.thread)
        judged = Judged(id="", quote=again.quote, explanation=again.explanation, verdict=again.verdict)
        judgment = _judgment(criterion, judged, sent, task)
        hidden = Secrets(secrets(task), said(task))
        return judgment.model_copy(update={"explanation": hidden.removed(judgment.explanation)}), usage

    async def _told(self, asking: Sequence[Message], task: Task, *known: str) -> tuple[str, Usage]:
        """Words for the candidate, if they give nothing away."""
        text, usage = await listen(self.model, asking)
        text = without_babble(without_thoughts(text).strip())
        if not text or Secrets(secrets(task), (*said(task), *known)).are_in(text):
            raise ProviderError("empty_reply", host=self.model.host, model=self.model.name)
        return text, usage

    def _grade(
        self, task: Task, reply: Closing, open_: Sequence[Requirement | Mistake], sent: Sequence[str], usage: Usage
    ) -> Grade:
        question = task.question
        now = _doubted(task, _judgments(task, open_, reply, sent))
        if not open_ and task.previous is None:
            now = tuple(Judgment(criterion_id=c.id, verdict="unmet", state=_absent(c)) for c in question.criteria)
        hidden = Secrets(secrets(task), said(task))
        now = tuple(j.model_copy(update={"explanation": hidden.removed(j.explanation)}) for j in now)
        judgments = scoring.merge(question, task.previous.judgments if task.previous else (), now)
        proposed = reply.follow_up if isinstance(reply, Reply) else Proposed()
        return Grade(
            judgments=judgments,
            feedback=hidden.removed(without_babble(reply.feedback.strip())),
            follow_up=_follow_up(task, proposed, judgments, hidden),
            off_point=reply.off_point and not any(j.verdict == "met" for j in now),
            errors=_errors(task, reply.errors, now, sent),
            score=scoring.tally(question, judgments, asked=task.asked, hinted=task.hinted).score,
            warnings=_warnings(task, sent),
            provenance=Provenance(
                grader="llm",
                model=self.model.name,
                endpoint=self.model.host,
                prompt_hash=prompts.fingerprint(*_PROMPTS),
                question_version=question.version,
            ),
            usage=usage,
        )


def _discreet(report: Report, task: Task) -> Report:
    """Feedback is shown while it is written: what gives the answer away is left out there too."""
    hidden = Secrets(secrets(task), said(task))

    def tell(step: Progress) -> None:
        shown = step.stage == "feedback" and step.text
        report(step.model_copy(update={"text": hidden.removed(step.text)}) if shown else step)

    return tell


def _judgments(
    task: Task, open_: Sequence[Requirement | Mistake], reply: Closing, sent: Sequence[str]
) -> tuple[Judgment, ...]:
    ids = {c.id: short_id(task.question, c.id) for c in open_}
    judged = by_id(reply.judgments, list(ids.values()))
    return tuple(_judgment(c, judged.get(ids[c.id]), sent, task) for c in open_)


def _judgment(criterion: Criterion, judged: Judged | None, sent: Sequence[str], task: Task) -> Judgment:
    if judged is None:
        return Judgment(criterion_id=criterion.id, verdict="cannot_assess", notes=("not_judged",))
    met = judged.verdict == "met"
    fault = evidence.fault(judged.quote, sent, task) if met else None
    return Judgment(
        criterion_id=criterion.id,
        quote=judged.quote.strip() if met else "",
        explanation=without_babble(judged.explanation.strip()),
        verdict="unmet" if fault else judged.verdict,
        state=None if criterion.is_mistake or (met and not fault) else judged.state or None,
        notes=(fault,) if fault else (),
    )


def _doubted(task: Task, judgments: Sequence[Judgment]) -> tuple[Judgment, ...]:
    """Terms may raise a doubt about a model's verdict, which a second look settles; they never withhold a credit."""
    found = builtin.found(task)
    return tuple(
        j.model_copy(update={"notes": (*j.notes, "terms_match")})
        if j.verdict == "unmet" and not j.notes and j.criterion_id in found
        else j
        for j in judgments
    )


def _absent(criterion: Criterion) -> str | None:
    return None if criterion.is_mistake else "absent"


def _errors(task: Task, wrong: Sequence[Wrong], now: Sequence[Judgment], sent: Sequence[str]) -> tuple[WrongClaim, ...]:
    """Those whose quote is found in an answer and serves no credit; the earlier ones stay."""
    before = task.previous.errors if task.previous else ()
    credited = {j.quote for j in now if j.verdict == "met"} | {e.quote for e in before}
    found = [
        WrongClaim(quote=w.quote.strip(), correction=w.correction.strip())
        for w in wrong
        if w.correction.strip() and w.quote.strip() not in credited and quotes.find_in(w.quote, sent)
    ]
    return (*before, *found[:MOST_ERRORS])


def _missing(wanted: Sequence[str]) -> Callable[[Closing], str | None]:
    """Asks for the criteria that a reply leaves out."""

    def check(reply: Closing) -> str | None:
        judged = by_id(reply.judgments, wanted)
        missing = [i for i in wanted if i not in judged]
        return prompts.render("repair", missing=missing, fault="", schema="") if missing else None

    return check


def _is_misled(question: Question, reply: Closing) -> bool:
    return any(plain_id(j.id) == control_id(question) and j.verdict == "met" for j in reply.judgments)


def _follow_up(task: Task, proposed: Proposed, judgments: Sequence[Judgment], hidden: Secrets) -> FollowUp | None:
    """The proposal, if it aims at an open requirement or a mistake that was made, and gives nothing away."""
    met = {j.criterion_id for j in judgments if j.verdict == "met"}
    aims = {short_id(task.question, c.id): c for c in task.question.criteria if c.is_mistake == (c.id in met)}
    criterion, text = aims.get(plain_id(proposed.id)), without_babble(proposed.text.strip())
    if criterion is None or not text or hidden.are_in(text):
        return None
    lead = without_babble(proposed.lead.strip())
    if len(lead) > LONGEST_LEAD or hidden.are_in(lead):
        lead = ""
    return FollowUp(criterion_id=criterion.id, text=text, lead=lead)


def _warnings(task: Task, sent: Sequence[str]) -> tuple[Warning_, ...]:
    warnings: list[Warning_] = []
    attacked = any(speaks_to_grader(e.answer) for e in task.thread)
    if says_nothing(sent[-1]) and not speaks_to_grader(task.thread[-1].answer):
        warnings.append("empty")
    if attacked:
        warnings.append("addresses_grader")
    return tuple(warnings)
