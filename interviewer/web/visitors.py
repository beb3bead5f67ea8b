"""Who is here, as far as this process knows: the cookie, the language, typed-in endpoints, gradings under way.

Endpoints with their keys live in this memory only, each visible to its owner alone; a restart forgets them.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from interviewer.assembly import Parts
from interviewer.bank import Bank
from interviewer.errors import GradingFailed, NotAllowed, NotFound
from interviewer.grading import Grader, Report, Task
from interviewer.locales import languages
from interviewer.providers import Endpoint, endpoints
from interviewer.schema import Grade, GraderName, Interview
from interviewer.settings import Settings
from interviewer.web.gradings import Gradings
from interviewer.web.second_looks import SecondLooks

if TYPE_CHECKING:
    from interviewer.grading.llm import LlmGrader

OWNER = "interviewer_owner"
"The cookie that says whose interviews these are: a random bearer token, not readable by scripts."
LANGUAGE = "interviewer_language"
"The cookie with the visitor's choice of language, written by the page."
ZONE = "interviewer_zone"
"The cookie with the name of the visitor's time zone, written by the page."
_REMEMBERED = 1000


class Carrier(Protocol):
    """A request, gradio's or starlette's."""

    @property
    def cookies(self) -> Mapping[str, str]: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class Visitors:
    def __init__(self, settings: Settings, bank: Bank) -> None:
        self.settings = settings
        self.bank = bank
        self._parts: Parts | None = None
        self._endpoints: OrderedDict[str, Endpoint] = OrderedDict()
        self.gradings = Gradings()
        self.second_looks = SecondLooks(self.gradings)

    @property
    def parts(self) -> Parts:
        if self._parts is None:
            raise RuntimeError("the server has not started")
        return self._parts

    def open(self, parts: Parts) -> None:
        self._parts = parts

    def language(self, request: Carrier) -> str:
        """The visitor's choice; else the browser's first language that there are words for; else the setting."""
        chosen = request.cookies.get(LANGUAGE)
        if chosen in languages():
            return chosen
        for wanted in re.split(r"\s*,\s*", request.headers.get("accept-language", "").lower()):
            name = re.split(r"[-;]", wanted)[0].strip()
            if name in languages():
                return name
        return self.settings.language

    async def finished(self, interview_id: str, owner: str) -> Interview:
        """An interview whose report may be read: before its end the report would give answers away.

        Raises:
            NotFound: there is none, it is somebody else's, or it is not over yet.
        """
        interview = await self.parts.session.load(interview_id, owner)
        if interview.finished_at is None:
            raise NotFound("report_not_ready")
        return interview

    # --- graders ------------------------------------------------------------------------------------------------------

    def use_endpoint(self, owner: str, endpoint: Endpoint | None) -> None:
        self._endpoints.pop(owner, None)
        if endpoint is not None:
            self._endpoints[owner] = endpoint
            if len(self._endpoints) > _REMEMBERED:
                self._endpoints.popitem(last=False)

    def endpoint(self, owner: str) -> Endpoint | None:
        """The visitor's own endpoint; else the operator's."""
        return self._endpoints.get(owner) or self.parts.own_endpoint()

    def typed_endpoint(self, owner: str) -> Endpoint | None:
        return self._endpoints.get(owner)

    async def grader(self, owner: str, name: GraderName) -> Grader:
        if name == "builtin":
            return self.parts.builtin()
        endpoint = self.endpoint(owner)
        if endpoint is None:
            return Refusing(GradingFailed("no_endpoint"))
        try:
            await self.check_allowed(owner)
        except NotAllowed as refusal:
            return Refusing(GradingFailed(refusal.key, **refusal.values))
        return self.parts.llm(endpoint)

    async def clarifier(self, owner: str, name: GraderName) -> LlmGrader | None:
        """Who words clarifications and hints: a model, where one may be asked."""
        endpoint = self.endpoint(owner)
        if name == "builtin" or endpoint is None:
            return None
        try:
            await self.check_allowed(owner)
        except NotAllowed:
            return None
        return self.parts.llm(endpoint)

    async def check_allowed(self, owner: str) -> None:
        """Again before each use: what a host's name leads to may have changed.

        Raises:
            NotAllowed: this server must not be made to call that endpoint.
        """
        typed = self._endpoints.get(owner)
        if typed is not None:
            await endpoints.allowed(typed.url, self.settings)


class Refusing:
    """Stands in for a grader that can't be had: the answer is kept, and can be graded once there is one."""

    def __init__(self, reason: GradingFailed) -> None:
        self.reason = reason

    def fingerprint(self, task: Task) -> str:
        return "none"

    async def grade(self, task: Task, report: Report | None = None) -> Grade:
        raise self.reason


def owner_of(request: Carrier) -> str:
    """The visitor's token; empty without one, and then nothing is theirs."""
    token = request.cookies.get(OWNER, "")
    return token if re.fullmatch(r"[\w-]{32,64}", token) else ""


def known(request: Carrier) -> str:
    """The visitor's token.

    Raises:
        NotAllowed: the browser sent none.
    """
    owner = owner_of(request)
    if not owner:
        raise NotAllowed("no_cookie")
    return owner


def zone_of(request: Carrier) -> tzinfo:
    """The visitor's time zone; UTC where the browser has not said it, or says what is none."""
    name = request.cookies.get(ZONE, "")
    if not re.fullmatch(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}", name):
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such zone, or a folder of zones
        return UTC
