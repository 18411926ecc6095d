"""The rows of the bot: chats, what was said, agreed to and done in them, and what a salon has set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
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


class ChatRow(Base):
    """A chat of a company with one contact.

    `version` grows with each message, correction and withdrawal that a device has told of: a turn that knows a
    smaller one does not know all. `run` grows with each claim: a worker whose claim was taken over finishes nothing.
    What waits to be handled has come since `waits_since`, and is handled at `due_at`. Where a human has the chat,
    they have it until `human_until`, or for good where that is NULL.
    """

    __tablename__ = "chats"
    __table_args__ = (
        own("fk_chats_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        Index("idx_chats_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    company_id: Mapped[int] = _company(is_key=True)
    contact_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    waits_since: Mapped[datetime | None] = mapped_column(Time)
    due_at: Mapped[datetime | None] = mapped_column(Time)
    claimed_until: Mapped[datetime | None] = mapped_column(Time)
    run: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    dialogue: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    is_human: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    human_why: Mapped[str | None] = mapped_column(String(20))
    human_until: Mapped[datetime | None] = mapped_column(Time)
    greeted_at: Mapped[datetime | None] = mapped_column(Time)
    media_at: Mapped[datetime | None] = mapped_column(Time)
    changed_at: Mapped[datetime] = mapped_column(Time)


class ChatTurnRow(Base):
    """A burst of a client's words that was handled: what was understood, looked up, written and replied.

    `inbox_ids` are its messages, `heard` their words, `parts` the kinds of what was said to it; `commands`,
    `looked_up`, `proposal`, `written` and `attendance` are values of `domain.chat` as `storage.chat.codec` writes
    them.
    """

    __tablename__ = "chat_turns"
    __table_args__ = (
        own("fk_chat_turns_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        own("fk_chat_turns_own_message", "outbox_message_id", "outbox_messages"),
        Index("idx_chat_turns_contact", "company_id", "contact_id", "id"),
        Index("idx_chat_turns_log", "company_id", "finished_at"),
        Index("idx_chat_turns_kept", "finished_at"),
        Index("idx_chat_turns_outbox", "outbox_message_id"),
        CheckConstraint(
            "verdict IN ('booked','moved','cancelled','answered','handed_over','declined','silent')", name="verdict"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = _company()
    contact_id: Mapped[int] = mapped_column(BigInteger)
    written_at: Mapped[datetime] = mapped_column(Time)
    began_at: Mapped[datetime] = mapped_column(Time)
    finished_at: Mapped[datetime] = mapped_column(Time)
    inbox_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    heard: Mapped[Any] = mapped_column(JSONB)
    commands: Mapped[Any] = mapped_column(JSONB)
    looked_up: Mapped[Any] = mapped_column(JSONB)
    proposal: Mapped[Any | None] = mapped_column(JSONB)
    written: Mapped[Any] = mapped_column(JSONB)
    attendance: Mapped[Any] = mapped_column(JSONB)
    act: Mapped[str] = mapped_column(String(20))
    asks: Mapped[str | None] = mapped_column(String(20))
    hand_over: Mapped[str | None] = mapped_column(String(20))
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reply: Mapped[str | None] = mapped_column(Text)
    outbox_message_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_messages.id", ondelete="SET NULL"))
    verdict: Mapped[str] = mapped_column(String(20))


class ChatProposalRow(Base):
    """An operation that was offered to a client: `proposal` as `storage.chat.codec` writes it.

    `outbox_message_id` is the message that offers it. It was agreed to at `agreed_at`, and the client was told what
    became of it at `told_at`.
    """

    __tablename__ = "chat_proposals"
    __table_args__ = (
        own("fk_chat_proposals_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        own("fk_chat_proposals_own_message", "outbox_message_id", "outbox_messages"),
        Index("idx_chat_proposals_contact", "company_id", "contact_id", "id"),
        Index("idx_chat_proposals_kept", "made_at"),
        Index("idx_chat_proposals_outbox", "outbox_message_id"),
        Index(
            "idx_chat_proposals_untold",
            "company_id",
            "contact_id",
            postgresql_where=text("agreed_at IS NOT NULL AND told_at IS NULL"),
        ),
        UniqueConstraint("company_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = _company()
    contact_id: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[str] = mapped_column(String(32))
    proposal: Mapped[Any] = mapped_column(JSONB)
    outbox_message_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_messages.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(Time)
    agreed_at: Mapped[datetime | None] = mapped_column(Time)
    told_at: Mapped[datetime | None] = mapped_column(Time)


class ChatWriteRow(Base):
    """A change of the journal that a client has agreed to; see `domain.chat.visit_write`.

    `starts` is the salon's wall clock. At `next_check_at` the journal is looked at, where it is not known whether the
    change was made.
    """

    __tablename__ = "chat_writes"
    __table_args__ = (
        own("fk_chat_writes_own_contact", "contact_id", "contacts", ondelete="CASCADE"),
        own("fk_chat_writes_own_proposal", "proposal_id", "chat_proposals", ondelete="CASCADE"),
        Index("idx_chat_writes_contact", "company_id", "contact_id"),
        Index("idx_chat_writes_due", "next_check_at", postgresql_where=text("next_check_at IS NOT NULL")),
        Index("idx_chat_writes_record", "company_id", "record_id"),
        UniqueConstraint("company_id", "proposal_id", "part"),
        UniqueConstraint("company_id", "api_id"),
        CheckConstraint("operation IN ('book','move','cancel')", name="operation"),
        CheckConstraint("state IN ('waiting','sending','saved','refused','unknown')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    company_id: Mapped[int] = _company()
    contact_id: Mapped[int] = mapped_column(BigInteger)
    proposal_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[int] = mapped_column(SmallInteger)
    operation: Mapped[str] = mapped_column(String(20))
    api_id: Mapped[str] = mapped_column(String(100))
    record_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    starts: Mapped[datetime | None] = mapped_column(DateTime)
    seconds: Mapped[int | None] = mapped_column(Integer)
    service_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    guest: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20), server_default="waiting")
    reason: Mapped[str | None] = mapped_column(String(20))
    checks: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_check_at: Mapped[datetime | None] = mapped_column(Time)
    created_at: Mapped[datetime] = mapped_column(Time)
    sent_at: Mapped[datetime | None] = mapped_column(Time)
    finished_at: Mapped[datetime | None] = mapped_column(Time)


class BotSettingsRow(Base):
    """What a salon has set about its bot; `settings` as `domain.chat.bot_settings` has them."""

    __tablename__ = "bot_settings"

    company_id: Mapped[int] = _company(is_key=True)
    settings: Mapped[Any] = mapped_column(JSONB)
    updated_at: Mapped[datetime] = mapped_column(Time)
