"""A salon that is not well says so: on its page, in the CLI and in `doctor`, in the same words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import text

from aiadmin.cli import cli
from aiadmin.cli.doctor_salons import salons
from aiadmin.domain.manage.salon_state import OF_OBSERVED, SalonState, StateKind
from aiadmin.texts.ru import manage as texts_manage
from tests.page.serving import module_database_url
from tests.page.test_manage_page import SIZES, address, connected, parts
from tests.support.database import Databases
from tests.support.site import Salon, Site
from tests.support.tabs import Tabs

__all__ = ["address", "module_database_url"]
ASK_MS = 15_000
"""After so long the page looks again of its own accord (`manage/live.js`)."""
LOOKS = 3
"""One may have been under way already."""
_ARE_TOLD = """kinds => {
  const lines = [...document.querySelectorAll('[data-states] li')];
  return lines.map((line) => line.dataset.state).join() === kinds.join();
}"""
SHOTS = os.environ.get("SCREENSHOTS")
"""A folder for pictures of what the tests see."""
HOSTED = (
    "INSERT INTO session_hosts (id, lease_until, capacity)"
    " VALUES ('00000000-0000-0000-0000-000000000007', now() + interval '1 hour', 9) ON CONFLICT DO NOTHING;"
    "UPDATE devices SET host_id = '00000000-0000-0000-0000-000000000007', observed = 'online'"
)
_NOTICE = (
    "INSERT INTO notices (company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, state, reason,"
    " created_at, finished_at)"
    " SELECT id, {record}, '{kind}', 'k{record}', '{{}}', now(), now(), 'dropped', '{reason}',"
    " now() - interval '{days} days', now() - interval '{days} days' FROM companies"
)
_TO_COME = (
    "UPDATE notices SET announced = jsonb_build_object('client_id', 7, 'starts_at', now() + interval '1 day')"
    " WHERE record_id = 1"
)
_CALL = (
    "INSERT INTO contacts (company_id, phone) SELECT id, '79005556677' FROM companies;"
    "UPDATE notices SET called_at = created_at;"
    "INSERT INTO outbox_messages (company_id, contact_id, text, dedup_key, purpose, state, created_at, deadline_at,"
    " sent_at) SELECT company_id, (SELECT max(id) FROM contacts), 'Позвоните клиенту', 'call:' || id || ':',"
    " 'reply', 'sent', created_at, now(), now() FROM notices"
)
_SETTINGS = (
    "INSERT INTO message_settings (company_id, settings, updated_at) SELECT id, jsonb_build_object("
    "'booked', false, 'moved', false, 'changed', false, 'cancelled', false, 'reminder_day', false,"
    " 'reminder_hours', false, 'reminder_again', false, 'review', false), now() FROM companies"
)
_RUN = (
    "INSERT INTO sync_runs (company_id, kind, state, error, attempts)"
    " SELECT id, 'changes', 'waiting', 'key_refused', 2 FROM companies"
)
_BOT = (
    "INSERT INTO bot_settings (company_id, settings, updated_at)"
    " SELECT id, jsonb_build_object('mode', 'always'), now() FROM companies"
)
_SEEN = "UPDATE devices SET observed = '{}'"
CASES: Mapping[StateKind, str] = {
    StateKind.FROZEN: "UPDATE companies SET integration_status = 'frozen'; UPDATE devices SET desired = 'off'",
    StateKind.NO_PHONE: "DELETE FROM devices; UPDATE companies SET whatsapp_connected = false",
    StateKind.LOGGED_OUT: "UPDATE devices SET observed = 'logged_out', reason = 'logged_out', host_id = NULL;"
    "UPDATE companies SET whatsapp_connected = false",
    StateKind.ALL_PAUSED: "INSERT INTO message_pause (since) VALUES (now())",
    StateKind.PAUSED: "UPDATE companies SET messages_paused_at = now()",
    StateKind.NO_HOST: "UPDATE session_hosts SET lease_until = now() - interval '1 second'",
    StateKind.WAITS_FOR_HOST: "UPDATE devices SET host_id = NULL",
    **{
        kind: _SEEN.format(observed)
        for observed, kind in OF_OBSERVED.items()
        if kind is not None and kind is not StateKind.LOGGED_OUT
    },
    StateKind.NO_RECORDS: "UPDATE companies SET rights_missing = '{records}'",
    StateKind.NO_CLIENTS: "UPDATE companies SET rights_missing = '{clients}'",
    StateKind.NO_PHONES: "UPDATE companies SET rights_missing = '{phones}'",
    StateKind.NO_ATTENDANCE: "UPDATE companies SET rights_missing = '{attendance}'",
    StateKind.NO_BOOK: ";".join((_BOT, "UPDATE companies SET rights_missing = '{book}'")),
    StateKind.NO_MOVE: ";".join((_BOT, "UPDATE companies SET rights_missing = '{move}'")),
    StateKind.NO_CANCEL: ";".join((_BOT, "UPDATE companies SET rights_missing = '{cancel}'")),
    StateKind.JOURNAL_UNREAD: _RUN,
    StateKind.NOTICES_OFF: _SETTINGS,
    StateKind.UNTOLD: _NOTICE.format(record=1, kind="cancelled", reason="quiet_hours", days=1) + f";{_CALL}",
    StateKind.UNCALLED: _NOTICE.format(record=1, kind="cancelled", reason="quiet_hours", days=1) + f";{_TO_COME}",
    StateKind.IMPORTED: ";".join(
        _NOTICE.format(record=number, kind="booked", reason="imported", days=days)
        for number, days in [(1, 1), (2, 2), (3, 30)]
    ),
}


_COUNTED = {StateKind.UNTOLD: "1 запись", StateKind.UNCALLED: "1 запись", StateKind.IMPORTED: "2 записи"}


class Opened:
    """A salon's page that stays open while things change, in a tab whose time a test moves."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def told(self, *kinds: StateKind) -> dict[str, str]:
        """What stands in the way, by its kind: these, once the page has looked again, or what it says instead."""
        for _ in range(LOOKS):
            with self.page.expect_response("**/marketplace/manage/overview"):
                self.page.clock.fast_forward(ASK_MS)
            with suppress(PlaywrightTimeout):
                self.page.wait_for_function(_ARE_TOLD, arg=list(kinds), timeout=2_000)
                break
        return self.lines()

    def lines(self) -> dict[str, str]:
        lines = self.page.locator("[data-states] li").all()
        return {line.get_attribute("data-state") or "": line.inner_text() for line in lines}


@pytest.fixture(scope="module")
def site(module_database_url: str, module_redis_url: str) -> Iterator[Site]:
    with parts(module_database_url, module_redis_url) as made:
        yield made


@pytest.fixture(scope="module")
def salon(site: Site) -> Salon:
    made = connected(site)
    _change(site, HOSTED)
    return made


@pytest.fixture(scope="module")
def well(databases: Databases, module_database_url: str, salon: Salon) -> str:
    """The rows of a salon that is well."""
    return databases.keep(module_database_url)


@pytest.fixture
def make(databases: Databases, module_database_url: str, site: Site, well: str) -> Callable[[str], None]:
    """A salon that is well, of which something is changed."""
    databases.replace_rows(module_database_url, well)
    return partial(_change, site)


@pytest.fixture(scope="module")
def opened(tabs: Tabs, address: str, salon: Salon) -> Iterator[Opened]:
    with tabs.lend(locale="ru-RU", clock=True) as page:
        made = Opened(page)
        page.goto(f"{address}/marketplace/manage/connection?token={salon.token}&company={salon.company_id}")
        page.wait_for_selector("main[data-ready]")
        yield made


@pytest.fixture
def open_page(opened: Opened, make: Callable[[str], None]) -> Iterator[Opened]:
    """The page, which is loaded once; fails the test in which the browser complains."""
    yield opened
    complaints, opened.complaints = opened.complaints, []
    assert complaints == []


def _change(site: Site, statements: str) -> None:
    with site.container.engine.begin() as connection:
        for statement in filter(None, statements.split(";")):
            connection.execute(text(statement))


def _shoot(page: Page, name: str, width: int) -> None:
    if SHOTS:
        page.screenshot(
            path=str(Path(SHOTS) / f"{name}-{width}.png"), clip={"x": 0, "y": 0, "width": width, "height": 900}
        )


def test_nothing_is_said_of_a_salon_that_is_well(open_page: Opened, site: Site) -> None:
    assert open_page.told() == {}
    assert open_page.page.locator("[data-slot=session]").inner_text() == "На связи."
    assert not open_page.page.locator("[data-states]").is_visible()
    assert [finding.text for finding in salons(site.container.config)] == ["nothing stands in the way of any"]


@pytest.mark.parametrize("kind", list(CASES))
def test_the_page_the_command_line_and_doctor_say_it_in_the_same_words(
    open_page: Opened, make: Callable[[str], None], site: Site, salon: Salon, kind: StateKind
) -> None:
    make(CASES[kind])
    page = open_page.page
    open_page.told(kind)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        told = open_page.lines()
        _shoot(page, kind, width)
        assert list(told) == [kind]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    words = told[kind]
    if kind not in (StateKind.PAUSED, StateKind.ALL_PAUSED, *_COUNTED):
        one = SalonState(kind=kind, reason={"logged-out": "logged_out", "journal-unread": "key_refused"}.get(kind))
        assert words == texts_manage.state(one, "Europe/Moscow")
    assert _COUNTED.get(kind, "") in words
    config = site.container.config
    env = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url, "JWT_SECRET": config.jwt_secret}
    shown = CliRunner().invoke(cli, ["companies", "show", str(salon.company_id)], env=env)
    assert f"{kind}: {words}" in shown.output
    listed = CliRunner().invoke(cli, ["companies", "list"], env=env).output
    assert f"  {kind}  " in listed
    assert f"{kind}: {words}" in [finding.text for finding in salons(config)]


@pytest.mark.parametrize(
    ("kind", "said", "shown"),
    [
        (StateKind.FROZEN, StateKind.SWITCHED_OFF, "switched-off"),
        (StateKind.NO_HOST, StateKind.NO_HOST, "no-host"),
        (StateKind.WAITS_FOR_HOST, StateKind.WAITS_FOR_HOST, "waits-for-host"),
    ],
)
def test_nobody_reads_online_of_a_session_that_nobody_hosts(
    open_page: Opened,
    make: Callable[[str], None],
    site: Site,
    kind: StateKind,
    said: StateKind,
    shown: str,
) -> None:
    make(CASES[kind])
    page = open_page.page
    assert list(open_page.told(kind)) == [kind]
    assert page.locator("[data-slot=session]").inner_text() == texts_manage.STATES[said]
    assert page.locator("[data-indicator=whatsapp]").get_attribute("data-tone") != "good"
    config = site.container.config
    env = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url, "JWT_SECRET": config.jwt_secret}
    listed = CliRunner().invoke(cli, ["sessions", "list"], env=env).output
    assert f" {shown} " in listed
    assert " online " not in listed


def test_yclients_is_asked_soon_whether_a_frozen_salon_has_paid_while_its_page_is_open(
    open_page: Opened, make: Callable[[str], None], site: Site
) -> None:
    make(CASES[StateKind.FROZEN])
    make("UPDATE companies SET yclients_checked_at = now() - interval '61 seconds'")
    open_page.told(StateKind.FROZEN)
    statement = text("SELECT yclients_checked_at IS NULL FROM companies")
    with site.container.engine.connect() as connection:
        assert connection.execute(statement).scalar() is True, "the next round looks at it before all others"
