"""Personal data across all tables: blanked when it is old, exported and erased when a client asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, text, update
from sqlalchemy.orm import Session

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import spellings
from aiadmin.storage.company_locks import lock_company
from aiadmin.storage.hosting.wa_store import Names, WaStore
from aiadmin.storage.locks import Lock
from aiadmin.storage.messages.contacts import KNOWN_BY
from aiadmin.storage.tables.chat import ChatProposalRow, ChatRow, ChatTurnRow
from aiadmin.storage.tables.messages import InboxMessageRow, OutboxMessageRow
from aiadmin.storage.tables.notices import NoticeRow

_MINE = "company_id = :company_id"
_PERSON = f"{_MINE} AND (phone = ANY(:phones) OR lid = ANY(:lids))"
"""`phones` and `lids` are all by which one person is or was known."""
_CONTACT = f"SELECT id FROM contacts WHERE {_PERSON}"  # noqa: S608 - our own words
_CLIENT = f"SELECT client_id FROM clients WHERE {_MINE} AND phone = ANY(:phones)"  # noqa: S608 - our own words
_RECORD = f"""SELECT record_id FROM records WHERE {_MINE}
  AND (client_phone = ANY(:phones) OR client_id IN ({_CLIENT}))"""  # noqa: S608 - our own words
_MESSAGE = f"SELECT id FROM outbox_messages WHERE contact_id IN ({_CONTACT})"  # noqa: S608 - our own words
_MENTIONS = "regexp_replace(encode(body, 'escape'), '[ ()+-]', '', 'g') LIKE ANY(:mentions)"
"""A phone is written in many ways, `8 (900) 123-45-67` among them; a body may be anything, so it is no text yet."""

_TO_SALON = """contact_id IN (
  SELECT contacts.id FROM contacts JOIN companies ON companies.id = contacts.company_id
  WHERE companies.id = :company_id AND contacts.phone = companies.whatsapp_phone
) AND regexp_replace(text, '[ ()+-]', '', 'g') LIKE ANY(:mentions)"""
"""Messages to the salon's own number from before such messages named the client concerned."""
_ABOUT = f"{_MINE} AND (contact_id IN ({_CONTACT}) OR about_contact_id IN ({_CONTACT}) OR {_TO_SALON})"
_ADDRESSES = text(f"""
WITH theirs AS (SELECT id, lid, phone FROM contacts WHERE company_id = :company_id AND {KNOWN_BY})
SELECT lid FROM theirs WHERE lid IS NOT NULL
UNION SELECT phone FROM theirs WHERE phone IS NOT NULL
UNION SELECT address FROM contact_addresses WHERE company_id = :company_id AND contact_id IN (SELECT id FROM theirs)
""")  # noqa: S608 - our own words
_HELD: Mapping[str, str] = {
    "contacts": _PERSON,
    "contact_addresses": f"{_MINE} AND contact_id IN ({_CONTACT})",
    "clients": f"{_MINE} AND phone = ANY(:phones)",
    "records": f"{_MINE} AND record_id IN ({_RECORD})",
    "webhook_phones": f"{_MINE} AND (phone = ANY(:phones) OR record_id IN ({_RECORD}))",
    "booking_events": f"{_MINE} AND record_id IN ({_RECORD})",
    "notices": f"{_MINE} AND record_id IN ({_RECORD})",
    "questions": f"{_MINE} AND (contact_id IN ({_CONTACT}) OR record_id IN ({_RECORD}))",
    "chats": f"{_MINE} AND contact_id IN ({_CONTACT})",
    "chat_turns": f"{_MINE} AND contact_id IN ({_CONTACT})",
    "chat_writes": f"{_MINE} AND contact_id IN ({_CONTACT})",
    "chat_proposals": f"{_MINE} AND contact_id IN ({_CONTACT})",
    "inbox_messages": f"{_MINE} AND contact_id IN ({_CONTACT})",
    "outbox_messages": _ABOUT,
    "provider_messages": f"{_MINE} AND outbox_message_id IN ({_MESSAGE})",
    "webhooks": f"{_MINE} AND {_MENTIONS}",
}
"""Which rows of a table are about the client of a phone; the order is that of the export."""

_FORGET = '\'{"client_name": null, "client_phone": null, "comment": ""}\'::jsonb'
_ERASURES: Sequence[tuple[str, str]] = (
    (
        "provider_messages",
        "UPDATE provider_messages SET next_attempt_at = NULL, callback_url = NULL, error = 'erased',"
        " finished_at = COALESCE(finished_at, :at)",
    ),
    ("webhooks", "DELETE FROM webhooks"),
    ("webhook_phones", "DELETE FROM webhook_phones"),
    (
        "booking_events",
        f"UPDATE booking_events SET before = before || {_FORGET}, after = after || {_FORGET}",  # noqa: S608
    ),
    (
        "notices",
        "UPDATE notices SET announced = '{}', finished_at = COALESCE(finished_at, :at), claimed_until = NULL,"
        " reason = CASE WHEN state IN ('done', 'dropped') THEN reason ELSE 'erased' END,"
        " state = CASE WHEN state = 'done' THEN state ELSE 'dropped' END",
    ),
    ("questions", "DELETE FROM questions"),
    ("chats", "DELETE FROM chats"),
    ("chat_turns", "DELETE FROM chat_turns"),
    ("chat_writes", "DELETE FROM chat_writes"),
    ("chat_proposals", "DELETE FROM chat_proposals"),
    ("inbox_messages", "DELETE FROM inbox_messages"),
    ("outbox_messages", "DELETE FROM outbox_messages"),
    (
        "records",
        "UPDATE records SET client_name = NULL, client_phone = NULL, client_number = NULL, comment = '',"
        " raw_data = '{}'",
    ),
    (
        "clients",
        "UPDATE clients SET name = NULL, phone = NULL, email = NULL, raw_data = '{}', is_muted = true",
    ),
    ("contact_addresses", "DELETE FROM contact_addresses"),
    ("contacts", "DELETE FROM contacts"),
)
"""In this order: what leads to other rows goes after them."""


Rows = Sequence[Mapping[str, Any]]


class Privacy:
    """Everything that we hold of one client, in all tables."""

    def __init__(self, session: Session) -> None:
        self._session, self._wa_store = session, WaStore(session)

    def blank_messages(self, before: datetime, *, limit: int) -> int:
        """Take the words out of the oldest messages, in and out, of before then; how many there were."""
        heard, owed = InboxMessageRow, OutboxMessageRow
        old_in = select(heard.id).where(heard.received_at < before, heard.text.is_not(None))
        old_out = select(owed.id).where(
            owed.created_at < before,
            owed.text != "",
            owed.state.not_in([OutboxState.PENDING, OutboxState.SENDING]),
        )
        blanked = self._changed(update(heard).where(heard.id.in_(old_in.limit(limit))).values(text=None))
        return blanked + self._changed(update(owed).where(owed.id.in_(old_out.limit(limit))).values(text=""))

    def forget_voices(self, before: datetime) -> int:
        """Forget where voice messages from before then lie, that no turn has handled; how many there were."""
        heard = InboxMessageRow
        old = update(heard).where(heard.voice.is_not(None), heard.received_at < before)
        return self._changed(old.values(voice=None))

    def forget_notices(self, before: datetime) -> int:
        """Delete notices that were finished before then; how many there were."""
        return self._changed(delete(NoticeRow).where(NoticeRow.finished_at < before))

    def forget_chats(self, before: datetime) -> int:
        """Delete turns that were finished and offers that were made before then, and chats without a change since."""
        turns = self._changed(delete(ChatTurnRow).where(ChatTurnRow.finished_at < before))
        turns += self._changed(delete(ChatProposalRow).where(ChatProposalRow.made_at < before))
        idle = ChatRow.changed_at < before, ChatRow.due_at.is_(None), ChatRow.is_human.is_(False)
        return turns + self._changed(delete(ChatRow).where(*idle))

    def export(self, company_id: CompanyId, phone: str) -> Mapping[str, Rows]:
        """What each table holds of the client of this phone, by whichever number or LID."""
        addresses = self.addresses(company_id, phone)
        given = _given(company_id, addresses)
        held: dict[str, Rows] = {}
        for table, mine in _HELD.items():
            rows = self._session.execute(text(f"SELECT * FROM {table} WHERE {mine}"), given)  # noqa: S608
            held[table] = [_shown(dict(row)) for row in rows.mappings()]
        return {**held, **self._wa_store.export(company_id, Names.of(addresses))}

    def erase(self, company_id: CompanyId, phone: str, at: datetime) -> Mapping[str, int]:
        """Delete or blank what is held of a client; how many rows of each table. The caller records the erasure."""
        # no contact is made meanwhile
        lock_company(self._session, Lock.CONTACTS, company_id)
        addresses = self.addresses(company_id, phone)
        given = _given(company_id, addresses) | {"at": at}
        counts: dict[str, int] = {}
        for table, action in _ERASURES:
            counts[table] = self._changed(text(f"{action} WHERE {_HELD[table]}"), given)
        return {**counts, **self._wa_store.erase(company_id, Names.of(addresses))}

    def addresses(self, company_id: CompanyId, phone: str) -> frozenset[str]:
        """All numbers, in every spelling, and hidden ids (LIDs) by which the client of this phone is or was known."""
        asked = spellings([phone])
        heard = {lid for number in asked for lid in self._wa_store.lids(number)}
        given = {"company_id": company_id, "addresses": sorted(asked | heard)}
        return spellings(asked | heard | set(self._session.scalars(_ADDRESSES, given)))

    def forget_left_behind(self) -> int:
        """Delete what the WhatsApp library keeps for devices that are gone; how many rows."""
        return self._wa_store.forget_left_behind()

    def _changed(self, statement: Any, given: Mapping[str, Any] | None = None) -> int:
        quiet = statement.execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self._session.execute(quiet, given)).rowcount


def _given(company_id: CompanyId, addresses: Collection[str]) -> dict[str, Any]:
    """`addresses` as the statements take them; bodies and old texts may hold a phone without its country."""
    lids = sorted(one for one in addresses if "@" in one)
    phones = sorted(set(addresses).difference(lids))
    mentions = [f"%{phone[-_NATIONAL:]}%" for phone in phones]
    return {"company_id": company_id, "phones": phones, "lids": lids, "mentions": mentions}


_NATIONAL = 10
"""Digits of a number without its country code, at most."""

_OURS = frozenset({"epoch", "callback_url", "claimed_until", "run", "version"})
"""Columns that say nothing of the client."""


def _shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else value
        for name, value in row.items()
        if name not in _OURS
    }
