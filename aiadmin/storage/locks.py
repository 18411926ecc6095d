"""PostgreSQL's advisory locks: every number that we lock, and what it keeps apart.

They are numbers of one database, shared with whatever else uses it. A lock of a company is a pair, `(Lock, company)`,
which PostgreSQL never confuses with a single number.
"""

from __future__ import annotations

from enum import IntEnum, unique

from sqlalchemy import text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId

_LOCK = text("SELECT pg_advisory_xact_lock(:lock, :company_id)")
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock, :company_id)")


@unique
class Lock(IntEnum):
    """What is done by one at a time."""

    MIGRATIONS = 727_274
    """Of our tables: two releases at once."""
    LIBRARY_TABLES = 727_275
    """Made and upgraded by the WhatsApp library."""
    CONTACTS = 727_276
    """Of one company: who is merged with whom."""
    NOTICES = 727_278
    """Of one company: what may be sent now depends on what was just owed."""
    BOOKING_EVENTS = 727_279
    """Changes of bookings are planned for in the order in which they came."""
    LEADERSHIP = 4_120_617
    """The clock that leads; held by a session, not by a transaction."""
    SESSION_PROBE = 4_120_618
    """Whether a session of PostgreSQL is ours alone."""


def lock_company(session: Session, lock: Lock, company_id: CompanyId) -> None:
    """Keep others from this of a company until the commit."""
    session.execute(_LOCK, {"lock": lock.value, "company_id": company_id})


def try_lock_company(session: Session, lock: Lock, company_id: CompanyId) -> bool:
    """The same without a wait: False when another transaction has it."""
    return bool(session.scalar(_TRY_LOCK, {"lock": lock.value, "company_id": company_id}))
