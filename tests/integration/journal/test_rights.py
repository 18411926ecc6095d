"""A salon that hides phones from our application: found out, kept, and got round by what webhooks say (Y15)."""

from __future__ import annotations

from typing import Any

import pytest

from aiadmin.domain.companies.rights import Right
from aiadmin.domain.journal.sync_run import SyncKind
from tests.support.world import Installed, Salons

NO_PHONES = {"clients": {"client_phones_access": False}}


def _missing(salons: Salons, salon: Installed) -> frozenset[Right] | None:
    with salons.world.uow() as work:
        return work.companies.get(salon.company_id).missing_rights


def _nightly(salons: Salons, salon: Installed) -> None:
    salons.make_due(salon, SyncKind.NIGHTLY)
    salons.synchronise(salon, SyncKind.NIGHTLY)


def _phone(salons: Salons, record_id: int) -> str | None:
    found: str | None = salons.world.rows("SELECT client_phone FROM records WHERE record_id = :id", id=record_id)[0][
        0
    ]
    return found


@pytest.fixture
def hidden(salons: Salons) -> Installed:
    """A salon that does not let us see phones, and whose journal we have read."""
    salon = salons.install(clients=3, records=3, rights=NO_PHONES)
    salons.listen(salon)
    return salon


@pytest.mark.parametrize(
    ("rights", "missing"),
    [
        ({}, set()),
        (NO_PHONES | {"record_form": {"edit_records_access": "0"}}, {Right.PHONES, Right.ATTENDANCE, Right.MOVE}),
    ],
)
def test_what_the_application_may_not_do_is_found_out_at_activation(
    salons: Salons, rights: dict[str, Any], missing: set[Right]
) -> None:
    salon = salons.install(rights=rights)
    assert _missing(salons, salon) is None
    salons.synchronise(salon)
    assert _missing(salons, salon) == missing


def test_the_night_finds_a_right_that_was_taken_and_one_that_was_given(salons: Salons) -> None:
    salon = salons.install()
    salons.synchronise(salon)
    assert _missing(salons, salon) == set()
    salons.yclients.change_salon(salon.salon_id, rights=NO_PHONES)
    _nightly(salons, salon)
    assert _missing(salons, salon) == {Right.PHONES}
    salons.yclients.change_salon(salon.salon_id, rights={"clients": {"client_phones_access": True}})
    _nightly(salons, salon)
    assert _missing(salons, salon) == set()


@pytest.mark.parametrize(
    "fault",
    [{"status": 403}, {"status": 404}, {"status": 500}, {"status": 200, "body": {"success": True, "data": []}}],
)
def test_where_yclients_does_not_say_what_was_known_stays_and_the_journal_is_read(
    salons: Salons, hidden: Installed, fault: dict[str, Any]
) -> None:
    salons.yclients.change_salon(hidden.salon_id, rights={"clients": {"client_phones_access": True}})
    salons.yclients.fault(f"/api/v1/user/permissions/{hidden.salon_id}", times=50, **fault)
    _nightly(salons, hidden)
    assert _missing(salons, hidden) == {Right.PHONES}
    fresh = salons.install()
    salons.yclients.fault(f"/api/v1/user/permissions/{fresh.salon_id}", times=50, **fault)
    salons.synchronise(fresh)
    assert _missing(salons, fresh) is None


def test_the_phone_of_a_booking_comes_from_its_webhook_and_outlasts_every_reading(
    salons: Salons, hidden: Installed
) -> None:
    booked = salons.yclients.add_record(hidden.salon_id, **salons.booking(hidden))
    salons.hear_all(hidden)
    salons.check()
    assert _phone(salons, booked["id"]) == "79005550000"
    salons.reconcile(hidden)
    _nightly(salons, hidden)
    assert _phone(salons, booked["id"]) == "79005550000"
    assert [kind for _, kind, _ in salons.world.events(hidden.company_id)] == ["created"]
    assert salons.world.rows("SELECT after ->> 'client_phone' FROM booking_events") == [("79005550000",)]


def test_a_webhook_that_comes_after_the_list_of_changes_still_brings_the_phone(
    salons: Salons, hidden: Installed
) -> None:
    booked = salons.yclients.add_record(hidden.salon_id, **salons.booking(hidden))
    salons.reconcile(hidden)
    assert _phone(salons, booked["id"]) is None
    salons.hear_all(hidden)
    salons.check()
    assert _phone(salons, booked["id"]) == "79005550000"


def test_a_webhook_is_believed_of_the_phone_alone_and_only_for_the_bookings_own_client(
    salons: Salons, hidden: Installed
) -> None:
    booked = salons.yclients.add_record(hidden.salon_id, **salons.booking(hidden))
    data = {"id": booked["id"], "date": "2020-01-01 10:00:00", "attendance": 1, "deleted": True}
    body = {"company_id": hidden.salon_id, "resource": "record", "resource_id": booked["id"], "status": "update"}
    stranger = {"id": booked["client"]["id"] + 1000, "name": "Чужая", "phone": "79009990000"}
    salons.hear(hidden, body | {"data": data | {"client": stranger}})
    salons.check()
    row = "SELECT client_phone, client_name, attendance, deleted_at FROM records WHERE record_id = :id"
    assert salons.world.rows(row, id=booked["id"]) == [(None, "Нина", 0, None)]
    typed = {"id": str(booked["client"]["id"]), "name": "Чужая", "phone": "8 (900) 555-00-00"}
    salons.hear(hidden, body | {"data": data | {"client": typed}})
    salons.check()
    assert salons.world.rows(row, id=booked["id"]) == [("79005550000", "Нина", 0, None)]


def test_a_webhook_without_a_client_brings_no_phone(salons: Salons, hidden: Installed) -> None:
    clients: list[Any] = [None, [], {}, {"id": 1}, {"id": [], "phone": "79005550000"}, "79005550000"]
    booked = [salons.yclients.add_record(hidden.salon_id, **salons.booking(hidden))["id"] for _ in clients]
    for number, client in zip(booked, clients, strict=True):
        body = {"company_id": hidden.salon_id, "resource": "record", "resource_id": number, "status": "update"}
        salons.hear(hidden, body | {"data": {"id": number, "client": client}})
    salons.check()
    assert [_phone(salons, number) for number in booked] == [None] * len(clients)


def test_where_phones_may_be_seen_a_webhooks_phone_is_not_looked_at(salons: Salons) -> None:
    salon = salons.install(clients=3, records=3)
    salons.listen(salon)
    booked = salons.yclients.add_record(salon.salon_id, **salons.booking(salon))
    body = {"company_id": salon.salon_id, "resource": "record", "resource_id": booked["id"], "status": "update"}
    forged = {"id": booked["client"]["id"], "phone": "79009990000"}
    salons.hear(salon, body | {"data": {"id": booked["id"], "client": forged}})
    salons.check()
    assert _phone(salons, booked["id"]) == "79005550000"
    assert salons.world.rows("SELECT count(*) FROM webhook_phones") == [(0,)]


def test_when_the_right_is_given_the_whole_journal_is_read_again_without_news(
    salons: Salons, hidden: Installed
) -> None:
    booked = salons.yclients.add_record(hidden.salon_id, **salons.booking(hidden))
    salons.reconcile(hidden)
    assert _phone(salons, booked["id"]) is None
    told = salons.world.events(hidden.company_id)
    salons.yclients.change_salon(hidden.salon_id, rights={"clients": {"client_phones_access": True}})
    _nightly(salons, hidden)
    salons.synchronise(hidden, SyncKind.FULL)
    assert _phone(salons, booked["id"]) == "79005550000"
    assert salons.world.rows("SELECT count(*) FROM webhook_phones") == [(0,)]
    assert salons.world.events(hidden.company_id) == told


def test_a_client_who_asks_for_it_is_forgotten_with_the_phone_of_the_webhook(
    salons: Salons, hidden: Installed
) -> None:
    booked = salons.yclients.add_record(hidden.salon_id, **salons.booking(hidden))
    salons.hear_all(hidden)
    salons.check()
    salons.box.privacy_service.erase(hidden.company_id, "79005550000", actor="test")
    assert salons.world.rows("SELECT count(*) FROM webhook_phones") == [(0,)]
    salons.yclients.edit_record(hidden.salon_id, booked["id"], comment="ещё раз")
    salons.hear_all(hidden)
    salons.check()
    assert _phone(salons, booked["id"]) is None
