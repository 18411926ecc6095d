"""The bot's page: settings checked as a whole, a try-out that writes nothing, and each salon's own alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from aiadmin.domain.chat.bot_settings import Ability, BotMode
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.steps import Act, Asks, Need
from aiadmin.domain.chat.turn import TurnVerdict
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, ReceivedEvent
from aiadmin.services.companies import connect_links
from aiadmin.services.messages import messages
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.web import create_app
from tests.support.played_salon import ANNA, DESK, IRINA, MARIAS_PHONE, WAITING, PlayedSalon, kept_plays, played

__all__ = ["kept_plays", "played"]
PAGE, SETTINGS, TRY = "/marketplace/manage/bot", "/marketplace/manage/bot/settings", "/marketplace/manage/bot/try"
TABLES = ("outbox_messages", "inbox_messages", "contacts", "chats", "chat_turns", "chat_proposals", "chat_writes")
CHAT, OTHER_CHAT = "11111111-aaaa", "22222222-bbbb"


class Owner:
    """Somebody with the link of a salon."""

    def __init__(self, played: PlayedSalon, client: FlaskClient) -> None:
        self.client, self.played = client, played
        box = played.box
        self.token = connect_links.issue(
            played.company_id, uow=box.uow, tokens=box.tokens, links=box.links, clock=box.clock
        )
        self.bearer = {"Authorization": f"Bearer {self.token}"}

    def page(self, token: str | None = None) -> TestResponse:
        return self.client.get(PAGE, query_string={"token": token or self.token}, follow_redirects=True)

    def show(self) -> dict[str, Any]:
        answer = self.client.get(SETTINGS, headers=self.bearer)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def change(self, **settings: Any) -> TestResponse:
        return self.client.post(SETTINGS, headers=self.bearer, json={"settings": settings})

    def say(self, words: str, *, chat: str = CHAT, phone: str | None = None) -> dict[str, Any]:
        answer = self.client.post(TRY, headers=self.bearer, json={"chat": chat, "words": words, "phone": phone})
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())


@pytest.fixture
def owner(played: PlayedSalon) -> Owner:
    played.play()
    played.box.config = replace(played.box.config, rate_limit_per_minute=10_000)
    return Owner(played, create_app(played.box).test_client())


def test_a_salon_that_has_set_nothing_answers_nobody_and_offers_people_alone(owner: Owner) -> None:
    seen = owner.show()
    assert (seen["settings"]["mode"], seen["settings"]["test_phones"]) == ("test", [])
    assert sorted(seen["settings"]["abilities"]) == sorted(Ability)
    offered = {one["staff_id"]: one["is_offered"] for one in seen["staff"]}
    assert (offered[ANNA], offered[IRINA]) == (True, True)
    assert not offered.get(WAITING)
    assert not offered.get(DESK)


def test_only_what_is_sent_is_changed_and_the_page_shows_it(owner: Owner) -> None:
    facts = {"парковка": "во дворе <b>бесплатно</b>"}
    answer = owner.change(mode="always", test_phones=["8 900 123-45-67"], facts=facts)
    assert answer.status_code == 200
    assert answer.get_json()["text"] == bot_texts.SAVED
    assert owner.change(staff={str(IRINA): False}, night={"after": "22:00", "not_before": "12:00"}).status_code == 200
    settings = owner.show()["settings"]
    assert (settings["mode"], settings["test_phones"]) == ("always", ["79001234567"])
    assert settings["facts"] == {"парковка": "во дворе <b>бесплатно</b>"}
    assert settings["night"] == {"after": "22:00", "not_before": "12:00"}
    page = owner.page().text
    assert "&lt;b&gt;бесплатно" in page
    assert "<b>бесплатно" not in page
    assert owner.played.rows("SELECT action, details FROM audit_log WHERE action = 'bot.settings' ORDER BY id") == [
        ("bot.settings", {"changed": ["facts", "mode", "test_phones"], "mode": "always"}),
        ("bot.settings", {"changed": ["night", "staff"], "mode": "always"}),
    ]


WRONG: list[tuple[str, object]] = [
    ("mode", "sometimes"),
    ("mode", None),
    ("abilities", ["book", "pay"]),
    ("abilities", "book"),
    ("test_phones", ["123"]),
    ("test_phones", [7]),
    ("test_phones", ["79001234567"] * 21),
    ("staff", {"Анна": True}),
    ("staff", [1]),
    ("facts", {"": "x"}),
    ("facts", {"парковка": ""}),
    ("facts", {"парковка": "x" * 501}),
    ("facts", {"парковка": 5}),
    ("rules", {"discount": "x"}),
    ("gap_minutes", -1),
    ("gap_minutes", "30"),
    ("gap_minutes", 10**30),
    ("night", {"after": "25:00", "not_before": "12:00"}),
    ("night", {"after": "22:00"}),
    ("greeting", "x" * 201),
    ("english", 1),
    ("model_abroad", "yes"),
    ("bosses", True),
]


def test_one_wrong_setting_is_named_in_words_and_changes_nothing(owner: Owner) -> None:
    before = owner.show()["settings"]
    for name, value in WRONG:
        answer = owner.change(mode="off", **{name: value}) if name != "mode" else owner.change(mode=value)
        assert answer.status_code == 422, (name, value)
        assert list(answer.get_json()["fields"]) == [name], value
        assert len(answer.get_json()["fields"][name]) > 10, value
        assert owner.show()["settings"] == before, (name, value)


def test_a_try_out_answers_from_the_live_journal_and_says_why(owner: Owner) -> None:
    first = owner.say("запишите на женскую стрижку к Анне завтра на 10", phone=MARIAS_PHONE)
    assert "10:00" in first["text"]
    assert "Анн" in first["text"]
    assert any("Женская стрижка" in one for one in first["why"]["understood"])
    assert any("Анна" in one and "10:00" in one for one in first["why"]["looked_up"])
    assert first["why"]["decided"].startswith(bot_texts.ACTS[Act.OFFER])
    assert first["agreed"] is None
    done = owner.say("да", phone=MARIAS_PHONE)
    assert done["agreed"] == "новая запись"
    assert "10:00" in done["text"]


def test_a_try_out_writes_nothing_and_sends_nothing(owner: Owner) -> None:
    owner.say("запишите на женскую стрижку к Анне завтра на 10", phone=MARIAS_PHONE)
    owner.say("да", phone=MARIAS_PHONE)
    owner.say("позовите человека")
    assert owner.played.asked("book_record") == []
    assert [one for one in owner.played.asked("records") if not one.startswith("GET")] == []
    for table in TABLES:
        assert owner.played.rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608 - our own names


def test_two_try_outs_know_nothing_of_one_another(owner: Owner) -> None:
    owner.say("запишите на женскую стрижку к Анне завтра на 10", phone=MARIAS_PHONE)
    assert owner.say("да", chat=OTHER_CHAT, phone=MARIAS_PHONE)["agreed"] is None
    assert owner.say("да", phone=MARIAS_PHONE)["agreed"] == "новая запись"


def test_the_salon_is_told_of_what_it_would_be_told(owner: Owner) -> None:
    answer = owner.say("девушка позовите живого человека")
    assert answer["to_salon"]
    assert bot_texts.REASONS[HandOverReason.HUMAN] in answer["why"]["decided"]


NO_MESSAGES: list[dict[str, Any]] = [
    {"chat": CHAT},
    {"words": "да"},
    {"chat": "../../x", "words": "да"},
    {"chat": CHAT, "words": ""},
    {"chat": CHAT, "words": 5},
    {"chat": CHAT, "words": "x" * 65_001},
    {"chat": CHAT, "words": "да", "phone": "12"},
    {"chat": {"$gt": ""}, "words": "да"},
]


def test_a_message_that_is_none_is_refused(owner: Owner) -> None:
    for body in NO_MESSAGES:
        assert owner.client.post(TRY, headers=owner.bearer, json=body).status_code == 400, body


def test_whatever_is_written_is_answered_or_refused(owner: Owner) -> None:
    """Each in a chat of its own."""
    strange = ("<script>alert(1)</script>", "{{7*7}}", "\x00да", "x" * 4_000, "𝕯𝖆" * 500, "\ud800")
    for number, words in enumerate(strange):
        said = json.dumps({"chat": f"{CHAT[:-1]}{number}", "words": words})
        answer = owner.client.post(TRY, headers=owner.bearer, data=said, content_type="application/json")
        assert answer.status_code in {200, 400}, words


def test_a_salon_writes_so_often_and_no_oftener(owner: Owner) -> None:
    codes = [
        owner.client.post(TRY, headers=owner.bearer, json={"chat": CHAT, "words": "спасибо"}).status_code
        for _ in range(62)
    ]
    assert codes[:60] == [200] * 60
    assert 429 in codes[60:]


def test_nobody_without_the_link_sees_or_changes_anything(owner: Owner) -> None:
    assert owner.page("x").status_code == 401
    for bearer in ({}, {"Authorization": "Bearer x"}):
        assert owner.client.get(SETTINGS, headers=bearer).status_code == 401
        assert owner.client.post(SETTINGS, headers=bearer, json={"settings": {"mode": "off"}}).status_code == 401
        assert owner.client.post(TRY, headers=bearer, json={"chat": CHAT, "words": "да"}).status_code == 401


def test_the_page_has_all_that_is_set_and_no_words_are_missing(owner: Owner) -> None:
    page = owner.page()
    assert page.status_code == 200
    for name, meaning in bot_texts.MODES.values():
        assert name in page.text
        assert meaning in page.text
    assert "Анна" in page.text
    assert set(bot_texts.MODES) == set(BotMode)
    assert set(bot_texts.ABILITIES) == set(Ability)
    assert set(bot_texts.ACTS) == set(Act)
    assert set(bot_texts.ASKS) == set(Asks)
    assert set(bot_texts.REASONS) == set(HandOverReason)
    assert set(bot_texts.VERDICTS) == set(TurnVerdict)
    assert {kind.__name__ for kind in Need.__args__} == {kind.__name__ for kind in bot_texts.NEEDS}


def test_a_bot_that_is_switched_off_for_the_salon_says_so(owner: Owner) -> None:
    owner.played.execute("UPDATE companies SET ai_enabled = false")
    assert owner.show()["is_allowed"] is False
    assert bot_texts.OFF in owner.page().text


CHATS, FLOOR = f"{PAGE}/chats", f"{PAGE}/floor"


def written(owner: Owner, *words: str, phone: str = MARIAS_PHONE) -> int:
    """A client writes, and the bot has answered; the number of the contact."""
    played = owner.played
    [(device,)] = played.rows("SELECT id FROM devices")
    for number, text in enumerate(words):
        if not text:  # said before
            continue
        peer = IdentityObservation(lid=f"{phone}@lid", phone=phone)
        seen = MessageSeen(
            message_id=f"C{phone}{number}",
            peer=peer,
            direction=Direction.IN,
            kind=MessageKind.TEXT,
            text=text,
            media=None,
            quoted_id=None,
            sent_at=played.box.now,
        )
        heard = ReceivedEvent(
            device_id=DeviceId(device), company_id=played.company_id, event=seen, received_at=played.box.now
        )
        messages.store([heard], uow=played.box.uow)
        played.later(seconds=6)
        assert played.box.chat_handler.work() == 1
    [(contact,)] = played.rows("SELECT contact_id FROM contact_addresses WHERE address = :phone", phone=phone)
    return int(contact)


@pytest.fixture
def talking(owner: Owner) -> Owner:
    owner.played.link_phone()
    assert owner.change(mode="always").status_code == 200
    return owner


def test_a_dialogue_is_listed_and_opens_with_its_reasons(talking: Owner) -> None:
    contact = written(talking, "сколько стоит женская стрижка у Анны?", "<b>а</b> адрес какой?")
    found = talking.client.get(CHATS, headers=talking.bearer).get_json()
    [chat] = found["chats"]
    assert (chat["contact_id"], chat["name"], chat["phone"]) == (contact, "Мария", MARIAS_PHONE)
    assert chat["verdict"] == bot_texts.VERDICTS[TurnVerdict.ANSWERED]
    assert chat["is_human"] is False
    assert found["before"] is None
    turns = talking.client.get(f"{CHATS}/{contact}", headers=talking.bearer).get_json()["turns"]
    assert [one["heard"] for one in turns] == [["сколько стоит женская стрижка у Анны?"], ["<b>а</b> адрес какой?"]]
    assert "2 000" in turns[0]["reply"].replace("\xa0", " ")
    assert "спрашивает цену" in turns[0]["why"]["understood"]
    assert turns[1]["why"]["decided"].startswith(bot_texts.ACTS[Act.INFORM])


def test_a_chat_is_taken_and_the_bot_is_silent_then_given_back_and_it_answers(talking: Owner) -> None:
    contact = written(talking, "сколько стоит женская стрижка?")
    taken = talking.client.post(FLOOR, headers=talking.bearer, json={"contact_id": contact, "to_human": True})
    assert (taken.get_json()["is_human"], taken.get_json()["text"]) == (True, bot_texts.TAKEN)
    replies = "SELECT count(*) FROM outbox_messages"
    before = talking.played.rows(replies)
    written(talking, "", "а у Елены?")
    assert talking.played.rows(replies) == before
    given = talking.client.post(FLOOR, headers=talking.bearer, json={"contact_id": contact, "to_human": False})
    assert given.get_json()["is_human"] is False
    written(talking, "", "", "адрес какой?")
    assert talking.played.rows(replies) != before


def test_what_is_no_chat_of_the_salon_is_not_found(talking: Owner) -> None:
    answer = talking.client.post(FLOOR, headers=talking.bearer, json={"contact_id": 999, "to_human": True})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "no-chat")
    assert talking.client.get(f"{CHATS}/999", headers=talking.bearer).get_json()["turns"] == []
    for body in ({"contact_id": "x", "to_human": True}, {"contact_id": 1}, {"contact_id": 10**30, "to_human": True}):
        assert talking.client.post(FLOOR, headers=talking.bearer, json=body).status_code == 400
    for before in ("x", "-1", "9" * 5_000):
        assert talking.client.get(CHATS, headers=talking.bearer, query_string={"before": before}).status_code == 400


def test_the_list_goes_on_where_it_ended(talking: Owner) -> None:
    for number in range(3):
        written(talking, "адрес какой?", phone=f"7900000020{number}")
    reader = talking.played.box.dialogues
    with talking.played.box.uow() as work:
        first = work.dialogues.latest(talking.played.company_id, before=None, limit=2)
        rest = work.dialogues.latest(talking.played.company_id, before=first[-1].turn_id, limit=2)
    assert [one.phone for one in (*first, *rest)] == ["79000000202", "79000000201", "79000000200"]
    assert len(reader.chats(talking.played.company_id)) == 3


def test_what_the_bot_has_done_is_counted_on_the_page(talking: Owner) -> None:
    written(talking, "адрес какой?", "позовите человека")
    page = talking.page().text
    assert "<dt>Разговоров</dt><dd>1</dd>" in page
    assert f"<dt>{bot_texts.VERDICTS[TurnVerdict.HANDED_OVER]}</dt><dd>1</dd>" in page
