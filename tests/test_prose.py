"""Code and formulas are shown as such: as HTML on the page and in the report, in Unicode at a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from markdown_it.token import Token
from pydantic import BaseModel
from rich.console import Console

from interviewer import bank as banks
from interviewer import formulas, prose
from interviewer.cli import show
from interviewer.settings import shipped


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"0.9^8 \approx 43\%", "0.9⁸ ≈ 43%"),
        (r"2\frac{p-1}{p}S", "2((p − 1)/p)S"),
        (r"\frac{1}{2}x", "1/2 x"),
        (r"\log\frac{\pi(y_w)}{\pi_{ref}(y_w)}", "log(π(y_w)/π_ref(y_w))"),
        (r"q_m^\top k_n = q^\top R((n-m)\theta)\,k", "qₘᵀkₙ = qᵀR((n − m)θ) k"),
        (r"\theta_i = 10000^{-2i/d}", "θᵢ = 10000^(−2i/d)"),
        (r"\sigma(-\text{分差})", "σ(−分差)"),
        (r"-\ln\sigma(1) = \ln(1+e^{-1})", "−ln σ(1) = ln(1 + e⁻¹)"),
        (r"x = -1 \cdot y", "x = −1 · y"),
        (r"\mathrm{KL}(\pi\|\pi^*)", "KL(π‖π^*)"),
        (r"\sqrt{\mathrm{mean}(x^2)+\epsilon}", "√(mean(x²) + ϵ)"),
        (r"\sqrt[3]{x}", "³√x"),
        (r"\text{softmax}(QK^\top/\sqrt{d_k})V", "softmax(QKᵀ/√dₖ)V"),
        (r"\sum_{j=1}^n e^{s_j}", "∑ⱼ₌₁ⁿ e^(sⱼ)"),
        (r"\hat{A} \in \mathbb{R}^{n\times d}", "Â ∈ ℝ^(n×d)"),
        (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "(a, b; c, d)"),
        (r"26{,}000", "26,000"),
        (r"\frac{", r"\frac{"),
    ],
)
def test_a_formula_is_said_in_one_line_and_never_means_something_else(latex: str, line: str) -> None:
    assert formulas.unicode(latex) == line.replace("Â", "A\u0302")


def words_of(record: Any) -> Iterator[str]:
    """Every string in a record."""
    if isinstance(record, str):
        yield record
    elif isinstance(record, BaseModel):
        for name in type(record).model_fields:
            yield from words_of(getattr(record, name))
    elif isinstance(record, tuple):
        for part in record:
            yield from words_of(part)


def every_formula() -> set[str]:
    found: set[str] = set()

    def collect(tokens: list[Token]) -> None:
        for token in tokens:
            if token.type.startswith("math"):
                found.add(token.content)
            collect(token.children or [])

    for question in banks.load((shipped("question_bank"),)).questions.values():
        for text in words_of(question):
            collect(prose._markdown().parse(text))
    return found


def test_every_formula_of_the_bank_can_be_read_on_the_page_and_at_a_terminal() -> None:
    found = every_formula()
    assert found
    for latex in found:
        assert "<math" in prose.prose(f"${latex.strip()}$"), latex
        assert not set("\\{") & set(formulas.unicode(latex).replace("\\{", "")), latex


def test_within_a_line_code_and_formulas_are_set_apart_and_nothing_else_is() -> None:
    html = prose.inline("Says `a_b*c` and $x_1^2$, that 2 * 3 * 4 is 24, __init__, $5 and $6, <b>.")
    assert "<code>a_b*c</code>" in html
    assert "<math" in html
    assert "2 * 3 * 4" in html
    assert "__init__, $5 and $6, &lt;b&gt;." in html
    assert "<em>" not in html
    assert "<p>" not in html


def test_where_there_can_be_no_markup_the_words_are_plain() -> None:
    assert prose.plain("Says `a_b` and $x_1^2$.") == "Says a_b and x₁²."


def shown(thing: Any) -> str:
    page = io.StringIO()
    Console(file=page, width=60, force_terminal=False).print(thing)
    return page.getvalue()


def test_a_terminal_shows_code_as_it_stands_and_formulas_in_unicode() -> None:
    text = (
        "It costs $2\\frac{p-1}{p}S$ bytes.\n\n$$\n\\sum_j e^{s_j}\n$$\n\n```python\nfor x in y:\n    print($x$)\n```"
    )
    out = shown(show.markdown(text))
    assert "It costs 2((p − 1)/p)S bytes." in out
    assert "∑ⱼ e^(sⱼ)" in out
    assert "     print($x$)" in out
    assert "```" not in out
    assert shown(show.inline("Says `a_b` and $x_1^2$.")).strip() == "Says a_b and x₁²."
