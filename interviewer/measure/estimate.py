"""What a measurement will cost, before it starts. The prompts are the real ones; how much the model says is assumed."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer import tokens
from interviewer.grading import Exchange, Task
from interviewer.measure.calibration import Todo
from interviewer.providers import Endpoint, Message
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
    from interviewer.grading.asking import messages

    asked = [Exchange(asked=todo.question.asked(todo.language), answer=todo.text) for todo in todos]
    tasks = [Task(question=t.question, language=t.language, thread=(e,)) for t, e in zip(todos, asked, strict=True)]
    out = sum(output_tokens(todo.question) for todo in todos)
    return of_calls([messages(task) for task in tasks], out, endpoint, settings)


def of_calls(
    calls: Sequence[Sequence[Message]], output_tokens: int, endpoint: Endpoint, settings: Settings
) -> Expected:
    """One call for each list of messages; what all replies have is assumed."""
    sent = [tokens.count("\n".join(m.content for m in each), settings.vocabulary_folders) for each in calls]
    into, exact = sum(count.n for count in sent), all(count.exact for count in sent)
    cost = None
    if endpoint.input_price is not None and endpoint.output_price is not None:
        cost = (into * endpoint.input_price + output_tokens * endpoint.output_price) / 1e6
    return Expected(calls=len(calls), input_tokens=into, exact=exact, output_tokens=output_tokens, cost=cost)


def output_tokens(question: Question) -> int:
    return len(question.criteria) * OUTPUT_PER_CRITERION + OUTPUT_BESIDE
