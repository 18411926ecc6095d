"""Contacts: the people behind messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, Table, delete, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.messages.contact import (
    Contact,
    IdentityMerge,
    IdentityObservation,
    merge,
    one_spelling,
    spellings,
    without,
)
from aiadmin.domain.messages.sending_policy import UNPACED
from aiadmin.storage.company_locks import lock_company, try_lock_company
from aiadmin.storage.erasures import Erasures
from aiadmin.storage.locks import Lock
from aiadmin.storage.tables.chat import ChatProposalRow, ChatTurnRow, ChatWriteRow
from aiadmin.storage.tables.messages import ContactAddressRow, ContactRow, InboxMessageRow, OutboxMessageRow
from aiadmin.storage.tables.notices import QuestionRow

_KEEP_STANDING = text("""
UPDATE contacts SET
  opted_out_at = COALESCE(contacts.opted_out_at, absorbed.opted_out_at),
  locked_until = GREATEST(contacts.locked_until, absorbed.locked_until),
  disappears_after = COALESCE(contacts.disappears_after, absorbed.disappears_after),
  seen_at = GREATEST(contacts.seen_at, absorbed.seen_at)
FROM contacts AS absorbed
WHERE absorbed.company_id = :company_id AND absorbed.id = :absorbed
  AND contacts.company_id = :company_id AND contacts.id = :keep
""")
"""Who said stop under one name has said it under both; who has a LID is on WhatsApp, so that is not carried over."""
_FOLLOW_NUMBER = text("""
WITH moved AS (
  UPDATE outbox_messages SET contact_id = :keep
  WHERE company_id = :company_id AND contact_id = :other AND state = 'pending' AND purpose <> 'reply'
  RETURNING record_id
)
UPDATE questions SET contact_id = :keep
WHERE company_id = :company_id AND contact_id = :other AND record_id IN (SELECT record_id FROM moved)
""")
"""What waits for a number goes to its present holder; an answer stays with the person who is answered."""
_MERGE_CHATS = text("""
WITH absorbed AS (
  DELETE FROM chats WHERE company_id = :company_id AND contact_id = :absorbed RETURNING *
)
INSERT INTO chats (company_id, contact_id, version, waits_since, due_at, is_human, human_why, human_until, changed_at)
SELECT company_id, :keep, version, waits_since, due_at, is_human, human_why, human_until, changed_at FROM absorbed
ON CONFLICT (company_id, contact_id) DO UPDATE SET
  version = chats.version + EXCLUDED.version,
  waits_since = LEAST(chats.waits_since, EXCLUDED.waits_since),
  due_at = LEAST(chats.due_at, EXCLUDED.due_at),
  is_human = chats.is_human OR EXCLUDED.is_human,
  human_why = COALESCE(chats.human_why, EXCLUDED.human_why),
  human_until = GREATEST(chats.human_until, EXCLUDED.human_until),
  changed_at = GREATEST(chats.changed_at, EXCLUDED.changed_at)
""")
"""What waits under one name is handled under both; the dialogue stays with the row that stays."""
_CANCEL_UNWANTED = text("""
UPDATE outbox_messages SET state = 'cancelled', reason = 'opted_out', next_attempt_at = NULL, finished_at = :at
WHERE company_id = :company_id AND contact_id = :keep AND state = 'pending' AND purpose <> ALL(:wanted)
  AND EXISTS (
    SELECT FROM contacts
    WHERE contacts.company_id = :company_id AND contacts.id = :keep AND contacts.opted_out_at IS NOT NULL
  )
""")
"""What one of two that turn out to be one was still owed, when the other had said stop."""
_CONTACTS = """
SELECT id, lid, phone, push_name, ARRAY(
  SELECT address FROM contact_addresses
  WHERE contact_addresses.company_id = contacts.company_id AND contact_id = contacts.id
) AS addresses
FROM contacts WHERE company_id = :company_id
"""
_FIND = text(f"{_CONTACTS} AND id = :contact_id")
KNOWN_BY = """
contacts.id IN (
  SELECT id FROM contacts WHERE company_id = :company_id AND lid = ANY(:addresses)
  UNION ALL SELECT id FROM contacts WHERE company_id = :company_id AND phone = ANY(:addresses)
  UNION ALL SELECT contact_id FROM contact_addresses WHERE company_id = :company_id AND address = ANY(:addresses)
)
"""
"""Whether a contact is or was known by one of these numbers and LIDs; three looks into indexes."""
_KNOWN = text(f"{_CONTACTS} AND {KNOWN_BY}")
_KEEP_ADDRESSES = text("""
INSERT INTO contact_addresses (company_id, address, contact_id)
SELECT :company_id, address, contact_id
FROM unnest(CAST(:addresses AS text[]), CAST(:contact_ids AS bigint[])) AS owned (address, contact_id)
ON CONFLICT (company_id, address) DO UPDATE SET contact_id = EXCLUDED.contact_id
WHERE contact_addresses.contact_id <> EXCLUDED.contact_id
""")
_ROWS = cast("Table", ContactRow.__table__)
_ADD = insert(_ROWS)
_ADD_ONE = _ADD.returning(_ROWS.c.id)


_OF_CONTACT = (
    *(InboxMessageRow, OutboxMessageRow, QuestionRow, ContactAddressRow),
    *(ChatTurnRow, ChatProposalRow, ChatWriteRow),
)
"""Rows that follow their contact into another."""


class Contacts:
    """Rows of `contacts`."""

    def __init__(self, session: Session, erasures: Erasures) -> None:
        self._session, self._erasures = session, erasures

    def upsert(self, company_id: CompanyId, observed: IdentityObservation, at: datetime) -> ContactId:
        """The contact that `observed` is: found, made, corrected, or merged of two that turn out to be one.

        Observations of one company wait for one another until the commit: upsert companies in the order of their ids.
        """
        lock_company(self._session, Lock.CONTACTS, company_id)
        settled = merge(observed, self._known(company_id, observed.addresses))
        if settled.keep is not None and not settled.is_news:
            return settled.keep.contact_id
        return self._write(company_id, settled, observed, at)

    def try_lock(self, company_id: CompanyId) -> bool:
        """Keep observations of this company waiting until the commit; False, at once, when another holds them."""
        return try_lock_company(self._session, Lock.CONTACTS, company_id)

    def upsert_phones(self, company_id: CompanyId, phones: Collection[str], at: datetime) -> Mapping[str, ContactId]:
        """`upsert` for people of whom only the phone is known, all of them at once. `try_lock` goes before it."""
        known = self.of_phones(company_id, phones)
        new = {one_spelling(phone): phone for phone in sorted(set(phones) - set(known))}  # one of each person
        erased = self._erasures.erased_of(company_id, new.values())
        rows = [
            {"company_id": company_id, "phone": phone, "created_at": at, "updated_at": at}
            | {"opted_out_at": at if phone in erased else None}
            for phone in new.values()
        ]
        if rows:
            self._session.execute(_ADD, rows)
            known = self.of_phones(company_id, phones)
        self._keep_addresses(company_id, known.items())
        return known

    def of_phones(self, company_id: CompanyId, phones: Collection[str]) -> Mapping[str, ContactId]:
        """Contacts that are known by these phones, in whichever spelling; nothing is made or corrected."""
        rows = self._known(company_id, spellings(phones))
        owners = {address: row.contact_id for row in rows for address in spellings(row.known)}
        exact = {address: row.contact_id for row in rows for address in row.known}
        found = owners | exact
        return {phone: found[phone] for phone in phones if phone in found}

    def find(self, company_id: CompanyId, contact_id: ContactId) -> Contact | None:
        found = self._session.execute(_FIND, {"company_id": company_id, "contact_id": contact_id}).one_or_none()
        return None if found is None else _contact_of(found)

    def set_timer(self, company_id: CompanyId, contact_id: ContactId, seconds: int) -> None:
        """Note after how many seconds messages of the chat disappear; 0 for never."""
        timer = ContactRow.disappears_after
        changed = update(ContactRow).where(ContactRow.company_id == company_id, ContactRow.id == contact_id)
        changed = changed.where(timer.is_distinct_from(seconds)).values(disappears_after=seconds)
        self._session.execute(changed.execution_options(synchronize_session=False))

    def mark_seen(self, company_id: CompanyId, contact_id: ContactId, at: datetime) -> bool:
        """Keep that the salon has read what had come by then; False where the company has no such contact."""
        mine = update(ContactRow).where(ContactRow.company_id == company_id, ContactRow.id == contact_id)
        changed = mine.values(seen_at=func.greatest(ContactRow.seen_at, at))
        quiet = changed.execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self._session.execute(quiet)).rowcount > 0

    def _known(self, company_id: CompanyId, addresses: Collection[str]) -> tuple[Contact, ...]:
        asked = {"company_id": company_id, "addresses": list(addresses)}
        return tuple(_contact_of(row) for row in self._session.execute(_KNOWN, asked))

    def _write(
        self, company_id: CompanyId, settled: IdentityMerge, observed: IdentityObservation, at: datetime
    ) -> ContactId:
        for other in settled.strip:
            self._strip(company_id, other, observed.addresses, at)
        if settled.keep is not None:
            for absorbed in settled.absorb:
                self._absorb(company_id, absorbed, settled.keep, at)
        person = settled.person
        values = {"lid": person.lid, "phone": person.phone, "push_name": person.push_name, "updated_at": at}
        if self._erasures.erased_of(company_id, _new_addresses(settled)):
            values["opted_out_at"] = at
        if settled.keep is None:
            made = {"company_id": company_id, "created_at": at, **values}
            contact_id = ContactId(self._session.scalars(_ADD_ONE, made).one())
        else:
            contact_id = settled.keep.contact_id
            self._set(company_id, settled.keep, **values)
        for other in settled.strip:
            if other.phone in observed.addresses:  # what was owed to them was owed to this number
                self._follow_number(company_id, other, contact_id, at)
        addresses = [one for one in (person.lid, person.phone, *person.also) if one]
        self._keep_addresses(company_id, [(address, contact_id) for address in addresses])
        return contact_id

    def _keep_addresses(self, company_id: CompanyId, owned: Iterable[tuple[str, ContactId]]) -> None:
        of_whom = sorted(owned)
        if of_whom:
            addresses, contact_ids = zip(*of_whom, strict=True)
            given = {"company_id": company_id, "addresses": list(addresses), "contact_ids": list(contact_ids)}
            self._session.execute(_KEEP_ADDRESSES, given)

    def _strip(self, company_id: CompanyId, other: Contact, lost: Collection[str], at: datetime) -> None:
        self._set(company_id, other, phone=without(other, lost).phone, updated_at=at)
        row = ContactAddressRow
        theirs = row.company_id == company_id, row.contact_id == other.contact_id, row.address.in_(list(lost))
        self._session.execute(delete(row).where(*theirs).execution_options(synchronize_session=False))

    def _follow_number(self, company_id: CompanyId, other: Contact, keep: ContactId, at: datetime) -> None:
        given = {"company_id": company_id, "other": other.contact_id, "keep": keep}
        self._session.execute(_FOLLOW_NUMBER, given)
        self._session.execute(_CANCEL_UNWANTED, given | {"wanted": sorted(UNPACED), "at": at})

    def _absorb(self, company_id: CompanyId, absorbed: Contact, keep: Contact, at: datetime) -> None:
        for kind in _OF_CONTACT:
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
        self._session.execute(_MERGE_CHATS, both)
        self._session.execute(_CANCEL_UNWANTED, {**both, "wanted": sorted(UNPACED), "at": at})
        gone = delete(ContactRow).where(ContactRow.company_id == company_id, ContactRow.id == absorbed.contact_id)
        self._session.execute(gone.execution_options(synchronize_session=False))

    def _set(self, company_id: CompanyId, contact: Contact, **values: Any) -> None:
        mine = (ContactRow.company_id == company_id, ContactRow.id == contact.contact_id)
        changed = update(ContactRow).where(*mine).values(**values)
        self._session.execute(changed.execution_options(synchronize_session=False))


def _new_addresses(settled: IdentityMerge) -> frozenset[str]:
    """By what the person was not known before: whoever was erased comes back as one who wants no messages."""
    rows = [row for row in (settled.keep, *settled.absorb) if row is not None]
    known = frozenset(address for row in rows for address in row.known)
    person = settled.person
    return frozenset(one for one in (person.lid, person.phone, *person.also) if one) - known


def _contact_of(row: Row[Any]) -> Contact:
    numbers = frozenset(address for address in row.addresses if "@" not in address)
    return Contact(
        contact_id=ContactId(row.id),
        lid=row.lid,
        phone=row.phone,
        push_name=row.push_name,
        also=numbers - {row.phone},
    )
