"""What waits together is asked together, in order; a failure is of each who asked, and a bad question of one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from aiadmin.adapters.batcher import Batcher
from aiadmin.domain.errors import DependencyDownError
from tests.conftest import WaitUntil

PATIENCE = 30.0


class Server:
    """Answers numbers with their doubles, and holds the first batch until it may go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go = threading.Event()
        self.failure: Callable[[Sequence[int]], None] = lambda _: None

    def serve(self, numbers: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(numbers))
        assert self.may_go.wait(PATIENCE)
        self.failure(numbers)
        return [ValueError(number) if number < 0 else number * 2 for number in numbers]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool


def _gather(
    batcher: Batcher[int, int],
    server: Server,
    threads: ThreadPoolExecutor,
    wait_until: WaitUntil,
    numbers: Sequence[int],
) -> list[Future[int]]:
    """Ask all of `numbers` while the first question, 0, is being answered; then let all go."""
    asked = [threads.submit(batcher.ask, 0)]
    wait_until(lambda: server.batches == [[0]], what="the first is being asked")
    for number in numbers:
        asked.append(threads.submit(batcher.ask, number))
        wait_until(lambda: len(batcher) == len(asked) - 1, what="the next one waits")
    server.may_go.set()
    return asked


def test_what_gathers_meanwhile_is_one_batch_in_the_order_of_asking(
    server: Server, threads: ThreadPoolExecutor, wait_until: WaitUntil
) -> None:
    batcher = Batcher(server.serve, name="it", patience=PATIENCE)

    asked = _gather(batcher, server, threads, wait_until, [3, 1, 2])

    assert [one.result() for one in asked] == [0, 6, 2, 4]
    assert server.batches == [[0], [3, 1, 2]]
    batcher.close()


def test_a_batch_is_bounded_by_count_and_weight_and_the_rest_comes_next(
    server: Server, threads: ThreadPoolExecutor, wait_until: WaitUntil
) -> None:
    batcher = Batcher(server.serve, name="it", patience=PATIENCE, most=3, weigh=int, most_weight=10)

    asked = _gather(batcher, server, threads, wait_until, [1, 1, 1, 1, 9, 50, 5])

    assert [one.result() for one in asked] == [0, 2, 2, 2, 2, 18, 100, 10]
    assert server.batches == [[0], [1, 1, 1], [1, 9], [50], [5]]
    batcher.close()


def test_an_outage_is_everybodys_own_error_and_the_next_batch_is_asked(
    server: Server, threads: ThreadPoolExecutor, wait_until: WaitUntil
) -> None:
    batcher = Batcher(server.serve, name="it", patience=PATIENCE)

    def fail(numbers: Sequence[int]) -> None:
        if len(numbers) > 1:
            raise DependencyDownError("PostgreSQL", "it is gone")

    server.failure = fail
    asked = _gather(batcher, server, threads, wait_until, [1, 2, 3])

    errors = [one.exception() for one in asked[1:]]
    assert [str(error) for error in errors] == ["PostgreSQL does not answer: it is gone"] * 3
    assert len({id(error) for error in errors}) == 3
    assert batcher.ask(4) == 8
    batcher.close()


def test_one_bad_question_fails_alone(server: Server, threads: ThreadPoolExecutor, wait_until: WaitUntil) -> None:
    """Whether its error stands in the place of an answer, or was raised for the whole batch."""
    batcher = Batcher(server.serve, name="it", patience=PATIENCE)

    def fail(numbers: Sequence[int]) -> None:
        if 13 in numbers:
            raise TypeError(13)

    server.failure = fail
    asked = _gather(batcher, server, threads, wait_until, [1, 13, -1, 2])

    assert [one.exception() is None for one in asked] == [True, True, False, False, True]
    assert (type(asked[2].exception()), type(asked[3].exception())) == (TypeError, ValueError)
    assert (asked[1].result(), asked[4].result()) == (2, 4)
    batcher.close()


def test_nobody_waits_longer_than_their_patience(
    server: Server, threads: ThreadPoolExecutor, wait_until: WaitUntil
) -> None:
    batcher = Batcher(server.serve, name="it", patience=0.05)

    with pytest.raises(DependencyDownError, match="it does not answer"):
        batcher.ask(1)

    server.may_go.set()

    def is_answered() -> bool:
        asked = threads.submit(batcher.ask, 2)
        return asked.exception() is None and asked.result() == 4

    wait_until(is_answered, what="an answer in time, which may take more than one try where the machine is busy")
    batcher.close()


def test_a_batch_that_is_not_answered_is_told_apart_from_one_that_is(
    server: Server, threads: ThreadPoolExecutor, wait_until: WaitUntil
) -> None:
    batcher = Batcher(server.serve, name="it", patience=PATIENCE)
    asked = threads.submit(batcher.ask, 1)

    wait_until(lambda: batcher.is_stalled(0.01), what="it has waited for a moment")
    server.may_go.set()
    asked.result()

    wait_until(lambda: not batcher.is_stalled(0), what="nothing is asked any more")
    batcher.close()


def test_what_waits_at_the_end_is_answered(
    server: Server, threads: ThreadPoolExecutor, wait_until: WaitUntil
) -> None:
    batcher = Batcher(server.serve, name="it", patience=PATIENCE)

    asked = _gather(batcher, server, threads, wait_until, [1, 2])
    batcher.close()

    assert [one.result() for one in asked] == [0, 2, 4]
