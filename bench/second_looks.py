"""How often a judgment is called doubtful, and how often rightly, on the bank's labelled sample answers.

Stands in for a model: once one that judges every criterion as labelled (each doubt is a false alarm), and once one that
judges each requirement the other way round (each doubt is right). A met judgment quotes the sentence that is most like
the requirement; a wrongly met one the answer's sentence that is least like it, as a careless model would.
"""

from __future__ import annotations

from collections import Counter

from interviewer import bank as banks
from interviewer.grading import Exchange, Task, doubts, lexical
from interviewer.grading.terms import Document
from interviewer.schema import Criterion, Judgment, SampleAnswer
from interviewer.settings import shipped


def judged(criterion: Criterion, sample: SampleAnswer, met: bool, best: bool) -> Judgment:
    document = Document(sample.text)
    sentences = [document.quote(n, n + 1) for n in range(len(document.sentences))]
    requirement = criterion.requirement.in_(sample.language)
    ranked = sorted(sentences, key=lambda s: lexical.features("", requirement, s)["likeness"])
    quote = (ranked[-1] if best else ranked[0]) if met else ""
    return Judgment(criterion_id=criterion.id, quote=quote, verdict="met" if met else "unmet")


def doubtful(judgment: Judgment) -> bool:
    return bool(judgment.notes)


def main() -> list[str]:
    seen: Counter[str] = Counter()
    for question in banks.load((shipped("question_bank"),)).questions.values():
        for sample in question.sample_answers:
            exchange = Exchange(asked=question.text.in_(sample.language), answer=sample.text)
            task = Task(question=question, language=sample.language, thread=(exchange,))
            wanted = [c for c in question.rubric if not c.is_mistake]
            right = [judged(c, sample, c.id in sample.met, best=True) for c in wanted]
            alarms = sum(map(doubtful, doubts.weighed(task, right, [sample.text])))
            seen["right"] += len(right)
            seen["alarm"] += alarms
            for criterion in wanted:
                truth = criterion.id in sample.met
                wrong = judged(criterion, sample, not truth, best=False)
                found = any(map(doubtful, doubts.weighed(task, [wrong], [sample.text])))
                seen["missed" if truth else "invented"] += 1
                seen["missed found" if truth else "invented found"] += found
            seen["answers"] += 1
            seen["looks"] += min(alarms, 2)
    missed, invented = seen["missed found"] / seen["missed"], seen["invented found"] / seen["invented"]
    return [
        "| judgment of a requirement | how many | called doubtful |",
        "|---|---|---|",
        f"| as labelled (a false alarm) | {seen['right']:,} | {seen['alarm'] / seen['right']:.1%} |",
        f"| wrongly unmet | {seen['missed']:,} | {missed:.0%} |",
        f"| wrongly met, with a quote from elsewhere | {seen['invented']:,} | {invented:.0%} |",
        "",
        f"Second looks that a model without a fault costs: {seen['looks'] / seen['answers']:.2f} an answer.",
    ]


if __name__ == "__main__":
    print("\n".join(main()))
