"""Who claims what in an answer: a small NegEx (Chapman et al. 2001), English and Chinese, with its cues in cues.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

from interviewer.grading.terms import Document, Range, cues

REACH, SHORT_REACH = 8.0, 4.0
"How far a cue denies, in words; a Chinese character counts half. The shorter one is for cues of a noun: no, without."

Stand = Literal["claimed", "supposed", "asked", "denied"]


class Cue(NamedTuple):
    first: int
    last: int
    "The cue's own tokens are first … last-1."
    begin: int
    end: int
    "What it denies."


def covered(places: Iterable[Range]) -> set[int]:
    return {i for place in places for i in range(*place)}


class Claims:
    """How far an answer's denials, suppositions and questions reach."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._tokens = document.tokens
        size = len(self._tokens)
        begins = {first for first, _ in document.sentences} | {first for first, _ in self._at("clause")}
        begins |= {i + 1 for i, t in enumerate(self._tokens) if t.kind == "sign" and t.word in cues()["clause_signs"]}
        begins |= {last for _, last in self._at("suppose_end")}
        self.clause = list(accumulate(int(i in begins) for i in range(size)))
        edges = [*sorted(i for i in begins if i < size), size]
        self._clauses = {self.clause[first]: (first, last) for first, last in zip(edges, edges[1:], strict=False)}
        self._contrasts = [first for first, _ in self._at("contrast")]
        self._views = list(self._foreign_views())
        self._cues = list(self._denials())

    def stand(self, place: Range, own: Set[int] = frozenset()) -> Stand:
        """Whether the words at this place are claimed. A cue that is part of what was looked for (`own`) denies nothing,
        and two deny each other."""
        if _reaching(self._views, place, own) or _reaching(self._cues, place, own) % 2:
            return "denied"
        if self._sentence(place[0]) in self._asked:
            return "asked"
        return "supposed" if self.clause[place[0]] in self._supposed else "claimed"

    def _at(self, name: str) -> list[Range]:
        return self._document.places(cues()[name])

    def _sentence(self, token: int) -> Range:
        return self._document.sentences[self._document.sentence_of[token]]

    @cached_property
    def _asked(self) -> set[Range]:
        """The sentences that end with a question mark, but for "…, right?"."""
        tails = {s: self.clause[s[1] - 2] for s in self._document.sentences if self._tokens[s[1] - 1].word == "?"}
        return {s for s, tail in tails.items() if self.clause[s[0]] == tail or len(range(*self._clauses[tail])) > 4}

    @cached_property
    def _supposed(self) -> set[int]:
        """The clauses that only suppose."""
        opening = {self.clause[f] for f, _ in self._at("suppose") if f - self._clauses[self.clause[f]][0] <= 2}
        return opening | {self.clause[f] for f, _ in self._at("suppose_end")} | set(self._consequences())

    def _consequences(self) -> Iterator[int]:
        """A denial opens the sentence, and the next clause says what follows from it."""
        drawn = {self.clause[first] for first, _ in self._at("consequence")}
        for first, last in (*self._at("deny"), *self._at("deny_near")):
            if first - self._sentence(first)[0] <= 1 and self._tokens[first].word not in ("not", "no", "never"):
                if self._tokens[first].word == "without" or drawn & {
                    self.clause[last - 1] + 1,
                    self.clause[last - 1] + 2,
                }:
                    yield self.clause[first]

    def _denials(self) -> Iterator[Cue]:
        near = set(self._at("deny_near"))
        lookalikes = set(self._at("no_denial")) - near
        for first, last in _longest([*self._at("deny"), *near, *lookalikes]):
            if (first, last) in lookalikes or self.clause[first] in self._supposed or self._is_question_form(first):
                continue
            end = self._clauses[self.clause[last - 1]][1]
            yield Cue(first, last, last, self._reach(last, end, SHORT_REACH if (first, last) in near else REACH))

    def _reach(self, token: int, end: int, left: float) -> int:
        """Some words on, within the clause. 的 closes what a Chinese cue denies: 没选中的专家 are still experts."""
        start, chinese = token, self._tokens[token - 1].kind == "cjk"
        while token < end and left > 0:
            left -= self._tokens[token].weight
            token += 1
            if chinese and token - start <= 6 and self._tokens[token - 1].word == "的":
                break
        return token

    def _is_question_form(self, at: int) -> bool:
        """是不是, 能不能."""
        return 0 < at < len(self._tokens) - 1 and self._tokens[at - 1].stem == self._tokens[at + 1].stem

    def _foreign_views(self) -> Iterator[Cue]:
        """What others say, what is called wrong and what the candidate doesn't know."""
        for first, last in self._at("retold"):
            yield Cue(first, last, last, self._own_view(last))
        told = covered(self._at("retold"))
        for first, last in self._at("refuted"):
            begin, before = self._sentence(first)[0], self._document.sentence_of[first] - 1
            if before >= 0 and first - begin <= (4 if self._tokens[begin].word in cues()["pointers"].split() else 1):
                yield Cue(first, last, *self._document.sentences[before])
            elif told.isdisjoint(range(begin, first)):
                yield Cue(first, last, max([begin, *(c for c in self._contrasts if begin < c < first)]), first)
        for first, last in _longest(self._at("unsure")):
            if self._document.text[max(0, self._tokens[first].start - 1)] in "\"'“‘「『":
                continue
            begin, end = self._clauses[self.clause[first]]
            if first - begin <= 3 and begin > self._sentence(first)[0] and begin not in self._contrasts:
                begin = self._clauses[self.clause[begin - 1]][0]
            yield Cue(first, last, begin, end)

    def _own_view(self, token: int) -> int:
        """The end of the sentence, or the next contrast in it."""
        end = self._sentence(token - 1)[1]
        return min([end, *(c for c in self._contrasts if token <= c < end)])


def _reaching(cues_: Iterable[Cue], place: Range, own: Set[int]) -> int:
    return sum(c.begin <= place[0] < c.end and own.isdisjoint(range(c.first, c.last)) for c in cues_)


def _longest(places: list[Range]) -> list[Range]:
    """Without those that lie inside or overlap an earlier, longer one: 不 in 不是."""
    kept: list[Range] = []
    for place in sorted(set(places), key=lambda p: (p[0], -p[1])):
        if not kept or place[0] >= kept[-1][1]:
            kept.append(place)
    return kept
