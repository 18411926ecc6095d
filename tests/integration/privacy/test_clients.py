"""What a client may ask for: all that is held, given or erased; and what comes again after that."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, text

from aiadmin.domain.ids import CompanyId, DeviceId
from aiadmin.domain.journal.booking_event import EventSource
from aiadmin.domain.journal.journal import Attendance, BookedService, Client, Record
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, NewMessage, ReceivedEvent
from aiadmin.services.journal import bookings
from aiadmin.services.messages import messages
from aiadmin.services.privacy import privacy
from aiadmin.storage.journal.sync_runs import SyncedSalon
from tests.support.site import ADMIN, SALON, Salon, Site

NAME, PHONE, LID, EMAIL = "Аделаида Незабудкина", "79001112233", "555000111@lid", "adelaide@example.com"
OTHER = "79004445566"
WORDS = ("Незабудкин", "9001112233", "900) 111-22-33", "555000111", EMAIL, "аллергия")
NOW = datetime.now(UTC)


def _client(client_id: int, phone: str, **facts: Any) -> Client:
    return Client(client_id=client_id, phone=phone, **facts)


def _record(record_id: int, client_id: int, phone: str) -> Record:
    return Record(
        record_id=record_id,
        visit_id=1,
        staff_id=1,
        staff_name="Ольга",
        client_id=client_id,
        client_name=NAME if phone == PHONE else "Борис",
        client_phone=phone,
        starts_at=NOW + timedelta(days=2),
        length=timedelta(hours=1),
        services=(BookedService(service_id=1, title="Стрижка", cost=None),),
        attendance=Attendance.WAITING,
        is_deleted=False,
        created_at=NOW,
        comment="аллергия" if phone == PHONE else "",
        raw={"client": {"phone": phone, "name": NAME if phone == PHONE else "Борис"}},
    )


class Held:
    """A salon that knows two clients by every way that there is."""

    def __init__(self, site: Site) -> None:
        self.site, self.salon = site, site.register()
        site.link(self.salon)
        self.company_id: CompanyId = self.salon.company_id
        self.read()
        for phone in (PHONE, OTHER):
            self.write(phone)
            self.owe(phone)
        bodies = (f'{{"client": {{"name": "{NAME}", "phone": "+7 (900) 111-22-33"}}}}', f'{{"phone": "{OTHER}"}}')
        for body in bodies:
            site.webhook(self.salon, f'{{"company_id": {SALON}, "resource": "record", "data": {body}}}'.encode())
        self.run(
            "INSERT INTO notices (company_id, record_id, kind, dedup_key, announced, due_at, deadline_at, created_at)"
            " SELECT :id, record_id, 'booked', record_id::text, jsonb_build_object('name', client_name), now(),"
            " now(), now() FROM records",
        )
        self.run(
            "INSERT INTO questions (company_id, record_id, starts_at, contact_id, asked_at)"
            " SELECT :id, 11, now(), contacts.id, now() FROM contacts WHERE phone = '79001112233'"
        )

    def read(self) -> None:
        """What YClients tells of the journal, as a synchronisation would keep it."""
        clients = [_client(1, PHONE, name=NAME, email=EMAIL, raw={"name": NAME}), _client(2, OTHER, name="Борис")]
        with self.site.container.uow() as work:
            work.journal.put_clients(self.company_id, clients, datetime.now(UTC))
            work.journal.put_client(self.company_id, clients[0], datetime.now(UTC))
            known = SyncedSalon(
                company_id=self.company_id,
                salon_id=self.salon.salon_id,
                zone="Europe/Moscow",
                known_since=NOW - timedelta(days=1),
            )
            bookings.absorb(
                work,
                known,
                [_record(11, 1, PHONE), _record(12, 2, OTHER)],
                source=EventSource.RECONCILE,
                read_at=datetime.now(UTC),
                now=NOW,
            )
            work.commit()

    def write(self, phone: str | None, lid: str | None = None) -> None:
        """A client writes."""
        lid = lid or (LID if phone == PHONE else None)
        [device] = self.run("SELECT id FROM devices WHERE company_id = :id")
        seen = MessageSeen(
            message_id=uuid.uuid4().hex,
            peer=IdentityObservation(lid=lid, phone=phone, push_name=NAME if phone == PHONE else "Борис"),
            direction=Direction.IN,
            kind=MessageKind.TEXT,
            text=f"Это {phone}",
            media=None,
            quoted_id=None,
            sent_at=NOW,
        )
        heard = ReceivedEvent(
            device_id=DeviceId(device["id"]), company_id=self.company_id, event=seen, received_at=datetime.now(UTC)
        )
        messages.store([heard], uow=self.site.container.uow)

    def owe(self, phone: str) -> None:
        new = NewMessage(
            company_id=self.company_id, text=f"Для {phone}", dedup_key=uuid.uuid4().hex, deadline_at=None
        )
        container = self.site.container
        messages.send(new, to=IdentityObservation(phone=phone), uow=container.uow, clock=container.clock)

    def run(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        with self.site.container.engine.begin() as connection:
            found = connection.execute(text(statement), {"id": self.company_id} | values)
            return [dict(row) for row in found.mappings()] if found.returns_rows else []

    def ask(self, what: str, phone: str = f"+{PHONE}", **more: Any) -> Any:
        path = f"/marketplace/admin/companies/{self.company_id}/clients/{what}"
        return self.site.client.post(path, json={"phone": phone}, headers=ADMIN, **more)

    def everything(self) -> str:
        """All that is in the database, in one text."""
        found = []
        with self.site.container.engine.connect() as connection:
            for table in inspect(connection).get_table_names():
                for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
                    shown = {k: bytes(v).decode() if isinstance(v, memoryview) else v for k, v in row.items()}
                    found.append(json.dumps(shown, ensure_ascii=False, default=str))
        return "\n".join(found)


@pytest.fixture
def held(site: Site) -> Held:
    return Held(site)


def test_a_client_is_given_all_that_is_held_and_nothing_of_others(held: Held) -> None:
    answer = held.ask("export")
    given = answer.get_json()["held"]
    counts = {table: len(rows) for table, rows in given.items() if not table.startswith("wa_store.")}
    assert counts == {
        "contacts": 1,
        "contact_addresses": 2,
        "clients": 1,
        "records": 1,
        "webhook_phones": 0,
        "booking_events": 1,
        "notices": 1,
        "questions": 1,
        "chats": 1,
        "chat_turns": 0,
        "chat_writes": 0,
        "chat_proposals": 0,
        "inbox_messages": 1,
        "outbox_messages": 1,
        "provider_messages": 0,
        "webhooks": 1,
        "audit": 0,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert OTHER not in answer.get_data(as_text=True)
    assert "Борис" not in answer.get_data(as_text=True)
    [deed] = held.ask("export").get_json()["held"]["audit"]
    assert (deed["action"], deed["actor"]) == ("clients.export", "admin-api")


def test_nothing_of_an_erased_client_is_left_in_any_table(held: Held) -> None:
    before = held.everything()
    assert all(word in before for word in WORDS if word != "9001112233")
    assert held.ask("erase").get_json()["rows"]["records"] == 1
    left = held.everything()
    assert [word for word in WORDS if word in left] == []
    assert OTHER in left
    assert "Для 79004445566" in left
    [audit] = held.run("SELECT * FROM audit_log WHERE action = 'clients.erase'")
    assert (audit["actor"], audit["outcome"]) == ("admin-api", "done")


def test_notices_of_an_erased_client_are_dropped(held: Held) -> None:
    held.ask("erase")
    notices = held.run("SELECT record_id, state, reason, announced FROM notices ORDER BY record_id")
    assert [(row["state"], row["reason"]) for row in notices] == [("dropped", "erased"), ("waiting", None)]
    assert notices[0]["announced"] == {}


def test_a_synchronisation_brings_nothing_back(held: Held) -> None:
    held.ask("erase")
    held.read()
    left = held.everything()
    assert [word for word in WORDS if word in left] == []
    [client] = held.run("SELECT name, phone, is_muted FROM clients WHERE client_id = 1")
    assert client == {"name": None, "phone": None, "is_muted": True}
    assert held.run("SELECT count(*) FROM booking_events") == [{"count": 2}], "the blank is no news either"


@pytest.mark.parametrize(("phone", "lid"), [(PHONE, "1@lid"), (None, LID), (PHONE, LID)])
def test_an_erased_client_who_comes_again_is_one_who_wants_no_messages(
    held: Held, phone: str | None, lid: str
) -> None:
    held.ask("erase")
    held.write(phone, lid)
    standing = "SELECT opted_out_at FROM contacts WHERE company_id = :id AND (phone = :phone OR lid = :lid)"
    [contact] = held.run(standing, phone=PHONE, lid=lid)
    assert contact["opted_out_at"] is not None


def test_a_hidden_client_whose_phone_turns_out_to_be_erased_is_one_too(held: Held) -> None:
    held.ask("erase")
    held.write(None, "2@lid")
    assert held.run("SELECT opted_out_at FROM contacts WHERE lid = '2@lid'") == [{"opted_out_at": None}]
    held.write(PHONE, "2@lid")
    [contact] = held.run("SELECT opted_out_at FROM contacts WHERE lid = '2@lid'")
    assert contact["opted_out_at"] is not None


def test_who_opts_in_again_stays_in(held: Held) -> None:
    held.ask("erase")
    held.write(PHONE)
    held.run("UPDATE contacts SET opted_out_at = NULL")
    held.write(PHONE)
    held.owe(PHONE)
    assert held.run("SELECT opted_out_at FROM contacts WHERE phone = :phone", phone=PHONE) == [{"opted_out_at": None}]


def test_an_erased_client_may_come_back(held: Held) -> None:
    held.ask("erase")
    assert held.ask("restore").get_json()["restored"] is True
    assert held.ask("restore").get_json()["restored"] is False
    held.read()
    [client] = held.run("SELECT name, phone FROM clients WHERE client_id = 1")
    assert client == {"name": NAME, "phone": PHONE}


def test_w8_whoever_comes_back_does_so_under_every_name(held: Held) -> None:
    """W8: not only the phone that was asked for: WhatsApp tells the LID first."""
    held.write(CANONICAL, "5@lid")
    held.ask("erase", f"+{CANONICAL}")
    held.ask("erase")
    assert held.ask("restore", f"+{BRAZIL}").get_json()["restored"] is True
    held.write(None, "5@lid")
    held.owe(BRAZIL)
    held.owe(PHONE)
    standings = held.run(
        "SELECT phone, opted_out_at IS NOT NULL AS is_out FROM contacts WHERE phone <> :o OR lid <> ''", o=OTHER
    )
    assert {row["phone"]: row["is_out"] for row in standings if row["phone"] != OTHER} == {
        None: False,
        BRAZIL: False,
        PHONE: True,
    }


def test_another_salon_keeps_its_own(held: Held) -> None:
    other: Salon = held.site.register(SALON + 1)
    path = f"/marketplace/admin/companies/{other.company_id}/clients"
    erased = held.site.client.post(f"{path}/erase", json={"phone": PHONE}, headers=ADMIN).get_json()
    assert set(erased["rows"].values()) == {0}
    assert "Незабудкин" in held.everything()


BRAZIL, CANONICAL = "5531988887777", "553188887777"


@pytest.mark.parametrize("asked", [BRAZIL, CANONICAL])
def test_w8_a_client_of_several_numbers_is_exported_and_erased_by_any_of_them(held: Held, asked: str) -> None:
    """W8: the journal's number, WhatsApp's, and one that the client had before are one person's."""
    for phone in ("33612345678", CANONICAL):
        held.write(phone, "5@lid")
    held.owe(BRAZIL)
    with held.site.container.uow() as work:
        work.journal.put_clients(held.company_id, [_client(5, BRAZIL, name="Карина")], datetime.now(UTC))
        work.commit()
    given = held.ask("export", f"+{asked}").get_json()["held"]
    assert {one["address"] for one in given["contact_addresses"]} == {"5@lid", "33612345678", CANONICAL, BRAZIL}
    assert [len(given[one]) for one in ("contacts", "inbox_messages", "outbox_messages", "clients")] == [1, 2, 1, 1]
    rows = held.ask("erase", f"+{asked}").get_json()["rows"]
    assert (rows["contacts"], rows["contact_addresses"], rows["clients"]) == (1, 4, 1)
    left = held.everything()
    assert [one for one in ("5@lid", "33612345678", CANONICAL, BRAZIL, "Карина") if one in left] == []
    assert OTHER in left
    held.owe("33612345678")
    held.owe(asked)
    standings = "SELECT opted_out_at FROM contacts WHERE phone = ANY(:phones)"
    found = held.run(standings, phones=["33612345678", BRAZIL, CANONICAL])
    assert len(found) == 2, "nobody may know any more that they were one"
    assert all(one["opted_out_at"] for one in found)


def test_w8_an_erased_client_is_anonymous_in_the_journal_under_the_other_spelling_too(held: Held) -> None:
    """W8: the erasure asked by WhatsApp's number holds for the card with the journal's."""
    held.write(CANONICAL, "5@lid")
    held.ask("erase", f"+{CANONICAL}")
    with held.site.container.uow() as work:
        work.journal.put_clients(held.company_id, [_client(5, BRAZIL, name="Карина")], datetime.now(UTC))
        work.commit()
    assert held.run("SELECT name, phone FROM clients WHERE client_id = 5") == [{"name": None, "phone": None}]
    assert held.ask("restore", f"+{BRAZIL}").get_json()["restored"] is True


@pytest.mark.parametrize("what", ["export", "erase", "restore"])
def test_only_the_operator_may_and_only_of_a_phone(held: Held, refused: Any, what: str) -> None:
    path = f"/marketplace/admin/companies/{held.company_id}/clients/{what}"
    refused(held.site.client.post(path, json={"phone": PHONE}, headers=held.salon.key), 401, "unauthorized")
    refused(held.ask(what, "12"), 400, "invalid")
    missing = path.replace(f"/{held.company_id}/", "/4242/")
    refused(held.site.client.post(missing, json={"phone": PHONE}, headers=ADMIN), 404, "company-not-found")
    assert "Незабудкин" in held.everything()


def test_words_are_forgotten_and_marks_stay(held: Held) -> None:
    held.run("UPDATE outbox_messages SET state = 'sent' WHERE text = :text", text=f"Для {PHONE}")
    forget = {"uow": held.site.container.uow, "after": timedelta(days=90)}
    assert privacy.forget_words(now=datetime.now(UTC) + timedelta(days=89), **forget) == 0
    assert privacy.forget_words(now=datetime.now(UTC) + timedelta(days=91), **forget) == 3
    assert held.run("SELECT text, state FROM outbox_messages ORDER BY id") == [
        {"text": "", "state": "sent"},
        {"text": f"Для {OTHER}", "state": "pending"},
    ]
    assert held.run("SELECT text, kind FROM inbox_messages") == [{"text": None, "kind": "text"}] * 2


def test_finished_notices_are_forgotten(held: Held) -> None:
    held.run("UPDATE notices SET state = 'done', finished_at = now() WHERE record_id = 11")
    later = datetime.now(UTC) + timedelta(days=91)
    privacy.forget_words(uow=held.site.container.uow, now=later, after=timedelta(days=90))
    assert held.run("SELECT record_id FROM notices") == [{"record_id": 12}]
