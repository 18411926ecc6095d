"""`python -m aiadmin`: what an operator types. A command parses, calls one service, prints."""

from __future__ import annotations

import gc
import os

import click

from aiadmin import __version__
from aiadmin.cli.home import Home, dotenv
from aiadmin.cli.lazy import LazyGroup, Places

_COMMANDS: Places = {
    "backup": ("backup", "Write all companies, messages and linked phones to FILE, while everything runs."),
    "bot": ("bot", "Try what the bot understands, hold it, and see what it has done."),
    "clients": ("clients", "Give a client what is held of them, or erase it."),
    "companies": ("companies", "Look at companies, and help them along."),
    "demo": (
        "demo",
        "Run everything without a phone and without the internet; `demo scan` and `demo client` play the phones.",
    ),
    "doctor": ("doctor", "Check settings, servers and libraries; exit code 1 when something is not right."),
    "hosts": ("hosts", "Every living session host: what it holds, and what it takes of its machine."),
    "keys": ("keys", "The API keys of companies."),
    "messages": ("pauses", "Hold messages to clients, and let them go on."),
    "migrate": ("migrate", "Bring the database to this version; safe to repeat, and to run twice at once."),
    "partner": ("partner", "Arrange payments, channels and installations with YClients."),
    "quarantine": ("quarantine", "Look at rows that were set aside because they raised, and try them again."),
    "reconcile": (
        "reconcile",
        "Compare the coming week of a company, or of all, with YClients; zero differences is the aim.",
    ),
    "restore": (
        "backup",
        "Read FILE into an empty database and bring it to this version; everything has to be stopped.",
    ),
    "sessions": ("sessions", "Look at WhatsApp sessions, and move them."),
    "status": ("status", "How everything stands, on one screen: salons, hosts, queues, and who needs attention."),
    "sync": ("sync", "Read salons' journals, and see how far that is."),
    "up": ("up", "Run everything on this machine; Ctrl-C stops it."),
}
"""Each command: its module here, and what `--help` says of it; a module is imported when its command is called."""

_STARTERS = {"demo", "up"}
"""Commands that start servers of their own, and so never look at a running `up`."""


@click.group(cls=LazyGroup, places=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """AI Admin connects beauty salons on YClients to WhatsApp.

    In development, settings that the environment lacks come from `.env`, then from the running `up` or `demo`.
    """
    gc.enable()  # the command is loaded: see `aiadmin.__main__`
    if os.environ.get("APP_ENV") == "production":
        return
    found = dotenv()
    if ctx.invoked_subcommand not in _STARTERS:
        found = (Home.default().running_settings() or Home.demo().running_settings()) | found
    for name, value in found.items():
        os.environ.setdefault(name, value)
