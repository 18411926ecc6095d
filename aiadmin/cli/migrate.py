"""`python -m aiadmin migrate`: our tables, and those that the WhatsApp library keeps beside them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import click
import psycopg2

from aiadmin.adapters.whatsapp import store
from aiadmin.cli import revisions
from aiadmin.cli.home import PROJECT
from aiadmin.config import Config
from aiadmin.masking import reason_of
from aiadmin.storage import schema_version, session_check


@click.command()
def migrate() -> None:
    """Bring the database to this version; safe to repeat, and to run twice at once."""
    url = Config.from_env(os.environ).database_url
    try:
        upgrade(url)
    except psycopg2.OperationalError as error:
        why = f"PostgreSQL does not answer, or refuses: see DATABASE_URL ({reason_of(error)})"
        raise click.ClickException(why) from error
    except session_check.NoSessionError as error:
        raise click.ClickException(f"{error}; {session_check.REMEDY}") from error
    except store.StoreError as error:
        raise click.ClickException(str(error)) from error


def upgrade(url: str) -> None:
    """Make both sets of tables at the same time: they lie in schemas of their own.

    Raises:
        session_check.NoSessionError: a pooler stands before it that keeps no session.
        store.StoreError: the library could not make its own.
        psycopg2.OperationalError: PostgreSQL does not answer.
    """
    session_check.require(url)
    with ThreadPoolExecutor(max_workers=1) as beside:
        library_tables = beside.submit(store.migrate, url)
        if schema_version.applied(url) != revisions.newest():
            _apply_revisions(url)
        library_tables.result()


def _apply_revisions(url: str) -> None:
    """Let Alembic bring our tables to the newest one; it takes half a second to load, and seldom has work."""
    from alembic import command
    from alembic.config import Config as AlembicConfig
    from sqlalchemy.exc import OperationalError

    alembic = AlembicConfig(toml_file=PROJECT / "pyproject.toml")
    alembic.attributes["url"] = url
    try:
        command.upgrade(alembic, "head")
    except OperationalError as error:
        raise error.orig or error from error
