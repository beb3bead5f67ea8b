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


class Broken(Exception):
    """The tests can't be run: the tree can't be imported, or there is no such test."""


def passes(tree: Path, tests: Sequence[str]) -> bool:
    """Whether these tests pass in this tree. One that hangs does not. Raises Broken."""
    options = ("-x", "-q", "-p", "no:cacheprovider", "-m", "not browser and not postgres and not local_model")
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in (0, 1):
        raise Broken(done.stdout + done.stderr)
    return done.returncode == 0


def survives(tree: Path, file: str, mutant: Mutant) -> bool:
    """Raises Broken: it can't be planted, or what it makes is no program."""
    path = tree / file
    original = path.read_text(encoding="utf-8")
    if original.count(mutant.old) != 1:
        raise Broken(f"The old text occurs {original.count(mutant.old)} times in {file}.")
    path.write_text(original.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return passes(tree, [mutant.test])
    finally:
        path.write_text(original, encoding="utf-8")


def tried(chosen: Sequence[tuple[str, Mutant]], trees: Sequence[Path]) -> int:
    """How many are not killed, one a tree at a time."""
    free: queue.Queue[Path] = queue.Queue()
    for tree in trees:
        free.put(tree)

    def one(each: tuple[str, Mutant]) -> bool:
        tree = free.get()
        try:
            said = "SURVIVES" if survives(tree, *each) else "killed"
        except Broken as problem:
            said = f"{str(problem)[-2000:]}\nBROKEN"
        finally:
            free.put(tree)
        print(f"{said:8} {each[0]}: {each[1].what}", flush=True)
        return said != "killed"

    with ThreadPoolExecutor(len(trees)) as pool:
        return sum(pool.map(one, chosen))


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
        tests = sorted({mutant.test for _, mutant in chosen})
        if not passes(trees[0], tests):
            raise SystemExit(f"A test fails without any mutant; mend that first: pytest {' '.join(tests)}")
        alive = tried(chosen, trees)
    print(f"{len(chosen) - alive} of {len(chosen)} mutants killed")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
