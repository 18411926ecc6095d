"""The rules of one pairing attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing import attempt as pairing
from aiadmin.domain.pairing.attempt import Attempt, PairingState, PairingStep, Timing

T0 = datetime(2026, 1, 1, tzinfo=UTC)
TIMING = Timing()
PHONE, OTHER_PHONE = "79001234567", "79007654321"


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@pytest.fixture
def running() -> Attempt:
    """An attempt whose first series just began."""
    return pairing.started(pairing.opened(CompanyId(1), T0), "s1", T0, TIMING)


@pytest.fixture
def showing(running: Attempt) -> Attempt:
    """An attempt with its first code on the page since T0."""
    return pairing.shown(running, T0, TIMING)


def test_a_new_attempt_is_due_at_once() -> None:
    assert pairing.next_step(pairing.opened(CompanyId(1), T0), T0) is PairingStep.START


def test_the_first_code_lives_a_minute_and_each_other_one_twenty_seconds(showing: Attempt) -> None:
    assert pairing.code_life(showing, TIMING) == seconds(60)
    assert pairing.code_life(pairing.shown(showing, T0 + seconds(60), TIMING), TIMING) == seconds(20)


def test_a_series_lives_as_long_as_its_six_codes(showing: Attempt) -> None:
    """60 + 5 * 20 = 160 seconds."""
    assert showing.series_ends_at == T0 + seconds(160)


@pytest.mark.parametrize(("after", "step"), [(64.9, PairingStep.NOTHING), (65, PairingStep.RESTART)])
def test_a_series_that_falls_silent_is_given_up_five_seconds_late(
    showing: Attempt, after: float, step: PairingStep
) -> None:
    assert pairing.next_step(showing, T0 + seconds(after)) is step


def test_after_a_code_the_next_series_is_due_at_once(showing: Attempt) -> None:
    now = T0 + seconds(65)
    after = pairing.interrupted(showing, now, 0)
    assert (after.state, after.session_id) == (PairingState.WAITING, None)
    assert pairing.next_step(after, now) is PairingStep.START


def test_no_code_within_fifteen_seconds_means_unreachable(running: Attempt) -> None:
    assert pairing.next_step(running, T0 + seconds(15)) is PairingStep.RESTART
    after = pairing.interrupted(running, T0 + seconds(15), 1)
    assert after.state is PairingState.UNREACHABLE
    assert after.act_at == T0 + seconds(17)


@pytest.mark.parametrize(
    ("failures", "jitter", "wait"),
    # 2 * 2**0, 2 * 2**3, 2 * 2**5 = 64 -> 60, half of it by chance
    [(0, 1, 2), (3, 1, 16), (5, 1, 60), (99, 1, 60), (3, 0, 8), (3, 0.5, 12)],
)
def test_the_pause_doubles_up_to_a_minute(running: Attempt, failures: int, jitter: float, wait: float) -> None:
    after = pairing.interrupted(replace(running, failures=failures), T0, jitter)
    assert (after.failures, after.act_at) == (failures + 1, T0 + seconds(wait))


def test_a_code_forgets_earlier_failures(running: Attempt) -> None:
    assert pairing.shown(replace(running, failures=4), T0, TIMING).failures == 0


def test_after_three_series_the_button_must_be_pressed(running: Attempt) -> None:
    attempt = running
    for _ in range(pairing.MAX_SERIES):
        assert pairing.next_step(attempt, T0) is not PairingStep.EXHAUST
        attempt = pairing.interrupted(pairing.shown(pairing.started(attempt, "s", T0, TIMING), T0, TIMING), T0, 0)
    assert pairing.next_step(attempt, T0) is PairingStep.EXHAUST


def test_a_series_without_a_code_does_not_count(running: Attempt) -> None:
    assert pairing.interrupted(running, T0, 0).series == 0


def test_a_pairing_code_is_asked_for_once_a_qr_code_exists(running: Attempt) -> None:
    wished = pairing.wants_code(running, PHONE, T0, TIMING)
    assert not pairing.should_ask(wished)
    shown = pairing.shown(wished, T0, TIMING)
    assert pairing.should_ask(shown)
    assert not pairing.should_ask(pairing.asked(shown))


def test_a_live_pairing_code_stays_for_the_same_phone(showing: Attempt) -> None:
    live = pairing.code_shown(pairing.asked(pairing.wants_code(showing, PHONE, T0, TIMING)))
    assert pairing.wants_code(live, PHONE, T0 + seconds(159), TIMING) == live
    assert pairing.shown(live, T0 + seconds(60), TIMING).state is PairingState.CODE


def test_another_phone_gets_a_series_of_its_own(showing: Attempt) -> None:
    live = pairing.code_shown(pairing.asked(pairing.wants_code(showing, PHONE, T0, TIMING)))
    after = pairing.wants_code(live, OTHER_PHONE, T0, TIMING)
    assert (after.session_id, after.phone) == (None, OTHER_PHONE)
    assert pairing.next_step(after, T0) is PairingStep.START


@pytest.mark.parametrize(("left", "session_id"), [(90, "s1"), (89, None)])
def test_a_series_about_to_end_gives_no_pairing_code(showing: Attempt, left: float, session_id: str | None) -> None:
    after = pairing.wants_code(showing, PHONE, T0 + seconds(160 - left), TIMING)
    assert after.session_id == session_id


def test_a_pairing_code_dies_with_its_series(showing: Attempt) -> None:
    live = pairing.code_shown(pairing.asked(pairing.wants_code(showing, PHONE, T0, TIMING)))
    over = pairing.interrupted(live, T0 + seconds(165), 0)
    assert (over.state, over.phone) == (PairingState.WAITING, None)


def test_a_wish_that_was_never_asked_survives_its_series(running: Attempt) -> None:
    wished = pairing.wants_code(running, PHONE, T0, TIMING)
    assert pairing.interrupted(wished, T0 + seconds(15), 0).phone == PHONE


def test_a_confirmed_link_is_never_given_up(showing: Attempt) -> None:
    confirming = pairing.scanned(showing, T0, TIMING)
    assert pairing.wants_code(confirming, PHONE, T0, TIMING) == confirming
    assert pairing.next_step(confirming, T0 + seconds(20)) is PairingStep.COMPLETE


HAPPENINGS = {
    "shown": (lambda a: a.session_id, lambda a, now: pairing.shown(a, now, TIMING)),
    "wants": (lambda a: True, lambda a, now: pairing.wants_code(a, PHONE, now, TIMING)),
    "wants other": (lambda a: True, lambda a, now: pairing.wants_code(a, OTHER_PHONE, now, TIMING)),
    "asked": (pairing.should_ask, lambda a, now: pairing.asked(a)),
    "code": (lambda a: a.asked and a.phone, lambda a, now: pairing.code_shown(a)),
    "refused": (lambda a: a.asked, lambda a, now: pairing.code_refused(a)),
    "scanned": (lambda a: a.codes, lambda a, now: pairing.scanned(a, now, TIMING)),
    "interrupted": (lambda a: a.session_id, lambda a, now: pairing.interrupted(a, now, 0.5)),
}
"""What can happen to an attempt: when it can, and what it does."""


@given(st.lists(st.tuples(st.sampled_from(sorted(HAPPENINGS)), st.floats(0, 200))))
def test_every_state_has_a_way_out(events: list[tuple[str, float]]) -> None:
    """Whatever happened, an attempt acts by itself within two minutes, and never counts past its series."""
    attempt, now = pairing.opened(CompanyId(1), T0), T0
    for event, pause in events:
        now += seconds(pause)
        if pairing.next_step(attempt, now) is PairingStep.START:
            attempt = pairing.started(attempt, "s", now, TIMING)
        can_happen, happen = HAPPENINGS[event]
        if can_happen(attempt) and attempt.state is not PairingState.CONFIRMING:
            attempt = happen(attempt, now)
        assert attempt.series <= pairing.MAX_SERIES
        assert pairing.next_step(attempt, now + seconds(120)) is not PairingStep.NOTHING


@given(st.lists(st.floats(0, 70)))
def test_left_alone_an_attempt_ends_exhausted(pauses: list[float]) -> None:
    """A watcher who only looks sees three series and no more, however the codes are timed."""
    attempt, now, starts = pairing.opened(CompanyId(1), T0), T0, 0
    pause_of = iter(pauses)
    while (step := pairing.next_step(attempt, now)) is not PairingStep.EXHAUST:
        if step is PairingStep.START:
            attempt, starts = pairing.started(attempt, "s", now, TIMING), starts + 1
            attempt = pairing.shown(attempt, now, TIMING)
        elif step is PairingStep.RESTART:
            attempt = pairing.interrupted(attempt, now, 0)
        now += seconds(next(pause_of, 70))
    assert starts == pairing.MAX_SERIES
