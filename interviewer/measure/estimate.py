"""What a measurement will cost, before it starts. The prompts are the real ones; how much the model says is assumed."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer import tokens
from interviewer.grading import Exchange, Task
from interviewer.measure.calibration import Todo
from interviewer.providers import Endpoint
from interviewer.schema import Question, Record
from interviewer.settings import Settings

OUTPUT_PER_CRITERION, OUTPUT_BESIDE = 45, 90
"Tokens of one judgment; of feedback and follow-up."


class Expected(Record):
    calls: int
    input_tokens: int
    exact: bool
    "The input is counted with the vocabulary, not estimated."
    output_tokens: int
    cost: float | None
    "US dollars; None where the prices are not known."


def expected(todos: Sequence[Todo], endpoint: Endpoint, settings: Settings) -> Expected:
    sent = [_sent(todo, settings) for todo in todos]
    into, exact = sum(count.n for count in sent), all(count.exact for count in sent)
    out = sum(output_tokens(todo.question) for todo in todos)
    cost = None
    if endpoint.input_price is not None and endpoint.output_price is not None:
        cost = (into * endpoint.input_price + out * endpoint.output_price) / 1e6
    return Expected(calls=len(todos), input_tokens=into, exact=exact, output_tokens=out, cost=cost)


def output_tokens(question: Question) -> int:
    return len(question.criteria) * OUTPUT_PER_CRITERION + OUTPUT_BESIDE


def _sent(todo: Todo, settings: Settings) -> tokens.Count:
    from interviewer.grading.asking import messages

    asked = Exchange(asked=todo.question.asked(todo.language), answer=todo.text)
    sent = messages(Task(question=todo.question, language=todo.language, thread=(asked,)))
    return tokens.count("\n".join(m.content for m in sent), settings.vocabulary_folders)
