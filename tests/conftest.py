"""Real servers for every test that asks: one PostgreSQL and one Valkey per run, a fresh database per test."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psutil
import pytest
import redis
from hypothesis import is_hypothesis_test
from playwright.sync_api import Browser
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from aiadmin.adapters import embedded
from tests.support.chromium import chromium, is_helper
from tests.support.collected import collect_by_name
from tests.support.database import Databases, copy_cluster
from tests.support.examples import load_profile
from tests.support.forked_workers import fork_workers
from tests.support.polling import polled
from tests.support.processes import allow_forking, children
from tests.support.reporting import report_what_is_shown
from tests.support.restarting import LASTING
from tests.support.tabs import Tabs

ROOT = Path(__file__).resolve().parent.parent
CLUSTER = pytest.StashKey[Path]()
T = TypeVar("T")

gc.disable()  # until all is collected: to walk over it again and again takes a fifth of that

# Where PYTHONDONTWRITEBYTECODE is set every worker would rewrite each assertion (6 s of processor time), and every
# process of the product compile each module (0.3 to 0.8 s): .gitignore knows what is kept instead.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Nothing that a test reads needs it, and a process that has it is not forked: see `tests.support.processes.start`.
os.environ.pop("PYTHONUNBUFFERED", None)
load_profile()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Three for each core, as tests of the whole product mostly wait; six at most, as each takes memory.

    Without those one for each core and one more: a worker costs some seconds of processor time for its servers, and
    only what waits for a deadline leaves a core idle.
    """
    cores = os.cpu_count() or 2
    return min(cores + 1 if config.option.markexpr.startswith("not process") else cores * 3, 6)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real-starts", action="store_true", help="start each process of the product, and fork none")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        collect_by_name(config)
        report_what_is_shown(config)
    if not config.getoption("real_starts"):
        allow_forking()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Before the first worker starts."""
    if sys.platform == "linux":
        fork_workers(config.invocation_params.args)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whoever asks for the fake YClients runs a process of it, and mostly all of the product against it.

    What draws examples draws dozens or hundreds of them.
    """
    if "yclients_server" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.process)
    if is_hypothesis_test(getattr(item, "obj", None)):
        item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: the collector of garbage need not look at it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # seldom: at Python's own thresholds it takes a tenth of a worker's time
    gc.enable()


SHARING = ("tests/acceptance/journeys/", "tests/acceptance/salons/", "tests/page/")
"""Folders whose files share one product, or a browser and its tabs: one worker runs all of a folder, or each would
start its own. They take longest, and so they come first."""


COMPUTING = ("tests/integration/", "tests/unit/")
"""Folders whose tests compute; those of all others mostly wait for processes, a browser or a deadline."""


class ByProduct(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests run on one worker (`--dist loadfile`), and so do those of all files that share a product.

    The first worker begins with what computes and the others with what waits: if all waited at once, as the order of
    folders has it, the cores would be idle for a quarter of the run.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in SHARING if nodeid.startswith(folder)), super()._split_scope(nodeid))

    def _assign_work_unit(self, node: WorkerController) -> None:
        computes = node is self.nodes[0]
        fitting = [scope for scope in self.workqueue if scope.startswith(COMPUTING) is computes]
        if fitting:
            self.workqueue.move_to_end(min(fitting, key=lambda scope: scope not in SHARING), last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByProduct | None:
    """For `--dist loadfile`; what else is asked for is xdist's own."""
    return ByProduct(config, log) if config.getoption("dist") == "loadfile" else None


class WaitUntil(Protocol):
    """Call `predicate` again and again until it gives something true, and return that."""

    def __call__(self, predicate: Callable[[], T], timeout: float = 30.0, what: str = "") -> T: ...


@pytest.fixture(scope="session")
def wait_until() -> WaitUntil:
    """Poll a condition with a deadline: the only way a test waits."""
    return _wait_until


def _wait_until(predicate: Callable[[], T], timeout: float = 30.0, what: str = "") -> T:
    deadline = time.monotonic() + timeout
    for value in polled(predicate):
        if value:
            return value
        if time.monotonic() > deadline:
            break
    pytest.fail(f"not within {timeout} s: {what or predicate.__name__}")


@pytest.fixture
def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    return embedded.free_port()


@pytest.fixture(scope="session")
def server_dir() -> Iterator[Path]:
    """A folder that any account may enter: pytest's own are closed, and root's PostgreSQL runs as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="aiadmin-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Before a worker starts: where all of them find the PostgreSQL that the first one makes. We collect nothing."""
    gc.enable()
    if CLUSTER not in node.config.stash:
        folder = Path(tempfile.mkdtemp(prefix="aiadmin-tests-"))
        folder.chmod(0o755)
        node.config.stash[CLUSTER] = folder
    node.workerinput["cluster"] = str(node.config.stash[CLUSTER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash:
        shutil.rmtree(config.stash[CLUSTER])


@pytest.fixture(scope="session")
def cluster(server_dir: Path, pytestconfig: pytest.Config) -> Path:
    """Where the run's first PostgreSQL is made, of which all others are copies."""
    shared = getattr(pytestconfig, "workerinput", {}).get("cluster")
    if shared is not None:
        return Path(shared)
    own = server_dir / "cluster"
    own.mkdir()
    own.chmod(0o755)
    return own


@pytest.fixture(scope="session")
def postgres_server(server_dir: Path, cluster: Path) -> Iterator[embedded.EmbeddedServer]:
    """The worker's PostgreSQL, quick because it may forget."""
    copy_cluster(cluster, server_dir / "postgres")
    server = embedded.start_postgres(server_dir / "postgres", durable=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey_server(server_dir: Path) -> Iterator[embedded.EmbeddedServer]:
    """The run's Valkey."""
    server = embedded.start_valkey(server_dir / "valkey", durable=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(postgres_server: embedded.EmbeddedServer) -> Iterator[Databases]:
    """The databases of the run's PostgreSQL, for fixtures that need one for longer than a test."""
    with closing(Databases(postgres_server.url)) as lender:
        yield lender


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The URL of a database of this test's own, migrated and empty."""
    with databases.lend() as url:
        yield url


@pytest.fixture(scope="session")
def valkey(valkey_server: embedded.EmbeddedServer) -> Iterator[redis.Redis]:
    """A client of the run's Valkey."""
    with redis.Redis.from_url(valkey_server.url) as client:
        yield client


@pytest.fixture
def redis_url(valkey_server: embedded.EmbeddedServer, valkey: redis.Redis) -> str:
    """The URL of the run's Valkey, emptied."""
    valkey.flushall()
    return valkey_server.url


@pytest.fixture(scope="module")
def module_redis_url(server_dir: Path) -> Iterator[str]:
    """The URL of a Valkey for what runs as long as a module's tests: nobody else empties it."""
    server = embedded.start_valkey(server_dir / f"valkey-{uuid.uuid4().hex[:12]}", durable=False)
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The run's headless Chromium; a test makes its own context in it."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """The browser's tabs, for all tests that look at pages."""
    return Tabs(browser)


@pytest.fixture(autouse=True)
def no_process_is_left_behind() -> Iterator[None]:
    """A test ends the processes it starts; a server that was there before may start what it likes."""
    before = children()
    yield
    deadline = time.monotonic() + 3
    while left := [child for child in _started_since(before) if not _is_over(child) and not is_helper(child)]:
        if time.monotonic() > deadline:
            pytest.fail(f"left running: {[_command_of(child) for child in left]}")
        time.sleep(0.02)


def _started_since(before: set[int]) -> Iterator[psutil.Process]:
    for pid in children() - before - LASTING:
        with suppress(psutil.NoSuchProcess):
            yield psutil.Process(pid)


def _is_over(process: psutil.Process) -> bool:
    """A process that has ended and whose parent has yet to look is not left running."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()) or process.name()
    except psutil.Error:
        return str(process.pid)
