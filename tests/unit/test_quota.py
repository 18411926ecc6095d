"""A token bucket per key, in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.quota import Quota


class Clock:
    """A time that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_key_has_its_own_and_gets_it_back_little_by_little() -> None:
    clock = Clock()
    quota = Quota(2, 60, clock=clock)

    assert [quota.take("a") for _ in range(3)] == [True, True, False]
    assert quota.take("b")
    assert (quota.is_spent("a"), quota.is_spent("b"), quota.is_spent("c")) == (True, False, False)
    assert (quota.wait_seconds("a"), quota.wait_seconds("c")) == (30, 0)
    clock.now = 30
    assert [quota.take("a") for _ in range(2)] == [True, False]


def test_refusals_prolong_nothing() -> None:
    clock = Clock()
    quota = Quota(1, 60, clock=clock)
    quota.take("a")
    for second in range(59):
        clock.now = second
        assert not quota.take("a")
    clock.now = 60

    assert quota.take("a")


def test_memory_is_bounded_and_the_longest_quiet_is_forgotten_first() -> None:
    quota = Quota(1, 60, keys=3, clock=Clock())
    for key in "abc":
        quota.take(key)
    quota.take("a")
    quota.take("d")

    assert [quota.is_spent(key) for key in "abcd"] == [True, False, True, True]


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 5))
def test_what_a_moving_window_of_the_same_limit_admits_is_admitted(gaps: list[float], limit: int) -> None:
    """So a quota may stand in front of an exact limit without ever being the stricter one."""
    clock = Clock()
    quota = Quota(limit, 60, clock=clock)
    admitted: list[float] = []
    for gap in gaps:
        clock.now += gap
        if len([at for at in admitted if at > clock.now - 60]) < limit:
            assert quota.take("a")
            admitted.append(clock.now)
