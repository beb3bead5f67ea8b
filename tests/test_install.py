"""From a built wheel in an empty environment: the console script finds its prompts and questions from anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.install
@pytest.mark.timeout(600)
def test_the_wheel_brings_its_prompts_and_questions(tmp_path: Path) -> None:
    def sh(*command: str | Path, cwd: Path = tmp_path) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEWER_", "OPENAI_", "VIRTUAL"))}
        environment["INTERVIEWER_DATA"] = str(tmp_path / "data")
        done = subprocess.run([str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__", "*.sqlite3*")
    shutil.copytree(ROOT, source, ignore=ignored)
    python = tmp_path / "env" / "bin" / "python"
    uv = shutil.which("uv")
    if uv:
        sh(uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env")
        sh(uv, "build", "--quiet", "--wheel", "--out-dir", tmp_path, source)
        sh(uv, "pip", "install", "--quiet", "--python", python, *tmp_path.glob("*.whl"))
    else:
        pip = (sys.executable, "-m", "pip", "--quiet", "--python", python)
        sh(sys.executable, "-m", "venv", "--without-pip", tmp_path / "env")
        sh(*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, source)
        sh(*pip, "install", "--no-compile", *tmp_path.glob("interviewer*.whl"))  # most of it is never imported
    shutil.rmtree(source)
    interviewer = tmp_path / "env" / "bin" / "interviewer"
    assert "no faults" in sh(interviewer, "bank", "check")
    (tmp_path / "answer.txt").write_text("The cache keeps keys and values, 80 GiB for one sequence.")
    graded = sh(interviewer, "grade", "keys-values-not-queries", "--answer-file", tmp_path / "answer.txt")
    assert "%" in graded
    prompt = "from interviewer.prompts import render; print(render('grade_answer'))"
    assert "criter" in sh(python, "-c", prompt)
    sh(python, "-c", "import interviewer.web.server")
