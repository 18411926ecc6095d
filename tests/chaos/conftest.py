"""The world of a run, and a fleet for each scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiadmin.adapters import embedded
from tests.chaos.fleet import Fleet
from tests.chaos.scale import Scale, chosen
from tests.chaos.watch import Watch
from tests.chaos.world import World
from tests.support.database import Databases
from tests.support.hosted_salons import Salons


@pytest.fixture(scope="session")
def scale() -> Scale:
    return chosen()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: embedded.EmbeddedServer, databases: Databases) -> str:
    """The run's PostgreSQL, where our schema is a template."""
    return postgres_server.url


@pytest.fixture(scope="session")
def world(server_dir: Path, postgres_url: str, scale: Scale) -> Iterator[World]:
    """Servers and linked phones for all scenarios that leave the servers alone."""
    with World(server_dir, postgres_url, scale.sessions) as world:
        yield world


@pytest.fixture
def salons(world: World) -> Iterator[Salons]:
    """A database of this scenario's own, with all companies."""
    with world.salons() as salons:
        yield salons


@pytest.fixture
def watch(world: World, salons: Salons) -> Watch:
    return Watch(world.whatsapp, salons)


@pytest.fixture
def fleet(world: World, salons: Salons, scale: Scale, tmp_path: Path) -> Iterator[Fleet]:
    """Hosts; none of them may die of itself, nor stumble."""
    fleet = Fleet(world, salons.database_url, scale, tmp_path)
    yield fleet
    fleet.close()
    assert not fleet.dead(), "\n\n".join(fleet.dead())
    assert not fleet.stumbles(), "\n\n".join(fleet.stumbles())
