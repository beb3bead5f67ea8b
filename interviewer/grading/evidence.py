"""Whether a quote carries a verdict: it has to be the candidate's own words, and a statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from interviewer.grading import Task, attacks, junk, quotes
from interviewer.grading.terms import Document
from interviewer.schema import LANGUAGES, Note


def fault(quote: str, sent: Sequence[str], task: Task) -> Note | None:
    """Why a quote earns nothing; None when it stands, as a statement, in what the model was sent of the answers."""
    if not any(c.isalnum() for c in quote.replace(attacks.PLACEHOLDER, "")):
        return "quote_missing"
    found = quotes.find_in(quote, sent)
    if found is None:
        attacked = any(_overlaps_attack(quote, exchange.answer) for exchange in task.thread)
        return "quote_from_attack" if attacked else "quote_not_found"
    return _no_statement(_document(sent[found[0]]), found[1], task)


def passage(quote: str, sent: Sequence[str]) -> str:
    """The sentences that a quote touches and those beside them; the quote itself where it isn't found."""
    found = quotes.find_in(quote, sent)
    if found is None:
        return quote
    document = _document(sent[found[0]])
    numbers = _touched(document, found[1])
    if not numbers:
        return quote
    return document.quote(max(0, numbers[0] - 1), min(len(document.sentences), numbers[-1] + 2))


def _no_statement(document: Document, span: quotes.Span, task: Task) -> Note | None:
    """Why the place of a quote says nothing: the question or the rubric repeated, or words in a list."""
    numbers = set(_touched(document, span))
    if not numbers:
        return None
    rubric = tuple(c.requirement.in_(language) for c in task.question.rubric for language in LANGUAGES)
    asked = (*(task.question.text.in_(language) for language in LANGUAGES), *(e.asked for e in task.thread))
    recited, copied = _repeated(document.text, rubric, asked)
    if numbers <= recited:
        return "quote_from_attack"
    if numbers & copied:
        return "quote_unrelated"
    told = document.quote(min(numbers), max(numbers) + 1)
    if junk.is_word_list(document.text) or junk.is_word_list(told, at_least=20) or junk.is_enumeration(told):
        return "keyword_list"
    return None


@lru_cache(maxsize=16)
def _document(text: str) -> Document:
    return Document(text)


@lru_cache(maxsize=16)
def _repeated(text: str, rubric: tuple[str, ...], asked: tuple[str, ...]) -> tuple[set[int], set[int]]:
    document = _document(text)
    return junk.recited_sentences(document, rubric), junk.copied_sentences(document, asked)


def _touched(document: Document, span: quotes.Span) -> list[int]:
    return [
        number
        for number, (first, last) in enumerate(document.sentences)
        if first < last and document.span(first, last)[0] < span[1] and span[0] < document.span(first, last)[1]
    ]


def _overlaps_attack(quote: str, answer: str) -> bool:
    found = quotes.find(quote, answer)
    return found is not None and attacks.overlaps(found, attacks.find(answer))
