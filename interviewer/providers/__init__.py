"""Chat models, and how to get a record out of one.

openai.py        any server that speaks OpenAI's chat completions
scripted.py      says what it is told (tests, demonstrations)
structured.py    ask(): a validated record, whatever the endpoint can or can't do
reading.py       which record in a reply counts
chunks.py        what a stream or a whole reply says
faults.py        every error, in words for the person who must act, without the key
urls.py          base URLs as people paste them
capabilities.py  remembers what an endpoint can do
network.py       proxies and certificates
local.py         servers on this machine
endpoints.py     which endpoints a visitor may name
presets.py       well-known endpoints
check.py         tries an endpoint and says what it can do

Only openai.py imports the SDK, which takes seconds: import it where a model is really made.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal, Protocol, get_args
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, SecretStr

from interviewer.providers.urls import address
from interviewer.schema import JsonObject, Record, Usage

if TYPE_CHECKING:
    from interviewer.providers.capabilities import Capabilities

OPENAI_URL = "https://api.openai.com/v1"

Rung = Literal["json_schema", "tool", "json_object", "text"]
LADDER: tuple[Rung, ...] = ("json_schema", "tool", "json_object", "text")
"Ways of asking for a record, the most binding first."


Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
EFFORTS: tuple[Effort, ...] = get_args(Effort)


class Parameters(Record):
    """Extra parameters of a model; None: not set, and then it is not sent."""

    reasoning_effort: Effort | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    "Not set: 0, so that the same answer gets the same grade."
    max_tokens: int | None = Field(None, ge=256, le=200_000)
    "Of a reply, reasoning included."

    @property
    def given(self) -> dict[str, str | float | int]:
        return self.model_dump(exclude_none=True)

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.given.items())


class Endpoint(Record):
    """Where a model is served, and under which name. Safe to print: the key is never shown."""

    model_config = ConfigDict(hide_input_in_errors=True)

    base_url: str | None = None
    "None: OpenAI's own."
    model: str
    api_key: SecretStr | None = None
    parameters: Parameters = Parameters()
    input_price: float | None = None
    "US dollars per million tokens, like output_price; None where not known."
    output_price: float | None = None

    @property
    def url(self) -> str:
        """Without what people paste along with it: the call's path, an api-version."""
        return address(self.base_url or OPENAI_URL).url

    @property
    def query(self) -> dict[str, str]:
        """Sent with every call."""
        return address(self.base_url or OPENAI_URL).query

    @property
    def host(self) -> str:
        """Host and port, without anything secret that a URL may carry."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def is_local(self) -> bool:
        """On this machine or in its own network, by the address alone: no name is looked up."""
        name = (urlsplit(self.url).hostname or "").rstrip(".")
        try:
            address = ip_address(name)
        except ValueError:
            return "." not in name or name.endswith((".localhost", ".local", ".lan", ".internal", ".home.arpa"))
        return address.is_loopback or address.is_private

    @property
    def id(self) -> str:
        """What the memory of capabilities goes by."""
        return f"{self.model} @ {self.host}{urlsplit(self.url).path}"


class Message(Record):
    role: Literal["system", "user", "assistant"]
    content: str


class Shape(Record):
    """The form that a reply should have."""

    rung: Rung
    definition: JsonObject
    "JSON Schema of the record."


class Delta(Record):
    """A piece of a reply as it comes in."""

    text: str = ""
    thinking: bool = False
    "The model reasons; that text is not part of the reply and is not kept."
    waiting: float | None = None
    "Nothing has come: the endpoint is asked again in so many seconds."
    ended: Literal["length", "unsaid"] | None = None
    """Last: the reply reached the limit of its length; or the endpoint says that it is done, and not that the model is.
    Then only a whole record counts."""


class ChatModel(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def host(self) -> str:
        """Of the endpoint, with its port."""
        ...

    @property
    def id(self) -> str:
        """Model and endpoint, as `Capabilities` knows them."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def first_rung(self) -> Rung:
        """Where to start on the ladder while nothing is remembered."""
        ...

    @property
    def keeps_limits(self) -> bool:
        """Whether limits of length in a schema are kept to, as engines do that write by a grammar. Hosted ones mostly
        refuse such a schema."""
        ...

    def stream(self, messages: Sequence[Message], shape: Shape | None = None) -> AsyncGenerator[Delta | Usage, None]:
        """The reply piece by piece, and last of all what it used. Closing the generator ends the call.

        Raises:
            ProviderError: the call failed; nothing more comes.
        """
        ...
