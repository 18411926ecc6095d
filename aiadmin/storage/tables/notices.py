"""The rows of notices: what a salon wants and says, what is planned, asked, answered, sent for YClients itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from aiadmin.storage.tables.core import Base, Time, own


def _company(*, is_key: bool = False) -> Mapped[int]:
    return mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=is_key)


def _message() -> Mapped[int | None]:
    return mapped_column(ForeignKey("outbox_messages.id", ondelete="SET NULL"))


_IS_REMINDER = "kind IN ('reminder_day', 'reminder_hours') AND state <> 'waiting'"
_IS_UNTOLD = "kind IN ('moved', 'cancelled') AND reason IS NOT NULL AND called_at IS NULL"
_READS_PROMISE = """num_nulls(
  CAST(announced ->> 'client_id' AS bigint), CAST(announced ->> 'visit_id' AS bigint),
  CAST(announced -> 'was' ->> 'visit_id' AS bigint), CAST(announced ->> 'starts_at' AS timestamptz),
  CAST(announced -> 'was' ->> 'starts_at' AS timestamptz), CAST(announced ->> 'wall_clock' AS timestamp),
  CAST(announced -> 'was' ->> 'wall_clock' AS timestamp)
) >= 0"""
"""Statements about all salons read this of every announced: what they cannot read would stop them for everybody."""
_READS_OTHERS = """NOT jsonb_path_exists(others, '$.* ? (@.type() != "number")')"""


class MessageSettingsRow(Base):
    """What a salon has set about its messages; what it has not set is the default."""

    __tablename__ = "message_settings"

    company_id: Mapped[int] = _company(is_key=True)
    settings: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    updated_at: Mapped[datetime] = mapped_column(Time)


class MessageTextRow(Base):
    """A text that a salon has made its own."""

    __tablename__ = "message_texts"

    company_id: Mapped[int] = _company(is_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    template: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Time)


class NoticeRow(Base):
    """A notice that is planned: `announced` is what it says of the booking, so that it is dropped when that is over.

    It waits until it is due and may be sent, is checked once more, and is then released into `outbox_messages`.
    """

    __tablename__ = "notices"
    __table_args__ = (
        own("fk_notices_own_message", "outbox_message_id", "outbox_messages"),
        UniqueConstraint("company_id", "dedup_key"),
        Index("idx_notices_due", "company_id", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("idx_notices_next", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("idx_notices_record", "company_id", "record_id", "id"),
        Index("idx_notices_deadline", "company_id", "deadline_at", postgresql_where=text(_IS_REMINDER)),
        Index("idx_notices_untold", "finished_at", postgresql_where=text(_IS_UNTOLD)),
        Index("idx_notices_called", "company_id", "called_at", postgresql_where=text("called_at IS NOT NULL")),
        Index("idx_notices_released", "outbox_message_id", postgresql_where=text("state = 'released'")),
        CheckConstraint(
            "kind IN ('booked','moved','changed','cancelled','reminder_day','reminder_hours','reminder_again',"
            "'review')",
            name="kind",
        ),
        CheckConstraint("state IN ('waiting','released','done','dropped')", name="state"),
        CheckConstraint(_READS_PROMISE, name="announced"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = _company()
    record_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    dedup_key: Mapped[str] = mapped_column(String(200))
    announced: Mapped[Any] = mapped_column(JSONB)
    due_at: Mapped[datetime] = mapped_column(Time)
    deadline_at: Mapped[datetime] = mapped_column(Time)
    state: Mapped[str] = mapped_column(String(20), server_default="waiting")
    reason: Mapped[str | None] = mapped_column(String(50))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    claimed_until: Mapped[datetime | None] = mapped_column(Time)
    looked_at: Mapped[datetime | None] = mapped_column(Time)
    called_at: Mapped[datetime | None] = mapped_column(Time)
    outbox_message_id: Mapped[int | None] = _message()
    created_at: Mapped[datetime] = mapped_column(Time)
    finished_at: Mapped[datetime | None] = mapped_column(Time)


class MessagePauseRow(Base):
    """While its one row is there, only messages that a human has just typed go out."""

    __tablename__ = "message_pause"
    __table_args__ = (CheckConstraint("is_paused", name="is_paused"),)

    is_paused: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default=text("true"))
    since: Mapped[datetime] = mapped_column(Time)


class QuestionRow(Base):
    """Whether a client comes: asked, answered, and written into the salon's journal."""

    __tablename__ = "questions"
    __table_args__ = (
        own("fk_questions_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        Index("idx_questions_contact", "company_id", "contact_id", "asked_at"),
        Index("idx_questions_visit", "company_id", "visit_id"),
        Index("idx_questions_open", "company_id", "asked_at", postgresql_where=text("answer IS NULL")),
        Index("idx_questions_unwritten", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
        CheckConstraint("answer IN ('yes','no','unclear')", name="answer"),
        CheckConstraint(_READS_OTHERS, name="others"),
    )

    company_id: Mapped[int] = _company(is_key=True)
    record_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(Time, primary_key=True)
    visit_id: Mapped[int | None] = mapped_column(BigInteger)
    contact_id: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[int | None] = mapped_column(BigInteger)
    others: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    message_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    asked_at: Mapped[datetime] = mapped_column(Time)
    answer: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None] = mapped_column(Time)
    written_at: Mapped[datetime | None] = mapped_column(Time)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(Time)
    error: Mapped[str | None] = mapped_column(String(200))


class OperatorMessageRow(Base):
    """A message that YClients gave us to send, and which statuses it has been told (`told`, in order)."""

    __tablename__ = "provider_messages"
    __table_args__ = (
        own("fk_provider_messages_own_message", "outbox_message_id", "outbox_messages"),
        UniqueConstraint("company_id", "external_id"),
        Index("idx_provider_messages_due", "next_attempt_at", postgresql_where=text("next_attempt_at IS NOT NULL")),
        Index("idx_provider_messages_outbox", "outbox_message_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = _company()
    external_id: Mapped[str] = mapped_column(String(100))
    outbox_message_id: Mapped[int | None] = _message()
    callback_url: Mapped[str | None] = mapped_column(Text)
    told: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(Time)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Time)
    finished_at: Mapped[datetime | None] = mapped_column(Time)
