"""Mistakes that an earlier system of this kind made, each held by a test. The numbers are those of its review."""

from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import text

from aiadmin.config import Config, ConfigError
from tests.support.site import ADMIN, PHONE, MakeSite, Refused, Salon, Site

REGISTER = "/marketplace/register"


def test_no_secret_has_a_default(database_url: str, redis_url: str) -> None:
    """7.A.1: it fell back to a token secret that stood in its source. Ours does not start."""
    bare = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}

    for secret in ("", "short", "x" * 31):
        with pytest.raises(ConfigError):
            Config.from_env(bare | {"JWT_SECRET": secret})


def test_what_a_salon_writes_never_runs_in_a_page(site: Site) -> None:
    """7.A.8: a salon's name reached its page unescaped."""
    salon = site.register()
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET title = :title"), {"title": "<script>alert(1)</script>\"'"})

    page = site.client.get(f"/marketplace/connect?token={salon.token}").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_refusal_never_shows_a_key(site: Site, salon: Salon) -> None:
    """7.A.9: the API key came back in the answer to a registration that failed."""
    answer = site.client.post(REGISTER, json={"salon_id": salon.salon_id})

    assert answer.status_code == 409
    assert "sk_" not in answer.text
    assert "token" not in answer.text


def test_nothing_about_the_installation_leaks_to_the_curious(site: Site) -> None:
    """7.A.19 and 20: health named versions and addresses; errors repeated the message of the exception."""
    answers = [site.client.get(path) for path in ("/health", "/ready", "/nowhere", "/marketplace/status/1")]
    answers.append(site.client.post(REGISTER, json={"salon_id": "'; DROP TABLE companies; --"}))

    for answer in answers:
        for word in ("127.0.0.1", "postgresql://", "redis://", "version", "Traceback", "DROP TABLE"):
            assert word not in answer.text


def test_keys_are_stored_only_as_hashes_and_sealed(site: Site, salon: Salon) -> None:
    """7.A.32: keys and tokens lay in the tables as clear text."""
    with site.container.engine.connect() as connection:
        rows = [str(row) for table in ("companies", "outbox") for row in connection.execute(text(f"TABLE {table}"))]

    assert rows
    for secret in (salon.api_key, salon.token):
        assert not any(secret in row for row in rows)


def test_text_is_refused_rather_than_cut(site: Site, refused: Refused) -> None:
    """7.A.34: too long texts were cut without a word."""
    refused(site.client.post(REGISTER, json={"salon_id": 1, "email": "a" * 300 + "@b.ru"}), 400, "invalid")


def test_registering_again_takes_nothing_from_a_salon(site: Site, salon: Salon, refused: Refused) -> None:
    """7.B.1: anybody could start an active salon anew by naming its number, and disconnect its WhatsApp by that."""
    site.link(salon)

    for _ in range(3):
        refused(site.client.post(REGISTER, json={"salon_id": salon.salon_id}), 409, "salon-taken")

    state = site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key).get_json()
    assert (state["whatsapp_connected"], state["whatsapp_phone"]) == (True, PHONE)


def test_two_registrations_at_once_make_one_company(make_site: MakeSite) -> None:
    """7.A.6 and 12: things that happened twice at once were done twice."""
    site = make_site()
    statuses: list[int] = []

    def register() -> None:
        client = site.client.application.test_client()
        statuses.append(client.post(REGISTER, json={"salon_id": 5}).status_code)

    threads = [threading.Thread(target=register) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_a_connect_link_opens_nothing_but_its_own_salon(site: Site, salon: Salon) -> None:
    """7.B.2: the link of one salon was a key to the admin's routes."""
    other = site.register(salon_id=7)
    forged = [salon.bearer, salon.key, {"X-API-Key": salon.token}, {"Authorization": f"Bearer {salon.api_key}"}]

    for headers in forged:
        assert site.client.get("/marketplace/companies", headers=headers).status_code == 401
        assert site.client.get("/metrics", headers=headers).status_code == 401
        assert site.client.get(f"/marketplace/status/{other.company_id}", headers=headers).status_code in {401, 404}
        link = f"/marketplace/companies/{other.company_id}/connect-link"
        assert site.client.post(link, headers=headers).status_code in {401, 404}


def test_nobody_marks_a_company_connected_over_http(site: Site, salon: Salon, refused: Refused) -> None:
    """7.B.5: the callback route believed whoever called it, and the list of companies was open."""
    said = {"company_id": salon.company_id, "status": "connected", "whatsapp_phone": "79990000000"}

    refused(site.client.post("/marketplace/callback", json=said), 401, "unauthorized")
    site.client.post("/marketplace/callback", json=said, headers=salon.key)

    state = site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key).get_json()
    assert (state["whatsapp_connected"], state["integration_status"]) == (False, "pending")
    refused(site.client.get("/marketplace/companies"), 401, "unauthorized")


def test_a_stranger_cannot_use_up_a_salons_share_of_webhooks(make_site: MakeSite, refused: Refused) -> None:
    """7.B.6: the limit was counted before the key was checked, so the real event was refused."""
    site = make_site(webhook_limit_per_minute=3)
    salon, other = site.register(), site.register(salon_id=7)

    for _ in range(10):
        refused(site.webhook(salon, b"{}", key="wk_wrong"), 401, "unauthorized")
    for number in range(3):
        assert site.webhook(salon, json.dumps({"type": "x", "n": number}).encode()).status_code == 200

    answer = site.webhook(salon, b'{"type": "one too many"}')
    refused(answer, 429, "too-many-requests")
    assert int(answer.headers["Retry-After"]) >= 1
    assert site.webhook(other, b'{"type": "x"}').status_code == 200


def test_webhooks_of_many_salons_open_no_connections_that_stay(site: Site) -> None:
    """7.B.6, second half: every salon's first webhook opened a Redis connection that was never closed."""
    site.webhook(site.register(), b'{"type": "x"}')
    before = len(site.container.redis.client_list())

    for number in range(1, 15):
        site.webhook(site.register(salon_id=number), b'{"type": "x"}')

    assert len(site.container.redis.client_list()) <= before + 3


def test_a_status_is_no_public_matter(site: Site, salon: Salon, refused: Refused) -> None:
    """7.B.7: a status needed no key, and its tokens could be guessed from the salon's number and the time."""
    refused(site.client.get(f"/marketplace/status/{salon.company_id}"), 401, "unauthorized")
    guess = {"Authorization": f"Bearer {salon.company_id}_1737021600000"}
    refused(site.client.get(f"/marketplace/status/{salon.company_id}", headers=guess), 401, "link-invalid")


def test_an_outage_is_no_missing_company_and_broken_json_no_stack(
    make_site: MakeSite, free_port: int, refused: Refused
) -> None:
    """7.B.8: a database that was down read as "no such company"; broken JSON was answered with a stack trace."""
    site = make_site(database_url=f"postgresql://x@127.0.0.1:{free_port}/x")

    refused(site.client.get("/marketplace/status/1", headers=ADMIN), 503, "dependency-down")
    answer = site.client.post(REGISTER, data=b"{broken", content_type="application/json")
    refused(answer, 400, "bad-json")
    assert answer.mimetype == "application/json"


def test_no_route_sends_messages_or_lists_sessions(site: Site) -> None:
    """7.B.9: routes that sent as the salon stood open. Every route of ours is on this list.

    One sends: its owner's reply in a chat that there is, with a session and from our own page.
    """
    routes = {rule.rule.split("<")[0] for rule in site.client.application.url_map.iter_rules()}

    assert routes == {
        "/",
        "/console",
        "/console/events",
        "/console/hosts",
        "/console/hosts/",
        "/console/login",
        "/console/logout",
        "/console/operators",
        "/console/operators/",
        "/console/pairings",
        "/console/queues",
        "/console/queues/retry",
        "/console/salons/",
        "/console/traffic",
        "/docs",
        "/health",
        "/marketplace/admin/companies/",
        "/marketplace/admin/salons",
        "/marketplace/admin/tariffs",
        "/marketplace/callback",
        "/marketplace/companies",
        "/marketplace/companies/",
        "/marketplace/connect",
        "/marketplace/install",
        "/marketplace/lifecycle",
        "/marketplace/manage",
        "/marketplace/manage/activation",
        "/marketplace/manage/bot",
        "/marketplace/manage/bot/chats",
        "/marketplace/manage/bot/chats/",
        "/marketplace/manage/bot/floor",
        "/marketplace/manage/bot/settings",
        "/marketplace/manage/bot/try",
        "/marketplace/manage/browsers/",
        "/marketplace/manage/chats",
        "/marketplace/manage/connection",
        "/marketplace/manage/help",
        "/marketplace/manage/pause",
        "/marketplace/manage/sending",
        "/marketplace/manage/texts",
        "/marketplace/manage/browsers/end-all",
        "/marketplace/manage/browsers/link",
        "/marketplace/manage/conversations",
        "/marketplace/manage/conversations/",
        "/marketplace/manage/conversations/reply",
        "/marketplace/manage/conversations/seen",
        "/marketplace/manage/disconnect",
        "/marketplace/manage/logout",
        "/marketplace/manage/messages",
        "/marketplace/manage/notices/withdraw",
        "/marketplace/manage/overview",
        "/marketplace/manage/payment",
        "/marketplace/manage/payment/state",
        "/marketplace/manage/settings",
        "/marketplace/manage/sync",
        "/marketplace/manage/text",
        "/marketplace/manage/text/preview",
        "/marketplace/manage/text/trial",
        "/marketplace/operator",
        "/marketplace/qr/",
        "/marketplace/register",
        "/marketplace/status/",
        "/marketplace/webhook/",
        "/metrics",
        "/openapi.json",
        "/ready",
        "/static/",
    }


def test_being_asked_about_health_opens_no_connections(site: Site) -> None:
    """7.B.18: every look at its health opened three Redis connections."""
    site.client.get("/ready")
    before = len(site.container.redis.client_list())

    for _ in range(20):
        site.client.get("/health")
        site.client.get("/ready")

    assert len(site.container.redis.client_list()) <= before + 1
