"""A chat model judges every criterion and has to quote; code checks the quotes and adds up the points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interviewer import prompts
from interviewer.errors import ProviderError
from interviewer.grading import Progress, Report, Task, attacks, doubts, evidence, scoring
from interviewer.grading.asking import again_messages, messages, open_at_the_end, said, secrets, short_id
from interviewer.grading.fencing import fence, says_nothing
from interviewer.grading.leaks import Secrets
from interviewer.grading.reply import (
    Again,
    Judged,
    Proposed,
    Reply,
    Reporter,
    bounded,
    by_id,
    decider,
    plain_id,
    without_babble,
)
from interviewer.locales import words
from interviewer.providers import ChatModel, Message
from interviewer.providers.structured import ask, listen, without_thoughts
from interviewer.schema import Criterion, FollowUp, Grade, Judgment, Provenance, Usage, Warning_

_PROMPTS = ("grade_answer", "grade_question", "grade_thread", "judge_again", "reply_format", "repair")
MOST_ASKED = 1000
"Characters of a request for clarification that are sent."


def fingerprint(model: str, host: str) -> str:
    """What grades by this model depend on beside the task. The page asks without making a model."""
    return f"llm {model} {host} {prompts.fingerprint(*_PROMPTS)}"


class LlmGrader:
    def __init__(self, model: ChatModel) -> None:
        self.model = model

    async def grade(self, task: Task, report: Report | None = None) -> Grade:
        """One model call, two when the reply has to be repaired; none for an answer with nothing to judge.

        Raises:
            ProviderError: no usable reply, or one that judges nothing; the answer can be graded again.
        """
        sent = tuple(fence(e.answer) for e in task.thread)
        open_ = open_at_the_end(task)
        new = sent[-1:] if task.previous else sent
        if not open_ or all(says_nothing(answer) for answer in new):
            return self._grade(task, Reply(judgments=[]), (), sent, Usage())  # nothing new: as before, or all unmet
        criteria = {short_id(task.question, c.id): c.id for c in open_}
        progress = Reporter(_discreet(report, task), criteria) if report else None
        check, limits, decides = _missing(list(criteria)), bounded(Reply, list(criteria)), decider(list(criteria))
        reply, usage = await ask(self.model, messages(task), Reply, progress, check, bounded=limits, decides=decides)
        grade = self._grade(task, reply, open_, sent, usage)
        if grade.score is None:
            raise ProviderError("nothing_judged", host=self.model.host, model=self.model.name)
        return grade

    def fingerprint(self, task: Task) -> str:
        return fingerprint(self.model.name, self.model.host)

    async def clarify(self, task: Task, asked: str) -> tuple[str, Usage]:
        """What is meant by the question, without its answer. The model isn't shown the reference answer.

        Raises:
            ProviderError: no reply, or one that gives something away.
        """
        question, language = task.question, task.language
        scope = question.clarification.in_(language) if question.clarification else ""
        now = task.thread[-1].asked if task.thread else question.text.in_(language)
        rules = prompts.render("clarify", question=fence(now), scope=scope, language=words(language).get("name"))
        wants = f"<asked>\n{fence(asked[:MOST_ASKED])}\n</asked>"
        asking = Message(role="system", content=rules), Message(role="user", content=wants)
        text, usage = await listen(self.model, asking)
        text = without_thoughts(text).strip()
        if not text or Secrets(secrets(task), (*said(task), scope, asked)).are_in(text):
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
        judgment = doubts.weighed(task, [_judgment(criterion, judged, sent, task)], sent, argument)[0]
        notes = tuple(note for note in judgment.notes if note != "terms_match")  # looked at again already
        hidden = Secrets(secrets(task), said(task))
        told = {"notes": notes, "explanation": hidden.removed(judgment.explanation)}
        return judgment.model_copy(update=told), usage

    def _grade(self, task: Task, reply: Reply, open_: Sequence[Criterion], sent: Sequence[str], usage: Usage) -> Grade:
        question = task.question
        now = doubts.weighed(task, _judgments(task, open_, reply, sent), sent)
        if not open_ and task.previous is None:
            now = tuple(Judgment(criterion_id=c.id, verdict="unmet") for c in question.rubric)
        hidden = Secrets(secrets(task), said(task))
        now = tuple(j.model_copy(update={"explanation": hidden.removed(j.explanation)}) for j in now)
        judgments = scoring.merge(question.rubric, task.previous.judgments if task.previous else (), now)
        return Grade(
            judgments=judgments,
            feedback=hidden.removed(without_babble(reply.feedback.strip())),
            follow_up=_follow_up(task, reply.follow_up, judgments, hidden),
            score=scoring.score(question.rubric, judgments, task.hinted),
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


def _judgments(task: Task, open_: Sequence[Criterion], reply: Reply, sent: Sequence[str]) -> tuple[Judgment, ...]:
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
        notes=(fault,) if fault else (),
    )


def _missing(wanted: Sequence[str]) -> Callable[[Reply], str | None]:
    """Asks for the criteria that a reply leaves out."""

    def check(reply: Reply) -> str | None:
        judged = by_id(reply.judgments, wanted)
        missing = [i for i in wanted if i not in judged]
        return prompts.render("repair", missing=missing, fault="", schema="") if missing else None

    return check


def _follow_up(task: Task, proposed: Proposed, judgments: Sequence[Judgment], hidden: Secrets) -> FollowUp | None:
    """The proposal, if it pursues an unmet requirement and gives nothing away."""
    unmet = {j.criterion_id for j in judgments if j.verdict != "met"}
    by_short = {short_id(task.question, c.id): c for c in task.question.rubric if not c.is_mistake and c.id in unmet}
    criterion, text = by_short.get(plain_id(proposed.id)), without_babble(proposed.text.strip())
    if criterion is None or not text or hidden.are_in(text):
        return None
    return FollowUp(criterion_id=criterion.id, text=text)


def _warnings(task: Task, sent: Sequence[str]) -> tuple[Warning_, ...]:
    warnings: list[Warning_] = []
    if says_nothing(sent[-1]) and not attacks.find(task.thread[-1].answer):
        warnings.append("empty")
    if any(attacks.find(e.answer) for e in task.thread):
        warnings.append("addresses_grader")
    return tuple(warnings)
