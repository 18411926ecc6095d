"""`clients`, as an operator runs it when a client asks."""

from __future__ import annotations

import json

import psycopg2
import pytest
from click.testing import CliRunner, Result

from aiadmin.cli import cli

pytestmark = pytest.mark.process

PHONE = "79001112233"


def _run(database_url: str, redis_url: str, *arguments: str) -> Result:
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "JWT_SECRET": "j" * 32, "APP_ENV": "production"}
    settings |= {"PUBLIC_URL": "https://bot.example.com", "ADMIN_API_KEY": "a" * 32}
    settings |= {"YCLIENTS_API_KEY": "partner", "YCLIENTS_APP_ID": "1"}
    return CliRunner().invoke(cli, ["clients", *arguments], env=settings)


def test_a_client_is_exported_erased_and_let_back(database_url: str, redis_url: str) -> None:
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO companies (yclients_id) VALUES (1) RETURNING id")
        [company_id] = cursor.fetchone()
        cursor.execute("INSERT INTO contacts (company_id, phone) VALUES (%s, %s)", (company_id, PHONE))

    def run(*arguments: str) -> Result:
        return _run(database_url, redis_url, arguments[0], str(company_id), *arguments[1:])

    exported = run("export", "+7 900 111-22-33")
    assert exported.exit_code == 0, exported.output
    assert [row["phone"] for row in json.loads(exported.stdout)["contacts"]] == [PHONE]
    assert run("erase", PHONE).exit_code == 1, "nobody said yes"
    assert run("erase", "12", "--yes").exit_code == 2
    erased = run("erase", PHONE, "--yes")
    assert erased.exit_code == 0, erased.output
    assert "contacts" in erased.stdout
    assert PHONE not in erased.stdout
    assert json.loads(run("export", PHONE).stdout)["contacts"] == []
    assert run("restore", PHONE).exit_code == 0
    assert run("restore", PHONE).exit_code == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT action, actor, details::text FROM audit_log ORDER BY id")
        deeds = cursor.fetchall()
    connection.close()
    assert [deed[:2] for deed in deeds][:2] == [("clients.export", "cli"), ("clients.erase", "cli")]
    assert PHONE not in str(deeds)
