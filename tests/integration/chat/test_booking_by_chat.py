"""A client books by chat: inbox, turns, a fake YClients over HTTP and the outbox, under a clock that is set."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from aiadmin.domain.messages.message import Direction
from aiadmin.domain.yclients.write_outcome import WriteOutcome
from aiadmin.services.chat.writes import AgreedTurn, VisitWriter
from tests.support.chat_client import ChatClient, offered


def test_a_wish_becomes_one_visit_and_is_said_to_be_one(client: ChatClient) -> None:
    offer = offered(client)
    assert "10:00" in offer
    assert client.visits() == []
    done = client.answered("да")
    [visit] = client.visits()
    assert visit["at"].startswith("2026-03-12T10:00")
    assert "10:00" in done
    verdicts = client.played.rows("SELECT verdict FROM chat_turns ORDER BY id")
    assert verdicts[-1] == ("booked",)
    assert client.answered("да") == ""
    assert client.answered("спасибо!") == ""
    assert len(client.visits()) == 1


def test_a_second_yes_before_the_answer_has_come_is_none(client: ChatClient) -> None:
    offered(client)
    client.say("да")
    client.played.box.chat_handler.work()
    client.say("да")
    client.played.box.chat_handler.work()
    assert client.got().count("\n") == 0
    assert len(client.visits()) == 1


class Killed(BaseException):
    """As if the process had ended."""


@dataclass(frozen=True, kw_only=True)
class Dying(VisitWriter):
    """The process ends right behind the call, before anybody has heard of it."""

    def perform(self, turn: AgreedTurn) -> tuple[WriteOutcome, ...]:
        super().perform(turn)
        raise Killed


@pytest.mark.parametrize("meanwhile", [(), ("спасибо",), ("ой, нет, передумала",)])
def test_who_dies_behind_the_call_has_booked_once_and_the_client_is_told(
    client: ChatClient, meanwhile: tuple[str, ...]
) -> None:
    """Whatever the client writes until then: the visit is in the journal, and that is said first."""
    offered(client)
    client.say("да")
    handler = client.played.box.chat_handler
    writer = handler.writer
    dying = Dying(uow=writer.uow, api=writer.api, clock=writer.clock, lost=writer.lost)
    with pytest.raises(Killed):
        replace(handler, writer=dying).work()
    assert len(client.visits()) == 1
    assert client.got() == ""
    client.say(*meanwhile)
    client.played.later(minutes=3)
    handler.work()
    first, *_ = client.got().split("\n")
    assert "10:00" in first
    assert len(client.visits()) == 1
    assert client.played.rows("SELECT 1 FROM inbox_messages WHERE handled_at IS NULL") == []


@dataclass(frozen=True, kw_only=True)
class Interrupted(VisitWriter):
    """The client writes while the journal is written."""

    client: ChatClient

    def perform(self, turn: AgreedTurn) -> tuple[WriteOutcome, ...]:
        done = super().perform(turn)
        self.client.hear("и ещё вопрос: парковка есть?")
        return done


def test_what_was_written_into_the_journal_is_said_whatever_comes_meanwhile(client: ChatClient) -> None:
    offered(client)
    client.say("да")
    handler = client.played.box.chat_handler
    writer = handler.writer
    slow = Interrupted(uow=writer.uow, api=writer.api, clock=writer.clock, lost=writer.lost, client=client)
    assert replace(handler, writer=slow).work() == 1
    assert "10:00" in client.got()
    assert client.answered() != "", "and then what has come is answered"
    assert len(client.visits()) == 1


def test_a_yes_that_is_taken_back_after_the_visit_was_booked_goes_to_a_human(client: ChatClient) -> None:
    offered(client)
    client.answered("да")
    [(name,)] = client.played.rows("SELECT message_id FROM inbox_messages ORDER BY id DESC LIMIT 1")
    client.withdraw(name)
    client.played.later(seconds=6)
    client.played.box.chat_handler.work()
    assert len(client.visits()) == 1
    assert client.played.rows("SELECT is_human FROM chats") == [(True,)]
    assert len(client.told()) <= 1


def test_the_salon_writes_and_the_bot_is_silent(client: ChatClient) -> None:
    offered(client)
    client.played.later(minutes=1)
    client.say("Мария, добрый день! Сейчас посмотрю", direction=Direction.OWN_PHONE)
    assert client.answered("да") == ""
    assert client.visits() == []
