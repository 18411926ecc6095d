"""Weekly truth: what went past webhooks and lists is counted by kind, and mended the ordinary way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from aiadmin.adapters.metrics import page as metrics_page
from aiadmin.cli import cli
from aiadmin.domain.journal.sync_run import RunState, SyncKind
from aiadmin.domain.notices.notice import AnnouncedVisit
from aiadmin.domain.notices.reconciliation import Difference
from aiadmin.domain.yclients.error import YClientsError
from tests.support.world import Installed, Salons

OLGA = {"name": "Ольга", "phone": "79005551111"}
Edit = Callable[[Salons, Installed, dict[str, Any]], None]


@pytest.fixture
def salon(salons: Salons) -> Installed:
    """A salon whose journal is read, and whose webhooks do not come."""
    made = salons.install(clients=5, records=5, seed=3)
    salons.listen(made)
    return made


def _booked(salons: Salons, salon: Installed, **fields: Any) -> dict[str, Any]:
    """A visit of the coming week that we have heard of."""
    booked = salons.yclients.add_record(salon.salon_id, **salons.booking(salon, **fields))
    salons.reconcile(salon)
    return booked


def _found(salons: Salons, salon: Installed) -> Mapping[Difference, int]:
    compared = salons.box.reconciliation.compare(salon.company_id)
    assert compared is not None
    return {kind: number for kind, number in compared.differences.items() if number}


def _edit(**fields: Any) -> Edit:
    def edit(salons: Salons, salon: Installed, booked: dict[str, Any]) -> None:
        salons.yclients.edit_record(salon.salon_id, booked["id"], **fields)

    return edit


def _later(salons: Salons, salon: Installed, booked: dict[str, Any]) -> None:
    day = salons.world.clock().date() + timedelta(days=4)
    salons.yclients.edit_record(salon.salon_id, booked["id"], datetime=f"{day} 15:00:00")


def _out_of_the_week(salons: Salons, salon: Installed, booked: dict[str, Any]) -> None:
    day = salons.world.clock().date() + timedelta(days=20)
    salons.yclients.edit_record(salon.salon_id, booked["id"], datetime=f"{day} 15:00:00")


def _another_master(salons: Salons, salon: Installed, booked: dict[str, Any]) -> None:
    staff = [one["id"] for one in salons.yclients.state(salon.salon_id)["staff"] if one["id"] != booked["staff_id"]]
    salons.yclients.edit_record(salon.salon_id, booked["id"], staff_id=staff[0])


def _new(salons: Salons, salon: Installed, _booked: dict[str, Any]) -> None:
    day = salons.world.clock().date() + timedelta(days=2)
    salons.yclients.add_record(salon.salon_id, **salons.booking(salon, datetime=f"{day} 18:00:00"))


def _card(**fields: Any) -> Edit:
    """Somebody changes the client's card; no list of changed bookings holds it."""

    def edit(salons: Salons, salon: Installed, booked: dict[str, Any]) -> None:
        salons.yclients.edit("client", salon.salon_id, client_id=booked["client"]["id"], **fields)

    return edit


def _gone_there(salons: Salons, _salon: Installed, booked: dict[str, Any]) -> None:
    salons.world.execute("UPDATE records SET record_id = 987654 WHERE record_id = :id", id=booked["id"])


def test_each_kind_of_difference_is_counted_once_and_gone_the_second_time(salons: Salons, salon: Installed) -> None:
    changes: list[tuple[Edit, dict[Difference, int]]] = [
        (_later, {Difference.OTHER_TIME: 1}),
        (_out_of_the_week, {Difference.OTHER_TIME: 1}),
        (_another_master, {Difference.OTHER_WORK: 1}),
        (_edit(client=OLGA), {Difference.OTHER_CLIENT: 1}),
        (_card(phone="79005552222"), {Difference.OTHER_PHONE: 1}),
        (_card(phone="8 (900) 555-00-05"), {}),
        (_edit(attendance=2), {Difference.OTHER_STATE: 1}),
        (_edit(deleted=True), {Difference.OTHER_STATE: 1}),
        (_new, {Difference.MISSING_HERE: 1}),
        (_gone_there, {Difference.MISSING_HERE: 1, Difference.MISSING_THERE: 1}),
        (_edit(comment="другой"), {}),
    ]
    booked = [
        salons.yclients.add_record(
            salon.salon_id, **salons.booking(salon, client={"name": "Нина", "phone": f"790055500{number:02}"})
        )
        for number, _ in enumerate(changes)
    ]
    salons.reconcile(salon)
    assert _found(salons, salon) == {}
    for one, (change, _) in zip(booked, changes, strict=True):
        change(salons, salon, one)
    expected: Counter[Difference] = Counter()
    for _, kinds in changes:
        expected.update(kinds)
    assert _found(salons, salon) == expected
    assert _found(salons, salon) == {}


def test_what_clients_are_to_hear_follows_from_the_events_alone(salons: Salons, salon: Installed) -> None:
    booked = _booked(salons, salon)
    _later(salons, salon, booked)
    before = salons.world.events(salon.company_id)
    _found(salons, salon)
    assert salons.world.events(salon.company_id)[len(before) :] == [(booked["id"], "moved", "reconcile")]
    _found(salons, salon)
    assert len(salons.world.events(salon.company_id)) == len(before) + 1


def test_m2_whoever_has_the_corrected_number_hears_of_the_booking(salons: Salons, salon: Installed) -> None:
    booked = _booked(salons, salon)
    _card(phone="79005551111")(salons, salon, booked)
    before = salons.world.events(salon.company_id)
    assert _found(salons, salon) == {Difference.OTHER_PHONE: 1}
    assert salons.world.events(salon.company_id)[len(before) :] == [(booked["id"], "created", "reconcile")]
    with salons.world.uow() as work:
        known = work.records.find(salon.company_id, booked["id"])
    assert known is not None
    assert known.record.client_phone == "79005551111"


def test_m2_a_client_who_asked_to_be_forgotten_does_not_differ_every_night(salons: Salons, salon: Installed) -> None:
    _booked(salons, salon)
    _booked(salons, salon, datetime=f"{salons.world.clock().date() + timedelta(days=4)} 12:00:00", client=OLGA)
    salons.box.privacy_service.erase(salon.company_id, OLGA["phone"], actor="test")
    assert _found(salons, salon) == {}
    assert _found(salons, salon) == {}


def _tell(salons: Salons, salon: Installed, booked: dict[str, Any]) -> None:
    """The client was sent what we know of the booking, and everything that has happened was planned."""
    with salons.world.uow() as work:
        known = work.records.find(salon.company_id, booked["id"])
    assert known is not None
    announced = json.dumps(AnnouncedVisit.of(replace(known.record)).to_json())
    salons.world.execute(
        "WITH contact AS (INSERT INTO contacts (company_id, phone, created_at) VALUES (:id, '79005550000', now())"
        " RETURNING id), message AS (INSERT INTO outbox_messages (company_id, contact_id, text, dedup_key, state,"
        " created_at) SELECT :id, id, 'Ждём вас', 'told', 'sent', now() FROM contact RETURNING id)"
        " INSERT INTO notices (company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, state,"
        " outbox_message_id, created_at) SELECT :id, :record, 'booked', 'told', CAST(:announced AS jsonb), now(),"
        " now(), 'done', id, now() FROM message",
        id=salon.company_id,
        record=booked["id"],
        announced=announced,
    )
    salons.world.execute("UPDATE booking_events SET handled_at = now()")


def test_a_client_who_was_told_something_else_is_counted_until_the_planner_has_it(
    salons: Salons, salon: Installed
) -> None:
    booked = _booked(salons, salon)
    _tell(salons, salon, booked)
    assert _found(salons, salon) == {}
    _later(salons, salon, booked)
    assert _found(salons, salon) == {Difference.OTHER_TIME: 1}, "whoever is about to hear is not counted"
    assert _found(salons, salon) == {}
    salons.world.execute("UPDATE booking_events SET handled_at = now()")  # and nothing was planned
    assert _found(salons, salon) == {Difference.TOLD_OTHERWISE: 1}
    salons.world.execute(
        "INSERT INTO message_settings (company_id, settings, updated_at) VALUES (:id, '{\"moved\": false}', now())",
        id=salon.company_id,
    )
    assert _found(salons, salon) == {}, "the salon does not want it told"


class _Racing:
    """The real API, beside which something happens once, after the first answer of a kind."""

    def __init__(self, api: Any, after: str, happens: Callable[[], object]) -> None:
        self._api, self._after, self._happens = api, after, happens

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._api, name)
        return self._raced(asked) if name == self._after else asked

    def _raced(self, asked: Callable[..., Any]) -> Callable[..., Any]:
        def answer(*arguments: Any, **given: Any) -> Any:
            found = asked(*arguments, **given)
            happens, self._happens = self._happens, lambda: None
            happens()
            return found

        return answer


@pytest.mark.parametrize(("after", "many"), [("records", 1), ("records", 5), ("record", 1)])
def test_what_changes_while_we_read_is_no_difference(salons: Salons, salon: Installed, after: str, many: int) -> None:
    booked = []
    for number in range(many):
        day = salons.world.clock().date() + timedelta(days=3)
        booked.append(_booked(salons, salon, datetime=f"{day} {10 + number}:00:00", seance_length=1800))
    if after == "record":  # a doubtful one, of which we hear while it is asked for again
        _another_master(salons, salon, booked[0])

    def happens() -> None:
        for one in booked:
            _later(salons, salon, one)
        salons.hear_all(salon)
        salons.check()

    truth = replace(salons.box.reconciliation, api=_Racing(salons.box.salon_api, after, happens))
    compared = truth.compare(salon.company_id)
    assert compared is not None
    assert set(compared.differences.values()) == {0}
    assert _found(salons, salon) == {}


def test_what_was_heard_of_and_is_about_to_be_read_is_no_difference(salons: Salons, salon: Installed) -> None:
    booked = _booked(salons, salon)
    _later(salons, salon, booked)
    salons.hear_all(salon)
    assert _found(salons, salon) == {}
    salons.check()
    assert _found(salons, salon) == {}


def test_a_week_that_is_denied_all_at_once_is_counted_and_not_cancelled(salons: Salons, salon: Installed) -> None:
    day = salons.world.clock().date() + timedelta(days=3)
    for hour in range(10, 16):
        _booked(salons, salon, datetime=f"{day} {hour}:00:00", seance_length=1800)
    salons.world.execute("UPDATE records SET record_id = record_id + 900000 WHERE starts_at > now()")
    held = salons.world.rows("SELECT count(*) FROM records WHERE deleted_at IS NULL")[0][0]
    found = _found(salons, salon)
    assert found[Difference.MISSING_THERE] >= 6
    assert salons.world.rows("SELECT count(*) FROM records WHERE deleted_at IS NULL")[0][0] >= held
    assert not [kind for _, kind, _ in salons.world.events(salon.company_id) if kind == "cancelled"]


def test_a_salon_that_cannot_be_asked_is_not_counted(salons: Salons, salon: Installed) -> None:
    booked = _booked(salons, salon)
    assert _found(salons, salon) == {}
    _later(salons, salon, booked)
    salons.yclients.fault(f"/api/v1/record/{salon.salon_id}/*", status=403, times=9)
    with pytest.raises(YClientsError):
        salons.box.reconciliation.compare(salon.company_id)
    assert salons.world.rows("SELECT truth_differences ->> 'other_time' FROM companies") == [("0",)]


def _gauge(engine: Engine, salons: Salons) -> list[str]:
    page = metrics_page.render(redis=salons.box.redis, engine=engine, now=salons.world.clock()).decode()
    return [line for line in page.split("\n") if line.startswith("aiadmin_truth_differences{")]


def test_the_night_compares_and_the_metric_shows_what_it_found(salons: Salons, salon: Installed) -> None:
    assert len(_gauge(salons.box.engine, salons)) == len(Difference), "a first difference is a change from zero"
    booked = _booked(salons, salon)
    _later(salons, salon, booked)
    salons.make_due(salon, SyncKind.NIGHTLY)
    assert salons.synchronise(salon, SyncKind.NIGHTLY).state is RunState.DONE
    assert 'aiadmin_truth_differences{kind="other_time"} 1.0' in _gauge(salons.box.engine, salons)
    lists = len(salons.asked(f"/records/{salon.salon_id}"))
    salons.make_due(salon, SyncKind.NIGHTLY)
    salons.synchronise(salon, SyncKind.NIGHTLY)
    assert len(salons.asked(f"/records/{salon.salon_id}")) == lists + 1, "once a night; the other list is the horizon"


def test_an_operator_sees_a_table(salons: Salons, salon: Installed, settings: dict[str, Any]) -> None:
    booked = _booked(salons, salon)
    _later(salons, salon, booked)
    asked = [name for name in settings if name.startswith(("yclients_", "database", "redis", "jwt"))]
    env = {name.upper(): str(settings[name]) for name in asked}
    tables = [CliRunner().invoke(cli, ["reconcile", *which], env=env) for which in ([str(salon.company_id)], [])]
    assert [answer.exit_code for answer in tables] == [0, 0], tables[0].output
    first, again = ([line.split() for line in answer.output.split("\n")] for answer in tables)
    counted = [str(int(kind is Difference.OTHER_TIME)) for kind in Difference]
    visits = next(row for row in first if row and row[0] == str(salon.company_id))[1]
    assert [str(salon.company_id), visits, *counted] in first
    assert ["all", visits, *counted] in first
    assert ["all", visits, *(["0"] * len(Difference))] in again
    unknown = CliRunner().invoke(cli, ["reconcile", "4711"], env=env)
    assert unknown.exit_code == 1
