"""The breaker's rules, without a host: it opens, probes, ramps, and always finds its way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.hosting import circuit_breaker as rules
from aiadmin.domain.hosting.circuit_breaker import Breaker, BreakerState, PeerReport
from aiadmin.domain.ids import DeviceId

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OPEN = rules.opened(Breaker(), NOW)


def _drop(breaker: Breaker, devices: int, held: int, *, apart: timedelta = timedelta()) -> Breaker:
    now = NOW
    for number in range(devices):
        now = NOW + apart * number
        breaker = rules.dropped(breaker, DeviceId(number), now)
    return rules.tick(breaker, [], held, now)


def test_it_opens_when_more_than_three_in_ten_and_at_least_ten_are_lost_within_a_minute() -> None:
    assert _drop(Breaker(), 9, 10).state is BreakerState.CLOSED, "nine are too few"
    assert _drop(Breaker(), 10, 10).state is BreakerState.OPEN
    assert _drop(Breaker(), 30, 100).state is BreakerState.CLOSED, "three in ten are too few"
    assert _drop(Breaker(), 31, 100).state is BreakerState.OPEN
    assert _drop(Breaker(), 40, 40, apart=10 * SECOND).state is BreakerState.CLOSED, "too far apart"


def test_one_session_that_flaps_is_one_session() -> None:
    breaker = Breaker()
    for _ in range(100):
        breaker = rules.dropped(breaker, DeviceId(1), NOW)
    assert rules.tick(breaker, [], 1, NOW).state is BreakerState.CLOSED


def test_sessions_that_are_back_at_once_are_not_lost() -> None:
    breaker = Breaker()
    for number in range(20):
        breaker = rules.dropped(breaker, DeviceId(number), NOW)
    for number in range(20):
        breaker = rules.connected(breaker, DeviceId(number), NOW)
    assert rules.tick(breaker, [], 20, NOW).state is BreakerState.CLOSED


def test_an_open_breaker_lets_two_canaries_go_every_half_minute() -> None:
    breaker, went = OPEN, []
    for second in range(90):
        now = NOW + second * SECOND
        while rules.may_start(breaker, [], "me", now):
            breaker = rules.started(breaker, now)
            went.append(second)
    assert went == [0, 0, 30, 30, 60, 60]


def test_a_canary_that_connects_half_opens_and_the_ramp_goes_one_two_three() -> None:
    assert rules.connected(OPEN, DeviceId(1), NOW).state is BreakerState.OPEN, "a late echo is no canary"
    breaker = rules.connected(rules.started(OPEN, NOW), DeviceId(1), NOW)
    assert breaker.state is BreakerState.HALF_OPEN
    assert [rules.start_rate(breaker, [], 0, NOW + seconds * SECOND) for seconds in (0, 19, 20, 40)] == [1, 1, 2, 3]
    assert rules.tick(breaker, [], 9, NOW + 59 * SECOND).state is BreakerState.HALF_OPEN
    closed_at = NOW + 60 * SECOND
    closed = rules.tick(breaker, [], 9, closed_at)
    assert closed.state is BreakerState.CLOSED
    later = [rules.start_rate(closed, [], 0, closed_at + seconds * SECOND) for seconds in (0, 20, 40, 60, 10**9)]
    assert later == [3, 6, 12, 20, 20], "the ramp goes on"


def test_a_relapse_opens_it_again() -> None:
    breaker = rules.connected(rules.started(OPEN, NOW), DeviceId(1), NOW)
    assert _drop(breaker, 2, 5).state is BreakerState.HALF_OPEN
    assert _drop(breaker, 3, 5).state is BreakerState.OPEN


def test_the_fleet_starts_sixty_a_second_together_and_ten_while_something_is_wrong() -> None:
    others = [PeerReport(host_id=str(number), state=BreakerState.CLOSED, since=None) for number in range(9)]
    assert rules.start_rate(Breaker(), others[:1], 0, NOW) == rules.STARTS_PER_SECOND
    assert rules.start_rate(Breaker(), others, 0, NOW) == 6.0
    assert rules.start_rate(OPEN, others, 0, NOW) == 1.0


def test_each_session_that_fails_slows_the_starts_until_it_is_back_or_a_minute_is_over() -> None:
    breaker, paces = Breaker(), []
    for number in range(9):
        paces.append(rules.start_rate(breaker, [], 0, NOW))
        breaker = rules.dropped(breaker, DeviceId(number), NOW)
    assert paces == pytest.approx([20, 10, 20 / 3, 5, 4, 10 / 3, 3, 3, 3])
    for number in range(8):
        breaker = rules.connected(breaker, DeviceId(number), NOW)
    assert rules.start_rate(breaker, [], 0, NOW) == 10
    assert rules.start_rate(breaker, [], 0, NOW + rules.DROP_WINDOW) == 20


def test_starts_are_careful_while_whatsapp_is_silent_or_has_refused_our_client_or_unlinked_somebody() -> None:
    assert rules.start_rate(Breaker(), [], rules.UNANSWERED, NOW) == 20
    assert rules.start_rate(Breaker(), [], rules.UNANSWERED + 1, NOW) == 3
    assert rules.start_rate(rules.refused(Breaker(), DeviceId(1), NOW), [], 0, NOW) == 3
    assert rules.start_rate(rules.logged_out(Breaker(), DeviceId(1), NOW), [], 0, NOW) == 10


def test_a_host_takes_what_it_can_start_within_five_seconds_and_only_canaries_while_whatsapp_is_away() -> None:
    assert rules.startable(Breaker(), rate=20, waiting=30, now=NOW) == 70
    assert rules.startable(Breaker(), rate=3, waiting=30, now=NOW) == 0
    assert rules.startable(OPEN, rate=3, waiting=0, now=NOW) == rules.CANARIES
    assert rules.startable(rules.held(Breaker(), NOW + rules.HOLD, NOW), rate=3, waiting=9, now=NOW) == 0


def test_hosts_that_all_lost_whatsapp_take_turns_and_a_host_alone_in_it_probes_for_itself() -> None:
    lost = [PeerReport(host_id=name, state=BreakerState.OPEN, since=NOW) for name in "abc"]
    probing = [
        [one.host_id for one in lost if rules.may_start(OPEN, [x for x in lost if x is not one], one.host_id, now)]
        for now in (NOW, NOW + rules.PROBE_EVERY, NOW + 2 * rules.PROBE_EVERY)
    ]
    assert sorted(name for turn in probing for name in turn) == ["a", "b", "c"]
    assert [len(turn) for turn in probing] == [1, 1, 1]
    healthy = [PeerReport(host_id=name, state=BreakerState.CLOSED, since=None) for name in "xyz"]
    assert rules.may_start(OPEN, healthy, "me", NOW)


def test_what_another_host_found_out_later_counts_here_too_and_older_news_does_not() -> None:
    def after(seconds: int) -> BreakerState:
        news = [PeerReport(host_id="other", state=BreakerState.HALF_OPEN, since=NOW + seconds * SECOND)]
        return rules.tick(OPEN, news, 9, NOW + 60 * SECOND).state

    assert (after(-1), after(1)) == (BreakerState.OPEN, BreakerState.HALF_OPEN)


def test_a_hold_lets_nothing_start_and_canaries_go_first_afterwards() -> None:
    held = rules.held(Breaker(), NOW + rules.HOLD, NOW)
    before, after = NOW + rules.HOLD - SECOND, NOW + rules.HOLD
    assert not rules.may_start(held, [], "me", before)
    assert (
        rules.tick(held, [PeerReport(host_id="x", state=BreakerState.HALF_OPEN, since=before)], 9, before).state
        is BreakerState.OPEN
    )
    assert rules.may_start(held, [], "me", after)
    assert not rules.may_start(replace(held, probes=(after, after)), [], "me", after)
    assert rules.held(held, NOW, NOW) == held, "a hold never gets shorter"


def test_three_logouts_in_five_minutes_stop_everything_until_they_are_five_minutes_old() -> None:
    breaker = Breaker()
    for number in range(3):
        assert not rules.is_mass_logout(breaker, NOW)
        breaker = rules.logged_out(breaker, DeviceId(number), NOW)
    assert not rules.may_start(breaker, [], "me", NOW + rules.LOGOUT_WINDOW - SECOND)
    assert rules.may_start(breaker, [], "me", NOW + rules.LOGOUT_WINDOW)


STEPS = st.lists(
    st.tuples(st.sampled_from(["drop", "connect", "start", "logout", "hold", "tick"]), st.integers(0, 30)),
    max_size=60,
)


@given(STEPS)
def test_from_everywhere_there_is_a_way_back_and_canaries_stay_few(steps: list[tuple[str, int]]) -> None:
    breaker, now = Breaker(), NOW
    for number, (what, seconds) in enumerate(steps):
        now += seconds * SECOND
        breaker = _step(breaker, what, DeviceId(number), now)
        recent = [probe for probe in breaker.probes if now - probe < rules.PROBE_EVERY]
        assert len(recent) <= rules.CANARIES
        most = 20 if breaker.state is BreakerState.CLOSED else 3
        assert 0 < rules.start_rate(breaker, [], seconds, now) <= most
    now += rules.HOLD + rules.LOGOUT_WINDOW
    assert rules.may_start(breaker, [], "me", now), "sooner or later somebody may try"
    breaker = rules.connected(rules.started(breaker, now), DeviceId(0), now)
    for _ in range(2):
        now += rules.RAMP_STEP * rules.CAREFUL_STARTS_PER_SECOND
        breaker = rules.tick(breaker, [], 10, now)
    assert breaker.state is BreakerState.CLOSED


def _step(breaker: Breaker, what: str, device_id: DeviceId, now: datetime) -> Breaker:
    match what:
        case "drop":
            return rules.dropped(breaker, device_id, now)
        case "connect":
            return rules.connected(breaker, device_id, now)
        case "start" if rules.may_start(breaker, [], "me", now):
            return rules.started(breaker, now)
        case "logout":
            return rules.logged_out(breaker, device_id, now)
        case "hold":
            return rules.held(breaker, now + rules.HOLD, now)
    return rules.tick(breaker, [], 10, now)
