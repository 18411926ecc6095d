"""One running product for all tests here: each has a salon, a phone and a client of its own.

Everything is real but WhatsApp and YClients: the processes, the library, the webhooks, the browser at the desk.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from aiadmin.adapters import embedded
from tests.acceptance.salons.salon import World
from tests.fakes.speech import FakeSpeech, fake_speech
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.database import Databases
from tests.support.stack import APP_ID, PARTNER_TOKEN, Stack, running


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What all tests here have in common."""

    product: Stack
    whatsapp: FakeWhatsApp
    yclients: FakeYClients
    speech: FakeSpeech


@pytest.fixture(scope="session")
def shared(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """The product, its neighbours and a recogniser of speech; on a Valkey of its own, which no other test empties."""
    folder = tmp_path_factory.mktemp("product")
    valkey = embedded.start_valkey(folder / "valkey", durable=False)
    with (
        databases.lend() as database_url,
        FakeWhatsApp() as whatsapp,
        FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients,
        fake_speech() as speech,
        running(
            database_url=database_url,
            redis_url=valkey.url,
            port=embedded.free_port(),
            folder=folder,
            whatsapp=whatsapp,
            yclients=yclients,
            YCLIENTS_USER_TOKEN=yclients.user_token,
            YCLIENTS_PER_SECOND="100",
            SPEECH_URL=speech.url,
            SPEECH_ABROAD="0",
            WHATSAPP_MEDIA_URL=whatsapp.media_url,
        ) as product,
    ):
        yield Shared(product=product, whatsapp=whatsapp, yclients=yclients, speech=speech)
    valkey.stop()


_NUMBERS = itertools.count(1)


@pytest.fixture
def world(shared: Shared) -> World:
    """The client has WhatsApp, and the salon's journal is empty."""
    number = next(_NUMBERS)
    salon_id, client = 555000 + number, f"799955512{number:02}"
    shared.yclients.salon(salon_id, clients=0, records=0)
    shared.whatsapp.phone(client, push_name="Нина")
    return World(
        product=shared.product,
        whatsapp=shared.whatsapp,
        yclients=shared.yclients,
        speech=shared.speech,
        salon_id=salon_id,
        phone=f"790055566{number:02}",
        client=client,
    )
