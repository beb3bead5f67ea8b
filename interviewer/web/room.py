"""The interview room: its parts, and the picture they make of an interview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from interviewer.locales import Words
from interviewer.schema import Interview
from interviewer.web import views
from interviewer.web.actions import ACTIONS, Action, State, number_of, state
from interviewer.web.graders import measured
from interviewer.web.labels import Labels, Updates, clickable, plain
from interviewer.web.visitors import Visitors

_BESIDE = sum(a.look == "secondary" for a in ACTIONS)
"The plain buttons stand first; the one that goes on stands at the end."


@dataclass(frozen=True)
class Room:
    visitors: Visitors
    header: gr.HTML
    place: gr.Textbox
    "Hidden: interview and turn that this tab shows. The browser sends it back; the owner's cookie is what counts."
    panel: gr.Column
    question: gr.HTML
    transcript: gr.HTML
    live: gr.HTML
    look_back: gr.HTML
    answering: gr.Column
    notice: gr.HTML
    box: gr.Textbox
    buttons: Mapping[str, gr.Button]
    "Of every action."
    finish: gr.HTML
    side: gr.Column
    scorecard: gr.HTML

    @property
    def components(self) -> list[Any]:
        own = [value for name, value in vars(self).items() if name not in ("visitors", "buttons")]
        return [*own, *self.buttons.values()]

    async def show(
        self, w: Words, owner: str, interview: Interview | None, *, notice: str = "", busy: bool = False
    ) -> Updates:
        """The room as it is for this interview; without one, or after its end, nothing of it.

        `busy`: an answer is being graded in this tab. What is typed in the box is never touched.
        """
        if interview is not None and interview.finished_at is not None:
            interview = None
        updates: Updates = {
            self.header: gr.update(value=await self._header(w, owner, interview)),
            self.panel: gr.update(visible=interview is not None),
            self.place: gr.update(value=place(interview) if interview else ""),
            self.notice: gr.update(value=views.notice(w, notice)),
        }
        if interview is None:
            return updates
        now = state(interview, busy)
        of_the_turn: Updates = {
            self.question: gr.update(value=views.question(w, interview, self.visitors.bank.topics)),
            self.transcript: gr.update(value=views.transcript(w, interview)),
            self.look_back: gr.update(value=views.look_back(w, interview)),
            self.scorecard: gr.update(value=views.scorecard(w, interview)),
            self.side: gr.update(visible=interview.plan.mode == "practice" and now != "look_back"),
            self.finish: gr.update(value=views.render("finish", w)),
            self.live: gr.update(value="" if busy or now == "look_back" else self._pending(w, interview)),
        }
        return updates | of_the_turn | {self.buttons[a.id]: _button(w, a, interview, now) for a in ACTIONS}

    async def _header(self, w: Words, owner: str, interview: Interview | None) -> str:
        """With the grader's name, and in a word how far to trust it."""
        now, name, trust = datetime.now(UTC), "", None
        if interview is not None:
            endpoint = self.visitors.endpoint(owner) if interview.plan.grader == "llm" else None
            missing = interview.plan.grader == "llm" and endpoint is None
            name = endpoint.model if endpoint else w("graders.missing" if missing else "graders.builtin_short")
            trust = None if missing else await measured(self.visitors, endpoint, w)
        return views.header(w, interview, name, now, trust)

    def _pending(self, w: Words, interview: Interview) -> str:
        if interview.is_open:
            return ""
        at = len(interview.turns) - 1
        return views.pending(w, at, under_way=self.visitors.gradings.under_way(interview.id, at) is not None)


def place(interview: Interview) -> str:
    return f"{interview.id}:{len(interview.turns) - 1}"


def read_place(value: str) -> tuple[str, int]:
    """Interview and turn. Whatever a browser sends in its stead names no interview."""
    interview_id, _, at = (value or "").rpartition(":")
    return interview_id, number_of(at)


def build(labels: Labels, visitors: Visitors, header: gr.HTML) -> Room:
    with gr.Column(elem_id="room", visible=False) as panel, gr.Row(elem_id="room-columns"):
        with gr.Column(elem_id="room-main"):
            question, transcript, live = plain("question"), clickable("transcript"), clickable("live")
            look_back = clickable("look-back")
            with gr.Column(elem_id="answering") as answering:
                notice = plain("notice")
                box = labels.make(
                    gr.Textbox,
                    {"label": "room.box", "placeholder": "room.placeholder"},
                    lines=4,
                    max_lines=14,
                    elem_id="box",
                )
                with gr.Row(elem_id="actions"):
                    buttons = {a.id: _made(labels, a) for a in ACTIONS[:_BESIDE]}
                    finish = clickable("finish")
                    buttons |= {a.id: _made(labels, a) for a in ACTIONS[_BESIDE:]}
        with gr.Column(elem_id="room-side") as side:
            scorecard = clickable("scorecard")
    return Room(
        visitors=visitors,
        header=header,
        place=gr.Textbox(visible="hidden", elem_id="place"),
        panel=panel,
        question=question,
        transcript=transcript,
        live=live,
        look_back=look_back,
        answering=answering,
        notice=notice,
        box=box,
        buttons=buttons,
        finish=finish,
        side=side,
        scorecard=scorecard,
    )


def _made(labels: Labels, action: Action) -> gr.Button:
    visible = "open" in action.shown
    said = {"value": f"room.{action.id}"}
    return labels.make(gr.Button, said, elem_id=action.element, size="md", variant=action.look, visible=visible)


def _button(w: Words, action: Action, interview: Interview, now: State) -> Any:
    said = {"value": w(action.label(interview))} if action.label else {}
    return gr.update(visible=now in action.shown, interactive=now in action.enabled, **said)
