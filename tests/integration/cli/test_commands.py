"""`doctor`, `migrate` and others, as an operator runs them: in this process, but for one of each kind of ending."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version

import click
import psycopg2
import pytest
from click.testing import Result

from aiadmin.cli import cli, revisions
from aiadmin.storage import schema_version
from tests.conftest import ROOT
from tests.support.commands import run_command
from tests.support.processes import AS_INSTALLED

pytestmark = pytest.mark.process

PASSWORD = "hunter2hunter2"


def _run(*arguments: str, **settings: str) -> Result:
    """One command with these settings and no others; in production, where nothing is looked up in the project."""
    return run_command(*arguments, **_production() | settings)


def _start(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "aiadmin", *arguments],
        cwd=ROOT,
        env=kept | AS_INSTALLED | _production() | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _production() -> dict[str, str]:
    return {
        "APP_ENV": "production",
        "PUBLIC_URL": "https://bot.example.com",
        "JWT_SECRET": "j" * 32,
        "ADMIN_API_KEY": "a" * 32,
        "YCLIENTS_API_KEY": "partner",
        "YCLIENTS_APP_ID": "1",
    }


def test_doctor_finds_nothing_wrong_where_nothing_is_and_only_warns_of_settings_that_nobody_reads(
    database_url: str, redis_url: str
) -> None:
    """On Heroku the buildpack for the page's JavaScript sets NODE_ENV."""
    servers = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    answer = _run("doctor", **servers, NODE_ENV="production", SUPABASE_KEY=PASSWORD)
    assert answer.exit_code == 0, answer.stdout
    assert "FAIL" not in answer.stdout
    assert "PostgreSQL: version 18" in answer.stdout
    assert "tables: of this version" in answer.stdout
    assert "OK   clock: agrees with PostgreSQL's" in answer.stdout
    assert "OK   queues: no row is set aside" in answer.stdout
    assert "WARN NODE_ENV: is not read" in answer.stdout
    assert "WARN SUPABASE_KEY: is not read" in answer.stdout
    assert PASSWORD not in answer.stdout


def test_doctor_names_what_does_not_answer_and_the_fix_but_no_password(free_port: int) -> None:
    dead = f"postgresql://user:{PASSWORD}@127.0.0.1:{free_port}/db"
    answer = _start("doctor", DATABASE_URL=dead, REDIS_URL=f"redis://:{PASSWORD}@127.0.0.1:{free_port}/0")
    assert answer.returncode == 1
    assert "FAIL PostgreSQL: does not answer" in answer.stdout
    assert "FAIL Redis: does not answer" in answer.stdout
    assert answer.stdout.count("fix: start it") == 2
    assert PASSWORD not in answer.stdout + answer.stderr


def test_doctor_without_settings_says_which() -> None:
    answer = _run("doctor", JWT_SECRET="")
    assert answer.exit_code == 1
    assert "DATABASE_URL, REDIS_URL, JWT_SECRET must be set" in answer.stdout


def test_tables_of_another_version_are_named_with_the_fix(database_url: str, redis_url: str) -> None:
    servers = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '0001'")
        cursor.execute("ALTER TABLE companies DROP COLUMN rights_missing")
    connection.close()
    examined, listed = _run("doctor", **servers), _run("companies", "list", **servers)
    assert examined.exit_code == 1
    assert "FAIL tables: of version 0001, and this is" in examined.stdout
    assert "fix: run `python -m aiadmin migrate`" in examined.stdout
    assert listed.exit_code == 1
    assert len(listed.stderr.splitlines()) == 1
    assert (
        "`python -m aiadmin migrate` (UndefinedColumn: column companies.rights_missing does not exist)"
        in listed.stderr
    )


def test_migrate_can_be_repeated(database_url: str, redis_url: str) -> None:
    """The database of a test is migrated already."""
    answer = _start("migrate", DATABASE_URL=database_url, REDIS_URL=redis_url)
    assert answer.returncode == 0, answer.stderr
    connection = psycopg2.connect(database_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('companies'), to_regclass('wa_store.whatsmeow_device')")
        row = cursor.fetchone()
    connection.close()
    assert row == ("companies", "wa_store.whatsmeow_device")


def test_migrate_loads_neither_alembic_nor_the_library_where_nothing_is_to_be_done(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every start of `up`, and every release, asks."""
    servers = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    loaded = _start("migrate", **servers, PYTHONPROFILEIMPORTTIME="1").stderr
    assert "aiadmin.cli.revisions" in loaded
    assert "alembic" not in loaded
    assert "sqlalchemy" not in loaded
    monkeypatch.setattr(sys, "executable", "/nowhere/python")  # what would make the library's tables
    assert _run("migrate", **servers).exit_code == 0


def test_migrate_brings_an_older_database_to_this_version(database_url: str, redis_url: str) -> None:
    *_, before, newest = revisions.known()
    alembic = [sys.executable, "-m", "alembic", "downgrade", before]
    subprocess.run(alembic, cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url}, check=True, timeout=60)
    assert schema_version.applied(database_url) == before
    answer = _run("migrate", DATABASE_URL=database_url, REDIS_URL=redis_url)
    assert (answer.exit_code, schema_version.applied(database_url)) == (0, newest), answer.output


def _change(database_url: str, statements: str) -> None:
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statements)


def test_migrate_lets_the_library_make_its_tables_where_they_are_gone(database_url: str, redis_url: str) -> None:
    """Whatever the schema says of them."""
    said = f"tables of neonize {version('neonize')}"
    _change(
        database_url, f"DROP SCHEMA wa_store CASCADE; CREATE SCHEMA wa_store; COMMENT ON SCHEMA wa_store IS '{said}'"
    )
    answer = _run("migrate", DATABASE_URL=database_url, REDIS_URL=redis_url)
    assert answer.exit_code == 0, answer.output
    with closing(psycopg2.connect(database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('wa_store.whatsmeow_device')::text,"
            " obj_description('wa_store'::regnamespace, 'pg_namespace')"
        )
        assert cursor.fetchone() == ("wa_store.whatsmeow_device", said)


def test_migrate_asks_the_library_where_its_tables_are_of_another_version(
    database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")  # whoever asks it does not find it
    for change in (
        "COMMENT ON SCHEMA wa_store IS 'tables of neonize 0.0.1'",
        "COMMENT ON SCHEMA wa_store IS NULL",
        "DROP SCHEMA wa_store CASCADE; CREATE SCHEMA wa_store",
    ):
        _change(database_url, change)
        with pytest.raises(FileNotFoundError, match="/nowhere/python"):
            _run("migrate", DATABASE_URL=database_url, REDIS_URL=redis_url)


def test_migrate_says_in_one_line_that_postgresql_does_not_answer(free_port: int) -> None:
    dead = f"postgresql://user:{PASSWORD}@127.0.0.1:{free_port}/db"
    answer = _run("migrate", DATABASE_URL=dead, REDIS_URL="redis://127.0.0.1:1/0")
    assert answer.exit_code == 1
    said = "Error: PostgreSQL does not answer, or refuses: see DATABASE_URL (OperationalError: Connection refused)\n"
    assert answer.stderr == said


def test_help_says_of_each_command_what_the_command_says_of_itself_and_loads_none() -> None:
    shown = _start("--help", PYTHONPROFILEIMPORTTIME="1")
    assert "aiadmin.cli.home" in shown.stderr
    assert not {"sqlalchemy", "redis", "psycopg2"} & set(re.findall(r"[\w.]+$", shown.stderr, re.MULTILINE))
    listed = " ".join(shown.stdout.split())
    with click.Context(cli) as context:
        names = cli.list_commands(context)
        for name in names:
            command = cli.get_command(context, name)
            assert command is not None
            assert f" {name} {command.get_short_help_str(limit=1000)}" in listed
    assert len(names) > 10


def test_help_of_a_group_says_of_each_command_what_the_command_says_of_itself_and_loads_none() -> None:
    shown = _start("companies", "--help", PYTHONPROFILEIMPORTTIME="1")
    assert not {"sqlalchemy", "redis", "psycopg2"} & _loaded(shown)
    listed = " ".join(shown.stdout.split())
    group = cli.get_command(click.Context(cli), "companies")
    assert isinstance(group, click.Group)
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            assert f" {name} {command.get_short_help_str(limit=1000)}" in listed


@pytest.mark.parametrize("command", [("companies", "list"), ("status",)])
def test_a_look_at_the_tables_loads_neither_redis_nor_what_other_commands_need(command: tuple[str, ...]) -> None:
    """They take longer than the look: what is left is SQLAlchemy, for the most part."""
    done = _start(*command, PYTHONPROFILEIMPORTTIME="1", **_AWAY)
    loaded = _loaded(done)
    assert "PostgreSQL" in done.stderr, "it came as far as to ask"
    assert "sqlalchemy" in loaded
    others = {"redis", "rq", "cryptography", "phonenumbers", "babel", "marshmallow", "pymorphy3"}
    assert sorted(others & loaded) == []


_AWAY = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def _loaded(done: subprocess.CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"[\w.]+$", done.stderr, re.MULTILINE))


def test_an_unknown_command_is_refused_with_a_hint() -> None:
    answer = _start("upp")
    assert answer.returncode == 2
    assert "No such command 'upp'" in answer.stderr


def test_doctor_counts_the_salons_whose_webhooks_go_elsewhere_and_says_what_their_own_pages_say(
    database_url: str, redis_url: str
) -> None:
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO companies (yclients_id, integration_status, rights_missing)"
            " VALUES (1, 'active', '{phones}'), (2, 'frozen', NULL), (3, 'pending', '{phones}')"
        )
        cursor.execute("INSERT INTO companies (yclients_id, webhooks_state) VALUES (4, 'missing'), (5, 'ours')")
    connection.close()
    answer = _run("doctor", DATABASE_URL=database_url, REDIS_URL=redis_url)
    assert answer.exit_code == 1
    assert "FAIL webhooks: of 1 salons do not come to us" in answer.stdout
    assert answer.stdout.count("приложению не дали право видеть телефоны") == 1, (
        "a salon that is no salon yet is well"
    )
    assert "WARN salon 1: no-phones: " in answer.stdout
    assert "WARN salon 2: frozen: " in answer.stdout


def test_sync_starts_a_reading_and_shows_how_far_it_is(database_url: str, redis_url: str) -> None:
    servers = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO companies (yclients_id, integration_status) VALUES (1, 'active') RETURNING id")
        row = cursor.fetchone()
    connection.close()
    assert row is not None
    assert "reading begins" in _run("sync", "start", str(row[0]), **servers).stdout
    shown = _run("sync", "show", str(row[0]), **servers).stdout
    assert "full  waiting" in shown
    assert "webhooks: not looked at yet" in shown
    assert _run("sync", "start", "999", **servers).exit_code == 1


def test_rows_that_were_set_aside_are_shown_and_tried_again(database_url: str, redis_url: str) -> None:
    servers = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    assert "nothing is set aside" in _run("quarantine", "list", **servers).stdout
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO companies (yclients_id) VALUES (1) RETURNING id")
        [company_id] = cursor.fetchone() or [0]
        cursor.execute(
            "INSERT INTO quarantine (queue, company_id, row_key, reason, attempts, first_at, last_at)"
            " VALUES ('webhooks', %s, '5', 'KeyError in webhook.read:7', 10, now(), now())",
            [company_id],
        )
    listed = _run("quarantine", "list", "--queue", "webhooks", "--company", str(company_id), **servers).stdout
    assert "KeyError in webhook.read:7" in listed
    assert "nothing is set aside" in _run("quarantine", "list", "--queue", "refetches", **servers).stdout
    assert "1 rows in 1 queues raised" in _run("doctor", **servers).stdout
    assert "1 rows are tried again" in _run("quarantine", "retry", **servers).stdout
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT attempts, next_attempt_at <= now() FROM quarantine")
        assert cursor.fetchall() == [(0, True)]
    connection.close()


def test_a_number_that_no_column_holds_is_refused(database_url: str, redis_url: str) -> None:
    for words in (("companies", "show"), ("sync", "show"), ("sessions", "show"), ("keys", "rotate")):
        answer = _run(*words, "9" * 5000, DATABASE_URL=database_url, REDIS_URL=redis_url)
        assert answer.exit_code == 2, words
