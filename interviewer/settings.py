"""The only reader of the environment. Everything else is handed a Settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs
from pydantic import SecretStr, ValidationError

from interviewer.errors import InvalidSetting
from interviewer.schema import Record

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "shipped"


def shipped(name: str) -> Path:
    """The folder `prompts` or `question_bank`: inside the package when installed, beside it in a checkout."""
    inside = _SHIPPED / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


class Settings(Record):
    host: str = "127.0.0.1"
    port: int = 7860
    data_folder: Path
    "Database, caches, calibrations. Created on first use."
    database_url: SecretStr
    "An SQLAlchemy async URL."
    banks: tuple[Path, ...] = ()
    "The user's own bank folders, beside the shipped one."
    api_key: SecretStr | None = None
    base_url: str | None = None
    "None: the openai package's own default."
    model: str | None = None
    allowed_endpoints: tuple[str, ...] = ()
    "Endpoints that a visitor may type into the page of a server that is not on loopback; URL prefixes."
    tiktoken_cache: Path | None = None
    "Where tiktoken keeps its vocabularies, if not in the usual place."
    input_price: float | None = None
    "US dollars per million input tokens."
    output_price: float | None = None
    timeout: float = 60.0
    "Seconds without a byte from the model before the call is given up."
    max_answer: int = 20_000
    "Characters; a longer answer is refused and stays in the box."
    language: str = "en"
    "Of the interface, until the visitor chooses."
    root_path: str = ""
    "Full URL of the app behind a reverse proxy."

    in_space: bool = False
    "Runs as a Hugging Face Space, inside a frame of another site."

    @property
    def has_model(self) -> bool:
        return self.model is not None and (self.api_key is not None or self.base_url is not None)

    @property
    def vocabulary_folders(self) -> tuple[Path, ...]:
        """Where the vocabulary for exact token counts may be."""
        return (self.data_folder, *([self.tiktoken_cache] if self.tiktoken_cache else []))

    @property
    def on_loopback(self) -> bool:
        return self.host in ("127.0.0.1", "localhost", "::1")


_VARIABLES = {
    "host": "INTERVIEWER_HOST",
    "port": "INTERVIEWER_PORT",
    "data_folder": "INTERVIEWER_DATA",
    "database_url": "INTERVIEWER_DATABASE_URL",
    "banks": "INTERVIEWER_BANKS",
    "api_key": "OPENAI_API_KEY",
    "base_url": "OPENAI_BASE_URL",
    "model": "INTERVIEWER_MODEL",
    "allowed_endpoints": "INTERVIEWER_ALLOWED_ENDPOINTS",
    "tiktoken_cache": "TIKTOKEN_CACHE_DIR",
    "input_price": "INTERVIEWER_INPUT_PRICE",
    "output_price": "INTERVIEWER_OUTPUT_PRICE",
    "timeout": "INTERVIEWER_TIMEOUT",
    "max_answer": "INTERVIEWER_MAX_ANSWER",
    "language": "INTERVIEWER_LANGUAGE",
    "root_path": "INTERVIEWER_ROOT_PATH",
}


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Raises:
        InvalidSetting: a variable can't be used; the message names it.
    """
    environ = os.environ if environ is None else environ
    given = {field: environ.get(name, "").strip() for field, name in _VARIABLES.items()}
    values: dict[str, object] = {field: value for field, value in given.items() if value}
    if environ.get("SPACE_ID"):
        values["in_space"] = True
        values.setdefault("host", "0.0.0.0")  # noqa: S104  a Space is reached from outside its container
    if "banks" in values:
        values["banks"] = tuple(Path(p) for p in str(values["banks"]).split(os.pathsep) if p)
    if "allowed_endpoints" in values:
        values["allowed_endpoints"] = tuple(str(values["allowed_endpoints"]).split())
    folder = Path(str(values.setdefault("data_folder", platformdirs.user_data_dir("interviewer")))).expanduser()
    values["data_folder"] = folder
    values["database_url"] = _async_url(str(values.get("database_url", f"sqlite:///{folder / 'interviewer.sqlite3'}")))
    try:
        return Settings.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        name = _VARIABLES.get(str(first["loc"][0]), str(first["loc"][0]))
        raise InvalidSetting("invalid_setting", name=name, problem=first["msg"]) from None


def _async_url(url: str) -> str:
    """The URL with the async driver that this program ships, where none is named."""
    for plain, driver in (
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgres://", "postgresql+psycopg://"),
        ("postgresql://", "postgresql+psycopg://"),
    ):
        if url.startswith(plain):
            return driver + url.removeprefix(plain)
    return url
