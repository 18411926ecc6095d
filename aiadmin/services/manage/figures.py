"""The overview of a salon: what its messages have brought, who needs its owner, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.manage.figures import (
    AnswerDay,
    Attention,
    Figures,
    FirstSteps,
    Upcoming,
    each_day,
    first_moment,
)
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

LATELY = timedelta(days=3)
"""So long a message that reached nobody is worth a call."""
MOST_UPCOMING = 4


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Everything on a salon's overview but how it stands."""

    figures: Figures
    steps: FirstSteps
    days: Sequence[AnswerDay]
    attention: Sequence[Attention]
    upcoming: Sequence[Upcoming]


def summary(company_id: CompanyId, *, zone: str, is_bot_on: bool, uow: NewUnitOfWork, clock: Clock) -> Summary:
    """What is known of the last two weeks and of what comes. Raises DependencyDownError."""
    now = clock()
    local = now.astimezone(ZoneInfo(zone))
    since = first_moment(local)
    with uow() as work:
        figures, steps = work.figures.counts(company_id, now, since=since, is_bot_on=is_bot_on)
        return Summary(
            figures=figures,
            steps=steps,
            days=each_day(work.figures.days(company_id, since, zone), local.date()),
            attention=work.figures.attention(company_id, now, lately=now - LATELY),
            upcoming=work.figures.upcoming(company_id, now, most=MOST_UPCOMING),
        )
