"""Clients answer: on a real PostgreSQL and a fake YClients over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.ids import ContactId
from aiadmin.domain.job import Argument, Job
from aiadmin.domain.journal.journal import Attendance
from aiadmin.domain.messages.message import Direction, MessageKind, Purpose, SendOutcome, SendResult
from aiadmin.domain.messages.sending_policy import Recipient
from aiadmin.services import maintenance
from aiadmin.services.messages import messages
from aiadmin.texts.ru import formatting as wording
from tests.support.salon import Salon


def person(salon: Salon) -> Recipient:
    with salon.world.uow() as work:
        return work.permissions.recipient(salon.company_id, salon.contact())


def question(salon: Salon) -> dict[str, Any]:
    statement = "SELECT answer, answered_at, written_at, next_attempt_at, attempts, error FROM questions"
    [row] = salon.world.rows(f"{statement} WHERE company_id = :id", id=salon.company_id)
    return dict(
        zip(("answer", "answered_at", "written_at", "next_attempt_at", "attempts", "error"), row, strict=True)
    )


def test_a_yes_is_kept_thanked_for_and_written_into_the_journal(salon: Salon) -> None:
    salon.ask()
    salon.say("Да, приду")
    when = f"{wording.day(salon.starts_at())}, в 12:00"
    assert salon.owed() == [(salon.phone, "reply", f"Спасибо! Ждём вас {when}.")]
    assert salon.box.journal_confirmer.work() == 1
    assert salon.record()["attendance"] == Attendance.CONFIRMED
    assert salon.record()["comment"] == "любит чай", "what was there stays"
    kept = question(salon)
    assert (kept["answer"], kept["next_attempt_at"], kept["error"]) == ("yes", None, None)
    assert kept["written_at"] is not None
    assert salon.box.journal_confirmer.work() == 0


def test_a_no_leaves_the_journal_alone_and_the_salon_is_told(salon: Salon) -> None:
    salon.salons.synchronise(salon.installed)
    salon.ask()
    salon.say("2")
    assert salon.box.journal_confirmer.work() == 0
    assert salon.record()["attendance"] == Attendance.WAITING
    assert salon.record()["deleted"] is False
    to_client, to_salon = salon.owed()
    assert to_client[:2] == (salon.phone, "reply")
    assert to_salon[:2] == (salon.own_phone, "reply")
    assert to_salon[2].startswith(
        f"Анна (+{salon.phone}): не сможет прийти {wording.day(salon.starts_at())}, в 12:00"
    )


def test_who_changes_their_mind_is_heard_each_time_and_who_repeats_is_not_thanked_twice(salon: Salon) -> None:
    salon.ask()
    for said in ("да", "да", "нет", "нет", "да"):
        salon.say(said)
        salon.box.journal_confirmer.work()
    assert salon.record()["attendance"] == Attendance.CONFIRMED
    assert [phone for phone, _, _ in salon.owed()].count(salon.phone) == 3
    puts = [one for one in salon.yclients.requests() if one["method"] == "PUT"]
    assert len(puts) == 3, "confirmed, taken back, confirmed"


def test_a_reaction_answers_what_it_is_put_on_and_nothing_else(salon: Salon) -> None:
    early, late = salon.booking, salon.book(hour=15)
    sent = {}
    for booking in (early, late):
        salon.ask(booking)
        sent[booking["id"]] = remind(salon, booking)
    salon.say("👍", kind=MessageKind.REACTION, quoted_id="somebody else's")
    assert answered(salon) == {early["id"]: None, late["id"]: None}
    salon.say("👍", kind=MessageKind.REACTION, quoted_id=sent[early["id"]])
    assert answered(salon) == {early["id"]: "yes", late["id"]: None}
    salon.say("нет", quoted_id=sent[early["id"]])
    assert answered(salon) == {early["id"]: "no", late["id"]: None}
    salon.say("1")
    assert answered(salon) == {early["id"]: "no", late["id"]: "yes"}, "without a quote, the newest question"


def remind(salon: Salon, booking: dict[str, Any]) -> str:
    """Send a reminder of a booking; WhatsApp's id of it."""
    with salon.world.uow() as work:
        new = messages.NewMessage(
            company_id=salon.company_id,
            text="Придёте?",
            dedup_key=f"test:{booking['id']}",
            deadline_at=None,
            purpose=Purpose.REMINDER_DAY,
            record_id=booking["id"],
        )
        work.outbox_messages.add(new, salon.contact(), salon.world.clock())
        work.commit()
    [message] = salon.pull()
    name = f"M{message.outbox_message_id}"
    result = SendResult(outcome=SendOutcome.SENT, message_id=name, sent_at=salon.world.clock())
    assert messages.record_result(message, result, uow=salon.world.uow, clock=salon.world.clock, jitter=0.0)
    return name


def answered(salon: Salon) -> dict[int, str | None]:
    rows = salon.world.rows("SELECT record_id, answer FROM questions WHERE company_id = :id", id=salon.company_id)
    return {row[0]: row[1] for row in rows}


def test_a_visit_that_is_now_at_another_time_is_not_confirmed_by_an_old_answer(salon: Salon) -> None:
    salon.ask()
    salon.say("да")
    salon.yclients.edit_record(salon.salon_id, salon.booking["id"], datetime=f"{salon.starts_at():%Y-%m-%d} 18:00:00")
    assert salon.box.journal_confirmer.work() == 1
    assert salon.record()["attendance"] == Attendance.WAITING
    assert (question(salon)["error"], question(salon)["next_attempt_at"]) == ("moved", None)


def test_a_question_whose_visit_we_know_to_be_moved_or_cancelled_is_no_question(salon: Salon) -> None:
    salon.salons.synchronise(salon.installed)
    salon.ask()
    for change in ("starts_at = starts_at + interval '1 hour'", "deleted_at = now()"):
        salon.world.execute(f"UPDATE records SET {change}")  # noqa: S608 - our own words
        salon.say("да")
        assert question(salon)["answer"] is None
        assert salon.owed() == []


@pytest.mark.parametrize("word", ["СТОП", "stop", "Отпишите меня, пожалуйста"])
def test_stop_is_heard_at_once_and_for_good_and_start_takes_it_back(salon: Salon, word: str) -> None:
    salon.ask()
    owe(salon, Purpose.REMINDER_HOURS)
    owe(salon, Purpose.MANUAL)
    salon.say(word)
    assert person(salon).opted_out_at is not None
    assert [purpose for _, purpose, _ in salon.owed()] == ["manual", "reply"], "what was on its way is cancelled"
    salon.say(word)
    salon.say("да")
    assert len(salon.owed()) == 2, "one confirming reply, and nothing after it"
    assert answered(salon)[salon.booking["id"]] == "yes", "it counts all the same"
    salon.say("СТАРТ")
    assert person(salon).opted_out_at is None
    assert "Снова" in salon.owed()[-1][2]


def owe(salon: Salon, purpose: Purpose) -> None:
    with salon.world.uow() as work:
        new = messages.NewMessage(
            company_id=salon.company_id, text="?", dedup_key=f"test:{purpose}", deadline_at=None, purpose=purpose
        )
        work.outbox_messages.add(new, salon.contact(), salon.world.clock())
        work.commit()


def test_a_message_of_the_salons_own_phone_and_words_for_a_human_silence_the_chat(
    new_salon: Callable[[], Salon],
) -> None:
    spoken, asked = new_salon(), new_salon()
    spoken.say("Анна, добрый день!", direction=Direction.OWN_PHONE)
    asked.ask()
    asked.say("А можно с собакой?")
    for salon in (spoken, asked):
        until = person(salon).muted_until
        assert until is not None
        assert until > salon.world.clock() + timedelta(minutes=50)
        assert salon.owed() == []
    assert question(asked)["answer"] == "unclear"
    asked.say("1")
    assert question(asked)["answer"] == "yes", "a clear word counts after an unclear one"


def test_old_messages_are_looked_at_without_an_answer(salon: Salon) -> None:
    salon.ask(asked_at=salon.world.clock() - timedelta(hours=14))
    salon.say("да", sent_at=salon.world.clock() - timedelta(hours=13))
    assert question(salon)["answer"] == "yes"
    assert salon.owed() == []


def test_who_writes_may_be_written_to(salon: Salon) -> None:
    whom, now = salon.contact(), salon.world.clock()
    with salon.world.uow() as work:
        work.permissions.lock(salon.company_id, whom, now + timedelta(hours=1))
        work.permissions.mark_unreachable(salon.company_id, whom, now)
        work.commit()
    salon.say("Здравствуйте")
    assert person(salon) == Recipient(has_written=True)


def test_one_salon_never_answers_the_question_of_another(new_salon: Callable[[], Salon]) -> None:
    ours, theirs = new_salon(), new_salon()
    ours.ask()
    theirs.lid, theirs.phone = ours.lid, ours.phone
    theirs.say("да")
    assert answered(ours) == {ours.booking["id"]: None}


def test_each_message_is_looked_at_once_in_order_whoever_looks(salon: Salon) -> None:
    salon.ask()
    words = ["да", "нет"] * 8 + ["да"]
    for word in words:  # with something between them, or they would be one burst
        salon.hear(word)
        salon.hear("👍", kind=MessageKind.REACTION, quoted_id="another's")
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(salon.box.chat_handler.work())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done += iter(salon.box.chat_handler.work, 0)
    assert sum(done) == 2 * len(words)
    replies = [text for phone, _, text in salon.owed() if phone == salon.phone]
    assert [("Ждём" in text) for text in replies] == [word == "да" for word in words]
    assert question(salon)["answer"] == "yes"


def test_a_yclients_that_is_away_is_told_when_it_is_back(salon: Salon) -> None:
    salon.ask()
    salon.say("да")
    salon.yclients.fault("/api/v1/visits/*", status=503, times=1)
    assert salon.box.journal_confirmer.work() == 1
    kept = question(salon)
    assert (kept["error"], kept["attempts"], kept["written_at"]) == ("down", 1, None)
    assert kept["next_attempt_at"] > salon.world.clock()
    salon.world.execute("UPDATE questions SET next_attempt_at = now()")
    assert salon.box.journal_confirmer.work() == 1
    assert salon.record()["attendance"] == Attendance.CONFIRMED
    assert question(salon)["error"] is None


def test_a_yes_that_yclients_forbids_to_write_is_told_to_the_salon(salon: Salon) -> None:
    salon.ask()
    salon.say("да")
    salon.yclients.fault("/api/v1/visits/*", status=403, body='{"success": false, "meta": {"message": "Нет прав"}}')
    assert salon.box.journal_confirmer.work() == 1
    assert (question(salon)["error"], question(salon)["next_attempt_at"]) == ("forbidden", None)
    phone, _, text = salon.owed()[-1]
    assert phone == salon.own_phone
    assert "YClients не принял" in text


def test_the_sweep_asks_for_what_waits(salon: Salon) -> None:
    asked: list[Job] = []

    class Queue:
        def nudge(self, job: Job, *_: Argument) -> None:
            asked.append(job)

    def sweep() -> list[Job]:
        asked.clear()
        box = salon.box
        maintenance.sweep(uow=box.uow, queue=Queue(), clock=box.clock, window=timedelta(hours=1))
        return [one for one in asked if one in {Job.HANDLE_CHATS, Job.DISPATCH_NOTICES}]

    salon.ask()
    assert sweep() == []
    salon.hear("да")
    assert sweep() == [Job.HANDLE_CHATS]
    salon.box.chat_handler.work()
    assert sweep() == [Job.HANDLE_CHATS], "now it is to be written"
    salon.box.journal_confirmer.work()
    assert sweep() == []


def test_an_erased_contact_takes_its_questions_along(salon: Salon) -> None:
    salon.ask()
    salon.world.execute("DELETE FROM contacts WHERE id = :id", id=ContactId(salon.contact()))
    assert salon.world.rows("SELECT 1 FROM questions") == []
