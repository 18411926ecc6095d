"""Webhooks of YClients and the marketplace's callback."""

from __future__ import annotations

import json
import threading

import pytest
from rq import Queue

from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from tests.support.site import SALON, Refused, Salon, Site

YCLIENTS = json.dumps(
    {"company_id": SALON, "resource": "record", "resource_id": 2, "status": "create", "data": {"id": 2}}
).encode()
SPECIFIED = json.dumps({"type": "booking_created", "data": {"id": 123, "client_id": 456}}).encode()
UNKNOWN = b'{"something": ["else"]}'


def test_both_shapes_and_unknown_ones_are_kept_byte_for_byte(site: Site, salon: Salon) -> None:
    for body in (YCLIENTS, SPECIFIED, UNKNOWN):
        answer = site.webhook(salon, body)
        assert (answer.status_code, answer.get_json()) == (200, {"success": True})

    assert site.stored(salon) == [YCLIENTS, SPECIFIED, UNKNOWN]


def test_a_repeat_is_answered_the_same_and_kept_once(site: Site, salon: Salon) -> None:
    reordered = json.dumps(dict(reversed(json.loads(YCLIENTS).items()))).encode()

    for body in (YCLIENTS, YCLIENTS, reordered):
        assert site.webhook(salon, body).status_code == 200

    assert site.stored(salon) == [YCLIENTS]


def test_the_same_event_of_two_salons_is_two(site: Site, salon: Salon) -> None:
    other = site.register(salon_id=7)

    site.webhook(salon, SPECIFIED)
    site.webhook(other, SPECIFIED)

    assert (site.stored(salon), site.stored(other)) == ([SPECIFIED], [SPECIFIED])


def test_the_companys_key_opens_it_too(site: Site, salon: Salon) -> None:
    address = f"/marketplace/webhook/{salon.company_id}"

    assert site.client.post(address, json={"type": "a"}, headers=salon.key).status_code == 200
    key = {"X-API-Key": site.container.secrets.webhook_key(salon.company_id)}
    assert site.client.post(address, json={"type": "b"}, headers=key).status_code == 200


def test_nobody_else_may_send(site: Site, salon: Salon, refused: Refused) -> None:
    other = site.register(salon_id=7)
    wrong = ["", "x", site.container.secrets.webhook_key(other.company_id), "wk_" + "A" * 43]

    for key in wrong:
        refused(site.webhook(salon, YCLIENTS, key=key), 401, "unauthorized")
    address = f"/marketplace/webhook/{salon.company_id}"
    refused(site.client.post(address, json={}, headers=other.key), 404, "company-not-found")
    assert site.stored(salon) == []


def test_a_company_that_is_gone_is_not_found_and_spoils_nobody_elses_webhook(
    site: Site, salon: Salon, refused: Refused
) -> None:
    gone = Salon(type(salon.company_id)(424242), 1, "", "")

    refused(site.webhook(gone, SPECIFIED), 404, "company-not-found")
    assert site.webhook(salon, SPECIFIED).status_code == 200


def test_an_event_of_another_salon_is_refused(site: Site, salon: Salon, refused: Refused) -> None:
    body = json.dumps({"company_id": SALON + 1, "resource": "record", "status": "create"}).encode()

    refused(site.webhook(salon, body), 422, "salon-mismatch")
    assert site.stored(salon) == []


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b'{"a":1,"a":2}'], ids=repr)
def test_what_is_no_json_object_is_refused(site: Site, salon: Salon, refused: Refused, body: bytes) -> None:
    refused(site.webhook(salon, body), 400, "bad-json")


def test_webhooks_at_the_same_moment_are_all_stored_before_any_answer(site: Site, salon: Salon) -> None:
    def send(number: int) -> None:
        body = json.dumps({"type": "x", "data": {"id": number}}).encode()
        client = site.client.application.test_client()
        key = site.container.secrets.webhook_key(salon.company_id)
        answer = client.post(
            f"/marketplace/webhook/{salon.company_id}?key={key}", data=body, content_type="application/json"
        )
        answered.append((answer.status_code, body in site.stored(salon)))

    answered: list[tuple[int, bool]] = []
    threads = [threading.Thread(target=send, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert answered == [(200, True)] * 8


def test_a_stored_webhook_wakes_one_job(site: Site, salon: Salon, wait_until) -> None:  # type: ignore[no-untyped-def]
    for number in range(3):
        site.webhook(salon, json.dumps({"type": "x", "data": {"id": number}}).encode())

    queue = Queue("jobs", connection=site.container.redis, serializer="json")
    wait_until(lambda: queue.count == 1, what="one coalesced nudge")
    assert [job.func_name for job in queue.jobs] == ["jobs.webhooks.drain"]


CALLBACK = "/marketplace/callback"


def test_the_callback_marks_nothing_connected(site: Site, salon: Salon) -> None:
    """Whoever has the key may ask us to tell YClients; what it says about WhatsApp is not believed."""
    said = {
        "salon_id": salon.salon_id,
        "company_id": salon.company_id,
        "status": "connected",
        "whatsapp_phone": "79990000000",
        "api_key": salon.api_key,
    }

    answer = site.client.post(CALLBACK, json=said)

    assert answer.get_json() == {
        "success": True,
        "company_id": salon.company_id,
        "salon_id": salon.salon_id,
        "integration_status": "pending",
        "callback": "pending",
    }
    state = site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key).get_json()
    assert (state["whatsapp_connected"], state["whatsapp_phone"]) == (False, None)
    assert Queue("jobs", connection=site.container.redis, serializer="json").count == 0


def test_the_callback_of_a_linked_salon_has_yclients_told(site: Site, salon: Salon) -> None:
    site.link(salon)

    answer = site.client.post(CALLBACK, json={"status": "connected"}, headers=salon.key)

    assert (answer.get_json()["integration_status"], answer.get_json()["callback"]) == ("activating", "pending")
    jobs = Queue("jobs", connection=site.container.redis, serializer="json").jobs
    assert [job.func_name for job in jobs] == ["jobs.activations.deliver"]


def test_the_callback_starts_a_failed_activation_again(site: Site, salon: Salon) -> None:
    site.link(salon)
    _fail_activation(site, salon)

    answer = site.client.post(CALLBACK, json={}, headers=salon.key)

    assert (answer.get_json()["integration_status"], answer.get_json()["callback"]) == ("activating", "pending")


def test_the_callback_needs_the_key_of_the_company_it_speaks_of(site: Site, salon: Salon, refused: Refused) -> None:
    other = site.register(salon_id=7)

    for key in (None, "", 5, "sk_x", "sk_\ud800", ["sk_x"], site.container.config.admin_api_key):
        body = json.dumps({"api_key": key})
        answer = site.client.post(CALLBACK, data=body, content_type="application/json")
        refused(answer, 401, "unauthorized")
    for claim in ({"company_id": other.company_id}, {"salon_id": other.salon_id}):
        refused(site.client.post(CALLBACK, json=claim | {"api_key": salon.api_key}), 404, "company-not-found")


def _fail_activation(site: Site, salon: Salon) -> None:
    held = site.container
    with held.uow() as work:
        row = work.outbox.find_by_key(salon.company_id, ACTIVATION_KEY)
        claimed = work.outbox.claim(row.outbox_id, now=held.clock(), visible_again_at=held.clock())
        work.outbox.finish(
            row.outbox_id,
            attempt=claimed.attempts,
            state=type(row.state).FAILED,
            next_attempt_at=None,
            error="refused",
            at=held.clock(),
        )
        work.companies.set_activation_failed(salon.company_id, "refused")
        work.commit()
