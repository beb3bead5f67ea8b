"""Reads an answer as tokens and sentences, and finds a rubric's terms in it (question_bank/README.md, "Terms").

A term and an answer are read alike: width and case folded, English words stemmed, every Chinese character a token of
its own, white space and joiners (hyphen, slash, quotes, …) gone, other punctuation kept as a token that stops a term.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import snowballstemmer
import yaml

GAP = 6.0
"Words between the two sides of a term with a gap; a Chinese character counts half."
LONGEST_SENTENCE = 200
"Tokens; a longer sentence is cut, so that a passage stays a passage and the work linear."

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
_TOKEN = re.compile(
    rf"(?P<denied>ca|wo|do|does|did|is|are|was|were|has|have|had|would|could|should|need|must)(?P<nt>n'?t)\b"
    rf"|(?P<cannot>cannot)\b|(?P<dash>(?<=\s)--?(?=\s))|(?P<skip>(?<=[^\W\d_])'s\b|[\s_/^*`\"'\\{{}}-])"
    rf"|(?P<word>[^\W\d_{_CJK}]+)"
    rf"|(?P<number>(?<!\d,)\d{{1,3}}(?:,\d{{3}})+(?!,?\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"|(?P<cjk>[{_CJK}])|(?P<sign>.)"
)
_SAME = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "`": "'", "‐": "-", "‑": "-", "−": "-", "–": "-"})
_PLAIN = (
    {chr(c): " " for c in range(32) if chr(c) != "\n"} | {c: c.lower() for c in map(chr, range(65, 91))} | {"`": "'"}
)
_SPELT = {"，": ", ", "×": " x ", "√": "sqrt ", "「": '"', "」": '"', "『": '"', "』": '"'}
_END = re.compile(r"""[.!?。;]+['")\]]*|\n\s*""")
_BRITISH = re.compile(r"(?<=[bcdfghklmnrtvxy])is(?=(?:e|ed|es|ing|er|ers|ation|ations)$)")
_ABBREVIATION = re.compile(
    r"(?:\be\.g|\bi\.e|\bvs|\bcf|\bfig|\beq|\bsec|\bapprox|\bresp|\bal|\betc|(?:^|\n)\s*\d{1,2})$"
)


@cache
def language_data() -> dict[str, Any]:
    """The cues, function words and irregular forms of cues.yaml."""
    text = Path(__file__).with_name("cues.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What a word's forms have in common: plural, verb ending, -ise for -ize, and the commonest irregular forms."""
    if len(word) > 40:
        return word
    data = language_data()
    if word in data["adverbs_apart"]:
        return word
    short: str = snowballstemmer.stemmer("english").stemWord(_american(data["irregular"].get(word, word)))
    return short


@lru_cache(maxsize=65536)
def _american(word: str) -> str:
    """normalise as normalize, so that `normaliz*` finds both."""
    return word if word.startswith(tuple(language_data()["never_with_z"])) else _BRITISH.sub("iz", word)


class Token(NamedTuple):
    stem: str
    word: str
    kind: str
    "word | number | cjk | sign"
    start: int
    "Offset in the text as it was given."
    end: int


def fold(text: str) -> tuple[str, list[int]]:
    """The text with width and case folded and invisible characters gone; and where each of its characters was."""
    folded: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        if character.isascii() or "\u4e00" <= character <= "\u9fff":
            folded.append(_PLAIN.get(character, character))
            origin.append(index)
            continue
        same = _SPELT.get(character) or unicodedata.normalize("NFKC", character)
        for part in same.translate(_SAME).casefold():
            if unicodedata.category(part) not in ("Cf", "Mn"):
                folded.append(part)
                origin.append(index)
    return "".join(folded), origin


def _pieces(found: re.Match[str]) -> Iterator[tuple[str, str, int, int]]:
    kind, text, start, end = str(found.lastgroup), found.group(), found.start(), found.end()
    if kind == "nt":
        head = {"ca": "can", "wo": "will"}.get(found["denied"], found["denied"])
        yield "word", head, start, found.start("nt")
        yield "word", "not", found.start("nt"), end
    elif kind == "cannot":
        yield "word", "can", start, start + 3
        yield "word", "not", start + 3, end
    elif kind == "number":
        plain = text.replace(",", "")
        yield kind, plain.rstrip("0").rstrip(".") if "." in plain else plain, start, end
    elif kind != "skip":
        yield "sign" if kind == "dash" else kind, text, start, end


def _read(text: str, kind: str) -> tuple[str, str]:
    return (stem(text), _american(text)) if kind == "word" else (text, text)


def tokens(folded: str, origin: list[int]) -> list[Token]:
    return [
        Token(*_read(text, kind), kind, origin[start], origin[end - 1] + 1)
        for found in _TOKEN.finditer(folded)
        for kind, text, start, end in _pieces(found)
    ]


def _wrapped(folded: str, start: int, end: int) -> bool:
    """A line break inside a sentence: a long line without a stop, and a next line that goes on in lower case."""
    line = folded[max(folded.rfind("\n", 0, start), start - 200) + 1 : start].rstrip()
    goes_on = re.match(r"(?![-*•#>]|\d+[.)])\S", folded[end : end + 4])
    return len(line) >= 50 and goes_on is not None and line[-1] not in ":：。" and folded.count("\n", start, end) == 1


def sentence_ends(folded: str) -> Iterator[int]:
    """Where the sentences end. A stop inside a number, a name or an abbreviation ends none."""
    for found in _END.finditer(folded):
        mark, after = found.group(), folded[found.end() : found.end() + 1]
        if mark[0] in ".!?":
            if after and after.isascii() and not after.isspace():
                continue
            if mark == "." and _ABBREVIATION.search(folded[max(0, found.start() - 8) : found.start()]):
                continue
        if mark[0] == "\n" and _wrapped(folded, found.start(), found.end()):
            continue
        yield found.end()


class Document:
    """An answer, read once: its tokens, its sentences as ranges of tokens, and where each stem stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded, origin = fold(text)
        self.tokens = tokens(folded, origin)
        self.sentences = self._cut([origin[end - 1] + 1 for end in sentence_ends(folded)])
        self.first_tokens = [first for first, _ in self.sentences]
        self.postings: dict[str, list[int]] = defaultdict(list)
        self.pairs: dict[str, list[int]] = defaultdict(list)
        self._known: dict[str, list[tuple[int, int]]] = {}
        for index, token in enumerate(self.tokens):
            self.postings[token.stem].append(index)
            if token.kind == "word" and index and self.tokens[index - 1].kind == "word":
                self.pairs[self.tokens[index - 1].word + token.stem].append(index - 1)
        words = [t for t in self.tokens if t.kind == "word"]
        self._stems = {t.word: t.stem for t in words} | {t.stem: t.stem for t in words}
        self._vocabulary = sorted(self._stems)
        self._pair_list = sorted(self.pairs)

    def _cut(self, ends: list[int]) -> list[tuple[int, int]]:
        starts = [t.start for t in self.tokens]
        marks = sorted({bisect_left(starts, end) for end in ends} | {0, len(starts)})
        pieces = []
        for first, last in pairwise(marks):
            pieces += [(i, min(i + LONGEST_SENTENCE, last)) for i in range(first, last, LONGEST_SENTENCE)]
        return pieces

    def sentence_of(self, token: int) -> int:
        return bisect_right(self.first_tokens, token) - 1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Character offsets of the tokens first … last-1."""
        return self.tokens[first].start, self.tokens[last - 1].end

    def quote(self, first: int, last: int) -> str:
        """The words of the sentences first … last-1, exactly as they were written."""
        start, end = self.span(self.sentences[first][0], self.sentences[last - 1][1])
        return self.text[start:end]

    def occurrences(self, term: Term) -> list[tuple[int, int]]:
        """Every place of the term, as ranges of tokens within one sentence, in order."""
        if term.then is None:
            return self._simple(term)
        heads, tails = self._simple(term), self.occurrences(term.then)
        pairs = ((head, next((t for t in tails if t[0] >= head[1]), None)) for head in heads)
        return [(head[0], tail[1]) for head, tail in pairs if tail and self._near(head[1], tail[0])]

    def _near(self, first: int, last: int) -> bool:
        """Whether what stands between is a few words of the same sentence that deny nothing."""
        between = self.tokens[first:last]
        words = sum({"cjk": 0.5, "sign": 0.0}.get(t.kind, 1.0) for t in between)
        same = first == last or self.sentence_of(first - 1) == self.sentence_of(last)
        return words <= GAP and same and not any(t.stem in _denying() for t in between)

    def _simple(self, term: Term) -> list[tuple[int, int]]:
        if term.text not in self._known:
            found = {(i, i + len(term.parts)) for i in self._heads(term.parts[0]) if self._continues(term, i)}
            if term.joined:
                found |= {(i, i + 1) for i in self._heads(term.joined)}
                if len(term.parts) == 1:
                    found |= {(i, i + 2) for i in self._paired(term.joined)}
            self._known[term.text] = sorted(f for f in found if self.sentence_of(f[0]) == self.sentence_of(f[1] - 1))
        return self._known[term.text]

    def _continues(self, term: Term, at: int) -> bool:
        if at + len(term.parts) > len(self.tokens):
            return False
        second = len(term.parts) == 1 or term.parts[1].fits(self.tokens[at + 1])
        return second and all(part.fits(self.tokens[at + n]) for n, part in enumerate(term.parts[2:], 2))

    def _heads(self, part: Part) -> list[int]:
        if not part.prefix:
            return self.postings.get(part.stem, [])
        stems = {self._stems[w] for w in _starting_with(self._vocabulary, part.word)}
        return [i for s in stems for i in self.postings[s] if part.fits(self.tokens[i])]

    def _paired(self, part: Part) -> list[int]:
        if not part.prefix:
            return self.pairs.get(part.stem, [])
        found = [i for key in _starting_with(self._pair_list, part.word) for i in self.pairs[key]]
        return [i for i in found if len(self.tokens[i].word) < len(part.word)]  # byte* is not found in "bytes can"


def _starting_with(ordered: list[str], start: str) -> list[str]:
    return ordered[bisect_left(ordered, start) : bisect_right(ordered, start + "\U0010ffff")]


@cache
def _denying() -> frozenset[str]:
    return frozenset(str(language_data()["denying_words"]).split())


class Part(NamedTuple):
    word: str
    stem: str
    prefix: bool = False

    def fits(self, token: Token) -> bool:
        if self.prefix:
            return token.word.startswith(self.word) or token.stem.startswith(self.word)
        return token.stem == self.stem


class Term(NamedTuple):
    parts: tuple[Part, ...]
    joined: Part | None
    "The whole as one word: `KV cache` is found in KVCache, and `softmax` in soft max."
    text: str
    then: Term | None = None
    "What follows a few words later: `high … low`."


@lru_cache(maxsize=32768)
def term(text: str) -> Term | None:
    """One alternative of a group; None if nothing is left of it to look for."""
    head, gap, tail = text.partition("…")
    first, then = _simple_term(head), term(tail) if gap else None
    return first._replace(then=then) if first and then else first or then


def _simple_term(text: str) -> Term | None:
    parts: list[Part] = []
    for chunk in re.split(r"(?<=\w)\*(?=\s|$)", text.strip()):
        if parts:
            parts[-1] = parts[-1]._replace(prefix=True)
        parts += [Part(t.word, t.stem) for t in tokens(*fold(chunk))]
    if not parts:
        return None
    latin = all(p.word.isalpha() and not re.match(f"[{_CJK}]", p.word) for p in parts)
    whole = "".join(p.word for p in parts)
    alike = stem(whole).startswith("".join(p.word for p in parts[:-1]))  # "whether it is" is not "whether"
    joined = Part(whole, stem(whole), parts[-1].prefix) if latin and len(whole) > 1 and alike else None
    return Term(tuple(parts), joined, text.strip())
