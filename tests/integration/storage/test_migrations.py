"""Migrations build the specification's table, can be taken back, and agree with the models."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from aiadmin.storage.engine import make_engine
from aiadmin.storage.tables import chat, journal, messages, notices  # noqa: F401 - their tables belong to the metadata
from aiadmin.storage.tables.core import Base

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[3]

SPECIFIED = {
    # column: type, length, default, may be null
    "id": ("integer", None, "nextval('companies_id_seq'::regclass)", "NO"),
    "yclients_id": ("integer", None, None, "NO"),
    "company_id": ("integer", None, None, "YES"),
    "title": ("character varying", 255, None, "YES"),
    "phone": ("character varying", 20, None, "YES"),
    "email": ("character varying", 255, None, "YES"),
    "address": ("text", None, None, "YES"),
    "timezone": ("character varying", 50, "'Europe/Moscow'::character varying", "YES"),
    "whatsapp_enabled": ("boolean", None, "false", "YES"),
    "whatsapp_connected": ("boolean", None, "false", "YES"),
    "whatsapp_phone": ("character varying", 20, None, "YES"),
    "whatsapp_connected_at": ("timestamp with time zone", None, None, "YES"),
    "ai_enabled": ("boolean", None, "true", "YES"),
    "sync_enabled": ("boolean", None, "true", "YES"),
    "integration_status": ("character varying", 50, "'pending'::character varying", "YES"),
    "api_key": ("character varying", 255, None, "YES"),
    "raw_data": ("jsonb", None, None, "YES"),
    "created_at": ("timestamp with time zone", None, "now()", "YES"),
    "updated_at": ("timestamp with time zone", None, "now()", "YES"),
}


def _alembic(url: str, *words: str) -> None:
    import os

    subprocess.run(
        [sys.executable, "-m", "alembic", *words],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        check=True,
        timeout=60,
    )


def test_companies_is_the_specified_table_column_for_column(database_url: str) -> None:
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, character_maximum_length, column_default, is_nullable"
            " FROM information_schema.columns WHERE table_name = 'companies' AND table_schema = 'public'"
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'companies'")
        indexes = {row[0] for row in cursor.fetchall()}
    connection.close()
    assert {name: found[name] for name in SPECIFIED} == SPECIFIED
    assert {"idx_companies_yclients_id", "idx_companies_whatsapp_connected"} <= indexes


def test_models_and_migrations_agree(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = [
            difference
            for difference in compare_metadata(context, Base.metadata)
            if not (difference[0] == "remove_table" and difference[1].name == "alembic_version")
        ]
    engine.dispose()
    assert differences == []


_DEFINED = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'c' AND connamespace = CAST(:schema AS regnamespace)
UNION ALL
SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = :schema
"""


def test_checks_and_indexes_of_models_and_migrations_agree(database_url: str) -> None:
    """Alembic compares no CHECK and no condition of an index: PostgreSQL makes both tables and tells them back."""
    engine = make_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA of_models"))
        apart = connection.execution_options(schema_translate_map={None: "of_models"})
        Base.metadata.create_all(apart, checkfirst=False)
        found = {
            schema: {
                tuple(part.replace(f"{schema}.", "") for part in row)
                for row in connection.execute(text(_DEFINED), {"schema": schema})
                if "alembic_version" not in row
            }
            for schema in ("public", "of_models")
        }
        connection.rollback()
    engine.dispose()
    assert len(found["public"]) > 50
    assert found["of_models"] ^ found["public"] == set()


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_down_takes_everything_back_and_up_again_works(database_url: str) -> None:
    _alembic(database_url, "downgrade", "base")
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert {row[0] for row in cursor.fetchall()} <= {"alembic_version"}
    connection.close()
    _alembic(database_url, "upgrade", "head")
    _alembic(database_url, "upgrade", "head")


@pytest.mark.parametrize("statuses", [("pending", "nonsense")])
def test_a_status_outside_the_list_is_refused_by_the_database(database_url: str, statuses: tuple[str, str]) -> None:
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO companies (yclients_id, integration_status) VALUES (1, %s)", statuses[:1])
            with pytest.raises(psycopg2.errors.CheckViolation):
                cursor.execute("INSERT INTO companies (yclients_id, integration_status) VALUES (2, %s)", statuses[1:])
    finally:
        connection.close()
