"""What is asked for in a transaction is asked for once it is committed, and not at all when it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from aiadmin.container import Container
from aiadmin.domain.job import Argument, Job
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.support.linked_salons import make_container, register

Nudged = list[tuple[Job, tuple[Argument, ...], int]]


@pytest.fixture
def box(database_url: str, redis_url: str) -> Iterator[Container]:
    with make_container(database_url=database_url, redis_url=redis_url) as container:
        yield container


@pytest.fixture
def nudged() -> Nudged:
    """Each nudge, with how many companies another connection saw at that moment."""
    return []


@pytest.fixture
def uow(box: Container, nudged: Nudged) -> Callable[[], UnitOfWork]:
    def send(job: Job, *arguments: Argument) -> None:
        nudged.append((job, arguments, _companies(box.engine)))

    return lambda: UnitOfWork(box.engine, send_nudge=send)


def _companies(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM companies WHERE title = 'told'")) or 0)


def _change(work: UnitOfWork) -> None:
    work._session.execute(text("UPDATE companies SET title = 'told'"))


def test_a_nudge_goes_after_the_commit_once_and_whoever_hears_it_finds_the_row(
    box: Container, uow: Callable[[], UnitOfWork], nudged: Nudged
) -> None:
    register(box)
    with uow() as work:
        work.nudge(Job.DELIVER_ACTIVATION, 7)
        _change(work)
        work.nudge(Job.WAKE_HOSTS)
        work.nudge(Job.DELIVER_ACTIVATION, 7)
        assert nudged == []
        work.commit()
        assert nudged == [(Job.DELIVER_ACTIVATION, (7,), 1), (Job.WAKE_HOSTS, (), 1)]
        work.commit()
    assert len(nudged) == 2, "a second commit sends nothing again"


def test_nothing_is_asked_for_without_a_commit(box: Container, uow: Callable[[], UnitOfWork], nudged: Nudged) -> None:
    register(box)

    def fail() -> None:
        with uow() as work:
            work.nudge(Job.WAKE_HOSTS)
            raise ValueError("in between")

    with uow() as work:
        _change(work)
        work.nudge(Job.WAKE_HOSTS)
    with pytest.raises(ValueError, match="in between"):
        fail()
    assert nudged == []


def test_nothing_is_asked_for_when_the_commit_fails(uow: Callable[[], UnitOfWork], nudged: Nudged) -> None:
    def fail() -> None:
        with uow() as work:
            work._session.execute(text("CREATE TEMP TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
            work._session.execute(text("INSERT INTO late VALUES (1), (1)"))
            work.nudge(Job.WAKE_HOSTS)
            work.commit()

    with pytest.raises(IntegrityError):
        fail()
    assert nudged == []


def test_a_wrong_nudge_is_found_before_anything_is_committed(
    box: Container, uow: Callable[[], UnitOfWork], nudged: Nudged
) -> None:
    register(box)

    def fail() -> None:
        with uow() as work:
            _change(work)
            work.nudge(Job.DELIVER_ACTIVATION)
            work.commit()

    with pytest.raises(TypeError, match="DELIVER_ACTIVATION takes 1"):
        fail()
    assert (nudged, _companies(box.engine)) == ([], 0)


def test_a_container_s_transactions_nudge_its_queue(box: Container) -> None:
    with box.uow() as work:
        work.nudge(Job.DRAIN_WEBHOOKS)
        work.commit()
    assert box.redis.keys("aiadmin:nudge:*") == [b"aiadmin:nudge:jobs.webhooks.drain"]
