"""The session's rules, without a session."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.hosting import session_event as event
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.hosting.session import (
    CALM,
    CONFLICT_TRIES,
    RECONNECT_WITHIN,
    REMOVAL_TRIES,
    RESTORE_WITHIN,
    RETRIES,
    START_WITHIN,
    Action,
    Removal,
    Session,
    SessionStep,
    adopted,
    due_at,
    is_looping,
    parked,
    removal,
    tick,
    transition,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STARTING = Session(observed=Observed.STARTING, since=NOW)
ONLINE = Session(observed=Observed.ONLINE, since=NOW)

EVENTS = st.sampled_from(
    [
        event.SocketOpen(),
        event.Connected(),
        event.Disconnected(),
        event.KeepAliveTimeout(failures=2),
        event.KeepAliveRestored(),
        event.StreamReplaced(),
        event.TemporaryBan(reason="blocked_by_users", expires_in=timedelta(hours=2)),
        event.TemporaryBan(reason="broadcast_list", expires_in=None),
        event.ClientOutdated(),
        event.ConnectFailure(reason="bad_user_agent"),
        event.StreamError(code="503"),
        event.Ended(error="dial tcp: connection refused"),
        event.LoggedOut(reason="logged_out"),
        event.QrCodeEvent(text="never here"),
        event.LoginStatus(text="success"),
    ]
)


@given(st.lists(EVENTS, max_size=6), st.floats(0, 0.999))
def test_time_means_something_when_it_is_due_and_never_before(
    happened: list[event.SessionEvent], jitter: float
) -> None:
    session = tick(adopted(Observed.LINKED, NOW), NOW, jitter).session
    for one in happened:
        session = transition(session, one, NOW, jitter).session
    due = due_at(session)
    before = NOW + timedelta(days=1) if due is None else due - timedelta(milliseconds=1)
    assert tick(session, before, jitter) == SessionStep(session)
    if due is not None:
        assert tick(session, due, jitter).session != session


def test_an_adopted_session_starts_at_once() -> None:
    assert tick(adopted(Observed.ONLINE, NOW), NOW, 0.5).action is Action.START


def test_connected_is_online_and_a_drop_is_left_to_the_library_for_20_seconds() -> None:
    online = transition(STARTING, event.Connected(), NOW, 0.5).session
    dropped = transition(online, event.Disconnected(), NOW, 0.5)
    assert (dropped.session.observed, dropped.action) == (Observed.RECONNECTING, Action.NONE)

    again = transition(dropped.session, event.Disconnected(), NOW + timedelta(seconds=12), 0.5).session
    assert again.since == NOW, "a second drop does not prolong the wait"
    given_up = tick(again, NOW + RECONNECT_WITHIN, 0.5)
    assert (given_up.session.observed, given_up.action) == (Observed.BACKOFF, Action.STOP)


def test_a_start_that_never_connects_is_given_up() -> None:
    assert tick(STARTING, NOW + START_WITHIN - timedelta(seconds=1), 0.5).action is Action.NONE
    assert tick(STARTING, NOW + START_WITHIN, 0.5).session.reason == "start_timeout"


@pytest.mark.parametrize(
    ("said", "observed", "least", "most"),
    [
        (event.StreamReplaced(), Observed.CONFLICT, timedelta(seconds=5), timedelta(seconds=10)),
        (event.ClientOutdated(), Observed.OUTDATED, timedelta(minutes=15), timedelta(minutes=30)),
        (
            event.TemporaryBan(reason="x", expires_in=timedelta(hours=2)),
            Observed.BANNED,
            timedelta(hours=2),
            timedelta(hours=2, minutes=10),
        ),
        (
            event.Ended(error="proto: required field neonize.TemporaryBan.Code not set"),
            Observed.BANNED,
            timedelta(hours=1),
            timedelta(hours=1, minutes=10),
        ),
        (event.ConnectFailure(reason="x"), Observed.BACKOFF, timedelta(seconds=2.5), timedelta(seconds=5)),
        (event.Ended(error="dial error"), Observed.BACKOFF, timedelta(seconds=2.5), timedelta(seconds=5)),
        (event.StreamError(code="x"), Observed.BACKOFF, timedelta(seconds=2.5), timedelta(seconds=5)),
    ],
)
def test_what_the_library_will_not_mend_is_stopped_and_tried_later(
    said: event.SessionEvent, observed: Observed, least: timedelta, most: timedelta
) -> None:
    soonest, latest = (transition(ONLINE, said, NOW, dice) for dice in (0.0, 1.0))
    assert (soonest.action, soonest.session.observed) == (Action.STOP, observed)
    assert soonest.session.retry_at == NOW + least
    assert latest.session.retry_at == NOW + most


@given(EVENTS)
def test_only_logged_out_unlinks(said: event.SessionEvent) -> None:
    after = transition(ONLINE, said, NOW, 0.5).session
    assert (after.observed is Observed.LOGGED_OUT) == isinstance(said, event.LoggedOut)


@given(EVENTS)
def test_an_echo_of_a_stopped_connection_changes_nothing_but_a_logout_is_heard(said: event.SessionEvent) -> None:
    waiting = replace(ONLINE, observed=Observed.BACKOFF, retry_at=NOW + timedelta(seconds=3))
    after = transition(waiting, said, NOW, 0.5)
    assert (after.session == waiting) != isinstance(said, event.LoggedOut)


@given(st.lists(st.tuples(EVENTS, st.floats(0, 1, exclude_max=True)), max_size=12))
def test_every_state_but_logged_out_has_a_way_back_online(heard: list[tuple[event.SessionEvent, float]]) -> None:
    session, now = STARTING, NOW
    for said, dice in heard:
        step = transition(session, said, now, dice)
        if step.action is Action.STOP:
            assert step.session.retry_at is not None or _is_over(step.session)
        session = step.session
    if _is_over(session):
        return
    for _ in range(4):  # time passes until it is started again
        now += timedelta(hours=3)
        step = tick(session, now, 0.5)
        session = step.session
        if session.observed is Observed.STARTING:
            session = transition(session, event.Connected(), now, 0.5).session
    assert session.observed is Observed.ONLINE


def _is_over(session: Session) -> bool:
    return session.observed is Observed.LOGGED_OUT


def test_retries_double_to_a_quarter_of_an_hour() -> None:
    assert [RETRIES.wait(failures, 1.0).total_seconds() for failures in range(1, 10)] == [
        5, 10, 20, 40, 80, 160, 320, 640, 900,
    ]  # fmt: skip


def test_a_connection_that_answers_no_ping_is_degraded_and_given_up_after_four_minutes() -> None:
    silent = transition(ONLINE, event.KeepAliveTimeout(failures=1), NOW, 0.5).session
    assert (silent.observed, silent.reason) == (Observed.DEGRADED, "keep_alive_timeout")
    again = transition(silent, event.KeepAliveTimeout(failures=2), NOW + timedelta(minutes=1), 0.5).session
    assert again.since == NOW, "more silence does not prolong the wait"
    assert tick(again, NOW + RESTORE_WITHIN - timedelta(seconds=1), 0.5).action is Action.NONE
    given_up = tick(again, NOW + RESTORE_WITHIN, 0.5)
    assert (given_up.session.observed, given_up.action) == (Observed.BACKOFF, Action.STOP)
    restored = transition(silent, event.KeepAliveRestored(), NOW, 0.5).session
    assert (restored.observed, restored.reason) == (Observed.ONLINE, None)
    assert transition(STARTING, event.KeepAliveRestored(), NOW, 0.5).session == STARTING


def test_a_device_that_somebody_else_keeps_taking_is_held_after_three_tries() -> None:
    session, pauses = ONLINE, []
    for _ in range(CONFLICT_TRIES + 1):
        session = transition(session, event.StreamReplaced(), NOW, 0.0).session
        assert session.retry_at is not None
        pauses.append((session.reason, session.retry_at - NOW))
        session = tick(session, session.retry_at, 0.0).session
        session = transition(session, event.Connected(), NOW, 0.0).session
    first, *others, last = pauses
    assert first == ("stream_replaced", timedelta(seconds=5)), "most likely a host of ours that has just woken"
    assert others == [("stream_replaced", timedelta(seconds=30))] * (CONFLICT_TRIES - 1)
    assert last == ("conflict_held", timedelta(hours=1))
    calm = tick(session, NOW + CALM, 0.5).session
    assert calm.conflicts == 0


def test_a_parked_session_is_stopped_without_blame() -> None:
    step = parked(replace(ONLINE, failures=2), "whatsapp_away", NOW, 1.0)
    assert (step.action, step.session.failures, step.session.reason) == (Action.STOP, 2, "whatsapp_away")
    assert step.session.retry_at == NOW + timedelta(seconds=5)


def test_every_fifth_failure_in_a_row_is_a_loop() -> None:
    counts = [replace(ONLINE, failures=number) for number in range(12)]
    loops = [after.failures for before, after in itertools.pairwise(counts) if is_looping(before, after)]
    assert loops == [5, 10]
    assert not is_looping(counts[5], counts[5])


def test_five_calm_minutes_forget_the_failures() -> None:
    shaky = replace(ONLINE, failures=4)
    assert tick(shaky, NOW + CALM - timedelta(seconds=1), 0.5).session.failures == 4
    assert tick(shaky, NOW + CALM, 0.5).session.failures == 0


def test_a_removal_logs_out_when_online_and_forgets_when_the_keys_are_gone() -> None:
    assert removal(STARTING, has_keys=True, tries=0, now=NOW) is Removal.WAIT
    assert removal(ONLINE, has_keys=True, tries=0, now=NOW) is Removal.LOG_OUT
    assert removal(ONLINE, has_keys=False, tries=0, now=NOW) is Removal.FORGET


def test_a_removal_that_whatsapp_does_not_take_is_abandoned() -> None:
    assert removal(ONLINE, has_keys=True, tries=REMOVAL_TRIES, now=NOW) is Removal.ABANDON
    failing = replace(STARTING, failures=REMOVAL_TRIES)
    assert removal(failing, has_keys=True, tries=0, now=NOW) is Removal.ABANDON
    banned = transition(ONLINE, event.TemporaryBan(reason="x", expires_in=None), NOW, 0.5).session
    assert removal(banned, has_keys=True, tries=0, now=NOW) is Removal.ABANDON
