"""The set-up panel: what the candidate chooses before the start, what it will cost, and what can be continued."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import gradio as gr

from interviewer.bank import Bank
from interviewer.errors import InterviewerError
from interviewer.follow_up import FOLLOW_UPS
from interviewer.locales import Words, words
from interviewer.schema import DIFFICULTIES, LANGUAGES, Depth, Language, Plan
from interviewer.web import views
from interviewer.web.cost import estimate
from interviewer.web.graders import measured
from interviewer.web.labels import Labels, Updates, clickable, plain
from interviewer.web.visitors import Visitors, known, owner_of, zone_of

if TYPE_CHECKING:
    from interviewer.web.page_parts import Page

_LIMITS = (0, 120, 180, 300, 600)
"Seconds a question may take; 0: no limit."
_GRADINGS = (1, 3, 5)


@dataclass(frozen=True)
class Setup:
    visitors: Visitors
    panel: gr.Column
    notice: gr.HTML
    resume: gr.HTML
    language: gr.Radio
    mode: gr.Radio
    topics: gr.Dropdown
    subtopics: gr.Dropdown
    difficulty: gr.Radio
    questions: gr.Slider
    depth: gr.Radio
    limit: gr.Dropdown
    grader: gr.Radio
    gradings: gr.Radio
    cost: gr.HTML
    start: gr.Button

    @property
    def components(self) -> list[Any]:
        return [value for name, value in vars(self).items() if name != "visitors"]

    @property
    def choices(self) -> list[Any]:
        asked = [self.language, self.mode, self.topics, self.subtopics, self.difficulty, self.questions, self.depth]
        return [*asked, self.limit, self.grader, self.gradings]

    async def show(self, w: Words, owner: str, zone: tzinfo, notice: str = "") -> Updates:
        summaries = await self.visitors.parts.store.of_owner(owner, limit=20) if owner else []
        unfinished = [s for s in summaries if s.finished_at is None][:3]
        return await self.show_grader(w, owner) | {
            self.panel: gr.update(visible=True),
            self.notice: gr.update(value=views.notice(w, notice)),
            self.resume: gr.update(value=views.render("resume", w, unfinished=unfinished, zone=zone)),
        }

    async def show_grader(self, w: Words, owner: str) -> Updates:
        """The graders' names, and how far each is to be trusted."""
        endpoint = self.visitors.endpoint(owner)
        builtin = await measured(self.visitors, None, w)
        names = [(f"{w('setup.builtin')} · {builtin.short}", "builtin"), (w("setup.no_model"), "llm")]
        if endpoint:
            model = w("setup.model", model=endpoint.model, host=endpoint.host)
            names[1] = (f"{model} · {(await measured(self.visitors, endpoint, w)).short}", "llm")
        return {self.grader: gr.update(choices=names)}

    def show_cost(
        self, w: Words, owner: str, language: Language, questions: int, depth: Depth, grader: str, gradings: int
    ) -> Updates:
        """Of what is chosen; and strict mode is on offer where a model grades."""
        endpoint = self.visitors.endpoint(owner) if grader == "llm" else None
        expected = estimate(
            self.visitors.settings, self.visitors.bank, language, questions, endpoint, depth=depth, gradings=gradings
        )
        html = views.render("cost", w, grader=grader, endpoint=endpoint, **expected)
        return {self.cost: gr.update(value=html), self.gradings: gr.update(visible=grader == "llm")}


def plan(
    language: Any,
    mode: Any,
    topics: Any,
    subtopics: Any,
    difficulty: Any,
    questions: Any,
    depth: Any,
    limit: Any,
    grader: Any,
    gradings: Any,
) -> Plan:
    """Raises ValidationError for what the page doesn't offer."""
    return Plan(
        language=language,
        mode=mode,
        topics=tuple(topics or ()),
        subtopics=tuple(subtopics or ()),
        difficulty=None if difficulty == "adaptive" else difficulty,
        questions=questions,
        depth=depth,
        seconds_per_question=limit or None,
        grader=grader,
        gradings=gradings if grader == "llm" else 1,
        seed=secrets.randbelow(2**31),
    )


def topic_choices(bank: Bank, w: Words) -> list[tuple[str, str]]:
    """Those that have questions, with how many."""
    counts = Counter(q.topic for q in bank.questions.values())
    return [(f"{views.topic_title(bank.topics, t, w.language)} ({counts[t]})", t) for t in bank.topics if counts[t]]


def subtopic_choices(bank: Bank, topics: Sequence[str], w: Words) -> list[tuple[str, str]]:
    """The sub-topics of some topics, likewise; with the topic's title where they are of more than one."""
    counts = Counter(q.place for q in bank.questions.values())
    divided = [topic for topic in topics if topic in bank.subtopics]
    return [
        (f"{views.place_title(bank, place, w.language, whole=len(divided) > 1)} ({counts[place]})", place)
        for topic in divided
        for place in (f"{topic}/{subtopic}" for subtopic in bank.subtopics[topic])
        if counts[place]
    ]


def build(labels: Labels, visitors: Visitors) -> Setup:
    make = labels.make

    with gr.Column(elem_id="setup") as panel:
        make(gr.Markdown, {"value": "setup.welcome"}, elem_id="welcome")
        resume, notice = clickable("resume"), plain("setup-notice")
        with gr.Row(elem_classes="fields"):
            language = make(
                gr.Radio,
                {"label": "setup.language"},
                choices=[(words(code)("name"), code) for code in LANGUAGES],
                value="en",
                elem_id="setup-language",
            )
            mode = make(
                gr.Radio,
                {
                    "label": "setup.mode",
                    "choices": lambda w: [(w(f"setup.modes.{m}"), m) for m in ("practice", "interview")],
                },
                value="practice",
                scale=2,
                elem_id="setup-mode",
                elem_classes="stacked",
            )
        topics = make(
            gr.Dropdown,
            {
                "label": "setup.topics",
                "info": "setup.topics_info",
                "choices": lambda w: topic_choices(visitors.bank, w),
            },
            value=[],
            multiselect=True,
            elem_id="setup-topics",
        )
        subtopics = make(
            gr.Dropdown,
            {"label": "setup.subtopics", "info": "setup.subtopics_info"},
            choices=[],
            value=[],
            multiselect=True,
            visible=False,
            elem_id="setup-subtopics",
        )
        difficulty = make(
            gr.Radio,
            {
                "label": "setup.difficulty",
                "choices": lambda w: [(w(f"difficulties.{d}"), d) for d in ("adaptive", *DIFFICULTIES)],
            },
            value="adaptive",
            elem_id="setup-difficulty",
        )
        with gr.Row(elem_classes="fields"):
            limit = make(
                gr.Dropdown,
                {
                    "label": "setup.limit",
                    "choices": lambda w: [
                        (w("setup.minutes", minutes=s // 60) if s else w("setup.no_limit"), s) for s in _LIMITS
                    ],
                },
                value=0,
                filterable=False,
                elem_id="setup-limit",
            )
            questions = make(
                gr.Slider,
                {"label": "setup.questions"},
                minimum=1,
                maximum=20,
                step=1,
                value=5,
                buttons=[],
                elem_id="setup-questions",
            )
        depth = make(
            gr.Radio,
            {"label": "setup.depth", "choices": _depths},
            value="normal",
            elem_id="setup-depth",
            elem_classes="stacked",
        )
        grader = make(
            gr.Radio,
            {
                "label": "setup.grader",
                "choices": lambda w: [(w("setup.builtin"), "builtin"), (w("setup.no_model"), "llm")],
            },
            value="builtin",
            elem_id="setup-grader",
            elem_classes="stacked",
        )
        gradings = make(
            gr.Radio,
            {"label": "setup.gradings", "info": "setup.gradings_info"},
            choices=[(str(n), n) for n in _GRADINGS],
            value=1,
            visible=False,
            elem_id="setup-gradings",
        )
        with gr.Row(elem_id="setup-end"):
            cost = plain("cost")
            start = make(gr.Button, {"value": "setup.start"}, variant="primary", elem_id="start")
    chosen = language, mode, topics, subtopics, difficulty, questions, depth, limit, grader, gradings
    return Setup(visitors, panel, notice, resume, *chosen, cost, start)


def _depths(w: Words) -> list[tuple[str, str]]:
    return [(w(f"setup.depths.{name}", follow_ups=n), name) for name, n in FOLLOW_UPS.items()]


def connect(page: Page) -> None:
    setup, visitors = page.setup, page.visitors

    async def start(
        language: Any,
        mode: Any,
        topics: Any,
        subtopics: Any,
        difficulty: Any,
        questions: Any,
        depth: Any,
        limit: Any,
        grader: Any,
        gradings: Any,
        interface: str,
        request: gr.Request,
    ) -> Updates:
        w = words(interface)
        try:
            owner = known(request)
            about = language, mode, topics, subtopics, difficulty
            chosen = plan(*about, questions, depth, limit, grader, gradings)
            there_are = sum(map(chosen.asks, visitors.bank.questions.values()))
            fitting = chosen.model_copy(update={"questions": min(chosen.questions, there_are)})
            interview = await visitors.parts.session.start(owner, fitting)
        except InterviewerError as error:
            return {setup.notice: gr.update(value=views.notice(w, error.say(interface)))}
        return await page.shown(w, owner, interview, zone_of(request))

    async def resume(language: str, request: gr.Request, event: gr.EventData) -> Updates:
        return await page.open_interview(language, request, str(event._data.get("id")))

    def narrow(topics: list[str], chosen: list[str], language: str) -> Updates:
        choices = subtopic_choices(visitors.bank, topics, words(language))
        kept = [place for _, place in choices if place in chosen]
        return {setup.subtopics: gr.update(choices=choices, value=kept, visible=bool(choices))}

    def cost(
        interview_language: Language,
        questions: int,
        depth: Depth,
        grader: str,
        gradings: int,
        language: str,
        request: gr.Request,
    ) -> Updates:
        chosen = interview_language, questions, depth, grader, gradings
        return setup.show_cost(words(language), owner_of(request), *chosen)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    setup.start.click(start, [*setup.choices, page.language], page.of_the_room, **quiet)
    setup.resume.click(resume, [page.language], page.of_the_room, **quiet)
    gr.on(
        [setup.topics.change, page.language.change],
        narrow,
        [setup.topics, setup.subtopics, page.language],
        [setup.subtopics],
        trigger_mode="always_last",
        **quiet,
    )
    gr.on(
        [
            page.blocks.load,
            page.language.change,
            page.graders.state.change,
            setup.language.change,
            setup.questions.change,
            setup.depth.change,
            setup.grader.change,
            setup.gradings.change,
        ],
        cost,
        [setup.language, setup.questions, setup.depth, setup.grader, setup.gradings, page.language],
        [setup.cost, setup.gradings],
        trigger_mode="always_last",
        **quiet,
    )
