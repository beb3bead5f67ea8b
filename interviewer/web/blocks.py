"""Gradio's Blocks, but for what it logs: where a request doesn't fit its handler, gradio prints the values that came,
and among those may be a key."""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr

log = logging.getLogger(__name__)


class Blocks(gr.Blocks):
    async def preprocess_data(self, block_fn: Any, *more: Any, **named: Any) -> Any:
        try:
            return await super().preprocess_data(block_fn, *more, **named)
        except Exception as problem:
            log.warning("inputs that don't fit %s: %s", block_fn.name, type(problem).__name__)
            raise gr.Error("inputs that don't fit", print_exception=False) from None
