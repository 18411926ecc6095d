"""The fake YClients keeps the rules it documents."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes.yclients.limits import Limits
from tests.fakes.yclients.marketplace.redirect import OWNER, redirect_url, salons, signed
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.settings import Settings
from tests.fakes.yclients.world import World

TOKEN, APP = "test_partner_token", 7777
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GIVEN = {"api_key": "k", "webhook_urls": ["https://a"], "channels": ["whatsapp"]}


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(partners={TOKEN: {APP}}, user_token="u", clock=clock)


def test_the_signature_is_over_the_decoded_bytes() -> None:
    pair = signed(OWNER, TOKEN)
    assert pair["user_data_sign"] == "deb911fcb2cc039a713c6dd095500253d6b71e64ad447e23e2ed27bf73449044"
    decoded = base64.b64decode(pair["user_data"])
    assert hmac.new(TOKEN.encode(), decoded, hashlib.sha256).hexdigest() == pair["user_data_sign"]
    assert json.loads(decoded) == OWNER


def test_the_url_safe_alphabet_has_the_same_signature() -> None:
    standard, url_safe = signed(OWNER, TOKEN), signed(OWNER, TOKEN, url_safe=True)
    assert standard["user_data_sign"] == url_safe["user_data_sign"]
    assert standard["user_data"] != url_safe["user_data"]
    assert not set(url_safe["user_data"]) & set("+/")


@pytest.mark.parametrize(
    ("ids", "shape", "query"),
    [
        ([123], "list", [("salon_id", "123")]),
        ([1, 2], "list", [("salon_ids[]", "1"), ("salon_ids[]", "2")]),
        ([1, 2], "indexed", [("salon_ids[0]", "1"), ("salon_ids[1]", "2")]),
        ([1, 2], "comma", [("salon_ids", "1,2")]),
    ],
)
def test_salons_come_in_four_shapes(ids: list[int], shape: str, query: list[tuple[str, str]]) -> None:
    assert salons(ids, shape) == query
    url = redirect_url("https://bot/install", ids, OWNER, TOKEN, shape=shape, url_safe=False)
    assert set(parse_qs(urlsplit(url).query)) == {name for name, _ in query} | {"user_data", "user_data_sign"}


def test_a_salon_is_activated_once_and_only_while_it_waits(world: World) -> None:
    with pytest.raises(RefusedError, match="Нет прав"):
        world.activate(1, APP, TOKEN, **GIVEN)
    world.consent(1, APP)
    world.activate(1, APP, TOKEN, **GIVEN)
    with pytest.raises(RefusedError, match="уже установил") as refused:
        world.activate(1, APP, TOKEN, **(GIVEN | {"api_key": "other"}))
    assert refused.value.status == 403
    link = world.link(1, APP, TOKEN)
    assert link is not None
    assert (link.status, link.api_key) == ("active", "k")
    assert [(log["status_from"], log["status_to"]) for log in link.logs] == [
        ("uninstalled", "pending"),
        ("pending", "active"),
    ]


def test_patience_ends_after_an_hour(world: World, clock: Clock) -> None:
    world.consent(1, APP)
    clock.now += timedelta(hours=1, seconds=1)
    with pytest.raises(RefusedError):
        world.activate(1, APP, TOKEN, **GIVEN)
    link = world.link(1, APP, TOKEN)
    assert link is not None
    assert link.status == "uninstalled"
    world.consent(1, APP)
    world.activate(1, APP, TOKEN, **GIVEN)


def test_another_partners_app_is_unknown(world: World) -> None:
    with pytest.raises(RefusedError, match="Агрегатор не найден") as refused:
        world.link(1, 8, TOKEN)
    assert refused.value.status == 400


def test_the_system_user_is_there_only_while_the_app_is_active(world: World) -> None:
    world.consent(1, APP)
    assert not world.serves(1)
    world.activate(1, APP, TOKEN, **GIVEN)
    assert world.serves(1)
    world.leave(1, APP, "uninstalled")
    assert not world.serves(1)


def test_five_requests_a_second_and_two_hundred_a_minute() -> None:
    now = 0.0
    limits = Limits(Settings(), clock=lambda: now)
    assert [limits.admits("a") for _ in range(6)] == [True] * 5 + [False]
    assert limits.admits("b"), "each address has its own"
    admitted = 5
    while now < 59:
        now += 0.25
        admitted += limits.admits("a")
    assert admitted == 200
    now = 61.0
    assert limits.admits("a")
