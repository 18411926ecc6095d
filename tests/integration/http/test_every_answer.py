"""What every answer has in common: errors, ids, headers, origins, limits."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from aiadmin.config import AddressLog, AppEnv
from aiadmin.domain.ids import CompanyId
from tests.support.site import ADMIN, MakeSite, Refused, Salon, Site

REGISTER = "/marketplace/register"


def test_what_is_not_there_or_not_so_is_said_in_one_shape(site: Site, refused: Refused) -> None:
    refused(site.client.get("/nowhere"), 404, "not-found")
    refused(site.client.get(REGISTER), 405, "method-not-allowed")
    refused(site.client.delete("/health"), 405, "method-not-allowed")
    refused(site.client.post(REGISTER, data="salon_id=1"), 415, "not-json")
    refused(site.client.post(REGISTER, data="{}", content_type="text/plain"), 415, "not-json")
    refused(site.client.post(REGISTER, data="{", content_type="application/json"), 400, "bad-json")
    assert "POST" in site.client.get(REGISTER).headers["Allow"]


def test_a_body_over_one_mebibyte_is_refused_before_it_is_read(site: Site, refused: Refused) -> None:
    body = b'{"salon_id": 5, "x": "' + b"a" * (1024 * 1024) + b'"}'

    refused(site.client.post(REGISTER, data=body, content_type="application/json"), 413, "too-large")


def test_a_browser_is_answered_with_a_page(site: Site) -> None:
    answer = site.client.get("/nowhere", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Страница не найдена" in answer.text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_our_own_fault_says_nothing_about_itself(site: Site, refused: Refused, capfd: Any) -> None:
    def broken() -> str:
        raise RuntimeError("a detail with a secret")

    site.client.application.view_functions["health.live"] = broken
    site.client.application.config["PROPAGATE_EXCEPTIONS"] = False

    answer = site.client.get("/health")

    refused(answer, 500, "internal")
    assert "secret" not in answer.text


def test_a_sane_request_id_is_kept_and_any_other_replaced(site: Site) -> None:
    assert _request_id(site, "trace-12345678") == "trace-12345678"
    for odd in ("short", "x" * 65, "with space1", "<script>alert(1)</script>", "имя-имя-имя", ""):
        given = _request_id(site, odd)
        assert given != odd
        assert len(given) == 32


def test_every_answer_carries_the_security_headers(site: Site) -> None:
    for path in ("/health", "/nowhere", "/openapi.json"):
        headers = site.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Permissions-Policy" in headers
        assert "Strict-Transport-Security" not in headers
        names = [name for name, _ in headers]
        assert len(names) == len(set(names)), "a header stands twice"


def test_browsers_are_kept_on_tls_where_a_trusted_proxy_speaks_it(make_site: MakeSite) -> None:
    forwarded = {"X-Forwarded-Proto": "https"}

    assert (
        "Strict-Transport-Security" in make_site(trusted_proxies=1).client.get("/health", headers=forwarded).headers
    )
    assert "Strict-Transport-Security" not in make_site().client.get("/health", headers=forwarded).headers


def test_only_known_pages_may_call_the_api(make_site: MakeSite) -> None:
    """Pitfalls 7.A.26 and 7.B.10: origins were compared by their beginning, and YClients' salon pages left out."""
    site = make_site(
        app_env=AppEnv.PRODUCTION, public_url="https://ai-admin.app", allowed_origins=("https://partner.example",)
    )

    for origin in ("https://partner.example", "https://n962302.yclients.com", "https://n1.yclients.ru"):
        answer = _preflight(site, origin)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in answer.headers
    for origin in (
        "https://partner.example.evil.example",
        "https://n962302.yclients.com.evil.example",
        "https://xn962302.yclients.com",
        "http://localhost:3000",
        "null",
    ):
        assert "Access-Control-Allow-Origin" not in _preflight(site, origin).headers
    assert "Access-Control-Allow-Origin" not in site.client.get("/marketplace/status/1").headers


def test_a_question_about_permission_needs_no_key_and_costs_nothing(make_site: MakeSite) -> None:
    site = make_site(rate_limit_per_minute=1)

    for _ in range(5):
        assert _preflight(site, "http://localhost:3000").status_code == 200


def test_each_endpoint_has_its_own_share_per_address(make_site: MakeSite, refused: Refused) -> None:
    site = make_site(rate_limit_per_minute=3, trusted_proxies=1)

    assert _statuses(site, "/docs-not", ip="198.51.100.1", times=5) == [404] * 5
    assert _statuses(site, "/openapi.json", ip="198.51.100.1", times=5) == [200, 200, 200, 429, 429]
    assert _statuses(site, "/openapi.json", ip="198.51.100.2", times=1) == [200]
    assert _statuses(site, "/", ip="198.51.100.1", times=1) == [200]
    answer = site.client.get("/openapi.json", headers={"X-Forwarded-For": "198.51.100.1"})
    refused(answer, 429, "too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert _statuses(site, "/health", ip="198.51.100.1", times=9) == [200] * 9


def test_a_forged_address_is_no_way_around_the_limit(make_site: MakeSite) -> None:
    """Pitfall 7.B.10: without a proxy of ours nobody's word about an address counts; behind one, the proxy's own."""
    direct, behind = make_site(rate_limit_per_minute=2), make_site(rate_limit_per_minute=2, trusted_proxies=1)

    forged = [_statuses(direct, "/openapi.json", ip=f"203.0.113.{n}", times=1)[0] for n in range(4)]
    appended = [_statuses(behind, "/openapi.json", ip=f"203.0.113.{n}, 198.51.100.9", times=1)[0] for n in range(4)]

    assert forged == appended == [200, 200, 429, 429]


def test_x_real_ip_counts_where_the_proxy_is_said_to_set_it_and_nowhere_else(make_site: MakeSite) -> None:
    """The specification's nginx block sends nothing else: two callers, two shares."""
    direct = make_site(rate_limit_per_minute=2)
    appended = make_site(rate_limit_per_minute=2, trusted_proxies=1)
    replaced = make_site(rate_limit_per_minute=2, trusted_proxies=1, client_ip_header="X-Real-IP")

    def ask(site: Site, header: str, address: str, path: str = "/openapi.json") -> int:
        return site.client.get(path, headers={header: address}).status_code

    for closed, path in ((direct, "/"), (appended, "/docs")):  # one Redis: a path for each
        assert [ask(closed, "X-Real-IP", f"203.0.113.{n}", path) for n in range(4)] == [200, 200, 429, 429]
    assert [ask(replaced, "X-Real-IP", "203.0.113.1") for _ in range(3)] == [200, 200, 429]
    assert ask(replaced, "X-Real-IP", "203.0.113.2") == 200
    assert ask(replaced, "X-Real-IP", "2001:db8::1") == 200
    refused = [ask(replaced, "X-Forwarded-For", f"203.0.113.{n}") for n in range(7, 11)]
    assert refused == [200, 200, 429, 429], "the other header is anybody's word"
    assert ask(replaced, "X-Real-IP", "not an address, at all") == 429, "counted as the proxy's own"


def test_refusals_are_warnings_with_as_much_of_the_address_as_is_wanted(make_site: MakeSite) -> None:
    short = make_site(rate_limit_per_minute=1, trusted_proxies=1)
    whole = make_site(rate_limit_per_minute=1, trusted_proxies=1, log_addresses=AddressLog.FULL)

    def said(site: Site, path: str, address: str, **headers: str) -> list[Any]:
        with capture_logs() as lines:
            for _ in range(2):
                site.client.get(path, headers={"X-Forwarded-For": address} | headers)
        return [(line["log_level"], line["event"], line["ip"], line.get("code")) for line in lines]

    over = ("warning", "rate limit exceeded", "203.0.113.0", "too-many-requests")
    assert said(short, "/openapi.json", "203.0.113.77")[1] == over
    assert said(whole, "/openapi.json", "203.0.113.78")[1][2] == "203.0.113.78"
    assert said(whole, "/docs", "2001:db8:1:2::3")[1][2] == "2001:db8:1:2::3"
    path, key = "/marketplace/companies", {"X-API-Key": "sk_not_a_key"}
    assert said(whole, path, "203.0.113.79", **key)[0] == (
        "warning", "access refused", "203.0.113.79", "unauthorized",
    )  # fmt: skip
    page = "/marketplace/connect?token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln&company=1&salon=2"
    assert said(short, page, "203.0.113.80")[0][:2] == ("warning", "access refused")


def test_a_registration_is_logged_with_both_numbers(site: Site) -> None:
    with capture_logs() as lines:
        made = site.client.post("/marketplace/register", json={"salon_id": 962302, "phone": "79001234567"}).get_json()

    [line] = [line for line in lines if line["event"] == "company registered"]
    assert (line["log_level"], line["company_id"], line["salon_id"]) == ("info", made["company_id"], 962302)
    assert made["api_key"] not in str(lines)
    assert "79001234567" not in str(lines)


COUNTED_ALONE, COUNTED_TOGETHER = ("/openapi.json", 200), ("/marketplace/status/1", 401)


@pytest.mark.parametrize(("path", "admitted"), [COUNTED_ALONE, COUNTED_TOGETHER])
def test_refused_requests_do_not_prolong_the_wait(make_site: MakeSite, path: str, admitted: int) -> None:
    """Pitfall 7.B.15: refused requests were counted too, so whoever hammered was never let in again."""
    site = make_site(rate_limit_per_minute=2)
    assert _statuses(site, path, times=2) == [admitted] * 2
    first = int(site.client.get(path).headers["Retry-After"])

    _statuses(site, path, times=20)

    keys = [key for key in site.container.redis.keys("*") if site.container.redis.type(key) == b"list"]
    assert [site.container.redis.llen(key) for key in keys] == [2]
    assert int(site.client.get(path).headers["Retry-After"]) <= first


@pytest.mark.parametrize(("path", "admitted"), [COUNTED_ALONE, COUNTED_TOGETHER])
def test_the_limit_holds_while_redis_is_away(make_site: MakeSite, free_port: int, path: str, admitted: int) -> None:
    site = make_site(rate_limit_per_minute=3, redis_url=f"redis://127.0.0.1:{free_port}/0")

    assert _statuses(site, path, times=5) == [admitted, admitted, admitted, 429, 429]


def test_a_dependency_that_is_down_is_never_a_missing_company(
    make_site: MakeSite, free_port: int, refused: Refused
) -> None:
    site = make_site(database_url=f"postgresql://nobody@127.0.0.1:{free_port}/none")

    for answer in (
        site.client.get("/marketplace/status/1", headers=ADMIN),
        site.client.get("/marketplace/status/1", headers={"X-API-Key": "sk_x"}),
        site.client.post(REGISTER, json={"salon_id": 1}),
        site.client.get("/marketplace/companies", headers=ADMIN),
        site.client.post("/marketplace/callback", json={"api_key": "sk_x"}),
        site.webhook(Salon(CompanyId(1), 1, "", ""), b"{}"),
    ):
        refused(answer, 503, "dependency-down")
        assert int(answer.headers["Retry-After"]) > 0


def test_what_needs_redis_says_so_and_all_else_goes_on(
    make_site: MakeSite, site: Site, salon: Salon, free_port: int, refused: Refused
) -> None:
    without = make_site(redis_url=f"redis://127.0.0.1:{free_port}/0")

    refused(without.client.get(f"/marketplace/qr/{salon.token}"), 503, "dependency-down")
    assert without.client.get(f"/marketplace/status/{salon.company_id}", headers=salon.bearer).status_code == 200
    assert without.client.post(REGISTER, json={"salon_id": 77}).status_code == 201
    assert without.webhook(salon, b'{"type": "x"}').status_code == 200
    assert site.stored(salon) == [b'{"type": "x"}']


def _request_id(site: Site, given: str) -> str:
    headers = {"X-Request-ID": given.encode().decode("latin-1")}
    return site.client.get("/health", headers=headers).headers["X-Request-ID"]


def _preflight(site: Site, origin: str) -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    return site.client.options("/marketplace/status/1", headers=headers)


def _statuses(site: Site, path: str, *, times: int, ip: str = "198.51.100.7") -> list[int]:
    return [site.client.get(path, headers={"X-Forwarded-For": ip}).status_code for _ in range(times)]


def test_what_a_page_is_drawn_with_does_not_push_the_banner_away(make_site: MakeSite) -> None:
    """In development; in production the line is kept. A file that is not there is news in both."""

    def levels(site: Site) -> list[str]:
        with capture_logs() as lines:
            for path in ("/static/x/vendor/socket.io.esm.min.js", "/static/x/none.js", "/health"):
                site.client.get(path).close()
        return [line["log_level"] for line in lines if line["event"] == "request"]

    assert levels(make_site()) == ["debug", "info", "debug"]
    production = make_site(app_env=AppEnv.PRODUCTION, public_url="https://bot.example.com")
    assert levels(production) == ["info", "info", "debug"]
