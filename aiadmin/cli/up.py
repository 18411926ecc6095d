"""`python -m aiadmin up`: the whole product on one machine."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import click

from aiadmin.cli.ending import Ending
from aiadmin.cli.environment import check, environment, with_servers
from aiadmin.cli.extras import Extras
from aiadmin.cli.given import check_given
from aiadmin.cli.home import PROJECT, Home, write_settings
from aiadmin.cli.keeper import ServerKeeper
from aiadmin.cli.output import Output
from aiadmin.cli.procfile import read_procfile
from aiadmin.cli.ready import Announcement
from aiadmin.cli.supervisor import Supervisor
from aiadmin.config import Config, foreign_settings

_PUBLISHED = ("DATABASE_URL", "REDIS_URL", "JWT_SECRET", "ADMIN_API_KEY", "METRICS_TOKEN", "PUBLIC_URL", "PORT")
_LATER = ("worker", "clock")
_NOTICE_SECONDS = 0.5
"""The keeper sees a death within a fifth of this."""


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
        click.ClickException: the port is taken, another `up` runs here, a server does not answer, the disk is full,
            or what was started does not start or cannot be kept running.
        ConfigError: a setting is wrong.
    """
    ending = Ending()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: ending.stop.set())
    try:
        _run(home, extras, ending)
    except OSError as error:
        raise click.ClickException(f"{error.strerror or error}: {error.filename or home.path}") from error
    if ending.reason is not None:
        raise click.ClickException(ending.reason)


def _run(home: Home, extras: Extras, ending: Ending) -> None:
    began = time.monotonic()
    commands = read_procfile(PROJECT / "Procfile")
    release, commands = commands.pop("release"), {**extras.commands, **commands}
    output = Output(width=max(map(len, commands)))
    with home.running(), ServerKeeper(output.say, ending.fail) as keeper:
        for sentence in foreign_settings(os.environ):
            click.echo(f"Warning: {sentence}", err=True)
        env = environment(home, extras.settings)
        check_given(check(env), env)
        env = with_servers(env, home, keeper)
        config = Config.from_env(env)
        published = [*_PUBLISHED, *extras.settings]
        write_settings(home.running_file, {name: env[name] for name in published if name in env})
        _release(release, env, ending, keeper)
        supervisor = Supervisor(
            commands=commands, env=env, cwd=PROJECT, output=output, stop=ending.stop, later=_LATER
        )
        announcement = Announcement(
            config=config, host=env["BIND_HOST"], home=home, extras=extras, output=output, ending=ending,
            settled=supervisor.settled, began=began,
        )  # fmt: skip
        threading.Thread(target=announcement.wait_and_say, daemon=True).start()
        hopeless = supervisor.run()
    if hopeless is not None:
        ending.fail(f"{hopeless} does not start (see above)")


def _release(command: str, env: Mapping[str, str], ending: Ending, keeper: ServerKeeper) -> None:
    """Migrate; once more where a server of ours fell meanwhile, for then it is not the database that is wrong."""
    while not ending.stop.is_set():
        falls = keeper.falls
        answer = subprocess.run(["/bin/sh", "-c", f"exec {command}"], cwd=PROJECT, env=dict(env), check=False)
        if answer.returncode == 0:
            return
        ending.stop.wait(_NOTICE_SECONDS)
        if keeper.falls == falls and not ending.stop.is_set():
            ending.fail("the database could not be migrated (see above)")
        while not (keeper.is_whole() or ending.stop.wait(_NOTICE_SECONDS)):
            pass
