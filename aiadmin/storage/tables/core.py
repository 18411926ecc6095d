"""The rows. `migrations/` makes the same tables; a test compares them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Time = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can drop it."""

    metadata = MetaData(
        naming_convention={
            "ix": "idx_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def own(name: str, column: str, target: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A reference to a row of the same company: one of another company cannot be named.

    Without `ondelete` it stands beside a constraint of the column alone that nulls it, and is checked at the commit.
    """
    deferred: dict[str, Any] = {} if ondelete else {"deferrable": True, "initially": "DEFERRED"}
    columns, targets = ["company_id", column], [f"{target}.company_id", f"{target}.id"]
    return ForeignKeyConstraint(columns, targets, name=name, ondelete=ondelete, **deferred)


class CompanyRow(Base):
    """The user's table column for column, then ours."""

    __tablename__ = "companies"
    __table_args__ = (
        Index("idx_companies_yclients_id", "yclients_id"),
        Index("idx_companies_whatsapp_connected", "whatsapp_connected"),
        Index("idx_companies_api_key", "api_key"),
        CheckConstraint(
            "integration_status IN"
            " ('pending','pairing','activating','active','activation_failed','frozen','uninstalled')",
            name="integration_status",
        ),
        CheckConstraint("webhooks_state IN ('ours','missing','inactive','unknown')", name="webhooks_state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    yclients_id: Mapped[int] = mapped_column(Integer, unique=True)
    company_id: Mapped[int | None] = mapped_column(Integer)
    title: Mapped[str | None] = mapped_column(String(255))
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(255))
    address: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str | None] = mapped_column(String(50), server_default="Europe/Moscow")
    whatsapp_enabled: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    whatsapp_connected: Mapped[bool | None] = mapped_column(Boolean, server_default=text("false"))
    whatsapp_phone: Mapped[str | None] = mapped_column(String(20))
    whatsapp_connected_at: Mapped[datetime | None] = mapped_column(Time)
    ai_enabled: Mapped[bool | None] = mapped_column(Boolean, server_default=text("true"))
    sync_enabled: Mapped[bool | None] = mapped_column(Boolean, server_default=text("true"))
    integration_status: Mapped[str | None] = mapped_column(String(50), server_default="pending")
    api_key: Mapped[str | None] = mapped_column(String(255))
    raw_data: Mapped[Any | None] = mapped_column(JSONB)
    created_at: Mapped[datetime | None] = mapped_column(Time, server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(Time, server_default=func.now(), onupdate=func.now())
    connect_jti: Mapped[str | None] = mapped_column(String(64))
    activation_error: Mapped[str | None] = mapped_column(String(64))
    activation_deadline_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())
    activated_at: Mapped[datetime | None] = mapped_column(Time)
    consented_at: Mapped[datetime | None] = mapped_column(Time)
    yclients_status: Mapped[str | None] = mapped_column(String(20))
    yclients_checked_at: Mapped[datetime | None] = mapped_column(Time)
    left_at: Mapped[datetime | None] = mapped_column(Time)
    erased_at: Mapped[datetime | None] = mapped_column(Time)
    webhooks_state: Mapped[str | None] = mapped_column(String(20))
    webhooks_checked_at: Mapped[datetime | None] = mapped_column(Time)
    messages_paused_at: Mapped[datetime | None] = mapped_column(Time)
    country: Mapped[str | None] = mapped_column(String(2))
    currency: Mapped[str | None] = mapped_column(String(10))
    rights_missing: Mapped[list[str] | None] = mapped_column(ARRAY(String(20)))
    rights_checked_at: Mapped[datetime | None] = mapped_column(Time)
    truth_checked_at: Mapped[datetime | None] = mapped_column(Time)
    truth_differences: Mapped[Any | None] = mapped_column(JSONB)
    booking_rules: Mapped[Any | None] = mapped_column(JSONB)
    booking_rules_checked_at: Mapped[datetime | None] = mapped_column(Time)


class OwnerSessionRow(Base):
    """The session of one browser with one salon; of the browser's secret only the hash is kept."""

    __tablename__ = "owner_sessions"
    __table_args__ = (
        UniqueConstraint("company_id", "browser_hash"),
        Index("idx_owner_sessions_browser", "browser_hash"),
        Index("idx_owner_sessions_expires", "expires_at"),
        CheckConstraint("ended_why IN ('logout','everywhere','uninstalled','crowded')", name="ended_why"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    browser_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    agent: Mapped[str] = mapped_column(String(60))
    has_returned: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(Time)
    seen_at: Mapped[datetime] = mapped_column(Time)
    expires_at: Mapped[datetime] = mapped_column(Time)
    ended_at: Mapped[datetime | None] = mapped_column(Time)
    ended_why: Mapped[str | None] = mapped_column(String(20))
    is_support: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class OperatorSessionRow(Base):
    """The session of one operator's browser with the console; of its secret and of the admin key only hashes."""

    __tablename__ = "operator_sessions"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    key_fingerprint: Mapped[str] = mapped_column(String(64))
    operator: Mapped[str] = mapped_column(String(40))
    agent: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Time)
    seen_at: Mapped[datetime] = mapped_column(Time)
    expires_at: Mapped[datetime] = mapped_column(Time)
    ended_at: Mapped[datetime | None] = mapped_column(Time)


class HostRow(Base):
    """One `sessions` process and its lease; `clock_skew` says by how many seconds its clock is ahead of ours."""

    __tablename__ = "session_hosts"

    id: Mapped[UUID] = mapped_column(PG_UUID(as_uuid=True), primary_key=True)
    lease_until: Mapped[datetime] = mapped_column(Time)
    capacity: Mapped[int] = mapped_column(Integer)
    draining: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    started_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())
    name: Mapped[str] = mapped_column(String(100), server_default="")
    rss_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    threads: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    open_files: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    clock_skew: Mapped[float] = mapped_column(Double, server_default=text("0"))


class DeviceRow(Base):
    """A linked WhatsApp device; `epoch` fences every write about its session."""

    __tablename__ = "devices"
    __table_args__ = (
        Index("idx_devices_company", "company_id", unique=True, postgresql_where=text("desired <> 'removed'")),
        Index("idx_devices_phone", "phone", unique=True, postgresql_where=text("desired <> 'removed'")),
        Index("idx_devices_host", "host_id"),
        Index(
            "idx_devices_free",
            "next_attempt_at",
            postgresql_where=text(
                "host_id IS NULL AND desired IN ('on','removed')"
                " AND (observed <> 'logged_out' OR desired = 'removed')"
            ),
        ),
        UniqueConstraint("company_id", "id"),
        CheckConstraint("desired IN ('on','off','removed')", name="desired"),
        CheckConstraint(
            "observed IN ('linked','starting','online','degraded','reconnecting','backoff','conflict','banned',"
            "'outdated','logged_out')",
            name="observed",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    jid: Mapped[str] = mapped_column(Text, unique=True)
    lid: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(20))
    platform: Mapped[str | None] = mapped_column(String(50))
    business_name: Mapped[str | None] = mapped_column(String(255))
    desired: Mapped[str] = mapped_column(String(20), server_default="on")
    observed: Mapped[str] = mapped_column(String(20), server_default="linked")
    reason: Mapped[str | None] = mapped_column(String(100))
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey("session_hosts.id", ondelete="SET NULL"))
    epoch: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    state_since: Mapped[datetime] = mapped_column(Time, server_default=func.now())
    next_attempt_at: Mapped[datetime | None] = mapped_column(Time)
    restart_asked_at: Mapped[datetime | None] = mapped_column(Time)
    locked_until: Mapped[datetime | None] = mapped_column(Time)
    linked_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())


class SessionEventRow(Base):
    """What became of a session; it outlives the device and the host it names."""

    __tablename__ = "session_events"
    __table_args__ = (
        Index("idx_session_events_company", "company_id", "id"),
        Index("idx_session_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    device_id: Mapped[int] = mapped_column(BigInteger)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(100))
    host_id: Mapped[UUID | None] = mapped_column(PG_UUID(as_uuid=True))
    at: Mapped[datetime] = mapped_column(Time)


class OutboxTableRow(Base):
    """What we owe the outside, committed with the change that caused it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("idx_outbox_due", "next_attempt_at", postgresql_where=text("state IN ('pending','sending')")),
        UniqueConstraint("company_id", "dedup_key"),
        CheckConstraint("state IN ('pending','sending','sent','unknown','failed','cancelled')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(50))
    dedup_key: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(Time)
    deadline_at: Mapped[datetime | None] = mapped_column(Time)
    secret: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(Time)


class WebhookRow(Base):
    """Webhooks: every body raw, once; one that may be of another event is understood again when it is repeated."""

    __tablename__ = "webhooks"
    __table_args__ = (
        UniqueConstraint("company_id", "dedup_key"),
        Index("idx_webhooks_received", "id", postgresql_where=text("state = 'received'")),
        CheckConstraint("state IN ('received','processed','ignored','unreadable')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    dedup_key: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), server_default="received")
    resource: Mapped[str | None] = mapped_column(String(100))
    status: Mapped[str | None] = mapped_column(String(100))
    received_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())
    processed_at: Mapped[datetime | None] = mapped_column(Time)
