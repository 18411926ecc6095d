"""The messages that a company is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    any_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.messages.message import MessageKind, Purpose
from aiadmin.domain.messages.message_log import (
    PAGE_SIZE,
    Author,
    ChatLine,
    Cursor,
    LogEntry,
    MessageStatus,
    status_of,
)
from aiadmin.domain.messages.voice import VOICE
from aiadmin.storage.tables.core import Time
from aiadmin.storage.tables.journal import ClientRow
from aiadmin.storage.tables.messages import ContactAddressRow, ContactRow, InboxMessageRow, OutboxMessageRow

CHATS = 30
_CLIENT_NAME = """
LEFT JOIN LATERAL (
  SELECT clients.name FROM clients
  WHERE clients.company_id = :company AND clients.deleted_at IS NULL AND clients.name IS NOT NULL
    AND clients.phone = ANY(array_append(ARRAY(
      SELECT CAST(address AS text) FROM contact_addresses AS known
      WHERE known.company_id = :company AND known.contact_id = contacts.id
    ), CAST(contacts.phone AS text)))
  ORDER BY clients.client_id DESC LIMIT 1
) AS client ON true
"""
"""As the journal calls the person behind a contact."""
_NAME = text(f"""
SELECT COALESCE(client.name, contacts.push_name) FROM contacts {_CLIENT_NAME}
WHERE contacts.company_id = :company AND contacts.id = :contact
""")  # noqa: S608 - our own words
MOST_UNREAD = 99
_CHATS = text(f"""
WITH page AS (
SELECT contacts.id, contacts.phone, contacts.push_name, contacts.seen_at, client.name, last.at, last.author,
  left(last.words, 300) AS words,
  chats.contact_id IS NOT NULL AS can_give, chats.human_until,
  COALESCE(chats.is_human AND (chats.human_until IS NULL OR chats.human_until > :now), false) AS is_human
FROM contacts
CROSS JOIN LATERAL (
  SELECT * FROM (
    (SELECT received_at AS at, direction AS author, COALESCE(text, media) AS words FROM inbox_messages
    WHERE company_id = :company AND contact_id = contacts.id ORDER BY id DESC LIMIT 1)
    UNION ALL
    (SELECT created_at, CASE WHEN purpose = 'staff' THEN 'staff' ELSE 'out' END, text FROM outbox_messages
    WHERE company_id = :company AND contact_id = contacts.id ORDER BY id DESC LIMIT 1)
  ) AS both_sides ORDER BY at DESC LIMIT 1
) AS last
{_CLIENT_NAME}
LEFT JOIN chats ON chats.company_id = contacts.company_id AND chats.contact_id = contacts.id
WHERE contacts.company_id = :company
  AND (CAST(:before AS timestamptz) IS NULL OR last.at < :before)
  AND (CAST(:words AS text) IS NULL OR COALESCE(client.name, contacts.push_name) ILIKE :words)
  AND (CAST(:digits AS text) IS NULL OR contacts.phone LIKE :digits OR EXISTS (
    SELECT FROM contact_addresses AS known
    WHERE known.company_id = :company AND known.contact_id = contacts.id AND known.address LIKE :digits
      AND known.address NOT LIKE '%@%'
  ))
ORDER BY last.at DESC, contacts.id DESC LIMIT :most
)
SELECT page.*, (
  SELECT count(*) FROM (
    SELECT FROM inbox_messages AS said
    WHERE said.company_id = :company AND said.contact_id = page.id AND said.direction = 'in'
      AND said.kind <> 'reaction' AND said.withdrawn_at IS NULL
      AND said.received_at > COALESCE(page.seen_at, '-infinity')
      AND said.id > COALESCE((
        SELECT max(id) FROM inbox_messages AS own
        WHERE own.company_id = :company AND own.contact_id = page.id AND own.direction = 'own_phone'
      ), 0)
    LIMIT :most_unread
  ) AS found
) AS unread
FROM page ORDER BY at DESC, id DESC
""")  # noqa: S608 - our own words
"""Who answers by the phone has read what came before."""
_OF_OURS_ALONE = (("purpose", Text), ("state", Text), ("delivered_at", Time), ("read_at", Time), ("reason", Text))


class MessageLog:
    """The messages of a company in both directions, newest first."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(
        self, company_id: CompanyId, *, before: Cursor | None, phone: str | None, contact_id: ContactId | None = None
    ) -> Sequence[LogEntry]:
        """The newest, at most `PAGE_SIZE`, older than `before`; only with contacts whose phone holds these digits.

        Args:
            contact_id: with this contact alone.

        Each table gives its own newest, by its index; the newest of both make the page.
        """
        both = [_outbox(company_id), _inbox(company_id)]
        if phone is not None:
            both = [one.where(_has_number(company_id, phone)) for one in both]
        if contact_id is not None:
            both = [one.where(ContactRow.id == contact_id) for one in both]
        page = _named(company_id, _newest(both, before))
        return [_entry_of(dict(row._mapping)) for row in self._session.execute(page)]

    def chats(
        self, company_id: CompanyId, *, search: str | None, before: datetime | None, now: datetime
    ) -> Sequence[ChatLine]:
        """The chats in which something was written last, at most `CHATS`, older than `before`.

        Args:
            search: a part of the client's name, or of a number of theirs.
        """
        digits = "".join(letter for letter in search or "" if letter in "0123456789")
        is_number = bool(digits) and not any(letter.isalpha() for letter in search or "")
        given = {
            "company": company_id,
            "before": before,
            "now": now,
            "most": CHATS,
            "most_unread": MOST_UNREAD,
            "words": _like(search) if search and not is_number else None,
            "digits": f"%{digits}%" if is_number else None,
        }
        return [_chat_of(row) for row in self._session.execute(_CHATS, given)]

    def name(self, company_id: CompanyId, contact_id: ContactId) -> str | None:
        """What a person is called in the journal, or else calls themselves."""
        name: str | None = self._session.scalar(_NAME, {"company": company_id, "contact": contact_id})
        return name

    def count_by_status(self, company_id: CompanyId, since: datetime) -> Mapping[MessageStatus, int]:
        """How many messages of ours stand at each status, of those that were written since then."""
        row = OutboxMessageRow
        stands = (row.state, row.delivered_at.is_not(None), row.read_at.is_not(None))
        ours = row.company_id == company_id, row.created_at >= since
        statement = select(*stands, func.count()).where(*ours).group_by(*stands)
        counts = dict.fromkeys(MessageStatus, 0)
        for state, is_delivered, is_read, count in self._session.execute(statement):
            status = status_of(OutboxState(state), since if is_delivered else None, since if is_read else None)
            counts[status] += count
        return counts


def _outbox(company_id: CompanyId) -> Select[*tuple[Any, ...]]:
    row = OutboxMessageRow
    return (
        select(
            row.id.label("number"),
            case((row.purpose == Purpose.STAFF, Author.STAFF.value), else_=Author.OUT.value).label("author"),
            row.created_at.label("at"),
            ContactRow.id.label("contact_id"),
            ContactRow.phone.label("phone"),
            ContactRow.push_name.label("push_name"),
            row.text.label("text"),
            row.purpose.label("purpose"),
            row.state.label("state"),
            row.delivered_at.label("delivered_at"),
            row.read_at.label("read_at"),
            row.reason.label("reason"),
            false().label("is_spoken"),
        )
        .join(ContactRow, (ContactRow.company_id == row.company_id) & (ContactRow.id == row.contact_id))
        .where(row.company_id == company_id)
    )


def _inbox(company_id: CompanyId) -> Select[*tuple[Any, ...]]:
    row = InboxMessageRow
    nothing = [cast(null(), kind).label(name) for name, kind in _OF_OURS_ALONE]
    return (
        select(
            row.id.label("number"),
            row.direction.label("author"),
            row.received_at.label("at"),
            ContactRow.id.label("contact_id"),
            ContactRow.phone.label("phone"),
            ContactRow.push_name.label("push_name"),
            func.coalesce(row.text, row.media).label("text"),
            *nothing,
            (row.text.is_not(None) & (row.kind == MessageKind.OTHER) & (row.media == VOICE)).label("is_spoken"),
        )
        .join(ContactRow, (ContactRow.company_id == row.company_id) & (ContactRow.id == row.contact_id))
        .where(row.company_id == company_id)
    )


def _has_number(company_id: CompanyId, digits: str) -> ColumnElement[bool]:
    """Whether a number by which the contact is or was known holds these digits."""
    row = ContactAddressRow
    holds = row.address.contains(digits, autoescape=True), row.address.not_like("%@%")
    of_old = select(row.contact_id).where(row.company_id == company_id, *holds)
    return or_(ContactRow.phone.contains(digits, autoescape=True), ContactRow.id.in_(of_old))


def _newest(parts: list[Select[*tuple[Any, ...]]], before: Cursor | None) -> Select[*tuple[Any, ...]]:
    newest = []
    for part in parts:
        listed = part.subquery()
        place: ColumnElement[Any] = tuple_(listed.c.at, listed.c.author, listed.c.number)
        chosen = select(listed).order_by(listed.c.at.desc(), listed.c.author.desc(), listed.c.number.desc())
        if before is not None:
            chosen = chosen.where(place < tuple_(before.at, before.author.value, before.number))
        newest.append(chosen.limit(PAGE_SIZE).subquery())
    both = union_all(*(select(one) for one in newest)).subquery()
    return select(both).order_by(both.c.at.desc(), both.c.author.desc(), both.c.number.desc()).limit(PAGE_SIZE)


def _named(company_id: CompanyId, page: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """With each person's name: as the journal has it, before what they call themselves on WhatsApp."""
    rows = page.subquery()
    numbers = (
        select(ContactAddressRow.address)
        .where(ContactAddressRow.company_id == company_id, ContactAddressRow.contact_id == rows.c.contact_id)
        .correlate(rows)
    )
    theirs = func.array_append(func.array(numbers.scalar_subquery()), rows.c.phone)  # an array: found by the index
    in_journal = (
        select(ClientRow.name)
        .where(ClientRow.company_id == company_id, ClientRow.phone == any_(theirs), ClientRow.deleted_at.is_(None))
        .where(ClientRow.name.is_not(None))
        .order_by(ClientRow.client_id.desc())
        .limit(1)
        .correlate(rows)
        .scalar_subquery()
    )
    name = func.coalesce(in_journal, rows.c.push_name).label("name")
    return select(rows, name).order_by(rows.c.at.desc(), rows.c.author.desc(), rows.c.number.desc())


def _entry_of(row: Mapping[str, Any]) -> LogEntry:
    names = ("number", "at", "phone", "name", "text", "purpose", "reason", "is_spoken")
    facts = {name: row[name] for name in names}
    status = status_of(OutboxState(row["state"]), row["delivered_at"], row["read_at"]) if row["state"] else None
    return LogEntry(author=Author(row["author"]), status=status, **facts)


def _like(words: str) -> str:
    """A pattern that holds these very words."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def _chat_of(row: Any) -> ChatLine:
    return ChatLine(
        contact_id=ContactId(row.id),
        name=row.name or row.push_name,
        phone=row.phone,
        at=row.at,
        author=Author(row.author),
        words=row.words,
        unread=row.unread,
        can_give=row.can_give,
        is_human=row.is_human,
        human_until=row.human_until if row.is_human else None,
    )
