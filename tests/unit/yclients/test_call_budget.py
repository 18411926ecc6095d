"""Whose turn is next, how fast, and how long to be quiet: rules without a clock."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aiadmin.config import Config
from aiadmin.domain.yclients.call_budget import Budget, BudgetState, Urgency, queue_position, quiet_after

BUDGET = Budget(per_second=Config.yclients_per_second, per_minute=Config.yclients_per_minute)


class Line:
    """The queue as the rule makes it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int, str]] = []
        self.last: dict[tuple[str, Urgency], int] = {}
        self.serving = self.number = 0

    def join(self, salon: str, urgency: Urgency) -> None:
        at = queue_position(urgency, now_serving=self.serving, last=self.last.get((salon, urgency)))
        self.last[salon, urgency] = at
        self.number += 1
        self.waiting.append((at, self.number, salon))

    def serve(self) -> str:
        self.waiting.sort()
        self.serving, _, salon = self.waiting.pop(0)
        return salon


def test_a_salon_with_many_pages_takes_turns_with_a_salon_that_has_few() -> None:
    line = Line()
    for _ in range(50):
        line.join("large", Urgency.SYNC)
    for _ in range(10):
        line.serve()
    for _ in range(3):
        line.join("small", Urgency.SYNC)
    assert Counter(line.serve() for _ in range(6)) == {"large": 3, "small": 3}


def test_whoever_waits_for_an_answer_passes_every_synchronisation() -> None:
    line = Line()
    for salon in "abcdef":
        line.join(salon, Urgency.SYNC)
        line.join(salon, Urgency.SYNC)
    line.serve()
    line.join("a", Urgency.INTERACTIVE)
    line.join("owner", Urgency.INTERACTIVE)
    assert {line.serve(), line.serve()} == {"a", "owner"}


def test_a_flood_of_interactive_calls_does_not_stop_a_synchronisation() -> None:
    line = Line()
    line.join("patient", Urgency.SYNC)
    served = []
    for _ in range(40):
        line.join("flooding", Urgency.INTERACTIVE)
        line.join("flooding", Urgency.INTERACTIVE)
        served.append(line.serve())
    assert "patient" in served


@given(st.lists(st.sampled_from([(salon, urgency) for salon in "abc" for urgency in Urgency]), max_size=60))
def test_every_call_is_served_and_the_order_of_one_line_is_kept(calls: list[tuple[str, Urgency]]) -> None:
    line = Line()
    for number, (salon, urgency) in enumerate(calls):
        line.join(f"{salon}{urgency}", urgency)
        if number % 3 == 2:
            line.serve()
    at_once = sorted(line.waiting)
    for name in {salon for _, _, salon in at_once}:
        numbers = [number for _, number, salon in at_once if salon == name]
        assert numbers == sorted(numbers)


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=600))
def test_no_second_and_no_minute_has_more_calls_than_yclients_allows(gaps: list[float]) -> None:
    now, pace, calls = 0.0, BudgetState(), []
    for gap in gaps:
        now = max(now + gap, pace.free_at(BUDGET))
        pace = pace.called(BUDGET, now)
        calls.append(now)
    for first, start in enumerate(calls):
        assert sum(at < start + 0.999 for at in calls[first:]) <= 5
        assert sum(at < start + 59.99 for at in calls[first:]) <= 200


def test_a_share_of_the_budget_is_a_share_of_both_limits() -> None:
    part = BUDGET.share(4)
    assert (part.per_second, part.per_minute) == (BUDGET.per_second / 4, BUDGET.per_minute / 4)
    assert part.minute_slack >= 0


@given(st.integers(1, 100), st.floats(0, 100_000), st.floats(0, 0.999))
def test_a_pause_is_as_long_as_asked_and_never_for_ever(strikes: int, asked: float, chance: float) -> None:
    quiet = quiet_after(strikes, asked=timedelta(seconds=asked), jitter=chance)
    assert timedelta(seconds=min(asked, 600)) <= quiet <= timedelta(seconds=601)
    assert quiet > timedelta(0)


def test_s9_unknown_salons_share_one_line_and_never_pass_an_owner() -> None:
    """However many of them wait, an owner is next, and a synchronisation soon has its turn."""
    unknown: list[int] = []
    for _ in range(100):
        unknown.append(queue_position(Urgency.UNKNOWN, now_serving=0, last=unknown[-1] if unknown else None))
    assert all(
        queue_position(Urgency.INTERACTIVE, now_serving=served, last=None) < unknown[1] for served in unknown[:1]
    )
    sync = queue_position(Urgency.SYNC, now_serving=unknown[0], last=None)
    assert sum(one < sync for one in unknown) < 5
