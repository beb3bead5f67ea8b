"""What a faultless model loses to terms: its right verdicts that do not come through, and its score.

A scripted model judges every criterion as it is, and quotes the answer's own sentence: on one question with answers in
six languages, and on the bank's labelled answers; with the bank's terms, with five alternatives a group, with none.
What terms take from it should be 0; what it loses without any is lost to the structural checks of a quote.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence

from interviewer import bank as banks
from interviewer.grading import Exchange, Task, lexical
from interviewer.grading.llm import LlmGrader
from interviewer.grading.terms import Document
from interviewer.measure.calibration import labelled
from interviewer.providers import Message
from interviewer.providers.scripted import ScriptedModel
from interviewer.schema import Mistake, Question, Requirement, Sample, Text
from interviewer.settings import shipped

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "English": (
        "The keys and values of earlier tokens stay as they are once computed.",
        "That store grows by one entry for each new token.",
        "In the end memory decides how many requests fit side by side.",
        "The queries of earlier steps are not needed any more.",
    ),
    "Chinese": (
        "前面词元的键和值一旦算好就不会再变。",
        "每来一个新词元，这块存储就多一项。",
        "最后是显存决定能同时放下多少请求。",
        "前面几步的查询之后就用不上了。",
    ),
    "German": (
        "Die Schlüssel und Werte früherer Token ändern sich nach der Berechnung nicht mehr.",
        "Dieser Speicher wächst mit jedem neuen Token um einen Eintrag.",
        "Am Ende entscheidet der Speicher, wie viele Anfragen nebeneinander passen.",
        "Die Anfragen früherer Schritte braucht man nicht mehr.",
    ),
    "Russian": (
        "Ключи и значения прежних токенов после вычисления больше не меняются.",
        "Это хранилище растёт на одну запись с каждым новым токеном.",
        "В итоге память решает, сколько запросов поместится рядом.",
        "Запросы прежних шагов больше не нужны.",
    ),
    "Spanish": (
        "Las claves y los valores de los tokens anteriores ya no cambian una vez calculados.",
        "Ese almacén crece en una entrada con cada token nuevo.",
        "Al final la memoria decide cuántas peticiones caben a la vez.",
        "Las consultas de pasos anteriores ya no hacen falta.",
    ),
    "Japanese": (
        "以前のトークンのキーと値は一度計算すれば変わりません。",
        "この保存領域は新しいトークンごとに一つずつ増えます。",
        "結局、同時に入るリクエストの数はメモリで決まります。",
        "以前のステップのクエリはもう必要ありません。",
    ),
}
"Each sentence makes one of the four statements below."
STATEMENTS = (
    ("unchanged", 3, Text(en="Keys and values of earlier tokens do not change.", zh="旧词元的键和值不变。")),
    ("grows", 3, Text(en="The cache grows with every token.", zh="缓存随词元增长。")),
    ("memory-bounds", 2, Text(en="Memory bounds the batch.", zh="显存限制批大小。")),
    ("queries-unneeded", 2, Text(en="Earlier queries are not needed again.", zh="旧查询不再需要。")),
)
TERMS = {
    "two languages, as the bank has them": ("unchang* | fixed | 不变", "cache | kv | 缓存"),
    "five alternatives a group": (
        "unchang* | fixed | constant | frozen | static",
        "cache | kv | buffer | table | 缓存",
    ),
    "none": (),
}


def question(terms: Sequence[str]) -> Question:
    said = Text(en="A decoder caches the queries of the past.", zh="解码器缓存过去的查询。")
    return Question(
        id="why-a-cache",
        topic="kv-cache",
        difficulty="medium",
        kind="concept",
        text=Text(en="Why does a decoder keep a cache?", zh="解码器为什么要有缓存？"),
        reference_answer=said,
        rubric=tuple(
            Requirement(id=id_, points=points, requirement=statement, terms=tuple(terms))
            for id_, points, statement in STATEMENTS
        ),
        mistakes=(
            Mistake(id="m", points=-2, claim=Text(en="It caches queries.", zh="缓存查询。"), terms=tuple(terms)),
        ),
    )


def faultless(sentences: Sequence[str], met: Sequence[int]) -> ScriptedModel:
    """Judges c1 to c4 met where the answer has their sentence, and quotes it."""

    def reply(messages: Sequence[Message]) -> str:
        ids = sorted({int(i) for i in re.findall(r"^c(\d+)\*? [+-]\d", messages[-1].content, re.MULTILINE)})
        judged = [
            {
                "id": f"c{number}",
                "quote": sentences[number - 1] if number - 1 in met else "",
                "explanation": "",
                "verdict": "met" if number - 1 in met else "unmet",
            }
            for number in ids
        ]
        return json.dumps({"judgments": judged, "feedback": ""}, ensure_ascii=False)

    return ScriptedModel(reply)


async def lost(terms: Sequence[str], sentences: Sequence[str]) -> tuple[int, int, float]:
    """(right verdicts lost, right verdicts, score lost), over every answer made of some of the sentences."""
    asked = question(terms)
    wrong = every = 0
    short = 0.0
    for number in range(1, 2 ** len(sentences)):
        met = [n for n in range(len(sentences)) if number & 1 << n]
        answer = " ".join(sentences[n] for n in met)
        task = Task(question=asked, language="en", thread=(Exchange(asked=asked.text.en, answer=answer),))
        grade = await LlmGrader(faultless(sentences, met)).grade(task)
        verdicts = {j.criterion_id: j.verdict == "met" for j in grade.judgments}
        wrong += sum(verdicts[c.id] != (n in met) for n, c in enumerate(asked.rubric))
        every += len(asked.rubric)
        due = sum(asked.rubric[n].points for n in met) / sum(c.points for c in asked.rubric)
        short = max(short, due - (grade.score or 0.0))
    return wrong, every, short


async def in_six_languages() -> list[str]:
    rows = []
    for name, terms in TERMS.items():
        found = [await lost(terms, sentences) for sentences in ANSWERS.values()]
        verdicts = " | ".join(f"{wrong} of {every}" for wrong, every, _ in found)
        rows.append(f"| {name} | {verdicts} | {max(short for _, _, short in found) + 0.0:.2f} |")
    return rows


# --- on the bank ------------------------------------------------------------------------------------------------------

Cut = Callable[[tuple[str, ...]], tuple[str, ...]]
CUTS: Mapping[str, Cut] = {
    "as they ship": lambda terms: terms,
    "five alternatives a group": lambda terms: tuple("|".join(group.split("|")[:5]) for group in terms),
    "none": lambda terms: (),
}


def with_terms(question: Question, cut: Cut) -> Question:
    rubric = tuple(c.model_copy(update={"terms": cut(c.terms)}) for c in question.rubric)
    mistakes = tuple(c.model_copy(update={"terms": cut(c.terms)}) for c in question.mistakes)
    return question.model_copy(update={"rubric": rubric, "mistakes": mistakes})


def as_labelled(question: Question, sample: Sample) -> ScriptedModel:
    """Judges as the labels say, and quotes the sentence that is most like the requirement."""
    document = Document(sample.text)
    sentences = [document.quote(n, n + 1) for n in range(len(document.sentences))]

    def quote(statement: str) -> str:
        return max(sentences, key=lambda s: lexical.score("", statement, s))

    judged = [
        {
            "id": f"c{number}",
            "quote": quote(c.statement.in_(sample.language)) if c.id in sample.met else "",
            "verdict": "met" if c.id in sample.met else "unmet",
        }
        for number, c in enumerate(question.criteria, start=1)
    ]
    return ScriptedModel(lambda _: json.dumps({"judgments": judged, "feedback": ""}, ensure_ascii=False))


async def on_the_bank(cases: Sequence[tuple[Question, Sample]], cut: Cut) -> tuple[int, int]:
    """(labelled verdicts that do not come through, labelled verdicts)"""
    wrong = every = 0
    for question, sample in cases:
        asked = with_terms(question, cut)
        exchange = Exchange(asked=asked.asked(sample.language), answer=sample.text)
        task = Task(question=asked, language=sample.language, thread=(exchange,))
        grade = await LlmGrader(as_labelled(asked, sample)).grade(task)
        wrong += sum((j.verdict == "met") != (j.criterion_id in sample.met) for j in grade.judgments)
        every += len(grade.judgments)
    return wrong, every


async def of_the_bank() -> list[str]:
    cases = labelled(banks.load((shipped("question_bank"),)))
    if not cases:
        return ["No answer of the bank has labels."]
    rows = []
    for name, cut in CUTS.items():
        wrong, every = await on_the_bank(cases, cut)
        rows.append(f"| {name} | {wrong:,} of {every:,} |")
    return [f"| terms | {len(cases)} labelled answers of the bank |", "|---|---|", *rows]


def main() -> list[str]:
    head = f"| terms | {' | '.join(ANSWERS)} | most that an answer's score loses |"
    note = "Right verdicts of a scripted model without a fault that do not come through (terms should cost 0)."
    table = [head, "|---" * (len(ANSWERS) + 2) + "|", *asyncio.run(in_six_languages())]
    return [note, "", *table, "", *asyncio.run(of_the_bank())]


if __name__ == "__main__":
    print("\n".join(main()))
