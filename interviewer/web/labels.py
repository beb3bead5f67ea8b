"""Everything with words on it, so that a switch of language says it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import gradio as gr

from interviewer.locales import Words

Say = str | Callable[[Words], Any]
"A key of the locale files, or what makes a property (such as choices) out of a language's words."
Updates = dict[Any, Any]
"From components to what changes about them: what every handler returns."
Made = TypeVar("Made")

CLICKS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button || button.disabled) return;
  button.disabled = true;  // against a second click; what comes back may be the same button
  setTimeout(() => { button.disabled = false; }, 1000);
  const form = button.closest("[data-form]");
  if (form) trigger("submit", { ...button.dataset, text: form.querySelector("textarea").value });
  else trigger(button.dataset.do.startsWith("grade") ? "retry" : "click", { ...button.dataset });
});
"""
"""For HTML with buttons in it: a click hands their data attributes to the handler of `click`; a button in a data-form
hands what is typed there to that of `submit`, too. What has answers graded takes long: that is `retry`."""


class Labels:
    def __init__(self, w: Words) -> None:
        self._first = w
        self._said: list[tuple[Any, Mapping[str, Say]]] = []

    def make(self, kind: Callable[..., Made], said: Mapping[str, Say], **properties: Any) -> Made:
        component = kind(**_in(self._first, said), **properties)
        self._said.append((component, said))
        return component

    @property
    def components(self) -> list[Any]:
        return [component for component, _ in self._said]

    def updates(self, w: Words) -> Updates:
        return {component: gr.update(**_in(w, said)) for component, said in self._said}


def clickable(elem_id: str) -> gr.HTML:
    """HTML whose buttons carry data-do; its click event hands their data attributes on."""
    return gr.HTML(elem_id=elem_id, apply_default_css=False, js_on_load=CLICKS)


def plain(elem_id: str) -> gr.HTML:
    return gr.HTML(elem_id=elem_id, apply_default_css=False, js_on_load=None)


def merged(*updates: Updates) -> Updates:
    """The later ones win, property by property."""
    together: Updates = {}
    for update in updates:
        for component, change in update.items():
            together[component] = {**together.get(component, {}), **change}
    return together


def _in(w: Words, said: Mapping[str, Say]) -> dict[str, Any]:
    return {name: w(say) if isinstance(say, str) else say(w) for name, say in said.items()}
