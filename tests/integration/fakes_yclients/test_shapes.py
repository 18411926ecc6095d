"""The fake YClients over HTTP: who may ask, and in which shape it answers."""

from __future__ import annotations

import pytest
import requests

from tests.fakes.yclients.client import FakeYClients

ACCEPT = "application/vnd.yclients.v2+json"
STATUS = "/marketplace/salon/5/application/7777"


def _get(yclients: FakeYClients, path: str, **headers: str) -> requests.Response:
    return requests.get(yclients.url + path, headers={"Accept": ACCEPT, **headers}, timeout=30)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Не указаны авторизационные данные"),
        ({"Authorization": "Token x"}, "Не указаны авторизационные данные"),
        ({"Authorization": "Bearer stranger"}, "Не указан идентификатор партнера"),
        ({"Authorization": "Bearer test_partner_token", "Accept": "*/*"}, "Не указаны авторизационные данные"),
    ],
)
def test_a_partner_is_known_by_two_headers(yclients: FakeYClients, headers: dict[str, str], message: str) -> None:
    answer = _get(yclients, STATUS, **headers)
    assert answer.status_code == 401
    assert answer.json() == {"success": False, "data": None, "meta": {"message": message}}


def test_a_salon_answers_the_system_user_only_while_the_app_is_active(yclients: FakeYClients) -> None:
    partner = f"Bearer {yclients.partner_token}"
    both = f"{partner}, User {yclients.user_token}"
    refused = [_get(yclients, "/api/v1/company/5/", Authorization=key) for key in (partner, both)]
    assert [answer.status_code for answer in refused] == [401, 403]
    assert refused[0].json()["errors"] == {"code": 401, "message": "Необходима авторизация"}
    yclients.connect([5])
    body = {"salon_id": 5, "application_id": yclients.app_id}
    headers = {"Accept": ACCEPT, "Authorization": partner}
    url = f"{yclients.url}/marketplace/partner/callback"
    assert requests.post(url, json=body, headers=headers, timeout=30).status_code == 201
    assert _get(yclients, "/api/v1/company/5", Authorization=both).json()["data"]["timezone_name"] == "Europe/Moscow"


def test_a_number_that_is_none_is_named(yclients: FakeYClients) -> None:
    headers = {"Accept": ACCEPT, "Authorization": f"Bearer {yclients.partner_token}"}
    body = {"salon_id": "5", "application_id": yclients.app_id, "channels": ["telegram"], "webhook_urls": ["x"]}
    answer = requests.post(f"{yclients.url}/marketplace/partner/callback", json=body, headers=headers, timeout=30)
    assert answer.status_code == 422
    assert set(answer.json()["meta"]["errors"]) == {"salon_id", "channels", "webhook_urls"}


def test_a_reset_forgets_salons_faults_and_settings(yclients: FakeYClients) -> None:
    yclients.connect([5])
    yclients.settings(pending_ttl=0)
    yclients.fault("*", status=500)
    yclients.reset()
    assert yclients.link(5) is None
    answer = _get(yclients, STATUS, Authorization=f"Bearer {yclients.partner_token}")
    assert answer.status_code == 404
    assert yclients.control("POST", "/settings")["pending_ttl"] == 3600
