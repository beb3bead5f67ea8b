"""interviewer serve, check-endpoint, vocabulary."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from interviewer import settings as environment
from interviewer.assembly import Parts, assemble
from interviewer.errors import InvalidSetting
from interviewer.grading import Exchange, Task
from interviewer.locales import words
from interviewer.providers import Endpoint
from interviewer.report import percent
from interviewer.schema import Grade, Question


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (INTERVIEWER_HOST).")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port (INTERVIEWER_PORT).")] = None,
) -> None:
    """Start the web app."""
    from interviewer import web

    settings = environment.read()
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    web.serve(settings.model_copy(update=given))


def check_endpoint() -> None:
    """Try your own endpoint: what it can do, what to fix, and a sample answer graded. Status 1 if it can't grade."""
    from interviewer.providers.check import check, describe

    settings = environment.read()

    async def checked() -> bool:
        async with assemble(settings) as parts:
            endpoint = parts.own_endpoint()
            if endpoint is None:
                raise InvalidSetting("no_model")
            parts.ask_anew(endpoint)
            report = await check(parts.model(endpoint))
            print("\n".join(describe(report, settings.language)), flush=True)
            if left_out := parts.left_out(endpoint):
                print(words(settings.language)("check.left_out", names=", ".join(left_out)), flush=True)
            if report.ok:
                _grade_a_sample(await _sample_graded(parts, endpoint), settings.language)
            return report.ok

    raise typer.Exit(0 if asyncio.run(checked()) else 1)


async def _sample_graded(parts: Parts, endpoint: Endpoint) -> tuple[Question, Grade]:
    """The strong sample answer of the bank's first question, graded as any answer is. Raises GradingFailed."""
    question = next(q for q in parts.bank.questions.values() if q.samples)
    sample = question.samples[0]
    exchange = Exchange(asked=question.text.in_(sample.language), answer=sample.text)
    task = Task(question=question, language=sample.language, thread=(exchange,))
    return question, await parts.llm(endpoint).grade(task)


def _grade_a_sample(graded: tuple[Question, Grade], language: str) -> None:
    question, grade = graded
    w, right = words(language), set(question.samples[0].met)
    met = {j.criterion_id for j in grade.judgments if j.verdict == "met"}
    agreed = sum((c.id in met) == (c.id in right) for c in question.criteria)
    values = {"id": question.id, "agreed": agreed, "all": len(question.criteria), "score": percent(grade.score)}
    print(w("terminal.sample_graded", **values))


def vocabulary(
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the download.")] = 60.0,
) -> None:
    """Fetch the vocabulary that makes token counts exact (3.6 MB); without it they are estimates."""
    from interviewer import tokens

    settings = environment.read()
    path = tokens.fetch(settings.data_folder, timeout=timeout)
    print(path)
