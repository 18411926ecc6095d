"""A client books by chat: inbox, turns, a fake YClients over HTTP and the outbox, under a clock that is set."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from aiadmin.domain.messages.message import Direction
from aiadmin.domain.yclients.write_outcome import WriteOutcome
from aiadmin.services.chat.writes import AgreedTurn, VisitWriter
from tests.conftest import WaitUntil
from tests.fakes.yclients.client import FakeYClients
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


@dataclass(frozen=True)
class Meanwhile:
    """The real API; when it is asked whether a change can be made, something happens, once."""

    api: Any
    happens: list[Callable[[], object]]

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.api, name)
        if name not in {"check", "day", "record"}:
            return call

        def ask(*given: Any, **named: Any) -> Any:
            answer = call(*given, **named)
            while self.happens:
                self.happens.pop()()
            return answer

        return ask


def work_meanwhile(client: ChatClient, happens: Callable[[], object]) -> int:
    handler = client.played.box.chat_handler
    api = Meanwhile(handler.writer.api, [happens])
    return replace(handler, writer=replace(handler.writer, api=api)).work()


def test_a_no_that_comes_while_the_journal_is_asked_stops_the_booking(client: ChatClient) -> None:
    """Nothing was sent to the journal yet: both words are read as one burst, and there is no yes in them."""
    offered(client)
    client.say("да")
    work_meanwhile(client, lambda: client.hear("нет, не надо"))
    assert client.visits() == []
    assert client.got() == "", "nothing is said to the half of it"
    client.played.later(seconds=6)
    assert client.played.box.chat_handler.work() == 1
    assert client.visits() == []
    assert "аписаны" not in client.got()
    assert client.played.rows("SELECT state FROM chat_writes") == [("waiting",)]
    client.answered("да")
    assert client.visits() == [], "a yes to an offer that was declined is a yes to nothing"


def test_what_comes_meanwhile_and_changes_nothing_delays_the_booking_and_no_more(client: ChatClient) -> None:
    offered(client)
    client.say("да")
    work_meanwhile(client, lambda: client.hear("спасибо!"))
    assert client.visits() == []
    client.played.later(seconds=6)
    assert client.played.box.chat_handler.work() == 1
    assert "10:00" in client.got()
    assert len(client.visits()) == 1


@pytest.mark.parametrize("wish", ["перенесите запись на 16:00", "отмените запись"])
def test_a_no_that_comes_while_a_record_is_read_stops_its_change(client: ChatClient, wish: str) -> None:
    offered(client)
    client.answered("да")
    assert len(client.visits()) == 1
    client.played.later(minutes=10)
    assert client.answered(wish).endswith("?"), "an offer"
    client.say("да")
    work_meanwhile(client, lambda: client.hear("ой нет, оставьте как есть"))
    assert client.played.rows("SELECT state FROM chat_writes ORDER BY id") == [("saved",), ("waiting",)]
    client.played.later(seconds=6)
    client.played.box.chat_handler.work()
    assert [one["op"] for one in client.played.yclients.writes(client.played.salon_id)] == ["create"]


_WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_STORED = "UPDATE chats SET version = version + 1, due_at = due_at + interval '5 seconds' RETURNING version"


def test_the_call_waits_for_a_message_that_is_being_stored(client: ChatClient, wait_until: WaitUntil) -> None:
    """A real race of two transactions: what is stored first is known before anything is sent to the journal."""
    offered(client)
    client.say("да")
    played = client.played
    with played.engine.connect() as storing:
        worker = threading.Thread(target=work_meanwhile, args=(client, lambda: storing.execute(text(_STORED))))
        worker.start()
        wait_until(lambda: played.rows(_WAITING), timeout=30, what="the worker waits for the message")
        assert client.visits() == []
        storing.commit()
        worker.join(timeout=30)
    assert client.visits() == []
    assert played.rows("SELECT state FROM chat_writes") == [("waiting",)]
    assert played.rows("SELECT claimed_until FROM chats") == [(None,)], "it is another worker's at once"


# --- what is found later ---


@dataclass(frozen=True)
class Losing:
    """The real API; behind the call that changes the journal, nothing can be read of it any more."""

    api: Any
    yclients: FakeYClients

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.api, name)
        if name not in {"book", "move", "cancel"}:
            return call

        def lose(*given: Any, **named: Any) -> Any:
            outcome = call(*given, **named)
            self.yclients.method_faults(records="down")
            return outcome

        return lose


def lose_the_answer(client: ChatClient, method: str) -> str:
    """What is said to a yes whose call is made, while neither its answer nor the journal can be read."""
    handler, yclients = client.played.box.chat_handler, client.played.yclients
    client.played.execute("UPDATE companies SET whatsapp_phone = '79990000000'")
    client.say("да")
    yclients.method_faults(**{method: "timeout_saved"})
    lost = replace(handler.writer.lost, sleep=lambda _: None)
    writer = replace(handler.writer, api=Losing(handler.writer.api, yclients), lost=lost)
    replace(handler, writer=writer).work()
    yclients.method_faults()
    assert client.played.rows("SELECT state FROM chat_writes ORDER BY id DESC LIMIT 1") == [("unknown",)]
    return client.got()


def look_later(client: ChatClient) -> str:
    client.played.later(minutes=2)
    assert client.played.box.lost_writes.work() == 1
    return client.got()


def test_a_booking_that_is_found_later_is_told_to_client_and_salon_once(client: ChatClient) -> None:
    offered(client)
    assert "Не можем сейчас подтвердить" in lose_the_answer(client, "create")
    before = len(client.told())
    found = look_later(client)
    assert found.startswith("Проверили журнал: вы записаны в четверг, 12 марта, в 10:00.")
    [told] = client.told()[before:]
    assert "в журнале есть" in told
    assert "Клиенту об этом написали" in told
    client.played.later(hours=4)
    assert client.played.box.lost_writes.work() == 0
    assert (client.got(), len(client.told())) == ("", before + 1)
    assert len(client.visits()) == 1


def test_where_the_salon_is_writing_it_alone_is_told(client: ChatClient) -> None:
    offered(client)
    lose_the_answer(client, "create")
    client.played.later(minutes=1)
    client.say("Мария, сейчас проверю", direction=Direction.OWN_PHONE)
    client.played.box.chat_handler.work()
    assert look_later(client) == ""
    assert "Сообщите клиенту сами" in client.told()[-1]


def test_a_booking_that_the_journal_never_shows_is_told_to_nobody(client: ChatClient) -> None:
    offered(client)
    client.played.yclients.method_faults(create="timeout_unsaved")
    client.answered("да")
    client.played.yclients.method_faults()
    before = len(client.told())
    assert look_later(client) == ""
    assert len(client.told()) == before
    assert client.played.rows("SELECT state FROM chat_writes") == [("unknown",)]


@pytest.mark.parametrize(
    ("wish", "method", "beginning"),
    [
        ("перенесите запись на 16:00", "move", "Проверили журнал: запись перенесена, ждём вас в четверг"),
        ("отмените запись", "cancel", "Проверили журнал: запись в четверг, 12 марта, в 10:00 отменена"),
    ],
)
def test_a_change_that_is_found_later_is_told(client: ChatClient, wish: str, method: str, beginning: str) -> None:
    offered(client)
    client.answered("да")
    client.played.read_again()
    client.played.later(minutes=10)
    assert client.answered(wish).endswith("?"), "an offer"
    lose_the_answer(client, method)
    assert look_later(client).startswith(beginning)
    assert "Клиенту об этом написали" in client.told()[-1]
