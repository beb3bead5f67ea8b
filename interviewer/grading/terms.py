"""Reads an answer as tokens and sentences, and finds terms in it.

A term and an answer are read alike: width, case and traditional characters folded, English words stemmed, every Chinese
character a token of its own, white space and joiners (hyphen, slash, quotes, …) gone; other punctuation stops a term.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import snowballstemmer
import yaml

from interviewer.language import simplified

LONGEST_SENTENCE = 200
"Tokens; a longer sentence is cut, so that a passage stays a passage."
Range = tuple[int, int]

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
_LETTER = rf"[^\W\d_{_CJK}]"
_TOKEN = re.compile(
    rf"(?P<dash>(?<=\s)--?(?=\s))|(?P<nt>(?<=[a-z])n?'t\b)|(?P<skip>(?<=[^\W\d_])'s\b|[\s_/^*`\"'\\{{}}-])"
    rf"|(?P<word>can(?='t\b|not\b)|[a-z]+?(?=n't\b)|{_LETTER}+)"
    rf"|(?P<number>(?<!\d,)\d{{1,3}}(?:,\d{{3}})+(?!,?\d)|\d+(?:\.\d+)?)|(?P<cjk>[{_CJK}])|(?P<sign>.)"
)
_SPELT = {"，": ", ", "×": " x ", "√": "sqrt ", "「": '"', "」": '"', "『": '"', "』": '"'}
_SAME = str.maketrans("“”‘’`‐‑−–", "\"\"''`----")
_END = re.compile(r"""(?:[.!?](?![\x21-\x7e])|[。;])[.!?。;'")\]]*|\n(?!(?<=[^\n]{50}\n)[a-z])\s*""")
_NO_END = re.compile(r"(?:\be\.g|\bi\.e|\bvs|\bcf|\bfig|\beq|\bsec|\bapprox|\bresp|\bal|\betc|(?:^|\n)\s*\d{1,2})$")
_BRITISH = re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|ing|er|ers|ation|ations)$)")
_ACRONYMS = re.compile(r"^([^aeiou]+|[a-z]pu)s$")


@cache
def cues() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(Path(__file__).with_name("cues.yaml").read_text(encoding="utf-8"))
    return found


@cache
def function_words() -> frozenset[str]:
    """Words that hold a sentence together, stemmed, and Chinese characters of the kind."""
    return frozenset(map(stem, cues()["function_words"].split())) | frozenset(cues()["function_characters"])


@cache
def _irregular() -> dict[str, str]:
    return dict(pair.split("=") for pair in cues()["irregular"].split())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What a word's forms have in common: plural, verb ending, -ise for -ize, and the commonest irregular forms."""
    if len(word) > 40 or word in cues()["adverbs_apart"].split():
        return word
    word = _ACRONYMS.sub(r"\1", _irregular().get(word, word))
    short: str = snowballstemmer.stemmer("english").stemWord(_american(word))
    return short


def _american(word: str) -> str:
    return _BRITISH.sub("iz", word)


class Token(NamedTuple):
    stem: str
    word: str
    kind: str
    "word | number | cjk | sign"
    start: int
    "Offset in the text as it was given."
    end: int

    @property
    def weight(self) -> float:
        """In words; a Chinese character counts half."""
        return {"cjk": 0.5, "sign": 0.0}.get(self.kind, 1.0)


def fold(text: str) -> tuple[str, list[int]]:
    """The text with width, case and script folded and invisible characters gone; and where each character was."""
    folded: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        same = _SPELT.get(character) or unicodedata.normalize("NFKC", character)
        for part in same.translate(_SAME).casefold():
            if part == "\n" or unicodedata.category(part) not in ("Cf", "Mn", "Cc"):
                folded.append(simplified(part))
                origin.append(index)
            elif part.isspace():
                folded.append(" ")
                origin.append(index)
    return "".join(folded), origin


def tokens(folded: str, origin: list[int]) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(folded):
        kind, text = str(match.lastgroup), match.group()
        if kind == "skip":
            continue
        kind, text = {"nt": ("word", "not"), "dash": ("sign", text)}.get(kind, (kind, text))
        text = text.replace(",", "") if kind == "number" else text
        place = origin[match.start()], origin[match.end() - 1] + 1
        found.append(Token(stem(text) if kind == "word" else text, text, kind, *place))
    return found


def sentence_ends(folded: str) -> Iterator[int]:
    """Where the sentences end. A stop inside a number, a name or an abbreviation ends none."""
    for found in _END.finditer(folded):
        if found.group()[0] != "." or not _NO_END.search(folded[max(0, found.start() - 8) : found.start()]):
            yield found.end()


class Part(NamedTuple):
    """A word or character of a term; with `prefix`, whatever begins so."""

    word: str
    prefix: bool = False

    def fits(self, word: str) -> bool:
        if not self.prefix:
            return stem(word) == stem(self.word)
        return any(form.startswith(self.word) for form in (word, stem(word), _american(word)))


@lru_cache(maxsize=32768)
def term(text: str) -> tuple[Part, ...]:
    """One alternative of a group; empty if nothing is left of it to look for."""
    parts: list[Part] = []
    for chunk in re.split(r"(?<=\w)\*(?=\s|$)", text.strip()):
        if parts:
            parts[-1] = parts[-1]._replace(prefix=True)
        parts += [Part(t.word) for t in tokens(*fold(chunk))]
    return tuple(parts)


class Document:
    """An answer, read once: its tokens, its sentences as ranges of tokens, and where each word stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded, origin = fold(text)
        self.tokens = tokens(folded, origin)
        self.sentences = self._cut([origin[end - 1] + 1 for end in sentence_ends(folded)])
        self.sentence_of = [n for n, (first, last) in enumerate(self.sentences) for _ in range(first, last)]
        self._places: dict[str, list[Range]] = defaultdict(list)
        for index, token in enumerate(self.tokens):
            self._places[token.word].append((index, index + 1))
            if token.kind == "word" and index and self.tokens[index - 1].kind == "word":
                self._places[self.tokens[index - 1].word + token.word].append((index - 1, index + 1))
        self._stems: dict[str, list[str]] = defaultdict(list)
        for word in self._places:
            self._stems[stem(word)].append(word)

    def _cut(self, ends: list[int]) -> list[Range]:
        starts = [t.start for t in self.tokens]
        marks = sorted({bisect_left(starts, end) for end in ends} | {0, len(starts)})
        return [
            (i, min(i + LONGEST_SENTENCE, last))
            for first, last in pairwise(marks)
            for i in range(first, last, LONGEST_SENTENCE)
        ]

    def quote(self, first: int, last: int) -> str:
        """The words of the sentences first … last-1, exactly as they were written."""
        return self.text[slice(*self.span(self.sentences[first][0], self.sentences[last - 1][1]))]

    def span(self, first: int, last: int) -> Range:
        """Character offsets of the tokens first … last-1."""
        return self.tokens[first].start, self.tokens[last - 1].end

    def places(self, group: str) -> list[Range]:
        """Where an alternative of a group "a | b | c*" stands, as ranges of tokens within one sentence, in order."""
        found = {place for text in group.split("|") for place in self._of(term(text))}
        return sorted(p for p in found if self.sentence_of[p[0]] == self.sentence_of[p[1] - 1])

    def _of(self, parts: tuple[Part, ...]) -> Iterator[Range]:
        """Parted as it is written, and as one word: `KV cache` in KVCache."""
        whole, start = "".join(p.word for p in parts), "".join(p.word for p in parts[:-1])
        if whole.isalpha() and whole[0].islower() and stem(whole).startswith(start):
            yield from self._word(Part(whole, parts[-1].prefix))
        if not parts or any(not p.prefix and stem(p.word) not in self._stems for p in parts):
            return
        for first, last in self._word(parts[0]):
            words = [t.word for t in self.tokens[first : first + len(parts)]]
            if last == first + 1 and len(words) == len(parts) and all(map(Part.fits, parts, words)):
                yield first, first + len(parts)

    def _word(self, part: Part) -> Iterator[Range]:
        """Also where it is written as two words: softmax in "soft max", but not byte* in "bytes can"."""
        if part.prefix:
            words = [w for w in self._places if w[:2] == part.word[:2] and part.fits(w)]
        else:
            words = self._stems.get(stem(part.word), [])
        for word in words:
            for first, last in self._places[word]:
                if last == first + 1 or not part.prefix or len(self.tokens[first].word) < len(part.word):
                    yield first, last
