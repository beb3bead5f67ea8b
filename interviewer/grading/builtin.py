"""The built-in check: no key, no model. It finds requirements by short terms and shows the passage.

It suggests, and the candidate decides: a mistake is never charged, only asked about. What is denied is not said, what
is addressed to the grader is not read, a bare list of key words is no answer. bench/builtin_agreement.py measures it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from interviewer.grading import Exchange, Report, Task, evidence, fencing, lexical, scoring
from interviewer.grading.matching import RANK, Hit, Reading
from interviewer.grading.terms import Document, cues
from interviewer.locales import Words, words
from interviewer.schema import (
    LANGUAGES,
    Grade,
    Judgment,
    Language,
    Mistake,
    Note,
    Provenance,
    Question,
    Requirement,
    Warning_,
)

LIKELY = 0.5
"What the fallback has to predict before a requirement without terms counts as met."
SOME_LENGTH = 15.0
"Words that an answer beside the point has; a Chinese character counts half."
MOST_SHARED = 0.15
"Share of its words that an answer beside the point has in common with question and reference."
RULES = (
    *("builtin.py", "cues.yaml", "denials.py", "evidence.py", "lexical.json", "lexical.py", "matching.py", "terms.py"),
    *("disguise.py", "fencing.py", "fencing.yaml"),
)


@cache
def rules_hash() -> str:
    """Twelve hex digits that change when a rule, a cue or a coefficient changes."""
    folder = Path(__file__).parent
    return hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in RULES)).hexdigest()[:12]


class BuiltinGrader:
    """Implements Grader. Never fails, costs nothing."""

    async def grade(self, task: Task, report: Report | None = None) -> Grade:
        return judge(task)

    def fingerprint(self, task: Task) -> str:
        """With the terms, which are no part of a question's version."""
        terms = repr([c.terms for c in task.question.criteria])
        return f"builtin:{rules_hash()}:{hashlib.sha256(terms.encode()).hexdigest()[:12]}"


def judge(task: Task) -> Grade:
    """The whole of grading, as a pure function of the task."""
    question, say = task.question, words(task.language)
    answers = [_Answer(exchange, task) for exchange in task.thread]
    now = [_judgment(criterion, question, answers, say) for criterion in question.criteria]
    judgments = scoring.merge(question, task.previous.judgments if task.previous else (), now)
    return Grade(
        judgments=judgments,
        feedback=_feedback(question, judgments, say),
        off_point=answers[-1].is_off_point(question),
        score=scoring.tally(question, judgments, asked=task.asked, hinted=task.hinted, suggested=True).score,
        warnings=_warnings(question, answers, now),
        provenance=Provenance(grader="builtin", prompt_hash=rules_hash(), question_version=question.version),
    )


def found(task: Task) -> frozenset[str]:
    """Ids of the requirements whose terms match plainly somewhere in the thread's answers."""
    answers, say = [_Answer(exchange, task) for exchange in task.thread], words(task.language)
    with_terms = [c for c in task.question.rubric if c.terms]
    return frozenset(c.id for c in with_terms if _judgment(c, task.question, answers, say).verdict == "met")


class _Answer:
    """One answer of the thread, read; what is addressed to the grader or repeats question or rubric is set aside."""

    def __init__(self, exchange: Exchange, task: Task) -> None:
        self.exchange, self._task, self._sent = exchange, task, fencing.redact(exchange.answer)
        self.document = Document(exchange.answer)
        cut = fencing.find(exchange.answer)
        faults = [self._set_aside(n, cut) for n in range(len(self.document.sentences))]
        self.reading = Reading(self.document, {n for n, fault in enumerate(faults) if fault})
        self.addresses_grader = bool(cut) or "quote_from_attack" in faults
        self.is_copied = "quote_unrelated" in faults and not any(self.reading.passages())
        self.is_blank = all(t.kind == "sign" for t in self.document.tokens)

    def _set_aside(self, sentence: int, cut: Sequence[tuple[int, int]]) -> Note | None:
        """Why a sentence is read past: it speaks to the grader, or only repeats the rubric or the question."""
        start, end = self.document.span(*self.document.sentences[sentence])
        if any(start < span[1] and span[0] < end for span in cut):
            return "quote_from_attack"
        return evidence.copied([self.exchange.answer[start:end]], self.exchange.answer, self._task)

    def fault(self, passage: str) -> Note | None:
        """Why a passage earns nothing, by the rules that a model's quotes are held to."""
        return evidence.fault(passage, (self._sent,), self._task)

    def search(self, criterion: Requirement | Mistake) -> Hit | None:
        """The best passage. A reply to the criterion's own probe need not repeat one thing that the probe has named.

        What is pressed for is looked for once it was asked about: before, its words come up by chance.
        """
        if isinstance(criterion, Requirement) and criterion.is_pressed and criterion.id not in self._task.asked:
            return None
        found = [self.reading.search(criterion.terms)]
        if self.exchange.criterion_id == criterion.id and len(criterion.terms) > 1:
            probe = Document(self.exchange.asked)
            named = [group for group in criterion.terms if probe.places(group)]
            found += [self.reading.search([g for g in criterion.terms if g != group]) for group in named]
        return min((hit for hit in found if hit), key=lambda hit: RANK[hit.stand], default=None)

    def is_off_point(self, question: Question) -> bool:
        """Whether an answer of some length has hardly a term of any criterion or word of question and reference."""
        document, unsure = self.document, self.document.places(cues()["unsure"])
        if sum(t.weight for t in document.tokens) < SOME_LENGTH or unsure or self.addresses_grader:
            return False
        groups = [group for criterion in question.criteria for group in criterion.terms]
        if sum(bool(document.places(group)) for group in groups) > 1:
            return False
        texts = [
            t for language in LANGUAGES for t in (question.asked(language), question.reference_answer.in_(language))
        ]
        known, said = (
            set().union(*(lexical.read(text).units for text in texts)),
            lexical.read(self.exchange.answer).units,
        )
        return len(said & known) < MOST_SHARED * len(said)


def _judgment(criterion: Requirement | Mistake, question: Question, answers: Sequence[_Answer], say: Words) -> Judgment:
    if not criterion.terms:
        return _likely(criterion, question, answers, say)
    is_mistake = isinstance(criterion, Mistake)
    hits = [(answer, hit) for answer in reversed(answers) if (hit := answer.search(criterion))]
    if not hits:
        return _unmet(criterion, say("builtin.not_claimed" if is_mistake else "builtin.not_found"))
    answer, hit = min(hits, key=lambda pair: RANK[pair[1].stand])
    if hit.stand == "denied" or (is_mistake and hit.stand == "contrasted"):
        return _unmet(criterion, say("builtin.denied"), hit.quote, "negated")
    if hit.stand == "asked" or (is_mistake and hit.stand == "supposed"):
        return _unmet(criterion, say("builtin.asked"), hit.quote)
    if answer.fault(hit.quote) == "keyword_list":
        return _unmet(criterion, say("builtin.word_list"), hit.quote, "keyword_list")
    found_words = say("builtin.and").join(say("builtin.word", word=word) for word in dict.fromkeys(hit.words))
    if is_mistake:
        return _unmet(criterion, say("builtin.suspected", words=found_words), hit.quote, "claim_suspected")
    explanation = say("builtin.found", words=found_words)
    return Judgment(criterion_id=criterion.id, quote=hit.quote, explanation=explanation, verdict="met")


def _unmet(criterion: Requirement | Mistake, explanation: str, quote: str = "", *notes: Note) -> Judgment:
    return Judgment(criterion_id=criterion.id, quote=quote, explanation=explanation, verdict="unmet", notes=notes)


def _likely(criterion: Requirement | Mistake, question: Question, answers: Sequence[_Answer], say: Words) -> Judgment:
    """Without terms: whether a passage is close enough to the requirement. A mistake can't be told that way."""
    if isinstance(criterion, Mistake):
        return Judgment(criterion_id=criterion.id, explanation=say("builtin.no_terms"), verdict="cannot_assess")
    scored = [_closest(criterion, question, answer) for answer in answers]
    best, quote = max(scored, default=(0.0, ""))
    if best < LIKELY:
        return _unmet(criterion, say("builtin.unlike"))
    return Judgment(criterion_id=criterion.id, quote=quote, explanation=say("builtin.like"), verdict="met")


def _closest(criterion: Requirement, question: Question, answer: _Answer) -> tuple[float, str]:
    """The passage that is most like the requirement, and how much."""
    kinds = [t.kind for t in answer.document.tokens]
    language: Language = "zh" if kinds.count("cjk") > kinds.count("word") else "en"
    requirement, asked = criterion.requirement.in_(language), question.text.in_(language)
    passages = [answer.document.quote(*p) for p in answer.reading.passages()][:200]
    scored = ((lexical.score(asked, requirement, passage), passage) for passage in passages)
    return max(scored, key=lambda s: (s[0], -len(s[1])), default=(0.0, ""))


def _feedback(question: Question, judgments: Sequence[Judgment], say: Words) -> str:
    """How much of what the opener asks for was found, in numbers: what is missing is left to follow-ups and hints."""
    met = {j.criterion_id for j in judgments if j.counts == "met"}
    wanted = [c for c in question.rubric if not c.is_pressed]
    there = [c for c in wanted if c.id in met]
    key = "all" if len(there) == len(wanted) else "some" if there else "none"
    return say(f"builtin.feedback_{key}", met=len(there), all=len(wanted))


def _warnings(question: Question, answers: Sequence[_Answer], now: Sequence[Judgment]) -> tuple[Warning_, ...]:
    raised: dict[Warning_, bool] = {
        "empty": answers[-1].is_blank,
        "copied_question": any(answer.is_copied for answer in answers),
        "addresses_grader": any(answer.addresses_grader for answer in answers),
        "keyword_list": any("keyword_list" in j.notes for j in now),
        "no_terms": any(not c.terms for c in question.criteria),
    }
    return tuple(name for name, is_so in raised.items() if is_so)
