"""Locks of one company, held until the commit."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.storage.locks import Lock

_LOCK = text("SELECT pg_advisory_xact_lock(:lock, :company_id)")
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock, :company_id)")


def lock_company(session: Session, lock: Lock, company_id: CompanyId) -> None:
    """Keep others from this of a company until the commit."""
    session.execute(_LOCK, {"lock": lock.value, "company_id": company_id})


def try_lock_company(session: Session, lock: Lock, company_id: CompanyId) -> bool:
    """The same without a wait: False when another transaction has it."""
    return bool(session.scalar(_TRY_LOCK, {"lock": lock.value, "company_id": company_id}))
