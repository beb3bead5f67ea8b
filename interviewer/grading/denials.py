"""Who claims what in an answer: a small NegEx (Chapman et al. 2001) in two languages. Its cues: cues.yaml."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from itertools import accumulate, pairwise
from typing import Literal

from interviewer.grading.terms import Document, Range, cues

REACH = 5.0
"How far a cue denies, in words (as in NegEx); a Chinese character counts half."

Stand = Literal["claimed", "contrasted", "supposed", "asked", "denied"]


class Claims:
    """How far an answer's denials, suppositions and questions reach."""

    def __init__(self, document: Document) -> None:
        self._document, self._tokens = document, document.tokens
        begins = {first for first, _ in document.sentences} | {first for first, _ in self._at("clause")}
        begins |= {i + 1 for i, t in enumerate(self._tokens) if t.kind == "sign" and t.word in cues()["clause_signs"]}
        self.clause = list(accumulate(int(i in begins) for i in range(len(self._tokens))))
        self._clauses = dict(
            enumerate(pairwise([*sorted(b for b in begins if b < len(self._tokens)), len(self._tokens)]), 1)
        )
        self._contrasts = [first for first, _ in self._at("contrast")]
        self._supposed = {self.clause[f] for f, _ in self._at("suppose") if f - self._of(f)[0] <= 2 or self._ends(f)}
        tags = {last for _, last in self._at("tags")}
        asking = [s for s in document.sentences if self._tokens[s[1] - 1].word == "?" and s[1] - 1 not in tags]
        self._asked = {self.clause[i] for sentence in asking for i in range(*sentence)}
        self._foreign = self._by_sentence([*self._told(), *self._refuted(), *self._unsure()])
        self._denied = self._by_sentence(self._denials())

    def stand(self, place: Range, own: Set[int] = frozenset()) -> Stand:
        """Whether the words at this place are claimed. A cue that was itself looked for (`own`) denies nothing, and
        two deny each other."""
        sentence = self._document.sentence_of[place[0]]
        foreign, denied = (
            sum(reach[0] <= place[0] < reach[1] and own.isdisjoint(range(*cue)) for cue, reach in ranges[sentence])
            for ranges in (self._foreign, self._denied)
        )
        if foreign or denied % 2:
            return "denied"
        clause = self.clause[place[0]]
        return "asked" if clause in self._asked else "supposed" if clause in self._supposed else "claimed"

    def _by_sentence(self, reaches: Iterable[tuple[Range, Range]]) -> dict[int, list[tuple[Range, Range]]]:
        found = defaultdict(list)
        for cue, reach in reaches:
            if reach[0] < reach[1]:
                found[self._document.sentence_of[reach[0]]].append((cue, reach))
        return found

    def _at(self, name: str) -> list[Range]:
        """Without those that lie inside or overlap an earlier, longer one."""
        kept: list[Range] = []
        for place in sorted(self._document.places(cues()[name]), key=lambda p: (p[0], -p[1])):
            if not kept or place[0] >= kept[-1][1]:
                kept.append(place)
        return kept

    def _of(self, token: int) -> Range:
        return self._clauses[self.clause[token]]

    def _sentence(self, token: int) -> Range:
        return self._document.sentences[self._document.sentence_of[token]]

    def _ends(self, token: int) -> bool:
        return self._tokens[token].word == "的"

    def _denials(self) -> Iterator[tuple[Range, Range]]:
        """Each cue, and what it denies."""
        lookalikes = {i for place in self._at("no_denial") for i in range(*place)}
        for first, last in self._at("deny"):
            if last - 1 not in lookalikes and self.clause[first] not in self._supposed:
                end, left = last, REACH
                while end < self._of(last - 1)[1] and left > 0:
                    left -= self._tokens[end].weight
                    end += 1
                yield (first, last), (last, end)

    def _told(self) -> Iterator[tuple[Range, Range]]:
        """What others say: up to the end of the sentence, or to a contrast in it."""
        for cue in self._at("retold"):
            end = self._sentence(cue[0])[1]
            yield cue, (cue[1], min([end, *(c for c in self._contrasts if cue[1] <= c < end)]))

    def _refuted(self) -> Iterator[tuple[Range, Range]]:
        """What is called wrong: the sentence so far from its last contrast on, or the sentence before."""
        for cue in self._at("refuted"):
            if [t.word for t in self._tokens[cue[1] : cue[1] + 1]] == ["that"]:
                continue  # "it is a myth that …" is told of others
            begin, before = self._sentence(cue[0])[0], self._document.sentence_of[cue[0]] - 1
            pointing = cue[0] - begin <= (4 if self._tokens[begin].word in cues()["pointers"].split() else 1)
            here = max([begin, *(c for c in self._contrasts if begin < c < cue[0])]), cue[0]
            yield cue, self._document.sentences[before] if pointing and before >= 0 else here

    def _unsure(self) -> Iterator[tuple[Range, Range]]:
        """What the candidate doesn't know: the clause, and the one before where the cue opens it. Not where another
        says so: 'the model answers "I don't know"'."""
        for cue in self._at("unsure"):
            begin, end = self._of(cue[0])
            if cue[0] - begin <= 3 and begin > self._sentence(cue[0])[0] and begin not in self._contrasts:
                begin = self._of(begin - 1)[0]
            if not set('"“‘「『').intersection(self._document.text[max(0, self._tokens[cue[0]].start - 3) :][:3]):
                yield cue, (begin, end)
