"""How often the search puts first what a person would expect there, beside kept libraries on the same texts.

The queries are in queries.yaml. `make bench` installs the rivals (requirements-bench.txt); without them the search is
measured alone. The search before is the program's own BM25 as it was until 2026-12.
"""

from __future__ import annotations

import importlib
import math
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from interviewer import bank as banks
from interviewer.bank import Bank, index
from interviewer.bank.stems import stems
from interviewer.schema import LANGUAGES, Language, Question
from interviewer.settings import shipped

QUERIES = Path(__file__).with_name("queries.yaml")
Rank = Callable[[str], Sequence[str]]
"A query → ids, the best first."


def queries(bank: Bank) -> dict[str, dict[str, tuple[str, ...]]]:
    """By part: what is typed, and the ids of this bank that should come first."""
    parts = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    return {
        part: {typed: tuple(i for i in ids if i in bank.questions) for typed, ids in asked.items()}
        for part, asked in parts.items()
    }


def quality(rank: Rank, asked: dict[str, tuple[str, ...]]) -> tuple[float, float, float]:
    """hit@1, hit@3, and the mean reciprocal rank among the first twenty."""
    found = [[i in wanted for i in rank(typed)[:20]] for typed, wanted in asked.items()]
    reciprocal = [1 / (hits.index(True) + 1) if any(hits) else 0.0 for hits in found]
    return (
        statistics.mean(any(hits[:1]) for hits in found),
        statistics.mean(any(hits[:3]) for hits in found),
        statistics.mean(reciprocal),
    )


# --- the searches ---------------------------------------------------------------------------------------------------


def shipped_search(bank: Bank) -> Rank:
    made = index.build(bank.searched())
    ids = list(bank.questions)
    return lambda typed: [ids[number] for number in made.rank(typed)]


def without_correction(bank: Bank) -> Rank:
    """The same, but for a word that the bank doesn't have."""
    made = index.build(bank.searched())
    bare, ids = index.Index(made.table, ()), list(bank.questions)
    return lambda typed: [ids[number] for number in bare.rank(typed)]


def before(bank: Bank) -> Rank:
    """Own BM25: an index a language, over stems of id, topic, title and opener (thrice) and of terms (once)."""
    both = [_OwnIndex(_counted(bank, q, language) for q in bank.questions.values()) for language in LANGUAGES]
    ids = list(bank.questions)

    def rank(typed: str) -> Sequence[str]:
        scores: Counter[int] = Counter()
        for each in both:
            scores.update(each.rank(typed))
        return [ids[number] for number, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0]))]

    return rank


def rank_bm25(bank: Bank) -> Rank:
    library = importlib.import_module("rank_bm25").BM25Okapi(_documents(bank, lambda text: list(stems(text))))
    return _by_scores(bank, lambda typed: library.get_scores(list(stems(typed))))


def bm25s(bank: Bank) -> Rank:
    return _bm25s(bank, lambda text: list(stems(text)))


def bm25s_with_jieba(bank: Bank) -> Rank:
    jieba = importlib.import_module("jieba")
    jieba.setLogLevel(60)

    def words(text: str) -> list[str]:
        cut = (word for word in jieba.cut_for_search(text) if re.match(r"\w", word))
        return [stem for word in cut for stem in (stems(word) if word.isascii() else [word])]

    return _bm25s(bank, words)


def _bm25s(bank: Bank, words: Callable[[str], list[str]]) -> Rank:
    library = importlib.import_module("bm25s").BM25(k1=1.2, b=0.75)
    library.index(_documents(bank, words), show_progress=False)
    known = set(library.vocab_dict)

    def scores(typed: str) -> Any:
        asked = [word for word in dict.fromkeys(words(typed)) if word in known]
        return library.get_scores(asked) if asked else [0.0] * len(bank.questions)

    return _by_scores(bank, scores)


def _documents(bank: Bank, words: Callable[[str], list[str]]) -> list[list[str]]:
    """The texts of the index; these libraries have no fields, so that a name is written thrice."""
    return [words(name) * 3 + words(answer) for name, answer in bank.searched()]


def _by_scores(bank: Bank, scores: Callable[[str], Any]) -> Rank:
    ids = list(bank.questions)

    def rank(typed: str) -> Sequence[str]:
        ranked = sorted(enumerate(scores(typed)), key=lambda pair: -float(pair[1]))
        return [ids[number] for number, score in ranked if score > 0]

    return rank


def _counted(bank: Bank, question: Question, language: Language) -> Counter[str]:
    counted: Counter[str] = Counter()
    for text in (question.id, question.topic, bank.topics[question.topic].in_(language), question.text.in_(language)):
        counted.update({stem: 3 * number for stem, number in Counter(stems(text)).items()})
    for criterion in question.rubric:
        counted.update(stem for group in criterion.terms for stem in stems(group))
    return counted


class _OwnIndex:
    def __init__(self, documents: Iterable[Counter[str]]) -> None:
        self.lengths: list[int] = []
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, counted in enumerate(documents):
            self.lengths.append(counted.total())
            for stem, count in counted.items():
                self.postings[stem].append((number, count))

    def rank(self, typed: str) -> Counter[int]:
        scores: Counter[int] = Counter()
        mean = sum(self.lengths) / len(self.lengths)
        for stem in self._wanted(typed):
            found = self.postings.get(stem, ())
            rarity = math.log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                weight = count + 1.2 * (0.25 + 0.75 * self.lengths[number] / mean)
                scores[number] += rarity * count * 2.2 / weight  # type: ignore[assignment]
        return scores

    def _wanted(self, typed: str) -> set[str]:
        last = re.findall(r"[a-z]{2,}$", typed.casefold())
        return set(stems(typed)) | {stem for stem in self.postings for begun in last if stem.startswith(begun)}


# --- the table ------------------------------------------------------------------------------------------------------

SEARCHES: dict[str, tuple[tuple[str, ...], Callable[[Bank], Rank]]] = {
    "as shipped: SQLite FTS5, and difflib for a word that the bank doesn't have": ((), shipped_search),
    "SQLite FTS5 alone": ((), without_correction),
    "before: own BM25": ((), before),
    "rank-bm25": (("rank_bm25",), rank_bm25),
    "bm25s": (("bm25s",), bm25s),
    "bm25s, Chinese cut by jieba": (("bm25s", "jieba"), bm25s_with_jieba),
}
"With the packages that each needs."


def row(name: str, make: Callable[[Bank], Rank], bank: Bank) -> str:
    start = time.perf_counter()
    rank = make(bank)
    built = time.perf_counter() - start
    parts = queries(bank)
    start = time.perf_counter()
    figures = [quality(rank, asked) for asked in parts.values()]
    each = (time.perf_counter() - start) / sum(map(len, parts.values()))
    said = [f"{first:.0%}, {three:.0%}, {mean:.2f}" for first, three, mean in figures]
    return f"| {name} | {' | '.join(said)} | {built * 1000:.0f} ms | {each * 1000:.1f} ms |"


def main() -> list[str]:
    bank = banks.load((shipped("question_bank"),))
    parts = queries(bank)
    heads = [
        f"{name} ({len(asked)})" for name, asked in zip(("English", "Chinese", "mistyped"), parts.values(), strict=True)
    ]
    there = {name: make for name, (packages, make) in SEARCHES.items() if all(map(find_spec, packages))}
    left_out = [name for name in SEARCHES if name not in there]
    return [
        f"| search of {len(bank.questions)} questions | {' | '.join(heads)} | index | a search |",
        "|---|---|---|---|---|---|",
        *(row(name, make, bank) for name, make in there.items()),
        "",
        "Each: a question that a person would expect is first, is among the first three, and the mean reciprocal rank.",
        *([f"Not installed: {', '.join(left_out)} (requirements-bench.txt)."] if left_out else []),
    ]


if __name__ == "__main__":
    print("\n".join(main()))
