"""One salon's requests never hold the connections that all share: nobody waits for a lock inside PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from aiadmin.container import Container
from aiadmin.domain.errors import SalonBusyError
from aiadmin.domain.ids import CompanyId
from aiadmin.storage.locks import Lock
from aiadmin.web import create_app
from aiadmin.web.http.company_slots import CompanySlots
from tests.conftest import WaitUntil
from tests.support.site import SALON, MakeSite, Refused, Salon, Site

pytestmark = pytest.mark.slow  # what is tried takes seconds of a real clock

LOCKS = pytest.mark.parametrize("lock", [Lock.NOTICES.value, Lock.CONTACTS.value], ids=["the salon", "its contacts"])


_WAITING = text("""
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
""")


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """As in production web waits for locks, but not for long, and its connections are few."""
    return make_site(database_pool_size=4)


@pytest.fixture
def linked(site: Site) -> Salon:
    salon = site.register()
    site.link(salon)
    _at_any_hour(site, salon)
    return salon


def _at_any_hour(site: Site, salon: Salon) -> None:
    settings = {"settings": {"quiet_from": "00:00", "quiet_to": "00:00"}}
    assert site.client.post("/marketplace/manage/settings", json=settings, headers=salon.bearer).status_code == 200


def _order(site: Site, salon: Salon, *ids: str) -> Any:
    """A client of its own: orders come from several threads."""
    targets = [{"id": name, "phone": f"7900111{number:04}"} for number, name in enumerate(ids)]
    body = {"destination_params": targets, "text": "Ждём вас завтра"}
    headers = {"Authorization": f"Bearer {salon.api_key}"}
    return site.client.application.test_client().post("/marketplace/operator", json=body, headers=headers)


@contextmanager
def _held(site: Site, statement: str, **values: Any) -> Iterator[None]:
    """Somebody else's transaction holds what `statement` takes. Not through the pool of the site: it is small."""
    other = Container(site.container.config)
    try:
        with other.engine.begin() as connection:
            connection.execute(text(statement), values)
            yield
    finally:
        other.close()


def _waiting_for_locks(site: Site) -> int:
    other = Container(site.container.config)
    try:
        with other.engine.connect() as connection:
            return int(connection.scalar(_WAITING) or 0)
    finally:
        other.close()


@LOCKS
def test_s15_an_order_of_a_busy_salon_is_refused_and_waits_nowhere(
    site: Site, linked: Salon, lock: int, wait_until: WaitUntil
) -> None:
    answers: list[Any] = []
    with _held(site, "SELECT pg_advisory_xact_lock(:lock, :id)", lock=lock, id=linked.company_id):
        threads = [
            threading.Thread(target=lambda name=name: answers.append(_order(site, linked, name)))
            for name in map(str, range(12))
        ]
        for thread in threads:
            thread.start()
        wait_until(lambda: bool(answers), what="a refusal")
        assert _waiting_for_locks(site) == 0
        for thread in threads:
            thread.join(30)
        assert _waiting_for_locks(site) == 0
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.get_json()["error_code"] for answer in answers} == {1}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert _order(site, linked, "0").status_code == 200, "the same order again is taken"


@LOCKS
def test_s15_meanwhile_other_salons_are_served(site: Site, linked: Salon, lock: int) -> None:
    other = site.register(SALON + 1)
    site.link(other, "79009999999")
    with _held(site, "SELECT pg_advisory_xact_lock(:lock, :id)", lock=lock, id=linked.company_id):
        threads = [threading.Thread(target=_order, args=(site, linked, str(number))) for number in range(12)]
        for thread in threads:
            thread.start()
        served = [_order(site, other, f"other-{number}").status_code for number in range(3)]
        for thread in threads:
            thread.join(30)
    assert served == [200] * 3


def test_s15_an_order_costs_the_same_statements_whatever_its_targets(site: Site, linked: Salon) -> None:
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE devices SET linked_at = now() - interval '1 year'"))
    few = _statements(site, lambda: _order(site, linked, "one"))
    many = _statements(site, lambda: _order(site, linked, *(f"many-{number}" for number in range(100))))
    assert many <= few <= 20
    with site.container.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM provider_messages")) == 101


def test_s15_an_order_has_a_hundred_targets_at_most(site: Site, linked: Salon) -> None:
    answer = _order(site, linked, *map(str, range(101)))
    assert (answer.status_code, answer.get_json()["error_code"]) == (400, 10)
    [field] = answer.get_json()["errors"]
    assert (field["field_name"], "1-100" in field["error_message"]) == ("destination_params", True)
    with site.container.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox_messages")) == 0


def test_a_change_of_a_salon_that_another_changes_is_refused_after_a_while(
    site: Site, linked: Salon, refused: Refused
) -> None:
    held = Container(site.container.config, lock_seconds=0.2)
    client = create_app(held).test_client()
    try:
        with _held(site, "SELECT FROM companies WHERE id = :id FOR UPDATE", id=linked.company_id):
            for path, body in (
                ("settings", {"settings": {"review": True}}),
                ("text/trial", {"kind": "booked", "template": "Ждём вас", "phone": "79001110001"}),
            ):
                answer = client.post(f"/marketplace/manage/{path}", json=body, headers=linked.bearer)
                refused(answer, 503, "salon-busy")
                assert int(answer.headers["Retry-After"]) > 0
        answer = client.post("/marketplace/manage/settings", json={"settings": {}}, headers=linked.bearer)
        assert answer.status_code == 200
    finally:
        held.close()


def test_webhooks_of_all_salons_do_not_wait_for_one_that_is_being_changed(site: Site, linked: Salon) -> None:
    other = Container(site.container.config)
    try:
        with other.uow() as work:
            work.companies.get(linked.company_id, lock=True)
            assert site.webhook(linked, b'{"resource": "record", "resource_id": 1}').status_code == 200
    finally:
        other.close()


def test_a_company_has_a_quarter_of_the_connections() -> None:
    slots, one, two = CompanySlots(8), CompanyId(1), CompanyId(2)
    for company_id in (one, one, two, two):
        slots.take(company_id, patience=0)
    with pytest.raises(SalonBusyError):
        slots.take(one, patience=0)
    slots.give_back(one)
    slots.take(one, patience=0)
    for company_id in (one, one, two, two):
        slots.give_back(company_id)
    assert not len(slots), "nothing is kept of who is gone"


def test_a_request_waits_for_its_slot_and_gives_it_back_whatever_became_of_it(site: Site, linked: Salon) -> None:
    slots: CompanySlots = site.client.application.extensions["company_slots"]
    slots.take(linked.company_id)
    later = threading.Timer(0.3, slots.give_back, [linked.company_id])
    later.start()
    statuses = [
        site.client.get(f"/marketplace/manage/{path}", headers=linked.bearer).status_code
        for path in ("overview", "messages?before=x", "overview")
    ]
    later.join()
    assert statuses == [200, 400, 200]
    assert not len(slots)


def _statements(site: Site, act: Callable[[], Any]) -> int:
    counted: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted.append(statement)

    event.listen(site.container.engine, "before_cursor_execute", count)
    try:
        assert act().status_code == 200
    finally:
        event.remove(site.container.engine, "before_cursor_execute", count)
    return len(counted)
