"""Whether a quote carries a verdict: it has to be the candidate's own words, and a statement.

Nothing here reads what a quote means, so that no language, notation or choice of words is held against anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from interviewer.grading import Task, fencing, quotes
from interviewer.grading.quotes import Span
from interviewer.schema import LANGUAGES, Note

LIST, SHORT = 8, 2.5
"Pieces of so few words that make a list of key words; a Chinese, Japanese or Korean character is half a word."
COPIED = 24
"Letters of a sentence (a Chinese character counts four) from which its being a part of the question is no chance."
RECITED = 44
"The same for a Chinese criterion: a short one is what anybody would say. English ones begin as no answer does."
SEVERAL = 3
"Criteria in their own words that nobody says by chance, however short they are."

_STOP = re.compile(r"[.!?]+[\"')\]”’]*(?=\s|$)|[。！？；;।؟]+|\n+")
_HAN = "[\u3040-\u30ff\u3400-\u9fff]"
_PIECES = re.compile(rf"[,，、;；\n|•:：]+|[.。!！?？](?=\s|$)|\s[-–—]\s|(?<={_HAN})[ ]+(?={_HAN})")
_CODE = re.compile(r"[\[\]{}]|\b(?:def|return)\b")
_BROAD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def fault(quote: str, sent: Sequence[str], task: Task) -> Note | None:
    """Why a quote earns nothing; None when it stands, as a statement, in what the model was sent of the answers."""
    if fencing.says_nothing(quote):
        return "quote_missing"
    found = quotes.find_in(quote, sent)
    if found is None:
        return "quote_from_attack" if _from_what_was_cut(quote, task) else "quote_not_found"
    text, span = sent[found[0]], found[1]
    told = [s for s in _sentences(text) if s[0] < span[1] and span[0] < s[1]]
    repeated = copied([text[start:end] for start, end in told], text, task)
    if repeated:
        return repeated
    bare = all(_words(text[start:end]) <= SHORT for start, end in told)
    if _is_list(text[told[0][0] : told[-1][1]]) or (bare and _is_list(text)):
        return "keyword_list"
    return None


def copied(sentences: Sequence[str], text: str, task: Task) -> Note | None:
    """Whether sentences of an answer only repeat the rubric or the question."""
    said = [folded for sentence in sentences if (folded := quotes.plain(sentence))]
    if said and _is_recited(said, text, task):
        return "quote_from_attack"
    return "quote_unrelated" if said and all(_is_in(s, _asked(task)) for s in said) else None


def _from_what_was_cut(quote: str, task: Task) -> bool:
    for exchange in task.thread:
        found = quotes.find(quote, exchange.answer)
        if found and any(start < found[1] and found[0] < end for start, end in fencing.find(exchange.answer)):
            return True
    return False


@lru_cache(maxsize=32)
def _sentences(text: str) -> tuple[Span, ...]:
    edges = [0, *(stop.end() for stop in _STOP.finditer(text)), len(text)]
    return tuple((a, b) for a, b in pairwise(edges) if a < b)


def _is_recited(said: Sequence[str], text: str, task: Task) -> bool:
    """Criteria in the rubric's own words: a long one, or one of several."""
    rubric = _rubric(task)
    if not all(_repeats(s, rubric) for s in said):
        return False
    if any(_weight(s) >= (RECITED if _BROAD.search(s) else COPIED) for s in said):
        return True
    sentences = (quotes.plain(text[start:end]) for start, end in _sentences(text))
    return sum(_repeats(s, rubric) for s in sentences) >= SEVERAL


def _rubric(task: Task) -> tuple[str, ...]:
    statements = (c.statement.in_(language) for c in task.question.criteria for language in LANGUAGES)
    return tuple(quotes.plain(text) for text in statements)


def _asked(task: Task) -> tuple[str, ...]:
    """The words of the question and its follow-ups; not its artefact, whose code an answer may well repeat."""
    question = task.question
    texts = (text.in_(language) for text in (question.text, question.scenario) if text for language in LANGUAGES)
    return tuple(quotes.plain(text) for text in (*texts, *(e.asked for e in task.thread[1:])))


def _repeats(sentence: str, statements: Iterable[str]) -> bool:
    """A criterion in the rubric's own words and hardly anything else, its beginning too ("Says that …"): who says the
    same plainly has answered."""
    bare = sentence.strip(".")
    for stated in (statement.strip(".") for statement in statements):
        shorter, longer = sorted((bare, stated), key=len)
        begins = stated[: 2 if _BROAD.match(stated) else 8] in bare
        if bare and begins and shorter in longer and _weight(shorter) >= 0.7 * _weight(longer):
            return True
    return False


def _is_in(sentence: str, asked: Iterable[str]) -> bool:
    """Nothing but a piece of what was asked. Who takes up its words in a statement of his own says more than that."""
    bare = sentence.strip(".?")
    return _weight(bare) >= COPIED and any(bare in text for text in asked)


def _weight(folded: str) -> int:
    return sum(4 if _BROAD.match(c) else 1 for c in folded)


@lru_cache(maxsize=64)
def _is_list(text: str) -> bool:
    """Key words with nothing said of them: mostly pieces of a word or two. Figures, formulas and code are none."""
    if _CODE.search(text):
        return False
    pieces = [p.strip() for p in _PIECES.split(text) if any(c.isalpha() for c in p)]
    short = [p for p in pieces if not p[0].isdigit() and "=" not in p and _words(p) <= SHORT]
    return LIST <= len(short) >= 0.75 * len(pieces)


def _words(piece: str) -> float:
    return len(_BROAD.findall(piece)) / 2 + len(_BROAD.sub(" ", piece).split())
