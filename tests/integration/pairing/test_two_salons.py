"""Two salons at once, one hostile: its page hears nothing of the other, and changes nothing of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from aiadmin.adapters.redis import keys
from aiadmin.adapters.sockets.page_events import NAMESPACE, SocketPageEvents, room_of
from aiadmin.domain.ids import ContactId
from aiadmin.domain.journal.sync_run import RunState, Stage, SyncKind, SyncRun
from tests.conftest import WaitUntil
from tests.support.live_site import LiveSite, Salon
from tests.support.page import Page

pytestmark = pytest.mark.process

WORD, LAST = "secretofthevictim", "the last word"
EVENTS: Mapping[str, Callable[[SocketPageEvents, Salon], None]] = {
    "qr": lambda rooms, of: rooms.qr(of.company_id, code=f"2@{WORD}", expires_in=20),
    "pairing_code": lambda rooms, of: rooms.pairing_code(of.company_id, code=WORD, expires_in=20),
    "status": lambda rooms, of: rooms.status(of.company_id, state="qr", text=WORD),
    "connected": lambda rooms, of: rooms.connected(of.company_id, phone=WORD),
    "sync": lambda rooms, of: rooms.sync(
        SyncRun(company_id=of.company_id, kind=SyncKind.FULL, state=RunState.RUNNING, stage=Stage.CLIENTS, page=4711)
    ),
    "messages": lambda rooms, of: rooms.messages(of.company_id, [ContactId(4711)]),
    "error": lambda rooms, of: rooms.error(of.company_id, code="internal", text=WORD),
}
"""Everything that is ever said to a room."""


def _refusal(page: Page) -> str:
    code: str = page.wait_for("error")["code"]
    assert page.wait_for("disconnect") == "io server disconnect"
    return code


def _wish_for_all_of(victim: Salon, page: Page) -> None:
    """Every event that a client may send, and those by which libraries join rooms, naming the other salon."""
    theirs: dict[str, Any] = dict.fromkeys(("company", "companyId", "company_id"), victim.company_id)
    theirs |= {"room": room_of(victim.company_id), "phone": "79001234567", "relink": True, "consent": True}
    for event in ("request-qr", "request-pairing-code", "join", "join_room", "enter_room", "subscribe", "room"):
        page.emit(event, theirs)


def test_every_event_has_a_case() -> None:
    said = {name for name, _ in inspect.getmembers(SocketPageEvents, inspect.isfunction) if not name.startswith("_")}
    assert said == set(EVENTS), f"add what a room is told to EVENTS in {__name__}"


def test_no_event_of_one_salon_reaches_another(live_site: LiveSite, wait_until: WaitUntil) -> None:
    victim, hostile = live_site.register(), live_site.register()
    their_page, page = live_site.open(victim), live_site.open(hostile)
    for each in (their_page, page):
        each.wait_for_state("waiting")
    _wish_for_all_of(victim, page)
    wait_until(lambda: _phone_of(live_site, hostile), what="its wishes are heard")

    for say in EVENTS.values():
        say(live_site.container.page_events, victim)
    live_site.container.page_events.status(hostile.company_id, state="qr", text=LAST)

    told = [their_page.wait_for(event) for event in ("qr-update", "pairing-code", "status", "whatsapp-connected")]
    assert all(WORD in str(data) for data in told)
    assert their_page.wait_for("sync")["page"] == 4711
    wait_until(lambda: LAST in str(page.heard), what="its own event comes")
    assert WORD not in str(page.heard)
    assert "4711" not in str(page.heard)
    assert _phone_of(live_site, victim) is None


def _phone_of(live_site: LiveSite, salon: Salon) -> object:
    """The number that somebody asked a pairing code for."""
    return live_site.container.redis.get(keys.pairing_phone(salon.company_id))


@pytest.mark.parametrize("name", ["query", "auth", "room", "forged"])
def test_no_knock_opens_the_room_of_another(live_site: LiveSite, wait_until: WaitUntil, name: str) -> None:
    victim, hostile = live_site.register(), live_site.register()
    other = str(victim.company_id)
    header, payload, _ = victim.token.split(".")
    forged = ".".join((header, payload, hostile.token.split(".")[2]))
    knocks: Mapping[str, dict[str, Any]] = {
        "query": {"companyId": other},
        "auth": {"auth": {"token": hostile.token, "companyId": other, "company_id": victim.company_id}},
        "room": {"auth": {"token": hostile.token, "room": room_of(victim.company_id), "namespace": NAMESPACE}},
        "forged": {"auth": {"token": forged}, "companyId": other},
    }
    page = live_site.knock(forged if name == "forged" else hostile.token, **knocks[name])

    if name in {"query", "forged"}:
        assert _refusal(page) == "link-invalid"
    else:
        page.wait_for_state("waiting")  # its own: what else is in `auth` is not read
    for say in EVENTS.values():
        say(live_site.container.page_events, victim)
    live_site.container.page_events.status(hostile.company_id, state="qr", text=LAST)

    if name not in {"query", "forged"}:
        wait_until(lambda: LAST in str(page.heard), what="its own event comes")
    assert WORD not in str(page.heard)
    assert not live_site.container.redis.exists(keys.watch(victim.company_id))
