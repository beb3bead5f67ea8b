"""Runs every measurement and writes bench/README.md.

    python -m bench [--data FOLDER] [NAME…]

NAME: tokens, start, page, bank, search, stored, faultless, human, looks. FOLDER holds answers graded by people (see
bench/human.py); without it that part keeps the figures of the last run. `make measured` writes the part `measured`.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

README = Path(__file__).parent / "README.md"
RIVAL_OF = "2026-11-21"
SOURCES = (
    "95 % intervals by bootstrap over questions. Sources and licences: Mohler et al. 2011 (CC-BY-4.0), SAF "
    "(Filighera et al. 2022, MIT), SciEntsBank (SemEval-2013 task 7, CC-BY-SA), SAS-Datasets LE (Apache-2.0)."
)


def sections(data: Path | None) -> dict[str, tuple[str, Callable[[], list[str]] | None]]:
    from bench import (
        bank_speed,
        faultless,
        interview_tokens,
        page_latency,
        search_quality,
        second_looks,
        start_time,
        stored,
    )

    return {
        "tokens": ("Input tokens of whole interviews", interview_tokens.main),
        "start": ("Start", start_time.main),
        "page": ("What the page adds", page_latency.main),
        "bank": ("The bank", bank_speed.main),
        "search": ("What a search finds", search_quality.main),
        "stored": ("What an interview takes to store", stored.main),
        "measured": ("The built-in check on the bank's labelled answers", None),
        "faultless": ("What a faultless model loses to terms", faultless.main),
        "human": (
            "The built-in check's fallback on answers graded by people",
            (lambda: [*said("human", str(data)), "", SOURCES]) if data else None,
        ),
        "looks": ("Second looks", second_looks.main),
    }


def said(script: str, *arguments: str) -> list[str]:
    """What a measurement that is a program of its own prints."""
    command = [sys.executable, "-m", f"bench.{script}", *arguments]
    done = subprocess.run(command, cwd=README.parents[1], capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--data", type=Path, help="folder of *.jsonl files graded by people")
    arguments = parser.parse_args()
    old = README.read_text(encoding="utf-8") if README.exists() else ""
    parts = [heading()]
    for name, (title, measure) in sections(arguments.data).items():
        wanted = measure is not None and (not arguments.names or name in arguments.names)
        lines = stamped(measure()) if measure is not None and wanted else kept(old, name)
        parts.append(f"## {title}\n\n<!-- {name} -->\n" + "\n".join(lines) + f"\n<!-- /{name} -->")
        README.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        print(parts[-1], flush=True)


def heading() -> str:
    return (
        "# Measurements\n\n"
        "Written by `make bench` (or `python -m bench NAME` for one part). Another program's figures are constants: "
        f"IliaLarchenko/Interviewer, measured on {RIVAL_OF} with a scripted server and answers of the same length. "
        "Ratios to an empty Gradio app are taken in the same run; absolute times are of the machine named with them."
    )


def stamped(lines: list[str]) -> list[str]:
    cores, load = os.cpu_count(), os.getloadavg()[0]
    machine = f"{cores} cores, load {load:.1f}, Python {platform.python_version()}, gradio {version('gradio')}"
    return [*lines, "", f"{datetime.now(UTC):%Y-%m-%d}; {machine}."]


def kept(old: str, name: str) -> list[str]:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", old, re.DOTALL)
    return found[1].splitlines() if found else ["Not measured yet."]


if __name__ == "__main__":
    main()
