"""What an operator arranges with YClients: each deed once, in the log before and after, for its own salon only."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from aiadmin.domain.companies.audit import AuditEntry
from aiadmin.domain.errors import CompanyNotFoundError, KeyReusedError, NotConfiguredError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.partner.partner import NewPayment, PartnerOutcome, default_key
from aiadmin.domain.yclients.error import InvalidError, NotFoundError, NotInstalledError, YClientsDownError
from aiadmin.services.partner.partner import PartnerService
from tests.fakes.yclients.client import FakeYClients
from tests.support.linked_salons import register
from tests.support.yclients_calls import SALON, NewContainer

PAYMENT = NewPayment(
    amount=Decimal("990.99"),
    currency="RUB",
    paid_at=datetime.fromisoformat("2026-11-01 10:10:00"),
    period_from=datetime.fromisoformat("2020-01-01"),
    period_to=datetime.fromisoformat("2020-02-01"),
)
PAY = "/marketplace/partner/payment"


class Operator:
    """One company, and an operator at the desk."""

    def __init__(self, box: Any, yclients: FakeYClients) -> None:
        self.box, self.yclients = box, yclients
        self.desk: PartnerService = box.partner_service
        self.company_id = register(box, SALON).company.company_id

    def pay(self, payment: NewPayment = PAYMENT, key: str = "k") -> Any:
        return self.desk.pay(self.company_id, payment, key=key, actor="cli")

    def sent(self) -> int:
        """How many payments reached YClients."""
        return sum(each["path"] == PAY for each in self.yclients.requests())

    def log(self) -> list[AuditEntry]:
        with self.box.uow() as work:
            return list(work.audit.recent(self.company_id, limit=50))


@pytest.fixture
def operator(new_container: NewContainer, yclients: FakeYClients, database_url: str) -> Operator:
    return Operator(new_container(database_url=database_url), yclients)


def test_a_payment_is_reported_once_under_its_key(operator: Operator) -> None:
    first, second = operator.pay(), operator.pay()
    assert (first.outcome, first.is_repeat, second.is_repeat) == (PartnerOutcome.DONE, False, True)
    assert first.payment_id == second.payment_id
    assert operator.sent() == 1
    (listed,) = operator.desk.installation(operator.company_id, actor="cli").payments
    assert (listed.payment_id, listed.amount, listed.period_to) == (
        first.payment_id,
        Decimal("990.99"),
        "2020-02-01 00:00:00",
    )


def test_the_same_key_for_another_payment_is_a_mistake(operator: Operator) -> None:
    operator.pay()
    with pytest.raises(KeyReusedError):
        operator.pay(replace(PAYMENT, amount=Decimal(5)))
    assert operator.sent() == 1
    assert operator.pay(replace(PAYMENT, amount=Decimal(5)), key="another").outcome is PartnerOutcome.DONE


def test_of_two_that_pay_at_once_one_does(operator: Operator) -> None:
    outcomes: list[Any] = []
    threads = [threading.Thread(target=lambda: outcomes.append(operator.pay())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert operator.sent() == 1
    assert sum(not paid.is_repeat for paid in outcomes) == 1


@pytest.mark.parametrize(
    "fault", [{"drop": True}, {"status": 502, "body": "<html>"}, {"status": 200, "body": "{}"}], ids=str
)
def test_a_payment_whose_answer_is_lost_is_unknown_and_found_later(
    operator: Operator, yclients: FakeYClients, fault: dict[str, Any]
) -> None:
    yclients.fault(PAY, processed=True, **fault)
    first = operator.pay()
    assert (first.outcome, first.payment_id) == (PartnerOutcome.UNKNOWN, None)
    second = operator.pay()
    assert (second.outcome, second.is_repeat) == (PartnerOutcome.DONE, True)
    assert second.payment_id is not None
    assert operator.sent() == 1


def test_a_payment_that_never_arrived_stays_unknown_and_is_not_sent_again(
    operator: Operator, yclients: FakeYClients
) -> None:
    yclients.fault(PAY, status=502, body="<html>")
    assert operator.pay().outcome is PartnerOutcome.UNKNOWN
    assert operator.pay().outcome is PartnerOutcome.UNKNOWN
    yclients.fault("/marketplace/salon/*", status=502, body="<html>", times=None)
    assert operator.pay().outcome is PartnerOutcome.UNKNOWN
    assert operator.sent() == 1


def test_a_payment_that_was_begun_when_the_process_died_is_unknown(operator: Operator) -> None:
    with operator.box.uow() as work:
        details = {"key": "k", **PAYMENT.details(), "paid_at": "2026-11-01 10:10:00"}
        at = operator.box.clock()
        work.audit.add(operator.company_id, actor="cli", action="partner.payment", details=details, at=at)
        work.commit()
    assert operator.pay().outcome is PartnerOutcome.UNKNOWN
    assert operator.sent() == 0


def test_somebody_elses_equal_payment_is_not_taken_for_ours(operator: Operator, yclients: FakeYClients) -> None:
    operator.pay(key="first")
    yclients.fault(PAY, status=502, body="<html>")
    assert operator.pay(key="second").outcome is PartnerOutcome.UNKNOWN
    assert operator.pay(key="second").outcome is PartnerOutcome.UNKNOWN


def test_a_refusal_is_kept_and_answered_again(operator: Operator, yclients: FakeYClients) -> None:
    yclients.fault(PAY, status=422, body='{"success": false, "meta": {"message": "Неверная сумма"}}')
    with pytest.raises(InvalidError):
        operator.pay()
    again = operator.pay()
    assert (again.outcome, again.is_repeat) == (PartnerOutcome.REFUSED, True)
    assert "Неверная сумма" in again.detail
    assert operator.sent() == 1


def test_a_refund_is_of_the_salons_own_payments_only(operator: Operator, yclients: FakeYClients) -> None:
    payment_id = operator.pay().payment_id
    yclients.activate(5)
    other = register(operator.box, 5).company.company_id
    with pytest.raises(NotFoundError):
        operator.desk.refund(other, payment_id, actor="cli")
    operator.desk.refund(operator.company_id, payment_id, actor="cli")
    (listed,) = operator.desk.installation(operator.company_id, actor="cli").payments
    assert listed.is_refunded
    with pytest.raises(InvalidError):
        operator.desk.refund(operator.company_id, payment_id, actor="cli")


def test_names_channels_discounts_and_links_reach_yclients(operator: Operator, yclients: FakeYClients) -> None:
    company_id, desk = operator.company_id, operator.desk
    desk.set_short_names(company_id, ["SALON", "BEAUTY"], actor="cli")
    desk.set_channel(company_id, "sms", is_available=True, actor="cli")
    desk.add_discount(company_id, Decimal("15.50"), actor="cli")
    link = yclients.link(SALON)
    assert link is not None
    assert (link["short_names"], link["channels"], link["discount"]) == (["SALON", "BEAUTY"], ["sms"], 15.5)
    url = desk.payment_link(company_id, Decimal("15.5"), actor="cli")
    assert f"salon_id={SALON}" in url
    assert "discount=15.5" in url


def test_an_installation_is_shown_with_its_history_and_ends_when_we_say_so(operator: Operator) -> None:
    before = operator.desk.installation(operator.company_id, actor="cli")
    assert (before.status, before.changes[-1].after) == ("active", "active")
    operator.desk.uninstall(operator.company_id, actor="cli")
    assert operator.desk.installation(operator.company_id, actor="cli").status == "uninstalled"
    stranger = register(operator.box, 77).company.company_id
    with pytest.raises(NotInstalledError):
        operator.desk.installation(stranger, actor="cli")


@pytest.mark.parametrize("first_page", [0, 1])
def test_every_salon_is_listed_whatever_the_first_page_is_called(
    operator: Operator, yclients: FakeYClients, first_page: int
) -> None:
    yclients.settings(salons_first_page=first_page)
    for salon_id in (5, 6, 7):
        yclients.activate(salon_id)
    found = operator.desk.salons(actor="cli")
    assert [each.salon_id for each in found] == [5, 6, 7, SALON]
    assert all(each.title for each in found)
    options = [option for tariff in operator.desk.tariffs(actor="cli") for option in tariff.options]
    assert {option.price for option in options} == {Decimal(990), Decimal(9900)}


def test_everything_is_in_the_log_with_who_and_what_came_of_it(operator: Operator, yclients: FakeYClients) -> None:
    operator.pay()
    operator.desk.set_channel(operator.company_id, "whatsapp", is_available=False, actor="admin-api")
    yclients.fault("/marketplace/application/add_discount", drop=True)
    with pytest.raises(YClientsDownError):
        operator.desk.add_discount(operator.company_id, Decimal(5), actor="cli")
    told = [(each.actor, each.action, (each.outcome or "").partition(":")[0]) for each in operator.log()]
    assert told == [
        ("cli", "partner.discount", "unknown"),
        ("admin-api", "partner.channel", "done"),
        ("cli", "partner.payment", "done"),
    ]


def test_without_an_app_or_a_company_nothing_is_sent(
    new_container: NewContainer, yclients: FakeYClients, database_url: str, operator: Operator
) -> None:
    asked = len(yclients.requests())
    with pytest.raises(CompanyNotFoundError):
        operator.desk.pay(CompanyId(999), PAYMENT, key="k", actor="cli")
    keyless = new_container(database_url=database_url, yclients_app_id=None).partner_service
    with pytest.raises(NotConfiguredError):
        keyless.tariffs(actor="cli")
    assert len(yclients.requests()) == asked


def test_the_key_of_a_payment_is_its_period_unless_somebody_names_it() -> None:
    assert default_key(PAYMENT) == "2020-01-01 00:00:00/2020-02-01 00:00:00"
