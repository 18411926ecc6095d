"""`python -m aiadmin up`: the whole product on one machine."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import click

from aiadmin.cli.environment import environment
from aiadmin.cli.home import PROJECT, Home, write_settings
from aiadmin.cli.output import Output
from aiadmin.cli.procfile import read_procfile
from aiadmin.cli.supervisor import Supervisor
from aiadmin.config import Config

_PUBLISHED = ("DATABASE_URL", "REDIS_URL", "JWT_SECRET", "ADMIN_API_KEY", "METRICS_TOKEN", "PUBLIC_URL", "PORT")


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What `demo` adds to `up`: settings that win over all others, and processes that start first."""

    settings: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)


@click.command()
def up() -> None:
    """Run everything on this machine; Ctrl-C stops it.

    PostgreSQL and Redis are started too where DATABASE_URL or REDIS_URL is not set.
    """
    run(Home.default(), Extras())


def run(home: Home, extras: Extras) -> None:
    """Run the Procfile's processes until SIGINT or SIGTERM; on return everything is down.

    Raises:
        click.ClickException: the port is taken, another `up` runs here, or a process would not start.
        ConfigError: a setting is wrong.
    """
    began = time.monotonic()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with home.running(), contextlib.ExitStack() as servers:
        env = environment(home, extras.settings, servers)
        config = Config.from_env(env)
        _require_free_port(config.port)
        published = [*_PUBLISHED, *extras.settings]
        write_settings(home.running_file, {name: env[name] for name in published if name in env})
        commands = read_procfile(PROJECT / "Procfile")
        _release(commands.pop("release"), env, stop)
        _supervise({**extras.commands, **commands}, env, config, home, stop, began)


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            message = (
                f"port {port} is not free ({error.strerror}): set PORT to another, as in PORT={port + 1} make run"
            )
            raise click.ClickException(message) from error


def _release(command: str, env: Mapping[str, str], stop: threading.Event) -> None:
    answer = subprocess.run(["/bin/sh", "-c", f"exec {command}"], cwd=PROJECT, env=dict(env), check=False)
    if answer.returncode != 0 and not stop.is_set():
        raise click.ClickException("the database could not be migrated (see above)")


def _supervise(
    commands: Mapping[str, str],
    env: Mapping[str, str],
    config: Config,
    home: Home,
    stop: threading.Event,
    began: float,
) -> None:
    output = Output(width=max(map(len, commands)))
    supervisor = Supervisor(commands=commands, env=env, cwd=PROJECT, output=output, stop=stop)
    threading.Thread(target=_herald, args=(config, home, supervisor, began), daemon=True).start()
    hopeless = supervisor.run()
    if hopeless is not None:
        raise click.ClickException(f"{hopeless} does not start (see above)")


def _herald(config: Config, home: Home, supervisor: Supervisor, began: float) -> None:
    from aiadmin.cli.ready import announce  # takes half a second, in which the processes are starting already

    announce(config, home, supervisor, began)
