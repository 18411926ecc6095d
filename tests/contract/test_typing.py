"""A client sees somebody type before a notice, and nobody before what a human has typed, in either world."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest

from aiadmin.domain.contact import Sighting
from aiadmin.domain.message import NewMessage, Purpose
from aiadmin.services import messages
from tests.acceptance.test_hosting import SLOWLY, Salons
from tests.conftest import WaitUntil
from tests.contract.test_contract import world_of
from tests.support.database import Databases

CLIENT = "79995551234"
SAID = {"От руки": Purpose.MANUAL, "Вы записаны": Purpose.BOOKED, "Спасибо!": Purpose.REPLY}


@pytest.mark.parametrize("kind", ["fake", "library"])
def test_typing_comes_before_what_nobody_has_typed(kind: str, databases: Databases, wait_until: WaitUntil) -> None:
    with (
        databases.lend() as url,
        closing(Salons(url)) as salons,
        world_of(kind, salons) as world,
    ):
        [(_, company_id)] = world.link(1)
        world.meet(CLIENT)
        wait_until(lambda: salons.is_online(company_id), SLOWLY, "online")
        for text, purpose in SAID.items():
            new = NewMessage(company_id=company_id, text=text, dedup_key=text, deadline_at=None, purpose=purpose)
            messages.send(new, to=Sighting(phone=CLIENT), uow=salons.uow, clock=lambda: datetime.now(UTC))
            wait_until(lambda text=text: text in world.shown(CLIENT), SLOWLY, text)
        shown = world.shown(CLIENT)
    assert shown == ["От руки", "composing", "Вы записаны", "composing", "Спасибо!"]
