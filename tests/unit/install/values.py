"""A salon whose phone is linked and whose activation is due, as values."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxKind, OutboxRow, OutboxState
from aiadmin.domain.ids import CompanyId, OutboxId, SalonId

WINDOW = timedelta(hours=1)


def due_company(now: datetime) -> Company:
    return Company(
        company_id=CompanyId(1),
        salon_id=SalonId(962302),
        title=None,
        phone=None,
        email=None,
        whatsapp_connected=True,
        whatsapp_phone="79001112233",
        whatsapp_connected_at=now,
        integration_status=IntegrationStatus.ACTIVATING,
        connect_jti=None,
        activation_error=None,
        activation_deadline_at=now + WINDOW,
        activated_at=None,
        consented_at=None,
        created_at=now,
    )


def due_row(now: datetime) -> OutboxRow:
    return OutboxRow(
        outbox_id=OutboxId(1),
        company_id=CompanyId(1),
        kind=OutboxKind.ACTIVATION,
        state=OutboxState.PENDING,
        attempts=0,
        next_attempt_at=now,
        deadline_at=now + WINDOW,
        secret="sealed",
        last_error=None,
    )
