"""How long a client waits for the bot in a running product: phones, host, worker, and YClients with its limits.

The five seconds in which a client may write more are meant, and stand apart.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiadmin.domain.chat.burst import QUIET
from bench.sync import PATIENCE, product
from bench.tables import table
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.stack import Stack

ANSWER_SECONDS = 0.2
TALKS, CHATS = 8, 200
APART_SECONDS = 2.0
"""Two clients write so long after each other: no turn waits for another."""
LIMITS = {"YCLIENTS_PER_SECOND": "5", "YCLIENTS_PER_MINUTE": "200", "MESSAGE_PACING": "0"}
"""As YClients sets them; nobody waits for the pace of the salon's phone."""
SALON_ID, SALON_PHONE, FIRST_TALK, FIRST_CHAT = 801, "79884000001", 79_885_000_001, 79_886_000_001
WORDS = ("Хочу на мужскую стрижку послезавтра в {hour}:00", "Нина", "да")
QUESTION = "Сколько стоит женская стрижка?"
_READ = """
SELECT 1 FROM companies JOIN devices ON devices.company_id = companies.id AND devices.observed = 'online'
JOIN sync_runs ON sync_runs.company_id = companies.id AND sync_runs.kind = 'changes'
WHERE integration_status = 'active' AND finished_at IS NOT NULL
"""
_TURNS = """
SELECT heard.message_id, count(turn.id) AS turns, max(turn.finished_at) AS at, count(owed.id) AS replies
FROM inbox_messages AS heard
LEFT JOIN chat_turns AS turn ON turn.company_id = heard.company_id AND turn.inbox_ids @> ARRAY[heard.id]
LEFT JOIN outbox_messages AS owed ON owed.id = turn.outbox_message_id AND owed.state = 'sent'
WHERE heard.direction = 'in' GROUP BY heard.message_id
"""
Written = Mapping[str, datetime]
"""When each message was written, by its id."""


def measure(folder: Path, postgres_url: str, redis_url: str, yclients: FakeYClients) -> str:
    """The table; two minutes."""
    with product(folder, postgres_url, redis_url, yclients, "talks", **LIMITS) as (stack, whatsapp):
        _linked(stack, whatsapp, yclients)
        yclients.fault("/api/v1/*", times=None, delay=ANSWER_SECONDS)
        before = len(yclients.requests())
        waits = [_waits(stack, _said(whatsapp, words)) for words in WORDS]
        calls = len([one for one in yclients.requests()[before:] if "/book_" in one["path"]])
        booked = len(yclients.writes(SALON_ID))
        crowd = _asked_at_once(whatsapp)
        answered = _turns(stack, crowd)
        took = max(row["at"] for row in answered) - max(crowd.values()) - QUIET
        _see_that_each_got_one(whatsapp, answered)
    rows = [
        *(
            [f"{name}: from the last message to the row of the reply, less {QUIET.seconds} s", *_seconds(spent), "1"]
            for name, spent in zip(("a wish", "a name", "a yes"), waits, strict=True)
        ),
        [f"{CHATS} chats at once, one worker: from the last of them to the last reply", *_seconds([took]), "-"],
    ]
    title = f"Talks of {TALKS}, {APART_SECONDS:.0f} s apart, YClients answers in {ANSWER_SECONDS * 1000:.0f} ms"
    told = [
        f"booked: {booked} of {TALKS}; calls of online booking for each: {calls / TALKS:.1f} (aim: at most 5)",
        f"of {CHATS} chats each got one answer, none two (aim)",
    ]
    return "\n".join([table(title, ["what", "p50 s", "most s", "aim"], rows), *told])


def _linked(stack: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients) -> None:
    """A salon with an empty journal and a phone, whose bot answers everybody."""
    yclients.salon(SALON_ID, clients=0, records=0)
    token = stack.install(yclients, SALON_ID)
    headers, always = {"Authorization": f"Bearer {token}"}, {"settings": {"mode": "always"}}
    assert stack.request("POST", "/marketplace/manage/bot/settings", headers=headers, json=always).ok
    whatsapp.scan(stack.get(f"/marketplace/qr/{token}").json()["qr"], phone=SALON_PHONE)
    for number in (*range(FIRST_TALK, FIRST_TALK + TALKS), *range(FIRST_CHAT, FIRST_CHAT + CHATS)):
        whatsapp.phone(str(number))
    stack.until(lambda: stack.rows(_READ), within=PATIENCE, what="read and online")


def _said(whatsapp: FakeWhatsApp, words: str) -> Written:
    """Every client says so, one after the other; each wishes for an hour of their own."""
    written = {}
    for number in range(TALKS):
        due = time.monotonic() + APART_SECONDS
        name = whatsapp.message(str(FIRST_TALK + number), SALON_PHONE, words.format(hour=10 + number))
        written[name] = datetime.now(UTC)
        time.sleep(max(due - time.monotonic(), 0))
    return written


def _asked_at_once(whatsapp: FakeWhatsApp) -> Written:
    return {
        whatsapp.message(str(FIRST_CHAT + number), SALON_PHONE, QUESTION): datetime.now(UTC)
        for number in range(CHATS)
    }


def _waits(stack: Stack, written: Written) -> Sequence[timedelta]:
    return [row["at"] - written[row["message_id"]] - QUIET for row in _turns(stack, written)]


def _turns(stack: Stack, written: Written) -> Sequence[Mapping[str, Any]]:
    """How each message was handled, once all are and the replies have left."""

    def find() -> Sequence[Mapping[str, Any]]:
        rows = [row for row in stack.rows(_TURNS) if row["message_id"] in written]
        return rows if len(rows) == len(written) and all(row["replies"] for row in rows) else []

    return stack.until(find, within=PATIENCE, what="all are answered")


def _see_that_each_got_one(whatsapp: FakeWhatsApp, answered: Sequence[Mapping[str, Any]]) -> None:
    """By the tables and by the phones."""
    assert {(row["turns"], row["replies"]) for row in answered} == {(1, 1)}, "a turn was lost, or was taken twice"
    got = Counter(
        len([one for one in whatsapp.messages(str(FIRST_CHAT + number)) if one["from"] == SALON_PHONE])
        for number in range(CHATS)
    )
    assert got == {1: CHATS}, got


def _seconds(spans: Sequence[timedelta]) -> tuple[str, str]:
    seconds = sorted(span.total_seconds() for span in spans)
    return f"{seconds[len(seconds) // 2]:.1f}", f"{seconds[-1]:.1f}"
