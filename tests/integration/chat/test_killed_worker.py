"""kill -9 of a worker in the middle of a booking, at every call that it makes: one record, and the client is told."""

from __future__ import annotations

import pytest

from tests.conftest import WaitUntil
from tests.integration.chat.worker_process import started
from tests.support.chat_client import ChatClient, offered

SLOWLY = 30.0


@pytest.mark.parametrize("path", ["book_check", "book_record"])
@pytest.mark.parametrize("is_done", [True, False], ids=["answered late", "never arrived"])
def test_a_worker_that_is_killed_within_a_call_books_once(
    client: ChatClient, path: str, is_done: bool, wait_until: WaitUntil
) -> None:
    """Killed while it waits for the answer: what YClients makes of the call is seen in the journal alone."""
    offered(client)
    client.say("да")
    client.played.yclients.fault(f"/api/v1/{path}/*", delay=SLOWLY, status=None if is_done else 503)
    process = started(client.played, "handle")
    wait_until(lambda: client.played.asked(path) != [], SLOWLY, path)
    process.kill()
    process.wait(SLOWLY)
    assert client.got() == ""
    client.played.later(minutes=3)
    for _ in range(3):
        client.played.box.chat_handler.work()
        client.played.box.lost_writes.work()
        client.played.later(minutes=3)
    said = client.got()
    assert len(client.visits()) <= 1
    is_booked = len(client.visits()) == 1
    assert ("Вы записаны" in said) <= is_booked, "never said without a record"
    assert said.count("Вы записаны") <= 1
    assert said != "", "the yes is not forgotten"
    assert client.played.rows("SELECT 1 FROM inbox_messages WHERE handled_at IS NULL") == []
