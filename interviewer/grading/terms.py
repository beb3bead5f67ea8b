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
_SPELT = {"×": " x ", "√": "sqrt ", "「": '"', "」": '"', "『": '"', "』": '"'}
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
    word: str
    stem: str
    prefix: bool = False

    def fits(self, token: Token) -> bool:
        if self.prefix and token.kind == "word":
            return any(form.startswith(self.word) for form in (token.word, token.stem, _american(token.word)))
        return token.stem == self.stem


class Term(NamedTuple):
    parts: tuple[Part, ...]
    whole: Part | None
    "The parts as one word: `KV cache` is found in KVCache."


@lru_cache(maxsize=32768)
def term(text: str) -> Term | None:
    """One alternative of a group; None if nothing is left of it to look for."""
    parts: list[Part] = []
    for chunk in re.split(r"(?<=\w)\*(?=\s|$)", text.strip()):
        if parts:
            parts[-1] = parts[-1]._replace(prefix=True)
        parts += [Part(t.word, t.stem) for t in tokens(*fold(chunk))]
    joined = "".join(p.word for p in parts)
    whole = Part(joined, stem(joined), parts[-1].prefix) if re.fullmatch(f"{_LETTER}{{2,}}", joined) else None
    return Term(tuple(parts), whole) if parts else None


@lru_cache(maxsize=16384)
def alternatives(group: str) -> tuple[Term, ...]:
    """The terms of a group "a | b | c*"."""
    return tuple(t for text in group.split("|") if (t := term(text)))


class Document:
    """An answer, read once: its tokens, its sentences as ranges of tokens, and where each stem stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded, origin = fold(text)
        self.tokens = tokens(folded, origin)
        self.sentences = self._cut([origin[end - 1] + 1 for end in sentence_ends(folded)])
        self.sentence_of = [n for n, (first, last) in enumerate(self.sentences) for _ in range(first, last)]
        self._known: dict[Term, list[Range]] = {}
        self._stems: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, list[int]] = defaultdict(list)
        self._pairs: dict[str, list[int]] = defaultdict(list)
        for index, token in enumerate(self.tokens):
            self._stems[token.stem].append(index)
            self._words[token.word].append(index)
            if token.kind == "word" and index and self.tokens[index - 1].kind == "word":
                self._pairs[self.tokens[index - 1].word + token.word].append(index - 1)

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
        """Where an alternative of the group stands, as ranges of tokens within one sentence, in order."""
        return sorted({place for each in alternatives(group) for place in self._places(each)})

    def _places(self, term: Term) -> list[Range]:
        if term not in self._known:
            size = len(term.parts)
            found = {(i, i + size) for i in self._starts(term.parts[0]) if self._continues(term, i)}
            if term.whole:
                found |= {(i, i + 1) for i in self._starts(term.whole)}
                found |= {(i, i + 2) for i in self._split(term.whole)} if size == 1 else set()
            self._known[term] = [f for f in found if self.sentence_of[f[0]] == self.sentence_of[f[1] - 1]]
        return self._known[term]

    def _starts(self, part: Part) -> list[int]:
        if not part.prefix:
            return self._stems.get(part.stem, [])
        return [i for places in self._words.values() if part.fits(self.tokens[places[0]]) for i in places]

    def _continues(self, term: Term, at: int) -> bool:
        following = self.tokens[at : at + len(term.parts)]
        return len(following) == len(term.parts) and all(map(Part.fits, term.parts, following))

    def _split(self, whole: Part) -> list[int]:
        """Where it is written as two words; byte* is not found in "bytes can"."""
        pairs = ((word, i) for word, places in self._pairs.items() for i in places)
        if not whole.prefix:
            return [i for word, i in pairs if word[:3] == whole.word[:3] and stem(word) == whole.stem]
        return [i for word, i in pairs if word.startswith(whole.word) and len(self.tokens[i].word) < len(whole.word)]
