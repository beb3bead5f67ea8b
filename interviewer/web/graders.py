"""Which grader: the built-in one and how good it is; or the visitor's own endpoint, and whether it works."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from interviewer.errors import InterviewerError
from interviewer.locales import Words, words
from interviewer.measure import keeping, show
from interviewer.providers import EFFORTS, Endpoint, endpoints, local, presets
from interviewer.web import views
from interviewer.web.labels import Labels, Updates, clickable, merged, plain
from interviewer.web.typed_endpoint import listed, parameters, tried, typed
from interviewer.web.visitors import Visitors, known, owner_of

if TYPE_CHECKING:
    from interviewer.web.page_parts import Page

_MOST_OFFERED = 6
"Models of one local server that get a button; the list has the rest."


@dataclass(frozen=True)
class Graders:
    visitors: Visitors
    about: gr.HTML
    local: gr.HTML
    preset: gr.Dropdown
    url: gr.Textbox
    model: gr.Dropdown
    key: gr.Textbox
    effort: gr.Dropdown
    temperature: gr.Textbox
    max_tokens: gr.Textbox
    use: gr.Button
    list_models: gr.Button
    forget: gr.Button
    state: gr.HTML

    @property
    def form(self) -> list[Any]:
        return [self.url, self.model, self.key, self.effort, self.temperature, self.max_tokens]

    @property
    def components(self) -> list[Any]:
        return [self.about, self.local, self.preset, *self.form, self.forget, self.state]

    async def show(self, w: Words, owner: str) -> Updates:
        typed = self.visitors.typed_endpoint(owner)
        about = views.render("grader_builtin", w, measured=await measured(self.visitors, None, w))
        return {
            self.about: gr.update(value=about),
            self.forget: gr.update(interactive=typed is not None),
        } | await self.say(w, owner, ())

    async def say(self, w: Words, owner: str, lines: tuple[str, ...], ok: bool | None = True) -> Updates:
        """What is in use, and what there is to say about it; `ok`: None while that is not known."""
        typed, operators = self.visitors.typed_endpoint(owner), self.visitors.parts.own_endpoint()
        endpoint = typed or operators
        shown = await measured(self.visitors, endpoint, w) if endpoint else None
        values = {"typed": typed, "operators": operators, "lines": lines, "ok": ok, "measured": shown}
        state = views.render("grader_endpoint", w, **values)
        return {self.state: gr.update(value=state)}

    async def show_local(self, w: Words) -> Updates:
        """The servers on this machine, looked for now. Only the machine's owner is shown them."""
        settings = self.visitors.settings
        if not settings.on_loopback:
            return {}
        there = local.on_this_machine(settings.port)
        found = await local.servers(there)
        values = {"servers": found, "most": _MOST_OFFERED, "names": ", ".join(p.name for p in there)}
        return {self.local: gr.update(value=views.render("grader_local", w, **values))}


async def measured(visitors: Visitors, endpoint: Endpoint | None, w: Words) -> show.Measured:
    """What is known about the grader at this endpoint (None: the built-in one)."""
    who = keeping.who(endpoint)
    calibration = await keeping.latest(visitors.parts.store, who)
    current = calibration is not None and keeping.is_current(calibration, who, visitors.bank)
    say = show.measured_check if endpoint is None else show.measured
    return say(calibration, current, w)


def build(labels: Labels, visitors: Visitors) -> Graders:
    make = labels.make

    def names(w: Words) -> list[tuple[str, str]]:
        return [(w("graders.other"), ""), *((p.name, p.id) for p in presets.all_presets())]

    def efforts(w: Words) -> list[tuple[str, str]]:
        return [(w("graders.not_set"), ""), *((effort, effort) for effort in EFFORTS)]

    with gr.Column(elem_id="graders"):
        about = plain("grader-about")
        make(gr.Markdown, {"value": "graders.own"}, elem_id="own-endpoint")
        local_models = clickable("local-models")
        local_models.visible = visitors.settings.on_loopback
        with gr.Row(elem_classes="fields"):
            preset = make(gr.Dropdown, {"label": "graders.preset", "choices": names}, value="", elem_id="preset")
            url = make(gr.Textbox, {"label": "graders.url"}, placeholder="https://api.openai.com/v1", elem_id="url")
        with gr.Row(elem_classes="fields"):
            model = make(
                gr.Dropdown,
                {"label": "graders.model"},
                choices=[],
                value="",
                allow_custom_value=True,
                elem_id="model",
            )
            key = make(
                gr.Textbox,
                {"label": "graders.key", "placeholder": "graders.key_placeholder"},
                type="password",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                elem_id="key",
            )
        with make(gr.Accordion, {"label": "graders.advanced"}, open=False, elem_id="advanced"):
            make(gr.Markdown, {"value": "graders.advanced_about"})
            with gr.Row(elem_classes="fields"):
                effort = make(
                    gr.Dropdown,
                    {"label": "graders.parameters.reasoning_effort", "choices": efforts},
                    value="",
                    elem_id="effort",
                )
                temperature = make(
                    gr.Textbox,
                    {"label": "graders.parameters.temperature", "placeholder": "graders.temperature_placeholder"},
                    elem_id="temperature",
                )
                max_tokens = make(
                    gr.Textbox,
                    {"label": "graders.parameters.max_tokens", "placeholder": "graders.max_tokens_placeholder"},
                    elem_id="max-tokens",
                )
        with gr.Row(elem_id="grader-actions"):
            use = make(gr.Button, {"value": "graders.use"}, variant="primary", elem_id="use-endpoint")
            list_models = make(gr.Button, {"value": "graders.list_models"}, elem_id="list-models")
            forget = make(gr.Button, {"value": "graders.forget"}, interactive=False, elem_id="forget-endpoint")
        state = plain("endpoint-state")
    form = url, model, key, effort, temperature, max_tokens
    return Graders(visitors, about, local_models, preset, *form, use, list_models, forget, state)


def connect(page: Page, tab: gr.Tab) -> None:
    graders, visitors = page.graders, page.visitors

    async def fill(preset: str) -> Updates:
        """A provider's address and a model of it; where no key is needed, all that it serves. A key that was typed for
        another provider is taken out of its field."""
        found = next((p for p in presets.all_presets() if p.id == preset), None)
        if found is None:
            return {graders.url: gr.update(), graders.model: gr.update()}
        served: tuple[str, ...] = ()
        if not found.needs_key:
            try:
                served = await listed(visitors, Endpoint(base_url=found.base_url, model=found.model))
            except InterviewerError:
                served = ()
        model = found.model if found.model in served or not served else served[0]
        return {
            graders.url: gr.update(value=found.base_url),
            graders.model: gr.update(value=model, choices=list(served)),
            graders.key: gr.update(value=""),
        }

    async def use(
        url: Any,
        model: Any,
        key: Any,
        effort: Any,
        temperature: Any,
        max_tokens: Any,
        language: str,
        request: gr.Request,
    ) -> AsyncIterator[Updates]:
        """The key leaves the page as soon as it is here; an empty field keeps the one given before for this URL."""
        w, cleared = words(language), {graders.key: gr.update(value="")}
        try:
            owner = known(request)
            extra = parameters(effort, temperature, max_tokens)
            endpoint = typed(url, model, key, visitors.typed_endpoint(owner), extra)
            await endpoints.allowed(endpoint.url, visitors.settings)
        except InterviewerError as error:
            yield cleared | await graders.say(w, owner_of(request), (error.say(language),), ok=False)
            return
        visitors.use_endpoint(owner, endpoint)
        testing = w("graders.testing", model=endpoint.model, host=endpoint.host)
        yield cleared | await graders.say(w, owner, (testing,), ok=None)
        lines, ok = await tried(visitors, endpoint, w)
        chosen = {page.setup.grader: gr.update(value="llm")} if ok else {}
        yield merged(
            await graders.show(w, owner),
            await page.setup.show_grader(w, owner),
            chosen,
            await graders.say(w, owner, lines, ok),
        )

    async def at_hand(
        effort: Any, temperature: Any, max_tokens: Any, language: str, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[Updates]:
        """A click beside the servers on this machine: looks again, or takes one of their models into use."""
        found = next((p for p in local.on_this_machine() if p.id == event._data.get("preset")), None)
        if event._data.get("do") != "use" or found is None or not visitors.settings.on_loopback:
            yield await graders.show_local(words(language))
            return
        model = str(event._data.get("model"))
        filled = {
            graders.preset: gr.update(value=found.id),
            graders.url: gr.update(value=found.base_url),
            graders.model: gr.update(value=model),
        }
        async for updates in use(found.base_url, model, "", effort, temperature, max_tokens, language, request):
            yield filled | updates

    async def list_models(url: Any, model: Any, key: Any, language: str, request: gr.Request) -> Updates:
        w, owner = words(language), owner_of(request)
        try:
            endpoint = typed(url, model or "?", key, visitors.typed_endpoint(known(request)))
            served = sorted(await listed(visitors, endpoint), key=str.casefold)
        except InterviewerError as error:
            return await graders.say(w, owner, (error.say(language),), ok=False)
        line = w("graders.listed", count=len(served), host=endpoint.host)
        return {graders.model: gr.update(choices=served)} | await graders.say(w, owner, (line,))

    async def forget(language: str, request: gr.Request) -> Updates:
        owner, w = known(request), words(language)
        visitors.use_endpoint(owner, None)
        chosen = {} if visitors.endpoint(owner) else {page.setup.grader: gr.update(value="builtin")}
        return merged(await graders.show(w, owner), await page.setup.show_grader(w, owner), chosen)

    async def look(language: str) -> Updates:
        return await graders.show_local(words(language))

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    form, outputs = graders.form, [*graders.components, page.setup.grader]
    graders.preset.input(fill, [graders.preset], [graders.url, graders.model, graders.key], queue=False, **quiet)
    graders.use.click(use, [*form, page.language], outputs, **quiet)
    graders.local.click(at_hand, [*form[3:], page.language], outputs, **quiet)
    graders.list_models.click(list_models, [*form[:3], page.language], [graders.model, graders.state], **quiet)
    graders.forget.click(forget, [page.language], outputs, queue=False, **quiet)
    if visitors.settings.on_loopback:
        gr.on([tab.select, page.language.change], look, [page.language], [graders.local], queue=False, **quiet)
