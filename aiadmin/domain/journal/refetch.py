"""Refetches: an entity that webhooks named is read again, once it has been quiet for a while.

One edit in a journal gives several webhooks within seconds; one reading after the last of them is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.webhook import WebhookKind
from aiadmin.domain.quarantine import RowKey

QUIET = timedelta(seconds=5)
LONGEST = timedelta(seconds=30)
"""Something that is spoken of without end is read all the same."""
CLAIM = timedelta(minutes=3)
"""How long checks stay with the worker that reads; longer than its job may run."""
FEW = 1
"""So many records of one salon are read by themselves; more of them in one list of what has changed: one call."""
BATCH = 200


class Subject(StrEnum):
    """What can be read again by its number."""

    RECORD = "record"
    CLIENT = "client"


@dataclass(frozen=True, kw_only=True)
class RefetchRequest:
    """When webhooks named an entity, for the first and for the last time since it was read."""

    company_id: CompanyId
    subject: Subject
    number: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class Refetch:
    """Something to read again. `due_at` moves when it is spoken of meanwhile: then it is not done yet."""

    company_id: CompanyId
    subject: Subject
    number: int
    due_at: datetime
    first_requested_at: datetime
    attempts: int

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, f"{self.subject}:{self.number}")


def due_at(first_requested_at: datetime, last_requested_at: datetime) -> datetime:
    """When something is to be read again: after five seconds of quiet, at most thirty after the first word."""
    return min(last_requested_at + QUIET, first_requested_at + LONGEST)


def subject_of(kind: WebhookKind) -> Subject | None:
    """What a webhook asks to be read again, or None."""
    if kind.resource_id is None or kind.resource not in frozenset(Subject):
        return None
    return Subject(kind.resource)


def gather(words: Iterable[tuple[CompanyId, Subject, int, datetime]]) -> Sequence[RefetchRequest]:
    """All words about one thing as one, in an order that every worker shares, so that none waits for another."""
    times: dict[tuple[CompanyId, Subject, int], list[datetime]] = {}
    for company_id, subject, number, at in words:
        times.setdefault((company_id, subject, number), []).append(at)
    return [
        RefetchRequest(company_id=company_id, subject=subject, number=number, first_at=min(heard), last_at=max(heard))
        for (company_id, subject, number), heard in sorted(times.items())
    ]
