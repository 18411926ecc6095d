"""`kill -9` of a worker right after its call: the journal has the change, and no row says so yet."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from aiadmin.domain.yclients.write_outcome import Saved
from tests.conftest import ROOT, WaitUntil
from tests.integration.chat.agreeing import Client, booking, cancellation, move, slot
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
    config = played.box.config
    names = ("database_url", "redis_url", "jwt_secret", "public_url", *played.yclients.config())
    given = {
        "settings": {name: getattr(config, name) for name in names},
        "now": played.box.now.isoformat(),
        "company_id": played.company_id,
        "contact_id": client.chat.contact_id,
        "phone": client.phone,
        "proposal_id": int(proposal.proposal_id),
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.chat.dying_worker", json.dumps(given)], cwd=ROOT
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
