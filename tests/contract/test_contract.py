"""Whatever WhatsApp does to a device, host and salon see the same with the real library as with our fake engine.

All cases of a world run at once, each on a device of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from aiadmin.domain.ids import CompanyId
from tests.conftest import WaitUntil
from tests.contract.cases import GROUPS, Case
from tests.contract.worlds import FakeWorld, LibraryWorld, World, without_repetitions
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.database import Databases
from tests.support.fake_faults import suffering
from tests.support.hosted_salons import Salons
from tests.support.hosts import Pair

SLOWLY = 40.0


@dataclass(frozen=True)
class Struck:
    """A world in which every case has happened to a device of its own."""

    world: World
    devices: Mapping[str, tuple[str, CompanyId]]

    def row(self, case: Case) -> dict[str, Any]:
        return self.world.salons.device(self.devices[case.name][1])


def strike(world: World, cases: list[Case], wait_until: WaitUntil) -> Struck:
    """Link a device for each case, wait until all are online, and let it happen."""
    linked = world.link(len(cases))
    wait_until(lambda: all(world.salons.is_online(company) for _, company in linked), SLOWLY, "all online")
    for case, (jid, _) in zip(cases, linked, strict=True):
        world.events[jid].clear()
        world.strike(jid, case)
    return Struck(world, {case.name: device for case, device in zip(cases, linked, strict=True)})


@contextmanager
def world_of(kind: str, salons: Salons, whatsapp: FakeWhatsApp, pair: Pair) -> Iterator[World]:
    """A world with a running host."""
    with ExitStack() as stack:
        if kind == "fake":
            fake = FakeWorld(salons)
            stack.enter_context(fake.hosting())
            yield fake
        else:
            library = LibraryWorld(salons, whatsapp, pair)
            stack.enter_context(library.hosting())
            yield library


@pytest.fixture(
    params=[(kind, group) for kind in ("fake", "library") for group in GROUPS], scope="module", ids="-".join
)
def struck(
    request: pytest.FixtureRequest,
    databases: Databases,
    whatsapp: FakeWhatsApp,
    pair: Pair,
    wait_until: WaitUntil,
) -> Iterator[tuple[Struck, list[Case]]]:
    kind, group = request.param
    with (
        databases.lend() as url,
        closing(Salons(url)) as salons,
        world_of(kind, salons, whatsapp, pair) as world,
    ):
        yield strike(world, GROUPS[group], wait_until), GROUPS[group]


@pytest.mark.parametrize("number", range(max(map(len, GROUPS.values()))))
def test_a_fault_ends_in_the_same_state_with_the_same_reason(
    struck: tuple[Struck, list[Case]], number: int, wait_until: WaitUntil
) -> None:
    happened, cases = struck
    for case in cases[number : number + 1]:
        check(happened, case, wait_until)


def check(struck: Struck, case: Case, wait_until: WaitUntil) -> None:
    jid, company_id = struck.devices[case.name]
    said = [repr(event) for event in suffering(case.kind, **case.facts).events]

    def heard() -> list[str]:
        """What the library says. Each build of protobuf writes its blanks in its own way, so that nobody compares."""
        told = [one.replace(r"\xa0", " ") for one in struck.world.events[jid]]
        return without_repetitions(told)[: len(said)]

    wait_until(lambda: len(heard()) == len(said), SLOWLY, f"{heard()} instead of {said}")
    assert heard() == said
    wait_until(lambda: _outcome(struck.row(case)) == (case.observed, case.reason), SLOWLY, str(struck.row(case)))
    assert struck.world.has_keys(jid) == case.keeps_keys
    row = struck.row(case)
    if case.away is not None:
        assert case.away[0] <= row["next_attempt_at"] - row["state_since"] <= case.away[1]
    [company] = struck.world.salons.rows("SELECT whatsapp_connected FROM companies WHERE id = %s", company_id)
    assert company["whatsapp_connected"] == case.keeps_keys, "only a logout unlinks a salon"


def _outcome(row: dict[str, Any]) -> tuple[str, str | None]:
    return row["observed"], row["reason"]
