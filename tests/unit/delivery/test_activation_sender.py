"""Whatever happens to calls and workers: an activation ends, and YClients hears of it once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.services.install.activations import ActivationSender
from aiadmin.services.ports import NewUnitOfWork, PageEvents
from tests.support.examples import examples
from tests.unit.delivery.memory import COMPANY, OPEN, ROW, KilledError, Memory, ScriptedYClients, Told, make_memory

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=2)
SECRETS = DerivedSecrets("s" * 32)
WORDS = ["ok", "lost", "silent", "busy", "broken", "html", "no", "killed", "killed-late"]


def _courier(
    memory: Memory, yclients: ScriptedYClients, told: Told, chances: Sequence[float] = (0.5,)
) -> ActivationSender:
    chance = itertools.cycle(chances)
    return ActivationSender(
        uow=cast("NewUnitOfWork", memory.uow),
        marketplace=yclients,
        secrets=SECRETS,
        page_events=cast("PageEvents", told),
        clock=memory.clock,
        rng=lambda: next(chance),
        public_url="https://bot.example",
    )


def _world(*script: str, window: timedelta = WINDOW) -> tuple[Memory, ScriptedYClients, Told, ActivationSender]:
    memory = make_memory(NOW, window)
    memory.row = replace(memory.row, secret=SECRETS.seal("sk_clear"))
    yclients, told = ScriptedYClients(memory, iter(script)), Told()
    return memory, yclients, told, _courier(memory, yclients, told)


def _run(memory: Memory, courier: ActivationSender, most: int = 2000) -> None:
    """What the clock and the workers do: try whenever the row is due, whoever dies meanwhile."""
    for _ in range(most):
        if memory.row.state not in OPEN:
            return
        assert memory.row.next_attempt_at is not None
        memory.now = max(memory.now, memory.row.next_attempt_at)
        with suppress(KilledError):
            courier.deliver(ROW)
    pytest.fail("it never ends")


@settings(max_examples=examples(30))
@given(
    script=st.lists(st.sampled_from(WORDS), max_size=30),
    chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=1),
)
def test_every_activation_ends_and_yclients_hears_of_it_once(script: list[str], chances: list[float]) -> None:
    memory, yclients, told, _ = _world(*script)
    _run(memory, _courier(memory, yclients, told, chances))
    assert yclients.heard_when_active == 0
    assert memory.row.next_attempt_at is None
    if memory.row.state is OutboxState.SENT:
        assert yclients.connection is InstallationStatus.ACTIVE
        assert memory.company.integration_status is IntegrationStatus.ACTIVE
        assert [kind.value for kind, _ in memory.started] == ["full"]
        assert told.states[-1] == ("active", None)
    else:
        assert memory.row.state is OutboxState.FAILED
        assert memory.company.integration_status is IntegrationStatus.ACTIVATION_FAILED
        assert memory.started == ()
        assert told.states[-1] == ("activation_failed", memory.company.activation_error)


@settings(max_examples=examples(20))
@given(script=st.lists(st.sampled_from(["silent", "busy", "broken", "html", "killed", "lost"]), max_size=4))
def test_yclients_back_in_time_is_told_whatever_happened_before(script: list[str]) -> None:
    memory, yclients, _, courier = _world(*script, *["ok"] * 20, window=timedelta(hours=1))
    _run(memory, courier)
    assert memory.row.state is OutboxState.SENT
    assert yclients.heard == 1


def test_a_worker_killed_after_yclients_acted_is_followed_by_a_question_not_by_a_repeat() -> None:
    memory, yclients, told, courier = _world("killed-late", "ok")
    with pytest.raises(KilledError):
        courier.deliver(ROW)
    assert memory.row.state is OutboxState.SENDING
    assert courier.deliver(ROW) is None, "the row belongs to the dead worker until its time is over"
    memory.now = memory.row.next_attempt_at or NOW
    assert courier.deliver(ROW) is OutboxState.SENT
    assert (yclients.heard, told.states) == (1, [("active", None)])


def test_an_attempt_is_made_even_when_the_deadline_has_passed() -> None:
    memory, _, _, courier = _world("ok", window=-timedelta(hours=1))
    assert courier.deliver(ROW) is OutboxState.SENT
    assert memory.row.attempts == 1


def test_after_the_deadline_there_is_no_second_attempt() -> None:
    memory, _, told, courier = _world("broken", "ok", window=-timedelta(hours=1))
    assert courier.deliver(ROW) is OutboxState.FAILED
    assert memory.company.activation_error == "unreachable"
    assert told.states == [("activation_failed", "unreachable")]


def test_without_an_app_nothing_is_sent_and_the_page_says_why() -> None:
    _, yclients, told, courier = _world("ok")
    yclients.is_configured = False
    assert courier.deliver(ROW) is OutboxState.FAILED
    assert yclients.requests == []
    assert told.states == [("activation_failed", "not_configured")]


def test_a_sealed_key_that_cannot_be_read_is_a_failure_with_a_reason() -> None:
    memory, yclients, _, courier = _world("ok")
    memory.row = replace(memory.row, secret=DerivedSecrets("z" * 32).seal("sk_clear"))
    assert courier.deliver(ROW) is OutboxState.FAILED
    assert (yclients.requests, memory.company.activation_error) == ([], "key_lost")


def test_yclients_is_given_the_clear_key_and_the_companys_own_webhook_address() -> None:
    _, yclients, _, courier = _world("ok")
    courier.deliver(ROW)
    (request,) = yclients.requests
    assert (request.api_key, request.salon_id, request.channels) == ("sk_clear", 962302, ("whatsapp",))
    key = SECRETS.webhook_key(COMPANY)
    assert request.webhook_urls == (f"https://bot.example/marketplace/webhook/1?key={key}",)


def test_an_attempt_that_was_overtaken_writes_nothing() -> None:
    memory, yclients, told, courier = _world("ok")

    def overtaken() -> datetime:
        # between the call and the record another worker took the row
        if yclients.heard and memory.row.attempts == 1:
            memory.row = replace(memory.row, attempts=2)
        return memory.now

    slow = replace(courier, clock=overtaken)
    assert slow.deliver(ROW) is None
    assert memory.row.state is OutboxState.SENDING
    assert memory.company.integration_status is IntegrationStatus.ACTIVATING
    assert told.states == []
