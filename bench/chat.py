"""What a turn of a chat costs: without a call, with calls that are answered in 200 ms, and 200 chats at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import bench.talks
from aiadmin.adapters import embedded
from aiadmin.cli.migrate import upgrade
from aiadmin.config import Config
from bench.databases import make_database
from bench.tables import table
from tests.fakes.yclients.client import FakeYClients
from tests.support.chat_client import WISH, ChatClient, linked
from tests.support.played_salon import PlayedSalon
from tests.support.stack import APP_ID, JWT_SECRET, PARTNER_TOKEN

ANSWER_SECONDS = 0.2
TALKS, CHATS = 10, 200
PRICE = "Сколько стоит женская стрижка?"


def measure(folder: Path) -> str:
    """The tables; three minutes."""
    postgres, valkey = (
        embedded.start_postgres(folder / "chat-postgres"),
        embedded.start_valkey(folder / "chat-valkey"),
    )
    try:
        with FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients:
            database_url = make_database(postgres.url, "chat")
            upgrade(database_url)
            given = {"database_url": database_url, "redis_url": valkey.url, **yclients.config()}
            salon = PlayedSalon(Config(**given, jwt_secret=JWT_SECRET, public_url="https://bot.example"), yclients)
            try:
                alone = _measured(salon)
            finally:
                salon.close()
            yclients.reset()
            return "\n".join([alone, bench.talks.measure(folder, postgres.url, valkey.url, yclients)])
    finally:
        valkey.stop()
        postgres.stop()


def _measured(salon: PlayedSalon) -> str:
    salon.play()
    device_id = linked(salon)
    salon.yclients.fault("/api/v1/*", times=None, delay=ANSWER_SECONDS)
    talks = [ChatClient(salon, f"7900020{number:04}", device_id) for number in range(TALKS)]
    prices = [_turn(talk, PRICE) for talk in talks]
    before = len(salon.yclients.requests())
    wish, named, agreed = (_turn(talks[0], words) for words in (WISH, "Мария Петрова", "да"))
    calls = len(salon.yclients.requests()) - before
    crowd = [ChatClient(salon, f"7900030{number:04}", device_id) for number in range(CHATS)]
    seconds, turns = _at_once(salon, crowd)
    rows = [
        [f"a price, from the last message's five seconds to the reply's row, half of {TALKS}", _ms(prices), "1 s"],
        ["a wish with its look-ups", _ms([wish]), "1 s"],
        ["a name", _ms([named]), "1 s"],
        ["a yes, with the check and the booking", _ms([agreed]), "1 s"],
        ["calls for a booked visit", str(calls), "5"],
        [f"{CHATS} chats at once, one process", f"{seconds:.1f} s, {turns} turns", f"{CHATS} turns"],
    ]
    return table(
        f"Turns of a chat, YClients answers in {ANSWER_SECONDS * 1000:.0f} ms", ["what", "figure", "aim"], rows
    )


def _turn(talk: ChatClient, words: str) -> float:
    """Seconds from when a burst is over to the commit of its reply."""
    talk.say(words)
    began = time.perf_counter()
    assert talk.played.box.chat_handler.work() == 1
    took = time.perf_counter() - began
    talk.got()
    return took


def _at_once(salon: PlayedSalon, crowd: Sequence[ChatClient]) -> tuple[float, int]:
    for talk in crowd:
        talk.hear(PRICE)
    salon.later(seconds=6)
    began = time.perf_counter()
    turns = sum(iter(salon.box.chat_handler.work, 0))
    took = time.perf_counter() - began
    statement = "SELECT count(*), count(DISTINCT contact_id) FROM chat_turns WHERE heard ->> 0 = :words"
    [(replies, chats)] = salon.rows(statement, words=PRICE)
    assert (replies - TALKS, chats) == (CHATS, CHATS + TALKS), "one lost or answered twice"
    return took, turns


def _ms(seconds: Sequence[float]) -> str:
    return f"{1000 * median(seconds):.0f} ms"
