"""`backup` and `restore`: what was linked to WhatsApp is linked in the copy, with the real library."""

from __future__ import annotations

import re
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from click.testing import CliRunner, Result

from aiadmin.adapters import embedded
from aiadmin.adapters.database_dump import DumpError, dump
from aiadmin.cli import cli
from aiadmin.cli.home import Home
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.database import Databases
from tests.support.hosted_salons import SLOWLY, Salons
from tests.support.hosts import child, pair, settings
from tests.support.silence import SilentProxy, by_way_of


def run(database_url: str, *words: str) -> Result:
    """One command on this database, in production, where nothing is looked up in the project."""
    given = settings(database_url) | {"APP_ENV": "production"}
    return CliRunner().invoke(cli, words, env=given | {"DATABASE_URL": database_url or None})


@pytest.fixture
def elsewhere(postgres_server: embedded.EmbeddedServer) -> Iterator[str]:
    """The URL of a new database, without a table."""
    name = f"restored_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(postgres_server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield postgres_server.url.rsplit("/", 1)[0] + f"/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


@pytest.fixture
def migrated(databases: Databases) -> Iterator[str]:
    """The URL of another database that has our tables, and no rows."""
    with databases.lend() as url:
        yield url


@pytest.fixture
def salons(database_url: str) -> Iterator[Salons]:
    """The database that is backed up."""
    salons = Salons(database_url)
    yield salons
    salons.close()


def test_a_linked_phone_survives_and_every_row_is_the_same(
    whatsapp: FakeWhatsApp, salons: Salons, elsewhere: str, tmp_path: Path, wait_until: WaitUntil
) -> None:
    [linked] = pair(whatsapp, salons.database_url)
    company_id = salons.add(**linked)
    _change(salons.database_url, "UPDATE companies SET title = %s", "Студия «Ёлка»\tи \\. строка\r\n")
    file = tmp_path / "copy of today.backup"

    made = run(salons.database_url, "backup", str(file))
    assert made.exit_code == 0, made.stderr
    assert "1 companies, 1 linked phones" in made.stdout
    assert "JWT_SECRET" in made.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]

    restored = run(elsewhere, "restore", str(file))
    assert restored.exit_code == 0, restored.stderr
    copy = Salons(elsewhere)
    try:
        assert _everything(copy) == _everything(salons)
        assert copy.add(jid="79990000009:1@s.whatsapp.net") == company_id + 1, "numbers go on where they were"
        with child(whatsapp, elsewhere, "host") as host:
            host.read()
            wait_until(lambda: copy.is_online(company_id), SLOWLY, "the copy's phone is online, without a scan")
            assert host.end() == 0
    finally:
        copy.close()


def _everything(salons: Salons) -> dict[str, list[str]]:
    """Every row of every table, the library's included."""
    tables = salons.rows(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'wa_store')"
    )
    assert len(tables) > 40
    return {
        table["name"]: sorted(str(row["row"]) for row in salons.rows(f"SELECT t::text AS row FROM {table['name']} t"))  # noqa: S608 - names of the catalogue
        for table in tables
    }


def test_a_database_with_salons_is_left_alone_and_a_migrated_empty_one_is_filled(
    salons: Salons, elsewhere: str, migrated: str, tmp_path: Path
) -> None:
    salons.add(jid="79990000002:1@s.whatsapp.net")
    file = tmp_path / "a.backup"
    assert run(salons.database_url, "backup", str(file)).exit_code == 0
    before = file.read_bytes()

    refused = run(salons.database_url, "restore", str(file))
    assert refused.exit_code == 1
    assert "not empty" in refused.stderr
    again = run(salons.database_url, "backup", str(file))
    assert (again.exit_code, file.read_bytes()) == (1, before), "no backup is overwritten"
    assert "exists already" in again.stderr

    assert run(elsewhere, "backup", str(tmp_path / "b")).stderr == (
        "Error: the database is empty: there is nothing to back up\n"
    )
    assert run(migrated, "restore", str(file)).exit_code == 0
    copy = Salons(migrated)
    assert len(copy.rows("SELECT 1 FROM companies")) == 1
    copy.close()


def test_the_database_of_up_is_restored_and_backed_up_while_up_is_stopped(
    salons: Salons, server_dir: Path, tmp_path: Path
) -> None:
    salons.add(jid="79990000005:1@s.whatsapp.net")
    file, again = tmp_path / "a", tmp_path / "b"
    assert run(salons.database_url, "backup", str(file)).exit_code == 0
    data = str(server_dir / "restored-home")

    restored = run("", "restore", str(file), "--data", data)
    assert restored.exit_code == 0, restored.stderr
    assert run("", "restore", str(file), "--data", data).exit_code == 1, "it is not empty any more"
    made = run("", "backup", str(again), "--data", data)
    assert "1 companies, 0 linked phones" in made.stdout

    with Home(Path(data)).running():
        refused = run("", "restore", str(file), "--data", data)
    assert "stop `up` first" in refused.stderr


def test_a_damaged_file_changes_nothing(salons: Salons, migrated: str, tmp_path: Path) -> None:
    salons.add(jid="79990000003:1@s.whatsapp.net")
    file, cut, other = tmp_path / "whole", tmp_path / "cut", tmp_path / "other"
    assert run(salons.database_url, "backup", str(file)).exit_code == 0
    whole = file.read_bytes()
    cut.write_bytes(whole[: len(whole) * 9 // 10])
    other.write_text("CREATE TABLE companies ();")

    for damaged in (cut, other):
        answer = run(migrated, "restore", str(damaged))
        assert answer.exit_code == 1
        assert answer.stderr.startswith("Error: ")
        assert answer.stderr.count("\n") == 1
    copy = Salons(migrated)
    assert copy.rows("SELECT count(*) FROM companies") == [{"count": 0}]
    assert copy.rows("SELECT to_regclass('wa_store.whatsmeow_device') IS NOT NULL AS there") == [{"there": True}]
    copy.close()


def test_a_backup_of_a_newer_version_and_a_database_in_use_are_refused(
    salons: Salons, migrated: str, tmp_path: Path
) -> None:
    salons.add(jid="79990000004:1@s.whatsapp.net")
    file, newer = tmp_path / "today", tmp_path / "newer"
    assert run(salons.database_url, "backup", str(file)).exit_code == 0
    _change(salons.database_url, "UPDATE alembic_version SET version_num = '9999'")
    assert run(salons.database_url, "backup", str(newer)).exit_code == 0
    refused = run(migrated, "restore", str(newer))
    assert "is of a newer version (9999)" in refused.stderr

    _change(
        migrated,
        "INSERT INTO session_hosts (id, lease_until, capacity, draining)"
        " VALUES (gen_random_uuid(), now() + interval '1 minute', 1, false)",
    )
    assert run(migrated, "restore", str(file)).stderr == ("Error: processes run on this database: stop them first\n")


def test_a_server_that_falls_silent_ends_the_backup(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "half"
    file.touch()
    port = urlsplit(database_url).port
    assert port is not None
    with SilentProxy(port) as proxy:
        proxy.fall_silent(new_ones_too=True)
        with pytest.raises(DumpError, match="silent"):
            dump(by_way_of(proxy, database_url), file, schemas=["public"], patience=0.5)


def test_a_folder_that_is_not_there_is_named(database_url: str, tmp_path: Path) -> None:
    answer = run(database_url, "backup", str(tmp_path / "none" / "file"))
    assert answer.exit_code == 1
    assert re.fullmatch(r"Error: .*/none/file.*: No such file or directory\n", answer.stderr)


def test_no_password_is_seen_where_postgresql_does_not_answer(free_port: int, tmp_path: Path) -> None:
    answer = run(f"postgresql://user:hunter2hunter2@127.0.0.1:{free_port}/db", "backup", str(tmp_path / "f"))
    assert answer.stderr == "Error: PostgreSQL does not answer, or refuses: see DATABASE_URL\n"
    assert not list(tmp_path.iterdir())


def _change(database_url: str, statement: str, *values: str) -> None:
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
    connection.close()
