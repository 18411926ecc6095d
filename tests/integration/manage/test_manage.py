"""The management page: who may see a salon, what is seen of it, and what its owner can do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rq import Queue
from sqlalchemy import text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.ids import CompanyId, DeviceId, HostId
from aiadmin.domain.journal.journal import Client
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    Direction,
    MessageKind,
    MessageSeen,
    NewMessage,
    ReceiptSeen,
    ReceivedEvent,
)
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.services.messages import messages
from aiadmin.texts.ru import manage as texts_manage
from tests.integration.provider.test_orders import at_any_hour
from tests.support.lived_salon import live
from tests.support.site import Refused, Salon, Site

API = "/marketplace/manage"
CLIENT = "79005550011"
HOSTED = """
WITH host AS (
  INSERT INTO session_hosts (id, lease_until, capacity) VALUES (gen_random_uuid(), now() + interval '1 hour', 9)
  RETURNING id
)
UPDATE devices SET host_id = host.id, observed = 'online' FROM host
"""


def ask(site: Site, salon: Salon, path: str, **query: str) -> dict[str, Any]:
    answer = site.client.get(f"{API}/{path}", headers=salon.bearer, query_string=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def order(site: Site, salon: Salon, what: str) -> Any:
    return site.client.post(f"{API}/{what}", headers=salon.bearer)


def audited(site: Site, salon: Salon) -> list[tuple[str, str, str | None]]:
    with site.container.uow() as work:
        return [(entry.actor, entry.action, entry.outcome) for entry in work.audit.recent(salon.company_id, limit=10)]


def owe(site: Site, salon: Salon, words: str, *, phone: str = CLIENT) -> int:
    new = NewMessage(company_id=salon.company_id, text=words, dedup_key=words, deadline_at=None)
    held = site.container
    number = messages.send(new, to=IdentityObservation(phone=phone), uow=held.uow, clock=held.clock)
    assert number is not None
    return number


def hear(site: Site, salon: Salon, words: str, at: datetime, message_id: str) -> None:
    with site.container.uow() as work:
        device = work.devices.find_current(salon.company_id)
    assert device is not None
    seen = MessageSeen(
        message_id=message_id,
        peer=IdentityObservation(phone=CLIENT, push_name="Анна"),
        direction=Direction.IN,
        kind=MessageKind.TEXT,
        text=words,
        media=None,
        quoted_id=None,
        sent_at=at,
    )
    heard = ReceivedEvent(device_id=device.device_id, company_id=salon.company_id, event=seen, received_at=at)
    messages.store([heard], uow=site.container.uow)


@pytest.fixture
def linked(site: Site, salon: Salon) -> Salon:
    site.link(salon)
    return salon


def test_a_link_lets_a_browser_in_and_its_token_leaves_the_address(site: Site, linked: Salon) -> None:
    led = site.client.get(f"{API}?token={linked.token}&company={linked.company_id}")
    assert led.status_code == 303
    assert led.headers["Location"] == f"{API}?company={linked.company_id}#token={linked.token}"
    opened = site.client.get(led.headers["Location"])
    assert opened.status_code == 200
    assert f'data-company-id="{linked.company_id}"' in opened.text
    assert linked.token not in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    stranger = site.client.application.test_client()
    for query, title in (
        ("", "Откройте AI Admin из YClients"),
        ("?company=1", "Откройте AI Admin из YClients"),
        ("?token=x", "Ссылка не открывается"),
        (f"?token={linked.token}&company=999", "Ссылка не открывается"),
    ):
        refused = stranger.get(API + query, headers={"Accept": "text/html"})
        assert (refused.status_code, title in refused.text) == (401, True)
        assert "Открыть YClients" in refused.text
        assert "Set-Cookie" not in refused.headers


def test_in_a_frame_of_yclients_there_is_no_second_header(site: Site, linked: Salon) -> None:
    site.client.get(f"{API}?token={linked.token}")
    alone = site.client.get(f"{API}/help", headers={"Sec-Fetch-Dest": "document"}).text
    framed = site.client.get(f"{API}/help", headers={"Sec-Fetch-Dest": "iframe"}).text
    assert [('class="brand"' in page, "<h1>Помощь</h1>" in page) for page in (alone, framed)] == [
        (True, True),
        (False, True),
    ]


def test_messages_are_held_by_the_owner_and_let_go(site: Site, linked: Salon, refused: Refused) -> None:
    for is_paused in (True, False):
        answer = site.client.post(f"{API}/pause", headers=linked.bearer, json={"paused": is_paused})
        assert answer.status_code == 200
        seen = ask(site, linked, "overview")
        assert ((seen["paused_at"] is not None), seen["headline"]["tone"] == "paused") == (is_paused, is_paused)
        assert any(one["kind"] == "paused" for one in seen["states"]) is is_paused
    assert audited(site, linked) == [("owner", f"messages.{what}", "done") for what in ("resume", "pause")]
    refused(site.client.post(f"{API}/pause", headers=linked.bearer, json={"paused": "yes"}), 400, "invalid")


@pytest.mark.parametrize(
    ("status", "title", "link"),
    [
        (IntegrationStatus.ACTIVATING, "Почти готово", "Подключение"),
        (IntegrationStatus.ACTIVE, "Всё работает", "Подключение"),
        (IntegrationStatus.ACTIVATION_FAILED, "Нужно ваше участие", "Подключение"),
        (IntegrationStatus.FROZEN, "Нужно ваше участие", "Оплатить"),
    ],
)
def test_all_is_well_only_where_yclients_has_the_salon_as_active(
    site: Site, salon: Salon, status: IntegrationStatus, title: str, link: str
) -> None:
    site.link(salon)
    live(site.container, salon.company_id)
    with site.container.engine.begin() as connection:
        connection.execute(text(HOSTED))
        connection.execute(text("UPDATE companies SET integration_status = :status"), {"status": status.value})
    seen = site.client.get(f"{API}/overview", headers=salon.bearer).get_json()
    assert (seen["headline"]["title"], seen["headline"]["link"]) == (title, link)
    site.client.get(f"{API}?token={salon.token}")
    for section in ("", "/sending"):
        page = site.client.get(f"{API}{section}?company={salon.company_id}").text
        assert ("если оплатить вовремя" in page) == (status is IntegrationStatus.FROZEN), section


@pytest.mark.parametrize("path", ["overview", "messages", "disconnect", "activation", "sync"])
def test_nothing_is_told_or_done_without_the_token_in_the_header(
    site: Site, linked: Salon, refused: Refused, path: str
) -> None:
    method = site.client.get if path in {"overview", "messages"} else site.client.post
    refused(method(f"{API}/{path}"), 401, "link-invalid")
    refused(method(f"{API}/{path}?token={linked.token}"), 401, "link-invalid")
    refused(method(f"{API}/{path}", headers={"Authorization": f"Bearer {linked.api_key}"}), 401, "link-invalid")
    assert audited(site, linked) == []


def test_a_salon_sees_its_phone_its_installation_and_what_became_of_the_session(site: Site, linked: Salon) -> None:
    with site.container.uow() as work:
        device = work.devices.find_current(linked.company_id)
        assert device is not None
        [taken] = _adopt(site)
        assert work.devices.observe(
            taken, epoch=1, observed=Observed.ONLINE, reason=None, at=datetime(2026, 11, 26, 9, tzinfo=UTC)
        )
        work.commit()

    seen = ask(site, linked, "overview")

    assert seen["whatsapp"]["connected"] is True
    assert (seen["whatsapp"]["state"], seen["whatsapp"]["text"]) == ("online", "На связи.")
    assert seen["whatsapp"]["phone"] == "79001234567"
    assert seen["yclients"]["status"] == "activating"
    assert seen["sync"] == []
    assert seen["statuses"] == dict.fromkeys(
        ("queued", "sent", "delivered", "read", "unknown", "failed", "cancelled"), 0
    )


def _adopt(site: Site) -> list[DeviceId]:
    import uuid

    with site.container.uow() as work:
        host_id = HostId(uuid.uuid4())
        work.hosts.add(host_id, lease=timedelta(hours=1), capacity=10, name="test")
        taken = work.devices.adopt(host_id, limit=10, now=datetime.now(UTC))
        work.commit()
    return [one.device_id for one in taken]


def test_a_salon_without_a_phone_is_told_so(site: Site, salon: Salon) -> None:
    seen = ask(site, salon, "overview")
    assert (seen["whatsapp"]["connected"], seen["whatsapp"]["text"]) == (False, "Телефон не подключён.")
    assert seen["events"] == []


def test_disconnecting_unlinks_the_phone_once(site: Site, linked: Salon) -> None:
    first, second = order(site, linked, "disconnect"), order(site, linked, "disconnect")
    assert (first.status_code, second.status_code) == (200, 200)
    assert "отключён" in first.get_json()["text"]
    assert "не был" in second.get_json()["text"]
    assert ask(site, linked, "overview")["whatsapp"]["connected"] is False
    assert audited(site, linked) == [("owner", "whatsapp.disconnect", "done")] * 2


def test_a_failed_activation_is_told_again_and_an_active_one_is_not(
    site: Site, linked: Salon, refused: Refused
) -> None:
    held = site.container
    with held.uow() as work:
        row = work.outbox.find_by_key(linked.company_id, "activation")
        assert row is not None
        work.companies.set_status(linked.company_id, IntegrationStatus.ACTIVATION_FAILED)
        work.commit()
    assert ask(site, linked, "overview")["actions"] == ["disconnect", "replace", "retry"]

    assert order(site, linked, "activation").status_code == 202

    assert ask(site, linked, "overview")["yclients"]["status"] == "activating"
    assert "jobs.activations.deliver" in [
        job.func_name for job in Queue("jobs", connection=held.redis, serializer="json").jobs
    ]
    with held.uow() as work:
        work.companies.set_activated(linked.company_id, held.clock())
        work.commit()
    refused(order(site, linked, "activation"), 409, "activation-state")
    assert audited(site, linked) == [("owner", "activation.retry", outcome) for outcome in ("refused", "done")]
    assert ask(site, linked, "overview")["actions"] == ["disconnect", "read", "replace"]


def test_the_journal_is_read_again_and_its_progress_is_seen(site: Site, linked: Salon) -> None:
    assert order(site, linked, "sync").status_code == 202
    [run] = ask(site, linked, "overview")["sync"]
    assert (run["kind"], run["state"], run["text"]) == ("full", "waiting", "Ждёт своей очереди.")
    with site.container.uow() as work:
        assert work.sync_runs.find(linked.company_id, SyncKind.FULL) is not None


@pytest.mark.parametrize(
    ("state", "begun"), [("waiting", 0), ("running", 0), ("paused", 1), ("failed", 1), ("done", 1)]
)
def test_a_reading_in_hand_is_not_begun_anew(site: Site, linked: Salon, state: str, begun: int) -> None:
    """An owner who presses and presses must not use up what YClients lets us ask for all salons."""
    run = (
        "INSERT INTO sync_runs (company_id, kind, state, stage, page) VALUES (:company, 'full', :state, 'clients', 7)"
    )
    with site.container.engine.begin() as connection:
        connection.execute(text(run), {"company": linked.company_id, "state": state})

    answers = [order(site, linked, "sync") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert ("уже читается" in answers[0].get_json()["text"]) is (begun == 0)
    assert audited(site, linked) == [("owner", "sync.start", "done")] * begun
    [seen] = ask(site, linked, "overview")["sync"]
    assert (seen["state"], seen["page"]) == (("waiting", 1) if begun else (state, 7))


@pytest.mark.parametrize("path", ["overview", "messages", "disconnect", "activation", "sync"])
def test_a_salon_that_has_left_is_shown_nothing(site: Site, linked: Salon, refused: Refused, path: str) -> None:
    with site.container.uow() as work:
        work.installations.leave(linked.company_id, site.container.clock())
        work.commit()
    method = site.client.get if path in {"overview", "messages"} else site.client.post
    refused(method(f"{API}/{path}", headers=linked.bearer), 401, "link-revoked")
    assert audited(site, linked) == []
    page = site.client.get(f"{API}?token={linked.token}", headers={"Accept": "text/html"})
    assert (page.status_code, "Ссылка не открывается" in page.text) == (401, True)


def test_the_log_shows_both_sides_newest_first_with_marks(site: Site, linked: Salon) -> None:
    now = datetime.now(UTC)
    hear(site, linked, "Можно на завтра?", now - timedelta(minutes=5), "in-1")
    number = owe(site, linked, "Ждём вас завтра.")
    _mark_read(site, number, now)

    page = ask(site, linked, "messages")

    assert [(one["author"], one["text"]) for one in page["messages"]] == [
        ("out", "Ждём вас завтра."),
        ("in", "Можно на завтра?"),
    ]
    assert (page["messages"][0]["status"], page["messages"][1]["status"]) == ("read", None)
    assert page["messages"][1]["name"] == "Анна"
    assert ask(site, linked, "overview")["statuses"]["read"] == 1


def test_the_log_calls_a_client_what_the_journal_does(site: Site, linked: Salon) -> None:
    """W8: what somebody calls themselves on WhatsApp is a nickname."""
    now = datetime.now(UTC)
    with site.container.uow() as work:
        work.journal.put_clients(linked.company_id, [Client(client_id=1, name="Анна Петрова", phone=CLIENT)], now)
        work.commit()
    hear(site, linked, "Можно на завтра?", now, "in-1")
    assert ask(site, linked, "messages")["messages"][0]["name"] == "Анна Петрова"


@pytest.mark.parametrize("digits", ["31988887777", "3188887777"])
def test_w8_the_log_knows_a_client_by_every_number(site: Site, linked: Salon, digits: str) -> None:
    """W8: the card has the journal's number, WhatsApp another; the name is the card's, and both find the messages."""
    now = datetime.now(UTC)
    with site.container.uow() as work:
        card = Client(client_id=1, name="Карина Соуза", phone="5531988887777")
        work.journal.put_clients(linked.company_id, [card], now)
        work.contacts.upsert(linked.company_id, IdentityObservation(phone="5531988887777"), now)
        seen = IdentityObservation(lid="5@lid", phone="553188887777", push_name="kari")
        work.contacts.upsert(linked.company_id, seen, now)
        work.commit()
    owe(site, linked, "Ждём вас", phone="5531988887777")
    owe(site, linked, "Кому-то ещё")
    [found] = ask(site, linked, "messages", phone=digits)["messages"]
    assert (found["text"], found["name"], found["phone"]) == ("Ждём вас", "Карина Соуза", "553188887777")


def _mark_read(site: Site, number: int, at: datetime) -> None:
    with site.container.engine.begin() as connection:
        connection.execute(
            text("UPDATE outbox_messages SET state='sent', sent_at=:at, delivered_at=:at, read_at=:at WHERE id=:id"),
            {"at": at, "id": number},
        )


def test_the_log_is_read_page_by_page_without_a_gap_or_a_repeat(site: Site, linked: Salon) -> None:
    at = datetime.now(UTC)
    for number in range(60):
        hear(site, linked, f"вопрос {number}", at, f"same-moment-{number}")  # all in one microsecond
        owe(site, linked, f"ответ {number}")
    seen: list[str] = []
    before = ""
    while True:
        page = ask(site, linked, "messages", **({"before": before} if before else {}))
        seen += [one["text"] for one in page["messages"]]
        before = page["before"]
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 120


def test_the_log_is_filtered_by_a_part_of_the_phone(site: Site, linked: Salon) -> None:
    owe(site, linked, "первому", phone="79005550011")
    owe(site, linked, "второму", phone="79005550022")
    found = ask(site, linked, "messages", phone="555-00-22")["messages"]
    assert [one["text"] for one in found] == ["второму"]
    assert ask(site, linked, "messages", phone="000000")["messages"] == []


@pytest.mark.parametrize(
    "query", [{"before": "x"}, {"before": "1-out"}, {"before": "9" * 30 + "-out-1"}, {"phone": "имя"}]
)
def test_a_bad_page_is_refused(site: Site, linked: Salon, refused: Refused, query: dict[str, str]) -> None:
    answer = site.client.get(f"{API}/messages", headers=linked.bearer, query_string=query)
    body = refused(answer, 400, "invalid")
    assert body["fields"].keys() == query.keys()


def test_another_salon_sees_nothing_of_it(site: Site, linked: Salon) -> None:
    owe(site, linked, "тайна первого салона")
    other = site.register(962303)
    assert ask(site, other, "messages")["messages"] == []
    assert ask(site, other, "overview")["statuses"]["queued"] == 0
    order(site, other, "disconnect")
    assert ask(site, linked, "overview")["whatsapp"]["connected"] is True


def test_a_receipt_that_comes_before_the_answer_proves_the_message(site: Site, linked: Salon) -> None:
    """The mark is what the client's phone proves, whatever we know of the sending."""
    number = owe(site, linked, "доставлено раньше ответа")
    with site.container.uow() as work:
        device = work.devices.find_current(linked.company_id)
    assert device is not None
    with site.container.engine.begin() as connection:
        connection.execute(
            text("UPDATE outbox_messages SET state='unknown', message_id='M1', device_id=:device WHERE id=:id"),
            {"device": device.device_id, "id": number},
        )
    receipt = ReceiptSeen(
        message_ids=("M1",), peer=IdentityObservation(phone=CLIENT), is_read=False, at=datetime.now(UTC)
    )
    heard = ReceivedEvent(
        device_id=device.device_id, company_id=CompanyId(linked.company_id), event=receipt, received_at=receipt.at
    )
    messages.store([heard], uow=site.container.uow)
    assert ask(site, linked, "messages")["messages"][0]["status"] == "delivered"


def test_an_owner_whose_clients_hear_everything_twice_is_told(site: Site, linked: Salon) -> None:
    """Nobody notices it but the clients."""
    at_any_hour(site, linked)
    assert ask(site, linked, "overview")["warning"] is None
    body = {"destination_params": [{"id": "a", "phone": CLIENT}], "text": "Вы записаны", "channel": "whatsapp"}
    key = {"Authorization": f"Bearer {linked.api_key}"}
    taken = site.client.post("/marketplace/operator", json=body, headers=key)
    assert taken.status_code == 200

    assert ask(site, linked, "overview")["warning"] == texts_manage.DOUBLE_NOTICES

    at_any_hour(site, linked, **dict.fromkeys(NoticeKind, False))
    assert ask(site, linked, "overview")["warning"] is None
