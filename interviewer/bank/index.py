"""A full-text index in memory: SQLite's FTS5, which ranks by BM25, and stems English.

Chinese has no spaces: its characters are indexed one by one, and asked for one by one and in pairs. An English word
that the bank doesn't have stands for the one most like it: a typing error finds what was meant.
"""

from __future__ import annotations

import difflib
import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

MOST_CHARACTERS, MOST_WORDS = 200, 20
"Of a search. What is typed beyond is not looked at."
ALIKE = 0.75
"How like a word of the bank a mistyped one has to be: difflib's ratio."

_TABLE = "CREATE VIRTUAL TABLE documents USING fts5(name, answer, tokenize = 'porter unicode61')"
_RANKED = "SELECT rowid FROM documents WHERE documents MATCH ? ORDER BY bm25(documents, 3, 1), rowid"
"A word of the name counts three times as much as one of the answer."
_PIECE = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")


@dataclass(frozen=True)
class Index:
    table: sqlite3.Connection
    words: tuple[str, ...]
    "English ones, as they are written."
    alone: threading.Lock = field(default_factory=threading.Lock)
    "Some builds of SQLite want a connection used by one thread at a time."

    def rank(self, text: str) -> list[int]:
        """Numbers of the documents that share a word with the text, the best match first."""
        phrases = self._phrases(_pieces(text[:MOST_CHARACTERS])[:MOST_WORDS])
        with self.alone:
            return [row for (row,) in self.table.execute(_RANKED, [" OR ".join(phrases)])] if phrases else []

    def _phrases(self, pieces: list[str]) -> list[str]:
        wanted: list[str] = []
        for piece in pieces:
            if _is_chinese(piece):
                wanted += [*map(_quoted, piece), *(_quoted(f"{one} {two}") for one, two in pairwise(piece))]
            else:
                wanted += [_quoted(piece), *([] if piece in self.words else self._meant(piece, piece is pieces[-1]))]
        return list(dict.fromkeys(wanted))

    def _meant(self, word: str, is_last: bool) -> list[str]:
        """For a word that the bank doesn't have: those that it begins, where it may be unfinished; else the one most
        like it."""
        if is_last and len(word) > 1 and any(known.startswith(word) for known in self.words):
            return [f"{_quoted(word)} *"]
        near = difflib.get_close_matches(word, self.words, n=1, cutoff=ALIKE) if word.isascii() else []
        return [_quoted(known) for known in near]


def build(documents: Iterable[tuple[str, str]]) -> Index:
    """Of documents numbered from 0: each its name, and what an answer says."""
    words: set[str] = set()
    table = sqlite3.connect(":memory:", check_same_thread=False)
    table.execute(_TABLE)
    for number, document in enumerate(documents):
        columns = [_pieces(text) for text in document]
        words.update(piece for pieces in columns for piece in pieces if piece.isascii() and not piece.isdigit())
        spelt = (" ".join(" ".join(p) if _is_chinese(p) else p for p in pieces) for pieces in columns)
        table.execute("INSERT INTO documents (rowid, name, answer) VALUES (?, ?, ?)", [number, *spelt])
    return Index(table, tuple(sorted(words)))


def _pieces(text: str) -> list[str]:
    """Words, and runs of Chinese characters."""
    return _PIECE.findall(unicodedata.normalize("NFKC", text).casefold())


def _quoted(phrase: str) -> str:
    return f'"{phrase}"'


def _is_chinese(piece: str) -> bool:
    return "\u3400" <= piece[0] <= "\u9fff"
