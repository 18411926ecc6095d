"""Messages of all salons by the hour, and what was paid: counted, bounded, and told in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from aiadmin.domain.companies.audit import DONE
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.console import traffic
from aiadmin.domain.install.signed_user import signature
from aiadmin.services.console.fleet import NEWS
from aiadmin.storage.console.traffic import LOOKED_THROUGH
from aiadmin.texts.ru import console as texts
from tests.support.console_browser import Operator
from tests.support.door import Door
from tests.support.explained import asked_of, explained, rows_touched
from tests.support.lived_salon import Lived
from tests.support.site import Salon, Site

NOW = datetime(2026, 11, 30, 22, 7, tzinfo=UTC)
SEEN = {"delivered": None, "read": None}


@pytest.fixture
def at_ten(site: Site) -> Site:
    site.container.__dict__["clock"] = lambda: NOW
    return site


def test_hours_are_counted_by_what_became_of_their_messages(at_ten: Site, salon: Salon) -> None:
    with at_ten.container.engine.begin() as connection:
        lived = Lived(connection, salon.company_id, NOW)
        contact = lived.person(1)
        for minutes, state in ((1, "sent"), (3, "sent"), (5, "failed"), (6, "pending"), (8, "sent"), (60, "unknown")):
            lived.message(contact, NOW - timedelta(minutes=minutes), "Ждём вас", state=state, **SEEN)
        lived.message(contact, NOW - timedelta(minutes=2), "Ждём вас", state="cancelled", **SEEN)
        lived.message(contact, NOW - timedelta(hours=24), "Ждём вас")
    page = at_ten.container.fleet_desk.traffic_page()
    assert len(page.hours) == 24
    assert page.hours[0].at == datetime(2026, 11, 29, 23, tzinfo=UTC)
    last, before = page.hours[-1], page.hours[-2]
    assert (last.at, last.sent, last.failed, last.waiting) == (NOW.replace(minute=0), 2, 1, 1)
    assert (before.sent, before.failed) == (1, 1)
    whole = traffic.total(page.hours)
    assert (whole.sent, whole.failed, whole.waiting, whole.handed) == (3, 2, 1, 6)
    assert texts.share(traffic.failed_share(whole)) == "40 %"


def test_the_page_draws_the_hours_by_the_clock_that_it_names(at_ten: Site, salon: Salon, operator: Operator) -> None:
    with at_ten.container.engine.begin() as connection:
        lived = Lived(connection, salon.company_id, NOW)
        lived.message(lived.person(1), NOW, "Ждём вас")
    page = operator.get("/traffic").text
    assert "Москва, 01:07" in page
    assert "<title>01:00: ушло 1</title>" in page
    assert page.count('<rect class="sent"') == 1
    assert re.search(r'<th scope="row">01:00</th><td class="num" data-name="Ушло">1</td>', page)


def test_a_day_is_read_by_its_index_however_long_the_tables(site: Site, salon: Salon) -> None:
    with site.container.engine.begin() as connection:
        lived = Lived(connection, salon.company_id, datetime.now(UTC))
        contact = lived.person(1)
        connection.execute(
            text("INSERT INTO outbox_messages (company_id, contact_id, text, dedup_key, purpose, state, created_at)"
                 " SELECT :company, :contact, 'x', 'm' || n, 'manual', 'sent', now() - n * interval '1 hour'"
                 " FROM generate_series(0, 4999) AS n"),
            {"company": salon.company_id, "contact": contact},
        )  # fmt: skip
        connection.execute(
            text("INSERT INTO audit_log (company_id, actor, action, at)"
                 " SELECT :company, 'owner', 'entry', now() FROM generate_series(1, :many)"),
            {"company": salon.company_id, "many": LOOKED_THROUGH + 5_000},
        )  # fmt: skip
    with site.container.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE outbox_messages, audit_log"))
    with asked_of(site.container.engine) as asked:
        site.container.fleet_desk.traffic_page()
    by_hour = next(one for one in asked if "date_trunc" in one[0])
    money = next(one for one in asked if "audit_log" in one[0])
    with site.container.engine.connect() as connection:
        assert rows_touched(explained(connection, by_hour)) <= 30
        assert rows_touched(explained(connection, money)) <= LOOKED_THROUGH + NEWS


def _tell_payment(door: Door, **more: object) -> None:
    sign = signature(b"salon_id=5&amount=990", door.yclients.partner_token)
    paid = {"amount": 990, "currency_iso": "RUB", "period_to": "2026-12-31 00:00:00", "sign": sign}
    assert door.tell("payment", 5, **paid, **more).status_code == 200


def test_a_payment_that_yclients_tells_of_is_seen_once(door: Door) -> None:
    door.install(5)
    operator = Operator(door.site)
    operator.log_in()
    assert "О платежах ничего не слышно" in operator.get("/traffic").text
    for payment_id in (17, "17", 18):
        _tell_payment(door, payment_id=payment_id)
    assert door.status(5) is IntegrationStatus.ACTIVE
    page = operator.get("/traffic").text
    assert page.count("YClients: салон оплатил: 990 RUB, до 31.12.2026") == 2


def test_a_payment_with_odd_remarks_is_a_payment_all_the_same(door: Door) -> None:
    door.install(5)
    door.tell("freeze", 5)
    _tell_payment(door, payment_id={"x": 1}, tariff_option_id=[1])
    assert door.status(5) is IntegrationStatus.ACTIVE
    told = [one.entry.action for one in door.site.container.fleet_desk.traffic_page().money]
    assert told == ["lifecycle.payment", "lifecycle.resume", "lifecycle.freeze"]


def test_every_deed_about_money_has_words_and_its_end(site: Site, salon: Salon, operator: Operator) -> None:
    done = {"key": "k", "amount": "990.00", "currency": "RUB", "period_to": "2026-12-31 00:00:00"}
    with site.container.uow() as work:
        for action in sorted(traffic.MONEY_ACTIONS):
            entry = work.audit.add(salon.company_id, actor="cli", action=action, details=done, at=NOW)
            work.audit.finish(entry, DONE)
        refused = work.audit.add(salon.company_id, actor="admin-api", action="partner.refund", details={}, at=NOW)
        work.audit.finish(refused, "refused: Платёж не найден")
        work.audit.add(None, actor="cli", action="partner.tariffs", details={}, at=NOW)
        work.commit()
    page = operator.get("/traffic").text
    for action in traffic.MONEY_ACTIONS:
        assert f"командная строка: {texts.ACTIONS[action]}: 990.00 RUB, до 31.12.2026" in page
    assert "ключ администратора: возврат платежа (отказано: Платёж не найден)" in page
    assert "тарифы" not in page
    assert "командная строка: салон снова включён" in operator.get(f"/salons/{salon.company_id}").text
