"""The socket contract, held against the official client and a real web process."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from aiadmin.adapters.qr_image import svg
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.pairing_store import PairingProgress
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing.attempt import FAILURES, PairingState
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.services.companies import connect_links
from aiadmin.services.pairing import pairings
from aiadmin.texts import ru
from tests.conftest import WaitUntil
from tests.integration.pairing.conftest import MakeLiveSite
from tests.support.live_site import LiveSite, Salon

pytestmark = pytest.mark.process

PHONE = "79001234567"
TRANSPORTS = pytest.mark.parametrize(
    "options",
    [{}, {"transports": ["websocket"]}, {"transports": ["polling"]}],
    ids=["snippet", "websocket", "polling"],
)


def show_code(live_site: LiveSite, salon: Salon, text: str = "2@code", seconds: float = 18) -> None:
    now = datetime.now(UTC)
    code = LiveCode(text=text, generated_at=now, expires_at=now + timedelta(seconds=seconds))
    live_site.container.pairing_store.publish_code(salon.company_id, code)


def link(live_site: LiveSite, salon: Salon) -> str:
    """Link a phone of the salon's own, as the desk does; returns its number."""
    phone = str(79_001_000_000 + salon.company_id)
    account = LinkedAccount(jid=f"{phone}:12@s.whatsapp.net", lid=None)
    held = live_site.container
    pairings.complete(salon.company_id, account, uow=held.uow, clock=held.clock, window=timedelta(hours=1))
    return phone


def consented_at(live_site: LiveSite, salon: Salon) -> datetime | None:
    with live_site.container.uow() as work:
        return work.companies.get(salon.company_id).consented_at


@TRANSPORTS
def test_the_specified_snippet_gets_its_code(live_site: LiveSite, options: dict[str, Any]) -> None:
    """By every transport: the token is checked, the snapshot comes at once, later codes come by themselves."""
    salon = live_site.register()
    show_code(live_site, salon, "2@first")
    page = live_site.open(salon, **options)
    page.wait_for("connect")
    first = page.wait_for("qr-update")
    assert first["qr"] == "2@first"
    assert 15 <= first["expiresIn"] <= 18
    assert first["svg"].startswith("<svg")
    live_site.container.page_events.qr(salon.company_id, code="2@second", expires_in=20)
    text, picture = page.wait_for("qr-update"), page.wait_for("qr-update")
    assert text == {"qr": "2@second", "expiresIn": 20}, "it leaves before its picture is drawn"
    assert picture == text | {"svg": svg("2@second")}


def test_a_code_goes_to_its_own_company_only(live_site: LiveSite) -> None:
    mine, other = live_site.register(), live_site.register()
    my_page, other_page = live_site.open(mine), live_site.open(other)
    for page in (my_page, other_page):
        page.wait_for_state("waiting")
    live_site.container.page_events.qr(mine.company_id, code="2@mine", expires_in=20)
    live_site.container.page_events.status(other.company_id, state="qr", text="")
    my_page.wait_for("qr-update")
    other_page.wait_for_state("qr")
    assert "qr-update" not in other_page.events()


def test_being_there_asks_for_a_code(live_site: LiveSite) -> None:
    salon = live_site.register()
    page = live_site.open(salon)
    page.wait_for_state("waiting")
    assert live_site.waits(salon)
    assert live_site.container.redis.exists(keys.watch(salon.company_id))


def test_our_page_stands_by_until_its_reader_agrees(live_site: LiveSite) -> None:
    """It is let in, gets nothing, makes nothing; then the code comes over the same socket, and the time is kept."""
    salon, before = live_site.register(), datetime.now(UTC)
    show_code(live_site, salon)
    page = live_site.open(salon, auth={"token": salon.token, "consent": False})
    page.wait_for("connect")
    page.emit("request-qr", {"consent": True})
    assert page.wait_for("qr-update")["qr"] == "2@code"
    assert "qr-update" not in page.events()
    first = consented_at(live_site, salon)
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    page.emit("request-qr", {"consent": True})
    page.wait_for("qr-update")
    assert consented_at(live_site, salon) == first


def test_a_page_that_stands_by_is_expected_and_waits_for_nothing(live_site: LiveSite, wait_until: WaitUntil) -> None:
    salon = live_site.register()
    page = live_site.open(salon, auth={"token": salon.token, "consent": False})
    wait_until(live_site.container.pairing_store.wants_prewarm)
    assert not live_site.waits(salon)
    assert not live_site.container.redis.exists(keys.watch(salon.company_id))
    assert consented_at(live_site, salon) is None
    assert set(page.events()) <= {"connect"}


def test_the_consent_may_be_said_at_the_door(live_site: LiveSite) -> None:
    """As a page does that comes back."""
    salon = live_site.register()
    live_site.open(salon, auth={"token": salon.token, "consent": True}).wait_for_state("waiting")
    assert live_site.waits(salon)
    assert consented_at(live_site, salon) is not None


def test_a_client_that_asks_nobody_keeps_no_consent(live_site: LiveSite) -> None:
    salon = live_site.register()
    live_site.open(salon).wait_for_state("waiting")
    assert consented_at(live_site, salon) is None


def test_two_tabs_are_one_watcher_until_both_have_left(live_site: LiveSite, wait_until: WaitUntil) -> None:
    salon = live_site.register()
    pages = [live_site.open(salon), live_site.open(salon)]
    for page in pages:
        page.wait_for_state("waiting")
    key = f"aiadmin:watch:{salon.company_id}"
    live_site.container.redis.expire(key, 100)
    pages[0].leave()
    pages[0].wait_for("disconnect")
    assert live_site.container.redis.ttl(key) > 20
    pages[1].leave()
    wait_until(lambda: live_site.container.redis.ttl(key) <= 20, what="the 20 s of grace")


def test_a_page_that_leaves_at_once_is_no_watcher(live_site: LiveSite, wait_until: WaitUntil) -> None:
    """Its leaving may be heard before its link is checked; it must not be counted for ever."""
    salon = live_site.register()
    for _ in range(3):
        page = live_site.open(salon, transports=["websocket"])
        page.wait_for("connect")
        page.leave()
        page.wait_for("disconnect")
    # a watcher would be written again every five seconds, for twenty
    wait_until(lambda: live_site.container.redis.ttl(f"aiadmin:watch:{salon.company_id}") <= 13, timeout=12)


def test_a_connected_salon_sees_that_and_makes_no_code(live_site: LiveSite) -> None:
    salon = live_site.register()
    phone = link(live_site, salon)
    page = live_site.open(salon)
    said = page.wait_for("whatsapp-connected")
    assert (said["success"], said["phone"], said["companyId"]) == (True, phone, salon.company_id)
    page.wait_for_state("activating")
    page.emit("request-qr")
    page.wait_for("whatsapp-connected")
    assert not live_site.waits(salon)


def test_a_connected_salon_may_ask_to_connect_again(live_site: LiveSite) -> None:
    salon = live_site.register()
    link(live_site, salon)
    page = live_site.open(salon)
    page.wait_for("whatsapp-connected")
    page.emit("request-qr", {"relink": True})
    page.wait_for_state("waiting")
    assert live_site.waits(salon)


def test_an_unlinked_salon_is_not_shown_its_old_success(live_site: LiveSite) -> None:
    salon = live_site.register()
    live_site.container.pairing_store.end(salon.company_id, "desk", PairingState.CONNECTED)
    live_site.open(salon).wait_for_state("waiting")
    assert live_site.waits(salon)


def test_exhausted_is_shown_until_the_button_is_pressed(live_site: LiveSite) -> None:
    salon = live_site.register()
    live_site.container.pairing_store.end(salon.company_id, "desk", PairingState.EXHAUSTED)
    page = live_site.open(salon)
    page.wait_for_state("exhausted")
    assert not live_site.waits(salon)
    page.emit("request-qr")
    page.wait_for_state("waiting")
    assert live_site.waits(salon)


def test_who_comes_late_sees_the_place_in_the_queue(live_site: LiveSite) -> None:
    salon = live_site.register()
    live_site.container.pairing_store.set_place(salon.company_id, 3)
    assert live_site.open(salon).wait_for_state("queued")["place"] == 3


def test_who_comes_late_sees_the_living_pairing_code(live_site: LiveSite) -> None:
    salon = live_site.register()
    expires_at = datetime.now(UTC) + timedelta(seconds=100)
    progress = PairingProgress(state=PairingState.CODE, code="ABCD-1234", expires_at=expires_at)
    live_site.container.pairing_store.set_state(salon.company_id, progress)
    said = live_site.open(salon).wait_for("pairing-code")
    assert said["code"] == "ABCD-1234"
    assert 95 <= said["expiresIn"] <= 100


def test_a_code_that_died_with_its_maker_is_being_made_again(live_site: LiveSite) -> None:
    salon = live_site.register()
    live_site.container.pairing_store.set_state(salon.company_id, PairingProgress(state=PairingState.QR))
    live_site.open(salon).wait_for_state("waiting")


def test_a_pairing_code_is_asked_for_a_phone_as_people_type_it(live_site: LiveSite, wait_until: WaitUntil) -> None:
    salon = live_site.register()
    page = live_site.open(salon)
    page.emit("request-pairing-code", {"phone": "8 (900) 123-45-67"})
    live_site.container.pairing_store.claim(salon.company_id, "desk")
    renew = live_site.container.pairing_store.renew
    assert wait_until(lambda: renew([salon.company_id], "desk")[salon.company_id].phone) == PHONE


@pytest.mark.parametrize("data", [{"phone": "123"}, {"phone": None}, {"phone": 123}, {}, "text", [1]])
def test_a_phone_that_cannot_be_is_refused_and_the_socket_stays(live_site: LiveSite, data: Any) -> None:
    page = live_site.open(live_site.register())
    page.emit("request-pairing-code", data)
    assert page.wait_for("error")["code"] == "phone-invalid"
    page.emit("request-qr")
    page.wait_for_state("waiting")


def test_pairing_codes_are_given_five_times_in_ten_minutes(live_site: LiveSite) -> None:
    page = live_site.open(live_site.register())
    for _ in range(6):
        page.emit("request-pairing-code", {"phone": PHONE})
    assert page.wait_for("error")["code"] == "too-many-requests"


def test_the_token_may_come_in_the_header_of_polling(live_site: LiveSite) -> None:
    salon = live_site.register()
    page = live_site.knock(salon.token, auth=None, transports=["polling"])
    page.wait_for_state("waiting")


def refused(page: Any) -> str:
    """The slug of a refusal, which is: connected, error, disconnected by the server, and nothing else."""
    page.wait_for("connect")
    said = page.wait_for("error")
    assert page.wait_for("disconnect") == "io server disconnect"
    assert said["message"]
    assert page.heard == []
    return str(said["code"])


@TRANSPORTS
def test_a_damaged_link_is_refused(live_site: LiveSite, options: dict[str, Any]) -> None:
    salon = live_site.register()
    assert refused(live_site.knock(salon.token[:-3] + "abc", **options)) == "link-invalid"


def test_an_expired_link_is_refused(live_site: LiveSite) -> None:
    salon = live_site.register()
    token = live_site.container.tokens.issue(salon.company_id, "jti", datetime.now(UTC) - timedelta(hours=25))
    assert refused(live_site.knock(token)) == "link-expired"


def test_a_revoked_link_is_refused(live_site: LiveSite) -> None:
    salon, held = live_site.register(), live_site.container
    connect_links.issue(salon.company_id, uow=held.uow, tokens=held.tokens, links=held.links, clock=held.clock)
    assert refused(live_site.open(salon)) == "link-revoked"


def test_a_link_revoked_under_an_open_page_closes_it_at_the_next_wish(live_site: LiveSite) -> None:
    salon, held = live_site.register(), live_site.container
    page = live_site.open(salon)
    page.wait_for_state("waiting")
    connect_links.issue(salon.company_id, uow=held.uow, tokens=held.tokens, links=held.links, clock=held.clock)
    page.emit("request-qr")
    assert page.wait_for("error")["code"] == "link-revoked"
    assert page.wait_for("disconnect") == "io server disconnect"


def test_another_companys_id_is_refused(live_site: LiveSite) -> None:
    salon, other = live_site.register(), live_site.register()
    assert refused(live_site.knock(salon.token, companyId=str(other.company_id))) == "link-invalid"


@pytest.mark.parametrize("auth", [None, "text", [], {}, {"token": 5}, {"token": ""}, {"token": {"a": 1}}])
def test_whatever_auth_is_nobody_comes_in_without_a_token(live_site: LiveSite, auth: Any) -> None:
    """A TypeError inside the handler must not let the client in either."""
    assert refused(live_site.knock(None, auth=auth)) == "link-invalid"


def test_an_empty_company_id_is_none_at_all(live_site: LiveSite) -> None:
    """`query: {companyId: ''}` is what a client sends that has none."""
    live_site.knock(live_site.register().token, companyId="").wait_for_state("waiting")


@pytest.mark.parametrize("state", sorted(FAILURES))
def test_a_failed_pairing_is_an_error_too(live_site: LiveSite, state: PairingState) -> None:
    """For a client that hears the specification's three events only, whenever it comes; the socket stays open."""
    salon = live_site.register()
    live_site.container.pairing_store.set_state(salon.company_id, PairingProgress(state=state))
    page = live_site.open(salon)
    assert page.wait_for("error") == {"message": ru.PAIRING[state], "code": state}
    page.emit("request-qr")
    page.wait_for("status")
    assert "disconnect" not in page.events()


def test_a_socket_that_is_refused_leaves_a_warning(make_live_site: MakeLiveSite, tmp_path: Path) -> None:
    live_site = make_live_site(SOCKET_LIMIT_PER_MINUTE="1", LOG_ADDRESSES="full")
    assert refused(live_site.knock("no.to.ken", transports=["websocket"])) == "link-invalid"
    assert refused(live_site.knock("no.to.ken", transports=["websocket"])) == "too-many-attempts"
    said = [line for line in (tmp_path / "web.log").read_text().splitlines() if "warning" in line]
    assert any("socket refused" in line and "link-invalid" in line and "127.0.0.1" in line for line in said)
    assert any("socket limit exceeded" in line and "127.0.0.1" in line for line in said)


def test_a_page_that_waited_for_postgresql_is_refused_like_any_other(
    make_live_site: MakeLiveSite, database_url: str, tmp_path: Path
) -> None:
    """In the background, where there is no request to ask for the caller's address."""
    name = f"later_{uuid.uuid4().hex[:12]}"
    live_site = make_live_site(DATABASE_URL=database_url.rsplit("/", 1)[0] + f"/{name}")
    token = live_site.container.tokens.issue(CompanyId(1), "jti", datetime.now(UTC))
    page = live_site.knock(token, transports=["websocket"])
    assert page.wait_for("error")["code"] == "dependency-down"
    with server_of(database_url) as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE aiadmin_template")
        assert page.wait_for("error", lambda said: said["code"] != "dependency-down")["code"] == "link-invalid"
        assert page.wait_for("disconnect") == "io server disconnect"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert "socket refused" in (tmp_path / "web.log").read_text()


@contextmanager
def server_of(database_url: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor that may make databases."""
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def test_a_refused_page_is_not_a_watcher(live_site: LiveSite) -> None:
    salon = live_site.register()
    refused(live_site.knock(salon.token, companyId="999"))
    assert not live_site.container.redis.exists(keys.watch(salon.company_id))


def test_the_sixth_socket_of_a_minute_is_refused_and_prolongs_nothing(make_live_site: MakeLiveSite) -> None:
    live_site = make_live_site()
    salon = live_site.register()
    for _ in range(5):
        live_site.open(salon, transports=["websocket"]).wait_for_state("waiting")
    assert [refused(live_site.open(salon, transports=["websocket"])) for _ in range(2)] == ["too-many-attempts"] * 2
    windows = [key for key in live_site.container.redis.scan_iter() if b"sockets" in key and b"connect" in key]
    assert [live_site.container.redis.llen(key) for key in windows] == [5]


ORIGINS = {
    "https://n962302.yclients.com": "connect",
    "https://yclients.com": "connect",
    "https://n962302.yclients.ru": "connect",
    "https://partner.example": "connect",
    "https://app.example": "connect",
    "https://n962302.yclients.com.evil.example": "connect_error",
    "https://evil.example": "connect_error",
    "http://n962302.yclients.com": "connect_error",
    "http://localhost:5173": "connect_error",
}


def test_only_our_own_pages_and_yclients_may_connect(production: LiveSite) -> None:
    """Exactly: neither a prefix nor a suffix is enough, and in production not even this machine."""
    salon = production.register()
    pages = {
        origin: production.open(salon, headers={"Origin": origin}, transports=["websocket"]) for origin in ORIGINS
    }
    for origin, event in ORIGINS.items():
        pages[origin].wait_for(event)


@pytest.fixture
def production(make_live_site: MakeLiveSite) -> LiveSite:
    """A web process as in production."""
    return make_live_site(
        APP_ENV="production",
        PUBLIC_URL="https://app.example",
        ADMIN_API_KEY="an-admin-key-of-the-socket-tests-32b",
        YCLIENTS_API_KEY="partner",
        YCLIENTS_APP_ID="7",
        ALLOWED_ORIGINS="https://partner.example",
        SOCKET_LIMIT_PER_MINUTE="1000",
    )
