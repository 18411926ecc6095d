"""A chat that is kept in memory goes on as one that is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aiadmin.domain.chat.asks import AskKind, Attend, OpenAsk
from aiadmin.domain.chat.dialogue import Dialogue, Proposal, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason, Holder
from aiadmin.domain.chat.remembered import RememberedChat
from aiadmin.domain.chat.situation import ClientView, SalonView, Situation
from aiadmin.domain.chat.steps import Act, Asks, AttendanceAnswer, Reply

SALON = SalonView(title="Лаванда", zone="Europe/Moscow")
NOON = datetime(2026, 3, 11, 12, 0)  # noqa: DTZ001 - the salon's own
CANCELLATION = Proposal(operation=VisitOperation.CANCEL, record_id=7)


def _situation(chat: RememberedChat, *, later: timedelta = timedelta()) -> Situation:
    return chat.situation(SALON, ClientView(), NOON + later)


def _after(reply: Reply, chat: RememberedChat | None = None, *, text: str = "ок") -> RememberedChat:
    before = chat or RememberedChat()
    return before.after(reply, _situation(before), text=text)


def test_after_a_hand_over_a_human_has_the_chat_for_two_hours() -> None:
    chat = _after(Reply(act=Act.HAND_OVER, hand_over=HandOverReason.HUMAN))
    holders = [_situation(chat, later=timedelta(minutes=minutes)).floor.holder for minutes in (0, 119, 120)]
    assert holders == [Holder.HUMAN, Holder.HUMAN, Holder.AUTOMATION]


def test_after_some_reasons_and_where_nothing_was_handed_over_automation_goes_on() -> None:
    for reply in (Reply(act=Act.HAND_OVER, hand_over=HandOverReason.MEDIA), Reply(act=Act.INFORM)):
        assert _situation(_after(reply)).floor.holder is Holder.AUTOMATION
    left = _after(Reply(act=Act.SILENT, is_left=True), text="")
    assert _situation(left, later=timedelta(minutes=59)).floor.holder is Holder.HUMAN
    assert _situation(left, later=timedelta(minutes=60)).floor.holder is Holder.AUTOMATION


def test_a_proposal_takes_the_place_of_a_question_and_is_gone_with_the_next_reply() -> None:
    asked = _after(Reply(act=Act.ASK, asks=Asks.DAY))
    assert [one.kind for one in asked.asks] == [AskKind.QUESTION]
    offered = _after(Reply(act=Act.OFFER, asks=Asks.CONSENT, proposal=CANCELLATION), asked)
    assert [one.kind for one in offered.asks] == [AskKind.PROPOSAL]
    assert offered.proposal is not None
    assert offered.proposal.fingerprint == CANCELLATION.fingerprint
    assert not offered.proposal.is_over(offered.proposal.made_at + timedelta(minutes=30))
    assert _after(Reply(act=Act.DONE), offered).proposal is None


def test_what_was_not_said_leaves_what_was_asked() -> None:
    offered = _after(Reply(act=Act.OFFER, proposal=CANCELLATION))
    assert _after(Reply(act=Act.SILENT), offered, text="").proposal is not None


def test_a_reminder_keeps_its_answer_and_a_rating_is_given_once() -> None:
    reminder = OpenAsk(kind=AskKind.ATTENDANCE, sent_at=NOON, record_id=7)
    rating = OpenAsk(kind=AskKind.RATING, sent_at=NOON, record_id=6)
    chat = RememberedChat(asks=(reminder, rating))
    answered = AttendanceAnswer(record_id=7, answer=Attend.YES)
    after = _after(Reply(act=Act.INFORM, attendance=(answered,), rating=5), chat)
    assert after.asks == (replace(reminder, answered=Attend.YES),)


def test_the_same_words_are_counted_and_so_are_replies() -> None:
    chat = RememberedChat()
    counts = []
    for words in ("Ау", "ау ", "ау", "привет", ""):
        chat = chat.hearing(words)
        counts.append(chat.repeats)
    assert counts == [0, 1, 2, 0, 0]
    twice = _after(Reply(act=Act.INFORM), _after(Reply(act=Act.INFORM)))
    hours = [_situation(twice, later=timedelta(hours=hours)) for hours in (0, 1, 24)]
    assert [(one.replies_of_hour, one.replies_of_day) for one in hours] == [(2, 2), (0, 2), (0, 0)]


@pytest.mark.parametrize(("opt_out", "is_out"), [(True, True), (False, False), (None, True)])
def test_who_wants_no_messages_wants_none_until_they_say_so(opt_out: bool | None, is_out: bool) -> None:
    assert _after(Reply(act=Act.INFORM, opt_out=opt_out), RememberedChat(is_opted_out=True)).is_opted_out is is_out


def test_what_is_known_of_a_wish_goes_on() -> None:
    chat = _after(Reply(act=Act.ASK, dialogue=Dialogue(services=(101,)), greets=True), text="Здравствуйте!")
    assert (chat.dialogue.services, chat.dialogue.touched_at) == ((101,), NOON)
    assert (chat.greeted_at, chat.last_said) == (NOON, "Здравствуйте!")
