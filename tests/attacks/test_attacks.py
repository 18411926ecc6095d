"""Every attack in small, on one running product: what held once must hold for ever."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aiadmin.adapters.embedded import EmbeddedServer
from tests.attacks.attack import Attack
from tests.attacks.ground import Ground, opened
from tests.attacks.registry import ATTACKS
from tests.support.database import Databases


@pytest.fixture(scope="module")
def ground(
    databases: Databases, valkey_server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """The product that all attacks share."""
    folder = tmp_path_factory.mktemp("attacks")
    with (
        databases.lend() as database_url,
        opened(database_url=database_url, redis_url=valkey_server.url, folder=folder) as running,
    ):
        yield running


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_held(attack: Attack, ground: Ground) -> None:
    """Each as its own file says, in small."""
    outcome = attack.short(ground)
    assert outcome.wrong == (), f"{attack.title}: {outcome.sent}; {outcome.seen}"
