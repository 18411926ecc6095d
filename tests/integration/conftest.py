"""What all these tests compile and start once per worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.yclients.client import FakeYClients
from tests.support import routes, statements, templates


@pytest.fixture(scope="session", autouse=True)
def all_is_compiled_once() -> Iterator[None]:
    """Each test has an application and an engine of its own; all have the same routes, pages and statements."""
    with routes.compiled_once(), templates.compiled_once(), statements.compiled_once():
        yield


@pytest.fixture(scope="session")
def yclients_server() -> Iterator[FakeYClients]:
    """One process; whoever uses it resets it first."""
    with FakeYClients() as server:
        yield server
