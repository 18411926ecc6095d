"""A salon that YClients has frozen is led to where it pays."""

from __future__ import annotations

from aiadmin.domain.companies.company import IntegrationStatus
from tests.support.door import Door


def test_the_owner_of_a_frozen_salon_is_led_to_yclients_own_page(door: Door) -> None:
    door.install(5)
    salon, held = door.salon(5), door.site.container
    with held.uow() as work:
        work.companies.set_status(salon.company_id, IntegrationStatus.FROZEN)
        work.commit()

    answer = door.site.client.post("/marketplace/manage/payment", headers=salon.bearer)

    assert answer.status_code == 200, answer.text
    assert "payment" in answer.get_json()["url"]
    with held.uow() as work:
        [entry] = [
            one for one in work.audit.recent(salon.company_id, limit=10) if one.action == "partner.payment_link"
        ]
    assert (entry.actor, entry.outcome) == ("owner", "done")


def test_what_has_been_paid_for_goes_on_as_soon_as_its_owner_asks(door: Door) -> None:
    """YClients tells of no payment: it would be found within the hour, when all salons are compared."""
    door.install(5)
    salon = door.salon(5)
    door.tell("freeze", 5)
    door.yclients.freeze(5)

    def state() -> str:
        answer = door.site.client.post("/marketplace/manage/payment/state", headers=salon.bearer)
        assert answer.status_code == 200, answer.text
        return str(answer.get_json()["text"])

    assert "пока не включил" in state()
    assert door.status(5) is IntegrationStatus.FROZEN
    door.yclients.pay(5)
    said = state()
    assert "Оплачено до" in said
    assert "снова включено" in said
    assert door.status(5) is IntegrationStatus.ACTIVE
    assert "включ" not in state()
