"""One engine per process."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine

STATEMENT_TIMEOUT_MS = 15_000
CONNECT_TIMEOUT_SECONDS = 5


def make_engine(database_url: str, *, pool_size: int = 10) -> Engine:
    """An engine whose connections speak UTC, give up on a slow statement and are checked before use.

    Lazy: nothing is opened before the first query, so a process may fork after the call.
    """
    return create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=CONNECT_TIMEOUT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,  # an error must not carry what a client wrote into a log
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "application_name": "aiadmin",
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}",
        },
    )
