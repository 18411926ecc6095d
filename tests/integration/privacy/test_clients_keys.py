"""What the WhatsApp library keeps of a client, in its own tables, is shown and erased like all else."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.ids import CompanyId
from aiadmin.services import maintenance
from aiadmin.services.install import lifecycle
from aiadmin.storage.hosting.wa_store import IMPERSONAL, MAP, PERSONAL
from tests.integration.privacy.test_clients import LID, OTHER, PHONE, Held
from tests.support.site import ADMIN, Site

USER = LID.partition("@")[0]
OUR_JID, THEIR_JID = "79990000031:12@s.whatsapp.net", "79990000032:12@s.whatsapp.net"
_SIZES = {"noise_key": 32, "identity_key": 32, "signed_pre_key": 32, "identity": 32, "signed_pre_key_sig": 64}
_SIZES |= {"adv_account_sig": 64, "adv_account_sig_key": 32, "adv_device_sig": 64}


class Library:
    """Writes into the library's tables what it would."""

    def __init__(self, site: Site) -> None:
        self.engine = site.container.engine

    def rows(self, statement: str, **given: Any) -> list[Any]:
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), given)
            return [tuple(row) for row in found] if found.returns_rows else []

    @cached_property
    def columns(self) -> dict[str, dict[str, str]]:
        """Each table's columns and their types."""
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self.rows(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'wa_store'"
        ):
            found.setdefault(table, {})[column] = kind
        return found

    def put(self, table: str, **given: str) -> None:
        """A row; what is not given is anything that fits."""
        kinds = self.columns[table]
        values = {name: given[name] if name in given else _anything(name, kind) for name, kind in kinds.items()}
        names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
        self.rows(f"INSERT INTO wa_store.{table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING", **values)  # noqa: S608

    def device(self, jid: str) -> None:
        self.put("whatsmeow_device", jid=jid)

    def know(self, our_jid: str, phone: str, user: str) -> None:
        """A device has talked with a person: in every table, under each of the person's names."""
        names = {
            "jid": (f"{phone}@s.whatsapp.net", f"{phone}:3@s.whatsapp.net", f"{user}@lid", f"{user}:3@lid"),
            "signal": (f"{phone}:0", f"{phone}:3", f"{user}_1:0", f"{user}_1:3"),
        }
        for table, columns in PERSONAL.items():
            for column, kind in columns.items():
                for name in names[kind]:
                    self.put(table, our_jid=our_jid, **{column: name})
        self.rows(
            "INSERT INTO wa_store.whatsmeow_lid_map (lid, pn) VALUES (:lid, :pn) ON CONFLICT DO NOTHING",
            lid=user,
            pn=phone,
        )

    def found(self, our_jid: str | None, *words: str) -> set[str]:
        """The tables in which a device's rows (or with None the map) hold one of these words."""
        tables = {}
        for table in PERSONAL if our_jid else (MAP,):
            mine = "WHERE our_jid = :jid" if our_jid else ""
            given = {"jid": our_jid} if our_jid else {}
            kept = self.rows(f"SELECT * FROM wa_store.{table} {mine}", **given)  # noqa: S608 - our own words
            tables[table] = str([[value for value in row if isinstance(value, str)] for row in kept])
        return {table for table, shown in tables.items() if any(word in shown for word in words)}


def _anything(name: str, kind: str) -> Any:
    match kind:
        case "bytea":
            return b"\0" * _SIZES.get(name, 32)
        case "text":
            return "x"
        case "boolean":
            return False
        case "uuid":
            return None
        case _:
            return 1


@pytest.fixture
def held(site: Site) -> Held:
    return Held(site)


@pytest.fixture
def library(site: Site, held: Held) -> Library:
    """The salon and another one, both of which know the client; the salon knows somebody else, too."""
    library = Library(site)
    held.run("UPDATE devices SET jid = :jid WHERE company_id = :id", jid=OUR_JID)
    held.run("INSERT INTO companies (id, yclients_id) VALUES (:other, 999)", other=held.company_id + 1)
    held.run("INSERT INTO devices (company_id, jid, phone) VALUES (:other, :jid, '79990000032')",
             other=held.company_id + 1, jid=THEIR_JID)  # fmt: skip
    for jid in (OUR_JID, THEIR_JID):
        library.device(jid)
        library.know(jid, PHONE, USER)
    library.know(OUR_JID, OTHER, "777000222")
    return library


def test_every_table_of_the_library_is_known_to_name_people_or_not_to(library: Library) -> None:
    tables = library.columns
    assert set(tables) == {*PERSONAL, MAP, *IMPERSONAL}
    for table, columns in PERSONAL.items():
        naming = {name for name in tables[table] if name.startswith(("their_", "chat_", "sender_id", "sender_jid"))}
        assert naming == set(columns), table


def test_what_the_library_keeps_is_shown_without_keys(held: Held, library: Library) -> None:
    given = held.ask("export").get_json()["held"]
    shown = {table.partition(".")[2]: rows for table, rows in given.items() if table.startswith("wa_store.")}
    assert {table: len(rows) for table, rows in shown.items()} == {
        table: 4 * len(columns) for table, columns in PERSONAL.items()
    } | {MAP: 0}, "another salon knows the person, too: the map's line is not this one's alone"
    assert "key" not in shown["whatsmeow_sender_keys"][0].keys() - {"our_jid"}
    assert OTHER not in str(shown)


def test_s14_nothing_of_an_erased_client_is_left_with_the_library(held: Held, library: Library) -> None:
    rows = held.ask("erase").get_json()["rows"]
    assert rows["wa_store.whatsmeow_contacts"] == 4
    assert library.found(OUR_JID, PHONE, USER) == set()
    assert library.found(OUR_JID, OTHER) == set(PERSONAL), "somebody else's"
    assert library.found(THEIR_JID, PHONE) == set(PERSONAL), "another salon's"
    assert library.found(None, PHONE, USER) == {MAP}, "which that salon needs"
    path = f"/marketplace/admin/companies/{held.company_id + 1}/clients/erase"
    held.site.client.post(path, json={"phone": f"+{PHONE}"}, headers=ADMIN)
    assert (library.found(THEIR_JID, PHONE, USER), library.found(None, PHONE, USER)) == (set(), set())


def test_a_client_known_to_us_by_the_lid_alone_is_found_by_the_phone(held: Held, library: Library) -> None:
    held.run("UPDATE contacts SET phone = NULL WHERE company_id = :id AND lid = :lid", lid=LID)
    assert held.ask("erase").get_json()["rows"]["contacts"] == 1
    assert held.run("SELECT 1 FROM contacts WHERE lid = :lid", lid=LID) == []


def test_a_salon_that_left_takes_what_the_library_kept_along(held: Held, library: Library) -> None:
    with held.site.container.uow() as work:
        work.installations.erase(CompanyId(held.company_id), held.site.container.clock())
        work.commit()
    assert library.found(OUR_JID, PHONE, USER, OTHER) == set()
    assert library.found(THEIR_JID, PHONE) == set(PERSONAL)
    assert library.rows("SELECT lid FROM wa_store.whatsmeow_lid_map") == [(USER,)]


def test_tokens_of_a_device_that_is_gone_go_too(held: Held, library: Library) -> None:
    library.rows("DELETE FROM wa_store.whatsmeow_device WHERE jid = :jid", jid=THEIR_JID)
    assert library.found(THEIR_JID, PHONE) == {"whatsmeow_privacy_tokens"}, "the one that does not go by itself"
    box = held.site.container
    assert maintenance.tidy(uow=box.uow, clock=box.clock, erase_after=lifecycle.LOOK_EVERY).left_behind == 4
    assert library.found(THEIR_JID, PHONE) == set()
    assert library.found(OUR_JID, PHONE) == set(PERSONAL)


def test_what_the_salon_was_told_of_a_client_is_erased_with_them(held: Held, site: Site) -> None:
    own = held.run("SELECT whatsapp_phone FROM companies WHERE id = :id")[0]["whatsapp_phone"]
    held.run("INSERT INTO contacts (company_id, phone) VALUES (:id, :own)", own=own)
    told = """INSERT INTO outbox_messages (company_id, contact_id, about_contact_id, dedup_key, text)
              SELECT :id, own.id, about.id, :key, :text FROM contacts AS own
              LEFT JOIN contacts AS about ON about.phone = :about WHERE own.phone = :own"""
    held.run(told, own=own, about=PHONE, key="told:1", text="Аделаида не сможет прийти")
    held.run(told, own=own, about=None, key="told:2", text="Клиент +7 900 111-22-33 не сможет прийти")
    held.run(told, own=own, about=OTHER, key="told:3", text="Борис не сможет прийти")
    exported = held.ask("export").get_json()["held"]["outbox_messages"]
    assert {row["dedup_key"] for row in exported} >= {"told:1", "told:2"}
    held.ask("erase")
    left = held.run("SELECT dedup_key FROM outbox_messages WHERE dedup_key LIKE 'told:%'")
    assert left == [{"dedup_key": "told:3"}]
