"""What happens to an outbox row after an attempt: a pure function of kind, outcome and attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
        secret: sealed clear value that only this delivery may see, or None once it is delivered.
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
    secret: str | None
    last_error: str | None
