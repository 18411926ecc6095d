"""A language model, and how often it may be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from aiadmin.domain.ids import CompanyId


class ModelError(Exception):
    """The model gave no usable answer; the message says why in a word that may be logged."""


class LanguageModel(Protocol):
    """An endpoint that completes chats."""

    @property
    def is_abroad(self) -> bool:
        """Whether what it is shown leaves the country, which its salon has to agree to."""

    def complete(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> str:
        """Its answer, a text that should be JSON of this schema. One try, seconds at most.

        Raises:
            ModelError: no answer, a refusal, or one that was cut off.
        """
        ...


class ModelLimits(Protocol):
    """When a model may be asked. Never raises: where nothing can be counted it may not."""

    def is_resting(self, now: datetime) -> bool:
        """Whether it has failed so often that it is left alone."""

    def failed(self, now: datetime) -> None:
        """It did not answer, or not usefully."""

    def answered(self) -> None:
        """It answered."""

    def take(self, company_id: CompanyId, now: datetime) -> bool:
        """Count one; False where the day's are used up, or where that is not known."""
        ...
