"""`python -m aiadmin backup FILE` and `restore FILE`: everything that PostgreSQL holds, linked phones included."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import click

from aiadmin.adapters import database_dump, embedded
from aiadmin.adapters.database_dump import DumpError
from aiadmin.adapters.whatsapp import store
from aiadmin.cli import revisions
from aiadmin.cli.home import Home
from aiadmin.cli.migrate import upgrade
from aiadmin.config import Config
from aiadmin.storage.tables import chat, journal, messages, notices  # noqa: F401 - their tables belong to the metadata
from aiadmin.storage.tables.core import Base

_COMPANIES = "SELECT count(*) FROM companies"
_PHONES = f"SELECT count(*) FROM {store.SCHEMA}.whatsmeow_device"  # noqa: S608 - a constant of ours
_LIVE_HOSTS = "SELECT count(*) FROM session_hosts WHERE lease_until > now()"
_VERSIONS = "alembic_version"
_DATA = click.option("--data", type=click.Path(path_type=Path), help="The folder of `up`.  [default: .aiadmin]")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_DATA
def backup(file: Path, data: Path | None) -> None:
    """Write all companies, messages and linked phones to FILE, while everything runs.

    FILE is readable by you alone. Whoever has it can write as every salon: keep it as you keep a password.
    """
    if file.exists():
        raise click.ClickException(f"{file} exists already: nothing is overwritten")
    home = _home(data)
    with _database(home) as url, _errors():
        companies, phones = (database_dump.count(url, statement) for statement in (_COMPANIES, _PHONES))
        if companies is None or phones is None:
            raise click.ClickException("the database is empty: there is nothing to back up")
        _write(url, file)
    click.echo(f"{file}: {companies} companies, {phones} linked phones")
    click.echo(f"It is of no use without JWT_SECRET: keep that apart from it{_where(home)}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_DATA
def restore(file: Path, data: Path | None) -> None:
    """Read FILE into an empty database and bring it to this version; everything has to be stopped.

    A database that has companies or linked phones is left alone. Set the JWT_SECRET of the backup, and never run what
    was backed up beside its copy: two connections with one phone's keys make WhatsApp log it out.
    """
    home = _home(data)
    if not os.environ.get("DATABASE_URL") and home.is_held():
        raise click.ClickException("stop `up` first: it would work on a half of the backup")
    with _errors():
        _require_known_version(file)
        with _database(home) as url:
            _require_empty(url)
            tables = [*Base.metadata.tables, _VERSIONS]
            database_dump.load(url, file, instead_of=tables, schema=store.SCHEMA)
            upgrade(url)
            companies, phones = (database_dump.count(url, statement) for statement in (_COMPANIES, _PHONES))
    click.echo(f"restored {companies} companies, {phones} linked phones")
    click.echo(f"Start with the JWT_SECRET of the backup{_where(home)}: any other opens no sealed key.")


def _home(data: Path | None) -> Home:
    return Home(data.resolve()) if data else Home.default()


def _where(home: Home) -> str:
    return f" ({home.secrets_file})" if home.secrets_file.exists() else ""


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'the file'}: {error.strerror}") from error
    except (DumpError, embedded.EmbeddedServerError, store.StoreError) as error:
        raise click.ClickException(str(error)) from error


@contextlib.contextmanager
def _database(home: Home) -> Iterator[str]:
    """The address of the database: the one that is set, that of the `up` that runs in `home`, or its own, started."""
    given = os.environ.get("DATABASE_URL") or home.running_settings().get("DATABASE_URL")
    if given:
        yield _checked(given)
        return
    with home.running():
        server = embedded.start_postgres(home.path / "postgres")
        try:
            yield server.url
        finally:
            server.stop()


def _checked(url: str) -> str:
    """What `DATABASE_URL` means; the other settings are not needed here. Raises ConfigError."""
    return Config.from_env({"DATABASE_URL": url, "REDIS_URL": "redis://unused", "JWT_SECRET": "-" * 32}).database_url


def _write(url: str, file: Path) -> None:
    """The file appears whole or not at all, and nobody else may ever read it."""
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        database_dump.dump(url, partial, schemas=("public", store.SCHEMA))
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)


def _require_known_version(file: Path) -> None:
    versions = database_dump.rows_of(file, _VERSIONS)
    if not versions:
        raise click.ClickException(f"{file} is no backup of AI Admin")
    if not set(versions) <= set(revisions.known()):
        raise click.ClickException(f"{file} is of a newer version ({versions[0]}): install that one first")


def _require_empty(url: str) -> None:
    if any(database_dump.count(url, statement) for statement in (_COMPANIES, _PHONES)):
        raise click.ClickException(
            "the database is not empty: nothing was changed. Restore into a new one; for that of `up`, name a new"
            " folder by --data, or move its folder `postgres` away"
        )
    if database_dump.count(url, _LIVE_HOSTS):
        raise click.ClickException("processes run on this database: stop them first")
