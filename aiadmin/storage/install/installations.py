"""Installations: who came, which addresses were opened, how YClients sees a salon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Boolean, ColumnElement, CursorResult, delete, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.hosting.wa_store import WaStore
from aiadmin.storage.quarantine import keys_of, not_set_aside
from aiadmin.storage.tables.core import Base, CompanyRow
from aiadmin.storage.tables.journal import LandingRow, SalonOwnerRow

KEPT = frozenset({"companies", "audit_log", "devices"})
"""Tables that an erasure leaves: the bare company, what was done on purpose, and devices: hosts log those out."""

_KEY = literal("company")
"""Of a queue whose rows are companies."""


def _is_not_set_aside(queue: WorkQueue) -> ColumnElement[bool]:
    return literal_column(not_set_aside(queue, "companies.id", "'company'"), Boolean)


class Installations:
    """Rows of `arrivals` and `salon_owners`, and what `companies` say of the installation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def use_landing(self, fingerprint: str, *, at: datetime, forget_before: datetime) -> bool:
        """Note that an address was opened; False when it was already, not before `forget_before`.

        Two that open it at once wait for one another until the commit.
        """
        statement = insert(LandingRow).values(sign_hash=fingerprint, at=at)
        statement = statement.on_conflict_do_update(
            index_elements=[LandingRow.sign_hash], set_={"at": at}, where=LandingRow.at < forget_before
        )
        return self._session.scalars(statement.returning(LandingRow.sign_hash)).one_or_none() is not None

    def forget_landings(self, before: datetime) -> int:
        return self._changed(delete(LandingRow).where(LandingRow.at < before))

    def add_owner(self, company_id: CompanyId, user_id: int, at: datetime) -> bool:
        """Keep that this user came; True when it is the first time for the present installation."""
        is_new = user_id not in self.owners(company_id)
        statement = insert(SalonOwnerRow).values(company_id=company_id, user_id=user_id, seen_at=at)
        key = [SalonOwnerRow.company_id, SalonOwnerRow.user_id]
        self._session.execute(statement.on_conflict_do_update(index_elements=key, set_={"seen_at": at}))
        return is_new

    def owners(self, company_id: CompanyId) -> frozenset[int]:
        """The users of YClients who came for the present installation."""
        found = select(SalonOwnerRow.user_id).where(SalonOwnerRow.company_id == company_id)
        return frozenset(self._session.scalars(found))

    def forget_owners(self, company_id: CompanyId) -> None:
        """Delete the users of the former installation, because a new one begins."""
        self._changed(delete(SalonOwnerRow).where(SalonOwnerRow.company_id == company_id))

    def begin(self, company_id: CompanyId, *, deadline_at: datetime) -> None:
        """Begin a new installation: its activation is about to be sent; nothing of the former one counts any more."""
        self._set(
            company_id,
            integration_status=IntegrationStatus.ACTIVATING,
            activation_error=None,
            activation_deadline_at=deadline_at,
            activated_at=None,
            left_at=None,
            erased_at=None,
        )

    def confirm(self, company_id: CompanyId, at: datetime) -> None:
        """Mark the installation active, as it is at YClients, from any state."""
        self._set(
            company_id,
            integration_status=IntegrationStatus.ACTIVE,
            activation_error=None,
            activated_at=func.coalesce(CompanyRow.activated_at, at),
            left_at=None,
        )

    def freeze(self, company_id: CompanyId) -> None:
        self._set(company_id, integration_status=IntegrationStatus.FROZEN)

    def leave(self, company_id: CompanyId, at: datetime) -> None:
        """Mark that the salon removed the application; its links and keys open nothing any more."""
        self._set(
            company_id,
            integration_status=IntegrationStatus.UNINSTALLED,
            activation_error=None,
            activated_at=None,
            connect_jti=None,
            api_key=None,
            left_at=at,
        )

    def record_status(self, company_id: CompanyId, connection: InstallationStatus, at: datetime) -> None:
        """Keep what YClients says of the installation."""
        self._set(company_id, yclients_status=connection, yclients_checked_at=at)

    def check_first(self, company_id: CompanyId) -> None:
        """Have the salon compared with YClients before all others."""
        self._set(company_id, yclients_checked_at=None)

    def list_unchecked(self, *, checked_before: datetime, limit: int) -> Sequence[RowKey]:
        """Companies not compared with YClients since `checked_before`, longest first; erased ones are left out."""
        statement = (
            select(CompanyRow.id, _KEY)
            .where(
                CompanyRow.erased_at.is_(None),
                _is_not_set_aside(WorkQueue.INSTALLATIONS),
                (CompanyRow.yclients_checked_at.is_(None)) | (CompanyRow.yclients_checked_at < checked_before),
            )
            .order_by(CompanyRow.yclients_checked_at.asc().nulls_first(), CompanyRow.id)
            .limit(limit)
        )
        return keys_of(self._session.execute(statement))

    def list_erasable(self, *, left_before: datetime, limit: int) -> Sequence[RowKey]:
        """Companies that left before `left_before` and still have personal data here."""
        statement = (
            select(CompanyRow.id, _KEY)
            .where(
                _is_not_set_aside(WorkQueue.ERASURES),
                CompanyRow.integration_status == IntegrationStatus.UNINSTALLED,
                CompanyRow.left_at < left_before,
                CompanyRow.erased_at.is_(None),
            )
            .order_by(CompanyRow.left_at)
            .limit(limit)
        )
        return keys_of(self._session.execute(statement))

    def erase(self, company_id: CompanyId, at: datetime) -> int:
        """Delete everything of a company but its bare row and the log of what was done on purpose; how many rows."""
        tables = [table for table in reversed(Base.metadata.sorted_tables) if "company_id" in table.c]
        rows = WaStore(self._session).erase_all(company_id)
        for table in tables:
            if table.name not in KEPT:
                rows += self._changed(delete(table).where(table.c.company_id == company_id))
        personal = ("title", "phone", "email", "address", "raw_data", "whatsapp_phone", "whatsapp_connected_at")
        self._set(company_id, **dict.fromkeys(personal), erased_at=at)
        return rows

    def _set(self, company_id: CompanyId, **values: Any) -> None:
        self._session.execute(update(CompanyRow).where(CompanyRow.id == company_id).values(**values))

    def _changed(self, statement: Any) -> int:
        answer = self._session.execute(statement.execution_options(synchronize_session=False))
        return cast("CursorResult[Any]", answer).rowcount
