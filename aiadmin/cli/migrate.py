"""`python -m aiadmin migrate`: our tables, then those that the WhatsApp library keeps beside them."""

from __future__ import annotations

import os
import subprocess
import sys

import click
from alembic import command
from alembic.config import Config as AlembicConfig

from aiadmin.cli.home import PROJECT
from aiadmin.config import Config

_STORE_SECONDS = 60
_MAKE_STORE = "import os; from aiadmin.adapters.whatsapp import store; store.migrate(os.environ['DATABASE_URL'])"


@click.command()
def migrate() -> None:
    """Bring the database to this version; safe to repeat, and to run twice at once."""
    url = Config.from_env(os.environ).database_url
    alembic = AlembicConfig(toml_file=PROJECT / "pyproject.toml")
    alembic.attributes["url"] = url
    command.upgrade(alembic, "head")
    _migrate_store(url)


def _migrate_store(url: str) -> None:
    """In a process of its own: the WhatsApp library starts threads that must not live in this one."""
    try:
        subprocess.run(
            [sys.executable, "-c", _MAKE_STORE],
            cwd=PROJECT,
            env=os.environ | {"DATABASE_URL": url},
            check=True,
            timeout=_STORE_SECONDS,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise click.ClickException("the WhatsApp library could not make its tables (see above)") from error
