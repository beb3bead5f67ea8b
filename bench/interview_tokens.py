"""Input tokens of whole interviews: 10 and 30 answers of 97.5 tokens on average, one model call an answer.

The rival figures were measured on IliaLarchenko/Interviewer with a scripted server and answers of the same length:
19,563 input tokens for 10 answers, 102,269 for 30.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Sequence

from interviewer import settings as environment
from interviewer import tokens
from interviewer.assembly import assemble
from interviewer.grading.llm import LlmGrader
from interviewer.grading.reply import Reply
from interviewer.providers import Message
from interviewer.providers.scripted import ScriptedModel
from interviewer.schema import Language, Plan

AVERAGE = 97.5
SEEDS = range(5)
"Interviews that a figure is the mean of: each draws its questions anew, and some are longer than others."
RIVAL = {10: 19_563, 30: 102_269}
FOLDERS = environment.read().vocabulary_folders


def count(text: str) -> int:
    return tokens.count(text, FOLDERS).n


def cut(text: str, wanted: int) -> str:
    """The text repeated and cut to about the wanted number of tokens."""
    text = " ".join([text] * 8)
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle]) <= wanted else (low, middle - 1)
    return text[:low]


def reply(messages: Sequence[Message], follow_ups: bool) -> str:
    """Everything unmet: the longest threads; or everything met: no follow-up."""
    ids = re.findall(r"^(c\d+)\*? [+-]\d", messages[1].content, re.MULTILINE)
    answer = messages[1].content.rsplit('<answer n="', 1)[1].split("\n", 1)[1][:120]
    verdict = {"quote": "", "verdict": "unmet"} if follow_ups else {"quote": answer, "verdict": "met"}
    judged = [{"id": i, "explanation": "x", "state": "", **verdict} for i in ids]
    return json.dumps({"judgments": judged, "feedback": "Noted.", "follow_up": {"id": "", "lead": "", "text": ""}})


async def interview(answers: int, language: Language, follow_ups: bool, seed: int) -> list[int]:
    """Input tokens of each call, in order. All questions of medium difficulty: hard ones are some 8 % longer, and an
    interview that gets harder would mix that into its growth."""
    used: list[int] = []

    def script(messages: Sequence[Message]) -> str:
        used.append(sum(count(m.content) for m in messages))
        return reply(messages, follow_ups)

    with tempfile.TemporaryDirectory() as folder:
        async with assemble(environment.read({"INTERVIEWER_DATA": folder})) as parts:
            grader = LlmGrader(ScriptedModel(script))
            plan = Plan(language=language, mode="interview", questions=30, grader="llm", difficulty="medium", seed=seed)
            held = await parts.session.start("bench", plan)
            said = 0
            while said < answers:
                at = len(held.turns) - 1
                question = held.question(held.turns[at].question_id)
                text = cut(question.reference_answer.in_(language), 97 + said % 2)
                held = await parts.session.answer(held.id, "bench", at, text, grader)
                said += 1
    return used


def main() -> list[str]:
    exact = tokens.count("a", FOLDERS).exact
    schema = count(json.dumps(Reply.model_json_schema()))
    rows = [
        "| interview | calls | input tokens | largest call | rival |",
        "|---|---|---|---|---|",
    ]
    totals: dict[tuple[str, int], int] = {}
    for name, language, follow_ups in (
        ("English, a question an answer", "en", False),
        ("English, two follow-ups a question", "en", True),
        ("Chinese, a question an answer", "zh", False),
        ("Chinese, two follow-ups a question", "zh", True),
    ):
        for answers in (10, 30):
            held = [asyncio.run(interview(answers, language, follow_ups, seed)) for seed in SEEDS]  # type: ignore[arg-type]
            totals[name, answers] = sum(map(sum, held)) // len(held)
            largest = max(max(used) for used in held)
            figures = (len(held[0]), f"{totals[name, answers]:,}", f"{largest:,}", f"{RIVAL[answers]:,}")
            rows.append(f"| {name}, {answers} answers | " + " | ".join(map(str, figures)) + " |")
    growth = max(totals[name, 30] / totals[name, 10] for name, _ in totals)
    rows += [
        "",
        f"Counts are {'exact (o200k_base)' if exact else 'estimates'}; messages only. Where an endpoint takes a JSON "
        f"Schema, that adds {schema} tokens a call. Growth from 10 to 30 answers: at most {growth:.2f} times (rival: "
        f"{RIVAL[30] / RIVAL[10]:.1f} times).",
    ]
    return rows


if __name__ == "__main__":
    print("\n".join(main()))
