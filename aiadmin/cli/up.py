"""`python -m aiadmin up`: the whole product on one machine."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click

from aiadmin.cli.environment import check, environment, with_servers
from aiadmin.cli.extras import Extras
from aiadmin.cli.home import PROJECT, Home, write_settings
from aiadmin.cli.output import Output
from aiadmin.cli.procfile import read_procfile
from aiadmin.cli.supervisor import Supervisor
from aiadmin.config import Config, foreign_settings

_PUBLISHED = ("DATABASE_URL", "REDIS_URL", "JWT_SECRET", "ADMIN_API_KEY", "METRICS_TOKEN", "PUBLIC_URL", "PORT")
_LATER = ("worker", "clock")


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Where data and secrets lie.  [default: .aiadmin]")
def up(data: Path | None) -> None:
    """Run everything on this machine; Ctrl-C stops it.

    PostgreSQL and Redis are started too where DATABASE_URL or REDIS_URL is not set.
    """
    run(Home(data.resolve()) if data else Home.default(), Extras())


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
        for sentence in foreign_settings(os.environ):
            click.echo(f"Warning: {sentence}", err=True)
        env = environment(home, extras.settings)
        check(env)
        env = with_servers(env, home, servers)
        config = Config.from_env(env)
        published = [*_PUBLISHED, *extras.settings]
        write_settings(home.running_file, {name: env[name] for name in published if name in env})
        commands = read_procfile(PROJECT / "Procfile")
        _release(commands.pop("release"), env, stop)
        _supervise({**extras.commands, **commands}, env, stop, partial(_herald, config, home, extras, began))


def _release(command: str, env: Mapping[str, str], stop: threading.Event) -> None:
    answer = subprocess.run(["/bin/sh", "-c", f"exec {command}"], cwd=PROJECT, env=dict(env), check=False)
    if answer.returncode != 0 and not stop.is_set():
        raise click.ClickException("the database could not be migrated (see above)")


def _supervise(
    commands: Mapping[str, str],
    env: Mapping[str, str],
    stop: threading.Event,
    herald: Callable[[Supervisor], None],
) -> None:
    output = Output(width=max(map(len, commands)))
    supervisor = Supervisor(commands=commands, env=env, cwd=PROJECT, output=output, stop=stop, later=_LATER)
    threading.Thread(target=herald, args=(supervisor,), daemon=True).start()
    hopeless = supervisor.run()
    if hopeless is not None:
        raise click.ClickException(f"{hopeless} does not start (see above)")


def _herald(config: Config, home: Home, extras: Extras, began: float, supervisor: Supervisor) -> None:
    from aiadmin.cli.ready import announce  # takes half a second, in which the processes are starting already

    announce(config, home, extras, supervisor, began)
