"""The bank's Markdown as HTML: fenced code, tables, and formulas between dollar signs as MathML.

HTML in the text stays text, so that nothing in a question can reach beyond its place in a page.
"""

from __future__ import annotations

from functools import cache
from html import escape

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin


def prose(text: str) -> Markup:
    return Markup(_parser().render(text))  # noqa: S704  the parser escapes HTML


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    return parser.use(dollarmath_plugin, renderer=_formula, double_inline=True, allow_digits=False, allow_space=False)


def _formula(latex: str, options: dict[str, bool]) -> str:
    """A formula that can't be read is shown as it was written."""
    try:
        return str(convert(latex, display="block" if options.get("display_mode") else "inline"))
    except Exception:  # the converter raises what it happens to meet
        return f"<code>{escape(latex)}</code>"
