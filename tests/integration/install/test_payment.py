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
