"""One WhatsApp for the tests of a file, and what links phones there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.hosts import Pair, pairing


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def pair(whatsapp: FakeWhatsApp) -> Iterator[Pair]:
    with pairing(whatsapp) as pair:
        yield pair
