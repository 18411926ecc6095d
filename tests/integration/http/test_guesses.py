"""Wrong keys of webhooks and of the lifecycle route: counted by address, before anything is done for them."""

from __future__ import annotations

import json

from tests.support.door import Door
from tests.support.site import MakeSite, Refused, Site

BODY = b'{"type": "x"}'


def test_wrong_webhook_keys_of_an_address_have_their_share_and_hold_back_no_right_one(
    make_site: MakeSite, refused: Refused
) -> None:
    site = make_site(rate_limit_per_minute=5)
    salon = site.register()
    for number in range(5):
        refused(site.webhook(salon, BODY, key=f"wk_{number}"), 401, "unauthorized")

    answer = site.webhook(salon, BODY, key="wk_again")

    refused(answer, 429, "too-many-requests")
    assert int(answer.headers["Retry-After"]) >= 1
    refused(site.webhook(salon, BODY, key="sk_" + "a" * 43), 429, "too-many-requests")
    assert site.webhook(salon, BODY).status_code == 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    refused(site.webhook(salon, BODY, key="wk_x", environ_overrides=elsewhere), 401, "unauthorized")


def test_a_salons_share_is_counted_before_its_bodies_are_read(make_site: MakeSite, refused: Refused) -> None:
    """Three bodies that are no JSON are three; the fourth is not looked at."""
    site = make_site(webhook_limit_per_minute=3)
    salon = site.register()
    for _ in range(3):
        refused(site.webhook(salon, b"{"), 400, "bad-json")

    refused(site.webhook(salon, BODY), 429, "too-many-requests")


def test_s8_bodies_of_webhooks_are_bounded_in_bytes_and_in_values(site: Site, refused: Refused) -> None:
    salon = site.register()
    long, wide = json.dumps({"a": "b" * 256 * 1024}).encode(), b'{"a":[' + b"[]," * 60_000 + b"[]]}"

    refused(site.webhook(salon, long), 413, "too-large")
    refused(site.webhook(salon, wide), 400, "bad-json")
    refused(site.webhook(salon, b"[" * 100_000), 400, "bad-json")
    assert site.stored(salon) == []


def test_s8_wrong_partner_tokens_of_an_address_have_their_share(
    make_site: MakeSite, door: Door, refused: Refused
) -> None:
    """Their bodies are bounded before, and not parsed any more after; who holds the token is heard all the same."""
    yclients = door.yclients
    settings = {"yclients_api_key": yclients.partner_token, "yclients_app_id": yclients.app_id}
    narrow = Door(make_site(rate_limit_per_minute=3, **settings), yclients)
    client, path = narrow.site.client, "/marketplace/lifecycle"
    refused(client.post(path, json={"a": "b" * 16 * 1024}), 413, "too-large")
    for _ in range(3):
        refused(client.post(path, json={"partner_token": "wrong"}), 401, "unauthorized")

    refused(client.post(path, json={"partner_token": "wrong"}), 429, "too-many-requests")
    refused(client.post(path, data=b"{", content_type="application/json"), 429, "too-many-requests")
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    refused(client.post(path, json={"partner_token": "x"}, environ_overrides=elsewhere), 401, "unauthorized")
    assert narrow.tell("uninstall", 5).status_code == 200, "from the very address that guesses"
