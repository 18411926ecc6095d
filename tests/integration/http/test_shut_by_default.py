"""What a stranger may not choose, and what is closed by itself: headers, redirects, limits, documents."""

from __future__ import annotations

import re

from sqlalchemy import Engine, event

from aiadmin.config import AppEnv
from aiadmin.web.http.headers import CACHED
from tests.support.site import ADMIN, MakeSite, Refused, Salon, Site

PRODUCTION = {"app_env": AppEnv.PRODUCTION, "public_url": "https://ai-admin.app", "open_docs": False}
HTML = {"Accept": "text/html"}


def test_s16_no_cache_keeps_what_does_not_say_that_it_may_be_kept(site: Site, salon: Salon) -> None:
    for path in ("/marketplace/manage/settings", "/marketplace/manage/overview", "/marketplace/manage/messages"):
        answer = site.client.get(path, headers=salon.bearer)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    for path in ("/", "/docs", "/openapi.json", "/metrics", "/nowhere", "/marketplace/companies"):
        assert site.client.get(path).headers["Cache-Control"] == "no-store"
    assert "no-store" not in site.client.get("/health").headers.get("Cache-Control", "")


def test_a_browser_keeps_a_file_of_todays_release_for_good_and_none_that_another_page_asks_for(site: Site) -> None:
    """A script imports the others by relative addresses, which hold the release of the page, and so does it."""
    page = site.client.get("/nowhere", headers=HTML).text
    files = re.findall(r"/static/[^\"]+", page)
    release = files[0].split("/")[2]
    assert len(files) > 1
    assert all(file.startswith(f"/static/{release}/") for file in files)
    for path in [*files, f"/static/{release}/connect/main.js"]:
        with site.client.get(path) as kept:
            assert (kept.status_code, kept.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    with site.client.get("/static/yesterday/connect/main.js") as asked_anew:
        assert (asked_anew.status_code, asked_anew.headers["Cache-Control"]) == (200, "no-cache")
    with site.client.get(f"/static/{release}/none.js") as missing:
        assert (missing.status_code, missing.headers.get("Cache-Control")) == (404, None)


def test_s16_answers_of_sockets_over_http_are_kept_by_no_cache(site: Site) -> None:
    answer = site.client.get("/socket.io/?EIO=4&transport=polling")
    assert (answer.status_code, answer.headers.getlist("Cache-Control")) == (200, ["no-store"])


def test_a_new_blueprint_is_private_without_saying_so(site: Site) -> None:
    rules = {rule.endpoint for rule in site.client.application.url_map.iter_rules()}
    assert rules >= CACHED
    assert {endpoint.partition(".")[0] for endpoint in CACHED} == {"static", "health"}


PATHS = [
    *["/marketplace//manage/overview", "//marketplace/manage/overview", "/marketplace/manage//", "//health"],
    *["/health/", "/marketplace/manage/", "/docs/", "/static", "/static//connect/main.js", "//evil.example/.."],
    *[
        "///evil.example",
        "/\\evil.example",
        "/marketplace/../health",
        "/%2fevil.example",
        "/marketplace/manage/?x=//",
    ],
]


def test_s16_no_redirect_leads_to_a_host_of_the_callers_choice(site: Site) -> None:
    for path in PATHS:
        for scheme in ({}, {"X-Forwarded-Host": "evil.example"}, {"Accept": "text/html"}):
            with site.client.get(path, headers={"Host": "evil.example", **scheme}) as answer:
                assert "Location" not in answer.headers, answer.headers["Location"]
                assert answer.status_code in {200, 401, 404}, path


def test_an_address_without_a_path_leads_nowhere_else(site: Site) -> None:
    """`GET http://evil.example HTTP/1.1`: the router would lead to the root of the host that the client has named."""
    answer = site.client.open("/", environ_overrides={"PATH_INFO": "", "HTTP_HOST": "evil.example"})
    assert (answer.status_code, "Location" in answer.headers) == (404, False)


def test_s16_the_redirects_that_there_are_name_no_host(site: Site) -> None:
    link = f"/marketplace/manage?token={site.register().token}"
    answer = site.client.get(link, headers={"Host": "evil.example", **HTML})
    assert (answer.status_code, answer.headers["Location"][:20]) == (303, "/marketplace/manage?")
    assert "evil.example" not in site.client.get("/", headers={"Host": "evil.example", **HTML}).text


def test_no_rule_has_a_second_spelling_of_its_address(site: Site) -> None:
    url_map = site.client.application.url_map
    assert url_map.merge_slashes is False
    assert [rule.rule for rule in url_map.iter_rules() if rule.rule.endswith("/") or rule.redirect_to] == ["/"]


def test_s16_documents_of_the_api_are_for_the_operator_in_production(make_site: MakeSite, refused: Refused) -> None:
    site = make_site(**PRODUCTION)
    for path in ("/docs", "/openapi.json"):
        refused(site.client.get(path), 401, "unauthorized")
        refused(site.client.get(path, headers={"X-API-Key": "x" * 40}), 401, "unauthorized")
        assert site.client.get(path, headers=ADMIN).status_code == 200
    welcome = site.client.get("/", headers=HTML)
    assert (welcome.status_code, "Откройте AI Admin в YClients" in welcome.text) == (200, True)
    assert "/docs" not in welcome.text
    opened = make_site(**PRODUCTION | {"open_docs": True})
    assert opened.client.get("/openapi.json").status_code == 200


def test_s16_pages_may_speak_to_our_own_host_alone(make_site: MakeSite) -> None:
    policy = make_site(**PRODUCTION).client.get("/nowhere", headers=HTML).headers["Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["connect-src"] == "'self' wss://ai-admin.app"
    local = make_site(public_url="http://127.0.0.1:3000").client.get("/nowhere", headers=HTML)
    assert "connect-src 'self' ws://127.0.0.1:3000;" in local.headers["Content-Security-Policy"]


def test_s16_limits_count_a_network_of_ipv6_as_one_address(make_site: MakeSite) -> None:
    site = make_site(rate_limit_per_minute=3, trusted_proxies=1)

    def ask(address: str) -> int:
        return site.client.get("/openapi.json", headers={"X-Forwarded-For": address}).status_code

    assert [ask(f"2001:db8:1:2::{n:x}") for n in range(1, 6)] == [200, 200, 200, 429, 429]
    assert ask("2001:db8:1:3::1") == 200


def test_s16_limits_do_not_count_ports(make_site: MakeSite) -> None:
    site = make_site(rate_limit_per_minute=3, trusted_proxies=1)

    def ask(address: str) -> int:
        return site.client.get("/openapi.json", headers={"X-Forwarded-For": address}).status_code

    assert [ask(f"198.51.100.1:{port}") for port in range(50000, 50005)] == [200, 200, 200, 429, 429]
    assert ask("198.51.100.1") == 429
    assert ask("::ffff:198.51.100.1") == 429
    assert [ask(odd) for odd in ("nonsense", "more nonsense", "_x", "1.2.3")] == [200, 200, 200, 429]


def test_s16_new_keys_in_a_row_are_refused_by_address(make_site: MakeSite) -> None:
    """800 keys were 800 queries and 801 keys in Redis."""
    site = make_site(rate_limit_per_minute=30, trusted_proxies=1)
    salon = site.register()
    site.link(salon)
    before = site.container.redis.dbsize()

    answers = [_order(site, f"sk_{number}", "198.51.100.1") for number in range(200)]

    assert answers == [401] * 30 + [429] * 170
    assert site.container.redis.dbsize() - before < 80
    assert _order(site, salon.api_key, "198.51.100.2") == 200, "elsewhere the salon is served"


def test_an_old_key_of_a_salon_that_left_stops_no_other_salon(make_site: MakeSite) -> None:
    site = make_site(rate_limit_per_minute=30, trusted_proxies=1)
    salon = site.register()
    site.link(salon)

    assert {_order(site, "sk_of_a_salon_that_left", "198.51.100.1") for _ in range(50)} == {401}
    assert _order(site, salon.api_key, "198.51.100.1") == 200


def test_s16_one_wrong_key_again_and_again_is_soon_looked_up_no_more(make_site: MakeSite) -> None:
    site = make_site(rate_limit_per_minute=3, trusted_proxies=1)
    salon = site.register()
    site.link(salon)

    def ask(key: str) -> tuple[int, int]:
        said: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            said.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            return _order(site, key, "198.51.100.1"), len(said)
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    answers = [ask("sk_of_a_salon_that_left") for _ in range(6)]

    assert [status for status, _ in answers] == [401] * 6
    assert [bool(count) for _, count in answers] == [True] * 3 + [False] * 3
    assert ask(salon.api_key)[0] == 200, "other keys of the address are looked up"


def test_wrong_keys_are_counted_while_redis_is_away(make_site: MakeSite, free_port: int) -> None:
    site = make_site(rate_limit_per_minute=3, redis_url=f"redis://127.0.0.1:{free_port}/0")
    assert [_order(site, f"sk_{number}", "198.51.100.1") for number in range(5)] == [401] * 3 + [429] * 2


def _order(site: Site, key: str, address: str) -> int:
    body = {"destination_params": [{"id": "1", "phone": "79001110001"}], "text": "Ждём вас"}
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": address}
    return site.client.post("/marketplace/operator", json=body, headers=headers).status_code
