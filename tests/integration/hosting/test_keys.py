"""The keys of devices, in tables that the real library made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg2
import pytest

from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.adapters.whatsapp.store import StoreAddress, StoreError, migrate
from aiadmin.domain.companies.company import NewCompany
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import SalonId
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork

OURS, NAMELESS = "79990000001:1@s.whatsapp.net", "79990000002:7@s.whatsapp.net"


@pytest.fixture
def keys(database_url: str) -> Iterator[SqlKeyStore]:
    """A store with keys of a device of ours, and of one that no row names."""
    engine = make_engine(database_url)
    with UnitOfWork(engine) as work:
        now = datetime.now(UTC)
        new = NewCompany(salon_id=SalonId(1), phone=None, email=None, api_key_hash="", activation_deadline_at=now)
        work.devices.add(work.companies.add(new).company_id, LinkedAccount(jid=OURS, lid=None), now)
        work.commit()
    for jid in (OURS, NAMELESS):
        _put(database_url, jid)
    yield SqlKeyStore(engine, StoreAddress("", ""))
    engine.dispose()


def _put(database_url: str, jid: str) -> None:
    """Any row will do: the library alone reads what is in it."""
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE is_nullable = 'NO'"
            " AND column_default IS NULL AND table_schema = 'wa_store' AND table_name = 'whatsmeow_device'"
        )
        sizes = {"noise_key": 32, "identity_key": 32, "signed_pre_key": 32, "signed_pre_key_sig": 64}
        sizes |= {"adv_account_sig": 64, "adv_account_sig_key": 32, "adv_device_sig": 64}
        values = {
            name: b"\0" * sizes.get(name, 32) if kind == "bytea" else (jid if name == "jid" else "1")
            for name, kind in cursor.fetchall()
        }
        columns = ", ".join(values)
        places = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO wa_store.whatsmeow_device ({columns}) VALUES ({places})", list(values.values()))  # noqa: S608 - the library's own columns
    connection.close()


def test_keys_are_found_and_deleted_by_full_jid(keys: SqlKeyStore) -> None:
    assert keys.exists(OURS)
    assert not keys.exists("79990000001:2@s.whatsapp.net")
    assert keys.delete(OURS)
    assert not keys.delete(OURS)
    assert not keys.exists(OURS)


def test_only_keys_that_no_row_names_can_be_deleted_as_orphans(keys: SqlKeyStore) -> None:
    assert keys.orphan_jids() == {NAMELESS}
    assert keys.delete_orphans([OURS, NAMELESS]) == 1
    assert keys.exists(OURS)


def test_a_database_that_is_away_is_an_error_and_never_no_device() -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none")
    keys = SqlKeyStore(engine, StoreAddress("", ""))
    for ask in (lambda: keys.exists(OURS), lambda: keys.delete(OURS), keys.orphan_jids):
        with pytest.raises(DependencyDownError):
            ask()
    engine.dispose()


def test_making_the_librarys_tables_again_changes_nothing(database_url: str, keys: SqlKeyStore) -> None:
    migrate(database_url)
    assert keys.exists(OURS)


def test_an_unreachable_database_is_told_before_the_library_could_abort() -> None:
    with pytest.raises((StoreError, psycopg2.OperationalError)):
        migrate("postgresql://nobody@127.0.0.1:1/none")
