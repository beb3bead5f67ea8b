"""Matches a criterion's patterns against an answer (question_bank/README.md, "Terms")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from interviewer.grading.denials import RANK, Denials, Range, Stand, covering
from interviewer.grading.terms import Document, Term, term

FEW_WORDS = 40.0
"""Words that a passage of more than two sentences may have (a Chinese character counts half): notes and formulas are
cut into many short ones."""
MOST_SENTENCES = 6


class Group(NamedTuple):
    terms: tuple[Term, ...]
    absent: bool
    "Starts with ~: must not occur."


class Hit(NamedTuple):
    """The shortest passage in which a pattern is found."""

    quote: str
    words: tuple[str, ...]
    "One of each group, as the candidate wrote it."
    sentences: Range
    stand: Stand
    "denied: the words are there, and the candidate denies them."


@lru_cache(maxsize=16384)
def compiled(pattern: tuple[str, ...]) -> tuple[Group, ...]:
    groups = []
    for text in pattern:
        absent = text.strip().startswith("~")
        terms = (term(word) for word in text.strip().removeprefix("~").split("|"))
        groups.append(Group(tuple(t for t in terms if t), absent))
    return tuple(g for g in groups if g.terms)


class Reading:
    """An answer read for matching. `dropped` are sentences that count for nothing."""

    def __init__(self, document: Document, dropped: Iterable[int] = ()) -> None:
        self.document = document
        self.denials = Denials(document)
        self.dropped = frozenset(dropped)
        self._runs = self._short_runs()

    def search(
        self, patterns: Sequence[tuple[str, ...]], mistaken: Set[int] = frozenset(), *, scattered: bool = False
    ) -> Hit | None:
        """The best passage: claimed before loose before doubtful, then the shortest, then the first. A passage with one
        of the `mistaken` sentences comes late: what it gets wrong it hardly gets right as well.

        `scattered`: where no one or two sentences hold a pattern, a few short ones in a row may.
        """
        hits = [hit for pattern in patterns for hit in self._passages(compiled(pattern), scattered)]
        hits = [h if mistaken.isdisjoint(range(*h.sentences)) else h._replace(stand="mistaken") for h in hits]
        return min(hits, key=lambda h: (RANK[h.stand], len(h.quote), h.sentences), default=None)

    def passages(self) -> list[str]:
        """Every passage of one or two sentences."""
        numbers = range(len(self.document.sentences))
        ranges = [(n, last) for n in numbers for last in (n + 1, n + 2) if last <= len(numbers)]
        return [self.document.quote(*r) for r in ranges if not self.dropped.intersection(range(*r))]

    def _short_runs(self) -> list[Range]:
        """Three and more sentences of few words together."""
        document, count = self.document, len(self.document.sentences)
        weight = {"cjk": 0.5, "sign": 0.0}
        words = [sum(weight.get(t.kind, 1.0) for t in document.tokens[slice(*s)]) for s in document.sentences]
        spans = [(n, n + size) for size in range(3, MOST_SENTENCES + 1) for n in range(count - size + 1)]
        return [span for span in spans if sum(words[slice(*span)]) <= FEW_WORDS]

    def _passages(self, groups: tuple[Group, ...], scattered: bool) -> list[Hit]:
        places = [self._by_sentence(group) for group in groups]
        wanted = [p for p, g in zip(places, groups, strict=True) if not g.absent]
        unwanted = [p for p, g in zip(places, groups, strict=True) if g.absent]
        if not wanted or not all(wanted):
            return []
        hits: dict[Range, Hit] = {}
        last = len(self.document.sentences)
        for number in sorted(set().union(*wanted)):
            for passage in ((number, number + 1), (number - 1, number + 1), (number, number + 2)):
                if passage not in hits and passage[0] >= 0 and passage[1] <= last:
                    hit = self._hit(passage, wanted, unwanted)
                    if hit:
                        hits[passage] = hit
        if scattered and not hits:
            return [hit for run in self._runs if (hit := self._hit(run, wanted, unwanted))]
        alone = {s for (s, end), h in hits.items() if end == s + 1 and h.stand != "denied"}
        return [h for (s, end), h in hits.items() if end == s + 1 or not alone.intersection(range(s, end))]

    def _by_sentence(self, group: Group) -> dict[int, list[Range]]:
        found: dict[int, list[Range]] = {}
        for each in group.terms:
            for place in self.document.occurrences(each):
                number = self.document.sentence_of(place[0])
                if number not in self.dropped:
                    found.setdefault(number, []).append(place)
        return found

    def _hit(
        self, passage: Range, wanted: list[dict[int, list[Range]]], unwanted: list[dict[int, list[Range]]]
    ) -> Hit | None:
        numbers = range(*passage)
        groups = [[place for n in numbers for place in group.get(n, ())] for group in wanted]
        if not all(groups):
            return None
        own = covering(place for group in groups for place in group)
        for group in unwanted:
            if any(self.denials.stand(place) != "denied" for n in numbers for place in group.get(n, ())):
                return None
        chosen, stand = self._weigh(groups, own)
        words = tuple(self.document.text[slice(*self.document.span(*place))] for place in chosen)
        return Hit(self.document.quote(*passage), words, passage, stand)

    def _weigh(self, groups: list[list[Range]], own: set[int]) -> tuple[list[Range], Stand]:
        """One place of each group, and what the passage makes of them together."""
        stands: list[tuple[Stand, Range]] = []
        for group in groups:
            judged = [(self.denials.stand(place, own), place) for place in group]
            stands.append(min(judged, key=lambda j: RANK[j[0]]))
        chosen = [place for _, place in stands]
        denied = [place for stand, place in stands if stand == "denied"]
        if denied:
            return chosen, "doubtful" if self._only_contrasted(denied, chosen) else "denied"
        if any(stand == "doubtful" for stand, _ in stands):
            return chosen, "doubtful"
        supposed = all(self.denials.is_supposed(place[0]) for place in chosen)
        return chosen, "loose" if supposed else "claimed"

    def _only_contrasted(self, denied: list[Range], chosen: list[Range]) -> bool:
        """One thing denied in a clause of its own, the rest claimed elsewhere: "does not store them but recomputes"."""
        if len(denied) > 1 or len(chosen) < 3:
            return False
        clause = self.denials.clause(denied[0][0])
        return all(self.denials.clause(place[0]) != clause for place in chosen if place != denied[0])


def completed(patterns: Sequence[tuple[str, ...]], asked: str) -> list[tuple[str, ...]]:
    """The patterns, and each of them without one group that the words asked have already named."""
    document = Document(asked)
    named = {g for p in patterns for g in p if any(document.occurrences(t) for c in compiled((g,)) for t in c.terms)}
    result = list(patterns)
    for pattern in patterns:
        wanted = [group for group in pattern if not group.strip().startswith("~")]
        for group in wanted:
            if len(wanted) > 1 and group in named:
                result.append(tuple(g for g in pattern if g != group))
    return result
