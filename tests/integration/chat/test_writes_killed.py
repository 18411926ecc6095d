"""A worker that dies between two steps of a write: never two records, no "done" without one, no yes forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.yclients.write_outcome import Refused, Saved, Unknown, WriteOutcome
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.fakes.yclients.client import FakeYClients
from tests.integration.chat.agreeing import Client, booking, cancellation, move, slot, writer
from tests.support.examples import examples
from tests.support.played_salon import ANNA, FILE, IRINA, YULIA, PlayedSalon

VISIT = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
CALLS = ("check", "book", "enter", "move", "cancel", "record", "day", "on_day")
CHANGES = ("book", "enter", "move", "cancel")


class KilledError(BaseException):
    """What no `except Exception` catches, as a kill is caught by nothing."""


class Fuse:
    """Counts steps, and kills at one of them.

    A step is where something has changed since the last: who dies anywhere before the next change leaves the same.
    """

    def __init__(self, at: int | None = None) -> None:
        self.at, self.steps, self._is_new = at, 0, True

    def step(self, *, changed: bool = False) -> None:
        if not (self._is_new or changed):
            return
        self._is_new = False
        self.steps += 1
        if self.steps - 1 == self.at:
            raise KilledError


class FusedApi:
    """The real API over HTTP; the worker may die before each call, and after it."""

    def __init__(self, api: Any, fuse: Fuse) -> None:
        self._api, self._fuse = api, fuse

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._api, name)
        if name not in CALLS:
            return call

        def fused(*given: Any, **named: Any) -> Any:
            self._fuse.step()
            answer = call(*given, **named)
            self._fuse.step(changed=name in CHANGES)
            return answer

        return fused


class FusedWork(UnitOfWork):
    """A transaction; the worker may die before its commit, and after it."""

    fuse: Fuse

    def commit(self) -> None:
        self.fuse.step()
        super().commit()
        self.fuse.step(changed=True)


@dataclass
class Case:
    """Something that was agreed to.

    Attributes:
        faults: of the fake, at the first try.
    """

    name: str
    proposal: Callable[[], Proposal]
    faults: dict[str, Any]
    records: int = 1


CASES = [
    Case("book", lambda: booking(slot("2026-03-12T15:00")), {}),
    Case("book, answer lost", lambda: booking(slot("2026-03-12T15:00")), {"create": "timeout_saved"}),
    Case("book, not saved", lambda: booking(slot("2026-03-12T15:00")), {"create": "timeout_unsaved"}),
    Case("book, refused", lambda: booking(slot("2026-03-12T15:00")), {"create": 433}),
    Case(
        "two visits",
        lambda: booking(
            slot("2026-03-14T12:00", ANNA, 101, minutes=60), slot("2026-03-14T13:30", YULIA, 301, minutes=30)
        ),
        {},
        records=2,
    ),
    Case("move", lambda: move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60)), {}),
    Case(
        "move, answer lost",
        lambda: move(9001, slot("2026-03-12T16:00", ANNA, 101, minutes=60)),
        {"move": "502_saved"},
    ),
    Case("cancel", lambda: cancellation(9001), {}),
    Case("cancel, answer lost", lambda: cancellation(9001), {"cancel": "timeout_saved"}),
]


def _fused(played: PlayedSalon, fuse: Fuse) -> dict[str, Any]:
    def uow() -> FusedWork:
        work = FusedWork(played.box.engine)
        work.fuse = fuse
        return work

    def sleep(_seconds: float) -> None:
        fuse.step()

    return {"uow": uow, "api": FusedApi(played.box.booking_api, fuse), "sleep": sleep}


def _fresh(played: PlayedSalon, case: Case) -> tuple[Client, Proposal]:
    """The salon as it was at first, and the case's offer in it."""
    played.yclients.restore("salon")
    played.yclients.clock(now=played.box.now.isoformat(), stands=True)
    played.execute("DELETE FROM chat_proposals")
    client = Client(played)
    return client, client.offered(case.proposal())


def _tries(played: PlayedSalon, yclients: FakeYClients, case: Case) -> Iterator[tuple[int, Client, Proposal]]:
    """The case once for each step that it has, each time from a clean salon, killed at that step."""
    at, is_over = 0, False
    while not is_over:
        client, proposal = _fresh(played, case)
        turn, fuse = client.turn(proposal), Fuse(at)
        try:
            with _failing(yclients, case):
                writer(played, **_fused(played, fuse)).perform(turn)
        except KilledError:
            pass
        else:
            is_over = True
        yield at, client, proposal
        at += 1
    assert at > 4, "the case has steps to be killed at"


@contextmanager
def _failing(yclients: FakeYClients, case: Case) -> Iterator[None]:
    """YClients has the case's faults."""
    if case.faults:
        yclients.method_faults(**case.faults)
    try:
        yield
    finally:
        if case.faults:
            yclients.method_faults()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_killed_at_any_step_a_write_is_taken_up_by_looking_and_never_by_repeating(
    played: PlayedSalon, case: Case
) -> None:
    played.play(FILE, VISIT)
    played.yclients.keep("salon")
    changes = {"book": "create", "enter": "create", "move": "move", "cancel": "cancel"}
    for at, client, proposal in _tries(played, played.yclients, case):
        outcomes = client.says_yes(proposal)
        made = [write["op"] for write in client.writes]
        _is_honest(outcomes, made, case, at)
        assert len(made) <= case.records, (at, made)
        assert set(made) <= set(changes.values())
        again = client.says_yes(proposal)
        assert again == outcomes, (at, "what was said once is said again")
        assert [write["op"] for write in client.writes] == made, at


def _is_honest(outcomes: Sequence[WriteOutcome], writes: Sequence[Any], case: Case, at: int) -> None:
    """A yes has an outcome for each visit; done is what the journal has, and refused what it has not."""
    saved = sum(isinstance(one, Saved) for one in outcomes)
    unknown = sum(isinstance(one, Unknown) for one in outcomes)
    refused = sum(isinstance(one, Refused) for one in outcomes)
    made = len(writes)
    assert saved + unknown + refused == len(outcomes) == max(len(case.proposal().slots), 1), (at, outcomes)
    assert saved <= made <= saved + unknown, (at, outcomes, writes)
    if made == case.records:
        assert not refused, (at, outcomes)


def test_killed_again_and_again_it_is_the_same(played: PlayedSalon) -> None:
    """The worker that takes a write up may die as well, and the one after it; a single death is tried above."""
    played.play(FILE, VISIT)
    played.yclients.keep("salon")

    @settings(max_examples=examples(20), deadline=None, suppress_health_check=[*HealthCheck])
    @given(case=st.sampled_from(CASES), kills=st.lists(st.integers(0, 8), min_size=2, max_size=4))
    def killed(case: Case, kills: list[int]) -> None:
        client, proposal = _fresh(played, case)
        turn = client.turn(proposal)
        with _failing(played.yclients, case):
            for at in kills:
                with suppress(KilledError):
                    writer(played, **_fused(played, Fuse(at))).perform(turn)
        outcomes = client.says_yes(proposal)
        _is_honest(outcomes, client.writes, case, kills[0])
        assert client.says_yes(proposal) == outcomes

    killed()


def test_many_workers_at_once_make_one_record(played: PlayedSalon) -> None:
    played.play(FILE)
    client = Client(played)
    proposal = client.offered(booking(slot("2026-03-12T15:00", IRINA)))
    turn, ready = client.turn(proposal), threading.Barrier(4)

    def work(_number: int) -> tuple[WriteOutcome, ...]:
        ready.wait()
        return writer(played, sleep=lambda seconds: time.sleep(seconds / 50)).perform(turn)

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(work, range(4)))
    assert len(client.writes) == 1
    assert len(played.asked("book_record")) == 1
    assert not any(isinstance(one, Refused) for (one,) in outcomes), outcomes
    assert any(isinstance(one, Saved) for (one,) in outcomes), outcomes


def test_two_workers_at_once_make_one_record(played: PlayedSalon) -> None:
    """A claim that ran out while its worker was only slow: both go on, and one of them makes the call."""
    played.play(FILE)
    client = Client(played)
    proposal = client.offered(booking(slot("2026-03-12T15:00", IRINA)))
    turn = client.turn(proposal)
    inner: list[tuple[WriteOutcome, ...]] = []

    class Slow(FusedApi):
        """Before the first call of the one worker goes out, the other does all of its work."""

        def __getattr__(self, name: str) -> Any:
            if name == "book" and not inner:
                inner.append(writer(played).perform(turn))
            return getattr(played.box.booking_api, name)

    outer = writer(played, api=Slow(None, Fuse())).perform(turn)
    assert len(client.writes) == 1
    assert inner == [(Unknown(),)], "it has looked for what was not there yet"
    assert isinstance(outer[0], Saved)
    assert client.says_yes(proposal) == outer
