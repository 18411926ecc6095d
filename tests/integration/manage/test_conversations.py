"""The cabinet's chats: what is unread, who the client is, and what the salon types there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.chat.floor import WROTE, Holder
from aiadmin.domain.chat.transcript import Speaker
from aiadmin.domain.ids import ContactId
from tests.support.lived_salon import Lived, hear, live
from tests.support.site import Refused, Salon, Site

API = "/marketplace/manage/conversations"
KEY = "11111111-aaaa"


@pytest.fixture
def lived(site: Site, salon: Salon) -> Salon:
    site.link(salon)
    live(site.container, salon.company_id)
    return salon


def chats(site: Site, salon: Salon, **query: str) -> list[dict[str, Any]]:
    return list(site.client.get(API, headers=salon.bearer, query_string=query).get_json()["chats"])


def chat(site: Site, salon: Salon, name: str) -> dict[str, Any]:
    [found] = chats(site, salon, search=name)
    return found


def post(site: Site, salon: Salon, what: str, **body: Any) -> Any:
    return site.client.post(f"{API}/{what}", headers=salon.bearer, json=body)


def test_what_the_salon_has_not_seen_is_counted_until_it_has(site: Site, lived: Salon) -> None:
    vera = chat(site, lived, "вера")
    assert (vera["unread"], chat(site, lived, "игорь")["unread"]) == (1, 0)
    hear(site, lived, vera["contact_id"], "И ещё вопрос")
    assert chat(site, lived, "вера")["unread"] == 2
    seen = chat(site, lived, "вера")["at"]
    for up_to in (seen, "2020-01-01T00:00:00Z"):  # what is seen once is seen
        assert post(site, lived, "seen", contact_id=vera["contact_id"], up_to=up_to).status_code == 200
    assert chat(site, lived, "вера")["unread"] in (0, 1)  # a time to come is cut at ours
    hear(site, lived, vera["contact_id"], "Ау", seconds=5)
    assert chat(site, lived, "вера")["unread"] > 0
    hear(site, lived, vera["contact_id"], "Отвечаю", "own_phone", seconds=6)
    assert chat(site, lived, "вера")["unread"] == 0


def test_the_client_is_shown_with_the_visits_to_come(site: Site, lived: Salon, refused: Refused) -> None:
    vera = chat(site, lived, "вера")
    with site.container.engine.begin() as connection:
        mine = Lived(connection, lived.company_id, site.container.clock())
        soon = mine.visit(900, 2, mine.now + timedelta(hours=3), attendance=2)
        connection.execute(text("UPDATE records SET client_number = client_phone, staff_name = 'Мария'"))
        connection.execute(text("UPDATE records SET deleted_at = now() WHERE starts_at > now() AND record_id <> :id"),
                           {"id": soon})  # fmt: skip
    card = site.client.get(f"{API}/{vera['contact_id']}", headers=lived.bearer).get_json()
    assert (card["name"], card["phone"], card["is_human"], card["can_give"]) == (
        "Вера Орлова", vera["phone"], True, True,
    )  # fmt: skip
    [visit] = card["upcoming"]
    assert (visit["what"], visit["attendance"]) == ("Женская стрижка · Мария", "подтверждён")
    assert card["last"]["what"] == "Женская стрижка · Мария"
    other = site.register(962303)
    refused(site.client.get(f"{API}/{vera['contact_id']}", headers=other.bearer), 404, "no-chat")


def test_a_reply_is_owed_once_and_a_human_has_the_chat(site: Site, lived: Salon) -> None:
    anna = chat(site, lived, "анна")["contact_id"]
    said = {"contact_id": anna, "text": "Да, ждём вас!\nДо встречи", "key": KEY}
    answers = [post(site, lived, "reply", **said) for _ in range(2)]
    assert [(answer.status_code, answer.get_json()["is_human"]) for answer in answers] == [(202, True)] * 2
    query = {"contact": str(anna)}
    log = site.client.get("/marketplace/manage/messages", headers=lived.bearer, query_string=query).get_json()
    mine = [one for one in log["messages"] if one["author"] == "staff"]
    assert [(one["text"], one["status"]) for one in mine] == [(said["text"], "queued")]
    assert chat(site, lived, "анна")["author"] == "staff"
    with site.container.uow() as work:
        found = work.chats.find(lived.company_id, ContactId(anna))
        assert found is not None
        assert (found.floor.holder, found.floor.why) == (Holder.HUMAN, WROTE)
        last = work.transcripts.read(lived.company_id, ContactId(anna))[-1]
        assert (last.speaker, last.text) == (Speaker.SALON, said["text"])


def test_a_reply_shortens_nobodys_floor(site: Site, lived: Salon) -> None:
    vera = chat(site, lived, "вера")["contact_id"]
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE chats SET human_until = NULL"))
    assert post(site, lived, "reply", contact_id=vera, text="Сейчас", key=KEY).get_json()["until"] is None


def test_a_turn_in_hand_does_not_speak_over_a_reply(site: Site, lived: Salon) -> None:
    vera, held = chat(site, lived, "вера")["contact_id"], site.container
    with held.uow() as work:
        before = work.chats.find(lived.company_id, ContactId(vera))
    post(site, lived, "reply", contact_id=vera, text="Сейчас", key=KEY)
    with held.uow() as work:
        after = work.chats.find(lived.company_id, ContactId(vera))
    assert before is not None
    assert after is not None
    assert after.version > before.version  # so it is drafted anew


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"text": " \u200b\n"}, 400, "invalid"),
        ({"text": "я" * 4_001}, 400, "invalid"),
        ({"key": "x"}, 400, "invalid"),
        ({"contact_id": 2**31 - 1}, 404, "no-chat"),
    ],
)
def test_a_reply_that_cannot_be_sent_is_refused(
    site: Site, lived: Salon, refused: Refused, change: dict[str, Any], status: int, code: str
) -> None:
    vera = chat(site, lived, "вера")["contact_id"]
    refused(post(site, lived, "reply", **{"contact_id": vera, "text": "Да", "key": KEY, **change}), status, code)
    assert chat(site, lived, "вера")["author"] == "in"


def test_nobody_writes_into_anothers_chat_or_without_a_phone(site: Site, lived: Salon, refused: Refused) -> None:
    vera, other = chat(site, lived, "вера"), site.register(962303)
    said = {"contact_id": vera["contact_id"], "text": "Да", "key": KEY}
    refused(post(site, other, "reply", **said), 409, "no-phone")
    site.link(other, "79007654321")
    refused(post(site, other, "reply", **said), 404, "no-chat")
    refused(post(site, other, "seen", contact_id=vera["contact_id"], up_to=vera["at"]), 404, "no-chat")
    assert chat(site, lived, "вера") == vera


def test_a_salon_types_no_faster_than_a_hand(site: Site, lived: Salon, refused: Refused) -> None:
    vera = chat(site, lived, "вера")["contact_id"]
    for number in range(30):
        assert post(site, lived, "reply", contact_id=vera, text="Да", key=f"{KEY}-{number}").status_code == 202
    refused(post(site, lived, "reply", contact_id=vera, text="Да", key=f"{KEY}-x"), 429, "too-many-requests")
