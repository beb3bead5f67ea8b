"""The Blocks: header, tabs, language switch; and what connects the parts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import gradio as gr

from interviewer.locales import languages, words
from interviewer.web import answering, browser, disputing, graders, history, reports, room, setup, views
from interviewer.web.blocks import Blocks
from interviewer.web.labels import Labels, Updates, merged
from interviewer.web.page_parts import Page
from interviewer.web.visitors import Visitors, owner_of, zone_of

_HERE = Path(__file__).parent
FILES = ("style.css", "room.js", "notices.js")
_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"]


def theme() -> gr.themes.Base:
    """System fonts only: nothing is fetched from anywhere. Colours are in style.css."""
    return gr.themes.Base(font=[*_FONTS, "sans-serif"], font_mono=["ui-monospace", "SFMono-Regular", "monospace"])


def head(language: str) -> str:
    """`language`: where a visitor has chosen none and the browser speaks none that there are words for."""
    versions = {name: hashlib.sha256((_HERE / name).read_bytes()).hexdigest()[:10] for name in FILES}
    return views.render("head", words("en"), versions=versions, gradio_words=_gradio_words(language))


def _gradio_words(fallback: str) -> dict[str, Any]:
    """What notices.js needs to have Gradio speak the page's language."""
    every = {code: words(code).get("gradio") for code in languages()}
    notices = [
        [english, {code: said["notices"][key] for code, said in every.items()}]
        for key, english in every["en"]["notices"].items()
    ]
    locales = {code: said["locale"] for code, said in every.items()}
    return {"languages": languages(), "fallback": fallback, "locales": locales, "notices": notices}


def build(visitors: Visitors) -> gr.Blocks:
    labels = Labels(words(visitors.settings.language))
    blocks: gr.Blocks
    with Blocks(title="Interviewer", analytics_enabled=False, fill_width=True) as blocks:
        with gr.Row(elem_id="top"):
            header = gr.HTML(elem_id="header", apply_default_css=False, js_on_load=None)
            choices = [(words(code)("name"), code) for code in languages()]
            language = gr.Radio(
                choices,
                value=visitors.settings.language,
                label=" / ".join(words(code)("nav.language") for code in languages()),
                show_label=False,
                elem_id="language",
            )
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as tabs:
            with labels.make(gr.Tab, {"label": "nav.interview"}, id="interview"):
                parts: dict[str, Any] = {"setup": setup.build(labels, visitors)}
                parts["room"] = room.build(labels, visitors, header)
            with labels.make(gr.Tab, {"label": "nav.report"}, id="report"):
                parts["reports"] = reports.build(visitors)
            with labels.make(gr.Tab, {"label": "nav.history"}, id="history") as history_tab:
                parts["history"] = history.build(visitors)
            with labels.make(gr.Tab, {"label": "nav.bank"}, id="bank") as bank_tab:
                parts["browser"] = browser.build(labels, visitors)
            with labels.make(gr.Tab, {"label": "nav.grader"}, id="grader") as grader_tab:
                parts["graders"] = graders.build(labels, visitors)
        page = Page(blocks=blocks, visitors=visitors, labels=labels, language=language, tabs=tabs, **parts)
        setup.connect(page)
        answering.connect(page)
        disputing.connect(page)
        history.connect(page, history_tab)
        browser.connect(page, bank_tab)
        graders.connect(page, grader_tab)
        _connect(page)
    return blocks


def _connect(page: Page) -> None:
    async def first(request: gr.Request) -> Updates:
        """A visit begins where the last one ended: in the newest interview, if that isn't over."""
        language = page.visitors.language(request)
        spoken = gr.update(value="zh" if language == "zh" else "en")
        here = {page.language: gr.update(value=language), page.setup.language: spoken}
        return merged(await afresh(language, None, request), here)

    async def afresh(language: str, place: str | None, request: gr.Request) -> Updates:
        owner = owner_of(request)
        interview = await page.at(owner, place)
        return await page.afresh(words(language), owner, interview, zone_of(request))

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    page.blocks.load(first, None, page.everything, **quiet)
    page.language.input(afresh, [page.language, page.room.place], page.everything, **quiet)
