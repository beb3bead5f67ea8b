"""The messages that ask a model for judgments, and what they may hold.

Each call's content begins with the content of the call before it on the same question, byte for byte, so that an
endpoint with a prompt cache need not read it again.
"""

from __future__ import annotations

import re
from typing import Any

from interviewer import prompts
from interviewer.grading import Task, quotes
from interviewer.grading.fencing import fence
from interviewer.locales import words
from interviewer.providers import Message
from interviewer.schema import LANGUAGES, Criterion, Language, Mistake, Question, Requirement, language_of

_LEAD_IN = re.compile(r"^(?:(?:Says|States|Notes|Claims|Points out|Explains) that |(?:指出|说明|声称|提到))")
"Words that say nothing of a criterion's content: twelve times two tokens a call."


def messages(task: Task) -> tuple[Message, Message]:
    """Rules; then question, reference, rubric and thread. Each call's content begins with the call's before it."""
    question, language = task.question, rubric_language(task)
    asked = prompts.render(
        "grade_question",
        language=words(task.language)("name"),
        question=question.asked(language),
        reference=question.reference_answer.in_(language),
        criteria=[*(_criterion(question, c, language) for c in question.criteria), _control(question, language)],
    )
    thread = prompts.render("grade_thread", turns=[_turn(task, number) for number in range(len(task.thread))])
    return Message(role="system", content=prompts.render("grade_answer")), Message(
        role="user", content=f"{asked}\n\n{thread}"
    )


def again_messages(task: Task, criterion: Criterion, argument: str) -> tuple[Message, Message]:
    """One criterion alone, with the whole thread and nothing of the others; the argument of an appeal stands in a fence
    of its own."""
    question, language = task.question, rubric_language(task)
    asked = prompts.render(
        "grade_question",
        language=words(task.language)("name"),
        question=question.asked(language),
        reference="",
        criteria=[_criterion(question, question.criterion(criterion.id), language)],
    )
    turns = [_turn(task, number) | {"met": [], "pursued": "", "left": None} for number in range(len(task.thread))]
    thread = prompts.render("grade_thread", turns=turns)
    plea = f"\n\n<argument>\n{argument}\n</argument>" if argument else ""
    rules = prompts.render("judge_again", appeal=bool(argument))
    return Message(role="system", content=rules), Message(role="user", content=f"{asked}\n\n{thread}{plea}")


def nudge_messages(task: Task, criterion: Requirement) -> tuple[Message, Message]:
    """For one guiding sentence; the model reads what the candidate has said so far, and no reference answer."""
    question, language = task.question, task.language
    rules = prompts.render(
        "nudge",
        language=words(language)("name"),
        requirement=criterion.requirement.in_(language),
        question=question.asked(language),
        asked=criterion.probe.in_(language) if criterion.probe else "",
    )
    said = "\n\n".join(e.answer for e in task.thread if e.answer)
    return Message(role="system", content=rules), Message(role="user", content=f"<answer>\n{fence(said)}\n</answer>")


def rubric_language(task: Task) -> Language:
    """That of the first answer, for all of its thread: a rubric is judged by best in the answer's own language."""
    return language_of(task.thread[0].answer) or task.language


def _criterion(question: Question, criterion: Requirement | Mistake, language: Language) -> dict[str, Any]:
    return {
        "id": short_id(question, criterion.id),
        "points": criterion.points,
        "pressed": isinstance(criterion, Requirement) and criterion.is_pressed,
        "statement": _LEAD_IN.sub("", criterion.statement.in_(language)),
    }


def control_id(question: Question) -> str:
    """Of the control: a criterion behind the others that no answer meets. A model that calls it met has been talked
    into calling everything met, in whatever language and however it was put."""
    return f"c{len(question.criteria) + 1}"


def _control(question: Question, language: Language) -> dict[str, Any]:
    said = prompts.render("control", number=int(question.version, 16), language=language)
    return {"id": control_id(question), "points": 1, "pressed": True, "statement": said}


def _turn(task: Task, number: int) -> dict[str, Any]:
    exchange = task.thread[number]
    later = sum(e.criterion_id is not None for e in task.thread[number + 1 :])
    return {
        "asked": fence(exchange.asked),
        "pursued": short_id(task.question, exchange.criterion_id) if exchange.criterion_id else "",
        "met": [short_id(task.question, c.id) for c in task.question.criteria if c not in _open_before(task, number)],
        "clarifications": [(fence(asked), fence(reply)) for asked, reply in exchange.clarifications],
        "answer": fence(exchange.answer),
        "left": task.follow_ups_left + later,
    }


def short_id(question: Question, criterion_id: str) -> str:
    """Ids as a model sees them: a token or two, and no hint at the content."""
    return f"c{[c.id for c in question.criteria].index(criterion_id) + 1}"


def open_at_the_end(task: Task) -> tuple[Requirement | Mistake, ...]:
    return _open_before(task, len(task.thread) - 1)


def _open_before(task: Task, number: int) -> tuple[Requirement | Mistake, ...]:
    """The requirements not met by the answers before turn `number`, and every mistake: one may be taken back.

    A task knows the grade before its last answer only. What was met earlier than that shows in where the quotes are, so
    that each turn reads the same in every later call.
    """
    before = [fence(e.answer) for e in task.thread[:number]]
    met = {
        j.criterion_id
        for j in (task.previous.judgments if task.previous else ())
        if j.verdict == "met" and quotes.find_in(j.quote, before)
    }
    return tuple(c for c in task.question.criteria if c.is_mistake or c.id not in met)


def secrets(task: Task) -> tuple[str, ...]:
    """What must not reach the candidate before the end."""
    question = task.question
    texts = (question.reference_answer, *(c.statement for c in question.criteria))
    return tuple(text.in_(language) for text in texts for language in LANGUAGES)


def said(task: Task) -> tuple[str, ...]:
    """What the candidate has read or written already."""
    question = task.question
    said = (part for e in task.thread for part in (e.asked, e.answer, *(w for pair in e.clarifications for w in pair)))
    return *(question.asked(language) for language in LANGUAGES), *said
