"""Which grader: the built-in one and how good it is; or the visitor's own endpoint, and whether it works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from pydantic import SecretStr

from interviewer.errors import InterviewerError, InvalidInput
from interviewer.locales import Words, words
from interviewer.measure import keeping, show
from interviewer.providers import Endpoint, endpoints, presets
from interviewer.web import views
from interviewer.web.labels import Labels, Updates, merged, plain
from interviewer.web.visitors import Visitors, known, owner_of

if TYPE_CHECKING:
    from interviewer.web.page_parts import Page


@dataclass(frozen=True)
class Graders:
    visitors: Visitors
    about: gr.HTML
    preset: gr.Dropdown
    url: gr.Textbox
    model: gr.Textbox
    key: gr.Textbox
    use: gr.Button
    forget: gr.Button
    state: gr.HTML

    @property
    def components(self) -> list[Any]:
        return [self.about, self.preset, self.url, self.model, self.key, self.forget, self.state]

    async def show(self, w: Words, owner: str) -> Updates:
        typed = self.visitors.typed_endpoint(owner)
        return {
            self.about: gr.update(
                value=views.render("grader_builtin", w, measured=await measured(self.visitors, None, w))
            ),
            self.forget: gr.update(interactive=typed is not None),
        } | await self.say(w, owner, ())

    async def say(self, w: Words, owner: str, lines: tuple[str, ...], ok: bool = True) -> Updates:
        typed, operators = self.visitors.typed_endpoint(owner), self.visitors.parts.own_endpoint()
        endpoint = typed or operators
        shown = await measured(self.visitors, endpoint, w) if endpoint else None
        values = {"typed": typed, "operators": operators, "lines": lines, "ok": ok, "measured": shown}
        state = views.render("grader_endpoint", w, **values)
        return {self.state: gr.update(value=state)}


async def measured(visitors: Visitors, endpoint: Endpoint | None, w: Words) -> show.Measured:
    """What is known about the grader at this endpoint (None: the built-in one)."""
    who = keeping.who(endpoint)
    calibration = await keeping.latest(visitors.parts.store, who)
    current = calibration is not None and keeping.is_current(calibration, who, visitors.bank.labels_hash)
    return show.measured(calibration, current, w)


def build(labels: Labels, visitors: Visitors) -> Graders:
    make = labels.make

    def names(w: Words) -> list[tuple[str, str]]:
        return [(w("graders.other"), ""), *((p.name, p.id) for p in presets.all_presets())]

    with gr.Column(elem_id="graders"):
        about = plain("grader-about")
        make(gr.Markdown, {"value": "graders.own"}, elem_id="own-endpoint")
        with gr.Row(elem_classes="fields"):
            preset = make(gr.Dropdown, {"label": "graders.preset", "choices": names}, value="", elem_id="preset")
            url = make(gr.Textbox, {"label": "graders.url"}, placeholder="https://api.openai.com/v1", elem_id="url")
        with gr.Row(elem_classes="fields"):
            model = make(gr.Textbox, {"label": "graders.model"}, elem_id="model")
            key = make(
                gr.Textbox,
                {"label": "graders.key", "placeholder": "graders.key_placeholder"},
                type="password",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                elem_id="key",
            )
        with gr.Row(elem_id="grader-actions"):
            use = make(gr.Button, {"value": "graders.use"}, variant="primary", elem_id="use-endpoint")
            forget = make(gr.Button, {"value": "graders.forget"}, interactive=False, elem_id="forget-endpoint")
        state = plain("endpoint-state")
    return Graders(visitors, about, preset, url, model, key, use, forget, state)


def connect(page: Page) -> None:
    graders, visitors = page.graders, page.visitors

    def fill(preset: str) -> Updates:
        found = next((p for p in presets.all_presets() if p.id == preset), None)
        if found is None:
            return {graders.url: gr.update(), graders.model: gr.update()}
        return {graders.url: gr.update(value=found.base_url), graders.model: gr.update(value=found.model)}

    async def use(url: str, model: str, key: str, language: str, request: gr.Request) -> Updates:
        """The key leaves the page as soon as it is here; an empty field keeps the one given before for this URL."""
        w, cleared = words(language), {graders.key: gr.update(value="")}
        try:
            owner = known(request)
            endpoint = typed(url, model, key, visitors.typed_endpoint(owner))
            await endpoints.allowed(endpoint.url, visitors.settings)
        except InterviewerError as error:
            return cleared | await graders.say(w, owner_of(request), (error.say(language),), ok=False)
        visitors.use_endpoint(owner, endpoint)
        lines, ok = await _tested(visitors, endpoint, language)
        return merged(
            await graders.show(w, owner),
            cleared,
            await graders.say(w, owner, lines, ok),
            await page.setup.show_grader(w, owner),
        )

    async def forget(language: str, request: gr.Request) -> Updates:
        owner, w = known(request), words(language)
        visitors.use_endpoint(owner, None)
        return await graders.show(w, owner) | await page.setup.show_grader(w, owner)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    graders.preset.input(fill, [graders.preset], [graders.url, graders.model], queue=False, **quiet)
    outputs = [*graders.components, page.setup.grader]
    graders.use.click(use, [graders.url, graders.model, graders.key, page.language], outputs, **quiet)
    graders.forget.click(forget, [page.language], outputs, queue=False, **quiet)


def typed(url: str, model: str, key: str, before: Endpoint | None) -> Endpoint:
    """Raises InvalidInput where a field is missing."""
    url, model, key = url.strip(), model.strip(), key.strip()
    if not url or not model:
        raise InvalidInput("endpoint_incomplete")
    endpoint = Endpoint(base_url=url, model=model)
    secret = SecretStr(key) if key else before.api_key if before and before.url == endpoint.url else None
    return endpoint.model_copy(update={"api_key": secret})


async def _tested(visitors: Visitors, endpoint: Endpoint, language: str) -> tuple[tuple[str, ...], bool]:
    """One small question to the model; what it can do, in sentences."""
    from interviewer.providers.check import check, describe

    report = await check(visitors.parts.model(endpoint))
    return describe(report, language), report.ok
