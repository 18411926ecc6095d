"""Two salons that have lived with us for a while."""

from __future__ import annotations

import pytest

from tests.integration.tenancy.salons import Tenant, settle
from tests.support.door import Door


@pytest.fixture
def victim(door: Door) -> Tenant:
    """The salon that is after nobody."""
    return settle(door, 962301, word="secretofthevictim", user_id=501)


@pytest.fixture
def hostile(door: Door) -> Tenant:
    """The salon that is after everybody."""
    return settle(door, 962302, word="secretofthehostile", user_id=666)
