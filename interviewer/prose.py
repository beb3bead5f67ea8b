"""The bank's Markdown as HTML: fenced code, tables, and formulas between dollar signs as MathML. For a terminal the
same Markdown with its formulas in Unicode.

HTML in the text stays text, so that nothing in a question can reach beyond its place in a page.
"""

from __future__ import annotations

from functools import cache
from html import escape

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from interviewer.formulas import unicode


def prose(text: str) -> Markup:
    return Markup(_markdown().render(text))  # noqa: S704  the parser escapes HTML


def inline(text: str) -> Markup:
    """What stands within a line, such as a statement: code and formulas, and nothing else. A star or an underscore is
    what it is."""
    return Markup(_within_a_line().renderInline(text))  # noqa: S704  the parser escapes HTML


def pieces(text: str) -> list[tuple[str, bool]]:
    """The same for a terminal: (text, whether it is code), formulas in Unicode."""
    [line] = _in_unicode(_within_a_line().parseInline(text))
    return [(piece.content, piece.type == "code_inline") for piece in line.children or ()]


def plain(text: str) -> str:
    """The same where there can be neither code nor formulas, such as in an attribute."""
    return "".join(piece for piece, _ in pieces(text))


def parsed(text: str) -> list[Token]:
    """The Markdown of a text, its formulas in Unicode."""
    return _in_unicode(_markdown().parse(text))


def _in_unicode(tokens: list[Token]) -> list[Token]:
    for token in tokens:
        if token.type.startswith("math"):
            token.content = unicode(token.content)
            token.type = "code_block" if token.type.startswith("math_block") else "text"
        _in_unicode(token.children or [])
    return tokens


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    return _with_formulas(parser)


@cache
def _within_a_line() -> MarkdownIt:
    return _with_formulas(MarkdownIt("zero", {"html": False}).enable("backticks"))


def _with_formulas(parser: MarkdownIt) -> MarkdownIt:
    return parser.use(dollarmath_plugin, renderer=_formula, double_inline=True, allow_digits=False, allow_space=False)


def _formula(latex: str, options: dict[str, bool]) -> str:
    """A formula that can't be read is shown as it was written."""
    try:
        return str(convert(latex, display="block" if options.get("display_mode") else "inline"))
    except Exception:  # the converter raises what it happens to meet
        return f"<code>{escape(latex)}</code>"
