"""Puts the parts together, for the page and for the terminal alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interviewer import bank as banks
from interviewer.bank import Bank
from interviewer.grading import Grader
from interviewer.providers import ChatModel, Endpoint
from interviewer.providers.capabilities import Capabilities
from interviewer.session import Session
from interviewer.settings import Settings, shipped
from interviewer.store import Store

if TYPE_CHECKING:
    from interviewer.grading.llm import LlmGrader


@dataclass(frozen=True)
class Parts:
    settings: Settings
    bank: Bank
    store: Store
    session: Session
    capabilities: Capabilities

    def builtin(self) -> Grader:
        from interviewer.grading.builtin import BuiltinGrader

        return BuiltinGrader()

    def llm(self, endpoint: Endpoint) -> LlmGrader:
        from interviewer.grading.llm import LlmGrader

        return LlmGrader(self.model(endpoint), endpoint.parameters)

    def model(self, endpoint: Endpoint) -> ChatModel:
        from interviewer.providers.openai import OpenAIModel  # the SDK takes a second to import

        return OpenAIModel(endpoint, timeout=self.settings.timeout, capabilities=self.capabilities)

    def ask_anew(self, endpoint: Endpoint) -> None:
        """Forgets that the endpoint refused what is set now: another value may please it."""
        refused = self.capabilities.of(endpoint.id).refused
        kept = tuple(name for name in refused if name not in endpoint.parameters.given)
        self.capabilities.learn(endpoint.id, refused=kept)

    def left_out(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Parameters that are set and not sent, as the endpoint refused them."""
        refused = self.capabilities.of(endpoint.id).refused
        return tuple(name for name in endpoint.parameters.given if name in refused)

    def own_endpoint(self) -> Endpoint | None:
        """The operator's endpoint, from the environment."""
        settings = self.settings
        if not settings.has_model or settings.model is None:
            return None
        return Endpoint(
            base_url=settings.base_url,
            model=settings.model,
            api_key=settings.api_key,
            parameters=settings.parameters,
            input_price=settings.input_price,
            output_price=settings.output_price,
        )


def load_bank(settings: Settings) -> Bank:
    return banks.load((shipped("question_bank"), *settings.banks), settings.language, settings.data_folder)


@asynccontextmanager
async def assemble(settings: Settings, bank: Bank | None = None) -> AsyncIterator[Parts]:
    """Opens the store (and migrates it), and closes it again."""
    bank = bank or load_bank(settings)
    store = await Store.open(settings)
    try:
        session = Session(store, bank, max_answer=settings.max_answer)
        yield Parts(settings, bank, store, session, Capabilities(settings.data_folder))
    finally:
        await store.close()
