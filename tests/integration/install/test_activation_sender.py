"""Whatever happens to calls and workers: an activation ends, and YClients hears of it once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.services.install.activations import ActivationSender
from tests.integration.install.scripted import Clock, KilledError, ScriptedYClients, Told
from tests.support.examples import examples
from tests.support.linked_salons import Salon, link

WINDOW = timedelta(minutes=2)
WORDS = ["ok", "lost", "silent", "busy", "broken", "html", "no", "killed", "killed-late"]
OPEN = (OutboxState.PENDING, OutboxState.SENDING)
SALONS = itertools.count(1)
ONE_DATABASE = [HealthCheck.function_scoped_fixture]
"""Each example has a salon of its own in it."""


@dataclass
class World:
    """One salon whose activation is due, and the YClients that it is told to."""

    salon: Salon
    clock: Clock
    yclients: ScriptedYClients
    told: Told
    sender: ActivationSender

    def deliver(self) -> OutboxState | None:
        return self.sender.deliver(self.salon.outbox_id)

    def run(self, most: int = 2000) -> None:
        """What the clock and the workers do: try whenever the row is due, whoever dies meanwhile."""
        for _ in range(most):
            row = self.salon.row
            if row.state not in OPEN:
                return
            assert row.next_attempt_at is not None
            self.clock.now = max(self.clock.now, row.next_attempt_at)
            with suppress(KilledError):
                self.deliver()
        pytest.fail("it never ends")


def _world(box: Container, *script: str, window: timedelta = WINDOW, chances: Sequence[float] = (0.5,)) -> World:
    salon = link(box, next(SALONS), window)
    clock, told, chance = Clock(salon.row.next_attempt_at or box.clock()), Told(), itertools.cycle(chances)
    yclients = ScriptedYClients(clock, iter(script), is_free=lambda: box.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
    sender = ActivationSender(
        uow=box.uow,
        marketplace=yclients,
        secrets=box.secrets,
        page_events=told,
        clock=clock,
        rng=lambda: next(chance),
        public_url="https://bot.example",
    )
    return World(salon, clock, yclients, told, sender)


@settings(max_examples=examples(20), suppress_health_check=ONE_DATABASE)
@given(
    script=st.lists(st.sampled_from(WORDS), max_size=30),
    chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=1),
)
def test_every_activation_ends_and_yclients_hears_of_it_once(
    box: Container, script: list[str], chances: list[float]
) -> None:
    world = _world(box, *script, chances=chances)
    world.run()
    company, row = world.salon.company, world.salon.row
    with box.uow() as work:
        begun = work.sync_runs.find(company.company_id, SyncKind.FULL)
    assert world.yclients.heard_when_active == 0
    assert row.next_attempt_at is None
    if row.state is OutboxState.SENT:
        assert world.yclients.connection is InstallationStatus.ACTIVE
        assert company.integration_status is IntegrationStatus.ACTIVE
        assert begun is not None
        assert world.told.states[-1] == ("active", None)
    else:
        assert row.state is OutboxState.FAILED
        assert company.integration_status is IntegrationStatus.ACTIVATION_FAILED
        assert begun is None
        assert world.told.states[-1] == ("activation_failed", company.activation_error)


@settings(max_examples=examples(20), suppress_health_check=ONE_DATABASE)
@given(script=st.lists(st.sampled_from(["silent", "busy", "broken", "html", "killed", "lost"]), max_size=4))
def test_yclients_back_in_time_is_told_whatever_happened_before(box: Container, script: list[str]) -> None:
    world = _world(box, *script, *["ok"] * 20, window=timedelta(hours=1))
    world.run()
    assert world.salon.row.state is OutboxState.SENT
    assert world.yclients.heard == 1


def test_a_worker_killed_after_yclients_acted_is_followed_by_a_question_not_by_a_repeat(box: Container) -> None:
    world = _world(box, "killed-late", "ok")
    with pytest.raises(KilledError):
        world.deliver()
    row = world.salon.row
    assert row.state is OutboxState.SENDING
    assert row.next_attempt_at is not None
    assert world.deliver() is None, "the row belongs to the dead worker until its time is over"
    world.clock.now = row.next_attempt_at
    assert world.deliver() is OutboxState.SENT
    assert (world.yclients.heard, world.told.states) == (1, [("active", None)])


def test_an_attempt_is_made_even_when_the_deadline_has_passed(box: Container) -> None:
    world = _world(box, "ok", window=-timedelta(hours=1))
    assert world.deliver() is OutboxState.SENT
    assert world.salon.row.attempts == 1


def test_after_the_deadline_there_is_no_second_attempt(box: Container) -> None:
    world = _world(box, "broken", "ok", window=-timedelta(hours=1))
    assert world.deliver() is OutboxState.FAILED
    assert world.salon.company.activation_error == "unreachable"
    assert world.told.states == [("activation_failed", "unreachable")]


def test_without_an_app_nothing_is_sent_and_the_page_says_why(box: Container) -> None:
    world = _world(box, "ok")
    world.yclients.is_configured = False
    assert world.deliver() is OutboxState.FAILED
    assert world.yclients.requests == []
    assert world.told.states == [("activation_failed", "not_configured")]


def test_a_sealed_key_that_cannot_be_read_is_a_failure_with_a_reason(box: Container) -> None:
    world = _world(box, "ok")
    other = replace(world.sender, secrets=DerivedSecrets("z" * 32))
    assert other.deliver(world.salon.outbox_id) is OutboxState.FAILED
    assert (world.yclients.requests, world.salon.company.activation_error) == ([], "key_lost")


def test_yclients_is_given_the_clear_key_and_the_companys_own_webhook_address(box: Container) -> None:
    world = _world(box, "ok")
    world.deliver()
    company, (request,) = world.salon.company, world.yclients.requests
    assert (request.api_key, request.salon_id) == (world.salon.api_key, company.salon_id)
    assert request.channels == ("whatsapp",)
    key = box.secrets.webhook_key(company.company_id)
    assert request.webhook_urls == (f"https://bot.example/marketplace/webhook/{company.company_id}?key={key}",)


def test_an_attempt_that_was_overtaken_writes_nothing(box: Container) -> None:
    world = _world(box, "ok")

    def overtaken() -> datetime:
        # between the call and the record another worker took the row
        if world.yclients.heard:
            with box.engine.begin() as connection:
                taken = text("UPDATE outbox SET attempts = 2 WHERE id = :id")
                connection.execute(taken, {"id": world.salon.outbox_id})
        return world.clock.now

    slow = replace(world.sender, clock=overtaken)
    assert slow.deliver(world.salon.outbox_id) is None
    assert world.salon.row.state is OutboxState.SENDING
    assert world.salon.company.integration_status is IntegrationStatus.ACTIVATING
    assert world.told.states == []
