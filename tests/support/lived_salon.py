"""A salon that has been with us for weeks, in rows: messages, answers, visits, notices that wait, chats."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from aiadmin.container import Container

MARKUP = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
LONG = "я" * 65_000
NAMES = ("Анна Смирнова", "Екатерина Белова", "Вера Орлова", "Игорь", "Пётр Лебедев", "Ольга", "Светлана К.", "Мария")
ANSWERS = ("yes", "yes", "yes", None, "no", "yes", "unclear")
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

    def number(self, index: int) -> int:
        return self.company_id * 10_000 + index

    def person(self, index: int) -> int:
        """A client with a card and a contact; the contact's number."""
        phone, name = f"7900{self.company_id % 1000:03}{index:04}", self.names[index % len(self.names)]
        self.execute(
            "INSERT INTO clients (company_id, client_id, name, phone, raw_data, synced_at)"
            " VALUES (:company, :id, :name, :phone, '{}', :now)",
            id=index, name=name[:255], phone=phone, now=self.now,
        )  # fmt: skip
        return int(
            self.execute(
                "INSERT INTO contacts (company_id, phone, push_name) VALUES (:company, :phone, :name) RETURNING id",
                phone=phone,
                name=name[:100],
            ).scalar_one()
        )

    def visit(self, index: int, client: int, starts_at: datetime, attendance: int = 0) -> int:
        number = self.number(index)
        name = self.names[client % len(self.names)]
        self.execute(
            "INSERT INTO records (company_id, record_id, client_id, client_name, client_phone, starts_at, seconds,"
            " services, attendance, created_at, raw_data, synced_at)"
            " VALUES (:company, :id, :client, :name, :phone, :at, 3600, :services, :attendance, :made, '{}', :now)",
            id=number, client=client, name=name[:255], phone=f"7900{self.company_id % 1000:03}{client:04}",
            at=starts_at, services=json.dumps(SERVICES), attendance=attendance, made=starts_at - timedelta(days=5),
            now=self.now,
        )  # fmt: skip
        return number

    def message(self, contact: int, at: datetime, words: str, *, purpose: str = "reminder_day", **states: Any) -> int:
        given = {"state": "sent", "delivered": at, "read": at, "reason": None, **states}
        return int(
            self.execute(
                "INSERT INTO outbox_messages (company_id, contact_id, text, dedup_key, purpose, state, created_at,"
                " sent_at, delivered_at, read_at, reason)"
                " VALUES (:company, :contact, :words, gen_random_uuid()::text, :purpose, :state, :at,"
                " CASE WHEN :state = 'sent' THEN CAST(:at AS timestamptz) END, :delivered, :read, :reason)"
                " RETURNING id",
                contact=contact, words=words, purpose=purpose, at=at, **given,
            ).scalar_one()
        )  # fmt: skip

    def question(self, record: int, contact: int, starts_at: datetime, answer: str | None, message: int) -> None:
        self.execute(
            "INSERT INTO questions (company_id, record_id, starts_at, contact_id, message_ids, asked_at, answer,"
            " answered_at) VALUES (:company, :record, :at, :contact, :messages, :asked, CAST(:answer AS text),"
            " CASE WHEN CAST(:answer AS text) IS NULL THEN NULL ELSE CAST(:asked AS timestamptz) END)",
            record=record, at=starts_at, contact=contact, messages=[message],
            asked=starts_at - timedelta(hours=20), answer=answer,
        )  # fmt: skip

    def notice(self, record: int, client: int, kind: str, due_at: datetime) -> None:
        announced = {"client_id": client, "starts_at": (due_at + timedelta(days=1)).isoformat()}
        announced["client_phone"] = f"7900{self.company_id % 1000:03}{client:04}"
        self.execute(
            "INSERT INTO notices (company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, created_at)"
            " VALUES (:company, :record, :kind, gen_random_uuid()::text, :announced, :due, :deadline, :now)",
            record=record, kind=kind, announced=json.dumps(announced), due=due_at,
            deadline=due_at + timedelta(hours=5), now=self.now,
        )  # fmt: skip


def live(container: Container, company_id: int, *, names: tuple[str, ...] = NAMES, said: str | None = None) -> Lived:
    """Two weeks of a salon: reminders, their answers, visits, a client who waits for a human, notices to come."""
    now = container.clock()
    with container.engine.begin() as connection:
        salon = Lived(connection, company_id, now, names, said or Lived.said)
        salon.execute("UPDATE companies SET currency = '₽' WHERE id = :company")
        contacts = [salon.person(index) for index in range(len(names))]
        index = 0
        for days in range(14, 0, -1):
            for share in range(3 + days % 4):
                client, at = index % len(names), now - timedelta(days=days, hours=share)
                record = salon.visit(index, client, at, attendance=(1, 1, 1, -1, 1, 1, 2)[index % 7])
                message = salon.message(contacts[client], at - timedelta(hours=20), "Ждём вас завтра в 12:00")
                salon.question(record, contacts[client], at, ANSWERS[index % len(ANSWERS)], message)
                index += 1
        salon.message(
            contacts[-1], now, "Вы записаны", state="failed", reason="not_on_whatsapp", delivered=None, read=None
        )
        for hours in (1, 2, 30):
            record = salon.visit(index, index % len(names), now + timedelta(hours=hours + 24))
            salon.notice(record, index % len(names), "reminder_day", now + timedelta(hours=hours))
            index += 1
        _speak(salon, contacts)
    return salon


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
