"""One attempt after another against a YClients that answers, refuses, breaks and comes back."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest

from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.errors import ActivationStateError, CompanyNotFoundError
from aiadmin.domain.ids import CompanyId
from aiadmin.services.companies.registration import rotate_api_key
from aiadmin.services.install import activations
from aiadmin.texts import ru
from tests.conftest import WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.support.linked_salons import Salon, link, make_container, register

CALLBACK = "/marketplace/partner/callback"


def _retry(salon: Salon) -> None:
    box = salon.box
    activations.retry(salon.company_id, uow=box.uow, clock=box.clock, window=box.config.activation_window)


def test_yclients_learns_of_the_salon_and_the_clear_key_is_forgotten(box: Container, yclients: FakeYClients) -> None:
    yclients.connect([962302])
    salon = link(box)
    assert salon.deliver() is OutboxState.SENT
    (heard,) = yclients.callbacks()
    key = box.secrets.webhook_key(salon.company_id)
    assert {name: heard[name] for name in ("salon_id", "application_id", "api_key", "channels", "webhook_urls")} == {
        "salon_id": 962302,
        "application_id": yclients.app_id,
        "api_key": salon.api_key,
        "channels": ["whatsapp"],
        "webhook_urls": [f"https://bot.example/marketplace/webhook/{salon.company_id}?key={key}"],
    }
    assert salon.row.secret is None
    assert salon.company.integration_status is IntegrationStatus.ACTIVE
    assert salon.company.activated_at is not None
    assert salon.deliver() is None


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True},
        {"drop": True, "processed": True},
        {"status": 500, "body": '{"success": false}'},
        {"status": 502, "body": "<html>bad gateway</html>"},
        {"status": 200, "body": "<html>maintenance</html>"},
        {"status": 429, "body": '{"success": false, "meta": {"message": "Too many"}}'},
        {"status": 301, "body": "<html>moved</html>"},
        {"status": 201, "body": "<html>done</html>", "processed": True},
        {"status": 500, "body": "<html>after all</html>", "processed": True},
    ],
    ids=str,
)
def test_a_call_that_goes_wrong_is_made_good_and_heard_once(
    box: Container, yclients: FakeYClients, fault: dict[str, object]
) -> None:
    yclients.connect([962302])
    yclients.fault(CALLBACK, **fault)
    salon = link(box)
    first = salon.deliver()
    if first is not OutboxState.SENT:
        assert first is OutboxState.PENDING
        assert salon.row.last_error is not None
        assert salon.company.integration_status is IntegrationStatus.ACTIVATING
        salon.let_time_pass()
        assert salon.deliver() is OutboxState.SENT
    assert len(yclients.callbacks()) == 1
    assert salon.company.integration_status is IntegrationStatus.ACTIVE


def test_nobody_listens_and_then_somebody_does(
    database_url: str, redis_url: str, yclients: FakeYClients, free_port: int
) -> None:
    settings = {
        "database_url": database_url,
        "redis_url": redis_url,
        "yclients_api_key": yclients.partner_token,
        "yclients_app_id": yclients.app_id,
        "yclients_marketplace_url": f"http://127.0.0.1:{free_port}",
    }
    with make_container(**settings) as box:
        salon = link(box)
        for _ in range(3):
            assert salon.deliver() is OutboxState.PENDING
            salon.let_time_pass()
        with FakeYClients(port=free_port) as late:
            late.connect([962302])
            assert salon.deliver() is OutboxState.SENT
            assert len(late.callbacks()) == 1


def test_already_installed_counts_as_told_when_the_status_says_active(box: Container, yclients: FakeYClients) -> None:
    yclients.connect([962302])
    salon = link(box)
    assert salon.deliver() is OutboxState.SENT
    with box.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM companies")
    again = link(box)
    assert again.deliver() is OutboxState.SENT
    assert [heard["status"] for heard in yclients.callbacks()] == [201, 403]
    assert again.row.last_error == "HTTP 403 Пользователь уже установил это приложение."


def test_already_installed_without_an_active_status_is_asked_again(box: Container, yclients: FakeYClients) -> None:
    yclients.connect([962302])
    body = '{"success": false, "data": null, "meta": {"message": "Пользователь уже установил это приложение."}}'
    yclients.fault(CALLBACK, status=403, body=body)
    salon = link(box)
    assert salon.deliver() is OutboxState.PENDING
    salon.let_time_pass()
    assert salon.deliver() is OutboxState.SENT


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "unknown_app"), (401, "wrong_key"), (404, "unknown_salon"), (422, "invalid")]
)
def test_a_refusal_ends_it_with_a_reason_and_an_operator_starts_it_again(
    box: Container, yclients: FakeYClients, status: int, reason: str
) -> None:
    yclients.connect([962302])
    yclients.fault(CALLBACK, status=status, body='{"success": false, "meta": {"message": "Нет: 79001112233"}}')
    salon = link(box)
    assert salon.deliver() is OutboxState.FAILED
    assert salon.company.integration_status is IntegrationStatus.ACTIVATION_FAILED
    assert salon.company.activation_error == reason
    assert (salon.row.last_error or "").startswith(f"{reason}: HTTP {status} Нет")
    assert "79001112233" not in (salon.row.last_error or "")
    assert salon.deliver() is None
    _retry(salon)
    assert salon.company.integration_status is IntegrationStatus.ACTIVATING
    assert salon.deliver() is OutboxState.SENT
    assert salon.company.activation_error is None


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [("yclients_app_id", 9, "unknown_app"), ("yclients_api_key", "wrong", "wrong_key")],
)
def test_yclients_own_words_for_a_wrong_app_and_a_wrong_key(
    box: Container, yclients: FakeYClients, setting: str, value: object, reason: str
) -> None:
    yclients.connect([962302])
    settings = {**vars(box.config), setting: value}
    del settings["jwt_secret"], settings["public_url"]
    with make_container(**settings) as wrong:
        salon = link(wrong)
        assert salon.deliver() is OutboxState.FAILED
        assert salon.company.activation_error == reason


def test_an_installation_that_yclients_no_longer_waits_for_has_expired(
    box: Container, yclients: FakeYClients
) -> None:
    yclients.connect([962302])
    yclients.settings(pending_ttl=0)
    salon = link(box)
    assert salon.deliver() is OutboxState.FAILED
    assert salon.company.activation_error == "expired"


def test_without_an_app_nothing_is_called(database_url: str, redis_url: str, yclients: FakeYClients) -> None:
    where = {"database_url": database_url, "redis_url": redis_url, "yclients_marketplace_url": yclients.url}
    with make_container(**where) as box:
        salon = link(box)
        assert salon.deliver() is OutboxState.FAILED
        assert salon.company.activation_error == "not_configured"
    assert yclients.requests() == []


def test_a_key_rotated_before_the_call_is_the_one_that_yclients_gets(box: Container, yclients: FakeYClients) -> None:
    yclients.connect([962302])
    salon = link(box)
    fresh = rotate_api_key(salon.company_id, uow=box.uow, secrets=box.secrets)
    assert salon.deliver() is OutboxState.SENT
    assert yclients.callbacks()[0]["api_key"] == fresh != salon.api_key


def test_an_activation_needs_no_phone_and_is_not_retried_after_success(
    box: Container, yclients: FakeYClients
) -> None:
    waiting = register(box, 5).company.company_id
    retry = partial(activations.retry, uow=box.uow, clock=box.clock, window=box.config.activation_window)
    yclients.connect([5])
    assert box.activation_sender.deliver(retry(waiting)) is OutboxState.SENT
    with pytest.raises(ActivationStateError, match="confirmed"):
        retry(waiting)
    with pytest.raises(CompanyNotFoundError):
        retry(CompanyId(999_999))
    yclients.connect([962302])
    salon = link(box)
    salon.deliver()
    with pytest.raises(ActivationStateError, match="confirmed"):
        _retry(salon)


def test_the_clock_tells_yclients_before_it_stops_waiting_even_when_nobody_scanned(
    box: Container, yclients: FakeYClients
) -> None:
    yclients.connect([5])
    made, window = register(box, 5), box.config.activation_window
    company_id, now = made.company.company_id, box.clock()
    release = partial(activations.release_held, uow=box.uow, window=window)
    assert release(clock=lambda: now + window * 5 / 6 - timedelta(minutes=1)) == []
    (outbox_id,) = release(clock=lambda: now + window * 5 / 6 + timedelta(minutes=1))
    with box.uow() as work:
        assert work.companies.get(company_id).integration_status is IntegrationStatus.ACTIVATING
        row = work.outbox.find(outbox_id)
    assert row is not None
    assert row.deadline_at == made.company.activation_deadline_at
    assert release(clock=lambda: now + window) == []
    salon = Salon(box, company_id, outbox_id, made.api_key)
    salon.let_time_pass()
    assert salon.deliver() is OutboxState.SENT
    assert (salon.company.integration_status, salon.company.whatsapp_connected) == (IntegrationStatus.ACTIVE, False)


def test_the_salons_page_is_told_at_once(box: Container, yclients: FakeYClients, wait_until: WaitUntil) -> None:
    yclients.connect([962302])
    yclients.fault(CALLBACK, status=422, body="{}")
    salon = link(box)
    with box.redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe("flask-socketio")
        listener.get_message(timeout=1)
        salon.deliver()
        _retry(salon)
        salon.deliver()
        told = [wait_until(lambda: listener.get_message(timeout=0.1)) for _ in range(2)]
    events = [json.loads(message["data"]) for message in told]
    assert {event["room"] for event in events} == {f"company:{salon.company_id}"}
    assert [(event["event"], *event["data"]) for event in events] == [
        (
            "status",
            {"state": "activation_failed", "reason": "invalid", "text": ru.ACTIVATION_REASONS["invalid"]},
        ),
        ("status", {"state": "active", "text": ru.ACTIVATION["active"]}),
    ]


def test_redis_away_does_not_stop_a_delivery(database_url: str, yclients: FakeYClients, free_port: int) -> None:
    yclients.connect([962302])
    with make_container(
        database_url=database_url,
        redis_url=f"redis://127.0.0.1:{free_port}/0",
        yclients_marketplace_url=yclients.url,
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
    ) as box:
        salon = link(box)
        assert salon.deliver() is OutboxState.SENT
