from __future__ import annotations

import os
from pathlib import Path

import pytest

from interviewer.errors import InvalidSetting
from interviewer.settings import read

ROOT = Path(__file__).parent.parent


def test_without_any_variable_the_embedded_default_holds() -> None:
    settings = read({})
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.database_url.get_secret_value().startswith("sqlite+aiosqlite:///")
    assert not settings.has_model


def test_white_space_around_a_value_is_dropped() -> None:
    environ = {
        "OPENAI_API_KEY": " sk-1\n",
        "INTERVIEWER_MODEL": "m ",
        "INTERVIEWER_PORT": " 80 ",
        "OPENAI_BASE_URL": " ",
    }
    settings = read(environ)
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "sk-1"
    assert (settings.model, settings.port, settings.base_url) == ("m", 80, None)


def test_a_key_is_never_shown() -> None:
    secrets = {"OPENAI_API_KEY": "sk-secret", "INTERVIEWER_DATABASE_URL": "postgresql://u:pw-secret@h/d"}
    settings = read(secrets)
    assert "secret" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_postgres_is_chosen_by_url_with_the_async_driver() -> None:
    for url in ("postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d"):
        settings = read({"INTERVIEWER_DATABASE_URL": url})
        assert settings.database_url.get_secret_value() == "postgresql+psycopg://h/d"


def test_a_setting_that_cannot_be_used_is_named() -> None:
    for name, value in (("INTERVIEWER_PORT", "http"), ("INTERVIEWER_TIMEOUT", "soon")):
        with pytest.raises(InvalidSetting, match=name):
            read({name: value})


def test_parameters_of_the_model_are_read_and_sent_only_when_set() -> None:
    assert read({}).parameters.given == {}
    environ = {
        "INTERVIEWER_REASONING_EFFORT": "high",
        "INTERVIEWER_TEMPERATURE": "0.7",
        "INTERVIEWER_MAX_TOKENS": "900",
    }
    given = {"reasoning_effort": "high", "temperature": 0.7, "max_tokens": 900}
    assert read(environ).parameters.given == given


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERVIEWER_REASONING_EFFORT", "very"),
        ("INTERVIEWER_TEMPERATURE", "2.5"),
        ("INTERVIEWER_TEMPERATURE", "nan"),
        ("INTERVIEWER_TEMPERATURE", "warm"),
        ("INTERVIEWER_MAX_TOKENS", "10"),
        ("INTERVIEWER_MAX_TOKENS", "8000.5"),
        ("INTERVIEWER_PORT", "0"),
        ("INTERVIEWER_PORT", "65536"),
    ],
)
def test_a_value_out_of_range_is_named_in_one_line(name: str, value: str) -> None:
    with pytest.raises(InvalidSetting, match=name) as caught:
        read({name: value})
    assert "\n" not in str(caught.value)


def test_bank_folders_are_a_path_list() -> None:
    settings = read({"INTERVIEWER_BANKS": os.pathsep.join(["/a", "/b", ""])})
    assert settings.banks == (Path("/a"), Path("/b"))


def test_in_a_space_it_serves_to_the_outside() -> None:
    settings = read({"SPACE_ID": "me/interviewer"})
    assert settings.host == "0.0.0.0"
    assert settings.in_space
    assert not settings.on_loopback


def test_every_variable_is_in_the_readme() -> None:
    from interviewer import settings as module

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in module._VARIABLES.values():
        assert name in readme, name


def test_lock_files_name_no_host() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        assert "://" not in lock.read_text(encoding="utf-8"), lock.name


def test_every_dependency_is_bounded_and_pinned() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").casefold()
    for requirement in project["dependencies"]:
        assert "<" in requirement, requirement
        name = requirement.split("[")[0].split(">")[0]
        assert f"\n{name}[" in f"\n{pins}" or f"\n{name}==" in f"\n{pins}", name
