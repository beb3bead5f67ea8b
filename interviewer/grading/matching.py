"""Finds the shortest passage of an answer in which every group of a criterion's terms occurs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from interviewer.grading.denials import Claims, Stand
from interviewer.grading.terms import Document, Range

NEAR = 8.0
"""Words in which one alternative of each group has to stand; a Chinese character counts half. Words of the subject that
are further apart occur in wrong answers as often as in right ones."""
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

    def passages(self) -> list[Range]:
        """Single sentences, then pairs of neighbours."""
        count = len(self.document.sentences)
        spans = [(first, first + size) for size in (1, 2) for first in range(count - size + 1)]
        return [span for span in spans if self._dropped.isdisjoint(range(*span))]

    def search(self, groups: Sequence[str]) -> Hit | None:
        """The best passage: by what is claimed in it (RANK); then the shortest, then the first. A passage around one
        that has all the words alone is none: what is denied there is not said by its neighbours."""
        places = [self.document.places(group) for group in groups]
        if not places or not all(places):
            return None
        wanted = {self.document.sentence_of[first] for first, _ in min(places, key=len)}
        hits: dict[Range, Hit] = {}
        for first, last in self.passages():
            inner = [(a, b) for a in range(first, last) for b in range(a + 1, last + 1)]
            if not wanted.isdisjoint(range(first, last)) and hits.keys().isdisjoint(inner):
                hits |= self._hit((first, last), places)
        return min(hits.values(), key=lambda h: (RANK[h.stand], len(h.quote)), default=None)

    def _hit(self, passage: Range, places: Sequence[Sequence[Range]]) -> dict[Range, Hit]:
        document = self.document
        first, last = document.sentences[passage[0]][0], document.sentences[passage[1] - 1][1]
        here = [[place for place in group if first <= place[0] < last] for group in places]
        if not all(here) or not self._near(here):
            return {}
        own = {i for group in here for place in group for i in range(*place)}
        best = [min((RANK[self._claims.stand(p, own)], p) for p in group) for group in here]
        words = tuple(document.text[slice(*document.span(*place))] for _, place in best)
        denied = [n for n, (rank, _) in enumerate(best) if rank == RANK["denied"]]
        stand: Stand = next(s for s, rank in RANK.items() if rank == min(best)[0])
        if denied:
            stand = "contrasted" if len(denied) == 1 < len(here) and self._is_contrast(denied[0], here) else "denied"
        return {passage: Hit(document.quote(*passage), words, stand)}

    def _near(self, here: Sequence[Sequence[Range]]) -> bool:
        """Whether one place of each group stands within a few words."""
        places = sorted((place, group) for group, found in enumerate(here) for place in found)
        for at, (start, _) in enumerate(places):
            missing, end = set(range(len(here))), start[1]
            for place, group in places[at:]:
                missing.discard(group)
                end = max(end, place[1])
                if not missing:
                    break
            if not missing and sum(t.weight for t in self.document.tokens[start[0] : end]) <= NEAR:
                return True
        return False

    def _is_contrast(self, denied: int, here: Sequence[Sequence[Range]]) -> bool:
        """Whether the word is denied in a clause without the others: "does not keep them, it recomputes them"."""
        clause = self._claims.clause
        others = {clause[place[0]] for n, group in enumerate(here) if n != denied for place in group}
        return others.isdisjoint(clause[place[0]] for place in here[denied])
