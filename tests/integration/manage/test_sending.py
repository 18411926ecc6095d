"""The sending plan in the cabinet: what is to come, taking one out of it, and what was not sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.notices.upcoming import SendingPlan
from aiadmin.services.notices import upcoming
from aiadmin.texts.ru import sending as words
from tests.support.lived_salon import Lived, live
from tests.support.site import Refused, Salon, Site

MANAGE = "/marketplace/manage"


@pytest.fixture
def lived(site: Site, salon: Salon) -> Salon:
    site.link(salon)
    live(site.container, salon.company_id)
    return salon


def execute(site: Site, statement: str, **given: Any) -> Any:
    with site.container.engine.begin() as connection:
        return connection.execute(text(statement), given)


def plan(site: Site, salon: Salon) -> SendingPlan:
    held = site.container
    with held.uow() as work:
        return upcoming.plan(salon.company_id, work=work, now=held.clock())


def visit(site: Site, salon: Salon, index: int, **after: float) -> int:
    """A visit that begins so long after now, with the number that a client has."""
    with site.container.engine.begin() as connection:
        mine = Lived(connection, salon.company_id, site.container.clock())
        number = mine.visit(index, 2, mine.now + timedelta(**after))
        mine.execute("UPDATE records SET client_number = client_phone WHERE record_id = :id", id=number)
    return number


def withdraw(site: Site, salon: Salon, record: object, kind: str) -> Any:
    body = {"record_id": record, "kind": kind}
    return site.client.post(f"{MANAGE}/notices/withdraw", headers=salon.bearer, json=body)


def states(site: Site, record: int) -> list[tuple[str, str]]:
    found = execute(site, "SELECT state, reason FROM notices WHERE record_id = :record ORDER BY id", record=record)
    return [(row.state, row.reason) for row in found]


def test_the_plan_has_what_waits_and_what_the_time_will_bring(site: Site, lived: Salon) -> None:
    soon = visit(site, lived, 900, hours=5)
    seen = plan(site, lived)
    found = {(one.record_id, one.kind.value, one.name) for one in seen.upcoming}
    assert (soon, "reminder_hours", "Вера Орлова") in found
    waiting = {one.record_id for one in seen.upcoming if one.kind == "reminder_day"}
    assert waiting >= {
        row.record_id for row in execute(site, "SELECT record_id FROM notices WHERE state = 'waiting'")
    }
    assert seen.is_sending
    execute(site, "UPDATE companies SET sync_enabled = false")
    assert soon not in {one.record_id for one in plan(site, lived).upcoming}
    assert not plan(site, lived).is_sending


def test_one_that_is_foretold_is_withdrawn_and_never_planned(site: Site, lived: Salon) -> None:
    execute(site, "DELETE FROM notices")
    soon, other = visit(site, lived, 900, hours=3, minutes=3), visit(site, lived, 901, hours=3, minutes=4)
    execute(site, "UPDATE records SET client_id = 5, client_phone = '79001', client_number = '79001'"
                  " WHERE record_id = :other", other=other)  # fmt: skip
    answers = [withdraw(site, lived, soon, "reminder_hours") for _ in range(2)]
    assert [(answer.status_code, answer.get_json()["text"]) for answer in answers] == [(200, words.WITHDRAWN)] * 2
    site.container.notice_planner.plan_reminders()
    assert states(site, soon) == [("dropped", "withdrawn")]
    assert states(site, other) == [("waiting", None)]
    seen = plan(site, lived)
    assert soon not in {one.record_id for one in seen.upcoming if one.kind == "reminder_hours"}
    assert words.dropped(seen.dropped[0], seen).why == "вы отменили отправку"
    with site.container.uow() as work:
        [entry] = work.audit.recent(lived.company_id, limit=10, action="notice.withdraw")
    assert (entry.actor, entry.outcome, entry.details["record_id"]) == ("owner", "done", soon)


def test_one_that_waits_is_withdrawn_until_it_is_a_message(site: Site, lived: Salon, refused: Refused) -> None:
    [first, second] = execute(site, "SELECT record_id FROM notices ORDER BY id LIMIT 2").scalars()
    execute(site, "UPDATE notices SET state = 'released' WHERE record_id = :second", second=second)
    assert withdraw(site, lived, first, "reminder_day").status_code == 200
    assert states(site, first) == [("dropped", "withdrawn")]
    refused(withdraw(site, lived, second, "reminder_day"), 409, "notice-sent")
    assert states(site, second) == [("released", None)]


@pytest.mark.parametrize(
    ("record", "kind"), [(10**12, "reminder_day"), (0, "reminder_day"), (1, "everything"), ("1", "booked")]
)
def test_there_is_nothing_to_withdraw(site: Site, lived: Salon, refused: Refused, record: object, kind: str) -> None:
    is_sane = isinstance(record, int) and record > 1
    refused(withdraw(site, lived, record, kind), 404 if is_sane else 400, "no-notice" if is_sane else "invalid")


def test_a_notice_of_another_salon_is_not_there(site: Site, lived: Salon, refused: Refused) -> None:
    other, mine = site.register(962303), visit(site, lived, 900, hours=5)
    [waiting] = execute(site, "SELECT record_id FROM notices ORDER BY id LIMIT 1").scalars()
    for record, kind in ((mine, "reminder_hours"), (waiting, "reminder_day")):
        refused(withdraw(site, other, record, kind), 404, "no-notice")
    assert (states(site, mine), states(site, waiting)) == ([], [("waiting", None)])


def test_the_page_says_what_goes_and_what_did_not_in_words(site: Site, lived: Salon) -> None:
    execute(site, "UPDATE contacts SET opted_out_at = now()")
    execute(site, "UPDATE notices SET state = 'dropped', reason = 'not_on_whatsapp', finished_at = now()"
                  " WHERE id = (SELECT min(id) FROM notices)")  # fmt: skip
    site.client.get(f"{MANAGE}?token={lived.token}")
    page = site.client.get(f"{MANAGE}/sending?company={lived.company_id}").text
    assert "не уйдёт: клиент просил не писать" in page
    assert "Напоминание за день: у клиента нет WhatsApp" in page
    assert "предел 40" in page
