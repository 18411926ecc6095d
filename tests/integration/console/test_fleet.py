"""Hosts, queues, the way in, events and operators: shown, bounded, and every order audited."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.services.pairing import pairings
from aiadmin.texts.ru import console as texts
from tests.integration.console.test_salon import told
from tests.integration.console.test_salons import add_salons, statements
from tests.support.console_browser import Operator
from tests.support.site import MakeSite, Site

PAGES = ("/hosts", "/queues", "/traffic", "/pairings", "/events", "/events?what=actions", "/operators")


def rows(site: Site, statement: str, **given: object) -> list[Any]:
    with site.container.engine.begin() as connection:
        found = connection.execute(text(statement), given)
        return [tuple(row) for row in found] if found.returns_rows else []


def add_host(site: Site, number: int, capacity: int = 9) -> uuid.UUID:
    host = uuid.UUID(int=number)
    rows(
        site,
        "INSERT INTO session_hosts (id, lease_until, capacity, name)"
        " VALUES (:id, now() + interval '1 hour', :capacity, :name)",
        id=host,
        capacity=capacity,
        name=f"vm-{number}",
    )
    return host


def test_every_page_costs_the_same_with_many_salons(site: Site, operator: Operator) -> None:
    before = {page: statements(site, operator, page) for page in PAGES}
    add_salons(site, 500)
    assert {page: statements(site, operator, page) for page in PAGES} == before
    assert max(before.values()) <= 5


def test_a_host_is_drained_where_others_have_room_and_it_is_audited(site: Site, operator: Operator) -> None:
    assert "никто не отправляет" in operator.get("/hosts").text
    first = add_host(site, 1)

    def drain(host: uuid.UUID, **form: str) -> str:
        return told(operator, operator.post(f"/hosts/{host}/drain", **form).headers["Location"])

    assert "не хватит места" in drain(first)
    assert "vm-1" in operator.get("/hosts").text
    assert "отдаёт сессии" in drain(first, force="1")
    assert rows(site, "SELECT draining FROM session_hosts") == [(True,)]
    assert "больше нет" in drain(uuid.UUID(int=99))
    assert rows(
        site, "SELECT actor, outcome, details ->> 'force' FROM audit_log WHERE action = 'host.drain' ORDER BY id"
    ) == [
        ("console:Ада", "refused", "false"),
        ("console:Ада", "done", "true"),
        ("console:Ада", "refused", "false"),
    ]
    assert operator.post("/hosts/nonsense/drain").status_code == 404


def test_queues_have_their_sizes_their_oldest_and_what_was_set_aside(site: Site, operator: Operator) -> None:
    salon = site.register()
    site.webhook(salon, b'{"type": "x"}')
    rows(site, "UPDATE webhooks SET received_at = now() - interval '2 hours 5 minutes'")
    rows(
        site,
        "INSERT INTO quarantine (queue, company_id, row_key, reason, attempts, first_at, last_at, next_attempt_at)"
        " VALUES ('chats', :id, '5', 'x', 10, now(), now(), NULL), ('chats', :id, '6', 'x', 1, now(), now(), now())",
        id=salon.company_id,
    )
    found = {one.queue: one for one in site.container.fleet_desk.queues()}
    assert set(texts.QUEUES) == set(found)
    assert (found["webhooks"].waiting, found["chats"].given_up, found["chats"].retried) == (1, 1, 1)  # type: ignore[index]
    page = operator.get("/queues").text
    assert "2 ч" in page
    assert "1 повторяются, 1 ждут вас" in page
    assert "Сразу можно" in page


def test_the_budget_says_what_is_left_and_how_long_yclients_wants_quiet(make_site: MakeSite) -> None:
    site = make_site(yclients_per_second=1000, yclients_per_minute=100)
    router = site.container.call_router
    [before] = router.read()
    assert (before.room, before.burst, before.waiting) == (20, 20, 0)
    for _ in range(5):
        egress = router.wait("x", Urgency.INTERACTIVE)
    [after] = router.read()
    assert before.room - after.room in {4, 5}
    router.be_quiet(egress, timedelta(seconds=60))
    [quiet] = router.read()
    assert (quiet.room, quiet.quiet_for > timedelta(seconds=50)) == (0, True)


def test_a_redis_that_is_away_costs_its_own_figures_alone(make_site: MakeSite, free_port: int) -> None:
    site = make_site(redis_url=f"redis://127.0.0.1:{free_port}/0")
    operator = Operator(site)
    assert operator.log_in().status_code == 303
    for page in ("", *PAGES):
        assert operator.get(page).status_code == 200, page
    assert "Redis сейчас не отвечает" in operator.get("/queues").text


def test_the_way_in_is_counted_and_who_has_stopped_is_named(site: Site, operator: Operator) -> None:
    salons = [site.register(number) for number in range(1, 6)]
    rows(site, "UPDATE companies SET title = 'no ' || yclients_id")
    rows(site, "UPDATE companies SET consented_at = now() WHERE yclients_id IN (2, 4, 5)")
    held = site.container
    for _ in range(2):  # one who comes without our page agrees to nothing there, and is shown a code
        pairings.note_code(salons[2].company_id, uow=held.uow, clock=held.clock)
    rows(site, "UPDATE companies SET whatsapp_connected_at = now() WHERE yclients_id > 3")
    rows(site, "UPDATE companies SET activated_at = now() WHERE yclients_id > 4")
    seen = held.fleet_desk.funnel()
    assert (seen.registered, seen.consented, seen.shown, seen.linked, seen.activated) == (5, 4, 3, 2, 1)
    stopped = held.fleet_desk.funnel_page().stopped
    assert {one.title: texts.stopped(one) for one in stopped} == {
        "no 1": "не согласились с условиями",
        "no 2": "не дождались кода",
        "no 3": "увидели код, но не подключили телефон",
        "no 4": "не включены в YClients",
    }
    assert rows(site, "SELECT count(*) FROM audit_log WHERE action = 'whatsapp.code'") == [(1,)]
    rows(site, "UPDATE companies SET created_at = created_at - interval '8 days'")
    assert site.container.fleet_desk.funnel().registered == 0
    assert "никто не приходил" in operator.get("/pairings").text


def test_events_of_all_salons_are_paged_and_name_theirs(site: Site, operator: Operator) -> None:
    salon = site.register()
    rows(site, "UPDATE companies SET title = 'Мята'")
    rows(
        site,
        "INSERT INTO session_events (device_id, company_id, state, at)"
        " SELECT 1, :id, 'online', now() - n * interval '1 minute' FROM generate_series(1, 60) AS n",
        id=salon.company_id,
    )
    first = operator.get("/events").text
    assert first.count(">Мята</a>") == 50
    [older] = [part.partition('"')[0] for part in first.split('href="') if "before=" in part.partition('"')[0]]
    assert operator.get(older.removeprefix("/console")).text.count(">Мята</a>") == 10
    assert "console:Ада: вход в консоль" in operator.get("/events", what="actions").text


def test_an_operator_closes_anothers_session(site: Site, operator: Operator) -> None:
    other = Operator(site, "bob")
    other.log_in()
    assert "bob" in operator.get("/operators").text
    [(number,)] = rows(site, "SELECT id FROM operator_sessions WHERE operator = 'bob'")
    ended = [told(operator, operator.post(f"/operators/{number}/end").headers["Location"]) for _ in range(2)]
    assert ended == ["Вход закрыт.", "Этот вход уже был закрыт."]
    assert other.get("").status_code == 303
    assert rows(site, "SELECT actor, outcome FROM audit_log WHERE action = 'console.revoke' ORDER BY id") == [
        ("console:Ада", "done"),
        ("console:Ада", "refused"),
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_route_of_the_console_opens_without_a_session_or_its_token(
    site: Site, operator: Operator, method: str
) -> None:
    salon = site.register()
    rules = [rule for rule in site.client.application.url_map.iter_rules() if rule.rule.startswith("/console/")]
    asked = [rule for rule in rules if method.upper() in (rule.methods or ()) and not rule.rule.endswith("/login")]
    assert len(asked) > 5
    before = rows(site, "SELECT count(*) FROM audit_log")
    for rule in asked:
        path = rule.rule.replace("<id:company_id>", str(salon.company_id)).replace(
            "<uuid:host_id>", str(uuid.UUID(int=1))
        )
        path = path.replace("<id:contact_id>", "1").replace("<id:session_id>", "1")
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        answer = getattr(site.client, method)(path, headers=headers)
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/console/login"), path
        if method == "post":
            assert operator.client.post(path, headers=headers).status_code == 403, path
    assert rows(site, "SELECT count(*) FROM audit_log") == before
