"""The built-in grader: no key, no model. It finds a rubric's key terms in the answers, and says which and where.

Deterministic and explainable, and strict about three things: what is denied is not said, what is addressed to the
grader is not read, and a bare list of key words is not an answer. bench/builtin_agreement.py measures it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from interviewer import follow_up
from interviewer.grading import Exchange, Report, Task, attacks, junk, lexical, scoring
from interviewer.grading.denials import RANK, covering
from interviewer.grading.matching import Hit, Reading, compiled, completed
from interviewer.grading.terms import Document
from interviewer.locales import Words, words
from interviewer.schema import (
    LANGUAGES,
    Criterion,
    FollowUp,
    Grade,
    Judgment,
    Language,
    Note,
    Provenance,
    Question,
    Warning_,
)

LIKELY = 0.5
"What the fallback has to predict before a criterion without terms counts as met."
_RULES = (
    *("addressed.py", "addressed.yaml", "attacks.py", "attacks.yaml", "builtin.py", "cues.yaml", "denials.py"),
    *("disguise.py", "forged.py", "junk.py", "lexical.json", "lexical.py", "matching.py", "scoring.py", "terms.py"),
)


@cache
def rules_hash() -> str:
    """Twelve hex digits that change when a rule, a cue or a coefficient changes."""
    folder = Path(__file__).parent
    return hashlib.sha256(b"\0".join((folder / name).read_bytes() for name in _RULES)).hexdigest()[:12]


class BuiltinGrader:
    """Implements Grader. Never fails, costs nothing."""

    async def grade(self, task: Task, report: Report | None = None) -> Grade:
        return judge(task)

    def fingerprint(self, task: Task) -> str:
        return f"builtin:{rules_hash()}"


def judge(task: Task) -> Grade:
    """The whole of grading, as a pure function of the task."""
    question, say = task.question, words(task.language)
    answers = [_Answer(exchange, question, task) for exchange in task.thread]
    now = [_judgment(criterion, question, answers, say) for criterion in question.rubric]
    judgments = scoring.merge(question.rubric, task.previous.judgments if task.previous else (), now)
    return Grade(
        judgments=judgments,
        feedback=_feedback(question, judgments, say),
        follow_up=_follow_up(task, judgments),
        score=scoring.score(question.rubric, judgments, task.hinted),
        warnings=_warnings(question, answers, now, judgments),
        provenance=Provenance(grader="builtin", prompt_hash=rules_hash(), question_version=question.version),
    )


class _Answer:
    """One answer of the thread, read: what is addressed to the grader cut out, what repeats the question set aside."""

    def __init__(self, exchange: Exchange, question: Question, task: Task) -> None:
        self.exchange = exchange
        text = self.text = exchange.answer
        spans = attacks.find(text)
        edges = [0, *(edge for span in spans for edge in span), len(text)]
        pieces = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
        asked = [question.text.en, question.text.zh, *(turn.asked for turn in task.thread)]
        wanted = [c for c in question.rubric if not c.is_mistake]
        rubric = [c.requirement.in_(language) for c in wanted for language in LANGUAGES]
        documents = [Document(piece) for piece in pieces]
        copied = [junk.copied_sentences(document, asked) for document in documents]
        recited = [junk.recited_sentences(document, rubric) for document in documents]
        self.readings = [Reading(d, c | r) for d, c, r in zip(documents, copied, recited, strict=True)]
        self.mistaken = [_mistaken(reading, question) for reading in self.readings]
        self.attacks = bool(spans) or any(recited)
        self.copied = any(copied) and not any(r.passages() for r in self.readings)
        self.is_list = junk.is_word_list("\n".join(pieces), share=lambda: _share(documents, question))

    @property
    def is_blank(self) -> bool:
        return all(t.kind == "sign" for reading in self.readings for t in reading.document.tokens)

    def search(self, criterion: Criterion) -> Hit | None:
        """The best passage. A reply to the criterion's own probe need not repeat what the probe has named."""
        patterns: Sequence[tuple[str, ...]] = criterion.terms
        if self.exchange.criterion_id == criterion.id:
            patterns = completed(patterns, self.exchange.asked)
        mistaken = [frozenset[int]() for _ in self.mistaken] if criterion.is_mistake else self.mistaken
        found = [
            reading.search(patterns, wrong, scattered=not criterion.is_mistake)
            for reading, wrong in zip(self.readings, mistaken, strict=True)
        ]
        return min((hit for hit in found if hit), key=lambda h: RANK[h.stand], default=None)


def _share(documents: Sequence[Document], question: Question) -> float:
    """The part of the words that some pattern of the rubric looks for."""
    groups = {g for c in question.rubric for p in c.terms for g in compiled(p) if not g.absent}
    found = [covering(place for g in groups for t in g.terms for place in d.occurrences(t)) for d in documents]
    words = [[n for n, t in enumerate(d.tokens) if t.kind != "sign"] for d in documents]
    return sum(n in f for f, w in zip(found, words, strict=True) for n in w) / max(1, sum(map(len, words)))


def _mistaken(reading: Reading, question: Question) -> frozenset[int]:
    """The sentences in which a mistake of the rubric is made."""
    hits = [reading.search(criterion.terms) for criterion in question.rubric if criterion.is_mistake]
    return frozenset(n for hit in hits if hit and hit.stand == "claimed" for n in range(*hit.sentences))


def _judgment(criterion: Criterion, question: Question, answers: Sequence[_Answer], say: Words) -> Judgment:
    if not criterion.terms:
        return _likely(criterion, question, answers, say)
    found = [(answer, hit) for answer in reversed(answers) if (hit := answer.search(criterion))]
    if not found:
        return _unmet(criterion, say, "builtin.not_claimed" if criterion.is_mistake else "builtin.not_found")
    answer, hit = min(found, key=lambda pair: RANK[pair[1].stand])
    if hit.stand == "denied" or (criterion.is_mistake and hit.stand != "claimed"):
        return _unmet(criterion, say, "builtin.denied", hit.quote, "negated")
    if hit.stand == "mistaken":
        return _unmet(criterion, say, "builtin.mistaken", hit.quote)
    if answer.is_list or junk.is_word_list(hit.quote, at_least=20) or junk.is_enumeration(hit.quote):
        return _unmet(criterion, say, "builtin.word_list", hit.quote, "keyword_list")
    found_words = say("builtin.and").join(say("builtin.word", word=word) for word in dict.fromkeys(hit.words))
    key = "builtin.claimed" if criterion.is_mistake else "builtin.found"
    return Judgment(
        criterion_id=criterion.id,
        quote=hit.quote,
        explanation=say(key, words=found_words),
        verdict="met",
        notes=("negated",) if hit.stand == "doubtful" else (),
    )


def _unmet(criterion: Criterion, say: Words, key: str, quote: str = "", *notes: Note) -> Judgment:
    return Judgment(criterion_id=criterion.id, quote=quote, explanation=say(key), verdict="unmet", notes=notes)


def _likely(criterion: Criterion, question: Question, answers: Sequence[_Answer], say: Words) -> Judgment:
    """Without terms: whether an answer is close enough to the requirement. A mistake can't be told that way."""
    if criterion.is_mistake:
        return Judgment(criterion_id=criterion.id, explanation=say("builtin.no_terms"), verdict="cannot_assess")
    best = max((_closest(criterion, question, answer) for answer in answers), default=(0.0, ""))
    if best[0] < LIKELY:
        return _unmet(criterion, say, "builtin.unlike")
    return Judgment(criterion_id=criterion.id, quote=best[1], explanation=say("builtin.like"), verdict="met")


def _closest(criterion: Criterion, question: Question, answer: _Answer) -> tuple[float, str]:
    """How close the answer comes to the requirement, and its passage that does most for it."""
    if answer.is_list:
        return 0.0, ""
    passages = [p for reading in answer.readings for p in reading.passages()]
    language: Language = "zh" if sum("一" <= c <= "鿿" for c in answer.text) > len(answer.text) / 5 else "en"
    requirement, asked = criterion.requirement.in_(language), question.text.in_(language)
    scored = ((lexical.score(asked, requirement, passage), passage) for passage in passages[:200])
    return max(scored, key=lambda s: (s[0], -len(s[1])), default=(0.0, ""))


def _feedback(question: Question, judgments: Sequence[Judgment], say: Words) -> str:
    """What was found and how many mistakes, in numbers: what is missing is left to follow-ups and hints."""
    met = {j.criterion_id for j in judgments if j.verdict == "met"}
    wanted = [c for c in question.rubric if not c.is_mistake]
    there = [c for c in wanted if c.id in met]
    mistakes = [c for c in question.rubric if c.is_mistake and c.id in met]
    key = "all" if len(there) == len(wanted) else "some" if there else "none"
    sentences = [say(f"builtin.feedback_{key}", met=len(there), all=len(wanted))]
    if mistakes:
        sentences.append(say("builtin.feedback_mistakes", count=len(mistakes)))
    return say("builtin.space").join(sentences)


def _follow_up(task: Task, judgments: Sequence[Judgment]) -> FollowUp | None:
    met = {j.criterion_id for j in judgments if j.verdict == "met"}
    remaining = [c for c in task.question.rubric if not c.is_mistake and c.id not in met]
    asked = {exchange.criterion_id for exchange in task.thread} | set(task.hinted)
    target = follow_up.most_valuable(remaining, asked)
    if target is None or target.probe is None:
        return None
    return FollowUp(criterion_id=target.id, text=target.probe.in_(task.language))


def _warnings(
    question: Question, answers: Sequence[_Answer], now: Sequence[Judgment], judgments: Sequence[Judgment]
) -> tuple[Warning_, ...]:
    raised: dict[Warning_, bool] = {
        "empty": answers[-1].is_blank,
        "copied_question": any(answer.copied for answer in answers),
        "addresses_grader": any(answer.attacks for answer in answers),
        "keyword_list": any(a.is_list for a in answers) or any("keyword_list" in j.notes for j in now),
        "negation": any("negated" in j.notes for j in now),
        "no_terms": any(not c.terms for c in question.rubric),
    }
    return tuple(name for name, is_so in raised.items() if is_so)
