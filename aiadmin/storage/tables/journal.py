"""The rows of what a salon's journal holds, of its installation, and of what became of both.

`raw_data` is the entity as YClients sent it; `deleted_at` is a tombstone: the entity is gone there.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from aiadmin.storage.tables.core import Base, Time


def _company(*, is_key: bool = True) -> Mapped[int]:
    return mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=is_key)


def _number() -> Mapped[int]:
    """YClients' own number: part of the key, never counted up by us."""
    return mapped_column(BigInteger, primary_key=True, autoincrement=False)


class SalonOwnerRow(Base):
    """A YClients user who came from the salon's installation with a valid signature."""

    __tablename__ = "salon_owners"

    company_id: Mapped[int] = _company()
    user_id: Mapped[int] = _number()
    seen_at: Mapped[datetime] = mapped_column(Time)


class LandingRow(Base):
    """A signature that was used: each opens one door once."""

    __tablename__ = "arrivals"
    __table_args__ = (Index("idx_arrivals_at", "at"),)

    sign_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Time)


class AuditRow(Base):
    """Who did what on purpose, and what came of it."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("idx_audit_log_company", "company_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    actor: Mapped[str] = mapped_column(String(50))
    action: Mapped[str] = mapped_column(String(50))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    outcome: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Time)


class ErasureRow(Base):
    """A client whose data was erased, and who is never to be kept or written to again: a fingerprint, no phone."""

    __tablename__ = "erasures"

    company_id: Mapped[int] = _company()
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Time)


class CategoryRow(Base):
    """A category of services."""

    __tablename__ = "categories"

    company_id: Mapped[int] = _company()
    category_id: Mapped[int] = _number()
    title: Mapped[str] = mapped_column(String(255))
    raw_data: Mapped[Any] = mapped_column(JSONB)
    synced_at: Mapped[datetime] = mapped_column(Time)
    deleted_at: Mapped[datetime | None] = mapped_column(Time)


class ServiceRow(Base):
    """A service that the salon offers; `terms` is what else a client has to know to book it."""

    __tablename__ = "services"

    company_id: Mapped[int] = _company()
    service_id: Mapped[int] = _number()
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(255))
    price_min: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    price_max: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    seconds: Mapped[int | None] = mapped_column(Integer)
    is_online: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    terms: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    raw_data: Mapped[Any] = mapped_column(JSONB)
    synced_at: Mapped[datetime] = mapped_column(Time)
    deleted_at: Mapped[datetime | None] = mapped_column(Time)


class StaffRow(Base):
    """A member of the salon's staff."""

    __tablename__ = "staff"

    company_id: Mapped[int] = _company()
    staff_id: Mapped[int] = _number()
    name: Mapped[str] = mapped_column(String(255))
    specialization: Mapped[str | None] = mapped_column(String(255))
    is_fired: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    is_hidden: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    raw_data: Mapped[Any] = mapped_column(JSONB)
    synced_at: Mapped[datetime] = mapped_column(Time)
    deleted_at: Mapped[datetime | None] = mapped_column(Time)


class WorkDayRow(Base):
    """Working hours on one day; `slots` is a list of `[from, to]` in the salon's time."""

    __tablename__ = "schedule"

    company_id: Mapped[int] = _company()
    staff_id: Mapped[int] = _number()
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    slots: Mapped[Any] = mapped_column(JSONB)
    raw_data: Mapped[Any] = mapped_column(JSONB)
    synced_at: Mapped[datetime] = mapped_column(Time)


class ClientRow(Base):
    """The salon's customer; `is_muted` is YClients' `sms_not`: no mailings."""

    __tablename__ = "clients"
    __table_args__ = (Index("idx_clients_phone", "company_id", "phone"),)

    company_id: Mapped[int] = _company()
    client_id: Mapped[int] = _number()
    name: Mapped[str | None] = mapped_column(String(255))
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(255))
    is_muted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    visits: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    last_visit_on: Mapped[date | None] = mapped_column(Date)
    raw_data: Mapped[Any] = mapped_column(JSONB)
    synced_at: Mapped[datetime] = mapped_column(Time)
    deleted_at: Mapped[datetime | None] = mapped_column(Time)


class RecordRow(Base):
    """A booking in the salon's journal; `synced_at` is when its reading began."""

    __tablename__ = "records"
    __table_args__ = (
        Index("idx_records_starts_at", "company_id", "starts_at"),
        Index("idx_records_client", "company_id", "client_id"),
        Index("idx_records_number", "company_id", "client_number"),
        Index("idx_records_created_at", "company_id", "created_at"),
        Index("idx_records_visit", "company_id", "visit_id"),
        CheckConstraint("attendance BETWEEN -1 AND 2", name="attendance"),
    )

    company_id: Mapped[int] = _company()
    record_id: Mapped[int] = _number()
    visit_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_name: Mapped[str | None] = mapped_column(String(255))
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    client_name: Mapped[str | None] = mapped_column(String(255))
    client_phone: Mapped[str | None] = mapped_column(String(20))
    client_number: Mapped[str | None] = mapped_column(String(20))
    starts_at: Mapped[datetime] = mapped_column(Time)
    seconds: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    services: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'"))
    attendance: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    changed_at: Mapped[datetime | None] = mapped_column(Time)
    created_at: Mapped[datetime | None] = mapped_column(Time)
    comment: Mapped[str] = mapped_column(Text, server_default="")
    is_online: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    is_group: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    wall_clock: Mapped[datetime | None] = mapped_column(DateTime)
    is_unpaid: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    api_id: Mapped[str | None] = mapped_column(String(100))
    raw_data: Mapped[Any] = mapped_column(JSONB)
    synced_at: Mapped[datetime] = mapped_column(Time)
    deleted_at: Mapped[datetime | None] = mapped_column(Time)


class CheckRow(Base):
    """An entity that webhooks named and that has to be read again, once it has been quiet for a while."""

    __tablename__ = "refetches"
    __table_args__ = (
        Index("idx_refetches_due", "due_at"),
        CheckConstraint("subject IN ('record','client')", name="subject"),
    )

    company_id: Mapped[int] = _company()
    subject: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = _number()
    due_at: Mapped[datetime] = mapped_column(Time)
    first_requested_at: Mapped[datetime] = mapped_column(Time)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    claimed_until: Mapped[datetime | None] = mapped_column(Time)


class HeardPhoneRow(Base):
    """The phone of a booking's client from a webhook, where the application may not see phones itself."""

    __tablename__ = "webhook_phones"

    company_id: Mapped[int] = _company()
    record_id: Mapped[int] = _number()
    client_id: Mapped[int] = mapped_column(BigInteger)
    phone: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime] = mapped_column(Time)


class BookingEventRow(Base):
    """What really happened to a record: a difference of two snapshots."""

    __tablename__ = "booking_events"
    __table_args__ = (
        Index("idx_booking_events_record", "company_id", "record_id", "id"),
        Index("idx_booking_events_waiting", "id", postgresql_where=text("handled_at IS NULL")),
        CheckConstraint(
            "kind IN ('created','moved','changed','cancelled','restored','confirmed','unconfirmed','came','no_show')",
            name="kind",
        ),
        CheckConstraint("source IN ('webhook','reconcile','sync')", name="source"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = _company(is_key=False)
    record_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    before: Mapped[Any | None] = mapped_column(JSONB)
    after: Mapped[Any] = mapped_column(JSONB)
    source: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Time)
    handled_at: Mapped[datetime | None] = mapped_column(Time)


class SyncRunRow(Base):
    """How far one kind of synchronisation of a company is; it goes on from there after any crash."""

    __tablename__ = "sync_runs"
    __table_args__ = (
        Index("idx_sync_runs_due", "next_at"),
        CheckConstraint("kind IN ('full','changes','nightly')", name="kind"),
        CheckConstraint("state IN ('waiting','running','done','failed','paused')", name="state"),
    )

    company_id: Mapped[int] = _company()
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str | None] = mapped_column(String(20))
    page: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    total_pages: Mapped[int | None] = mapped_column(Integer)
    counts: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    since: Mapped[datetime | None] = mapped_column(Time)
    started_at: Mapped[datetime | None] = mapped_column(Time)
    finished_at: Mapped[datetime | None] = mapped_column(Time)
    next_at: Mapped[datetime | None] = mapped_column(Time)
    claimed_until: Mapped[datetime | None] = mapped_column(Time)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    error: Mapped[str | None] = mapped_column(String(200))


class QuarantineRow(Base):
    """A row of a work queue that raised: the queue passes it by until it is tried again, or a human says so."""

    __tablename__ = "quarantine"
    __table_args__ = (
        Index("idx_quarantine_due", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
        Index("idx_quarantine_company_id", "company_id"),
    )

    queue: Mapped[str] = mapped_column(String(30), primary_key=True)
    company_id: Mapped[int] = _company()
    row_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Time)
    first_at: Mapped[datetime] = mapped_column(Time)
    last_at: Mapped[datetime] = mapped_column(Time)
