"""Owners' browsers: what lets them in, several at once, and everything that ends a session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from aiadmin.domain.companies.owner_session import IDLE, LASTS, MOST
from aiadmin.services.companies import connect_links, owner_sessions
from aiadmin.services.companies.owner_sessions import BrowserSecret
from aiadmin.web.http.session_cookie import NAME, SECURE_NAME
from tests.support.door import Door
from tests.support.site import MakeSite, Refused, Salon, Site

MANAGE = "/marketplace/manage"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}
HTML = {"Accept": "text/html"}
Browser = Callable[[], FlaskClient]


@pytest.fixture
def browser(site: Site) -> Browser:
    """A function that makes a browser with cookies of its own."""
    return site.client.application.test_client


def let_in(browser: FlaskClient, salon: Salon) -> FlaskClient:
    assert browser.get(f"{MANAGE}?token={salon.token}&company={salon.company_id}").status_code == 303
    return browser


def named(salon: Salon) -> dict[str, str]:
    return {"X-Company-Id": str(salon.company_id), **OUR_PAGE}


def overview(browser: FlaskClient, salon: Salon) -> int:
    return browser.get(f"{MANAGE}/overview", headers=named(salon)).status_code


def page(browser: FlaskClient, salon: Salon) -> tuple[int, str]:
    answer = browser.get(f"{MANAGE}?company={salon.company_id}", headers=HTML)
    return answer.status_code, answer.text


def test_two_browsers_and_two_salons_are_open_at_once(site: Site, salon: Salon, browser: Browser) -> None:
    other = site.register(962303)
    first, second = let_in(browser(), salon), let_in(browser(), salon)
    let_in(first, other)
    assert [overview(*one) for one in ((first, salon), (first, other), (second, salon), (second, other))] == [
        200, 200, 200, 401,
    ]  # fmt: skip
    fresh = connect_links.issue(
        salon.company_id,
        uow=site.container.uow,
        tokens=site.container.tokens,
        links=site.container.links,
        clock=site.container.clock,
    )
    let_in(browser(), Salon(salon.company_id, salon.salon_id, salon.api_key, fresh))
    assert (overview(first, salon), page(second, salon)[0]) == (200, 200)


def test_the_cookie_is_kept_from_scripts_and_other_sites(make_site: MakeSite) -> None:
    def cookie(salon_id: int, shown_in: str = "document", **settings: str) -> tuple[str, set[str]]:
        made = make_site(**settings)
        salon = made.register(salon_id)
        answer = made.client.get(f"{MANAGE}?token={salon.token}", headers={"Sec-Fetch-Dest": shown_in})
        name, _, rest = answer.headers["Set-Cookie"].partition("=")
        assert len(SimpleCookie(answer.headers["Set-Cookie"].replace("Partitioned", ""))[name].value) == 43
        return name, {part.strip() for part in rest.split(";")[1:] if "Max-Age" not in part and "Exp" not in part}

    assert cookie(1) == (NAME, {"HttpOnly", "Path=/", "SameSite=Lax"})
    of_frames = {"HttpOnly", "Path=/", "SameSite=None", "Secure", "Partitioned"}
    assert cookie(2, "iframe") == (NAME, of_frames)
    for number, shown_in in ((3, "document"), (4, "iframe")):
        assert cookie(number, shown_in, public_url="https://ai-admin.app") == (SECURE_NAME, of_frames)


def test_the_secret_itself_is_stored_nowhere(site: Site, salon: Salon, browser: Browser) -> None:
    mine = let_in(browser(), salon)
    cookie = mine.get_cookie(NAME)
    assert cookie is not None
    with site.container.engine.connect() as connection:
        [row] = connection.execute(text("SELECT * FROM owner_sessions")).mappings()
    assert cookie.value not in str(row)
    assert row["browser_hash"] == BrowserSecret(cookie.value).hashed


def test_a_secret_that_opens_nothing_is_not_taken_over(salon: Salon, browser: Browser) -> None:
    """One that somebody else has planted, and knows."""
    mine = browser()
    mine.set_cookie(NAME, "x" * 43)
    let_in(mine, salon)
    cookie = mine.get_cookie(NAME)
    assert cookie is not None
    assert cookie.value != "x" * 43


def test_logging_out_ends_this_browser_alone(site: Site, salon: Salon, browser: Browser) -> None:
    other = site.register(962303)
    first, second = let_in(let_in(browser(), salon), other), let_in(browser(), salon)
    assert first.post(f"{MANAGE}/logout", headers=named(salon)).status_code == 200
    assert (overview(first, salon), overview(first, other), overview(second, salon)) == (401, 200, 200)
    status, words = page(first, salon)
    assert (status, "Вы вышли" in words, "Открыть YClients" in words) == (401, True, True)
    assert f"{MANAGE}?company={other.company_id}" in words  # what is open here still leads on
    assert page(let_in(first, salon), salon)[0] == 200


def test_the_owner_ends_all_sessions_and_the_link(
    site: Site, salon: Salon, browser: Browser, refused: Refused
) -> None:
    first, second = let_in(browser(), salon), let_in(browser(), salon)
    assert first.post(f"{MANAGE}/browsers/end-all", headers=named(salon)).status_code == 200
    assert (overview(first, salon), overview(second, salon)) == (401, 401)
    refused(site.client.get(f"{MANAGE}/overview", headers=salon.bearer), 401, "link-revoked")


def test_one_other_browser_is_shut_out_and_none_of_another_salon(site: Site, salon: Salon, browser: Browser) -> None:
    other = site.register(962303)
    first, second, theirs = let_in(browser(), salon), let_in(browser(), salon), let_in(browser(), other)
    with site.container.uow() as work:
        mine = [one.session_id for one in work.owner_sessions.list_live(salon.company_id, site.container.clock())]
        [foreign] = work.owner_sessions.list_live(other.company_id, site.container.clock())
    said = [
        first.post(f"{MANAGE}/browsers/{number}/end", headers=named(salon)).get_json()["text"]
        for number in (mine[0], mine[0], foreign.session_id)
    ]
    assert said == ["Вход на этом устройстве закрыт.", *["Вход на этом устройстве уже был закрыт."] * 2]
    assert (overview(first, salon), overview(second, salon), overview(theirs, other)) == (200, 401, 200)


def test_a_salon_that_has_left_is_told_so_in_every_browser(door: Door) -> None:
    door.install(5)
    salon = door.salon(5)
    assert overview(door.site.client, salon) == 200
    door.tell("uninstall", 5)
    assert overview(door.site.client, salon) == 401
    status, words = page(door.site.client, salon)
    assert (status, "Приложение удалено из салона" in words, "Открыть YClients" in words) == (401, True, True)
    door.yclients.control("POST", "/uninstall", salon_id=5)
    assert door.open(door.press_connect(5)).status_code == 303
    assert overview(door.site.client, salon) == 200


@pytest.mark.parametrize("age", [IDLE, LASTS])
def test_a_session_ends_by_itself(site: Site, salon: Salon, browser: Browser, age: timedelta) -> None:
    mine = let_in(browser(), salon)
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE owner_sessions SET expires_at = expires_at - :age"), {"age": age})
    status, words = page(mine, salon)
    assert (status, "Войдите ещё раз" in words) == (401, True)


def test_a_session_lasts_as_long_as_it_is_used_but_not_for_ever(site: Site, salon: Salon) -> None:
    held, browser, now = site.container, BrowserSecret.new(), site.container.clock()
    owner_sessions.start(salon.company_id, browser, user_agent="", uow=held.uow, clock=lambda: now)
    used = now
    while used + timedelta(days=10) < now + LASTS:
        used += timedelta(days=10)
        moment = used
        entered = owner_sessions.enter(browser, salon.company_id, uow=held.uow, clock=lambda moment=moment: moment)
        assert entered.company.company_id == salon.company_id
    with held.uow() as work:
        found = work.owner_sessions.find(salon.company_id, browser.hashed)
    assert found is not None
    assert found.expires_at == now + LASTS


def test_too_many_browsers_of_a_salon_end_the_one_that_is_longest_unused(site: Site, salon: Salon) -> None:
    held, now = site.container, site.container.clock()
    browsers = [BrowserSecret.new() for _ in range(MOST + 1)]
    for number, one in enumerate(browsers):
        at = now + timedelta(seconds=number)
        owner_sessions.start(salon.company_id, one, user_agent="", uow=held.uow, clock=lambda at=at: at)
    later = now + timedelta(minutes=1)
    opened = [bool(owner_sessions.salons_of(one, uow=held.uow, clock=lambda: later)) for one in browsers]
    assert opened == [False] + [True] * MOST


def test_what_ended_long_ago_is_forgotten(site: Site, salon: Salon, browser: Browser) -> None:
    let_in(browser(), salon)
    now = site.container.clock()
    for days, gone in ((IDLE.days + 6, 0), (IDLE.days + 8, 1)):
        with site.container.uow() as work:
            assert work.owner_sessions.forget(now + timedelta(days=days) - timedelta(days=7)) == gone


def test_a_link_for_another_device_lets_it_in(site: Site, salon: Salon, browser: Browser) -> None:
    mine, phone = let_in(browser(), salon), browser()
    url = mine.post(f"{MANAGE}/browsers/link", headers=named(salon)).get_json()["url"]
    public = site.container.config.public_url
    assert url.startswith(f"{public}{MANAGE}?token=")
    assert phone.get(url.removeprefix(public)).status_code == 303
    assert (overview(mine, salon), overview(phone, salon)) == (200, 200)


def test_a_look_at_a_link_lets_nobody_in(site: Site, salon: Salon, browser: Browser) -> None:
    """Messengers look what is behind a link."""
    answer = browser().head(f"{MANAGE}?token={salon.token}")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (303, False)
    assert browser().head(f"/marketplace/connect?token={salon.token}").headers.get("Set-Cookie") is None


def test_the_connect_page_lets_in_as_well_and_opens_to_a_session(salon: Salon, browser: Browser) -> None:
    mine = browser()
    assert mine.get(f"/marketplace/connect?token={salon.token}&company={salon.company_id}").status_code == 200
    again = mine.get(f"/marketplace/connect?company={salon.company_id}&salon={salon.salon_id}")
    assert 'data-page-state="open"' in again.text
    assert salon.token not in again.text
    token = again.text.partition('data-token="')[2].partition('"')[0]
    status = f"/marketplace/status/{salon.company_id}"
    assert mine.get(status, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    mine.post(f"{MANAGE}/logout", headers=named(salon))
    assert mine.get(status, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert browser().get(f"/marketplace/connect?company={salon.company_id}").status_code == 401


OTHER_PAGES: list[dict[str, str]] = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://yclients.com"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@pytest.mark.parametrize("path", ["disconnect", "browsers/end-all", "settings"])
def test_no_other_page_changes_anything_with_the_browsers_cookie(
    salon: Salon, browser: Browser, refused: Refused, path: str
) -> None:
    mine = let_in(browser(), salon)
    body = {"settings": {"review": True}} if path == "settings" else None
    for headers in OTHER_PAGES:
        asked = {"X-Company-Id": str(salon.company_id), **headers}
        refused(mine.post(f"{MANAGE}/{path}", headers=asked, json=body), 403, "cross-site")
        assert overview(mine, salon) == 200, headers


def test_an_old_browser_is_known_by_its_origin(salon: Salon, browser: Browser) -> None:
    mine = let_in(browser(), salon)
    asked = {"X-Company-Id": str(salon.company_id), "Origin": "http://localhost"}
    assert mine.post(f"{MANAGE}/disconnect", headers=asked).status_code == 200


def test_a_session_opens_no_salon_but_its_own(salon: Salon, browser: Browser, refused: Refused) -> None:
    mine = let_in(browser(), salon)
    for number in ("", "x", "0", "-1", "999", "9" * 30, "٧"):
        headers = {"X-Company-Id": number.encode().decode("latin-1"), **OUR_PAGE}
        code = "session-missing" if number == "999" else "link-invalid"
        refused(mine.get(f"{MANAGE}/overview", headers=headers), 401, code)
        assert mine.get(f"{MANAGE}?company={number}").status_code == 401, number
