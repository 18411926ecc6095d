"""Groups of commands that import the one that is called and no other."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from aiadmin.config import ConfigError
from aiadmin.domain.errors import AiAdminError

Places = Mapping[str, tuple[str, str]]
"""Each command: its module under `aiadmin.cli` with its name there, and what `--help` says of it."""


class LazyGroup(click.Group):
    """Loads the command that is called and no other, and turns our errors into one line and exit code 1."""

    def __init__(self, *arguments: Any, places: Places, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in order."""
        return sorted(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None when there is none of that name."""
        if cmd_name not in self.places:
            return None
        module, _, name = self.places[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"aiadmin.cli.{module}"), name or cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List all without importing any, which would take a second."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in sorted(self.places.items())])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (AiAdminError, ConfigError) as error:
            raise click.ClickException(str(error)) from error
