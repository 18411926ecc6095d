"""Workers are asked at the moment when a burst is over, once for those that are over together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from aiadmin.hosting.turn_nudges import TurnNudges
from tests.conftest import WaitUntil


def now() -> datetime:
    return datetime.now(UTC)


class Asked:
    """When workers were asked, by a steady clock."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self.nudges = TurnNudges(lambda: self.at.append(time.monotonic()), now)


@pytest.fixture
def asked() -> Iterator[Asked]:
    made = Asked()
    made.nudges.start()
    yield made
    made.nudges.close(5)


def test_workers_are_asked_when_a_chat_is_due_and_not_before(asked: Asked, wait_until: WaitUntil) -> None:
    began = time.monotonic()
    asked.nudges.at(now() + timedelta(seconds=0.3))
    wait_until(lambda: asked.at)
    assert asked.at[0] - began >= 0.3


def test_chats_that_are_due_together_are_asked_for_once(asked: Asked, wait_until: WaitUntil) -> None:
    due_at = now() + timedelta(seconds=0.2)
    for number in range(50):
        asked.nudges.at(due_at + timedelta(milliseconds=number))
    asked.nudges.at(due_at + timedelta(seconds=1))
    wait_until(lambda: len(asked.at) == 2)


def test_an_earlier_chat_is_not_kept_waiting_by_a_later_one(asked: Asked, wait_until: WaitUntil) -> None:
    asked.nudges.at(now() + timedelta(hours=1))
    asked.nudges.at(now() - timedelta(seconds=1))
    wait_until(lambda: asked.at)


def test_what_is_due_later_is_left_to_the_clock_at_the_end() -> None:
    made = Asked()
    made.nudges.start()
    made.nudges.at(now() + timedelta(hours=1))
    made.nudges.close(5)
    assert made.at == []
    assert not made.nudges._thread.is_alive()
