"""LaTeX → a formula in one line of Unicode, for where there is no MathML: 10⁻⁸, (p − 1)/p, ∑ⱼ x_w."""

from __future__ import annotations

import re
from html import unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

_RAISED = dict(
    zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzT⊤′",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵀ′",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+−-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_ACCENTS = {"^": "\u0302", "~": "\u0303", "―": "\u0305", "¯": "\u0305", "→": "\u20d7"}
_SPACED = frozenset("=<>≤≥≈≠≡±×·⋅∼~→←↦⇒∈∘⊙≻≺∝≪≫+−-∑∏∫∣") | {"min", "max", "arg", "lim"}
"Operators with space around them."
_ONE = re.compile(rf"(\d+(\.\d+)?|[^\W\d]([{''.join(_LOWERED.values())}]*|_\w+)(\(\S*\))?)")
"A number, a letter with its index, or a function of something."
_TIDY = ((r"\s+", " "), (r"(?<=[(\[]) | (?=[)\],])|(?<=\w) (?=\()", ""), (r"((?:^|[(\[,]|[=<>≈∝] ?)[+−±]) ", r"\1"))
"No space inside brackets, between a function and its argument, and after a sign."


def unicode(latex: str) -> str:
    """One that can't be read stays as it was written."""
    try:
        line = _line(convert_to_element(latex))
    except Exception:  # the converter raises what it happens to meet
        return latex
    for pattern, tidy in _TIDY:
        line = re.sub(pattern, tidy, line.strip())
    return line


def _line(element: Element) -> str:
    parts = [_line(child) for child in element]
    match element.tag.rpartition("}")[2], parts:
        case "mfrac", [over, under]:
            line = f"{_whole(over)}/{_whole(under)}"
            return f" {line} " if re.fullmatch(r"\w/\w", line) else f"({line})"
        case "msqrt", _:
            return f"√{_whole(''.join(parts))}"
        case "mroot", [under, degree]:
            return f"{_script(degree, _RAISED, '^')}√{_whole(under)}"
        case "msub" | "munder", [base, low]:
            return _spaced_after(base, _script(low, _LOWERED, "_"))
        case "msup", [base, high]:
            return _spaced_after(base, _script(high, _RAISED, "^"))
        case "mover", [base, high]:
            return base + (_ACCENTS.get(high.strip()) or _script(high, _RAISED, "^"))
        case "msubsup" | "munderover", [base, low, high]:
            return _spaced_after(base, _script(low, _LOWERED, "_") + _script(high, _RAISED, "^"))
        case "mtable", rows:
            return "; ".join(rows)
        case "mtr", cells:
            return ", ".join(cells)
        case "mspace", _:
            return " "
        case "mo" | "mi", []:
            text = unescape(element.text or "")
            return f" {text} " if text in _SPACED or len(text) > 1 else text
    return unescape(element.text or "") + "".join(parts)


def _spaced_after(base: str, script: str) -> str:
    """log₂ x: the space after a word belongs after its index."""
    return f"{base.rstrip()}{script}{' ' if base.endswith(' ') else ''}"


def _script(text: str, letters: dict[str, str], otherwise: str) -> str:
    text = text.replace(" ", "")
    if all(letter in letters for letter in text):
        return "".join(letters[letter] for letter in text)
    alone = len(text) == 1 or (text.isascii() and text.isalnum())
    return f"{otherwise}{text}" if alone else f"{otherwise}({text})"


def _whole(text: str) -> str:
    """In brackets where it is more than one thing."""
    text = text.strip()
    return text if _ONE.fullmatch(text) else f"({text})"
