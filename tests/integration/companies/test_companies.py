"""Companies on a real PostgreSQL: registered once, with keys and links."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from aiadmin.container import Container
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.errors import (
    CompanyNotFoundError,
    LinkRevokedError,
    SalonTakenError,
)
from aiadmin.domain.ids import CompanyId
from aiadmin.services.companies import connect_links, registration
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from tests.support.linked_salons import complete, register


def test_registration_hands_out_the_key_once_and_stores_only_its_hash(container: Container) -> None:
    made = register(container)
    with container.uow() as work:
        row = work.outbox.find_by_key(made.company.company_id, ACTIVATION_KEY)
    assert container.company_by_api_key(made.api_key) == made.company
    assert row is not None
    assert row.secret is not None
    assert made.api_key not in row.secret
    assert container.secrets.unseal(row.secret) == made.api_key
    assert row.next_attempt_at is None


def test_a_salon_that_is_registered_is_left_as_it_is(container: Container) -> None:
    made = register(container)
    with pytest.raises(SalonTakenError):
        register(container)
    assert container.open_link(made.token)


def test_two_registrations_at_once_make_one_company(container: Container) -> None:
    results: list[object] = []

    def attempt() -> None:
        try:
            results.append(register(container))
        except SalonTakenError as error:
            results.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, registration.Registration) for result in results) == 1


def test_a_new_link_revokes_the_old_and_redis_mirrors_it(container: Container) -> None:
    made = register(container)
    company_id = made.company.company_id
    fresh = connect_links.issue(
        company_id, uow=container.uow, tokens=container.tokens, links=container.links, clock=container.clock
    )
    with pytest.raises(LinkRevokedError):
        container.open_link(made.token)
    opened = container.open_link(fresh)
    assert opened.company_id == company_id
    jti = container.redis.get(f"marketplace:company:{company_id}:token")
    assert isinstance(jti, bytes)
    assert container.redis.get(f"marketplace:token:{jti.decode()}") == str(company_id).encode()
    assert 86_300 < container.redis.ttl(f"marketplace:token:{jti.decode()}") <= 86_400  # type: ignore[operator]
    assert len(container.redis.keys("marketplace:token:*")) == 1  # type: ignore[arg-type]


def test_an_outbox_row_is_claimed_once_and_forgets_its_secret_when_sent(container: Container) -> None:
    company_id = register(container).company.company_id
    outbox_id = complete(container, company_id, "79001112233:7@s.whatsapp.net").outbox_id
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
    made = register(container)
    fresh = registration.rotate_api_key(made.company.company_id, uow=container.uow, secrets=container.secrets)
    with container.uow() as work:
        row = work.outbox.find_by_key(made.company.company_id, ACTIVATION_KEY)
    assert container.company_by_api_key(made.api_key) is None
    assert container.company_by_api_key(fresh) == made.company
    assert row is not None
    assert container.secrets.unseal(row.secret or "") == fresh
    with pytest.raises(CompanyNotFoundError):
        registration.rotate_api_key(CompanyId(999), uow=container.uow, secrets=container.secrets)
