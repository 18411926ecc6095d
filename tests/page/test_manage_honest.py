"""A salon that is not well says so: on its page, in the CLI and in `doctor`, in the same words."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page
from sqlalchemy import text

from aiadmin.cli import cli
from aiadmin.cli.doctor_salons import salons
from aiadmin.domain.manage.salon_state import OF_OBSERVED, SalonState, StateKind
from aiadmin.texts import manage as texts_manage
from tests.integration.web.site import Salon, Site
from tests.page.serving import database_url, module_database_url, redis_url
from tests.page.test_manage_page import SIZES, address, open_page, salon, site

__all__ = ["address", "database_url", "module_database_url", "open_page", "redis_url", "salon", "site"]
SHOTS = os.environ.get("SCREENSHOTS")
"""A folder for pictures of what the tests see."""
HOSTED = (
    "INSERT INTO session_hosts (id, lease_until, capacity)"
    " VALUES ('00000000-0000-0000-0000-000000000007', now() + interval '1 hour', 9) ON CONFLICT DO NOTHING;"
    "UPDATE devices SET host_id = '00000000-0000-0000-0000-000000000007', observed = 'online'"
)
_NOTICE = (
    "INSERT INTO notices (company_id, record_id, kind, dedup_key, promise, due_at, deadline_at, state, reason,"
    " created_at, finished_at)"
    " SELECT id, {record}, '{kind}', 'k{record}', '{{}}', now(), now(), 'dropped', '{reason}',"
    " now() - interval '{days} days', now() - interval '{days} days' FROM companies"
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
    StateKind.JOURNAL_UNREAD: _RUN,
    StateKind.NOTICES_OFF: _SETTINGS,
    StateKind.UNTOLD: _NOTICE.format(record=1, kind="cancelled", reason="quiet_hours", days=1),
    StateKind.IMPORTED: ";".join(
        _NOTICE.format(record=number, kind="booked", reason="imported", days=days)
        for number, days in [(1, 1), (2, 2), (3, 30)]
    ),
}


@pytest.fixture
def make(site: Site, salon: Salon) -> Callable[[str], None]:
    """A salon that is well, of which something is changed."""

    def change(statements: str) -> None:
        with site.container.engine.begin() as connection:
            for statement in [*HOSTED.split(";"), *[one for one in statements.split(";") if one]]:
                connection.execute(text(statement))

    return change


def _shoot(page: Page, name: str, width: int) -> None:
    if SHOTS:
        page.screenshot(
            path=str(Path(SHOTS) / f"{name}-{width}.png"), clip={"x": 0, "y": 0, "width": width, "height": 900}
        )


def _told(page: Page) -> dict[str, str]:
    page.locator("main[data-ready]").wait_for()
    return {
        line.get_attribute("data-state") or "": line.inner_text() for line in page.locator("[data-states] li").all()
    }


def test_nothing_is_said_of_a_salon_that_is_well(
    open_page: Any, make: Callable[[str], None], site: Site, salon: Salon
) -> None:
    make("")
    page = open_page()
    assert _told(page) == {}
    assert page.locator("[data-slot=session]").inner_text() == "На связи."
    assert not page.locator("[data-states]").is_visible()
    assert [finding.text for finding in salons(site.container.config)] == ["nothing stands in the way of any"]


@pytest.mark.parametrize("kind", list(CASES))
def test_the_page_the_command_line_and_doctor_say_it_in_the_same_words(
    open_page: Any, make: Callable[[str], None], site: Site, salon: Salon, kind: StateKind
) -> None:
    make(CASES[kind])
    page = open_page(*SIZES[0])
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        told = _told(page)
        _shoot(page, kind, width)
        assert list(told) == [kind]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    words = told[kind]
    if kind not in (StateKind.PAUSED, StateKind.ALL_PAUSED, StateKind.UNTOLD, StateKind.IMPORTED):
        one = SalonState(kind=kind, reason={"logged-out": "logged_out", "journal-unread": "key_refused"}.get(kind))
        assert words == texts_manage.state(one, "Europe/Moscow")
    counts = {StateKind.UNTOLD: "1 запись", StateKind.IMPORTED: "2 записи"}
    assert counts.get(kind, "") in words
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
    open_page: Any,
    make: Callable[[str], None],
    site: Site,
    kind: StateKind,
    said: StateKind,
    shown: str,
) -> None:
    make(CASES[kind])
    page = open_page()
    assert _told(page)
    assert page.locator("[data-slot=session]").inner_text() == texts_manage.STATES[said]
    assert page.locator("[data-lamp=whatsapp]").get_attribute("data-tone") != "good"
    config = site.container.config
    env = {"DATABASE_URL": config.database_url, "REDIS_URL": config.redis_url, "JWT_SECRET": config.jwt_secret}
    listed = CliRunner().invoke(cli, ["sessions", "list"], env=env).output
    assert f" {shown} " in listed
    assert " online " not in listed


def test_yclients_is_asked_soon_whether_a_frozen_salon_has_paid_while_its_page_is_open(
    open_page: Any, make: Callable[[str], None], site: Site
) -> None:
    make(CASES[StateKind.FROZEN])
    make("UPDATE companies SET yclients_checked_at = now() - interval '61 seconds'")
    open_page()
    statement = text("SELECT yclients_checked_at IS NULL FROM companies")
    with site.container.engine.connect() as connection:
        assert connection.execute(statement).scalar() is True, "the next round looks at it before all others"
