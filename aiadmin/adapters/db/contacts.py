"""Rows of `contacts`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.adapters.db.message_tables import ContactRow, InboxMessageRow, OutboxMessageRow
from aiadmin.adapters.db.notice_tables import QuestionRow
from aiadmin.adapters.db.tombs import Tombs
from aiadmin.domain.contact import Contact, Settlement, Sighting, settle
from aiadmin.domain.ids import CompanyId, ContactId

LOCK = 727_276
"""With the number of a company: one at a time settles who its contacts are."""
_KEEP_STANDING = text("""
UPDATE contacts SET
  opted_out_at = COALESCE(contacts.opted_out_at, absorbed.opted_out_at),
  locked_until = GREATEST(contacts.locked_until, absorbed.locked_until),
  silent_until = GREATEST(contacts.silent_until, absorbed.silent_until)
FROM contacts AS absorbed
WHERE absorbed.company_id = :company_id AND absorbed.id = :absorbed
  AND contacts.company_id = :company_id AND contacts.id = :keep
""")
"""Who said stop under one name has said it under both; who has a LID is on WhatsApp, so that is not carried over."""


class SqlContacts:
    """`ports.Contacts` on SQLAlchemy."""

    def __init__(self, session: Session, tombs: Tombs) -> None:
        self._session, self._tombs = session, tombs

    def see(self, company_id: CompanyId, seen: Sighting, at: datetime) -> ContactId:
        self._session.execute(select(func.pg_advisory_xact_lock(LOCK, company_id)))
        settled = settle(seen, self._known(company_id, seen))
        if settled.keep is not None and not settled.is_news:
            return settled.keep.contact_id
        return self._write(company_id, settled, at)

    def try_lock(self, company_id: CompanyId) -> bool:
        return bool(self._session.scalar(select(func.pg_try_advisory_xact_lock(LOCK, company_id))))

    def see_phones(self, company_id: CompanyId, phones: Collection[str], at: datetime) -> Mapping[str, ContactId]:
        known = self._by_phone(company_id, phones)
        new = sorted(set(phones) - set(known))
        buried = self._tombs.buried(company_id, new)
        rows = [
            {"company_id": company_id, "phone": phone, "created_at": at, "updated_at": at}
            | {"opted_out_at": at if phone in buried else None}
            for phone in new
        ]
        if rows:
            self._session.execute(insert(ContactRow).values(rows))
        return known if not rows else self._by_phone(company_id, phones)

    def _by_phone(self, company_id: CompanyId, phones: Collection[str]) -> Mapping[str, ContactId]:
        of_phones = ContactRow.company_id == company_id, ContactRow.phone.in_(list(phones))
        found = self._session.execute(select(ContactRow.phone, ContactRow.id).where(*of_phones))
        return {str(row.phone): ContactId(row.id) for row in found}

    def find(self, company_id: CompanyId, contact_id: ContactId) -> Contact | None:
        statement = select(ContactRow).where(ContactRow.company_id == company_id, ContactRow.id == contact_id)
        row = self._session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
        return _contact_of(row) if row else None

    def _known(self, company_id: CompanyId, seen: Sighting) -> tuple[Contact, ...]:
        statement = select(ContactRow).where(
            ContactRow.company_id == company_id,
            or_(ContactRow.lid == seen.lid, ContactRow.phone == seen.phone),
        )
        rows = self._session.scalars(statement, execution_options={"populate_existing": True})
        return tuple(_contact_of(row) for row in rows)

    def _write(self, company_id: CompanyId, settled: Settlement, at: datetime) -> ContactId:
        if settled.strip is not None:
            self._set(company_id, settled.strip, phone=None, updated_at=at)
        if settled.absorb is not None and settled.keep is not None:
            self._absorb(company_id, settled.absorb, settled.keep)
        person = settled.person
        values = {"lid": person.lid, "phone": person.phone, "push_name": person.push_name, "updated_at": at}
        if self._tombs.buried(company_id, _new_addresses(settled)):
            values["opted_out_at"] = at
        if settled.keep is None:
            made = insert(ContactRow).values(company_id=company_id, created_at=at, **values).returning(ContactRow.id)
            return ContactId(self._session.scalars(made).one())
        self._set(company_id, settled.keep, **values)
        return settled.keep.contact_id

    def _absorb(self, company_id: CompanyId, absorbed: Contact, keep: Contact) -> None:
        for kind in (InboxMessageRow, OutboxMessageRow, QuestionRow):
            self._session.execute(
                update(kind)
                .where(kind.company_id == company_id, kind.contact_id == absorbed.contact_id)
                .values(contact_id=keep.contact_id)
                .execution_options(synchronize_session=False)
            )
        about = OutboxMessageRow.company_id == company_id, OutboxMessageRow.about_contact_id == absorbed.contact_id
        moved = update(OutboxMessageRow).where(*about).values(about_contact_id=keep.contact_id)
        self._session.execute(moved.execution_options(synchronize_session=False))
        both = {"company_id": company_id, "absorbed": absorbed.contact_id, "keep": keep.contact_id}
        self._session.execute(_KEEP_STANDING, both)
        gone = delete(ContactRow).where(ContactRow.company_id == company_id, ContactRow.id == absorbed.contact_id)
        self._session.execute(gone.execution_options(synchronize_session=False))

    def _set(self, company_id: CompanyId, contact: Contact, **values: Any) -> None:
        mine = (ContactRow.company_id == company_id, ContactRow.id == contact.contact_id)
        changed = update(ContactRow).where(*mine).values(**values)
        self._session.execute(changed.execution_options(synchronize_session=False))


def _new_addresses(settled: Settlement) -> set[str]:
    """By what the person was not known before: whoever was erased comes back as one who wants no messages."""
    rows = [row for row in (settled.keep, settled.absorb) if row is not None]
    known = {address for row in rows for address in (row.lid, row.phone)}
    return {address for address in (settled.person.lid, settled.person.phone) if address} - known


def _contact_of(row: ContactRow) -> Contact:
    return Contact(contact_id=ContactId(row.id), lid=row.lid, phone=row.phone, push_name=row.push_name)
