"""The overview of a salon: what its messages have brought, who needs its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.manage.figures import (
    AnswerDay,
    Attention,
    Figures,
    FirstSteps,
    each_day,
    first_moment,
)
from aiadmin.storage.unit_of_work import UnitOfWork

LATELY = timedelta(days=3)
"""So long a message that reached nobody is worth a call."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Everything on a salon's overview but how it stands."""

    figures: Figures
    steps: FirstSteps
    days: Sequence[AnswerDay]
    attention: Sequence[Attention]


def summary(company_id: CompanyId, *, zone: str, is_bot_on: bool, work: UnitOfWork, now: datetime) -> Summary:
    """What is known of the last two weeks. Raises DependencyDownError."""
    local = now.astimezone(ZoneInfo(zone))
    since = first_moment(local)
    figures, steps = work.figures.counts(company_id, now, since=since, is_bot_on=is_bot_on)
    return Summary(
        figures=figures,
        steps=steps,
        days=each_day(work.figures.days(company_id, since, zone), local.date()),
        attention=work.figures.attention(company_id, now, lately=now - LATELY),
    )
