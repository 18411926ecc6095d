"""Web processes for the tests of the edge: one of production's patience for many tests, quick ones by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import WaitUntil
from tests.integration.edge.process import NO_SERVERS, Edge, StartEdge, running

QUICK = "tests.integration.edge.quick.QuickWorker"


@pytest.fixture(scope="module")
def edge(wait_until: WaitUntil, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """One for the whole module, with limits that its tests do not run into."""
    log = tmp_path_factory.mktemp("edge") / "web.log"
    settings = NO_SERVERS | {"SOCKET_LIMIT_PER_MINUTE": "10000", "RATE_LIMIT_PER_MINUTE": "10000"}
    with running(wait_until, log, settings, worker=QUICK) as started:
        yield started


@pytest.fixture
def start_edge(wait_until: WaitUntil, tmp_path: Path) -> Iterator[StartEdge]:
    """One of the test's own: `start_edge(*options, **settings)`; the quick worker."""
    with ExitStack() as stack:

        def start(*options: str, worker: str | None = QUICK, **settings: str) -> Edge:
            log = tmp_path / "web.log"
            return stack.enter_context(running(wait_until, log, NO_SERVERS | settings, *options, worker=worker))

        yield start


@pytest.fixture(autouse=True)
def strangers_leave(request: pytest.FixtureRequest) -> Iterator[None]:
    """The connections of a test end with it."""
    yield
    if "edge" in request.fixturenames:
        edge: Edge = request.getfixturevalue("edge")
        while edge.strangers:
            edge.strangers.pop().close()
