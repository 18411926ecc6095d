"""What was spoken: who is listened to, what the client reads of it, and what a spoken yes is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import Floor, Holder
from aiadmin.domain.chat.parts.talk import Goodbye, HeardAs, PassedOn
from aiadmin.domain.chat.policy.hearing import as_heard
from aiadmin.domain.chat.spoken import MOST_NOTES, to_listen_to
from aiadmin.domain.chat.steps import Act, Found, Reply, Write
from aiadmin.domain.chat.transcript import ChatPart, Speaker, Utterance
from aiadmin.domain.messages.message import MessageKind
from aiadmin.domain.messages.voice import VoiceNote
from aiadmin.texts.chat import render
from tests.support.chat_turns import client, offered, reminder, situation, step_of, visit

AT = datetime(2026, 3, 12, 10, tzinfo=UTC)
NOTE = VoiceNote(path="/v/1", key=b"k", sha256=b"s", sealed_sha256=b"e", size=1)
VISIT = visit()


def voice(number: int = 1, **facts: object) -> Utterance:
    one = Utterance(
        speaker=Speaker.CLIENT, number=number, at=AT, kind=MessageKind.OTHER, media="audio", seconds=3, voice=NOTE
    )
    return replace(one, **facts)  # type: ignore[arg-type]


def test_a_voice_is_read_by_what_was_heard_of_it() -> None:
    unheard, heard = voice(), voice(text="на завтра", voice=None)
    assert [one.is_spoken for one in (unheard, heard)] == [False, True]
    assert list(heard.parts) == ["на завтра"]
    assert len(list(unheard.parts)) == 1
    photo = voice(media="image", text="вот так", voice=None)
    assert not photo.is_spoken, "a caption was typed"
    assert ChatPart(utterances=[heard, photo]).spoken == "на завтра"


@pytest.mark.parametrize(
    "facts",
    [
        {"is_on": False},
        {"is_opted_out": True},
        {"floor": Floor(holder=Holder.HUMAN)},
    ],
    ids=str,
)
def test_nobody_is_listened_to_where_the_bot_is_silent(facts: dict[str, object]) -> None:
    part = ChatPart(utterances=[voice()])
    assert len(to_listen_to(part, situation())) == 1
    assert to_listen_to(part, replace(situation(), **facts)) == ()  # type: ignore[arg-type]


def test_half_of_what_was_said_is_not_listened_to() -> None:
    some = [voice(number) for number in range(MOST_NOTES + 1)]
    assert len(to_listen_to(ChatPart(utterances=some[1:]), situation())) == MOST_NOTES
    assert to_listen_to(ChatPart(utterances=some), situation()) == ()
    assert to_listen_to(ChatPart(utterances=[voice(is_withdrawn=True)]), situation()) == []


@pytest.mark.parametrize("operation", [VisitOperation.MOVE, VisitOperation.CANCEL])
def test_a_spoken_yes_to_a_change_is_asked_for_in_writing(operation: VisitOperation) -> None:
    starts = VISIT.starts.replace(hour=13) if operation is VisitOperation.MOVE else None
    ask = offered(operation, VISIT, starts) if starts else offered(operation, VISIT)
    known = situation(client=client(VISIT), asks=(ask,))
    assert isinstance(step_of("да", known, Found(visits=(VISIT,))), Write)
    assert not isinstance(step_of("да", replace(known, spoken="да"), Found(visits=(VISIT,))), Write)


def test_a_spoken_answer_to_a_reminder_counts() -> None:
    """It changes nothing in the journal that a visit would depend on."""
    known = situation(client=client(VISIT), asks=(reminder(VISIT),))
    for spoken in ("", "да, приду"):
        reply = step_of("да, приду", replace(known, spoken=spoken), Found(visits=(VISIT,)))
        assert isinstance(reply, Reply)
        assert [one.answer.value for one in reply.attendance] == ["yes"]


def test_the_client_reads_what_was_heard_but_of_no_hand_over() -> None:
    known = replace(situation(), spoken="слово " * 100)
    told = as_heard(Reply(act=Act.INFORM, parts=(PassedOn(),)), known)
    assert render(told, known).startswith("Услышали: «слово слово")
    assert len(render(told, known)) < 400
    for act, part in ((Act.HAND_OVER, PassedOn()), (Act.OPT_OUT, Goodbye())):
        assert as_heard(Reply(act=act, parts=(part,)), known).parts == (part,)
    assert as_heard(Reply(act=Act.SILENT), known).parts == ()
    assert HeardAs not in {
        type(one) for one in as_heard(Reply(act=Act.INFORM, parts=(PassedOn(),)), situation()).parts
    }


def test_what_was_heard_is_shown_without_marks_that_turn_text_round() -> None:
    known = replace(situation(), spoken="на \u202eартваз\u202c")
    assert "\u202e" not in render(as_heard(Reply(act=Act.INFORM, parts=(PassedOn(),)), known), known)
