"""The only reader of the environment. Everything else is handed a Settings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError

from interviewer.errors import InvalidSetting
from interviewer.providers import Parameters
from interviewer.schema import Record

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "shipped"


def shipped(name: str) -> Path:
    """The folder `prompts` or `question_bank`: inside the package when installed, beside it in a checkout."""
    inside = _SHIPPED / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


class Settings(Record):
    host: str = "127.0.0.1"
    port: int = Field(7860, ge=1, le=65535)
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
    parameters: Parameters = Parameters()
    "Extra ones of the model."
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
        """Serves the owner of this machine and nobody else: not behind a proxy that makes it public."""
        return self.host in ("127.0.0.1", "localhost", "::1") and not self.root_path


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
    "reasoning_effort": "INTERVIEWER_REASONING_EFFORT",
    "temperature": "INTERVIEWER_TEMPERATURE",
    "max_tokens": "INTERVIEWER_MAX_TOKENS",
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
    values["parameters"] = {field: values.pop(field) for field in Parameters.model_fields if field in values}
    folder = Path(str(values.setdefault("data_folder", platformdirs.user_data_dir("interviewer")))).expanduser()
    values["data_folder"] = folder
    values["database_url"] = _async_url(str(values.get("database_url", f"sqlite:///{folder / 'interviewer.sqlite3'}")))
    try:
        return Settings.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        name = _VARIABLES.get(str(first["loc"][-1]), str(first["loc"][-1]))
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


# --- the way out, as the usual variables of other programs say --------------------------------------------------------


class ProxySetting(Record):
    variable: str
    url: SecretStr
    "May carry a password."

    @property
    def scheme(self) -> str:
        return self.url.get_secret_value().partition("://")[0].casefold()


def proxy(url: str) -> ProxySetting | None:
    """Of the environment, or else of the system, for a call to this address; None: straight out."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    found = {} if proxy_bypass(parts.netloc.rpartition("@")[2]) else getproxies()
    for kind in (parts.scheme, "all"):
        if named := found.get(kind):
            variables = (f"{kind}_proxy", f"{kind.upper()}_PROXY")
            variable = next((v for v in variables if os.environ.get(v)), variables[1])
            return ProxySetting(variable=variable, url=SecretStr(named if "://" in named else f"http://{named}"))
    return None


def certificates() -> tuple[str, Path] | None:
    """The variable that says which certificates to trust, and its path."""
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if path := os.environ.get(variable):
            return variable, Path(path)
    return None


@contextmanager
def without_the_way_out() -> Iterator[None]:
    """Hides these variables. Gradio makes an HTTP client when it is imported, though the start needs no network: a
    proxy or certificate that it can't use would keep the program from starting."""
    hidden = {k: v for k, v in os.environ.items() if k.casefold().endswith("_proxy") or k.startswith("SSL_CERT_")}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)
