"""The console's door: who is let in, how often one may try, what ends a session, and what forms must carry."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from sqlalchemy import text

from aiadmin.domain.console.operator_session import IDLE, KEPT, LASTS
from aiadmin.services import maintenance
from aiadmin.services.console.operators import OperatorSecret
from aiadmin.web.http.operator_cookie import NAME, SECURE_NAME
from tests.support.console_browser import CONSOLE, OUR_PAGE, Operator
from tests.support.site import ADMIN, ADMIN_KEY, MakeSite, Salon, Site

HTML = {"Accept": "text/html"}


def audited(site: Site) -> list[tuple[str, str, str]]:
    statement = text("SELECT actor, action, outcome FROM audit_log WHERE action LIKE 'console.%' ORDER BY id")
    with site.container.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]  # type: ignore[misc]


def execute(site: Site, statement: str, **given: object) -> None:
    with site.container.engine.begin() as connection:
        connection.execute(text(statement), given)


def test_nobody_is_in_without_the_key_and_the_key_alone_is_no_session(site: Site, salon: Salon) -> None:
    for headers in ({}, ADMIN, salon.key, salon.bearer):
        answer = site.client.get(f"{CONSOLE}?part=attention", headers={**HTML, **headers})
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            "/console/login?next=%2Fconsole%3Fpart%3Dattention",
        )
        assert answer.text == ""


def test_the_key_lets_in_and_leads_back_and_each_entry_is_audited(site: Site) -> None:
    ada, bob = Operator(site, "Ада"), Operator(site, "bob@host")
    assert ada.log_in(next="/console?part=paused").headers["Location"] == "/console?part=paused"
    assert bob.log_in().headers["Location"] == CONSOLE
    assert [one.get("").status_code for one in (ada, bob)] == [200, 200]
    assert audited(site) == [("console:Ада", "console.login", "done"), ("console:bob@host", "console.login", "done")]


@pytest.mark.parametrize(
    "there",
    [
        *("https://evil.example", "//evil.example", "/console//evil", "/marketplace/manage", "/console@evil.example"),
        *("/console?search=мята", "/console\r\nX: y", "/console\\evil.example"),
    ],
)
def test_a_login_leads_to_the_console_alone(site: Site, there: str) -> None:
    assert Operator(site).log_in(next=there).headers["Location"] == CONSOLE


def test_a_wrong_key_is_refused_audited_and_shown_nowhere(site: Site) -> None:
    operator = Operator(site)
    for key in ("", "x", ADMIN_KEY[:-1], f"{ADMIN_KEY} ", "ключ"):
        answer = operator.log_in(key)
        assert (answer.status_code, "Ключ не подошёл" in answer.text) == (401, True)
        assert not key or f'"{key}"' not in answer.text
        assert "Set-Cookie" not in answer.headers
    assert audited(site) == [("console", "console.login", "refused")] * 5
    with site.container.engine.connect() as connection:
        assert "Ада" not in str(connection.execute(text("TABLE audit_log")).all()), "it may have been the key"


def test_an_address_may_try_so_often_and_the_right_key_does_not_help_it_then(make_site: MakeSite) -> None:
    site = make_site(trusted_proxies=1)
    codes = []
    for key in (*["x"] * 11, ADMIN_KEY):
        form = {"key": key, "operator": "Ада"}
        headers = {**OUR_PAGE, "X-Forwarded-For": "198.51.100.7"}
        codes.append(site.client.post(f"{CONSOLE}/login", data=form, headers=headers).status_code)
    assert codes == [401] * 10 + [429] * 2
    other = site.client.post(
        f"{CONSOLE}/login",
        data={"key": ADMIN_KEY, "operator": "Ада"},
        headers={**OUR_PAGE, "X-Forwarded-For": "198.51.100.8"},
    )
    assert other.status_code == 303


def test_a_stranger_does_not_fill_the_audit_log(make_site: MakeSite) -> None:
    site = make_site(trusted_proxies=1)
    for number in range(70):
        headers = {**OUR_PAGE, "X-Forwarded-For": f"198.51.100.{number}"}
        site.client.post(f"{CONSOLE}/login", data={"key": "x"}, headers=headers)
    assert len(audited(site)) == 60


@pytest.mark.parametrize("name", ["", "<b>Ада</b>", "а" * 41, "x\x00y", "a/b"])
def test_a_name_that_the_audit_cannot_hold_is_refused(site: Site, name: str) -> None:
    operator = Operator(site, name)
    assert operator.log_in().status_code == 422
    assert audited(site) == []


def test_where_no_key_is_set_the_console_is_closed(make_site: MakeSite) -> None:
    site = make_site(admin_api_key="")
    for answer in (
        site.client.get(CONSOLE, headers=HTML),
        site.client.get(f"{CONSOLE}/login", headers=HTML),
        Operator(site).log_in(""),
    ):
        assert (answer.status_code, "ADMIN_API_KEY" in answer.text) == (403, True)


def test_the_cookie_is_for_this_site_alone_and_kept_from_scripts(make_site: MakeSite) -> None:
    def cookie(**settings: str) -> tuple[str, set[str]]:
        answer = Operator(make_site(**settings)).client.post(
            f"{CONSOLE}/login", data={"key": ADMIN_KEY, "operator": "Ада"}, headers=OUR_PAGE
        )
        name, _, rest = answer.headers["Set-Cookie"].partition("=")
        assert len(SimpleCookie(answer.headers["Set-Cookie"])[name].value) == 43
        return name, {part.strip() for part in rest.split(";")[1:] if "Max-Age" not in part and "Exp" not in part}

    assert cookie() == (NAME, {"HttpOnly", "Path=/", "SameSite=Strict"})
    assert cookie(public_url="https://ai-admin.app") == (
        SECURE_NAME,
        {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"},
    )


def test_neither_secret_nor_key_is_stored(site: Site, operator: Operator) -> None:
    cookie = operator.client.get_cookie(NAME)
    assert cookie is not None
    with site.container.engine.connect() as connection:
        [row] = connection.execute(text("SELECT * FROM operator_sessions")).mappings()
    assert row["secret_hash"] == OperatorSecret(cookie.value).hashed
    for secret in (cookie.value, ADMIN_KEY, operator.form_token):
        assert secret not in str(row)


def test_a_session_ends_by_logout_by_itself_and_with_its_key(site: Site, make_site: MakeSite) -> None:
    def is_in(operator: Operator) -> bool:
        return operator.get("").status_code == 200

    out, idle, old = (Operator(site, name) for name in ("out", "idle", "old"))
    for operator in (out, idle, old):
        operator.log_in()
    assert out.post("/logout").headers["Location"] == "/console/login?said=left"
    assert out.client.get_cookie(NAME) is None
    assert [is_in(one) for one in (out, idle, old)] == [False, True, True]
    execute(site, "UPDATE operator_sessions SET expires_at = expires_at - :age WHERE operator = 'idle'", age=IDLE)
    assert is_in(idle) is False
    assert "Вход закончился" in idle.client.get("/console/login?said=over").text
    cookie = old.client.get_cookie(NAME)
    assert cookie is not None
    changed = Operator(make_site(admin_api_key=f"another {ADMIN_KEY}"))
    changed.client.set_cookie(NAME, cookie.value)
    assert is_in(changed) is False, "a new key ends what the old one has begun"
    assert is_in(old) is True


def test_a_session_that_is_long_over_is_forgotten(site: Site, operator: Operator) -> None:
    held = site.container

    def tidied() -> int:
        return maintenance.tidy(uow=held.uow, clock=held.clock, erase_after=timedelta(days=30)).operator_sessions

    operator.post("/logout")
    assert tidied() == 0
    execute(site, "UPDATE operator_sessions SET ended_at = ended_at - :age", age=KEPT)
    assert tidied() == 1


def test_a_session_that_is_used_lives_on_and_not_for_ever(site: Site, operator: Operator) -> None:
    back = "UPDATE operator_sessions SET seen_at = seen_at - :age, expires_at = expires_at - :age"
    execute(site, back, age=IDLE - timedelta(minutes=1))
    assert operator.get("").status_code == 200
    execute(site, back, age=IDLE - timedelta(minutes=1))
    assert operator.get("").status_code == 200
    execute(site, "UPDATE operator_sessions SET created_at = created_at - :age, seen_at = seen_at - :age", age=LASTS)
    assert operator.get("").status_code == 200
    assert operator.get("").status_code == 303


def test_a_form_of_another_site_or_of_another_browser_changes_nothing(site: Site, operator: Operator) -> None:
    other = Operator(site, "bob")
    other.log_in()
    form = {"form_token": operator.form_token}
    for headers, data in (
        ({"Sec-Fetch-Site": "cross-site"}, form),
        ({"Sec-Fetch-Site": "same-site"}, form),
        ({"Origin": "https://evil.example"}, form),
        ({"Origin": "null"}, form),
        ({}, form),
        ({"Sec-Fetch-Site": "same-origin"}, {}),
        ({"Sec-Fetch-Site": "same-origin"}, {"form_token": ""}),
        ({"Sec-Fetch-Site": "same-origin"}, {"form_token": other.form_token}),
    ):
        answer = operator.client.post(f"{CONSOLE}/logout", data=data, headers={**HTML, **headers})
        assert answer.status_code == 403, (headers, data)
    refused = operator.client.post(f"{CONSOLE}/login", data={"key": ADMIN_KEY}, headers={"Sec-Fetch-Site": "none"})
    assert refused.status_code == 403
    assert operator.get("").status_code == 200
    assert operator.client.post(f"{CONSOLE}/logout", data="x" * 20_000, headers=OUR_PAGE).status_code == 413


def test_pages_run_no_scripts_are_framed_by_nobody_and_kept_by_no_cache(site: Site, operator: Operator) -> None:
    for answer in (operator.get(""), site.client.get(f"{CONSOLE}/login", headers=HTML)):
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert (answer.headers["X-Frame-Options"], answer.headers["Cache-Control"]) == ("DENY", "no-store")
        assert "<script" not in answer.text
