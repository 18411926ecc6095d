"""`python -m aiadmin doctor`: what this machine lacks, and the fix for each."""

from __future__ import annotations

import importlib.util
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import click
import psycopg2
import redis

from aiadmin.cli import revisions
from aiadmin.cli.doctor_online import yclients_credentials
from aiadmin.cli.doctor_salons import salons
from aiadmin.cli.finding import Finding
from aiadmin.cli.home import PROJECT
from aiadmin.config import FOREIGN_NAMES, Config, ConfigError
from aiadmin.masking import reason_of
from aiadmin.storage import session_check
from aiadmin.storage.connection import connect

_SECONDS = 3
_MOST_SKEW = 2.0
_IMPORT_SECONDS = 30
_DESCRIPTORS = 10_256
"""The connections of the Procfile's web line, and what else it opens."""
_OLDEST_POSTGRES = 14_00_00
_BROWSER_LIBRARY = PROJECT / "aiadmin" / "web" / "static" / "vendor" / "socket.io.esm.min.js"


@click.command()
@click.option("--online", is_flag=True, help="Also call YClients with the credentials.")
def doctor(online: bool) -> None:
    """Check settings, servers and libraries; exit code 1 when something is not right."""
    findings = list(examine(online=online))
    for finding in findings:
        click.echo(f"{_mark(finding)} {finding.name}: {finding.text}")
        if finding.fix is not None:
            click.echo(f"     fix: {finding.fix}")
    if any(finding.is_failure for finding in findings):
        raise click.exceptions.Exit(1)


def _mark(finding: Finding) -> str:
    if finding.is_failure:
        return click.style("FAIL", fg="red")
    return click.style("OK  ", fg="green") if finding.fix is None else click.style("WARN", fg="yellow")


def examine(*, online: bool) -> Iterator[Finding]:
    """Look at everything, cheapest first; what needs settings is left out where they cannot be read."""
    yield _browser_library()
    yield _websockets()
    yield _descriptors()
    yield from _whatsapp_library()
    try:
        config = Config.from_env(os.environ)
    except ConfigError as error:
        yield Finding(name="settings", text=str(error), fix="start `make run`, or set it as .env.example says")
        return
    yield Finding(name="settings", text=f"complete for {config.app_env}")
    for name, ours in FOREIGN_NAMES.items():
        if os.environ.get(name):
            # advice: Heroku's buildpack for the page's JavaScript sets NODE_ENV by itself
            yield Finding(name=name, text="is not read", fix=ours, is_optional=True)
    yield _sessions(config.database_url)
    yield _tables(config.database_url)
    yield _hooks(config.database_url)
    yield _set_aside(config.database_url)
    yield _clock(config.database_url)
    yield from salons(config)
    yield _asked("Redis", lambda: _redis(config.redis_url), "start it, or correct REDIS_URL")
    yield _yclients_settings(config)
    if online:
        yield from yclients_credentials(config)


def _asked(name: str, ask: Callable[[], str], fix: str) -> Finding:
    """What a server answers, or why it does not; the error's first line never shows a password."""
    try:
        return Finding(name=name, text=ask())
    except (psycopg2.Error, redis.RedisError, ValueError) as error:
        return Finding(name=name, text=f"does not answer ({reason_of(error)})", fix=fix)


def _sessions(url: str) -> Finding:
    """A pooler may stand before PostgreSQL, and refuse or drop what a session of ours needs."""
    fix = f"start it, or correct DATABASE_URL; where a pooler refuses, {session_check.REMEDY}"
    try:
        return _asked("PostgreSQL", lambda: _postgres(url), fix)
    except session_check.NoSessionError as error:
        return Finding(name="PostgreSQL", text=str(error), fix=session_check.REMEDY)


def _postgres(url: str) -> str:
    version = session_check.require(url)
    if version < _OLDEST_POSTGRES:
        raise ValueError("too old")
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('whatsmeow_device') IS NOT NULL")
        has_strayed = cursor.fetchone() == (True,)
    if has_strayed:
        raise session_check.NoSessionError(
            "the WhatsApp library's tables lie beside ours: a pooler dropped search_path"
        )
    return f"version {version // 10000}"


def _tables(url: str) -> Finding:
    """The version that the tables were brought to, beside the one that this code is written for."""
    ours = revisions.newest()
    found = _first_row(url, "SELECT version_num FROM alembic_version")
    if found == (ours,):
        return Finding(name="tables", text="of this version")
    if isinstance(found, str) and found != "UndefinedTable":
        return Finding(name="tables", text=f"not known ({found})")
    has = "none yet" if isinstance(found, str) else f"of version {found[0]}, and this is {ours}"
    return Finding(name="tables", text=has, fix="run `python -m aiadmin migrate`, before the processes start")


def _hooks(url: str) -> Finding:
    """Salons whose list of webhook addresses another app has overwritten, as the last night found them."""
    statement = "SELECT count(*) FROM companies WHERE webhooks_state IN ('missing', 'inactive')"
    try:
        with closing(connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
    except psycopg2.Error as error:
        return Finding(name="webhooks", text=f"not known ({reason_of(error)})")
    if row is None or row[0] == 0:
        return Finding(name="webhooks", text="of every salon that was looked at come to us")
    fix = "see `sync show ID`; the salon has to connect again, or to enter our address beside the others"
    return Finding(name="webhooks", text=f"of {row[0]} salons do not come to us", fix=fix)


def _set_aside(url: str) -> Finding:
    """Rows of the work queues that raised."""
    found = _first_row(url, "SELECT count(*), count(DISTINCT queue) FROM quarantine")
    if isinstance(found, str):
        return Finding(name="queues", text=f"not known ({found})")
    if found[0] == 0:
        return Finding(name="queues", text="no row is set aside")
    fix = "`python -m aiadmin quarantine list` says why; mend the cause, then `quarantine retry`"
    return Finding(
        name="queues",
        text=f"{found[0]} rows in {found[1]} queues raised and are passed by",
        fix=fix,
        is_optional=True,
    )


def _clock(url: str) -> Finding:
    """This machine's clock against PostgreSQL's."""
    asked = time.time()
    found = _first_row(url, "SELECT extract(epoch FROM clock_timestamp())::float")
    if isinstance(found, str):
        return Finding(name="clock", text=f"not compared ({found})")
    skew = (asked + time.time()) / 2 - found[0]
    if abs(skew) <= _MOST_SKEW:
        return Finding(name="clock", text="agrees with PostgreSQL's")
    ahead = "ahead of" if skew > 0 else "behind"
    return Finding(
        name="clock", text=f"{abs(skew):.0f} s {ahead} PostgreSQL's", fix="start this machine's time service"
    )


def _first_row(url: str, statement: str) -> tuple[Any, ...] | str:
    """The first row, or the type of the error there was."""
    try:
        connection = psycopg2.connect(url, connect_timeout=_SECONDS)
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            row: tuple[Any, ...] | None = cursor.fetchone()
    except psycopg2.Error as error:
        return type(error).__name__
    return row or "no row"


def _redis(url: str) -> str:
    with redis.Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS) as client:
        info = client.info("server")
    return f"version {info['redis_version']}"


def _yclients_settings(config: Config) -> Finding:
    missing = [name for name in ("yclients_api_key", "yclients_app_id") if not getattr(config, name)]
    if missing:
        names = " and ".join(name.upper() for name in missing)
        return Finding(name="YClients settings", text=f"{names} not set", fix="take them from your developer account")
    return Finding(name="YClients settings", text=f"application {config.yclients_app_id}")


def _browser_library() -> Finding:
    if _BROWSER_LIBRARY.exists():
        return Finding(name="page library", text="there")
    return Finding(name="page library", text=f"{_BROWSER_LIBRARY.name} is missing", fix="run `make setup`")


def _websockets() -> Finding:
    """The socket server prefers gevent-websocket whenever it can be imported, and it does not work with gunicorn."""
    if importlib.util.find_spec("geventwebsocket") is None:
        return Finding(name="websockets", text="nothing in the way")
    return Finding(name="websockets", text="gevent-websocket is installed", fix="pip uninstall gevent-websocket")


def _descriptors() -> Finding:
    """Every connection to `web` is a file descriptor; it raises its own limit as far as it may."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit == resource.RLIM_INFINITY or limit >= _DESCRIPTORS:
        return Finding(name="file descriptors", text="enough for 10,000 connections to web")
    fix = f"raise it to {_DESCRIPTORS} (`ulimit -Hn`, LimitNOFILE in systemd) where strangers can reach web"
    return Finding(name="file descriptors", text=f"{limit}: so many connections, less 256", fix=fix)


def _whatsapp_library() -> Iterator[Finding]:
    """In processes of their own: the library must not be loaded into this one."""
    yield Finding(name="libmagic", text="there" if _can("import magic") else "absent, and not needed")
    if _can("from aiadmin.adapters.whatsapp import library as l; l.ensure_environment(); l.load()"):
        yield Finding(name="neonize", text="loads")
    else:
        fix = "use CPython 3.11+ on 64-bit Linux or macOS, and `make setup`"
        yield Finding(name="neonize", text="does not load", fix=fix)


def _can(code: str) -> bool:
    command = [sys.executable, "-c", code]
    try:
        answer = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False, timeout=_IMPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == 0
