"""Arrows point one way: the core knows nothing of page and terminal; one module reads the environment."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "interviewer"
MODULES = sorted(PACKAGE.rglob("*.py"))
CORE = [m for m in MODULES if m.relative_to(PACKAGE).parts[0] not in ("web", "cli", "__main__.py")]


def imports(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def touches(module: Path, package: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for name in imports(module))


@pytest.mark.parametrize("module", CORE, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_the_core_imports_neither_page_nor_terminal(module: Path) -> None:
    for outer in ("gradio", "typer", "fastapi", "interviewer.web", "interviewer.cli"):
        assert not touches(module, outer), outer


def test_records_import_pydantic_only() -> None:
    allowed = {"__future__", "hashlib", "datetime", "typing", "pydantic"}
    assert {name.split(".")[0] for name in imports(PACKAGE / "schema.py")} <= allowed


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_the_environment_is_read_in_one_place(module: Path) -> None:
    if module.name == "settings.py":
        return
    source = module.read_text(encoding="utf-8")
    assert "os.getenv" not in source
    assert "os.environ.get" not in source
    assert "os.environ[" not in source or 'os.environ["GRADIO_ANALYTICS_ENABLED"] = ' in source


def test_the_core_starts_without_gradio_or_the_sdk() -> None:
    code = "import interviewer.session, interviewer.report, sys; print({'gradio', 'openai'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "set()"


def keys(tree: dict[str, object], prefix: str = "") -> set[str]:
    found = set()
    for name, value in tree.items():
        found |= keys(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}"}
    return found


@pytest.mark.parametrize("file", sorted((PACKAGE / "locales").glob("*.yaml")), ids=lambda f: f.stem)
def test_every_language_has_the_words_of_english_with_the_same_placeholders(file: Path) -> None:
    import string

    english = yaml.safe_load((PACKAGE / "locales" / "en.yaml").read_text(encoding="utf-8"))
    other = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert keys(other) == keys(english)

    def fields(text: object) -> set[str]:
        return {f for _, f, _, _ in string.Formatter().parse(str(text)) if f} if isinstance(text, str) else set()

    def compare(a: dict[str, object], b: dict[str, object], path: str) -> None:
        for name, value in a.items():
            if isinstance(value, dict):
                compare(value, b[name], f"{path}{name}.")  # type: ignore[arg-type]
            else:
                assert fields(value) == fields(b[name]), f"{path}{name}"

    compare(english, other, "")
