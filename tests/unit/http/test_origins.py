"""Which pages may call us: exact matches, and YClients' salon pages anchored at both ends."""

from __future__ import annotations

import pytest

from aiadmin.config import AppEnv, Config
from aiadmin.web.http.origins import allowed, framing, is_allowed

PRODUCTION = Config(
    app_env=AppEnv.PRODUCTION, public_url="https://ai-admin.app/base", allowed_origins=("https://partner.example",)
)


@pytest.mark.parametrize(
    "origin",
    [
        "https://ai-admin.app",
        "https://partner.example",
        "https://yclients.com",
        "https://yclients.ru",
        "https://www.yclients.com",
        "https://n962302.yclients.com",
        "https://n1.yclients.ru",
    ],
)
def test_our_own_the_listed_and_yclients_pages_may_call(origin: str) -> None:
    assert is_allowed(origin, PRODUCTION)


@pytest.mark.parametrize(
    "origin",
    [
        "https://ai-admin.app.evil.example",
        "https://partner.example.evil.example",
        "https://partner.example:8443",
        "http://partner.example",
        "https://n962302.yclients.com.evil.example",
        "https://n962302.yclients.com\n",
        "https://xn962302.yclients.com",
        "https://n962302xyclients.com",
        "https://nabc.yclients.com",
        "https://n.yclients.com",
        "https://evil.yclients.com",
        "https://.yclients.com",
        "https://evilyclients.com",
        "https://yclients.com.evil.example",
        "http://yclients.com",
        "http://n962302.yclients.com",
        "http://localhost:3000",
        "null",
        "*",
        "",
    ],
)
def test_nobody_else_may(origin: str) -> None:
    assert not is_allowed(origin, PRODUCTION)


def test_a_developer_may_call_from_this_machine_but_not_from_a_lookalike() -> None:
    development = Config()

    assert is_allowed("http://localhost:5173", development)
    assert not is_allowed("http://localhost.evil.example", development)
    assert "*" not in allowed(development)


def test_yclients_frames_our_pages_and_a_fake_that_stands_for_it() -> None:
    fake = "http://localhost:4000"
    own = framing(PRODUCTION)
    assert {"https://yclients.com", "https://*.yclients.ru", "https://*.alteg.io"} <= set(own)
    assert all(site.startswith("https://") for site in own)
    assert framing(Config(yclients_marketplace_url=f"{fake}/")) == [*own, fake]
