"""The specification's statements about HTTP, tables and Redis, each played; `tests/test_specification.py` counts.

A test's number is that of its statement; statements of one table are one test.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from sqlalchemy import text

from tests.support.site import ADMIN, PHONE, MakeSite, Salon, Site

REGISTER = "/marketplace/register"
BODY = {"salon_id": 962302, "phone": "79001234567", "email": "salon@example.com"}
SHOWN = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def error_of(answer: Any) -> tuple[int, str]:
    """Status and code of an error."""
    return answer.status_code, answer.get_json()["code"]


def test_17_protected_endpoints_take_the_key_in_x_api_key(site: Site, salon: Salon) -> None:
    path = f"/marketplace/status/{salon.company_id}"
    for name in ("X-API-Key", "x-api-key"):
        assert site.client.get(path, headers={name: salon.api_key}).status_code == 200
    assert error_of(site.client.get(path, headers={"X-API-Key": "sk_wrong"})) == (401, "unauthorized")


def test_18_19_25_the_example_of_a_registration_answers_what_it_shows(site: Site) -> None:
    answer = site.client.post(REGISTER, json=BODY)
    assert answer.status_code == 201
    made = answer.get_json()
    assert list(made) == ["success", "company_id", "salon_id", "api_key", "connect_url"]
    assert (made["success"], made["company_id"], made["salon_id"]) == (True, 1, 962302)
    assert made["api_key"].startswith("sk_")
    pattern = r"/marketplace/connect\?token=[\w.-]+&company=1&salon=962302"
    assert re.fullmatch(pattern, made["connect_url"])


BAD: list[Any] = [
    {},
    {"salon_id": "abc"},
    {"salon_id": 1.5},
    {"salon_id": 2**31},
    {"salon_id": "1; DROP TABLE companies"},
    {"salon_id": 1, "email": "bad"},
    {"salon_id": 1, "phone": "12"},
    {"salon_id": 1, "email": "a" * 256 + "@b.ru"},
    [],
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_21_64_65_66_bad_parameters_are_400_and_nothing_is_cut_or_run(site: Site, body: Any) -> None:
    answer = site.client.post(REGISTER, json=body)
    assert answer.status_code == 400
    assert answer.get_json()["success"] is False
    with site.container.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM companies")) == 0


def test_22_26_a_company_that_exists_is_409_in_the_shape_of_every_error(site: Site) -> None:
    site.client.post(REGISTER, json=BODY)
    answer = site.client.post(REGISTER, json=BODY)
    assert error_of(answer) == (409, "salon-taken")
    assert set(answer.get_json()) == {"success", "error", "code", "request_id"}


def test_23_a_database_that_is_away_is_503_and_no_500(make_site: MakeSite, free_port: int) -> None:
    answer = make_site(database_url=f"postgresql://x@127.0.0.1:{free_port}/x").client.post(REGISTER, json=BODY)
    assert error_of(answer) == (503, "dependency-down")
    assert answer.headers["Retry-After"]


def test_24_registration_is_open_but_not_in_production(site: Site, make_site: MakeSite) -> None:
    assert site.client.post(REGISTER, json=BODY).status_code == 201
    closed = make_site(open_registration=False).client
    assert error_of(closed.post(REGISTER, json={"salon_id": 2})) == (403, "registration-closed")
    signed = {"salon_id": 2, "user_data": "e30=", "user_data_sign": "0" * 64}
    assert error_of(closed.post(REGISTER, json=signed)) == (403, "registration-closed")


def test_1_27_28_93_119_the_connect_page_shows_steps_consent_and_support(make_site: MakeSite) -> None:
    site = make_site(support_email="help@example.com", support_telegram="salon_help", support_url="https://x.example")
    salon = site.register()
    query = {"token": salon.token, "company": salon.company_id, "salon": salon.salon_id}
    page = site.client.get("/marketplace/connect", query_string=query)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for words in ("Связанные устройства", "data-consent", "data-qr", "mailto:help@example.com", "t.me/salon_help"):
        assert words in page.text
    assert 'href="https://x.example"' in page.text
    assert "подтверждать визит ответом" in page.text
    assert "записываться" not in page.text, "no bot books yet"
    assert site.client.get("/marketplace/connect", query_string=query | {"token": "x"}).status_code == 401
    assert site.client.get("/marketplace/connect", query_string=query | {"salon": 5}).status_code == 401


def test_29_30_the_code_comes_as_text_with_the_seconds_it_has_left(site: Site, salon: Salon) -> None:
    site.show_code(salon, "2@ABCdef123", seconds=20)
    answer = site.client.get(f"/marketplace/qr/{salon.token}").get_json()
    assert list(answer) == ["success", "qr", "expires_in"]
    assert (answer["success"], answer["qr"]) == (True, "2@ABCdef123")
    assert 17 <= answer["expires_in"] <= 20


def test_32_to_36_the_status_has_the_six_fields_for_who_has_a_key(site: Site, salon: Salon) -> None:
    path = f"/marketplace/status/{salon.company_id}"
    before = site.client.get(path, headers=salon.key).get_json()
    assert (before["whatsapp_connected"], before["whatsapp_phone"], before["connected_at"]) == (False, None, None)
    site.link(salon)
    with site.container.uow() as work:
        work.companies.set_activated(salon.company_id, datetime.now(UTC))
        work.commit()
    after = site.client.get(path, headers=salon.key).get_json()
    assert after["company_id"] == salon.company_id
    assert (after["success"], after["whatsapp_connected"], after["whatsapp_phone"]) == (True, True, PHONE)
    assert after["integration_status"] == "active"
    assert re.fullmatch(SHOWN, after["connected_at"])
    assert error_of(site.client.get(path)) == (401, "unauthorized")


def test_37_38_the_callback_is_taken_and_not_believed(site: Site, salon: Salon) -> None:
    body = {"salon_id": salon.salon_id, "company_id": salon.company_id, "status": "connected"}
    body |= {"whatsapp_phone": "79001234567", "api_key": salon.api_key}
    answer = site.client.post("/marketplace/callback", json=body)
    assert (answer.status_code, answer.get_json()["success"]) == (200, True)
    status = site.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.key).get_json()
    assert status["whatsapp_connected"] is False
    assert site.client.post("/marketplace/callback", json=body | {"api_key": "sk_x"}).status_code == 401


def test_39_40_the_example_of_a_webhook_is_stored_for_who_has_the_key(site: Site, salon: Salon) -> None:
    data = {"id": 123, "client_id": 456, "service_id": 789, "datetime": "2025-01-20T15:00:00Z"}
    event, path = {"type": "booking_created", "data": data}, f"/marketplace/webhook/{salon.company_id}"
    answer = site.client.post(path, json=event, headers=salon.key)
    assert (answer.status_code, answer.get_json()["success"]) == (200, True)
    assert len(site.stored(salon)) == 1
    assert site.client.post(path, json=event).status_code == 401


def test_41_the_admin_counts_companies(site: Site, salon: Salon) -> None:
    site.link(salon)
    site.register(2)
    answer = site.client.get("/marketplace/companies", headers=ADMIN).get_json()
    assert answer == {"success": True, "stats": {"total": 2, "connected": 1}}
    assert site.client.get("/marketplace/companies", headers=salon.key).status_code == 401


def test_42_118_health_answers(site: Site) -> None:
    assert site.client.get("/health").get_json() == {"success": True}


def test_61_62_a_token_is_valid_for_24_hours_and_no_other_is(site: Site, salon: Salon) -> None:
    claims = jwt.decode(salon.token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 24 * 3600
    header, payload, _ = salon.token.split(".")
    unsigned = jwt.encode(claims, None, algorithm="none")
    elsewhere = jwt.encode(claims, "another secret, 32 bytes and longer", algorithm="HS256")
    for token in (unsigned, elsewhere, f"{header}.{payload}.", salon.token[:-4], "garbage"):
        answer = site.client.get(f"/marketplace/qr/{token}")
        assert answer.status_code in {401, 404}, token


def test_67_the_thirty_first_request_of_a_minute_is_refused(make_site: MakeSite) -> None:
    client = make_site(rate_limit_per_minute=30).client
    assert [client.get("/openapi.json").status_code for _ in range(31)] == [200] * 30 + [429]
    assert client.get("/").status_code == 200, "another endpoint has a share of its own"


def test_69_70_only_listed_origins_may_call(site: Site) -> None:
    def allowed(origin: str) -> str | None:
        answer = site.client.get("/marketplace/companies", headers=ADMIN | {"Origin": origin})
        return answer.headers.get("Access-Control-Allow-Origin")

    for origin in ("https://yclients.com", "https://n962302.yclients.com", "https://n962302.yclients.ru"):
        assert allowed(origin) == origin
    for origin in ("https://evil.example", "null", "https://yclients.com.evil.example"):
        assert allowed(origin) is None


COLUMNS = {
    "id": ("integer", None, "nextval"),
    "yclients_id": ("integer", None, None),
    "company_id": ("integer", None, None),
    "title": ("character varying", 255, None),
    "phone": ("character varying", 20, None),
    "email": ("character varying", 255, None),
    "address": ("text", None, None),
    "timezone": ("character varying", 50, "'Europe/Moscow'"),
    "whatsapp_enabled": ("boolean", None, "false"),
    "whatsapp_connected": ("boolean", None, "false"),
    "whatsapp_phone": ("character varying", 20, None),
    "whatsapp_connected_at": ("timestamp with time zone", None, None),
    "ai_enabled": ("boolean", None, "true"),
    "sync_enabled": ("boolean", None, "true"),
    "integration_status": ("character varying", 50, "'pending'"),
    "api_key": ("character varying", 255, None),
    "raw_data": ("jsonb", None, None),
    "created_at": ("timestamp with time zone", None, "now()"),
    "updated_at": ("timestamp with time zone", None, "now()"),
}
"""`CREATE TABLE companies` of the specification: type, length, beginning of the default."""


@pytest.mark.parametrize("column", COLUMNS)
def test_76_to_87_the_table_companies_has_the_column(site: Site, column: str) -> None:
    statement = text(
        "SELECT data_type, character_maximum_length, column_default, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = 'companies' AND column_name = :name"
    )
    with site.container.engine.connect() as connection:
        kind, length, default, nullable = connection.execute(statement, {"name": column}).one()
    wanted, wanted_length, wanted_default = COLUMNS[column]
    assert (kind, length) == (wanted, wanted_length)
    assert (default or "").startswith(wanted_default or "")
    assert default is not None or wanted_default is None
    assert nullable == "NO" or column not in {"id", "yclients_id"}


def test_76_77_85_88_111_its_keys_and_indexes(site: Site, salon: Salon) -> None:
    statement = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'companies'")
    with site.container.engine.connect() as connection:
        indexes = {row.indexname: row.indexdef for row in connection.execute(statement)}
        key = connection.scalar(text("SELECT api_key FROM companies"))
        assert connection.scalar(text("SELECT COUNT(*) FROM companies;")) == 1
    assert "(yclients_id)" in indexes["idx_companies_yclients_id"]
    assert "(whatsapp_connected)" in indexes["idx_companies_whatsapp_connected"]
    assert any("UNIQUE" in one and "(yclients_id)" in one for one in indexes.values())
    assert any("UNIQUE" in one and "(id)" in one for one in indexes.values())
    assert key == site.container.secrets.hash_api_key(salon.api_key), "kept as a hash"


def test_89_90_91_redis_has_the_three_keys(site: Site, salon: Salon) -> None:
    redis, day = site.container.redis, 24 * 3600
    jti = jwt.decode(salon.token, options={"verify_signature": False})["jti"]
    of_token, of_company = f"marketplace:token:{jti}", f"marketplace:company:{salon.company_id}:token"
    assert redis.get(of_token) == str(salon.company_id).encode()
    assert redis.get(of_company) == jti.encode()
    for key in (of_token, of_company):
        assert day - 60 < redis.ttl(key) <= day
    site.show_code(salon, "2@code", seconds=60)
    code = f"marketplace:qr:{salon.company_id}"
    assert 0 < redis.ttl(code) <= 20
    assert b'"qr": "2@code"' in redis.get(code)
    assert b'"generated_at"' in redis.get(code)


def test_114_a_backend_asks_for_a_company(site: Site, salon: Salon) -> None:
    site.link(salon)
    with site.container.uow() as work:
        company = work.companies.get(salon.company_id)
    assert (company.whatsapp_connected, company.whatsapp_phone) == (True, PHONE)
