"""The keys of linked devices, in the tables that the library keeps in our database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, column, delete, exists, select, table
from sqlalchemy.exc import DBAPIError

from aiadmin.adapters.whatsapp.store import SCHEMA, StoreAddress
from aiadmin.domain.errors import DependencyDownError
from aiadmin.masking import reason_of
from aiadmin.storage.outages import is_outage
from aiadmin.storage.tables.core import DeviceRow

_KEYS = table("whatsmeow_device", column("jid"), schema=SCHEMA)
_ORPHANS = ~exists().where(DeviceRow.jid == _KEYS.c.jid)


class SqlKeyStore:
    """Asks for keys and deletes them; the library alone writes them.

    Every method raises DependencyDownError when PostgreSQL does not answer: that is never read as "no device".
    """

    def __init__(self, engine: Engine, address: StoreAddress) -> None:
        self._engine = engine
        self._address = address

    @property
    def dsn(self) -> str:
        """How the library connects."""
        return self._address.dsn

    def exists(self, jid: str) -> bool:
        """Whether the keys of this device (full JID) are there."""
        with self._transaction() as connection:
            return bool(connection.scalar(select(exists().where(_KEYS.c.jid == jid))))

    def delete(self, jid: str) -> bool:
        """Delete a device's keys and everything kept with them; False when there was nothing."""
        with self._transaction() as connection:
            return connection.execute(delete(_KEYS).where(_KEYS.c.jid == jid)).rowcount > 0

    def orphan_jids(self) -> frozenset[str]:
        """Keys that no row of `devices` names: of a pairing that is ending just now, or left behind."""
        with self._transaction() as connection:
            return frozenset(connection.scalars(select(_KEYS.c.jid).where(_ORPHANS)))

    def delete_orphans(self, jids: Iterable[str]) -> int:
        """Delete those of `jids` that are orphans still, decided in the same statement; returns how many."""
        with self._transaction() as connection:
            return connection.execute(delete(_KEYS).where(_KEYS.c.jid.in_(list(jids)), _ORPHANS)).rowcount

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            if is_outage(error):
                raise DependencyDownError("PostgreSQL", reason_of(error)) from error
            raise
