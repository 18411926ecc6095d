"""Many reminders that fall due one after the other, and what became of each."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import psycopg2.extras

from aiadmin.domain.notices.notice import AnnouncedVisit
from tests.chaos.fleet import HostProcess
from tests.chaos.world import World
from tests.fakes.yclients.client import FakeYClients
from tests.support.hosted_salons import Salons
from tests.support.hosts import settings

_MOSCOW = ZoneInfo("Europe/Moscow")
_FIRST_CLIENT = 79_870_000_001
_INSERT = """
INSERT INTO notices (company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, created_at)
VALUES (%s, %s, 'reminder_day', %s, %s, now() + %s * interval '1 second', now() + interval '1 day', now())
"""
_STATES = """
SELECT notices.record_id, notices.state AS notice, notices.attempts, message.state AS message, message.reason,
  (SELECT count(*) FROM outbox_messages AS any_of WHERE any_of.company_id = notices.company_id
    AND any_of.record_id = notices.record_id AND any_of.state <> 'cancelled') AS messages
FROM notices LEFT JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
"""


@dataclass(frozen=True)
class Booking:
    """One client's visit tomorrow."""

    record_id: int
    phone: str


class Reminders:
    """`count` bookings in the journals of `talking` salons, each with a client of its own who is to be reminded."""

    def __init__(self, world: World, salons: Salons, yclients: FakeYClients, *, count: int, talking: int) -> None:
        self._whatsapp, self._salons, self._yclients = world.whatsapp, salons, yclients
        self._done_by: dict[int, dict[str, Any]] = {}
        rows = salons.rows(
            "SELECT companies.id, yclients_id FROM companies JOIN devices ON devices.company_id = companies.id"
            " ORDER BY companies.id LIMIT %s",
            talking,
        )
        for row in rows:
            yclients.salon(row["yclients_id"])
            yclients.activate(row["yclients_id"])
        self._plans = [
            (rows[number % talking], self._book(rows[number % talking], number)) for number in range(count)
        ]
        self.bookings = [booking for _, (booking, _) in self._plans]

    def _book(self, salon: dict[str, Any], number: int) -> tuple[Booking, AnnouncedVisit]:
        phone, day = str(_FIRST_CLIENT + number), datetime.now(_MOSCOW).date() + timedelta(days=1)
        self._whatsapp.phone(phone)
        at = datetime(day.year, day.month, day.day, 12, tzinfo=_MOSCOW)
        record = self._yclients.add_record(
            salon["yclients_id"],
            datetime=f"{at:%Y-%m-%d %H:%M:%S}",
            client={"phone": phone, "name": f"Клиент {number}"},
            **self._work(salon["yclients_id"]),
        )
        services = tuple(sorted(one["id"] for one in record["services"]))
        announced = AnnouncedVisit(
            client_id=record["client"]["id"], starts_at=at, staff_id=record["staff_id"], services=services
        )
        return Booking(record["id"], phone), announced

    def _work(self, salon_id: int) -> dict[str, Any]:
        """Who does what; the same for everybody in a salon."""
        if salon_id not in self._done_by:
            state = self._yclients.state(salon_id)
            staff, service = state["staff"][0]["id"], state["services"][0]["id"]
            self._done_by[salon_id] = {"staff_id": staff, "services": [{"id": service}]}
        return self._done_by[salon_id]

    def plan(self, *, within: float) -> None:
        """They fall due one after the other, from now on for `within` seconds."""
        rows = [
            (salon["id"], booking.record_id, f"chaos:{booking.record_id}", json.dumps(dict(announced.to_json())), due)
            for number, (salon, (booking, announced)) in enumerate(self._plans)
            for due in [within * number / len(self._plans)]
        ]
        with psycopg2.connect(self._salons.database_url) as connection, connection.cursor() as cursor:
            psycopg2.extras.execute_batch(cursor, _INSERT, rows)
        connection.close()

    def let_go(self) -> None:
        """The minute of whoever has claimed notices is over, also of those that live."""
        with psycopg2.connect(self._salons.database_url) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE notices SET claimed_until = now() WHERE state = 'waiting'")
        connection.close()

    def rows(self) -> dict[int, dict[str, Any]]:
        """Where each notice and its message stand."""
        return {row["record_id"]: row for row in self._salons.rows(_STATES)}

    def open(self) -> int:
        """How many are not decided yet."""
        return sum(row["notice"] in {"waiting", "released"} for row in self.rows().values())

    def sent(self) -> int:
        """How many messages WhatsApp has taken."""
        return sum(row["message"] == "sent" for row in self.rows().values())

    def arrived(self) -> Counter[int]:
        """How many messages each client's phone has got, by record."""
        return Counter(
            {
                one.record_id: sum(entry["to"] == one.phone for entry in self._whatsapp.messages(one.phone))
                for one in self.bookings
            }
        )


class Workers:
    """`worker` and `clock` processes; `close` it."""

    def __init__(self, world: World, database_url: str, yclients: FakeYClients, folder: Path) -> None:
        self._env = {
            **world.whatsapp.env(),
            **settings(database_url, world.valkey.url),
            "YCLIENTS_API_URL": f"{yclients.url}/api/v1",
            "YCLIENTS_API_KEY": yclients.partner_token,
            "YCLIENTS_USER_TOKEN": yclients.user_token,
            "YCLIENTS_PER_SECOND": "1000",
            "YCLIENTS_PER_MINUTE": "60000",
            "MESSAGE_PACING": "0",
        }
        self._folder = folder
        self.processes: list[HostProcess] = []

    def start(self, role: str) -> HostProcess:
        """`jobs` or `clock`."""
        log = self._folder / f"{role}-{len(self.processes)}.log"
        process = HostProcess(["worker.py", role], self._env, log)
        self.processes.append(process)
        return process

    def kill(self, process: HostProcess) -> None:
        """kill -9, and the job that it has in hand with it."""
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in children:
            child.kill()

    def close(self) -> None:
        for process in self.processes:
            if process.is_running:
                self.kill(process)
