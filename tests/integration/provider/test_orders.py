"""YClients sends its own notifications through us: orders over HTTP, statuses back to the fake YClients."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import text
from werkzeug.serving import make_server

from aiadmin.cli import cli
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.services.ports.yclients import StatusPost
from aiadmin.services.provider import orders
from tests.fakes.yclients.client import FakeYClients
from tests.support.site import SALON, MakeSite, Salon, Site

PHONES = ["79001110001", "79001110002"]
TEXT = "Ждём вас завтра в 10:00"


@dataclass
class Desk:
    """A salon whose notifications YClients sends through us, over a socket."""

    site: Site
    salon: Salon
    yclients: FakeYClients
    url: str

    def order(self, phones: list[str] = PHONES, **said: Any) -> dict[str, Any]:
        """YClients asks; what it made of our answer."""
        return self.yclients.operator_send(SALON, phones, TEXT, url=self.url, **said)

    def post(self, body: Any, key: str | None = None, **more: Any) -> requests.Response:
        """Anybody asks."""
        headers = {"Authorization": f"Bearer {self.salon.api_key if key is None else key}"}
        return requests.post(self.url, json=body, headers=headers, timeout=10, **more)

    def body(self, *ids: str, **changes: Any) -> dict[str, Any]:
        targets = [{"id": number, "phone": PHONES[0]} for number in ids]
        return {"destination_params": targets, "text": TEXT, "channel": "whatsapp"} | changes

    def run(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        with self.site.container.engine.begin() as connection:
            found = connection.execute(text(statement), values)
            return [dict(row) for row in found.mappings()] if found.returns_rows else []

    def owed(self) -> list[dict[str, Any]]:
        return self.run("SELECT * FROM outbox_messages ORDER BY id")

    def becomes(self, **facts: Any) -> None:
        """What a session host would write of every message."""
        changes = ", ".join(f"{name} = :{name}" for name in facts)
        self.run(f"UPDATE outbox_messages SET {changes}", **facts)  # noqa: S608 - our own words
        self.run("UPDATE provider_messages SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL")

    def statuses(self) -> list[list[int]]:
        """What YClients has heard of each message."""
        return [message["statuses"] for message in self.yclients.provider_messages()]


def at_any_hour(site: Site, salon: Salon, **settings: object) -> None:
    """The salon has no quiet hours, or other settings than the usual."""
    given = settings or {"quiet_from": "00:00", "quiet_to": "00:00"}
    put = text(
        "INSERT INTO message_settings (company_id, settings, updated_at) VALUES (:id, :given, now())"
        " ON CONFLICT (company_id) DO UPDATE SET settings = :given"
    )
    with site.container.engine.begin() as connection:
        connection.execute(put, {"id": salon.company_id, "given": json.dumps(given)})


@pytest.fixture
def desk(make_site: MakeSite, yclients: FakeYClients) -> Iterator[Desk]:
    site = make_site(provider_callback_origins=(yclients.url,), webhook_limit_per_minute=60)
    salon = site.register()
    site.link(salon)
    at_any_hour(site, salon)
    yclients.activate(SALON, api_key=salon.api_key, channels=["whatsapp"])
    server = make_server("127.0.0.1", 0, site.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Desk(site, salon, yclients, f"http://127.0.0.1:{server.server_port}/marketplace/operator")
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_order_is_owed_and_answered_as_documented(desk: Desk) -> None:
    answer = desk.order()
    assert (answer["status"], answer["problems"]) == (200, [])
    assert [(row["text"], row["purpose"], row["state"]) for row in desk.owed()] == [(TEXT, "provider", "pending")] * 2
    assert all(row["deadline_at"] > row["created_at"] for row in desk.owed())


def test_the_same_id_again_is_answered_the_same_and_sent_once(desk: Desk) -> None:
    first = desk.post(desk.body("a", "b")).json()
    again = desk.post(desk.body("b", "a", "c")).json()
    assert {row["id"]: row["ext_id"] for row in first}.items() <= {row["id"]: row["ext_id"] for row in again}.items()
    assert len({row["ext_id"] for row in again}) == len(desk.owed()) == 3


def test_the_same_order_many_times_at_once_is_sent_once(desk: Desk) -> None:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(desk.post(desk.body("a")).json())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(answer == answers[0] for answer in answers)
    assert len(desk.owed()) == 1


def test_statuses_come_back_once_each_and_in_order(desk: Desk) -> None:
    desk.order()
    desk.site.container.status_reporter.report()
    assert desk.statuses() == [[8], [8]]
    desk.becomes(state="sent")
    desk.site.container.status_reporter.report()
    desk.site.container.status_reporter.report()
    assert desk.statuses() == [[8, 4], [8, 4]]
    desk.becomes(delivered_at=datetime.now(UTC), read_at=datetime.now(UTC))
    desk.site.container.status_reporter.report()
    desk.site.container.status_reporter.report()
    assert desk.statuses() == [[8, 4, 1], [8, 4, 1]]
    rows = desk.run("SELECT callback_url, next_attempt_at, finished_at, error FROM provider_messages")
    assert all(row["finished_at"] and not (row["callback_url"] or row["next_attempt_at"]) for row in rows)


def test_all_at_once_is_three_calls_for_any_number_of_messages(desk: Desk) -> None:
    desk.order()
    desk.becomes(state="sent", delivered_at=datetime.now(UTC))
    assert desk.site.container.status_reporter.report() == {"told": 6, "failed": 0, "refused": 0}
    assert desk.statuses() == [[8, 4, 1], [8, 4, 1]]
    calls = [call for call in desk.yclients.requests() if "/status/callback/" in call["path"]]
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("state", "reason", "last"),
    [("failed", "not_on_whatsapp", 2), ("cancelled", "expired", 2), ("cancelled", "opted_out", 16)],
)
def test_what_did_not_go_is_said(desk: Desk, state: str, reason: str, last: int) -> None:
    desk.order(PHONES[:1])
    desk.becomes(state=state, reason=reason, next_attempt_at=None)
    desk.site.container.status_reporter.report()
    assert desk.statuses() == [[8, last]]


def test_the_address_is_kept_sealed(desk: Desk) -> None:
    desk.order()
    for row in desk.run("SELECT callback_url FROM provider_messages"):
        assert "callback" not in row["callback_url"]
        assert desk.yclients.partner_token not in row["callback_url"]


class DyingPost:
    """A worker that is killed when YClients has answered."""

    def __init__(self, post: StatusPost) -> None:
        self._post = post

    def post(self, url: str, statuses: Any) -> NoReturn:
        self._post.post(url, statuses)
        raise KeyboardInterrupt


def test_a_worker_that_dies_after_the_answer_tells_again_in_order(desk: Desk) -> None:
    desk.order(PHONES[:1])
    reporter = desk.site.container.status_reporter
    with pytest.raises(KeyboardInterrupt):
        replace(reporter, post=DyingPost(reporter.post)).report()
    assert desk.statuses() == [[8]]
    assert reporter.report()["told"] == 0, "the dead worker's claim still holds"
    desk.becomes(state="sent")
    reporter.report()
    assert desk.statuses() == [[8, 8, 4]]


@pytest.mark.parametrize("status", [500, 429, 302])
def test_a_callback_that_does_not_take_is_tried_again(desk: Desk, status: int) -> None:
    desk.order()
    desk.yclients.fault(f"/smsprovider/status/callback/{desk.yclients.partner_token}", status=status, times=1)
    assert desk.site.container.status_reporter.report() == {"told": 0, "failed": 2, "refused": 0}
    assert [row["attempts"] for row in desk.run("SELECT attempts FROM provider_messages")] == [1, 1]
    desk.becomes(state="sending")
    assert desk.site.container.status_reporter.report()["told"] == 2
    assert desk.statuses() == [[8], [8]]


def test_one_id_that_yclients_does_not_know_does_not_silence_the_others(desk: Desk) -> None:
    ids = desk.order()["ids"]
    url = f"{desk.yclients.url}/smsprovider/status/callback/{desk.yclients.partner_token}"
    assert desk.post(desk.body("unknown", delivery_callback_url=url)).status_code == 200
    assert desk.site.container.status_reporter.report() == {"told": 2, "failed": 0, "refused": 1}
    assert desk.statuses() == [[8]] * len(ids)
    [lost] = desk.run("SELECT error FROM provider_messages WHERE finished_at IS NOT NULL")
    assert lost["error"] == "refused: HTTP 404"


def test_adverts_are_for_those_who_want_them(desk: Desk) -> None:
    muted = (
        "INSERT INTO clients (company_id, client_id, phone, is_muted, raw_data, synced_at)"
        " VALUES (:company_id, 1, :phone, true, '{}', now())"
    )
    desk.run(muted, company_id=desk.salon.company_id, phone=PHONES[0])
    answer = desk.order(PHONES, dispatch_type="adds")
    assert (answer["status"], answer["problems"]) == (200, [])
    assert [row.get("error_code") for row in answer["reply"]] == [16, None]
    assert [row.get("error_code") for row in desk.order()["reply"]] == [None, None], "a service message is no advert"


@pytest.mark.parametrize(("standing", "code"), [("opted_out_at", 16), ("unreachable_at", 2)])
@pytest.mark.parametrize("dispatch", ["adds", "service"])
def test_who_said_stop_or_has_no_whatsapp_gets_nothing(desk: Desk, standing: str, code: int, dispatch: str) -> None:
    known = f"INSERT INTO contacts (company_id, phone, {standing}) VALUES (:company_id, :phone, now())"  # noqa: S608
    desk.run(known, company_id=desk.salon.company_id, phone=PHONES[0])
    answer = desk.order(dispatch_type=dispatch)
    assert [row.get("error_code") for row in answer["reply"]] == [code, None]
    assert len(desk.owed()) == 1


BRAZIL, CANONICAL = "5531988887777", "553188887777"


@pytest.mark.parametrize("dispatch", ["adds", "service"])
@pytest.mark.parametrize("ordered", [BRAZIL, CANONICAL, "33612345678"])
def test_w8_who_said_stop_gets_nothing_by_any_number(desk: Desk, ordered: str, dispatch: str) -> None:
    """W8: YClients orders for the journal's number; STOP came from WhatsApp's, or before the number was changed."""
    box, company = desk.site.container, desk.salon.company_id
    with box.uow() as work:
        for phone in ("33612345678", CANONICAL):
            whom = work.contacts.upsert(company, IdentityObservation(lid="5@lid", phone=phone), box.clock())
        work.permissions.opt_out(company, whom, box.clock())
        work.commit()
    answer = desk.order([ordered, PHONES[0]], dispatch_type=dispatch)
    assert [row.get("error_code") for row in answer["reply"]] == [16, None]


def test_who_was_erased_gets_nothing_either(desk: Desk) -> None:
    desk.site.container.privacy_service.erase(desk.salon.company_id, PHONES[0], actor="test")
    assert [row.get("error_code") for row in desk.order()["reply"]] == [16, None]


def test_a_message_waits_for_the_end_of_quiet_hours(desk: Desk) -> None:
    ends = datetime.now(ZoneInfo("Europe/Moscow")).replace(second=0, microsecond=0) + timedelta(hours=2)
    quiet = {"quiet_from": f"{ends - timedelta(hours=4):%H:%M}", "quiet_to": f"{ends:%H:%M}"}
    at_any_hour(desk.site, desk.salon, **quiet)
    desk.order(PHONES[:1])
    [owed] = desk.owed()
    assert owed["next_attempt_at"] == ends
    assert owed["created_at"] < owed["next_attempt_at"] < owed["deadline_at"]


def test_a_salon_that_has_written_enough_today_takes_no_more(desk: Desk) -> None:
    at_any_hour(desk.site, desk.salon, quiet_from="00:00", quiet_to="00:00", most_a_day=10)
    phones = [f"790011100{number:02}" for number in range(11)]
    codes = [row.get("error_code") for row in desk.order(phones)["reply"]]
    assert codes[:10] == [None] * 10
    due = [row["next_attempt_at"] for row in desk.owed()]
    if codes[10] is None:  # it is evening: there is room again after midnight
        assert (
            due[10].astimezone(ZoneInfo("Europe/Moscow")).date() > due[0].astimezone(ZoneInfo("Europe/Moscow")).date()
        )
    else:
        assert codes[10] == 1


def test_a_wrong_phone_is_refused_alone(desk: Desk) -> None:
    body = desk.body("a") | {"destination_params": [{"id": "a", "phone": PHONES[0]}, {"id": "b", "phone": "12"}]}
    rows = desk.post(body).json()
    assert [(row["id"], row.get("error_code")) for row in rows] == [("a", None), ("b", 10)]


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, 10), ({"text": 1, "destination_params": 5}, 10), ([], 5), ("x", 5), (None, 5)],
)
def test_what_is_no_order_is_said_in_the_protocols_words(desk: Desk, body: Any, code: int) -> None:
    answer = desk.post(body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, code)
    for told in answer.json().get("errors", []):
        assert set(told) == {"field_name", "field_value", "error_message"}


def test_a_callback_elsewhere_is_refused_and_nothing_is_sent(desk: Desk) -> None:
    answer = desk.post(desk.body("a", delivery_callback_url="https://evil.example/token"))
    assert (answer.status_code, answer.json()["errors"][0]["field_name"]) == (400, "delivery_callback_url")
    assert desk.owed() == []


@pytest.mark.parametrize("key", ["", "sk_wrong", "ключ", "Bearer"])
def test_without_the_salons_key_nothing_is_taken(desk: Desk, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}".encode()}
    answer = requests.post(desk.url, json=desk.body("a"), headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error_code"]) == (401, 20)
    assert desk.owed() == []


@pytest.mark.parametrize("change", ["integration_status = 'frozen'", "whatsapp_connected = false"])
def test_a_salon_that_cannot_send_says_so(desk: Desk, change: str) -> None:
    desk.run(f"UPDATE companies SET {change}")  # noqa: S608 - our own words
    answer = desk.order()
    assert (answer["status"], answer["problems"], answer["reply"]["error_code"]) == (403, [], 15)


def test_each_salon_has_a_limit_of_its_own(desk: Desk) -> None:
    other = desk.site.register(SALON + 1)
    desk.site.link(other, "79009999999")
    answers = [desk.post(desk.body("a")) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert answers[-1].json()["error_code"] == 1
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert desk.post(desk.body("a"), other.api_key).status_code == 200


def test_salons_do_not_see_each_others_numbers(desk: Desk) -> None:
    other = desk.site.register(SALON + 1)
    desk.site.link(other, "79009999999")
    [mine], [theirs] = desk.post(desk.body("a")).json(), desk.post(desk.body("a"), other.api_key).json()
    assert mine["ext_id"] != theirs["ext_id"]


def test_the_clock_finds_what_is_due(desk: Desk) -> None:
    with desk.site.container.uow() as work:
        assert not work.provider_orders.has_due(desk.site.container.clock())
    desk.order()
    with desk.site.container.uow() as work:
        assert work.provider_orders.has_due(desk.site.container.clock())


def test_a_salon_whose_clients_may_hear_everything_twice_is_known(desk: Desk) -> None:
    held, company_id = desk.site.container, desk.salon.company_id
    assert not orders.double_notices(company_id, uow=held.uow, clock=held.clock)
    desk.order()
    assert orders.double_notices(company_id, uow=held.uow, clock=held.clock)
    settings = {"DATABASE_URL": held.config.database_url, "REDIS_URL": held.config.redis_url, "JWT_SECRET": "x" * 32}
    shown = CliRunner().invoke(cli, ["companies", "show", str(company_id)], env=settings)
    assert "everything twice" in shown.output
    at_any_hour(desk.site, desk.salon, **dict.fromkeys(NoticeKind, False))
    assert not orders.double_notices(company_id, uow=held.uow, clock=held.clock)
