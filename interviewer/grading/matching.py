"""Finds the shortest passage of an answer in which every group of a criterion's terms occurs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from interviewer.grading.denials import Claims, Stand
from interviewer.grading.terms import Document, Range

FEW_WORDS = 40.0
"What a passage of three sentences may have; a Chinese character counts half."
RANK: dict[Stand, int] = {"claimed": 0, "contrasted": 1, "supposed": 2, "asked": 3, "denied": 4}


class Hit(NamedTuple):
    quote: str
    words: tuple[str, ...]
    "One of each group, as the candidate wrote it."
    stand: Stand
    "Of the words together: asked or supposed where all are, denied where one is, but for a contrast."


class Reading:
    """An answer read for matching. `dropped` are sentences that count for nothing."""

    def __init__(self, document: Document, dropped: Iterable[int] = ()) -> None:
        self.document = document
        self._claims = Claims(document)
        self._dropped = frozenset(dropped)

    def passages(self) -> Iterator[Range]:
        """One or two neighbouring sentences, or three short ones."""
        document, count = self.document, len(self.document.sentences)
        for first in range(count):
            for last in range(first + 1, min(first + 3, count) + 1):
                words = document.tokens[document.sentences[first][0] : document.sentences[last - 1][1]]
                if last - 1 in self._dropped or (last - first == 3 and sum(t.weight for t in words) > FEW_WORDS):
                    break
                yield first, last

    def search(self, groups: Sequence[str]) -> Hit | None:
        """The best passage: by what is claimed in it (RANK); then the shortest, then the first."""
        places = [self.document.places(group) for group in groups]
        if not places or not all(places):
            return None
        wanted = {self.document.sentence_of[first] for first, _ in min(places, key=len)}
        hits = [self._hit(p, places) for p in self.passages() if not wanted.isdisjoint(range(*p))]
        return min((h for h in hits if h), key=lambda h: (RANK[h.stand], len(h.quote)), default=None)

    def _hit(self, passage: Range, places: Sequence[Sequence[Range]]) -> Hit | None:
        document = self.document
        first, last = document.sentences[passage[0]][0], document.sentences[passage[1] - 1][1]
        here = [[place for place in group if first <= place[0] < last] for group in places]
        if not all(here):
            return None
        own = {i for group in here for place in group for i in range(*place)}
        best = [min((RANK[self._claims.stand(p, own)], p) for p in group) for group in here]
        words = tuple(document.text[slice(*document.span(*place))] for _, place in best)
        return Hit(document.quote(*passage), words, self._together(best))

    def _together(self, best: Sequence[tuple[int, Range]]) -> Stand:
        """One word denied in a clause of its own is a contrast: "does not keep them, it recomputes them"."""
        ranks, clause = [rank for rank, _ in best], self._claims.clause
        denied = [place[0] for rank, place in best if rank == RANK["denied"]]
        elsewhere = [place[0] for rank, place in best if rank != RANK["denied"]]
        contrast = len(denied) == 1 and elsewhere and all(clause[denied[0]] != clause[i] for i in elsewhere)
        rank = min(ranks) if not denied else RANK["contrasted" if contrast else "denied"]
        return next(stand for stand, number in RANK.items() if number == rank)
