"""`kill -9` of a worker right after its call: the journal has the change, and no row says so yet."""

from __future__ import annotations

import signal

import pytest

from aiadmin.domain.yclients.write_outcome import Saved
from tests.conftest import WaitUntil
from tests.integration.chat.agreeing import Client, booking, cancellation, move, slot
from tests.integration.chat.worker_process import started
from tests.support.played_salon import ANNA, FILE, PlayedSalon

pytestmark = pytest.mark.process

VISIT = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
WISHES = {
    "create": booking(slot("2026-03-12T15:00")),
    "move": move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60)),
    "cancel": cancellation(9001),
}


@pytest.mark.parametrize("wish", WISHES)
def test_a_worker_killed_after_its_call(played: PlayedSalon, wait_until: WaitUntil, wish: str) -> None:
    played.play(FILE, VISIT)
    client = Client(played)
    proposal = client.offered(WISHES[wish])
    worker = started(
        played,
        "perform",
        company_id=played.company_id,
        contact_id=client.chat.contact_id,
        phone=client.phone,
        proposal_id=int(proposal.proposal_id),
    )
    try:
        wait_until(lambda: client.writes, timeout=60, what="the call that changes the journal")
        assert played.rows("SELECT state FROM chat_writes") == [("sending",)]
    finally:
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(timeout=10) == -signal.SIGKILL
    assert played.rows("SELECT state FROM chat_writes") == [("sending",)]
    (outcome,) = client.says_yes(proposal)
    assert isinstance(outcome, Saved)
    assert [write["op"] for write in client.writes] == [wish]
    assert played.rows("SELECT state FROM chat_writes") == [("saved",)]
