"""A salon that has been with us for weeks, in rows: messages, answers, visits, notices that wait, chats."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from aiadmin.container import Container
from aiadmin.domain.ids import ContactId
from tests.support.site import Salon, Site

MARKUP = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
LONG = "я" * 65_000
NAMES = ("Анна Смирнова", "Екатерина Белова", "Вера Орлова", "Игорь", "Пётр Лебедев", "Ольга", "Светлана К.", "Мария")
ANSWERS = ("yes", "yes", "yes", None, "no", "yes", "unclear")
Row = Mapping[str, Any]
SERVICES = ({"id": 1, "title": "Женская стрижка", "cost": "2200"},)


@dataclass(frozen=True)
class Lived:
    """Whose rows are written, in what words, at what time."""

    connection: Connection
    company_id: int
    now: datetime
    names: tuple[str, ...] = NAMES
    said: str = "А можно на час позже и ещё брови?"

    def execute(self, statement: str, **given: Any) -> Any:
        return self.connection.execute(text(statement), {"company": self.company_id, **given})

    def insert(self, table: str, rows: Iterable[Row], returning: str = "company_id") -> list[int]:
        """All rows of a table at once: a statement for each would cost more than what is tested with them."""
        written = list(rows)
        columns = ", ".join(written[0])
        statement = (
            f"INSERT INTO {table} (company_id, {columns}) SELECT :company, {columns}"  # noqa: S608 - our own words
            f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb)) RETURNING {returning}"
        )
        return list(self.execute(statement, rows=json.dumps(written, default=str)).scalars())

    def number(self, index: int) -> int:
        return self.company_id * 10_000 + index

    def phone(self, client: int) -> str:
        return f"7900{self.company_id % 1000:03}{client:04}"

    def name(self, client: int) -> str:
        return self.names[client % len(self.names)]

    def persons(self, indexes: Iterable[int]) -> list[int]:
        """Clients, each with a card and a contact; the contacts' numbers."""
        clients = [(index, self.name(index), self.phone(index)) for index in indexes]
        cards = [
            {"client_id": index, "name": name[:255], "phone": phone, "raw_data": {}, "synced_at": self.now}
            for index, name, phone in clients
        ]
        self.insert("clients", cards)
        contacts = [{"phone": phone, "push_name": name[:100]} for _, name, phone in clients]
        return self.insert("contacts", contacts, returning="id")

    def person(self, index: int) -> int:
        [contact] = self.persons([index])
        return contact

    def visit(self, index: int, client: int, starts_at: datetime, attendance: int = 0) -> int:
        self.insert("records", [self.visit_row(index, client, starts_at, attendance)])
        return self.number(index)

    def visit_row(self, index: int, client: int, starts_at: datetime, attendance: int = 0) -> Row:
        who = {"client_id": client, "client_name": self.name(client)[:255], "client_phone": self.phone(client)}
        return who | {
            "record_id": self.number(index),
            "starts_at": starts_at,
            "seconds": 3600,
            "services": SERVICES,
            "attendance": attendance,
            "created_at": starts_at - timedelta(days=5),
            "raw_data": {},
            "synced_at": self.now,
        }

    def message(self, contact: int, at: datetime, words: str, *, purpose: str = "reminder_day", **states: Any) -> int:
        [number] = self.insert(
            "outbox_messages", [message_row(contact, at, words, purpose=purpose, **states)], returning="id"
        )
        return number

    def question(self, record: int, contact: int, starts_at: datetime, answer: str | None, message: int) -> None:
        self.insert("questions", [question_row(record, contact, starts_at, answer, message)])

    def notice(self, record: int, client: int, kind: str, due_at: datetime) -> None:
        self.insert("notices", [self.notice_row(record, client, kind, due_at)])

    def notice_row(self, record: int, client: int, kind: str, due_at: datetime) -> Row:
        announced = {"client_id": client, "starts_at": (due_at + timedelta(days=1)).isoformat()}
        return {
            "record_id": record,
            "kind": kind,
            "dedup_key": str(uuid.uuid4()),
            "announced": announced | {"client_phone": self.phone(client)},
            "due_at": due_at,
            "deadline_at": due_at + timedelta(hours=5),
            "created_at": self.now,
        }


def message_row(contact: int, at: datetime, words: str, *, purpose: str = "reminder_day", **states: Any) -> Row:
    given = {"state": "sent", "delivered": at, "read": at, "reason": None, **states}
    return {
        "contact_id": contact,
        "text": words,
        "dedup_key": str(uuid.uuid4()),
        "purpose": purpose,
        "state": given["state"],
        "created_at": at,
        "sent_at": at if given["state"] == "sent" else None,
        "delivered_at": given["delivered"],
        "read_at": given["read"],
        "reason": given["reason"],
    }


def question_row(record: int, contact: int, starts_at: datetime, answer: str | None, message: int) -> Row:
    asked = starts_at - timedelta(hours=20)
    return {
        "record_id": record,
        "starts_at": starts_at,
        "contact_id": contact,
        "message_ids": [message],
        "asked_at": asked,
        "answer": answer,
        "answered_at": None if answer is None else asked,
    }


def live(container: Container, company_id: int, *, names: tuple[str, ...] = NAMES, said: str | None = None) -> Lived:
    """Two weeks of a salon: reminders, their answers, visits, a client who waits for a human, notices to come."""
    now = container.clock()
    with container.engine.begin() as connection:
        salon = Lived(connection, company_id, now, names, said or Lived.said)
        salon.execute("UPDATE companies SET currency = '₽' WHERE id = :company")
        contacts = salon.persons(range(len(names)))
        days_ago = [(days, share) for days in range(14, 0, -1) for share in range(3 + days % 4)]
        past = [now - timedelta(days=days, hours=share) for days, share in days_ago]
        _visit(salon, contacts, past)
        salon.message(
            contacts[-1], now, "Вы записаны", state="failed", reason="not_on_whatsapp", delivered=None, read=None
        )
        _plan(salon, len(past))
        _speak(salon, contacts)
    return salon


def _visit(salon: Lived, contacts: list[int], past: list[datetime]) -> None:
    """Visits that were asked about, by the salon's clients in turn."""
    visits = [(index, index % len(contacts), at) for index, at in enumerate(past)]
    salon.insert(
        "records", [salon.visit_row(index, who, at, (1, 1, 1, -1, 1, 1, 2)[index % 7]) for index, who, at in visits]
    )
    messages = salon.insert(
        "outbox_messages",
        [message_row(contacts[who], at - timedelta(hours=20), "Ждём вас завтра в 12:00") for _, who, at in visits],
        returning="id",
    )
    salon.insert(
        "questions",
        [
            question_row(salon.number(index), contacts[who], at, ANSWERS[index % len(ANSWERS)], message)
            for (index, who, at), message in zip(visits, messages, strict=True)
        ],
    )


def _plan(salon: Lived, first: int) -> None:
    """Visits to come with their reminders; `first` is the number of the first of them."""
    coming = [
        (index, index % len(salon.names), salon.now + timedelta(hours=hours))
        for index, hours in enumerate((1, 2, 30), start=first)
    ]
    salon.insert("records", [salon.visit_row(index, who, due + timedelta(days=1)) for index, who, due in coming])
    salon.insert(
        "notices", [salon.notice_row(salon.number(index), who, "reminder_day", due) for index, who, due in coming]
    )


OUTAGES = ((22 * 24, "online"), (140, "reconnecting"), (138, "online"), (60, "backoff"), (46, "online"))
"""Hours ago, and what became of the session."""


def _speak(salon: Lived, contacts: list[int]) -> None:
    device = salon.execute("SELECT id FROM devices WHERE company_id = :company LIMIT 1").scalar_one()
    for hours, state in OUTAGES:
        salon.execute(
            "INSERT INTO session_events (device_id, company_id, state, at) VALUES (:device, :company, :state, :at)",
            device=device, state=state, at=salon.now - timedelta(hours=hours),
        )  # fmt: skip
    for number, (contact, words) in enumerate(((contacts[2], salon.said), (contacts[0], "Да, приду"))):
        salon.execute(
            "INSERT INTO inbox_messages (company_id, device_id, contact_id, message_id, direction, kind, text,"
            " sent_at, received_at) VALUES (:company, :device, :contact, :id, 'in', 'text', :words, :at, :at)",
            device=device, contact=contact, id=f"in-{salon.company_id}-{number}", words=words,
            at=salon.now - timedelta(minutes=5 + number),
        )  # fmt: skip
    salon.execute(
        "INSERT INTO chats (company_id, contact_id, is_human, human_why, human_until, changed_at)"
        " VALUES (:company, :contact, true, 'human', :until, :now)",
        contact=contacts[2], until=salon.now + timedelta(hours=2), now=salon.now,
    )  # fmt: skip


def hear(site: Site, salon: Salon, contact: int, words: str, direction: str = "in", *, seconds: int = 1) -> None:
    """A message, as the salon's host keeps it; `seconds` from now."""
    with site.container.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO inbox_messages (company_id, device_id, contact_id, message_id, direction, kind, text,"
                 " sent_at, received_at) SELECT :company, min(id), :contact, gen_random_uuid()::text, :direction,"
                 " 'text', :words, :at, :at FROM devices WHERE company_id = :company"),
            {"company": salon.company_id, "contact": contact, "direction": direction, "words": words,
             "at": datetime.now(UTC) + timedelta(seconds=seconds)},
        )  # fmt: skip


def say(site: Site, salon: Salon, contact: int, words: str) -> None:
    """A client writes now, and the host tells the pages of it."""
    hear(site, salon, contact, words, seconds=0)
    site.container.page_events.messages(salon.company_id, [ContactId(contact)])
