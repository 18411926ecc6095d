"""The operator's orders over HTTP and on the command line."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from aiadmin.cli import cli
from aiadmin.container import Container
from aiadmin.web import create_app
from tests.fakes.yclients.client import FakeYClients
from tests.support.linked_salons import register
from tests.support.yclients_calls import SALON, NewContainer

ADMIN_KEY = "admin-key-of-these-tests-32-bytes-long"
ADMIN = {"X-API-Key": ADMIN_KEY}
ORDER = {"key": "k", "amount": "990.50", "period_from": "2020-01-01", "period_to": "2020-02-01 00:00:00"}


@pytest.fixture
def box(new_container: NewContainer, database_url: str) -> Container:
    return new_container(database_url=database_url, admin_api_key=ADMIN_KEY)


@pytest.fixture
def client(box: Container) -> FlaskClient:
    return create_app(box).test_client()


@pytest.fixture
def base(box: Container) -> str:
    return f"/marketplace/admin/companies/{register(box, SALON).company.company_id}"


def test_only_the_admin_key_opens_any_of_it(client: FlaskClient, base: str, box: Container) -> None:
    own = register(box, 5)
    theirs = f"/marketplace/admin/companies/{own.company.company_id}"
    for path in ("payments", "payments/1/refund", "short-names", "channels", "discount", "uninstall"):
        for headers in ({}, {"X-API-Key": own.api_key}):
            assert client.post(f"{theirs}/{path}", json=ORDER, headers=headers).status_code == 401
    for path in (f"{base}/installation", f"{base}/payment-link", f"{base}/audit", "/marketplace/admin/salons"):
        assert client.get(path, headers={"X-API-Key": own.api_key}).status_code == 401


def test_a_payment_is_201_its_repeat_200_and_one_that_nobody_knows_of_202(
    client: FlaskClient, base: str, yclients: FakeYClients
) -> None:
    answers = [client.post(f"{base}/payments", json=ORDER, headers=ADMIN) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    first, second = (answer.get_json() for answer in answers)
    assert first == second | {"is_repeat": False}
    yclients.fault("/marketplace/partner/payment", status=502, body="<html>")
    lost = client.post(f"{base}/payments", json=ORDER | {"key": "l"}, headers=ADMIN)
    assert (lost.status_code, lost.get_json()["outcome"]) == (202, "unknown")
    other = client.post(f"{base}/payments", json=ORDER | {"amount": 5}, headers=ADMIN)
    assert (other.status_code, other.get_json()["code"]) == (409, "key-reused")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("payments", ORDER | {"amount": "-5"}, "amount"),
        ("payments", ORDER | {"amount": "0"}, "amount"),
        ("payments", ORDER | {"amount": 1.001}, "amount"),
        ("payments", ORDER | {"amount": True}, "amount"),
        ("payments", ORDER | {"period_to": "tomorrow"}, "period_to"),
        ("payments", ORDER | {"period_to": "2025-02-30"}, "period_to"),
        ("payments", ORDER | {"currency": "roubles"}, "currency"),
        ("short-names", {"names": []}, "names"),
        ("short-names", {"names": "SALON"}, "names"),
        ("short-names", {"names": ["SALON", "\x01"]}, "names"),
        ("short-names", {}, "names"),
        ("channels", {"channel": "sms", "is_available": "perhaps"}, "is_available"),
        ("channels", {"channel": "telegram", "is_available": True}, "channel"),
        ("discount", {"discount": 101}, "discount"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    client: FlaskClient, base: str, yclients: FakeYClients, path: str, body: dict[str, Any], field: str
) -> None:
    asked = len(yclients.requests())
    answer = client.post(f"{base}/{path}", json=body, headers=ADMIN)
    fields = answer.get_json()["fields"]
    assert (answer.status_code, list(fields)) == (400, [field])
    assert any("а" <= letter <= "я" for letter in fields[field])
    assert len(yclients.requests()) == asked


def test_the_rest_answers_and_is_in_the_log(client: FlaskClient, base: str, yclients: FakeYClients) -> None:
    assert client.post(f"{base}/short-names", json={"names": ["SALON"]}, headers=ADMIN).status_code == 200
    channel = {"channel": "whatsapp", "is_available": True}
    assert client.post(f"{base}/channels", json=channel, headers=ADMIN).status_code == 200
    assert client.post(f"{base}/discount", json={"discount": "15.5"}, headers=ADMIN).status_code == 200
    link = client.get(f"{base}/payment-link?discount=15.5", headers=ADMIN).get_json()
    assert link["url"].startswith(f"{yclients.url}/appstore/payment/?")
    number = client.post(f"{base}/payments", json=ORDER, headers=ADMIN).get_json()["payment_id"]
    assert client.post(f"{base}/payments/{number}/refund", headers=ADMIN).status_code == 200
    assert (
        client.post(f"{base}/payments/{number + 1}/refund", headers=ADMIN).get_json()["code"] == "yclients-not-found"
    )
    shown = client.get(f"{base}/installation", headers=ADMIN).get_json()
    assert (shown["status"], shown["payments"][0]["amount"], shown["payments"][0]["is_refunded"]) == (
        "active",
        "990.50",
        True,
    )
    assert client.post(f"{base}/uninstall", headers=ADMIN).status_code == 200
    entries = client.get(f"{base}/audit", headers=ADMIN).get_json()["entries"]
    assert len(entries) == 9
    assert {entry["actor"] for entry in entries} == {"admin-api"}
    assert client.get("/marketplace/admin/salons", headers=ADMIN).get_json()["salons"] == []
    assert client.get("/marketplace/admin/tariffs", headers=ADMIN).get_json()["tariffs"][0]["options"]
    assert client.get("/marketplace/admin/companies/99/audit", headers=ADMIN).status_code == 404


def test_the_command_line_pays_once_and_shows_what_came_of_it(
    base: str, box: Container, yclients: FakeYClients, database_url: str, redis_url: str
) -> None:
    env = {**yclients.env(), "DATABASE_URL": database_url, "REDIS_URL": redis_url, "JWT_SECRET": "j" * 32}
    company_id = base.rpartition("/")[2]
    pay = ("payment", company_id, "--sum", "990.5", "--from", "2020-01-01", "--to", "2020-02-01")
    first, second = _run(env, *pay), _run(env, *pay)
    assert (first.exit_code, first.stdout[:41]) == (0, "payment 2020-01-01 00:00:00/2020-02-01 00"), first.stderr
    assert "sent before, nothing was sent now" in second.stdout
    refused = _run(env, "refund", company_id, "1")
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "not one of this salon's" in refused.stderr


def _run(env: dict[str, str], *words: str) -> Result:
    with structlog.testing.capture_logs():  # only a process of its own has them go to stderr
        return CliRunner().invoke(cli, ["partner", *words], env=env)
