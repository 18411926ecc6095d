"""A real web process over real servers, and pages of the official client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.database import Databases
from tests.support.live_site import LiveSite, settings_of, site_with
from tests.support.page import Page


class MakeLiveSite(Protocol):
    """Start a web process with the settings given; everything ends with the test."""

    def __call__(self, **settings: str) -> LiveSite: ...


@pytest.fixture
def make_live_site(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[MakeLiveSite]:
    """See `MakeLiveSite`."""
    with ExitStack() as running:
        yield lambda **more: running.enter_context(
            site_with(settings_of(database_url, redis_url) | more, tmp_path / "web.log")
        )


@pytest.fixture(scope="module")
def live_site(
    databases: Databases,
    module_redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LiveSite]:
    """One web process for many tests, each with salons of its own; without the limit that they would run into."""
    with databases.lend() as database_url:
        settings = settings_of(database_url, module_redis_url) | {"SOCKET_LIMIT_PER_MINUTE": "1000"}
        with site_with(settings, tmp_path_factory.mktemp("web") / "web.log") as running:
            yield running


@pytest.fixture(autouse=True)
def pages_end_with_the_test() -> Iterator[None]:
    """A browser lives as long as its test."""
    yield
    while Page.opened:
        Page.opened.pop().close()
