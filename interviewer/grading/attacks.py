"""Finds text in an answer that is addressed to the grader instead of answering the question.

Three ways to tell: forms that no answer has (attacks.yaml), the kinds of words a sentence combines (addressed.py), and
lists of verdicts. A candidate who explains prompt injection reports such text; one who uses it writes it. Only the
latter is found: as whole sentences, lines or blocks, whatever disguise it hides behind (disguise.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from interviewer.grading import addressed, disguise, forged
from interviewer.grading.disguise import Folded
from interviewer.grading.quotes import Span

PLACEHOLDER = "[…]"
NEIGHBOUR = 1.0
"What a sentence without a word of the subject may weigh beside a sentence that is cut."
REPORTED = 2.0
"What talk of attacks takes off a sentence's weight."
_TAGS = re.compile("[\U000e0020-\U000e007e]{5,}")


@lru_cache(maxsize=256)
def find(text: str) -> tuple[Span, ...]:
    """Where the answer addresses the grader, as whole sentences or lines, in order and without overlap."""
    read = Folded(text, forged.data()["look_alikes"])
    spans = [*_orders(text, read), *(read.back(*span) for span in _by_words(read) if span[0] < span[1])]
    spans += _neighbours(read, tuple(_merged(spans)))
    return tuple(_trimmed(text, span) for span in _merged(spans))


def orders(text: str) -> bool:
    """Whether it has the form of an order or of a forged verdict. An appeal speaks to the grader by its nature, so that
    the kinds of its words say nothing."""
    return bool(_orders(text, Folded(text, forged.data()["look_alikes"])))


def _orders(text: str, read: Folded) -> list[Span]:
    hidden = [m.span() for m in _TAGS.finditer(text)]
    hidden += [span for span, plain in disguise.coded(text) if _is_order(plain)]
    return hidden + [read.back(*span) for span in (*forged.spans(read), *_verdict_lists(read)) if span[0] < span[1]]


def redact(text: str) -> str:
    """The text with every such span replaced by a neutral placeholder."""
    parts: list[str] = []
    end = 0
    for start, stop in find(text):
        parts += [text[end:start], PLACEHOLDER]
        end = stop
    return "".join([*parts, text[end:]])


@lru_cache(maxsize=256)
def suspect(text: str) -> bool:
    """Whether the answer may speak to the grader somewhere: more often true, and less often right, than `find`."""
    if find(text):
        return True
    read = Folded(text, forged.data()["look_alikes"])
    for variant in _readings(read):
        weights = [_weight(sentence) for _, sentence in variant]
        if max(weights, default=0) >= addressed.wary() or _adds_up([sentence for _, sentence in variant]):
            return True
    return addressed.foreign(read.folded)


def _adds_up(sentences: list[str]) -> bool:
    """Two sentences in a row, without a word of the subject, that together could be one to the grader."""
    weights = [0.0 if addressed.of_the_subject(said) else addressed.weight(said) for said in sentences]
    return any(min(a, b) >= NEIGHBOUR and a + b >= addressed.cut() for a, b in pairwise(weights))


def _is_order(plain: str) -> bool:
    """For text that was hidden: a lower bound, since nobody hides an answer."""
    folded = Folded(plain, forged.data()["look_alikes"]).folded
    return forged.patterns("encoded_orders")[0].search(folded) is not None or addressed.weight(folded) >= REPORTED


def _weight(sentence: str) -> float:
    """An explanation of attacks speaks of the same things: what is told of an attacker weighs less."""
    weight = addressed.weight(sentence)
    if weight >= addressed.wary() and forged.patterns("reported")[0].search(sentence):
        return weight - REPORTED
    return weight


def _readings(read: Folded) -> Iterator[list[tuple[Span, str]]]:
    """The sentences as they are, and closed up or spelt with letters where that differs."""
    yield list(read.sentences())
    for text, back in list(read.variants())[1:]:
        again = Folded(text, {})
        yield [((back[start], back[end - 1] + 1), said) for (start, end), said in again.sentences() if start < end]


def _by_words(read: Folded) -> Iterator[Span]:
    for sentences in _readings(read):
        for span, sentence in sentences:
            if _weight(sentence) >= addressed.cut() or _is_turned(sentence):
                yield span


def _is_turned(sentence: str) -> bool:
    """Whether it is an order when it is read backwards or by rot13."""
    if not any(piece in sentence for piece in forged.data()["turned"]):
        return False
    return any(addressed.weight(turned) >= REPORTED for turned in disguise.turned(sentence))


def _neighbours(read: Folded, spans: tuple[Span, ...]) -> Iterator[Span]:
    """Sentences beside a cut one that say nothing of the subject and something of grading, outwards."""
    sentences = [(read.back(*span), said) for span, said in read.sentences() if span[0] < span[1]]
    is_cut = [overlaps(span, spans) for span, _ in sentences]
    for order in (range(1, len(sentences)), range(len(sentences) - 2, -1, -1)):
        beside = -1 if order.step == 1 else 1
        for number in order:
            said = sentences[number][1]
            if is_cut[number + beside] and not is_cut[number] and not addressed.of_the_subject(said):
                is_cut[number] = addressed.weight(said) >= NEIGHBOUR
    for (span, _), cut in zip(sentences, is_cut, strict=True):
        if cut and not overlaps(span, spans):
            yield span


def _verdict_lists(read: Folded) -> Iterator[Span]:
    """Lines or sentences that end in nothing but a verdict: three of them, or two where they name criteria."""
    found = [(span, said, forged.patterns("verdict_unit")[0].search(said)) for span, said in read.sentences()]
    units = [(span, said, end.group()) for span, said, end in found if end]
    named = sum(forged.patterns("criterion_name")[0].search(said) is not None for _, said, _ in units)
    if len(units) >= 3 or named >= 2 or any(len(re.split(r"[,、]", end)) >= 3 for _, _, end in units):
        yield from (span for span, _, _ in units)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _trimmed(text: str, span: Span) -> Span:
    piece = text[slice(*span)]
    return span[0] + len(piece) - len(piece.lstrip()), span[1] - len(piece) + len(piece.rstrip())


def overlaps(span: Span, others: tuple[Span, ...]) -> bool:
    """Whether any of these spans (in order, without overlap) touches the first."""
    at = bisect_left(others, (span[1], -1))
    return at > 0 and others[at - 1][1] > span[0]
