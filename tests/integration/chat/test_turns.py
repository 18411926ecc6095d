"""Chats on a real PostgreSQL: who is answered, what an answer is to, and that each burst is handled once.

Numbers W and Y are faults that were reported of systems of this kind: each is impossible here, not forbidden.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.burst import QUIET
from aiadmin.domain.ids import ContactId
from aiadmin.domain.journal.journal import Attendance
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    Direction,
    MessageKind,
    MessageSeen,
    MessageWithdrawn,
    Purpose,
    ReceivedEvent,
)
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.services.chat.openings import Opening, OpeningReader
from aiadmin.services.messages import messages
from tests.support.salon import MOSCOW, Salon

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OWN = {"direction": Direction.OWN_PHONE}


def answer(salon: Salon, booking: dict[str, Any] | None = None) -> str | None:
    number = (booking or salon.booking)["id"]
    [(found,)] = salon.world.rows("SELECT answer FROM questions WHERE record_id = :id", id=number)
    return None if found is None else str(found)


def replies(salon: Salon) -> list[str]:
    """What the client is owed."""
    return [text for phone, _, text in salon.owed() if phone == salon.phone]


def told(salon: Salon) -> list[str]:
    """What the salon's own number is owed."""
    return [text for phone, _, text in salon.owed() if phone == salon.own_phone]


def floor(salon: Salon) -> tuple[bool, str | None]:
    rows = salon.world.rows("SELECT is_human, human_why FROM chats WHERE contact_id = :id", id=salon.contact())
    return (rows[0][0], rows[0][1]) if rows else (False, None)


def ago(salon: Salon, passed: timedelta) -> datetime:
    return salon.world.clock() - passed


def work(salon: Salon) -> int:
    return salon.box.chat_handler.work()


# --- whose answer, and to what ---


@pytest.mark.parametrize("words", ["нет", "да", "2", "Хорошо"])
def test_w1_y4_a_bare_word_to_a_human_of_the_salon_answers_no_reminder(salon: Salon, words: str) -> None:
    """W1, Y4: the salon's phone writes, and the client's next word is for whoever wrote."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.say("Анна, парковка нужна?", sent_at=ago(salon, MINUTE), **OWN)
    salon.say(words)
    assert answer(salon) in {None, "unclear"}
    assert (replies(salon), told(salon)) == ([], [])
    assert salon.box.journal_confirmer.work() == 0


def test_w1_a_quote_of_the_reminder_answers_it_whoever_has_the_chat(salon: Salon) -> None:
    """W1: and nothing is said into a human's chat."""
    question = salon.ask(asked_at=ago(salon, HOUR))
    salon.say("Анна, парковка нужна?", sent_at=ago(salon, MINUTE), **OWN)
    salon.say("да", quoted_id=f"M{question.message_id}")
    assert (answer(salon), replies(salon)) == ("yes", [])


def test_w1_a_word_after_the_humans_time_is_theirs_still_where_they_spoke_last(salon: Salon) -> None:
    """W1: three hours later automation has the chat, but the last question was the human's."""
    salon.ask(asked_at=ago(salon, 5 * HOUR))
    salon.say("Анна, парковка нужна?", sent_at=ago(salon, 3 * HOUR), **OWN)
    assert floor(salon) == (False, None)
    salon.say("нет")
    assert (answer(salon), replies(salon), told(salon)) == (None, [], [])


def test_y4_what_the_salon_wrote_within_the_burst_parts_it(salon: Salon) -> None:
    """Y4: a yes before is an answer, a no after is for the human; all three were heard at once."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.hear("да", sent_at=ago(salon, 3 * MINUTE))
    salon.hear("Анна, фото с собой возьмёте?", sent_at=ago(salon, 2 * MINUTE), **OWN)
    salon.hear("нет", sent_at=ago(salon, MINUTE))
    assert work(salon) == 3
    assert answer(salon) == "yes"
    assert (replies(salon), told(salon)) == ([], []), "a human has answered meanwhile"


@pytest.mark.parametrize("quoted", ["status of the salon", "a message of the client's own"])
def test_w2_a_reply_to_what_is_not_ours_answers_nothing(salon: Salon, quoted: str) -> None:
    """W2: a reply to a story comes as a text with a quote."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.say("Да", quoted_id=quoted)
    assert answer(salon) in {None, "unclear"}
    assert replies(salon) == []


def test_w3_what_was_written_before_the_question_was_sent_is_no_answer(salon: Salon) -> None:
    """W3: a backlog after an outage."""
    _be_quiet(salon, begins=10 * HOUR, ends=11 * HOUR)
    salon.ask(asked_at=ago(salon, MINUTE))
    salon.say("нет", sent_at=ago(salon, 3 * HOUR))
    assert (answer(salon), replies(salon), told(salon)) == (None, [], [])


@pytest.mark.parametrize("state", ["pending", "cancelled", "failed", "unknown"])
def test_w3_a_reminder_that_was_never_sent_asks_nothing(salon: Salon, state: str) -> None:
    """W3: not even where nobody knows whether it was."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.world.execute("UPDATE outbox_messages SET state = :state, sent_at = NULL", state=state)
    salon.say("нет")
    assert (answer(salon), told(salon)) == (None, [])


def test_w3_a_receipt_proves_that_it_was_sent(salon: Salon) -> None:
    """W3: nobody knew, and then the client's phone says that it has it."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.world.execute("UPDATE outbox_messages SET state = 'unknown', delivered_at = sent_at, sent_at = NULL")
    salon.say("да")
    assert answer(salon) == "yes"


def test_a_reminder_that_the_salon_took_back_asks_nothing(salon: Salon) -> None:
    question = salon.ask(asked_at=ago(salon, HOUR))
    withdraw(salon, f"M{question.message_id}", Direction.OWN_PHONE)
    salon.say("да")
    assert (answer(salon), replies(salon)) == (None, [])


def test_w4_an_answer_that_is_heard_late_at_night_counts_and_wakes_nobody(salon: Salon) -> None:
    """W4: it is quiet now, and the words are eleven minutes old; those of just now are answered."""
    salon.ask(asked_at=ago(salon, HOUR))
    _be_quiet(salon, begins=-6 * HOUR, ends=6 * HOUR)
    salon.say("да", sent_at=ago(salon, 11 * MINUTE))
    assert (answer(salon), replies(salon)) == ("yes", [])
    salon.say("нет")
    assert answer(salon) == "no"
    assert len(replies(salon)) == 1


def _be_quiet(salon: Salon, *, begins: timedelta, ends: timedelta) -> None:
    """The salon's quiet hours, from now."""
    now = salon.world.clock()
    settings = MessageSettings(reminder_day=False, quiet_from=_clock(now + begins), quiet_to=_clock(now + ends))
    with salon.world.uow() as unit:
        unit.message_settings.set_settings(salon.company_id, settings, now)
        unit.commit()


def _clock(at: datetime) -> time:
    return at.astimezone(MOSCOW).time().replace(second=0, microsecond=0)


def test_y5_the_next_word_is_about_the_last_thing_that_we_said(salon: Salon) -> None:
    """Y5: tomorrow's reminder is open, and today's visit was just asked about."""
    salon.ask(asked_at=ago(salon, 20 * HOUR))
    salon.sent(Purpose.REVIEW, text="Всё ли понравилось?", at=ago(salon, MINUTE), record_id=5)
    for words in ("Да, спасибо!", "Нет", "Хорошо"):
        salon.say(words)
    assert answer(salon) is None
    assert not any("Ждём" in text or "предупредили" in text for text in replies(salon))


def test_y9_the_second_yes_is_to_the_other_reminder(salon: Salon) -> None:
    """Y9: two visits, a reminder of each; a yes goes to one without an answer."""
    early, late = salon.booking, salon.book(hour=15)
    salon.salons.synchronise(salon.installed)
    salon.ask(early, asked_at=ago(salon, 3 * HOUR))
    salon.ask(late, asked_at=ago(salon, HOUR))
    salon.say("Да")
    send_replies(salon)
    salon.say("Да")
    assert [answer(salon, one) for one in (early, late)] == ["yes", "yes"]


def test_y14_a_yes_to_what_the_desk_has_written_off_is_no_promise(salon: Salon) -> None:
    """Y14: attendance -1 of a visit to come."""
    salon.ask()
    salon.yclients.edit_record(salon.salon_id, salon.booking["id"], attendance=-1)
    salon.salons.synchronise(salon.installed)
    salon.say("да")
    salon.box.journal_confirmer.work()
    assert answer(salon) != "yes"
    assert salon.record()["attendance"] == Attendance.NO_SHOW
    assert not any("Ждём" in text for text in replies(salon))
    assert len(told(salon)) == 1


def send_replies(salon: Salon) -> None:
    """What is owed has reached WhatsApp by now."""
    salon.world.execute(
        "UPDATE outbox_messages SET state = 'sent', sent_at = now(), message_id = 'M' || id, device_id = :device"
        " WHERE state = 'pending'",
        device=salon.device.device_id,
    )


# --- who has the chat ---


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": MessageKind.REACTION, "text": "❤️", "quoted_id": "A"},
        {"kind": MessageKind.REACTION, "text": "", "quoted_id": "A"},
        {"text": "  "},
    ],
)
def test_w5_a_heart_of_the_salon_hands_nothing_over(salon: Salon, facts: dict[str, Any]) -> None:
    """W5: nor does one that is taken back."""
    salon.say("Спасибо, всё понравилось")
    salon.hear(facts.pop("text"), **OWN, **facts)
    work(salon)
    assert floor(salon) != (True, "wrote")


@pytest.mark.parametrize("media", [None, "audio", "image", "sticker"])
def test_a_human_of_the_salon_has_the_chat_for_two_hours(salon: Salon, media: str | None) -> None:
    given = {"kind": MessageKind.OTHER, "media": media} if media else {}
    salon.say(None if media else "Анна, добрый день!", **OWN, **given)
    [(until, why)] = salon.world.rows("SELECT human_until, human_why FROM chats")
    assert why == "wrote"
    assert timedelta(hours=1, minutes=59) < until - salon.world.clock() <= timedelta(hours=2)


@pytest.mark.parametrize(("after", "is_human"), [(1, False), (5, False), (6, True)])
def test_w6_a_greeting_that_follows_our_message_at_once_is_a_machines(
    salon: Salon, after: int, is_human: bool
) -> None:
    """W6: WhatsApp Business answers by itself; nothing on the wire says so."""
    at = ago(salon, MINUTE)
    salon.sent(Purpose.BOOKED, at=at)
    salon.say("Здравствуйте! Чем можем помочь?", sent_at=at + timedelta(seconds=after), **OWN)
    assert floor(salon)[0] is is_human


@pytest.mark.parametrize(("is_first", "is_human"), [(True, False), (False, True)])
def test_w6_a_greeting_behind_a_first_letter_is_a_machines(salon: Salon, is_first: bool, is_human: bool) -> None:
    """W6: within a talk somebody may well answer as quickly."""
    at = ago(salon, MINUTE)
    if not is_first:
        salon.hear("Здравствуйте", sent_at=at - 10 * MINUTE)
    salon.hear("Можно записаться?", sent_at=at)
    salon.hear("Здравствуйте! Мы скоро ответим.", sent_at=at + timedelta(seconds=3), **OWN)
    work(salon)
    assert (floor(salon) == (True, "wrote")) is is_human


def test_w6_the_same_words_in_three_chats_are_a_mailing(salon: Salon) -> None:
    """W6: two services on one number, or a list of the owner's."""
    taken = []
    for number in range(4):
        salon.phone, salon.lid = f"7999222{number:04}", f"{number}222@lid"
        salon.say("Мы открылись на новом месте!", **OWN)
        taken.append(floor(salon)[0])
    assert taken == [True, True, False, False]


def test_w7_two_machines_come_to_an_end(salon: Salon) -> None:
    """W7: a counterpart that answers whatever it is answered."""
    salon.ask(asked_at=ago(salon, HOUR))
    for number in range(26):
        salon.say(("нет", "да")[number % 2])
    assert len(replies(salon)) <= 20
    assert sum("не отвечаем" in text for text in told(salon)) == 1
    assert len(told(salon)) <= 22


def test_a_stop_word_is_heard_although_a_human_has_the_chat(salon: Salon) -> None:
    salon.say("Анна, добрый день!", sent_at=ago(salon, MINUTE), **OWN)
    salon.say("Не пишите мне больше")
    with salon.world.uow() as unit:
        assert unit.permissions.recipient(salon.company_id, salon.contact()).opted_out_at is not None


# --- corrections and withdrawals ---


def correct(salon: Salon, message_id: str, text: str | None, **facts: Any) -> None:
    """The client corrects a message of theirs; None is what only the phone can read."""
    sealed = {"kind": MessageKind.OTHER, "media": "edited"} if text is None else {}
    salon.hear(text, message_id=message_id, is_edit=True, **sealed, **facts)


def withdraw(salon: Salon, message_id: str, direction: Direction = Direction.IN) -> None:
    event = MessageWithdrawn(
        message_id=message_id, peer=IdentityObservation(lid=salon.lid, phone=salon.phone), direction=direction
    )
    heard = ReceivedEvent(
        device_id=salon.device.device_id,
        company_id=salon.company_id,
        event=event,
        received_at=salon.world.clock() - QUIET,
    )
    messages.store([heard], uow=salon.world.uow)


def test_w9_a_corrected_answer_is_the_answer(salon: Salon) -> None:
    """W9: "Да" becomes "Нет, не смогу"."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.say("Да", message_id="A")
    salon.box.journal_confirmer.work()
    assert salon.record()["attendance"] == Attendance.CONFIRMED
    correct(salon, "A", "Нет, не смогу")
    assert work(salon) == 1
    salon.box.journal_confirmer.work()
    assert answer(salon) == "no"
    assert salon.record()["attendance"] == Attendance.WAITING
    assert "предупредили" in replies(salon)[-1]
    assert len(told(salon)) == 1


def test_w9_a_correction_is_to_the_reminder_that_was_answered_whatever_was_asked_since(salon: Salon) -> None:
    """W9: and another visit was asked about meanwhile."""
    first, other = salon.booking, salon.book(hour=18)
    salon.salons.synchronise(salon.installed)
    salon.ask(first, asked_at=ago(salon, 3 * HOUR))
    salon.ask(other, asked_at=ago(salon, 2 * HOUR))
    salon.say("Да", message_id="A", quoted_id=_asking(salon, first), sent_at=ago(salon, HOUR))
    correct(salon, "A", "Нет, не смогу")
    work(salon)
    assert (answer(salon, first), answer(salon, other)) == ("no", None)


def _asking(salon: Salon, booking: dict[str, Any]) -> str:
    [(name,)] = salon.world.rows("SELECT message_id FROM outbox_messages WHERE record_id = :id", id=booking["id"])
    return str(name)


@pytest.mark.parametrize("how", ["sealed", "withdrawn"])
def test_w9_an_answer_that_nobody_can_read_any_more_is_none(salon: Salon, how: str) -> None:
    """W9: a sealed correction, or a withdrawal, makes it unclear, and the salon is told; nothing is silenced."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.say("Да", message_id="A")
    salon.box.journal_confirmer.work()
    before = len(replies(salon))
    if how == "sealed":
        correct(salon, "A", None)
    else:
        withdraw(salon, "A")
    assert work(salon) == 1
    salon.box.journal_confirmer.work()
    assert answer(salon) == "unclear"
    assert salon.record()["attendance"] == Attendance.WAITING
    assert floor(salon) == (False, None)
    assert len(replies(salon)) == before
    [text] = told(salon)
    assert "непонятно" in text


def test_w9_what_is_withdrawn_is_read_by_nobody(salon: Salon) -> None:
    """W9: neither as a wish, nor in the log, nor when the message comes after its withdrawal."""
    salon.hear("Это секрет", message_id="A")
    withdraw(salon, "A")
    withdraw(salon, "B")
    salon.hear("И это секрет", message_id="B")
    work(salon)
    texts = salon.world.rows("SELECT text, withdrawn_at IS NOT NULL FROM inbox_messages")
    assert texts == [(None, True), (None, True)]
    assert salon.world.rows("SELECT 1 FROM chat_turns") == []


def test_w9_a_slip_that_is_corrected_is_answered_once(salon: Salon) -> None:
    """W9: a typo in thanks silenced the chat for an hour."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.say("Да, приду", message_id="A")
    correct(salon, "A", "Да, приду!")
    work(salon)
    assert (answer(salon), len(replies(salon)), floor(salon)) == ("yes", 1, (False, None))


def test_only_its_writer_corrects_or_withdraws_a_message(salon: Salon) -> None:
    salon.hear("Да", message_id="A")
    withdraw(salon, "A", Direction.OWN_PHONE)
    correct(salon, "A", "Нет", direction=Direction.OWN_PHONE)
    assert salon.world.rows("SELECT text FROM inbox_messages WHERE direction = 'in'") == [("Да",)]


# --- bursts and claims ---


def hear_at(salon: Salon, text: str, received_at: datetime) -> None:
    event = MessageSeen(
        message_id=uuid.uuid4().hex,
        peer=IdentityObservation(lid=salon.lid, phone=salon.phone),
        direction=Direction.IN,
        kind=MessageKind.TEXT,
        text=text,
        media=None,
        quoted_id=None,
        sent_at=received_at,
    )
    heard = ReceivedEvent(
        device_id=salon.device.device_id, company_id=salon.company_id, event=event, received_at=received_at
    )
    due: list[datetime] = []
    messages.store([heard], uow=salon.world.uow, on_due=due.append)
    [(kept,)] = salon.world.rows("SELECT due_at FROM chats")
    assert due == [kept]


def due_in(salon: Salon, since: datetime) -> float:
    [(due_at,)] = salon.world.rows("SELECT due_at FROM chats")
    return float((due_at - since).total_seconds())


def test_a_burst_is_handled_five_seconds_after_its_last_message_and_25_after_its_first(salon: Salon) -> None:
    first = salon.world.clock()
    waits = []
    for later in range(0, 40, 4):
        hear_at(salon, f"и ещё {later}", first + timedelta(seconds=later))
        waits.append(due_in(salon, first))
    assert waits == [5, 9, 13, 17, 21, 25, 25, 25, 25, 25]
    assert work(salon) == 0, "it is not over"


def test_messages_of_one_burst_are_one_turn(salon: Salon) -> None:
    for text in ("Здравствуйте", "Не пишите мне", "больше"):
        salon.hear(text)
    assert work(salon) == 1
    [(heard,)] = salon.world.rows("SELECT heard FROM chat_turns")
    assert heard == ["Здравствуйте", "Не пишите мне", "больше"]
    assert work(salon) == 0


@pytest.mark.parametrize(
    ("texts", "wrong", "is_on"),
    [
        (("Да", "ой нет", "нет не смогу", "перенесите на пятницу"), "yes", True),
        (("не смогу", "хотя нет, смогу", "приду"), "no", False),
    ],
)
def test_w19_several_short_messages_are_answered_once_and_to_the_last(
    salon: Salon, texts: Sequence[str], wrong: str, is_on: bool
) -> None:
    """W19: "ждём вас", "передали, что не сможете" and a word to the salon all went out.

    What else may be said so quickly is in the unit tests of answers to asks.
    """
    if is_on:
        salon.box.bot_settings.set(salon.company_id, {"mode": "always"}, actor="owner")
    salon.ask(asked_at=ago(salon, HOUR))
    for text in texts:
        salon.hear(text)
    assert work(salon) == 1
    assert answer(salon) != wrong
    said = replies(salon)
    assert len(said) <= 1
    assert len(told(salon)) <= 1
    assert said or told(salon) or answer(salon) == "unclear", "somebody knows of it"
    assert answer(salon) == "yes" or not any("Ждём" in text or "ждём" in text for text in said)
    assert answer(salon) == "no" or not any("не сможете" in text for text in said)
    [(heard,)] = salon.world.rows("SELECT heard FROM chat_turns")
    assert heard == list(texts)
    assert work(salon) == 0


def test_w19_a_second_thought_after_the_answer_is_the_answer(salon: Salon) -> None:
    """W19: said after the quiet, it has a turn of its own, and the first answer holds no longer."""
    salon.ask(asked_at=ago(salon, HOUR))
    salon.say("Да")
    assert answer(salon) == "yes"
    salon.say("ой нет, не смогу")
    assert answer(salon) in {"no", "unclear"}
    assert len(told(salon)) == 1, "the salon is told"


@dataclass(frozen=True)
class Between(OpeningReader):
    """Lets something happen after a turn was read, and before it is finished."""

    happens: Callable[[], None] = lambda: None

    def read(self, *args: Any, **facts: Any) -> Opening:
        opening = super().read(*args, **facts)
        self.happens()
        return opening


def once(do: Callable[[], None]) -> Callable[[], None]:
    left = [do]
    return lambda: left.pop()() if left else None


def test_what_is_heard_meanwhile_discards_the_draft(salon: Salon) -> None:
    salon.ask(asked_at=ago(salon, HOUR))
    salon.hear("да")
    handler = salon.box.chat_handler
    late = once(lambda: salon.hear("ой, нет, не смогу"))
    meanwhile = replace(handler, openings=Between(views=handler.openings.views, happens=late))
    assert meanwhile.work() == 2
    assert answer(salon) != "yes"
    assert [heard for (heard,) in salon.world.rows("SELECT heard FROM chat_turns")] == [["да", "ой, нет, не смогу"]]


def test_who_never_pauses_is_answered_all_the_same(salon: Salon) -> None:
    """A draft is discarded for a minute; then what was read is answered."""
    salon.ask(asked_at=ago(salon, HOUR))
    hear_at(salon, "да", ago(salon, 2 * MINUTE))
    handler = salon.box.chat_handler
    late = once(lambda: hear_at(salon, "спасибо", ago(salon, timedelta(seconds=1))))
    replace(handler, openings=Between(views=handler.openings.views, happens=late)).work()
    assert answer(salon) == "yes"
    [(waiting,)] = salon.world.rows("SELECT count(*) FROM inbox_messages WHERE handled_at IS NULL")
    assert waiting == 1
    [(is_due,)] = salon.world.rows("SELECT due_at IS NOT NULL FROM chats")
    assert is_due


class Killed(BaseException):
    """As if the process had ended."""


def test_a_turn_whose_worker_dies_is_taken_over_and_counts_once(salon: Salon) -> None:
    salon.ask(asked_at=ago(salon, HOUR))
    salon.hear("да")
    handler = salon.box.chat_handler

    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        replace(handler, openings=Between(views=handler.openings.views, happens=die)).work()
    assert (answer(salon), work(salon)) == (None, 0), "its claim still stands"
    salon.world.execute("UPDATE chats SET claimed_until = now() - interval '1 second'")
    assert work(salon) == 1
    assert (answer(salon), len(replies(salon))) == ("yes", 1)


def test_a_worker_whose_claim_was_taken_over_finishes_nothing(salon: Salon) -> None:
    salon.ask(asked_at=ago(salon, HOUR))
    salon.hear("да")
    handler = salon.box.chat_handler

    def overtaken() -> None:
        salon.world.execute("UPDATE chats SET claimed_until = now() - interval '1 second'")
        assert work(salon) == 1

    slow = replace(handler, openings=Between(views=handler.openings.views, happens=once(overtaken)))
    slow.work()
    assert (answer(salon), len(replies(salon))) == ("yes", 1)
    assert len(salon.world.rows("SELECT 1 FROM chat_turns")) == 1


def test_two_names_that_turn_out_to_be_one_person_are_one_chat(salon: Salon) -> None:
    """What waits under one name is handled once, under both."""
    by_lid, by_phone = IdentityObservation(lid=salon.lid), IdentityObservation(phone=salon.phone)
    salon.hear("Здравствуйте", peer=by_lid)
    salon.hear("Анна, добрый день", peer=by_phone, sent_at=ago(salon, MINUTE), **OWN)
    salon.hear("Не пишите мне больше", peer=IdentityObservation(lid=salon.lid, phone=salon.phone))
    [(chats,)] = salon.world.rows("SELECT count(*) FROM chats")
    assert chats == 1
    work(salon)
    assert salon.world.rows("SELECT 1 FROM inbox_messages WHERE handled_at IS NULL") == []
    assert floor(salon)[0]
    assert whom(salon) == [salon.contact()]


def whom(salon: Salon) -> Sequence[ContactId]:
    rows = salon.world.rows("SELECT id FROM contacts WHERE opted_out_at IS NOT NULL")
    return [ContactId(row[0]) for row in rows]
