"""One salon in the console: what is shown and what is not, what is done and audited, and what needs a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.companies.owner_session import SUPPORT_LASTS
from aiadmin.domain.console.operator_session import OPENED_FOR
from aiadmin.texts import ru
from aiadmin.web.http import session_cookie
from tests.integration.console.test_salons import statements
from tests.support.console_browser import CONSOLE, Operator
from tests.support.lived_salon import MARKUP, NAMES, Lived, live
from tests.support.site import PHONE, Salon, Site

MOST_STATEMENTS = 22
REASON = "Клиент жалуется, что не дошло"


@pytest.fixture
def lived(site: Site, salon: Salon) -> Salon:
    site.link(salon)
    live(site.container, salon.company_id)
    return salon


def rows(site: Site, statement: str, **given: object) -> list[Any]:
    with site.container.engine.begin() as connection:
        found = connection.execute(text(statement), given)
        return [tuple(row) for row in found] if found.returns_rows else []


def audited(site: Site, salon: Salon) -> list[Any]:
    statement = "SELECT actor, action, outcome FROM audit_log WHERE company_id = :id AND actor <> 'owner' ORDER BY id"
    return rows(site, statement, id=salon.company_id)


def path(salon: Salon, rest: str = "") -> str:
    return f"/salons/{salon.company_id}{rest}"


def told(operator: Operator, location: str) -> str:
    """What the page says that an order has led to."""
    page = operator.get(location.removeprefix(CONSOLE)).text
    found = re.search(r'<p class="said[^>]*>([^<]*)', page)
    return found[1] if found else ""


def do(operator: Operator, salon: Salon, order: str, **form: str) -> str:
    answer = operator.post(path(salon, order), **form)
    assert answer.status_code == 303, answer.text
    return told(operator, answer.headers["Location"])


def test_a_salon_is_shown_without_names_phones_and_words(site: Site, operator: Operator, lived: Salon) -> None:
    page = operator.get(path(lived))
    assert page.status_code == 200
    for shown in ("+7 900 •••-••-67", "Напоминание за день", "у клиента нет WhatsApp", "Журнал ещё не читали"):
        assert shown in page.text
    for name in (*NAMES, PHONE, Lived.said, "Ждём вас завтра", "79000010002"):
        assert name not in page.text, name
    assert operator.get("/salons/999999").status_code == 404
    assert operator.get("/salons/0").status_code == 404


def test_its_pages_cost_no_more_statements_than_are_counted(site: Site, operator: Operator, lived: Salon) -> None:
    first = statements(site, operator, path(lived))
    other = site.register(5)
    site.link(other, "79007654321")
    live(site.container, other.company_id, names=("x",) * 40)
    assert statements(site, operator, path(lived)) == first <= MOST_STATEMENTS
    assert statements(site, operator, path(other)) <= MOST_STATEMENTS
    assert statements(site, operator, path(other, "/chats")) <= 5


def test_each_order_is_done_told_and_audited_under_the_operators_name(
    site: Site, operator: Operator, lived: Salon
) -> None:
    rows(site, "UPDATE companies SET integration_status = 'active', activated_at = now()")
    assert "на паузе" in do(operator, lived, "/pause")
    assert rows(site, "SELECT messages_paused_at IS NOT NULL FROM companies") == [(True,)]
    assert "включена" in do(operator, lived, "/resume")
    assert rows(site, "SELECT messages_paused_at FROM companies") == [(None,)]
    assert "перезапускается" in do(operator, lived, "/restart")
    assert rows(site, "SELECT restart_asked_at IS NOT NULL FROM devices") == [(True,)]
    assert "Читаем журнал" in do(operator, lived, "/read")
    assert "уже читается" in do(operator, lived, "/read")
    assert "Повторять нечего" in do(operator, lived, "/retry")
    assert "ещё раз" in do(operator, lived, "/retry-rows")
    assert audited(site, lived) == [
        ("console:Ада", "messages.pause", "done"),
        ("console:Ада", "messages.resume", "done"),
        ("console:Ада", "session.restart", "done"),
        ("console:Ада", "sync.start", "done"),
        ("console:Ада", "activation.retry", "refused"),
        ("console:Ада", "quarantine.retry", "done"),
    ]
    assert "console:Ада: пауза отправки" in operator.get(path(lived)).text


def test_a_failed_activation_is_told_again(site: Site, operator: Operator, lived: Salon) -> None:
    rows(site, "UPDATE companies SET integration_status = 'activation_failed', activation_error = 'refused'")
    rows(site, "UPDATE outbox SET state = 'failed'")
    page = operator.get(path(lived)).text
    assert ru.ACTIVATION_REASONS["refused"] in page
    assert do(operator, lived, "/retry") == "Сообщаем YClients ещё раз."
    assert rows(site, "SELECT integration_status FROM companies") == [("activating",)]


def test_what_was_set_aside_is_shown_and_tried_again_of_this_salon_alone(
    site: Site, operator: Operator, lived: Salon
) -> None:
    other = site.register(5)
    for salon in (lived, other):
        rows(
            site,
            "INSERT INTO quarantine (queue, company_id, row_key, reason, attempts, first_at, last_at)"
            " VALUES ('webhooks', :id, '5', 'KeyError in webhook.read:7', 10, now(), now())",
            id=salon.company_id,
        )
    assert "KeyError in webhook.read:7" in operator.get(path(lived)).text
    do(operator, lived, "/retry-rows")
    due = "SELECT company_id FROM quarantine WHERE next_attempt_at IS NOT NULL"
    assert rows(site, due) == [(lived.company_id,)]
    assert operator.post("/queues/retry").status_code == 303
    assert len(rows(site, due)) == 2


def first_contact(site: Site, salon: Salon, name: str) -> int:
    [(number,)] = rows(
        site, "SELECT id FROM contacts WHERE company_id = :id AND push_name = :name", id=salon.company_id, name=name
    )
    return int(number)


def test_a_chat_opens_for_a_reason_to_this_browser_and_for_a_while(
    site: Site, operator: Operator, lived: Salon
) -> None:
    vera = first_contact(site, lived, "Вера Орлова")
    listed = operator.get(path(lived, "/chats")).text
    assert "+7 900 •••-••-02" in listed
    assert "отвечает человек" in listed
    assert not [name for name in (*NAMES, Lived.said) if name in listed]
    chat = path(lived, f"/chats/{vera}")
    assert "назовите причину" in told(operator, operator.get(chat).headers["Location"]).lower()
    for nothing in ("", "    ", "x", "1234", "\x00" * 9, "я" * 201):
        answer = operator.post(f"{chat}/open", reason=nothing)
        assert "reason-missing" in answer.headers["Location"], nothing
    assert audited(site, lived) == []
    assert operator.post(f"{chat}/open", reason=f"{REASON}\n+79161234567").headers["Location"] == f"{CONSOLE}{chat}"
    page = operator.get(chat)
    assert page.status_code == 200
    assert Lived.said in page.text
    assert "Вера Орлова" in page.text
    other = Operator(site, "bob")
    other.log_in()
    assert other.get(chat).status_code == 303, "the reason was another's"
    assert operator.get(path(lived, f"/chats/{vera + 1}")).status_code == 303, "and of another chat"
    [(details,)] = rows(site, "SELECT details FROM audit_log WHERE action = 'console.chat'")
    assert (details["contact"], details["reason"].startswith(REASON)) == (vera, True)
    assert "79161234567" not in str(details)
    rows(site, "UPDATE audit_log SET at = at - CAST(:age AS interval)", age=OPENED_FOR)
    assert operator.get(chat).status_code == 303


def test_a_chat_of_another_salon_stays_shut_whatever_the_address_says(
    site: Site, operator: Operator, lived: Salon
) -> None:
    other = site.register(5)
    site.link(other, "79007654321")
    live(site.container, other.company_id, names=("Чужой", "X", "Y"), said="чужие слова")
    theirs = first_contact(site, other, "Чужой")
    operator.post(path(lived, f"/chats/{theirs}/open"), reason=REASON)
    page = operator.get(path(lived, f"/chats/{theirs}"))
    assert (page.status_code, "чужие слова" in page.text, "Чужой" in page.text) == (200, False, False)
    assert operator.get(path(other, f"/chats/{theirs}")).status_code == 303
    assert "Вера" not in operator.get(path(other, "/chats")).text


@pytest.mark.parametrize("before", ["x", "2026-01-01", "9" * 50, "1-in-1", "2026-13-45T00:00:00+00:00"])
def test_a_wrong_place_in_a_list_is_its_beginning(site: Site, operator: Operator, lived: Salon, before: str) -> None:
    vera = first_contact(site, lived, "Вера Орлова")
    operator.post(path(lived, f"/chats/{vera}/open"), reason=REASON)
    for page in (path(lived, "/chats"), path(lived, f"/chats/{vera}"), "/events"):
        assert operator.get(page, before=before).status_code == 200


def test_an_operator_enters_as_the_owner_for_an_hour_and_the_owner_is_told(
    site: Site, operator: Operator, lived: Salon
) -> None:
    assert "reason-missing" in operator.post(path(lived, "/enter"), reason="x").headers["Location"]
    assert rows(site, "SELECT count(*) FROM owner_sessions") == [(0,)]
    answer = operator.post(path(lived, "/enter"), reason=REASON)
    assert answer.headers["Location"] == f"/marketplace/manage?company={lived.company_id}"
    cabinet = operator.client.get(answer.headers["Location"])
    assert cabinet.status_code == 200
    assert operator.get("").status_code == 200, "and is still in the console"
    connection = operator.client.get(f"/marketplace/manage/connection?company={lived.company_id}").text
    assert "Кабинет открыл сотрудник поддержки" in connection
    assert ru.SUPPORT_BROWSER in connection
    assert rows(site, "SELECT text FROM outbox_messages WHERE text LIKE 'В кабинет%'") == [
        (ru.SUPPORT_ENTRY.format(reason=REASON),)
    ]
    assert audited(site, lived)[-1] == ("console:Ада", "entry", "done")
    [(left,)] = rows(site, "SELECT expires_at - now() FROM owner_sessions")
    assert timedelta(0) < left <= SUPPORT_LASTS
    rows(site, "UPDATE owner_sessions SET seen_at = seen_at - interval '5 minutes'")
    assert operator.client.get(answer.headers["Location"]).status_code == 200
    assert rows(site, "SELECT expires_at - now() <= CAST(:most AS interval) FROM owner_sessions", most=left) == [
        (True,)
    ]


def test_the_owner_closes_an_operators_entry(site: Site, operator: Operator, lived: Salon) -> None:
    cabinet = operator.post(path(lived, "/enter"), reason=REASON).headers["Location"]
    [(number,)] = rows(site, "SELECT id FROM owner_sessions")
    mine = site.client.application.test_client()
    mine.get(f"/marketplace/manage?token={lived.token}&company={lived.company_id}")
    headers = {"X-Company-Id": str(lived.company_id), "Sec-Fetch-Site": "same-origin"}
    assert mine.post(f"/marketplace/manage/browsers/{number}/end", headers=headers).status_code == 200
    assert operator.client.get(cabinet).status_code == 401
    assert operator.client.get_cookie(session_cookie.NAME) is not None


def test_a_salon_that_has_left_is_not_entered(site: Site, operator: Operator, lived: Salon) -> None:
    rows(site, "UPDATE companies SET integration_status = 'uninstalled'")
    assert operator.post(path(lived, "/enter"), reason=REASON).status_code == 409
    assert rows(site, "SELECT count(*) FROM owner_sessions") == [(0,)]


def test_markup_of_a_client_and_of_an_operator_is_text(site: Site, operator: Operator, salon: Salon) -> None:
    site.link(salon)
    live(site.container, salon.company_id, names=(MARKUP, "X", "Y"), said=MARKUP)
    contact = first_contact(site, salon, MARKUP[:100])
    operator.post(path(salon, f"/chats/{contact}/open"), reason=MARKUP)
    for page in (path(salon, f"/chats/{contact}"), path(salon), "/events?what=actions"):
        shown = operator.get(page).text
        assert "<script" not in shown
        assert "<img" not in shown
