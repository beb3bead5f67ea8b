"""Answers that say nothing: the question copied back, and bare lists of key words. Both are rare in honest answers, and
each rule is kept narrow enough to spare those (bench/builtin_agreement.py measures it)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from interviewer.grading import forged, terms
from interviewer.grading.terms import Document, Token

_FRAGMENT = re.compile(r"[,，、;；\n|•。!！?？:：]+|\.(?=\s|$)|\s-\s")

SHORT, MOSTLY = 25, 0.75
"Words (or Chinese characters) of a short reply, and the share of its words above which it is nothing but key words."


def copied_sentences(document: Document, asked: Iterable[str]) -> set[int]:
    """The sentences that only repeat what was asked: nine in ten of their words, four in five of the pairs."""
    read = [_words(text) for text in asked]
    words = {word for each in read for word in each}
    known = {pair for each in read for pair in pairwise(each)}
    return {
        n for n, (first, last) in enumerate(document.sentences) if _repeats(document.tokens[first:last], known, words)
    }


def recited_sentences(document: Document, requirements: Sequence[str]) -> set[int]:
    """The sentences that are a requirement in the rubric's own words: with the beginning that tells what an answer does
    ("Says that …") they describe the rubric and answer nothing, and so does whoever repeats several word for word."""
    read = [_words(text) for text in requirements]
    told = [(w, t) for w, t in zip(read, requirements, strict=True) if forged.patterns("recited")[0].match(t.lower())]
    described: set[int] = set()
    repeated: dict[int, int] = {}
    for n, (first, last) in enumerate(document.sentences):
        said = [t for t in document.tokens[first:last] if t.kind != "sign"]
        pairs, spelt = set(pairwise(t.stem for t in said)), {t.word for t in said}
        if any(_describes(pairs, words) and _first(text) in spelt for words, text in told):
            described.add(n)
        if len(pairs) >= 6:
            of = next((k for k, words in enumerate(read) if len(pairs & _pairs(words)) >= 0.9 * len(pairs)), None)
            repeated |= {} if of is None else {n: of}
    return described | set(repeated) if len(set(repeated.values())) >= 2 else described


def _describes(pairs: set[tuple[str, str]], words: tuple[str, ...]) -> bool:
    if len(words) < 4 or words[:2] not in pairs:
        return False
    shared = len(pairs & _pairs(words))
    return shared >= 0.7 * len(_pairs(words)) or shared >= 0.9 * len(pairs)


def _first(text: str) -> str:
    """Its first word (or Chinese character) as it is spelt: "Says", where an answer may well begin with "Say"."""
    return terms.tokens(*terms.fold(text))[0].word


@lru_cache(maxsize=1024)
def _pairs(words: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words))


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    return tuple(t.stem for t in terms.tokens(*terms.fold(text)) if t.kind != "sign")


def _repeats(tokens: list[Token], known: set[tuple[str, str]], words: set[str]) -> bool:
    said = [t.stem for t in tokens if t.kind != "sign"]
    if len(said) < 5:
        return False
    pairs = list(pairwise(said))
    shared = sum(pair in known for pair in pairs)
    return shared >= 0.8 * len(pairs) and sum(w in words for w in said) >= 0.9 * len(said)


@cache
def _glue() -> frozenset[str]:
    data = terms.language_data()
    return frozenset(terms.stem(word) for word in data["glue_words"].split()) | frozenset(data["glue_characters"])


@cache
def _function_words() -> frozenset[str]:
    data = terms.language_data()
    return frozenset(terms.stem(word) for word in data["function_words"].split()) | frozenset(data["glue_characters"])


def is_word_list(text: str, at_least: int = 10, share: Callable[[], float] = lambda: 1.0) -> bool:
    """Whether this is key words without a sentence around them: hardly a word that holds sentences together, and
    fragments of a word or two or none at all. `at_least` so many words or Chinese characters; formulas and code are
    something else.

    `share` of the words that the rubric looks for: a short reply in one piece that says more than those, and has a word
    that holds a sentence together, is one.
    """
    tokens = [t for t in terms.tokens(*terms.fold(text)) if t.kind != "sign"]
    said = [t for t in tokens if t.kind == "cjk" or (t.kind == "word" and len(t.word) > 1)]
    lines = text.split("\n")
    if len(tokens) < at_least or len(said) < 0.45 * len(tokens) or sum("=" in line for line in lines) > len(lines) / 5:
        return False
    glue = sum(t.stem in _glue() for t in said) / len(said)
    fragments = len([p for p in _FRAGMENT.split(text) if p.strip()])
    chinese = sum(t.kind == "cjk" for t in said) > len(said) / 2
    if fragments >= at_least * (0.8 if chinese else 0.5):
        return len(tokens) <= (3.6 if chinese else 2.5) * fragments and glue < 0.15
    pieces = len(text.split())
    whole = chinese and not (pieces >= at_least * 0.8 and len(tokens) <= 3.6 * pieces)
    if fragments > 2 or whole or glue >= (0.1 if chinese else 0.12):
        return False
    held = any(t.stem in _function_words() for t in tokens)
    return len(said) >= SHORT or not held or share() >= MOSTLY


def is_enumeration(text: str, at_least: int = 8) -> bool:
    """Whether a passage is mostly key words strung together, with a few words of a sentence around them."""
    pieces = [[t for t in terms.tokens(*terms.fold(p)) if t.kind != "sign"] for p in _FRAGMENT.split(text) if p.strip()]
    short = [p for p in pieces if p and len(p) <= (6 if p[0].kind == "cjk" else 3) and not _holds(p)]
    named = sum(any(t.kind == "cjk" or (t.kind == "word" and len(t.word) > 1) for t in p) for p in short)
    return named >= at_least * 0.75 and at_least <= len(short) >= 0.75 * len(pieces) and "=" not in text


def _holds(piece: list[Token]) -> bool:
    """Whether most of it are words that hold sentences together."""
    return sum(t.stem in _glue() for t in piece) > len(piece) / 2
