"""The rows of messages: who writes and is written to, what came, and what is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from aiadmin.storage.tables.core import Base, Time, own


class ContactRow(Base):
    """A person who writes to a company or is written to; the LID is the person, the phone may be unknown.

    Nobody writes to who opted out, has no WhatsApp (`unreachable_at`), or may not be written to for a while: WhatsApp
    says so (`locked_until`), or a human has the chat (`chats.is_human`). What is said in the chat vanishes after
    `disappears_after` seconds; 0 for never, NULL where that is not known. The salon has read in its cabinet what had
    come by `seen_at`.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("company_id", "id"),
        UniqueConstraint("company_id", "lid"),
        UniqueConstraint("company_id", "phone"),
        CheckConstraint("lid IS NOT NULL OR phone IS NOT NULL", name="known"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    lid: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(String(20))
    push_name: Mapped[str | None] = mapped_column(String(100))
    opted_out_at: Mapped[datetime | None] = mapped_column(Time)
    unreachable_at: Mapped[datetime | None] = mapped_column(Time)
    locked_until: Mapped[datetime | None] = mapped_column(Time)
    disappears_after: Mapped[int | None] = mapped_column(Integer)
    seen_at: Mapped[datetime | None] = mapped_column(Time)
    created_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())


class ContactAddressRow(Base):
    """A number (digits) or LID (`1234@lid`) by which a contact is or was known; no two contacts share one."""

    __tablename__ = "contact_addresses"
    __table_args__ = (
        own("fk_contact_addresses_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        Index("idx_contact_addresses_contact", "contact_id"),
    )

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(Text, primary_key=True)
    contact_id: Mapped[int] = mapped_column(BigInteger)


class InboxMessageRow(Base):
    """A message that a device of ours saw, once, as its writer has left it: corrected, or taken back.

    `voice` is where a client's voice message can be heard (`domain.messages.voice`), until it is handled; what was
    heard of it is its text.
    """

    __tablename__ = "inbox_messages"
    __table_args__ = (
        own("fk_inbox_messages_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        own("fk_inbox_messages_own_device", "device_id", "devices"),
        UniqueConstraint("device_id", "message_id"),
        Index("idx_inbox_messages_contact", "contact_id", "id"),
        Index("idx_inbox_messages_company", "company_id", "id"),
        Index("idx_inbox_messages_waiting", "id", postgresql_where=text("handled_at IS NULL")),
        Index("idx_inbox_messages_log", "company_id", "received_at"),
        Index("idx_inbox_messages_kept", "received_at", postgresql_where=text("text IS NOT NULL")),
        Index("idx_inbox_messages_voices", "received_at", postgresql_where=text("voice IS NOT NULL")),
        CheckConstraint("direction IN ('in','own_phone')", name="direction"),
        CheckConstraint("kind IN ('text','reaction','other')", name="kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="SET NULL"))
    contact_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    media: Mapped[str | None] = mapped_column(String(50))
    quoted_id: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Time)
    received_at: Mapped[datetime] = mapped_column(Time)
    handled_at: Mapped[datetime | None] = mapped_column(Time)
    seconds: Mapped[int | None] = mapped_column(Integer)
    voice: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    edited_at: Mapped[datetime | None] = mapped_column(Time)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Time)


class OutboxMessageRow(Base):
    """A message that we owe a client; `epoch` says under which hold of the device it was tried last.

    One to the salon's own number names the client that it speaks of in `about_contact_id`. What the
    salon takes back from its phone (`withdrawn_at`) asks nothing any more.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        own("fk_outbox_messages_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        own("fk_outbox_messages_own_about", "about_contact_id", "contacts", ondelete="CASCADE"),
        own("fk_outbox_messages_own_device", "device_id", "devices"),
        UniqueConstraint("company_id", "id"),
        UniqueConstraint("company_id", "dedup_key"),
        Index("idx_outbox_messages_due", "company_id", "next_attempt_at", postgresql_where=text("state = 'pending'")),
        Index("idx_outbox_messages_deadline", "deadline_at", postgresql_where=text("state = 'pending'")),
        Index("idx_outbox_messages_sending", "device_id", postgresql_where=text("state = 'sending'")),
        Index(
            "idx_outbox_messages_message", "device_id", "message_id", postgresql_where=text("message_id IS NOT NULL")
        ),
        Index("idx_outbox_messages_contact", "contact_id", "id"),
        Index("idx_outbox_messages_about", "about_contact_id", postgresql_where=text("about_contact_id IS NOT NULL")),
        Index("idx_outbox_messages_log", "company_id", "created_at"),
        Index("idx_outbox_messages_kept", "created_at", postgresql_where=text("text <> ''")),
        CheckConstraint(
            "purpose IN ('manual','staff','trial','booked','moved','changed','cancelled','reminder_day',"
            "'reminder_hours','reminder_again','review','reply','provider')",
            name="purpose",
        ),
        CheckConstraint("state IN ('pending','sending','sent','unknown','failed','cancelled')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(BigInteger)
    about_contact_id: Mapped[int | None] = mapped_column(BigInteger)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="SET NULL"))
    epoch: Mapped[int | None] = mapped_column(BigInteger)
    dedup_key: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(20), server_default="manual")
    record_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20), server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(Time)
    deadline_at: Mapped[datetime | None] = mapped_column(Time)
    attempted_at: Mapped[datetime | None] = mapped_column(Time)
    reason: Mapped[str | None] = mapped_column(String(50))
    message_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Time, server_default=func.now())
    sent_at: Mapped[datetime | None] = mapped_column(Time)
    delivered_at: Mapped[datetime | None] = mapped_column(Time)
    read_at: Mapped[datetime | None] = mapped_column(Time)
    finished_at: Mapped[datetime | None] = mapped_column(Time)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Time)
    text: Mapped[str] = mapped_column(Text)  # last: in this class the name hides SQLAlchemy's function
