"""Understanding: the rules first, and a model only where they are not sure and the salon has one.

Whatever goes wrong with the model, what the rules have read stands.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import structlog

from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import (
    Abuse,
    Command,
    Complaint,
    HealthMatter,
    Injection,
    NotUnderstood,
    Spam,
    Stop,
    WantHuman,
)
from aiadmin.domain.chat.model.answer import commands_of, joined
from aiadmin.domain.chat.model.pseudonyms import pseudonymised
from aiadmin.domain.chat.model.task import LONGEST_TEXT, SCHEMA, ModelTask, task_of
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.ids import CompanyId
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.language_model import LanguageModel, ModelError, ModelLimits

log = structlog.get_logger(__name__)

_SETTLED = (Injection, Spam, Abuse, Stop, Complaint, HealthMatter, WantHuman)
"""What is clear enough: a hostile text is shown to nobody, and a human is called anyway."""


class Reader(StrEnum):
    """Who has read a burst, and why a model that there is was not heard."""

    RULES = "rules"
    MODEL = "model"
    NOT_ALLOWED = "rules: the salon has not agreed to a model abroad"
    BREAKER = "rules: the model rests"
    BUDGET = "rules: the day's questions are used up"
    NO_ANSWER = "rules: the model gave no usable answer"
    NOTHING_NEW = "rules: the model knew no better"


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What a burst means, and by whose reading."""

    commands: tuple[Command, ...]
    by: Reader = Reader.RULES


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What a model needs beside the burst.

    Attributes:
        names: what the client is called, which is not shown.
        question: our last question.
    """

    company_id: CompanyId
    salon: SalonView
    names: Collection[str] = ()
    question: str = ""

    @classmethod
    def of(cls, company_id: CompanyId, situation: Situation, question: str) -> Exchange:
        """As a turn begins."""
        names = [one for one in (situation.client.name, situation.dialogue.name) if one]
        return cls(company_id=company_id, salon=situation.salon, names=names, question=question)


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """Reads bursts.

    Attributes:
        model: None where none is configured.
    """

    clock: Clock
    model: LanguageModel | None = None
    limits: ModelLimits | None = None

    def read(self, burst: Burst, context: ReadingContext, exchange: Exchange) -> Understood:
        """What a burst means. Never raises for what the model does."""
        by_rules = read(burst, context)
        if self.model is None or not _is_unsure(by_rules) or len(burst.text) > LONGEST_TEXT:
            return Understood(commands=by_rules)
        refused = self._refusal(self.model, exchange)
        if refused is not None:
            return Understood(commands=by_rules, by=refused)
        task = _task(burst.text, context, exchange)
        by_model = self._ask(self.model, task, burst.text, context)
        if by_model is None:
            return Understood(commands=by_rules, by=Reader.NO_ANSWER)
        commands = joined(by_rules, by_model)
        return Understood(commands=commands, by=Reader.NOTHING_NEW if commands == by_rules else Reader.MODEL)

    def _refusal(self, model: LanguageModel, exchange: Exchange) -> Reader | None:
        """Why it is not asked; a question that is not asked is not counted."""
        now = self.clock()
        if model.is_abroad and not exchange.salon.bot.model_abroad:
            return Reader.NOT_ALLOWED
        if self.limits is None or self.limits.is_resting(now):
            return Reader.BREAKER
        if not self.limits.take(exchange.company_id, now):
            return Reader.BUDGET
        return None

    def _ask(
        self, model: LanguageModel, task: ModelTask, text: str, context: ReadingContext
    ) -> tuple[Command, ...] | None:
        try:
            commands = commands_of(model.complete(task.messages, SCHEMA), task, text, context)
        except ModelError as error:
            log.warning("the model did not answer", error=str(error))
            commands = None
        if self.limits is not None and commands is None:
            self.limits.failed(self.clock())
        elif self.limits is not None:
            self.limits.answered()
        return commands


def _is_unsure(commands: Collection[Command]) -> bool:
    is_settled = any(isinstance(one, _SETTLED) for one in commands)
    return not is_settled and any(isinstance(one, NotUnderstood) for one in commands)


def _task(text: str, context: ReadingContext, exchange: Exchange) -> ModelTask:
    salon, words = exchange.salon, context.vocabulary
    offered = salon.bot.offered_staff
    staff = [(who, one.name) for who, one in sorted(salon.staff.items()) if offered is None or who in offered]
    return task_of(
        pseudonymised(text, names=exchange.names, vocabulary=words),
        question=pseudonymised(exchange.question, names=exchange.names, vocabulary=words),
        services=[(number, one.title) for number, one in sorted(salon.services.items())],
        staff=staff,
    )
