"""A client is erased while the salon's session is live: the real library's tables, and what comes after."""

from __future__ import annotations

from datetime import UTC, datetime

from aiadmin.adapters.db.unit_of_work import SqlUnitOfWork
from aiadmin.adapters.db.wa_store import MAP, PERSONAL
from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.services.privacy import PrivacyDesk
from tests.acceptance.messages.salon import Salon
from tests.acceptance.test_hosting import SLOWLY
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp


def _tables(salon: Salon, *names: str) -> set[str]:
    """The library's tables in which one of these digits stands."""
    found = set()
    for table in (*PERSONAL, MAP):
        rows = salon.database.rows(f"SELECT * FROM wa_store.{table}")  # noqa: S608 - our own words
        shown = str([[value for value in row.values() if isinstance(value, str)] for row in rows])
        if any(name in shown for name in names):
            found.add(table)
    return found


def test_an_erased_client_is_gone_from_the_library_and_may_still_write(
    whatsapp: FakeWhatsApp, salon: Salon, client: str, wait_until: WaitUntil
) -> None:
    lid = str(whatsapp.phone(client)["lid"]).partition("@")[0]
    first = whatsapp.message(client, salon.phone, "Можно записаться?")
    wait_until(lambda: salon.inbox(first), SLOWLY, "in the inbox")
    number = salon.owe(client, "Ждём вас")
    wait_until(lambda: salon.outbox(number)["delivered_at"], SLOWLY, "delivered")
    kept = _tables(salon, client, lid)
    assert {"whatsmeow_sessions", "whatsmeow_identity_keys", MAP} <= kept
    secrets = DerivedSecrets("a secret of these tests, 32 bytes or more")
    desk = PrivacyDesk(
        uow=lambda: SqlUnitOfWork(salon.database._engine, secrets.fingerprint),
        secrets=secrets,
        clock=lambda: datetime.now(UTC),
    )
    desk.erase(salon.company_id, client, actor="test")
    assert _tables(salon, client, lid) == set()
    again = whatsapp.message(client, salon.phone, "Это снова я")
    wait_until(lambda: salon.inbox(again), SLOWLY, "a session is made anew")
    number = salon.owe(client, "И мы")
    wait_until(lambda: salon.outbox(number)["state"] == "sent", SLOWLY, "sent")
    whatsapp.wait_for_message(client, lambda entry: entry["text"] == "И мы")
