"""Repositories and the services that use them, on a real PostgreSQL."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from sqlalchemy import text

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.errors import (
    CompanyNotFoundError,
    DependencyDownError,
    LinkRevokedError,
    NumberTakenError,
    SalonTakenError,
)
from aiadmin.domain.hosting.device import LinkedAccount, Observed
from aiadmin.domain.ids import CompanyId, DeviceId, HostId, SalonId
from aiadmin.domain.journal.webhook import NewWebhook, UnderstoodWebhook, WebhookState, dedup_key
from aiadmin.services.companies import connect_links, registration
from aiadmin.services.pairing import pairings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = timedelta(hours=1)


@pytest.fixture
def container(database_url: str, redis_url: str) -> Iterator[Container]:
    box = Container(Config(database_url=database_url, redis_url=redis_url, jwt_secret="s" * 32))
    yield box
    box.engine.dispose()
    box.redis.close()


def _register(box: Container, salon: int = 962302) -> registration.Registration:
    return registration.register(
        salon_id=SalonId(salon),
        phone="79001234567",
        email=None,
        uow=box.uow,
        secrets=box.secrets,
        tokens=box.tokens,
        links=box.links,
        clock=box.clock,
        window=WINDOW,
    )


def _complete(box: Container, company_id: CompanyId, jid: str) -> pairings.Linked:
    return pairings.complete(
        company_id, LinkedAccount(jid=jid, lid="12:3@lid"), uow=box.uow, clock=box.clock, window=WINDOW
    )


def test_registration_hands_out_the_key_once_and_stores_only_its_hash(container: Container) -> None:
    made = _register(container)
    with container.uow() as work:
        found = work.companies.find_by_api_key_hash(container.secrets.hash_api_key(made.api_key))
        row = work.outbox.find_by_key(made.company.company_id, registration.ACTIVATION_KEY)
    assert found is not None
    assert found.company_id == made.company.company_id
    assert row is not None
    assert row.secret is not None
    assert made.api_key not in row.secret
    assert container.secrets.unseal(row.secret) == made.api_key
    assert row.next_attempt_at is None


def test_a_salon_that_is_registered_is_left_as_it_is(container: Container) -> None:
    made = _register(container)
    with pytest.raises(SalonTakenError):
        _register(container)
    assert connect_links.open_link(made.token, uow=container.uow, tokens=container.tokens, clock=container.clock)


def test_two_registrations_at_once_make_one_company(container: Container) -> None:
    results: list[object] = []

    def attempt() -> None:
        try:
            results.append(_register(container))
        except SalonTakenError as error:
            results.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, registration.Registration) for result in results) == 1


def test_a_new_link_revokes_the_old_and_redis_mirrors_it(container: Container) -> None:
    made = _register(container)
    company_id = made.company.company_id
    fresh = connect_links.issue(
        company_id, uow=container.uow, tokens=container.tokens, links=container.links, clock=container.clock
    )
    with pytest.raises(LinkRevokedError):
        connect_links.open_link(made.token, uow=container.uow, tokens=container.tokens, clock=container.clock)
    opened = connect_links.open_link(fresh, uow=container.uow, tokens=container.tokens, clock=container.clock)
    assert opened.company_id == company_id
    jti = container.redis.get(f"marketplace:company:{company_id}:token")
    assert isinstance(jti, bytes)
    assert container.redis.get(f"marketplace:token:{jti.decode()}") == str(company_id).encode()
    assert 86_300 < container.redis.ttl(f"marketplace:token:{jti.decode()}") <= 86_400  # type: ignore[operator]
    assert len(container.redis.keys("marketplace:token:*")) == 1  # type: ignore[arg-type]


def test_success_is_one_commit_and_releases_the_activation(container: Container) -> None:
    company_id = _register(container).company.company_id
    assert pairings.begin(company_id, uow=container.uow) is IntegrationStatus.PAIRING
    linked = _complete(container, company_id, "79001112233:7@s.whatsapp.net")
    with container.uow() as work:
        company, device = work.companies.get(company_id), work.devices.find_current(company_id)
        due = work.outbox.due_keys(container.clock())
    assert company.whatsapp_connected
    assert company.whatsapp_phone == "79001112233"
    assert company.integration_status is IntegrationStatus.ACTIVATING
    assert device is not None
    assert device.jid == "79001112233:7@s.whatsapp.net"
    assert [row.number for row in due] == [linked.outbox_id]


def test_telling_the_same_success_twice_changes_nothing(container: Container) -> None:
    company_id = _register(container).company.company_id
    first = _complete(container, company_id, "79001112233:7@s.whatsapp.net")
    again = _complete(container, company_id, "79001112233:7@s.whatsapp.net")
    assert first == again
    with container.uow() as work:
        assert len(work.devices.list_page(after=DeviceId(0), limit=2)) == 1


def test_a_number_serves_one_company(container: Container) -> None:
    one, two = _register(container, 1).company.company_id, _register(container, 2).company.company_id
    _complete(container, one, "79001112233:7@s.whatsapp.net")
    with pytest.raises(NumberTakenError):
        _complete(container, two, "79001112233:8@s.whatsapp.net")
    with container.uow() as work:
        assert not work.companies.get(two).whatsapp_connected


def test_linking_again_retires_the_former_device(container: Container) -> None:
    company_id = _register(container).company.company_id
    _complete(container, company_id, "79001112233:7@s.whatsapp.net")
    _complete(container, company_id, "79001112233:8@s.whatsapp.net")
    host_id = HostId(uuid.uuid4())
    with container.uow() as work:
        work.hosts.add(host_id, lease=timedelta(hours=1), capacity=9)
        taken = work.devices.adopt(host_id, limit=10, now=container.clock())
        work.commit()
    assert sorted((device.jid, device.desired.value) for device in taken) == [
        ("79001112233:7@s.whatsapp.net", "removed"),
        ("79001112233:8@s.whatsapp.net", "on"),
    ]


def test_two_hosts_never_take_one_device_and_an_old_epoch_writes_nothing(container: Container) -> None:
    for salon in range(1, 21):
        company_id = _register(container, salon).company.company_id
        _complete(container, company_id, f"790011122{salon:02}:1@s.whatsapp.net")
    hosts = [HostId(uuid.uuid4()), HostId(uuid.uuid4())]
    with container.uow() as work:
        for host_id in hosts:
            work.hosts.add(host_id, lease=timedelta(seconds=60), capacity=99)
        work.commit()
    taken: dict[HostId, list[int]] = {host_id: [] for host_id in hosts}

    def adopt(host_id: HostId) -> None:
        for _ in range(10):
            with container.uow() as work:
                devices = work.devices.adopt(host_id, limit=3, now=container.clock())
                work.commit()
            taken[host_id] += [device.device_id for device in devices]

    threads = [threading.Thread(target=adopt, args=(host_id,)) for host_id in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = taken[hosts[0]] + taken[hosts[1]]
    assert len(everything) == len(set(everything)) == 20
    with container.uow() as work:
        one = work.devices.held_by(hosts[0])[0] if taken[hosts[0]] else work.devices.held_by(hosts[1])[0]
        assert not work.devices.observe(
            one.device_id, epoch=one.epoch - 1, observed=Observed.ONLINE, reason=None, at=NOW
        )
        assert work.devices.observe(one.device_id, epoch=one.epoch, observed=Observed.ONLINE, reason=None, at=NOW)
        work.commit()


def test_an_outbox_row_is_claimed_once_and_forgets_its_secret_when_sent(container: Container) -> None:
    company_id = _register(container).company.company_id
    outbox_id = _complete(container, company_id, "79001112233:7@s.whatsapp.net").outbox_id
    assert outbox_id is not None
    now = container.clock()
    later = now + timedelta(seconds=30)
    with container.uow() as work:
        row = work.outbox.claim(outbox_id, now=now, visible_again_at=later)
        work.commit()
    assert row is not None
    assert (row.state, row.attempts) == (OutboxState.PENDING, 1)
    with container.uow() as work:
        assert work.outbox.claim(outbox_id, now=now, visible_again_at=later) is None
        again = work.outbox.claim(outbox_id, now=later, visible_again_at=later)
        assert again is not None
        assert (again.state, again.attempts) == (OutboxState.SENDING, 2)
        finished = {"state": OutboxState.SENT, "next_attempt_at": None, "error": None, "at": now}
        assert not work.outbox.finish(outbox_id, attempt=1, **finished)  # type: ignore[arg-type]
        assert work.outbox.finish(outbox_id, attempt=2, **finished)  # type: ignore[arg-type]
        work.commit()
    with container.uow() as work:
        sent = work.outbox.find(outbox_id)
    assert sent is not None
    assert (sent.state, sent.secret) == (OutboxState.SENT, None)


def test_a_rotated_key_replaces_the_old_everywhere(container: Container) -> None:
    made = _register(container)
    fresh = registration.rotate_api_key(made.company.company_id, uow=container.uow, secrets=container.secrets)
    with container.uow() as work:
        assert work.companies.find_by_api_key_hash(container.secrets.hash_api_key(made.api_key)) is None
        assert work.companies.find_by_api_key_hash(container.secrets.hash_api_key(fresh)) is not None
        row = work.outbox.find_by_key(made.company.company_id, registration.ACTIVATION_KEY)
    assert row is not None
    assert container.secrets.unseal(row.secret or "") == fresh
    with pytest.raises(CompanyNotFoundError):
        registration.rotate_api_key(CompanyId(999), uow=container.uow, secrets=container.secrets)


def test_a_repeated_webhook_is_one_row_and_a_stranger_is_named(container: Container) -> None:
    company_id = _register(container).company.company_id

    def webhook(company: int, body: bytes) -> NewWebhook:
        return NewWebhook(
            company_id=CompanyId(company),
            dedup_key=dedup_key(json.loads(body), body=body),
            body=body,
            received_at=container.clock(),
        )

    with container.uow() as work:
        unknown = work.webhooks.add_many(
            [webhook(company_id, b'{"a":1}'), webhook(company_id, b'{"a": 1}'), webhook(777, b"{}")]
        )
        work.commit()
    assert unknown == {777}
    with container.uow() as work:
        stored = work.webhooks.claim(limit=10)
        assert [row.body for row in stored] == [b'{"a":1}']
        done = UnderstoodWebhook(webhook_id=stored[0].webhook_id, state=WebhookState.IGNORED, kind=None)
        work.webhooks.finish([done], container.clock())
        work.commit()
    with container.uow() as work:
        assert work.webhooks.claim(limit=10) == []


OWN = b'{"resource": "record", "status": "update", "data": {"id": 7, "last_change_date": "2026-11-30T10:00:00"}}'
SEED = b'{"type": "booking_updated", "data": {"id": 7}}'


@pytest.mark.parametrize(("body", "is_heard_again"), [(OWN, False), (SEED, True)], ids=["own shape", "seed's shape"])
def test_y24_a_body_without_a_time_is_understood_again_once_it_was_understood(
    container: Container, body: bytes, is_heard_again: bool
) -> None:
    """Y24: and it is one row all the same; repeats that come while it waits are one."""
    company_id = _register(container).company.company_id

    def arrives() -> None:
        key = dedup_key(json.loads(body), body=body)
        new = NewWebhook(company_id=company_id, dedup_key=key, body=body, received_at=container.clock())
        with container.uow() as work:
            work.webhooks.add_many([new, new])
            work.commit()

    def understand() -> int:
        with container.uow() as work:
            stored = work.webhooks.claim(limit=10)
            done = [
                UnderstoodWebhook(webhook_id=one.webhook_id, state=WebhookState.PROCESSED, kind=None)
                for one in stored
            ]
            work.webhooks.finish(done, container.clock())
            work.commit()
        return len(stored)

    counts = []
    for _ in range(3):
        arrives()
        arrives()
        counts.append((understand(), understand()))
    assert counts == [(1, 0), (int(is_heard_again), 0), (int(is_heard_again), 0)]
    with container.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM webhooks")) == 1


def test_leaving_without_a_commit_rolls_back(container: Container) -> None:
    company_id = _register(container).company.company_id
    with container.uow() as work:
        work.companies.set_unlinked(company_id)
        work.companies.set_status(company_id, IntegrationStatus.ACTIVE)
    with container.uow() as work:
        assert work.companies.get(company_id).integration_status is IntegrationStatus.PENDING


def test_a_database_that_is_away_is_a_dependency_down_and_comes_back(
    container: Container, database_url: str, free_port: int
) -> None:
    away = Container(
        Config(
            database_url=f"postgresql://a:b@127.0.0.1:{free_port}/x",
            redis_url="redis://127.0.0.1:1",
            jwt_secret="s" * 32,
        )
    )
    with pytest.raises(DependencyDownError, match="PostgreSQL"), away.uow() as work:
        work.companies.stats()
    away.engine.dispose()
    with container.uow() as work:
        work.companies.stats()
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'aiadmin' AND datname = current_database()"
        )
    connection.close()
    with container.uow() as work:
        assert work.companies.stats().total == 0
