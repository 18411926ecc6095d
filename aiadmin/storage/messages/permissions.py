"""Permissions to write to contacts, and the pauses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.messages.sending_policy import Recipient
from aiadmin.storage.tables.core import CompanyRow, DeviceRow
from aiadmin.storage.tables.messages import ContactRow
from aiadmin.storage.tables.notices import MessagePauseRow

_RECIPIENTS = text("""
SELECT contacts.id, opted_out_at, unreachable_at, locked_until,
  (
    SELECT COALESCE(human_until, '9999-01-01T00:00:00Z') FROM chats
    WHERE chats.company_id = :company_id AND chats.contact_id = contacts.id AND is_human
  ) AS muted_until,
  EXISTS (SELECT FROM inbox_messages WHERE contact_id = contacts.id AND direction = 'in') AS has_written
FROM contacts WHERE company_id = :company_id AND id = ANY(:contact_ids)
""")
"""A chat that a human has for good is held until the end of days."""
_MARK_REACHABLE = text("""
UPDATE contacts SET unreachable_at = NULL, locked_until = NULL
WHERE company_id = :company_id AND id = :contact_id AND (unreachable_at IS NOT NULL OR locked_until IS NOT NULL)
""")


class ContactPermissions:
    """What clients, WhatsApp and salons said about writing to each contact. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def recipient(self, company_id: CompanyId, contact_id: ContactId) -> Recipient:
        """What is known of writing to a contact; an unknown contact is like a new one."""
        return self.recipients(company_id, [contact_id])[contact_id]

    def recipients(self, company_id: CompanyId, contact_ids: Collection[ContactId]) -> Mapping[ContactId, Recipient]:
        """`recipient` of many at once."""
        if not contact_ids:
            return {}
        asked = {"company_id": company_id, "contact_ids": list(contact_ids)}
        rows = self._session.execute(_RECIPIENTS, asked).mappings()
        known = {row["id"]: Recipient(**{name: row[name] for name in row if name != "id"}) for row in rows}
        return {contact_id: known.get(contact_id, Recipient()) for contact_id in contact_ids}

    def opt_out(self, company_id: CompanyId, contact_id: ContactId, at: datetime) -> bool:
        """Write to them no more; False when they had opted out before."""
        fresh = _contact(company_id, contact_id).where(ContactRow.opted_out_at.is_(None))
        return self._change(fresh, opted_out_at=at)

    def opt_in(self, company_id: CompanyId, contact_id: ContactId) -> bool:
        """Take an opt-out back; False when there was none."""
        out = _contact(company_id, contact_id).where(ContactRow.opted_out_at.is_not(None))
        return self._change(out, opted_out_at=None)

    def lock(self, company_id: CompanyId, contact_id: ContactId, until: datetime) -> None:
        """Keep that WhatsApp does not let this salon write to them before `until`."""
        self._change(_contact(company_id, contact_id), locked_until=until)

    def count_locked(self, company_id: CompanyId, *, until_after: datetime) -> int:
        """How many contacts are locked beyond `until_after`."""
        statement = select(func.count()).where(
            ContactRow.company_id == company_id, ContactRow.locked_until > until_after
        )
        return self._session.scalar(statement) or 0

    def lock_account(self, device_id: DeviceId, until: datetime) -> None:
        """Store that the device may write to no new recipient before `until`."""
        self._change(update(DeviceRow).where(DeviceRow.id == device_id), locked_until=until)

    def mark_unreachable(self, company_id: CompanyId, contact_id: ContactId, at: datetime) -> None:
        """Keep that they had no WhatsApp at that time."""
        self._change(_contact(company_id, contact_id), unreachable_at=at)

    def mark_reachable(self, company_id: CompanyId, contact_id: ContactId) -> None:
        """Store that a contact has WhatsApp and may be written to, whatever was known."""
        self._session.execute(_MARK_REACHABLE, {"company_id": company_id, "contact_id": contact_id})

    def _change(self, statement: Update, **values: object) -> bool:
        changed = statement.values(**values).execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self._session.execute(changed)).rowcount > 0


class Pauses:
    """Whether messages are paused: a salon's, or all."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pause(self, company_id: CompanyId | None, at: datetime) -> None:
        """Pause a company's messages, or for None everybody's; a later pause changes nothing."""
        if company_id is None:
            self._session.execute(insert(MessagePauseRow).values(since=at).on_conflict_do_nothing())
        else:
            since = func.coalesce(CompanyRow.messages_paused_at, at)
            self._session.execute(_company(company_id).values(messages_paused_at=since))

    def resume(self, company_id: CompanyId | None) -> None:
        if company_id is None:
            self._session.execute(delete(MessagePauseRow))
        else:
            self._session.execute(_company(company_id).values(messages_paused_at=None))

    def since(self, company_id: CompanyId | None) -> datetime | None:
        """Since when messages are paused, or None; for a company its own pause alone."""
        if company_id is None:
            return self._session.scalar(select(MessagePauseRow.since))
        return self._session.scalar(select(CompanyRow.messages_paused_at).where(CompanyRow.id == company_id))


def _contact(company_id: CompanyId, contact_id: ContactId) -> Update:
    return update(ContactRow).where(ContactRow.company_id == company_id, ContactRow.id == contact_id)


def _company(company_id: CompanyId) -> Update:
    return update(CompanyRow).where(CompanyRow.id == company_id).execution_options(synchronize_session=False)
