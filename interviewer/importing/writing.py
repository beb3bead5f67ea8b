"""One file a question, under an id that is free. What is there already is never touched."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

import yaml

from interviewer.errors import InvalidInput
from interviewer.schema import Question

LONGEST_ID = 60

_HEAD = Path(__file__).with_name("draft.yaml")


def slug(text: str) -> str:
    """Its English words and digits, joined by hyphens; empty where there is no word."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    found = re.findall("[a-z0-9]+", re.sub("['’]", "", plain))
    if not re.search("[a-z]{2}", " ".join(found)):
        return ""
    while len("-".join(found)) > LONGEST_ID and len(found) > 1:
        found.pop()
    return "-".join(found)[:LONGEST_ID]


def free_id(wanted: str, taken: Collection[str]) -> str:
    """With a number where it is taken."""
    number, id_ = 1, wanted
    while id_ in taken:
        number += 1
        id_ = f"{wanted}-{number}"
    return id_


def write(folder: Path, question: Question) -> Path:
    """The file, whole or not at all.

    Raises:
        InvalidInput: there is one already, or it can't be written.
    """
    file = folder / question.topic / f"{question.id}.yaml"
    new = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(as_yaml(question), encoding="utf-8")
        file.open("x").close()  # takes the name, if nobody has
        new.replace(file)
    except FileExistsError:
        raise InvalidInput("file_exists", path=file) from None
    except OSError as problem:
        raise InvalidInput("unwritable_file", path=file, problem=problem.strerror) from None
    finally:
        with contextlib.suppress(OSError):
            new.unlink()
    return file


def as_yaml(question: Question) -> str:
    """Of a draft."""
    record = question.model_dump(mode="json", exclude_defaults=True, exclude={"draft"})
    body = yaml.dump(record, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return _HEAD.read_text(encoding="utf-8") + body


class _Dumper(yaml.SafeDumper):
    """Text of several lines as such, and nothing that refers to something else."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
