"""A salon leaves, is frozen, pays and comes back: what happens is decided by where it stands, nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.hosting.device import Desired
from aiadmin.domain.install.signed_user import signature
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage
from aiadmin.services.install import lifecycle
from aiadmin.services.messages import messages
from aiadmin.storage.install.installations import KEPT
from tests.support import company_rows
from tests.support.door import Door
from tests.support.site import ADMIN, MakeSite, Refused

ACTIVE, FROZEN, LEFT = IntegrationStatus.ACTIVE, IntegrationStatus.FROZEN, IntegrationStatus.UNINSTALLED


def _result(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["result"])


def _rows(door: Door, statement: str) -> list[tuple[object, ...]]:
    with door.site.container.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def _owe(door: Door, company_id: int, key: str) -> None:
    held = door.site.container
    new = NewMessage(company_id=company_id, text="Ждём вас завтра.", dedup_key=key, deadline_at=None)  # type: ignore[arg-type]
    assert messages.send(new, to=IdentityObservation(lid=None, phone="79160000001"), uow=held.uow, clock=held.clock)


def test_a_salon_that_leaves_is_let_go_whole(door: Door, refused: Refused) -> None:
    """7.B.3: uninstalling left the session running and its keys in the tables."""
    door.install(5)
    salon = door.salon(5)
    door.site.link(salon)
    _owe(door, salon.company_id, "reminder")

    assert _result(door.tell("uninstall", 5)) == "leave"

    assert _rows(door, "SELECT desired FROM devices") == [("removed",)]
    assert _rows(door, "SELECT state, reason FROM outbox_messages") == [("cancelled", "uninstalled")]
    assert _rows(door, "SELECT api_key, connect_jti, whatsapp_connected, left_at IS NOT NULL FROM companies") == [
        (None, None, False, True)
    ]
    assert door.status(5) is LEFT
    status = f"/marketplace/status/{salon.company_id}"
    refused(door.site.client.get(status, headers=salon.bearer), 401, "link-revoked")
    refused(door.site.client.get(status, headers=salon.key), 401, "unauthorized")
    assert door.site.container.redis.exists(f"marketplace:token:{salon.token}") == 0


def test_an_uninstallation_by_a_stranger_is_refused(door: Door, refused: Refused) -> None:
    """7.A.10: the partner token was checked only where one was sent."""
    door.install(5)
    told = {"salon_id": 5, "application_id": door.yclients.app_id, "event": "uninstall"}

    for given in (
        {},
        {"partner_token": ""},
        {"partner_token": "wrong"},
        {"partner_token": None},
        {"partner_token": 1},
    ):
        refused(door.site.client.post("/marketplace/lifecycle", json=told | given), 401, "unauthorized")
    refused(door.tell("uninstall", 5, application_id=9), 403, "wrong-app")
    refused(door.tell("uninstall", 5, application_id=None), 403, "wrong-app")

    assert door.status(5) is ACTIVE


def test_where_nothing_is_set_no_event_is_believed(make_site: MakeSite, refused: Refused) -> None:
    site = make_site()
    told = {"salon_id": 5, "application_id": 1, "event": "uninstall", "partner_token": ""}
    refused(site.client.post("/marketplace/lifecycle", json=told), 401, "unauthorized")


def test_a_salon_that_left_came_back_and_left_again_has_left(door: Door) -> None:
    """7.B.4: the second uninstallation within a day had the same body as the first, and was dropped as a repeat."""
    door.install(5)
    assert _result(door.tell("uninstall", 5)) == "leave"
    assert _result(door.tell("uninstall", 5)) == "none"
    door.yclients.control("POST", "/uninstall", salon_id=5)

    door.install(5)
    assert door.status(5) is ACTIVE
    assert _result(door.tell("uninstall", 5)) == "leave"
    assert door.status(5) is LEFT


def test_a_salon_that_comes_back_begins_anew_with_its_history(door: Door) -> None:
    first = door.install(5)
    _owe(door, first.company_id, "reminder")
    old_key = door.yclients.callbacks()[0]["api_key"]
    door.tell("uninstall", 5)
    door.yclients.control("POST", "/uninstall", salon_id=5)

    again = door.install(5)

    assert again.company_id == first.company_id
    assert (again.left_at, again.integration_status) == (None, ACTIVE)
    assert again.activated_at is not None
    assert first.activated_at is not None
    assert again.activated_at > first.activated_at
    assert door.yclients.callbacks()[1]["api_key"] != old_key
    assert _rows(door, "SELECT count(*) FROM outbox_messages") == [(1,)]


def test_naming_an_active_salon_resets_nothing(door: Door) -> None:
    """7.B.1, second half: landing on an active salon set it back to the beginning and unlinked its phone."""
    door.install(5)
    salon = door.salon(5)
    door.site.link(salon)

    door.salon(5)

    company = door.company(5)
    assert company is not None
    assert (company.integration_status, company.whatsapp_connected) == (ACTIVE, True)


def test_a_link_of_one_salon_ends_nothing_in_another(door: Door) -> None:
    """7.B.2: any salon's link listed all salons and disconnected any of them."""
    door.install(5)
    door.install(6)
    hostile, victim = door.salon(5), door.salon(6)
    door.site.link(victim)
    client = door.site.client

    for headers in (hostile.bearer, hostile.key, {}):
        for path in ("/marketplace/manage/disconnect", "/marketplace/lifecycle"):
            body = {"company_id": victim.company_id, "salon_id": 6, "event": "uninstall"}
            client.post(f"{path}?company={victim.company_id}", json=body, headers=headers)
        assert client.get("/marketplace/companies", headers=headers).status_code == 401

    company = door.company(6)
    assert company is not None
    assert (company.integration_status, company.whatsapp_connected) == (ACTIVE, True)


def test_a_frozen_salon_pauses_and_goes_on_when_it_has_paid(door: Door) -> None:
    """7.B.3, second half: freezing did not stop the session."""
    door.install(5)
    salon = door.salon(5)
    door.site.link(salon)
    _owe(door, salon.company_id, "reminder")

    assert _result(door.tell("freeze", 5)) == "freeze"
    assert _result(door.tell("freeze", 5)) == "none"
    assert door.status(5) is FROZEN
    assert _rows(door, "SELECT desired FROM devices") == [(Desired.OFF,)]

    assert _result(_pay(door, 5)) == "resume"
    assert door.status(5) is ACTIVE
    assert _rows(door, "SELECT desired FROM devices") == [(Desired.ON,)]
    assert _rows(door, "SELECT state FROM outbox_messages") == [("pending",)]
    assert door.site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key).status_code == 200


def test_a_frozen_salon_that_leaves_and_comes_back_goes_on(door: Door) -> None:
    door.install(5)
    door.tell("freeze", 5)
    assert _result(door.tell("uninstall", 5)) == "leave"
    assert _result(door.tell("freeze", 5)) == "none"
    door.yclients.control("POST", "/uninstall", salon_id=5)
    assert door.install(5).integration_status is ACTIVE


def test_a_phone_linked_while_frozen_waits(door: Door) -> None:
    door.install(5)
    salon = door.salon(5)
    door.tell("freeze", 5)
    door.site.link(salon)
    assert door.status(5) is FROZEN
    assert _rows(door, "SELECT desired FROM devices") == [("off",)]
    _pay(door, 5)
    assert _rows(door, "SELECT desired FROM devices") == [("on",)]


@pytest.mark.parametrize(
    ("amount", "discount", "signed"),
    [(990, None, "990"), (990.0, None, "990"), (990.5, None, "990.5"), ("990.50", 10, "990.5&discount=10")],
)
def test_a_payment_is_believed_only_with_its_signature(
    door: Door, refused: Refused, amount: object, discount: object, signed: str
) -> None:
    door.install(5)
    door.tell("freeze", 5)
    sign = signature(f"salon_id=5&amount={signed}".encode(), door.yclients.partner_token)

    for wrong in (None, "0" * 64, signature(b"salon_id=6&amount=990", door.yclients.partner_token)):
        refused(door.tell("payment", 5, amount=amount, discount=discount, sign=wrong), 401, "unauthorized")
    assert door.status(5) is FROZEN
    assert _result(door.tell("payment", 5, amount=amount, discount=discount, sign=sign)) == "resume"


@pytest.mark.parametrize("event", ["install", "renamed", "UNINSTALL", "payment_failed"])
def test_an_event_that_we_do_not_know_is_answered_and_ignored(door: Door, event: str) -> None:
    before = door.install(5)
    assert _result(door.tell(event, 5)) == "none"
    assert _result(door.tell("uninstall", 404)) == "none"
    assert door.company(5) == before


def test_real_events_are_heard_however_often_a_stranger_knocks(make_site: MakeSite, door: Door) -> None:
    """7.B.6: a stranger could use up the limit, so that the real uninstallation was refused."""
    settings = {
        "yclients_marketplace_url": door.yclients.url,
        "yclients_api_key": door.yclients.partner_token,
        "yclients_app_id": door.yclients.app_id,
    }
    narrow = Door(make_site(rate_limit_per_minute=3, **settings), door.yclients)
    door.install(5)
    for _ in range(10):
        assert narrow.tell("uninstall", 5, partner_token="wrong").status_code in {401, 429}
    assert _result(narrow.tell("uninstall", 5)) == "leave"


def test_what_the_body_holds_is_never_logged(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    door.tell("uninstall", 5)
    door.tell("uninstall", 5, partner_token="a-wrong-token-of-somebody")
    said = capsys.readouterr()
    for secret in (door.yclients.partner_token, "a-wrong-token-of-somebody"):
        assert secret not in said.out + said.err


def test_thirty_days_after_it_left_nothing_personal_of_a_salon_is_here(door: Door) -> None:
    door.install(5)
    door.install(6)
    gone, stays = door.salon(5), door.salon(6)
    held = door.site.container
    for salon in (gone, stays):
        with held.engine.begin() as connection:
            company_rows.fill(connection, salon.company_id, "личное")
    door.tell("uninstall", 5)

    def erase(days: int) -> int:
        later = held.clock() + timedelta(days=days)
        return lifecycle.erase_left(uow=held.uow, clock=lambda: later, after=held.config.erase_after).companies

    assert erase(29) == 0
    assert erase(31) == 1
    assert erase(32) == 0
    tables = _tables_of_a_company(door)
    assert {"clients", "records", "contacts", "inbox_messages", "outbox_messages", "salon_owners"} <= tables
    for table in sorted(tables):
        left = {number for (number,) in _rows(door, f"SELECT company_id FROM {table}")}  # noqa: S608
        assert (gone.company_id in left) is (table in KEPT), table
        assert stays.company_id in left, table
    personal = "title, phone, email, address, raw_data, whatsapp_phone, erased_at IS NOT NULL"
    assert _rows(door, f"SELECT {personal} FROM companies WHERE id = {gone.company_id}") == [  # noqa: S608
        (None, None, None, None, None, None, True)
    ]
    door.yclients.control("POST", "/uninstall", salon_id=5)
    assert door.install(5).company_id == gone.company_id


def test_a_salon_that_came_back_in_time_is_not_erased(door: Door) -> None:
    company = door.install(5)
    door.tell("uninstall", 5)
    held = door.site.container
    with held.uow() as work:
        listed = work.installations.list_erasable(left_before=held.clock() + timedelta(days=99), limit=5)
    assert [row.company_id for row in listed] == [company.company_id]
    door.yclients.control("POST", "/uninstall", salon_id=5)
    door.install(5)
    done = lifecycle.erase_left(
        uow=held.uow, clock=lambda: held.clock() + timedelta(days=99), after=held.config.erase_after
    )
    assert done.companies == 0


def test_what_changed_is_written_down(door: Door) -> None:
    company = door.install(5)
    for event in ("freeze", "freeze", "uninstall"):
        door.tell(event, 5)
    with door.site.container.uow() as work:
        entries = work.audit.recent(company.company_id, limit=9)
    assert [(entry.actor, entry.action) for entry in reversed(entries)] == [
        ("owner", "install"),
        ("yclients", "lifecycle.freeze"),
        ("yclients", "lifecycle.leave"),
    ]


def test_an_activation_that_was_under_way_when_the_salon_left_revives_nothing(door: Door) -> None:
    door.open(door.press_connect(5))
    company = door.company(5)
    assert company is not None
    with door.site.container.uow() as work:
        row = work.outbox.find_by_key(company.company_id, "activation")
        assert row is not None
        held = door.site.container
        claimed = work.outbox.claim(row.outbox_id, now=held.clock(), visible_again_at=held.clock())
        work.commit()
    assert claimed is not None
    door.tell("uninstall", 5)
    with door.site.container.uow() as work:
        is_ours = work.outbox.finish(
            row.outbox_id, attempt=1, state=OutboxState.SENT, next_attempt_at=None, error=None, at=held.clock()
        )
        work.commit()
    assert (is_ours, door.status(5)) == (False, LEFT)
    assert door.site.client.get("/marketplace/companies", headers=ADMIN).status_code == 200


def _pay(door: Door, salon_id: int):  # type: ignore[no-untyped-def]
    sign = signature(f"salon_id={salon_id}&amount=990".encode(), door.yclients.partner_token)
    return door.tell("payment", salon_id, amount=990, sign=sign, payment_id=1, currency_iso="RUB")


def _tables_of_a_company(door: Door) -> set[str]:
    """As the database itself lists them."""
    found = _rows(
        door,
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'company_id' AND table_schema = 'public' AND table_name <> 'companies'",
    )
    return {str(name) for (name,) in found}
