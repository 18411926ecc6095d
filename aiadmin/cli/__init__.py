"""`python -m aiadmin`: what an operator types. A command parses, calls one service, prints."""

from __future__ import annotations

import gc
import importlib
import os

import click

from aiadmin import __version__
from aiadmin.cli.home import Home, dotenv
from aiadmin.config import ConfigError
from aiadmin.domain.errors import AiAdminError

_COMMANDS = {
    "backup": "aiadmin.cli.backup:backup",
    "bot": "aiadmin.cli.bot:bot",
    "clients": "aiadmin.cli.clients:clients",
    "companies": "aiadmin.cli.companies:companies",
    "demo": "aiadmin.cli.demo:demo",
    "doctor": "aiadmin.cli.doctor:doctor",
    "hosts": "aiadmin.cli.hosts:hosts",
    "keys": "aiadmin.cli.keys:keys",
    "messages": "aiadmin.cli.pauses:messages",
    "migrate": "aiadmin.cli.migrate:migrate",
    "partner": "aiadmin.cli.partner:partner",
    "reconcile": "aiadmin.cli.reconcile:reconcile",
    "restore": "aiadmin.cli.backup:restore",
    "quarantine": "aiadmin.cli.quarantine:quarantine",
    "sessions": "aiadmin.cli.sessions:sessions",
    "sync": "aiadmin.cli.sync:sync",
    "up": "aiadmin.cli.up:up",
}
"""Each command and where it is; a module is imported only when its command is called or listed."""

_STARTERS = {"demo", "up"}
"""Commands that start servers of their own, and so never look at a running `up`."""


class LazyGroup(click.Group):
    """Loads the command that is called and no other, and turns our errors into one line and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in order."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None when there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (AiAdminError, ConfigError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """AI Admin connects beauty salons on YClients to WhatsApp.

    In development, settings that the environment lacks come from `.env`, then from the running `up` or `demo`.
    """
    gc.enable()  # the command is loaded: see `aiadmin.__main__`
    if os.environ.get("APP_ENV") == "production":
        return
    found = dotenv() if ctx.invoked_subcommand in _STARTERS else _running() | dotenv()
    for name, value in found.items():
        os.environ.setdefault(name, value)


def _running() -> dict[str, str]:
    return Home.default().running_settings() or Home.demo().running_settings()
