"""Who denies what in an answer: a small NegEx (Chapman et al. 2001), English and Chinese, with its cues in cues.yaml.

A cue denies what follows it in its clause, within a few words. A whole clause or sentence is refuted when it is told as
somebody else's mistake ("it is a myth that …", "…是错的"): then none of it is the candidate's claim.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Set
from functools import cache
from itertools import islice
from typing import Literal, NamedTuple

from interviewer.grading.terms import Document, Term, language_data, term

REACH = 8.0
"How far a cue denies, in English words; a Chinese character counts half."
SHORT_REACH = 4.0
"The same for the cues of a noun: no, without, 无."
UNSURE_CLAUSES = 2
"How many clauses before and after it what a candidate doesn't know may reach."

Stand = Literal["claimed", "loose", "doubtful", "mistaken", "denied"]
"""loose: all of it in a clause that only supposes. Enough to have said it, too little to be accused of it.
mistaken: in a passage that makes one of the rubric's mistakes."""
RANK: dict[Stand, int] = {"claimed": 0, "loose": 1, "doubtful": 2, "mistaken": 3, "denied": 4}
Range = tuple[int, int]


@cache
def _cues(name: str) -> tuple[Term, ...]:
    lines = (language_data()[name]) if isinstance(language_data()[name], list) else []
    terms = (term(word) for line in lines for word in str(line).split("|"))
    return tuple(t for t in terms if t)


def _places(document: Document, name: str) -> list[Range]:
    return sorted({place for cue in _cues(name) for place in document.occurrences(cue)})


def _inside(place: Range, others: Iterable[Range]) -> bool:
    return any(first <= place[0] and place[1] <= last for first, last in others)


class Cue(NamedTuple):
    first: int
    last: int
    "The cue's own tokens are first … last-1."
    near: int
    "It denies up to this token."
    far: int
    "It may deny up to this one: the end of its clause."


class Refuted(NamedTuple):
    """Tokens that are not the candidate's claim, and the words that say so."""

    first: int
    last: int
    cue: Range


class Denials:
    """The cues of one answer and how far they reach."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._boundaries = self._clause_starts()
        self._refuted = [*self._refuted_ranges(), *self._unsure_ranges()]
        self._suppositions = self._supposed()
        self._cues = self._deny_cues()
        self._undone = dict(_places(document, "deny_before"))
        self._firsts = [cue.first for cue in self._cues]

    def stand(self, place: Range, own: Set[int] = frozenset()) -> Stand:
        """Whether the words at this place are claimed, given the tokens that the same pattern has found (`own`): a cue
        that is part of what was looked for denies nothing."""
        if any(r.first <= place[0] < r.last and own.isdisjoint(range(*r.cue)) for r in self._refuted):
            return "denied"
        if not set(range(place[1], self._undone.get(place[1], 0))) <= own:
            return "denied"
        near = far = 0
        upto = bisect_right(self._firsts, place[0])
        for cue in self._cues[max(0, upto - 8) : upto]:
            if cue.last > place[0] or not own.isdisjoint(range(cue.first, cue.last)):
                continue
            near += place[0] < cue.near
            far += cue.near <= place[0] < cue.far
        if near % 2:
            return "denied"
        return "doubtful" if near or far else "claimed"

    def is_supposed(self, token: int) -> bool:
        return self.clause(token) in self._suppositions

    def clause(self, token: int) -> int:
        """The number of the clause that a token stands in."""
        return bisect_right(self._boundaries, token)

    def _clause_starts(self) -> list[int]:
        document = self._document
        signs = set(str(language_data()["clause_signs"]))
        starts = set(document.first_tokens)
        starts |= {i for i, t in enumerate(document.tokens) if t.kind == "sign" and t.stem in signs}
        longer = [place for name in ("pseudo", "deny", "deny_near") for place in _places(document, name)]
        wide = {i for first, last in longer if last - first > 1 for i in range(first + 1, last)}
        starts |= {first for first, _ in _places(document, "boundaries") if first not in wide}
        openings = [
            last for first, last in _places(document, "suppose_end") if last - first > 1
        ]  # 不开 ZeRO 的话每卡 …
        starts |= {last for last in openings if last < len(document.tokens)}
        return sorted(starts | self._without_comma(sorted(starts)))

    def _without_comma(self, starts: list[int]) -> set[int]:
        """Where the main clause begins in "If it fails I retry": at a subject some words after the if."""
        tokens = self._document.tokens
        found = set()
        for _, last in _places(self._document, "suppose"):
            after = bisect_right(starts, last)
            end = starts[after] if after < len(starts) else len(tokens)
            subjects = (i for i in range(last + 3, end) if tokens[i].stem in language_data()["subjects"])
            found |= set(islice(subjects, 1))
        return found

    def _clause_end(self, token: int) -> int:
        after = bisect_right(self._boundaries, token)
        return self._boundaries[after] if after < len(self._boundaries) else len(self._document.tokens)

    def _deny_cues(self) -> list[Cue]:
        pseudo = _places(self._document, "pseudo")
        near_only = set(_places(self._document, "deny_near"))
        denials = [*_places(self._document, "deny"), *near_only, *self._just()]
        places = _not_cut_by(pseudo, _longest(denials))
        cues = []
        for first, last in places:
            if self.is_supposed(first) or self._opens_supposition(first) or self._is_question_form(first):
                continue
            clause_end = min(self._clause_end(last - 1), self._attribute_end(first, last))
            near = min(clause_end, self._reach(last, SHORT_REACH if (first, last) in near_only else REACH))
            cues.append(Cue(first, last, near, near if (first, last) in near_only else clause_end))
        return cues

    def _just(self) -> list[Range]:
        """The places of "can't just …", which denies as "not just …" doesn't, unless it goes on with "but also"."""
        document = self._document
        adds = [first for first, _ in _places(document, "adds")]
        kept = []
        for first, last in _places(document, "deny_just"):
            after = bisect_left(adds, last)
            if after == len(adds) or adds[after] >= document.sentences[document.sentence_of(first)][1]:
                kept.append((first, last))
        return kept

    def _reach(self, token: int, left: float) -> int:
        tokens = self._document.tokens
        while token < len(tokens) and left > 0:
            left -= 0.5 if tokens[token].kind == "cjk" else 1.0
            token += 1
        return token

    def _attribute_end(self, first: int, last: int) -> int:
        """Where 的 closes the two or three characters that a bare 没 or 未 denies: 没选中的专家 are still experts."""
        tokens = self._document.tokens
        if last - first == 1 and tokens[first].stem in "没未":
            for token in range(last + 2, min(last + 4, len(tokens))):
                if tokens[token].stem == "的":
                    return token
        return len(tokens)

    def _is_question_form(self, at: int) -> bool:
        """A-not-A: 是不是, 能不能."""
        tokens = self._document.tokens
        return 0 < at < len(tokens) - 1 and tokens[at].kind == "cjk" and tokens[at - 1].stem == tokens[at + 1].stem

    def _supposed(self) -> set[int]:
        """Clauses that only suppose: they start with if or 如果, or end with 的话, or ask."""
        pseudo = covering(_places(self._document, "pseudo"))  # 要是 in 主要是
        starts = {
            self.clause(f) for f, _ in _places(self._document, "suppose") if self._near_start(f) and f not in pseudo
        }
        ends = {self.clause(f) for f, last in _places(self._document, "suppose_end") if self._ends_clause(last)}
        return starts | ends | self._asked()

    def _asked(self) -> set[int]:
        """The clauses of sentences that end with a question mark."""
        tokens = self._document.tokens
        asking = [(first, last) for first, last in self._document.sentences if tokens[last - 1].stem in ("?", "？")]
        return {self.clause(i) for sentence in asking for i in range(*sentence)}

    def _near_start(self, token: int) -> bool:
        start = self._boundaries[self.clause(token) - 1]
        return token - start <= 2

    def _ends_clause(self, token: int) -> bool:
        return self._clause_end(token - 1) == token

    def _opens_supposition(self, cue: int) -> bool:
        """A sentence that opens with without, 没有 …, and goes on with the consequence after a comma."""
        document = self._document
        first, last = document.sentences[document.sentence_of(cue)]
        opener = document.tokens[cue].stem in language_data()["suppose_openers"]
        start = self._boundaries[self.clause(cue) - 1]
        if not opener or cue - start > 1 or (cue > start and document.tokens[start].stem == "并"):
            return False
        comma = self._clause_end(cue)
        if comma >= last or document.tokens[comma].stem not in ",，":
            return False
        if document.tokens[cue].kind == "word":
            return cue == first
        return any(t.stem in language_data()["consequence"] for t in document.tokens[comma : min(comma + 12, last)])

    def _unsure_ranges(self) -> list[Refuted]:
        """The clauses about which the candidate doesn't know, as far as the sentence and its contrasts go."""
        document, edges = self._document, [*self._boundaries, len(self._document.tokens)]
        contrasts = [first for first, _ in _places(document, "contrast")]
        ranges = []
        for first, last in _places(document, "unsure"):
            at = document.tokens[first].start
            if document.text[max(0, at - 1) : at] in set(language_data()["quoting"]):
                continue
            number = self.clause(first)
            near = edges[max(0, number - 1 - UNSURE_CLAUSES)], edges[min(len(edges) - 1, number + UNSURE_CLAUSES)]
            begin, end = document.sentences[document.sentence_of(first)]
            before, after = bisect_left(contrasts, first) - 1, bisect_left(contrasts, last)
            start = max(begin, near[0], contrasts[before] if before >= 0 else 0)
            stop = min(end, near[1], contrasts[after] if after < len(contrasts) else end)
            ranges.append(Refuted(start, stop, (first, last)))
        return ranges

    def _refuted_ranges(self) -> list[Refuted]:
        document = self._document
        contrasts = [first for first, _ in _places(document, "contrast")]
        ranges = []
        for first, last in _places(document, "refute_ahead"):
            end = document.sentences[document.sentence_of(first)][1]
            stop = bisect_left(contrasts, last)
            ranges.append(Refuted(last, min(end, contrasts[stop]) if stop < len(contrasts) else end, (first, last)))
        ahead = covering(_places(document, "refute_ahead"))
        for first, last in _places(document, "refute_back"):
            if not ahead.isdisjoint(range(first, last)):
                continue
            number = document.sentence_of(first)
            begin = document.sentences[number][0]
            if number and first - begin <= 4 and document.tokens[begin].stem in language_data()["pointers"]:
                ranges.append(Refuted(*document.sentences[number - 1], (first, last)))
            else:
                before = bisect_left(contrasts, first) - 1
                ranges.append(Refuted(max(begin, contrasts[before]) if before >= 0 else begin, first, (first, last)))
        return ranges


def covering(places: Iterable[Range]) -> set[int]:
    return {i for first, last in places for i in range(first, last)}


def _longest(places: list[Range]) -> list[Range]:
    """Without those that lie inside or overlap an earlier, longer one: 不 in 不是."""
    kept: list[Range] = []
    for place in sorted(places, key=lambda p: (p[0], -p[1])):
        if not kept or place[0] >= kept[-1][1]:
            kept.append(place)
    return kept


def _not_cut_by(pseudo: list[Range], places: list[Range]) -> list[Range]:
    """Without the denials inside something that only looks like one (不 in 不同); 不等于 holds 不等, and stays."""
    holder = {i: place for place in sorted(pseudo, key=lambda p: p[1] - p[0]) for i in range(*place)}
    return [p for p in places if all(_inside(holder[i], [p]) for i in range(*p) if i in holder)]
