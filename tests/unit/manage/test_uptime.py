"""The uptime strip: by the salon's days, of one phone and of two, known and not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiadmin.domain.hosting.device import Desired, Device, Observed, SessionChange
from aiadmin.domain.ids import CompanyId, DeviceId
from aiadmin.domain.manage.uptime import DAYS, UptimeDay, total, uptime

NOW, HOUR = datetime(2026, 11, 30, 12, tzinfo=UTC), timedelta(hours=1)
ZONE = "Europe/Moscow"


def change(ago: float, observed: Observed, device: int = 1) -> SessionChange:
    at = NOW - ago * HOUR
    return SessionChange(device_id=DeviceId(device), observed=observed, reason=None, host_id=None, at=at)


def phone(observed: Observed, since: float, device: int = 1) -> Device:
    return Device(
        device_id=DeviceId(device),
        company_id=CompanyId(1),
        jid="79001234567:1@s.whatsapp.net",
        lid=None,
        phone="79001234567",
        desired=Desired.ON,
        observed=observed,
        reason=None,
        host_id=None,
        epoch=1,
        state_since=NOW - since * HOUR,
        linked_at=NOW - since * HOUR,
    )


def hours(days: list[UptimeDay]) -> list[tuple[float, float]]:
    return [(one.known / HOUR, one.online / HOUR) for one in days]


def test_nothing_is_claimed_of_a_salon_that_never_had_a_phone() -> None:
    days = uptime([], None, now=NOW, zone=ZONE)
    assert (len(days), {one.share for one in days}, total(days)) == (DAYS, {None}, None)


def test_a_phone_that_was_online_for_longer_than_is_noted_was_online_all_the_time() -> None:
    days = uptime([], phone(Observed.ONLINE, since=24 * 60), now=NOW, zone=ZONE)
    assert {one.share for one in days} == {1.0}
    assert (days[-1].known, days[0].known) == (15 * HOUR, 24 * HOUR)  # noon in London is three in Moscow


def test_an_outage_is_counted_on_its_days() -> None:
    noted = [
        change(50, Observed.ONLINE),
        change(18, Observed.RECONNECTING),  # at nine in the evening of yesterday
        change(12, Observed.ONLINE),
    ]
    days = list(uptime(noted, phone(Observed.ONLINE, since=12), now=NOW, zone=ZONE))
    assert hours(days[-3:]) == [(11, 11), (24, 21), (15, 12)]
    assert days[-4].share is None
    assert total(days) == 44 / 50


def test_a_phone_that_is_replaced_while_it_works_leaves_no_gap_and_counts_once() -> None:
    noted = [
        change(10, Observed.ONLINE, device=1),
        change(6, Observed.STARTING, device=2),
        change(5, Observed.ONLINE, device=2),
        change(4, Observed.LOGGED_OUT, device=1),
    ]
    days = list(uptime(noted, phone(Observed.ONLINE, since=5, device=2), now=NOW, zone=ZONE))
    assert hours(days[-1:]) == [(10, 10)]


def test_what_became_of_a_phone_that_is_gone_is_not_known_for_ever() -> None:
    noted = [change(30, Observed.ONLINE), change(29, Observed.LOGGED_OUT)]
    assert sum(one.known / HOUR for one in uptime(noted, None, now=NOW, zone=ZONE)) == 1
