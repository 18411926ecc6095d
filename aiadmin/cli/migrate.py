"""`python -m aiadmin migrate`: our tables, and those that the WhatsApp library keeps beside them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import click
import psycopg2
import sqlalchemy.exc
from alembic import command
from alembic.config import Config as AlembicConfig

from aiadmin.adapters.whatsapp import store
from aiadmin.cli.home import PROJECT
from aiadmin.config import Config
from aiadmin.masking import reason_of
from aiadmin.storage import session_check


@click.command()
def migrate() -> None:
    """Bring the database to this version; safe to repeat, and to run twice at once."""
    url = Config.from_env(os.environ).database_url
    try:
        upgrade(url)
    except (psycopg2.OperationalError, sqlalchemy.exc.OperationalError) as error:
        why = f"PostgreSQL does not answer, or refuses: see DATABASE_URL ({reason_of(error)})"
        raise click.ClickException(why) from error
    except session_check.NoSessionError as error:
        raise click.ClickException(f"{error}; {session_check.REMEDY}") from error
    except store.StoreError as error:
        raise click.ClickException(str(error)) from error


def upgrade(url: str) -> None:
    """Make both sets of tables at the same time: they lie in schemas of their own.

    Raises:
        sessions.NoSessionError: a pooler stands before it that keeps no session.
        store.StoreError: the library could not make its own.
        psycopg2.OperationalError, sqlalchemy.exc.OperationalError: PostgreSQL does not answer.
    """
    session_check.require(url)
    alembic = AlembicConfig(toml_file=PROJECT / "pyproject.toml")
    alembic.attributes["url"] = url
    with ThreadPoolExecutor(max_workers=1) as beside:
        library_tables = beside.submit(store.migrate, url)
        command.upgrade(alembic, "head")
        library_tables.result()
