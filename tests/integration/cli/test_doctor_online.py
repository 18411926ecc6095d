"""`doctor --online`: whether YClients accepts each credential, and the fix for the one that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aiadmin.adapters import embedded
from aiadmin.cli.doctor_online import yclients_credentials
from aiadmin.config import Config
from tests.fakes.yclients.client import FakeYClients


@pytest.fixture(scope="module")
def yclients() -> Iterator[FakeYClients]:
    with FakeYClients() as server:
        yield server


@pytest.fixture
def config(yclients: FakeYClients) -> Config:
    return Config(
        yclients_marketplace_url=yclients.url,
        yclients_api_url=f"{yclients.url}/api/v1",
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
        yclients_user_token=yclients.user_token,
    )


def test_right_credentials_are_accepted(config: Config) -> None:
    assert [(each.name, each.text, each.fix) for each in yclients_credentials(config)] == [
        ("YClients partner", "accepted", None),
        ("YClients user", "accepted", None),
    ]


@pytest.mark.parametrize(
    ("wrong", "name", "setting"),
    [
        ({"yclients_api_key": "wrong"}, "YClients partner", "YCLIENTS_API_KEY"),
        ({"yclients_app_id": 5}, "YClients partner", "YCLIENTS_APP_ID"),
        ({"yclients_user_token": "wrong"}, "YClients user", "YCLIENTS_USER_TOKEN"),
    ],
    ids=str,
)
def test_a_wrong_one_is_named_with_its_fix(config: Config, wrong: dict[str, Any], name: str, setting: str) -> None:
    found = {each.name: each for each in yclients_credentials(replace(config, **wrong))}
    assert setting in (found[name].fix or "")
    assert found[name].is_failure
    assert config.yclients_api_key not in str(found)


def test_without_a_user_it_warns_of_what_does_not_work(config: Config) -> None:
    partner, user = yclients_credentials(replace(config, yclients_user_token=""))
    assert (partner.fix, user.is_failure) == (None, False)
    assert "no booking is heard of" in user.text
    assert "YCLIENTS_USER_TOKEN" in (user.fix or "")


def test_an_address_where_nobody_answers_is_not_blamed_on_a_credential(config: Config) -> None:
    nowhere = f"http://127.0.0.1:{embedded.free_port()}"
    lost = replace(config, yclients_marketplace_url=nowhere, yclients_api_url=nowhere)
    for each in yclients_credentials(lost):
        assert each.text.startswith("no answer")
        assert "check the network" in (each.fix or "")


def test_a_stumble_is_not_blamed_on_a_credential_either(config: Config, yclients: FakeYClients) -> None:
    yclients.fault("/api/v1/companies", status=429, body="{}")
    yclients.fault("/marketplace/application/*", status=502, body="<html>")
    fixes = [each.fix or "" for each in yclients_credentials(config)]
    assert "check the network" in fixes[0]
    assert "try again" in fixes[1]
