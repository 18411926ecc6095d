"""How long it takes from a webhook to the client's phone, stage by stage: waits that are meant stand apart."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiadmin.domain.journal.refetch import QUIET
from aiadmin.domain.notices.settings import MessageSettings
from bench.load import at_rate, post
from bench.sync import LIFTED, PATIENCE, product
from bench.tables import table
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.stack import Stack

SALONS, RATE, SECONDS = 10, 10, 15
"""Every salon gets fewer bookings in a minute than an import would be."""
FIRST_SALON, FIRST_CLIENT, FIRST_PHONE = 700, 79_882_000_001, 79_883_000_001
HURRY = {"quiet_from": "00:00", "quiet_to": "00:00", "gather_seconds": 0}
_LISTENING = """
SELECT 1 FROM companies JOIN devices ON devices.company_id = companies.id AND devices.observed = 'online'
JOIN sync_runs ON sync_runs.company_id = companies.id AND sync_runs.kind = 'changes'
WHERE integration_status = 'active' AND finished_at IS NOT NULL
"""
_SENT = """
SELECT message.message_id, heard.first_at, heard.last_at, event.at AS understood_at, notice.created_at AS planned_at,
  message.created_at AS owed_at
FROM outbox_messages AS message
JOIN notices AS notice ON notice.outbox_message_id = message.id
JOIN booking_events AS event ON event.company_id = message.company_id AND event.record_id = message.record_id
  AND event.kind = 'created'
JOIN (
  SELECT company_id, convert_from(body, 'UTF8')::jsonb ->> 'resource_id' AS number,
    min(received_at) AS first_at, max(received_at) AS last_at
  FROM webhooks WHERE resource = 'record' GROUP BY 1, 2
) AS heard ON heard.company_id = message.company_id AND heard.number = message.record_id::text
WHERE message.state = 'sent' AND message.purpose = 'booked'
"""


def measure(folder: Path, postgres_url: str, redis_url: str, yclients: FakeYClients) -> str:
    """The table; a minute."""
    hurried = LIFTED | {"MESSAGE_PACING": "0"}
    with product(folder, postgres_url, redis_url, yclients, "latency", **hurried) as (stack, whatsapp):
        for number in range(SALONS):
            _linked(stack, whatsapp, yclients, number)
        stack.until(lambda: len(stack.rows(_LISTENING)) == SALONS, within=PATIENCE, what="all listen")
        wanted = RATE * SECONDS
        for number in range(wanted):
            whatsapp.phone(str(FIRST_CLIENT + number))
        booked = at_rate(yclients.url, _bookings(yclients), rate=RATE, seconds=SECONDS)
        assert booked.refused == 0
        stack.until(lambda: len(stack.rows(_SENT)) >= wanted, within=PATIENCE, what="all sent")
        arrived = {one["id"]: datetime.fromtimestamp(one["at"], UTC) for one in whatsapp.log("message")}
        sent = [row | {"arrived_at": arrived[row["message_id"]]} for row in stack.rows(_SENT)]
    return _table(sent)


def _linked(stack: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, number: int) -> None:
    """A salon with an empty journal and a phone; it gathers nothing, and writes at any hour."""
    salon_id = FIRST_SALON + number
    yclients.salon(salon_id, clients=0, records=0)
    token = stack.install(yclients, salon_id)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"settings": HURRY}
    assert stack.request("POST", "/marketplace/manage/settings", headers=headers, json=body).ok
    code = stack.get(f"/marketplace/qr/{token}").json()["qr"]
    whatsapp.scan(code, phone=str(FIRST_PHONE + number))


def _bookings(yclients: FakeYClients) -> Any:
    """Requests to book at the desks of the salons in turn, each for a client of its own."""
    day = datetime.now(UTC).date() + timedelta(days=3)
    clients, salons = itertools.count(FIRST_CLIENT), itertools.cycle(range(FIRST_SALON, FIRST_SALON + SALONS))

    def book(_: int) -> bytes:
        booking = {"salon_id": next(salons), "datetime": f"{day} 12:00:00"}
        booking["client"] = {"name": "Нина", "phone": str(next(clients))}
        return post("/_fake/journal/record", json.dumps(booking).encode())

    return book


def _table(sent: Sequence[dict[str, Any]]) -> str:
    stages = {
        f"webhook to event, less {QUIET.seconds} s of quiet": ("last_at", "understood_at", QUIET),
        "event to planned notice": ("understood_at", "planned_at", timedelta(0)),
        "notice to message, looked up at YClients once more": ("planned_at", "owed_at", timedelta(0)),
        "message to the client's phone": ("owed_at", "arrived_at", timedelta(0)),
        "webhook to phone, less the quiet": ("last_at", "arrived_at", QUIET),
        "webhook to phone, nothing gathered": ("first_at", "arrived_at", timedelta(0)),
    }
    rows = [
        [name, *_percentiles([row[end] - row[start] - less for row in sent])]
        for name, (start, end, less) in stages.items()
    ]
    note = f"on top: what a salon gathers news for, {MessageSettings().gather_seconds} s unless it sets another"
    title = f"Webhook to phone: {len(sent)} bookings, {RATE} a second, {SALONS} salons, no pacing"
    return table(title, ["what", "p50 s", "p99 s"], rows) + "\n" + note


def _percentiles(spans: Sequence[timedelta]) -> tuple[str, str]:
    seconds = sorted(span.total_seconds() for span in spans)
    return f"{seconds[len(seconds) // 2]:.1f}", f"{seconds[int(len(seconds) * 0.99)]:.1f}"
