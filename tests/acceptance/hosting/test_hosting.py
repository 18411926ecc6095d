"""Hosting, with the real library against the fake WhatsApp: devices are linked before, hosts are processes."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest
from redis import Redis

from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.job_queue import RqJobQueue
from aiadmin.domain.ids import CompanyId, HostName
from aiadmin.domain.job import Job
from tests.acceptance.conftest import Restartable
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.commands import run_command
from tests.support.database import Databases
from tests.support.hosted_salons import SLOWLY, Salons
from tests.support.hosts import ROOT, Pair, child, pairing, settings, start_sessions


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[FakeWhatsApp]:
    """One WhatsApp for all tests here; every test links phones of its own."""
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture
def salons(database_url: str) -> Iterator[Salons]:
    salons = Salons(database_url)
    yield salons
    salons.close()


Link = Callable[..., list[tuple[str, CompanyId]]]
"""`link(salons, count=1)`: so many companies with a linked phone; the JID and the company of each."""


@pytest.fixture(scope="module")
def pair(whatsapp: FakeWhatsApp) -> Iterator[Pair]:
    """Links phones, for all tests here."""
    with pairing(whatsapp) as pair:
        yield pair


@pytest.fixture
def link(pair: Pair) -> Link:
    def link(salons: Salons, count: int = 1) -> list[tuple[str, CompanyId]]:
        return [(linked["jid"], salons.add(**linked)) for linked in pair(salons.database_url, count)]

    return link


@pytest.fixture(scope="module")
def hosted(whatsapp: FakeWhatsApp, databases: Databases) -> Iterator[Salons]:
    """A database whose devices one host holds, for the tests that leave both as they are."""
    with databases.lend() as url, closing(Salons(url)) as salons, child(whatsapp, url, "host") as host:
        host.read()
        yield salons
        assert host.end() == 0


def _connections(whatsapp: FakeWhatsApp, jid: str) -> int:
    connections = whatsapp.control("GET", "/connections")["connections"]
    return sum(connection["jid"] == jid for connection in connections)


def _forgotten(pid: int, salons: Salons) -> set[int]:
    """The ports of a process's connections to PostgreSQL on which the server still waits for the first word.

    They are no row of its activity, and each holds one of its processes until somebody collects the garbage.
    """
    server = urlsplit(salons.database_url).port
    opened = {
        line.laddr.port
        for line in psutil.Process(pid).net_connections("tcp")
        if line.status == psutil.CONN_ESTABLISHED and line.raddr.port == server
    }
    return opened - {row["client_port"] for row in salons.rows("SELECT client_port FROM pg_stat_activity")}


def test_a_host_adopts_a_linked_device_and_a_removed_one_is_logged_out_at_whatsapp(
    whatsapp: FakeWhatsApp, link: Link, salons: Salons, wait_until: WaitUntil
) -> None:
    [(jid, company_id)] = link(salons)
    with child(whatsapp, salons.database_url, "host") as host:
        host.read()
        wait_until(lambda: salons.is_online(company_id), SLOWLY, "online")
        wait_until(
            lambda: not _forgotten(host.process.pid, salons), 10, "nothing open that PostgreSQL does not serve"
        )
        said = run_command("companies", "disconnect", str(company_id), **settings(salons.database_url))
        assert said.exit_code == 0, said.output
        wait_until(lambda: not salons.device(company_id), SLOWLY, "row deleted")
        assert host.end() == 0
    assert whatsapp.wait_for("logout", lambda entry: entry["jid"] == jid)
    assert not salons.has_keys(jid)
    assert not salons.rows("SELECT 1 FROM session_hosts"), "a drained host leaves no lease"


def test_a_killed_host_is_followed_by_another_when_its_lease_has_run_out(
    whatsapp: FakeWhatsApp, link: Link, salons: Salons, wait_until: WaitUntil
) -> None:
    linked = link(salons, count=2)
    with child(whatsapp, salons.database_url, "host", "3", "1") as first:
        first.read()
        wait_until(lambda: all(salons.is_online(company) for _, company in linked), SLOWLY, "online")
        with child(whatsapp, salons.database_url, "host", "3", "1") as second:
            second.read()
            first.process.kill()
            died_at = time.monotonic()
            wait_until(lambda: [_connections(whatsapp, jid) for jid, _ in linked] == [0, 0], SLOWLY, "gone")
            wait_until(lambda: [_connections(whatsapp, jid) for jid, _ in linked] == [1, 1], SLOWLY, "back")
            wait_until(lambda: all(salons.is_online(company, epoch=2) for _, company in linked), SLOWLY, "adopted")
            print(f"adopted {time.monotonic() - died_at:.1f} s after kill -9 with a lease of 3 s")
            assert second.end() == 0


def test_unlinked_on_the_phone_the_company_is_not_connected_and_its_keys_are_gone(
    whatsapp: FakeWhatsApp, link: Link, hosted: Salons, wait_until: WaitUntil
) -> None:
    [(jid, company_id)] = link(hosted)
    wait_until(lambda: hosted.is_online(company_id), SLOWLY, "online")
    whatsapp.control("POST", "/unlink", jid=jid)
    wait_until(lambda: hosted.device(company_id)["observed"] == "logged_out", SLOWLY, "logged out")
    wait_until(lambda: hosted.device(company_id)["host_id"] is None, SLOWLY, "let go")
    wait_until(lambda: not hosted.has_keys(jid), SLOWLY, "the keys are gone")
    [company] = hosted.rows("SELECT whatsapp_connected, whatsapp_phone FROM companies WHERE id = %s", company_id)
    assert company == {"whatsapp_connected": False, "whatsapp_phone": None}


def test_a_device_whose_keys_are_gone_is_refused_without_a_crash(
    link: Link, hosted: Salons, wait_until: WaitUntil
) -> None:
    gone = hosted.add("79995550000:9@s.whatsapp.net")
    [(_, there)] = link(hosted)
    wait_until(lambda: hosted.device(gone)["observed"] == "logged_out", SLOWLY, "refused")
    assert hosted.device(gone)["reason"] == "keys_missing"
    wait_until(lambda: hosted.is_online(there), SLOWLY, "the others are online")


def test_a_dropped_connection_and_a_refusing_whatsapp_end_online_again(
    whatsapp: FakeWhatsApp, pair: Pair, hosted: Salons, wait_until: WaitUntil
) -> None:
    [linked] = pair(hosted.database_url)
    whatsapp.fault("refuse", times=1)
    company_id = hosted.add(**linked)
    wait_until(lambda: hosted.is_online(company_id), SLOWLY, "online after a refused start")
    since = hosted.device(company_id)["state_since"]
    whatsapp.fault("drop", jid=linked["jid"])
    wait_until(lambda: hosted.device(company_id)["state_since"] > since, SLOWLY, "noticed")
    wait_until(lambda: hosted.is_online(company_id), SLOWLY, "online again")


def test_a_banned_device_stays_away_as_long_as_whatsapp_said(
    whatsapp: FakeWhatsApp, pair: Pair, hosted: Salons, wait_until: WaitUntil
) -> None:
    [linked] = pair(hosted.database_url)
    whatsapp.fault("login-failure", jid=linked["jid"], reason="402", code=101, expire=3600)
    company_id = hosted.add(**linked)
    wait_until(lambda: hosted.device(company_id)["observed"] == "banned", SLOWLY, "banned")
    device = hosted.device(company_id)
    assert device["reason"] == "send_to_too_many_people"
    assert 3600 <= (device["next_attempt_at"] - device["state_since"]).total_seconds() <= 4200


def test_while_postgresql_is_away_connections_stay_and_nobody_is_unlinked(
    whatsapp: FakeWhatsApp, link: Link, restartable: Restartable, wait_until: WaitUntil
) -> None:
    """Longer than a lease, and with a reconnection that the library has to do without its database."""
    setting, restart = restartable("postgres")
    salons = Salons(setting["database_url"])
    linked = link(salons, count=2)
    jids = [jid for jid, _ in linked]
    with child(whatsapp, salons.database_url, "host", "2", "0.5") as host:
        host.read()
        wait_until(lambda: all(salons.is_online(company) for _, company in linked), SLOWLY, "online")

        def lose_a_connection() -> None:
            before = len(whatsapp.log("login"))
            whatsapp.fault("drop", jid=jids[0])
            wait_until(lambda: len(whatsapp.log("login")) > before, SLOWLY, "back without a database")
            lease_over_at = time.monotonic() + 2.5
            wait_until(lambda: time.monotonic() > lease_over_at, what="the lease has run out")
            assert [_connections(whatsapp, jid) for jid in jids] == [1, 1]

        restart(lose_a_connection)
        reconnected = len(whatsapp.log("login"))
        wait_until(lambda: _holds_a_lease(salons), SLOWLY, "the lease is renewed")
        assert all(salons.is_online(company, epoch=1) for _, company in linked), "same host, same epoch"
        assert len(whatsapp.log("login")) == reconnected, "nobody connected twice"
        assert host.end() == 0
    salons.close()


def _holds_a_lease(salons: Salons) -> bool:
    try:
        return bool(salons.rows("SELECT 1 FROM session_hosts WHERE lease_until > now()"))
    except psycopg2.OperationalError:
        return False  # still starting


def test_starts_and_stops_from_many_threads_do_not_abort_the_process(
    whatsapp: FakeWhatsApp, pair: Pair, salons: Salons
) -> None:
    """The library's maps are unsynchronised: without the gate half of such storms end in `concurrent map writes`."""
    jids = [linked["jid"] for linked in pair(salons.database_url, count=4)]
    with child(whatsapp, salons.database_url, "storm", "3", *jids) as storm:
        said = storm.read()
        assert storm.end() == 0
    print(said)
    assert said["starts"] >= len(jids)
    assert said["live"] == 0


def test_the_sessions_process_needs_no_redis_and_ends_in_time(
    whatsapp: FakeWhatsApp, link: Link, salons: Salons, wait_until: WaitUntil
) -> None:
    [(_, company_id)] = link(salons)
    env = whatsapp.env() | settings(salons.database_url)
    process = subprocess.Popen([sys.executable, "worker.py", "sessions"], cwd=ROOT, env=env, stdout=subprocess.PIPE)
    try:
        wait_until(lambda: salons.is_online(company_id), SLOWLY, "online without Redis")
        asked_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(25) == 0
        print(f"ended {time.monotonic() - asked_at:.1f} s after SIGTERM")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.read() == b"", "what the library prints is in no log"
    assert salons.device(company_id)["host_id"] is None
    assert not salons.rows("SELECT 1 FROM session_hosts")


def test_a_signal_that_another_thread_gets_ends_the_process_as_soon(
    whatsapp: FakeWhatsApp, salons: Salons, redis_url: str, wait_until: WaitUntil
) -> None:
    """The kernel chooses the thread; the main one waits for Redis, up to a quarter of a minute, and is not woken."""
    env = whatsapp.env() | settings(salons.database_url, redis_url)
    process = start_sessions(env)
    try:
        wait_until(lambda: salons.rows("SELECT 1 FROM session_hosts"), SLOWLY, "up")
        with Redis.from_url(redis_url) as client:
            wait_until(lambda: any(one["cmd"] == "blmove" for one in client.client_list()), SLOWLY, "RQ waits")
        other = max(int(task.name) for task in Path(f"/proc/{process.pid}/task").iterdir())
        assert ctypes.CDLL(None).tgkill(process.pid, other, signal.SIGTERM) == 0
        assert process.wait(25) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert not salons.rows("SELECT 1 FROM session_hosts"), "it gave its lease back"


def test_a_nudge_makes_every_host_look_at_once_and_messages_only_the_one_that_sends_them(
    whatsapp: FakeWhatsApp, salons: Salons, redis_url: str, wait_until: WaitUntil
) -> None:
    """A nudge reaches a process that hosts through its own queue, and nothing there forks."""
    env = whatsapp.env() | settings(salons.database_url, redis_url)
    processes = [start_sessions(env) for _ in range(2)]
    try:
        with Redis.from_url(redis_url) as redis:
            wait_until(lambda: redis.zcard(keys.LISTENING) == 2, SLOWLY, "both listen")
            RqJobQueue(redis).nudge(Job.WAKE_HOSTS)
            wait_until(lambda: _nudges_taken(redis) == [1, 1], SLOWLY, "each took one")
            names = "SELECT name FROM session_hosts"
            wait_until(lambda: len(salons.rows(names)) == 2, SLOWLY, "both hold a lease")
            name = salons.rows(names)[0]["name"]
            RqJobQueue(redis).nudge(Job.SEND_MESSAGES, HostName(name))
            wait_until(lambda: sorted(_nudges_taken(redis)) == [1, 2], SLOWLY, "one took another")
            wait_until(lambda: not redis.keys("rq:job:*"), SLOWLY, "nothing is left of them")
            children = [child for process in processes for child in psutil.Process(process.pid).children()]
            assert all(child.status() == psutil.STATUS_ZOMBIE for child in children), "the library ran a shell"
            for process in processes:
                process.send_signal(signal.SIGTERM)
            assert [process.wait(25) for process in processes] == [0, 0]
            assert not redis.smembers("rq:workers"), "they said goodbye"
            assert not redis.exists(keys.LISTENING)
            assert not redis.keys("rq:queue*")
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def _nudges_taken(redis: Redis) -> list[int]:
    return [int(redis.hget(worker, "successful_job_count") or 0) for worker in redis.smembers("rq:workers")]


def test_a_process_that_has_loaded_the_library_cannot_fork_but_starts_programs() -> None:
    code = (
        "import os, subprocess; from aiadmin.adapters.whatsapp import library; library.load();\n"
        "subprocess.run(['true'], check=True)\n"
        "try: os.fork()\n"
        "except library.LibraryError: os._exit(7)\n"
        "os._exit(1)"
    )
    env = settings("postgresql://unused/unused") | {"NEONIZE_BOT_TAG": "off", "PATH": "/usr/bin:/bin"}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=False, timeout=20).returncode == 7
