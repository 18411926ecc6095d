"""What happens to an outbox row after an attempt: a pure function of kind, outcome and attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.ids import CompanyId, OutboxId


class OutboxKind(StrEnum):
    """What a row tells, and to whom."""

    ACTIVATION = "activation"


class OutboxState(StrEnum):
    """`sending` is committed before the call goes out, so that a crash leaves a trace."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class OutboxRow:
    """One thing to tell the outside.

    Attributes:
        secret: sealed value that only this delivery may see in clear, or None once it is delivered.
        next_attempt_at: when to try; None while the row is held back.
        deadline_at: after this no further attempt is worth it, or None.
    """

    outbox_id: OutboxId
    company_id: CompanyId
    kind: OutboxKind
    state: OutboxState
    attempts: int
    next_attempt_at: datetime | None
    deadline_at: datetime | None
    secret: str | None = field(repr=False)
    last_error: str | None

    @property
    def is_held(self) -> bool:
        """Whether it waits for something to happen rather than for a time."""
        return self.state is OutboxState.PENDING and self.next_attempt_at is None


class DeliveryOutcome(StrEnum):
    """How one attempt ended."""

    DONE = "done"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class DeliveryResult:
    """What one attempt taught us.

    Attributes:
        reason: a slug that says what stood in the way; what the row ends with when no further attempt follows.
        detail: the other side's own words, for an operator.
        wait: do not come back sooner; the other side may name a time.
    """

    outcome: DeliveryOutcome
    reason: str = ""
    detail: str = ""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class OutboxStep:
    """What becomes of the row: its new state and, while it is pending, when it is due."""

    state: OutboxState
    next_attempt_at: datetime | None = None


CLAIM = timedelta(seconds=40)
"""How long a row stays with the worker that claimed it; longer than a job may run, so that two never send at once."""
RETRIES = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=1))
LONGEST_WAIT = timedelta(minutes=5)
"""The most that we wait because the other side said so."""


def next_step(
    verdict: DeliveryResult, *, attempts: int, now: datetime, deadline_at: datetime | None, jitter: float
) -> OutboxStep:
    """What follows an attempt. The last retry falls on the deadline itself; an attempt after it is the last."""
    if verdict.outcome is DeliveryOutcome.DONE:
        return OutboxStep(state=OutboxState.SENT)
    if verdict.outcome is DeliveryOutcome.REFUSED or (deadline_at is not None and now >= deadline_at):
        return OutboxStep(state=OutboxState.FAILED)
    at = now + max(RETRIES.wait(attempts, jitter), min(verdict.wait, LONGEST_WAIT))
    return OutboxStep(state=OutboxState.PENDING, next_attempt_at=at if deadline_at is None else min(at, deadline_at))
