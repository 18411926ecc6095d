"""A client books by chat, seen in the journal; the salon's phone takes the chat, and a button gives it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.transcript import MACHINE_WITHIN
from aiadmin.texts.chat import wording
from tests.acceptance.salons.salon import SOON, Salon, World

MOSCOW = ZoneInfo("Europe/Moscow")
_TURNS = """
SELECT turn.verdict, turn.outbox_message_id, heard.message_id
FROM chat_turns AS turn JOIN inbox_messages AS heard ON heard.id = ANY (turn.inbox_ids)
WHERE heard.message_id = %s
"""


def _answered(world: World, words: str) -> str:
    """What the client reads after writing this."""
    before = len(_read(world))
    world.whatsapp.message(world.client, world.phone, words)
    world.product.until(lambda: len(_read(world)) > before, within=SOON, what=f"an answer to {words!r}")
    [said] = _read(world)[before:]
    return said


def _read(world: World) -> list[str]:
    return [str(one["text"]) for one in world.whatsapp.messages(world.client) if one["from"] == world.phone]


def _turn(world: World, message_id: str) -> dict[str, Any]:
    """How a message of the client's was handled, once it was."""
    found = world.product.until(lambda: world.product.rows(_TURNS, message_id), within=SOON, what="handled")
    return dict(found[0])


def _wait_until_no_machine_would_write(world: World) -> None:
    """What the salon's number says right behind our message is no human's; its phone leaves out parts of a second."""
    quick = MACHINE_WITHIN + timedelta(seconds=1)
    is_over = "SELECT 1 FROM outbox_messages HAVING max(sent_at) < now() - %s"
    world.product.until(lambda: world.product.rows(is_over, quick), within=SOON, what="a human may write")


VOICE = b"OggS\x00\x02" + bytes(range(256)) * 40


def test_a_client_speaks_and_books_in_writing(world: World) -> None:
    """Through the library's own decryption of the message, the media server and the recogniser, all over the wire."""
    speech, day = world.speech, datetime.now(MOSCOW) + timedelta(days=2)
    salon = Salon(world)
    salon.ask("POST", "bot/settings", json={"settings": {"mode": "always"}})
    wish = "Здравствуйте! Можно через два дня в 13 на мужскую стрижку? Меня зовут Нина"
    speech.script.heard |= {VOICE: wish, VOICE[:-1]: "да"}

    offered = _spoken(world, VOICE)
    assert f"Услышали: «{wish}»." in offered
    assert f"Мужская стрижка, мастер Анна, {wording.day(day)}, 13:00, 45 мин" in offered
    again = _spoken(world, VOICE[:-1])
    assert "напишите, пожалуйста, «да» текстом" in again
    assert world.yclients.writes(world.salon_id) == [], "nothing by what was only heard"
    assert "Вы записаны: мужская стрижка" in _answered(world, "да")
    [booked] = salon.records()
    assert (booked["date"], booked["client"]["name"]) == (f"{day:%Y-%m-%d} 13:00:00", "Нина")

    log = [text for author, text, _ in salon.log() if author == "in"]
    assert log == [f"голосовое: {wish}", "голосовое: да", "да"]
    kept = world.product.rows("SELECT voice FROM inbox_messages WHERE voice IS NOT NULL")
    assert kept == [], "nothing is left of where a voice lay"
    assert [one.voice for one in speech.script.played] == [VOICE, VOICE[:-1]]
    assert wish not in world.product.log.read_text()


def _spoken(world: World, voice: bytes) -> str:
    """What the client reads after saying this."""
    before = len(_read(world))
    world.whatsapp.speak(world.client, world.phone, voice)
    world.product.until(lambda: len(_read(world)) > before, within=SOON, what="an answer to a voice message")
    [said] = _read(world)[before:]
    return said


def test_a_client_books_by_chat_the_salon_takes_the_chat_and_gives_it_back_by_the_button(world: World) -> None:
    whatsapp, yclients, day = world.whatsapp, world.yclients, datetime.now(MOSCOW) + timedelta(days=2)
    salon = Salon(world)
    salon.ask("POST", "bot/settings", json={"settings": {"mode": "always"}})

    offered = _answered(world, "Здравствуйте! Можно через два дня в 12 на мужскую стрижку?")
    asked = _answered(world, "Нина")
    for said in (offered, asked):
        assert f"Мужская стрижка, мастер Анна, {wording.day(day)}, 12:00, 45 мин" in said
        assert "Записать вас?" in said
    assert yclients.writes(world.salon_id) == [], "nothing without a yes"
    done = _answered(world, "да")
    [booked] = salon.records()
    assert (booked["date"], booked["client"]["phone"]) == (f"{day:%Y-%m-%d} 12:00:00", world.client)
    assert (booked["client"]["name"], booked["staff"]["name"]) == ("Нина", "Анна")
    assert [one["title"] for one in booked["services"]] == ["Мужская стрижка"]
    assert f"Вы записаны: мужская стрижка, мастер Анна, {wording.day(day)}, 12:00" in done

    _wait_until_no_machine_would_write(world)
    whatsapp.message(world.phone, world.client, "Нина, добрый день! Это Анна, парковка нужна?")
    unanswered = whatsapp.message(world.client, world.phone, "да, и запишите меня ещё на педикюр")
    turn = _turn(world, unanswered)
    assert (turn["verdict"], turn["outbox_message_id"]) == ("silent", None)
    salon.until_nothing_is_open()
    assert len(_read(world)) == 4, "three answers, a human's question, and no notice of what was booked by chat"

    [taken] = salon.ask("GET", "bot/chats")["chats"]
    assert (taken["is_human"], taken["phone"]) == (True, world.client)
    given = salon.ask("POST", "bot/floor", json={"contact_id": taken["contact_id"], "to_human": False})
    assert given["is_human"] is False
    answer = _answered(world, "А на какое время я записана?")
    assert "12:00" in answer, "the bot speaks again"
    assert len(_read(world)) == 5, "nothing is said to what was written while the salon had the chat"
    assert [one["op"] for one in yclients.writes(world.salon_id)] == ["create"]
    assert world.client not in world.product.log.read_text()
