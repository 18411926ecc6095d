"""A salon that is being set up is whoever's began: another's signed landing changes nothing and learns nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId
from aiadmin.services.install.arrivals import FOREIGN_USER
from tests.fakes.yclients.marketplace.redirect import OWNER, signed
from tests.support.door import Door

HOSTILE = {**OWNER, "id": 666, "name": "Чужой"}
FROM_YCLIENTS = {"Referer": "https://yclients.com/appstore/1"}
CALLBACK = "/marketplace/partner/callback"
WATCHED = ("companies", "outbox", "salon_owners", "devices", "arrivals")


def _address(door: Door, user: dict[str, object], salons: str = "5") -> str:
    return f"/marketplace/install?{urlencode({'salon_ids': salons, **signed(user, door.yclients.partner_token)})}"


def _rows(door: Door) -> dict[str, list[str]]:
    with door.site.container.engine.connect() as connection:
        return {table: sorted(map(str, connection.execute(text(f"TABLE {table}")))) for table in WATCHED}


def _age(door: Door, salon_id: int) -> None:
    """YClients keeps a consent no longer than this."""
    with door.site.container.engine.begin() as connection:
        given = {"age": timedelta(hours=2), "salon": salon_id}
        statement = "UPDATE companies SET activation_deadline_at = activation_deadline_at - :age"
        connection.execute(text(f"{statement} WHERE yclients_id = :salon"), given)


def _refusals(door: Door, salon_id: int) -> list[tuple[str, str | None]]:
    company = door.company(salon_id)
    assert company is not None
    with door.site.container.uow() as work:
        entries = work.audit.recent(CompanyId(company.company_id), limit=20)
    return [(entry.action, entry.outcome) for entry in entries if entry.actor == FOREIGN_USER]


@pytest.mark.parametrize("headers", [{}, FROM_YCLIENTS, {"Sec-Fetch-Site": "cross-site"}])
@pytest.mark.parametrize("status", ["pending", "pairing", "activating", "activation_failed"])
def test_another_owner_cannot_take_over_a_salon_that_is_being_set_up(
    door: Door, status: str, headers: dict[str, str]
) -> None:
    """The signature covers no salon: YClients waits for this one, but not for who is named in that signature."""
    page = door.open(door.press_connect(5)).headers["Location"]
    with door.site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET integration_status = :status"), {"status": status})
    before, token = _rows(door), page.partition("token=")[2].partition("&")[0]

    for _ in range(3):
        answer = door.open(_address(door, HOSTILE), **headers)
        assert (answer.status_code, "Location" in answer.headers) == (403, False)
        assert "token=" not in answer.text
        assert token not in answer.text

    after = _rows(door)
    assert len(after["arrivals"]) == len(before["arrivals"]) + 1  # that it was written down
    assert {**after, "arrivals": before["arrivals"]} == before
    assert _refusals(door, 5) == [("install", "refused")]
    assert 'data-page-state="open"' in door.open(page).text  # the owner's link is what it was
    assert door.deliver(5) is OutboxState.SENT
    assert len(door.yclients.callbacks()) == 1


def test_among_the_hostiles_own_salons_another_one_is_listed_without_a_way_in(door: Door) -> None:
    door.open(door.press_connect(5))
    door.yclients.connect((6,), user=HOSTILE)

    answer = door.open(_address(door, HOSTILE, "5,6"))

    assert (answer.status_code, answer.text.count("/marketplace/connect?")) == (200, 1)
    assert "Салон подключал другой пользователь" in answer.text


def test_whoever_was_turned_away_is_a_stranger_when_the_salon_is_active_as_well(door: Door) -> None:
    door.open(door.press_connect(5))
    door.open(_address(door, HOSTILE))
    assert door.deliver(5) is OutboxState.SENT

    assert door.open(_address(door, HOSTILE), **FROM_YCLIENTS).status_code == 403


def test_the_owner_comes_again_while_the_salon_is_being_set_up(door: Door) -> None:
    address = door.press_connect(5)
    door.open(address)
    door.open(_address(door, HOSTILE))

    assert door.open(address, **FROM_YCLIENTS).status_code == 303


def test_of_several_at_once_one_sets_the_salon_up(door: Door) -> None:
    door.press_connect(5)
    addresses = [_address(door, {**OWNER, "id": number}) for number in range(4)]
    statuses: list[int] = []

    def come(address: str) -> None:
        statuses.append(door.site.client.application.test_client().get(address).status_code)

    threads = [threading.Thread(target=come, args=[address]) for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(statuses) == [303, 403, 403, 403]
    assert (door.count("companies"), door.count("outbox"), door.count("salon_owners")) == (1, 1, 1)
    assert door.deliver(5) is OutboxState.SENT


def test_another_administrator_consents_anew_when_the_first_attempt_came_to_nothing(door: Door) -> None:
    door.open(door.press_connect(5))
    second = {**OWNER, "id": 778}
    _age(door, 5)

    answer = door.open(door.press_connect(5, user=second))

    assert urlsplit(answer.headers["Location"]).path == "/marketplace/connect"
    assert door.deliver(5) is OutboxState.SENT
    assert door.open(_address(door, second), **FROM_YCLIENTS).status_code == 303
    assert door.open(_address(door, OWNER), **FROM_YCLIENTS).status_code == 403


def test_removing_the_application_and_connecting_it_anew_shuts_out_who_had_it_before(door: Door) -> None:
    """The way out for a salon whose number a stranger was the first to come with."""
    door.install(5, user=HOSTILE)
    door.yclients.control("POST", "/uninstall", salon_id=5)
    assert door.tell("uninstall", 5).status_code == 200
    assert door.status(5) is IntegrationStatus.UNINSTALLED

    assert door.open(door.press_connect(5)).status_code == 303
    assert door.deliver(5) is OutboxState.SENT

    assert door.open(_address(door, HOSTILE), **FROM_YCLIENTS).status_code == 403
    assert door.open(_address(door, OWNER), **FROM_YCLIENTS).status_code == 303
