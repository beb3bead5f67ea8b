"""How an attacker hides words: `{base64:…}`, `{homoglyph:…}` and the like in attacks.yaml."""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Callable, Mapping

_LOOK_ALIKE = str.maketrans("aceiopsxyjABCEHKMOPTX", "асеіорѕхујАВСЕНКМОРТХ")
_LEET = str.maketrans("aeiost", "431057")
_CALL = re.compile(r"\{([a-z0-9-]+):([^{}]*)\}")
_SLOT = re.compile(r"\{([a-z_]+)\}")


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _tags(text: str) -> str:
    """In Unicode's invisible tag characters."""
    return "".join(chr(0xE0000 + ord(c)) for c in text)


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "zero-width": "\u200b".join,
    "joiner": "\u2060".join,
    "soft-hyphen": "\u00ad".join,
    "homoglyph": lambda text: text.translate(_LOOK_ALIKE),
    "leet": lambda text: text.translate(_LEET),
    "full-width": _full_width,
    "spaced": " ".join,
    "dotted": ".".join,
    "tags": _tags,
    "bidi": lambda text: f"\u202e{text}\u202c",
    "escaped": lambda text: text.encode("unicode_escape").decode(),
    "entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "combining": lambda text: "".join(c + "\u0336" for c in text),
    "x20": lambda text: "\n".join([text] * 20),
    "x300": lambda text: " ".join([text] * 300),
}


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its slots filled and its disguises put on, slots first.

    Raises:
        KeyError: a slot or a disguise that doesn't exist.
    """
    held = {name: value.replace("{", "\ue000").replace("}", "\ue001") for name, value in values.items()}
    text = _SLOT.sub(lambda match: held[match[1]], template)
    text = _CALL.sub(lambda match: DISGUISES[match[1]](match[2]), text)
    return text.replace("\ue000", "{").replace("\ue001", "}")
