"""Answers that say nothing: the question or the rubric repeated, and bare lists of key words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from interviewer.grading import terms
from interviewer.grading.terms import Document, Token

_FRAGMENT = re.compile(r"[,，、;；\n|•。!！?？:：]+|\.(?=\s|$)|\s-\s")


def copied_sentences(document: Document, asked: Iterable[str]) -> set[int]:
    """The sentences that only repeat what was asked: nine in ten of their words, four in five of the pairs."""
    read = [_stems(text) for text in asked]
    words, known = {word for each in read for word in each}, {pair for each in read for pair in pairwise(each)}
    return {
        n
        for n, said in _sentences(document)
        if len(said) >= 5
        and sum(t.stem in words for t in said) >= 0.9 * len(said)
        and sum((a.stem, b.stem) in known for a, b in pairwise(said)) >= 0.8 * (len(said) - 1)
    }


def recited_sentences(document: Document, requirements: Iterable[str]) -> set[int]:
    """The sentences that are a requirement in the rubric's own words, with the beginning that tells what an answer does
    ("Says that …"): they describe the rubric and answer nothing."""
    told = [words for text in requirements if len(words := _read(text)) >= 4 and _tells(text)]
    return {n for n, said in _sentences(document) if any(_recites(said, wanted) for wanted in told)}


@lru_cache(maxsize=1024)
def _tells(text: str) -> bool:
    return any(first == 0 for first, _ in Document(text).places(terms.cues()["telling"]))


def _recites(said: Sequence[Token], wanted: Sequence[Token]) -> bool:
    pairs, known = set(pairwise(t.stem for t in said)), set(pairwise(t.stem for t in wanted))
    told = (wanted[0].stem, wanted[1].stem) in pairs and wanted[0].word in {t.word for t in said}
    return told and len(pairs & known) >= min(0.7 * len(known), 0.9 * len(pairs))


def is_word_list(text: str, at_least: int = 10) -> bool:
    """Whether this is key words without a sentence around them: hardly a word that holds sentences together, in
    fragments of a word or two or without any stop. `at_least` so many words or Chinese characters; formulas are none.
    """
    said = [t for t in _read(text) if t.kind == "cjk" or (t.kind == "word" and len(t.word) > 1)]
    count, lines = len(_read(text)), text.split("\n")
    if count < at_least or len(said) < 0.45 * count or sum("=" in line for line in lines) > len(lines) / 5:
        return False
    chinese = sum(t.kind == "cjk" for t in said) > len(said) / 2
    fragments = [p for p in _FRAGMENT.split(text) if p.strip()]
    pieces = fragments if len(fragments) > 2 else text.split()
    held = sum(t.stem in terms.function_words() for t in said) / len(said)
    short = count <= len(pieces) * (3.6 if chinese else 2.5) and len(pieces) >= at_least * (0.8 if chinese else 0.5)
    return short and held < 0.12


def is_enumeration(text: str, at_least: int = 8) -> bool:
    """Whether a passage is mostly key words strung together, with a few words of a sentence around them."""
    pieces = [_read(p) for p in _FRAGMENT.split(text) if p.strip()]
    short = [p for p in pieces if p and len(p) <= (6 if p[0].kind == "cjk" else 3) and not _holds(p)]
    return at_least <= len(short) >= 0.75 * len(pieces) and "=" not in text


def _holds(piece: tuple[Token, ...]) -> bool:
    """Whether most of it are words that hold sentences together."""
    return sum(t.stem in terms.function_words() for t in piece) > len(piece) / 2


def _sentences(document: Document) -> Iterator[tuple[int, list[Token]]]:
    for number, (first, last) in enumerate(document.sentences):
        yield number, [t for t in document.tokens[first:last] if t.kind != "sign"]


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[Token, ...]:
    return tuple(t for t in terms.tokens(*terms.fold(text)) if t.kind != "sign")


def _stems(text: str) -> tuple[str, ...]:
    return tuple(t.stem for t in _read(text))
