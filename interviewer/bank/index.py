"""A lexical index, ranked by BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and
Beyond", section 3.2)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import snowballstemmer

from interviewer.schema import Language, Question, Text

K1, B = 1.2, 0.75
"How soon repetition stops to count, and how much length does: the customary values."
WEIGHT = 3
"What a word of the question, its id or its topic counts for; a key term counts once."

_CHINESE = "\u3400-\u9fff"
_RUN = re.compile(rf"[{_CHINESE}]+|[^\W\d_{_CHINESE}]+|\d+")


def tokens(text: str) -> Iterator[str]:
    """Stems of words, numbers, Chinese characters and their pairs."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u3400" <= run[0] <= "\u9fff":
            yield from run
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield _stem(run)


@cache
def _stem(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word)) if word.isascii() else word


def words_of(question: Question, title: Text, language: Language) -> Counter[str]:
    """How often each token counts for a question."""
    counted: Counter[str] = Counter()
    for text in (question.id, question.topic, title.in_(language), question.text.in_(language)):
        for token in tokens(text):
            counted[token] += WEIGHT
    for criterion in question.rubric:
        counted.update(token for group in criterion.terms for token in tokens(group))
    return counted


class Index:
    def __init__(self, documents: Iterable[Counter[str]]) -> None:
        self.lengths: list[int] = []
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, counted in enumerate(documents):
            self.lengths.append(counted.total())
            for token, count in counted.items():
                self.postings[token].append((number, count))

    def rank(self, text: str) -> Counter[int]:
        """The score of every document that has a word of the text. The last word may be unfinished."""
        scores: Counter[int] = Counter()
        mean = sum(self.lengths) / len(self.lengths) if self.lengths else 1.0
        for token in self._wanted(text):
            found = self.postings.get(token, ())
            rarity = math.log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                weight = count + K1 * (1 - B + B * self.lengths[number] / mean)
                scores[number] += rarity * count * (K1 + 1) / weight  # type: ignore[assignment]
        return scores

    def _wanted(self, text: str) -> set[str]:
        wanted = set(tokens(text))
        last = _RUN.findall(unicodedata.normalize("NFKC", text).casefold())[-1:]
        if last and last[0].isascii() and len(last[0]) > 1:
            wanted |= {token for token in self.postings if token.startswith(last[0])}
        return wanted
