"""Plants every mutant in a copy of the tree and runs its test. Status 1 if one survives.

    python -m tests.mutants [--jobs N] [WORD…]

WORD picks the mutants that name it in their file, words or test.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants import ROOT, Mutant, mutants

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "node_modules")
SECONDS = 240


def passes(tree: Path, tests: Sequence[str], show: bool = False) -> bool:
    """Whether these tests pass in this tree. One that hangs does not. `show`: say what fails."""
    options = ("-x", "-q", "-p", "no:cacheprovider", "-m", "not browser and not postgres and not local_model")
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in (0, 1, 2):  # 2: the mutant can't even be imported; 4, 5: there is no such test
        raise SystemExit(f"{' '.join(tests)}:\n{done.stdout}{done.stderr}")
    if show and done.returncode:
        print(done.stdout)
    return done.returncode == 0


def survives(tree: Path, file: str, mutant: Mutant) -> bool:
    path = tree / file
    original = path.read_text(encoding="utf-8")
    if original.count(mutant.old) != 1:
        raise SystemExit(f"{file}: “{mutant.what}” can't be planted any more: its old text occurs there "
                         f"{original.count(mutant.old)} times")  # fmt: skip
    path.write_text(original.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return passes(tree, [mutant.test])
    finally:
        path.write_text(original, encoding="utf-8")


def tried(chosen: Sequence[tuple[str, Mutant]], trees: Sequence[Path]) -> list[str]:
    """The mutants that survive, one a tree at a time."""
    free: queue.Queue[Path] = queue.Queue()
    for tree in trees:
        free.put(tree)

    def one(each: tuple[str, Mutant]) -> str:
        tree = free.get()
        try:
            survived = survives(tree, *each)
        finally:
            free.put(tree)
        line = f"{each[0]}: {each[1].what}"
        print("SURVIVES" if survived else "killed  ", line, flush=True)
        return line if survived else ""

    with ThreadPoolExecutor(len(trees)) as pool:
        return [line for line in pool.map(one, chosen) if line]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    wanted = parser.parse_args()
    chosen = [(f, m) for f, m in mutants() if all(word in f"{f} {m.what} {m.test}" for word in wanted.words)]
    with tempfile.TemporaryDirectory() as folder:
        trees = [Path(folder) / str(number) for number in range(min(wanted.jobs, len(chosen)) or 1)]
        for tree in trees:
            shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        if not passes(trees[0], sorted({mutant.test for _, mutant in chosen}), show=True):
            raise SystemExit("The tests fail without any mutant: mend that first.")
        alive = tried(chosen, trees)
    print(f"{len(chosen) - len(alive)} of {len(chosen)} mutants killed")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
