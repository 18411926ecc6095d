"""Companies: salons as customers of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.company import DEFAULT_COUNTRY, Company, IntegrationStatus, NewCompany, Stats
from aiadmin.domain.companies.rights import rights_of
from aiadmin.domain.errors import CompanyNotFoundError, SalonTakenError
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.storage.tables.core import CompanyRow

COLUMNS = """
id, yclients_id, title, phone, email, whatsapp_connected, whatsapp_phone, whatsapp_connected_at, integration_status,
connect_jti, activation_error, activation_deadline_at, activated_at, consented_at, created_at, yclients_status,
yclients_checked_at, left_at, erased_at, country, rights_missing
"""
"""What `company_of` reads, for statements that are written out."""


class CompanyStore:
    """Rows of `companies`; `Installations` has what they tell of the installation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: NewCompany) -> Company:
        """Store a registration. Raises SalonTakenError when the salon is there already."""
        statement = (
            insert(CompanyRow)
            .values(
                yclients_id=new.salon_id,
                company_id=new.salon_id,
                phone=new.phone,
                email=new.email,
                api_key=new.api_key_hash,
                whatsapp_enabled=True,
                activation_deadline_at=new.activation_deadline_at,
                connect_jti=new.connect_jti,
            )
            .on_conflict_do_nothing(index_elements=[CompanyRow.yclients_id])
            .returning(CompanyRow)
        )
        row = self._session.scalars(statement).one_or_none()
        if row is None:
            raise SalonTakenError
        return company_of(row)

    def find(self, company_id: CompanyId, *, lock: bool = False) -> Company | None:
        statement = select(CompanyRow).where(CompanyRow.id == company_id)
        if lock:
            statement = statement.with_for_update(key_share=True)  # rows may be added meanwhile that name it
        row = self._session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
        return company_of(row) if row else None

    def get(self, company_id: CompanyId, *, lock: bool = False) -> Company:
        """Raises CompanyNotFoundError."""
        company = self.find(company_id, lock=lock)
        if company is None:
            raise CompanyNotFoundError
        return company

    def find_by_salon(self, salon_id: SalonId, *, lock: bool = False) -> Company | None:
        statement = select(CompanyRow).where(CompanyRow.yclients_id == salon_id)
        if lock:
            statement = statement.with_for_update(key_share=True)  # rows may be added meanwhile that name it
        row = self._session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
        return company_of(row) if row else None

    def set_connect_jti(self, company_id: CompanyId, jti: str | None) -> None:
        self._set(company_id, connect_jti=jti)

    def set_api_key_hash(self, company_id: CompanyId, api_key_hash: str) -> None:
        self._set(company_id, api_key=api_key_hash)

    def set_status(self, company_id: CompanyId, status: IntegrationStatus) -> None:
        self._set(company_id, integration_status=status)

    def set_linked(self, company_id: CompanyId, *, phone: str, at: datetime, status: IntegrationStatus) -> None:
        self._set(
            company_id,
            whatsapp_connected=True,
            whatsapp_phone=phone,
            whatsapp_connected_at=at,
            integration_status=status,
        )

    def set_unlinked(self, company_id: CompanyId) -> None:
        """No phone is linked any more; when it was, and which, is forgotten."""
        self._set(company_id, whatsapp_connected=False, whatsapp_phone=None, whatsapp_connected_at=None)

    def set_activated(self, company_id: CompanyId, at: datetime) -> None:
        self._set(
            company_id,
            integration_status=IntegrationStatus.ACTIVE,
            activation_error=None,
            activated_at=func.coalesce(CompanyRow.activated_at, at),
        )

    def set_consented(self, company_id: CompanyId, at: datetime) -> None:
        """Keep the time of the consent; a later one changes nothing."""
        self._set(company_id, consented_at=func.coalesce(CompanyRow.consented_at, at))

    def set_activation_failed(self, company_id: CompanyId, reason: str) -> None:
        self._set(company_id, integration_status=IntegrationStatus.ACTIVATION_FAILED, activation_error=reason)

    def set_activation_deadline(self, company_id: CompanyId, at: datetime) -> None:
        self._set(company_id, activation_deadline_at=at)

    def list_pairing(self) -> Sequence[CompanyId]:
        """The companies that are marked as pairing."""
        statement = select(CompanyRow.id).where(CompanyRow.integration_status == IntegrationStatus.PAIRING)
        return [CompanyId(number) for number in self._session.scalars(statement)]

    def stats(self) -> Stats:
        total, connected = self._session.execute(
            select(func.count(), func.count().filter(CompanyRow.whatsapp_connected.is_(True)))
        ).one()
        return Stats(total=total, connected=connected)

    def list_all(self, *, limit: int = 100, after: CompanyId | None = None) -> Sequence[Company]:
        statement = select(CompanyRow).where(CompanyRow.id > (after or 0)).order_by(CompanyRow.id).limit(limit)
        return [company_of(row) for row in self._session.scalars(statement)]

    def _set(self, company_id: CompanyId, **values: Any) -> None:
        self._session.execute(update(CompanyRow).where(CompanyRow.id == company_id).values(**values))


def company_of(row: Any) -> Company:
    """The domain's view of a row; the nullable columns of the specification get their defaults."""
    return Company(
        company_id=CompanyId(row.id),
        salon_id=SalonId(row.yclients_id),
        title=row.title,
        phone=row.phone,
        email=row.email,
        whatsapp_connected=bool(row.whatsapp_connected),
        whatsapp_phone=row.whatsapp_phone,
        whatsapp_connected_at=row.whatsapp_connected_at,
        integration_status=IntegrationStatus(row.integration_status or IntegrationStatus.PENDING),
        connect_jti=row.connect_jti,
        activation_error=row.activation_error,
        activation_deadline_at=row.activation_deadline_at,
        activated_at=row.activated_at,
        consented_at=row.consented_at,
        created_at=row.created_at or row.activation_deadline_at,
        yclients_status=row.yclients_status,
        yclients_checked_at=row.yclients_checked_at,
        left_at=row.left_at,
        erased_at=row.erased_at,
        country=row.country or DEFAULT_COUNTRY,
        missing_rights=rights_of(row.rights_missing),
    )
