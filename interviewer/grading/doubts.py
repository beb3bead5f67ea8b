"""Where a model's judgment and the rubric's key terms disagree, and what comes of it.

A quote that has nothing to do with its requirement earns nothing. Where an answer may speak to the grader, or one quote
is to serve for many criteria, a model's word is not enough: the built-in grader has to agree, which can't be talked to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from interviewer.grading import Task, attacks, builtin, lexical
from interviewer.grading.evidence import passage
from interviewer.grading.matching import Reading, compiled
from interviewer.grading.terms import Document
from interviewer.schema import Criterion, Judgment, Language, Note, Question

UNRELATED = 0.12
"Likeness of a quote with requirement and reference below which it has nothing to do with either. Without terms only."
MOST_SHARED = 2
"How many criteria one quote may serve on a model's word alone."


def weighed(task: Task, judgments: Sequence[Judgment], sent: Sequence[str], argument: str = "") -> tuple[Judgment, ...]:
    """A model's judgments, less what can't be believed, with a note where one is doubtful.

    `argument`: an appeal's, which the model has read too.
    """
    by_terms = builtin.judge(task.model_copy(update={"previous": None}))
    wary = any(attacks.suspect(text) for text in (argument, *(e.answer for e in task.thread)))
    misled = any(j.verdict == "met" and task.question.criterion(j.criterion_id).is_mistake for j in by_terms.judgments)
    served = Counter(j.quote for j in judgments if j.verdict == "met")
    weighed = []
    for judgment in judgments:
        criterion, terms = task.question.criterion(judgment.criterion_id), by_terms.judgment(judgment.criterion_id)
        assert terms is not None
        shared = judgment.verdict == "met" and served[judgment.quote] > MOST_SHARED
        if judgment.verdict == "met" and not related(task.question, criterion, passage(judgment.quote, sent)):
            weighed.append(_found_elsewhere(judgment, terms))
        elif wary:
            weighed.append(_confirmed(judgment, criterion, terms))
        elif shared and terms.verdict != "met" and not criterion.is_mistake:
            weighed.append(_withheld(judgment, "quote_unrelated"))
        elif not misled and _missed(judgment, criterion, terms):
            weighed.append(judgment.model_copy(update={"notes": ("terms_match",)}))
        else:
            weighed.append(judgment)
    return tuple(weighed)


def _missed(judgment: Judgment, criterion: Criterion, by_terms: Judgment) -> bool:
    """Unmet, though the key terms of a requirement match plainly. A mistake is charged or not word by word."""
    plainly = by_terms.verdict == "met" and not by_terms.notes and bool(criterion.terms)
    return judgment.verdict == "unmet" and not judgment.notes and not criterion.is_mistake and plainly


def _confirmed(judgment: Judgment, criterion: Criterion, by_terms: Judgment) -> Judgment:
    """What both say, and a mistake that either finds: a model that was talked to may overlook what costs points."""
    if criterion.is_mistake:
        return by_terms if judgment.verdict != "met" and by_terms.verdict == "met" else judgment
    if judgment.verdict != "met":
        return judgment.model_copy(update={"verdict": "unmet"})
    return judgment if by_terms.verdict == "met" else _withheld(judgment, "unconfirmed")


def _found_elsewhere(judgment: Judgment, by_terms: Judgment) -> Judgment:
    """An unrelated quote, where the key terms find the requirement in another passage: that one is the evidence."""
    if by_terms.verdict == "met" and by_terms.quote and not by_terms.notes:
        return judgment.model_copy(update={"quote": by_terms.quote})
    return _withheld(judgment, "quote_unrelated")


def _withheld(judgment: Judgment, why: Note) -> Judgment:
    return judgment.model_copy(update={"verdict": "unmet", "notes": (*judgment.notes, why)})


def related(question: Question, criterion: Criterion, quote: str) -> bool:
    """True if more than two thirds of a pattern's groups occur in the passage; without terms, if it resembles the
    requirement or the reference."""
    document = Reading(Document(quote)).document
    for pattern in criterion.terms:
        groups = [any(document.occurrences(t) for t in g.terms) for g in compiled(pattern) if not g.absent]
        if groups and sum(groups) > len(groups) * 2 / 3:
            return True
    if criterion.terms:
        return False
    language: Language = "zh" if any("一" <= c <= "鿿" for c in quote) else "en"
    texts = (criterion.requirement, question.reference_answer)
    return any(lexical.features("", text.in_(language), quote)["likeness"] >= UNRELATED for text in texts)
