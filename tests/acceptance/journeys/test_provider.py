"""YClients' own notification, end to end: YClients, the web process, a session host, a client's phone, and back."""

from __future__ import annotations

from aiadmin.domain.ids import CompanyId
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.stack import PARTNER_TOKEN, Salon, Stack

CLIENT, ABSENT = "79995551234", "79995550000"
TEXT = "Напоминаем о записи завтра в 10:00"


def _at_any_hour(product: Stack, salon: Salon) -> None:
    """The salon has no quiet hours."""
    product.change(
        "INSERT INTO message_settings (company_id, settings, updated_at)"
        """ VALUES (%s, '{"quiet_from": "00:00", "quiet_to": "00:00"}', now())""",
        salon.company_id,
    )


def test_yclients_gives_a_message_the_clients_phone_gets_it_and_the_statuses_come_back(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, salon_id: int, phone: str
) -> None:
    yclients.connect([salon_id])
    salon = product.register(salon_id)
    code = product.get(f"/marketplace/qr/{salon.token}").json()["qr"]
    whatsapp.scan(code, phone=phone, push_name="Салон")
    product.until(lambda: product.status(salon).get("integration_status") == "active", within=30, what="active")
    whatsapp.phone(CLIENT, push_name="Анна")
    whatsapp.phone(CLIENT, online=False)

    _at_any_hour(product, salon)
    url = f"{product.url}/marketplace/operator"
    answer = yclients.operator_send(salon_id, [CLIENT, ABSENT], TEXT, url=url)
    assert (answer["status"], answer["problems"]) == (200, [])

    def statuses(client: str) -> list[int]:
        [heard] = [one["statuses"] for one in yclients.provider_messages() if one["phone"] == client]
        return list(heard)

    product.until(lambda: statuses(CLIENT) == [8, 4], within=60, what="sent, while the phone is off")
    whatsapp.phone(CLIENT, online=True)
    whatsapp.wait_for_message(CLIENT, lambda entry: entry["text"] == TEXT)
    product.until(lambda: statuses(CLIENT) == [8, 4, 1], within=60, what="delivered")
    product.until(lambda: statuses(ABSENT) == [8, 2], within=60, what="not on WhatsApp")

    body = {"destination_params": [{"id": answer["ids"][0], "phone": CLIENT}], "text": TEXT}
    headers = {"Authorization": f"Bearer {salon.api_key}"}
    again = product.request("POST", "/marketplace/operator", json=body, headers=headers)
    assert again.json() == [answer["reply"][0]]
    rows = product.rows("SELECT state FROM outbox_messages WHERE company_id = %s", CompanyId(salon.company_id))
    assert sorted(row["state"] for row in rows) == ["failed", "sent"]
    said = product.log.read_text()
    for secret in (PARTNER_TOKEN, "/smsprovider/", salon.api_key, CLIENT, ABSENT, TEXT):
        assert secret not in said
