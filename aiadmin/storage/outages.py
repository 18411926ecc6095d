"""What an error of PostgreSQL's or of the pool's means for those who called."""

from __future__ import annotations

from psycopg2.errors import InvalidSchemaName, LockNotAvailable, UndefinedColumn, UndefinedTable
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from aiadmin.domain.errors import DependencyDownError, SalonBusyError
from aiadmin.masking import reason_of

_OF_ANOTHER_VERSION = (UndefinedTable, UndefinedColumn, InvalidSchemaName)
_TOO_MUCH = "54"
"""The class of SQLSTATE for a value that is more than PostgreSQL takes, an index for example: the value is bad."""
_READ_ONLY = "25006"
"""A standby answers: a failover is going on."""


def as_ours(error: BaseException | None) -> SalonBusyError | DependencyDownError | None:
    """The error to raise in the place of `error`; None where it is neither an outage nor a lock."""
    if is_lock_timeout(error):
        return SalonBusyError()
    if error is not None and is_outage(error):
        return DependencyDownError("PostgreSQL", reason_of(error))
    if isinstance(error, DBAPIError) and isinstance(error.orig, _OF_ANOTHER_VERSION):
        # before the row at hand is blamed: no row goes until `migrate` has run, and each does after it
        reason = f"its tables are not of this version, run `python -m aiadmin migrate` ({reason_of(error)})"
        return DependencyDownError("PostgreSQL", reason)
    return None


def is_lock_timeout(error: BaseException | None) -> bool:
    """Whether a lock was not to be had within `lock_timeout`: PostgreSQL is well, another transaction is at work."""
    return isinstance(error, DBAPIError) and isinstance(error.orig, LockNotAvailable)


def is_outage(error: BaseException | None) -> bool:
    """Whether `error` says that PostgreSQL is away, rather than that it refused what we asked."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = getattr(getattr(error, "orig", None), "pgcode", None) or ""
    if state.startswith(_TOO_MUCH):
        return False
    return state == _READ_ONLY or isinstance(error, OperationalError | InterfaceError | PoolTimeoutError)
