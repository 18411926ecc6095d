"""What the library's messages and receipts say, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from aiadmin.adapters.whatsapp.decode import MAIL, SUBSCRIBED, decode
from aiadmin.adapters.whatsapp.messages import number_seen, refusal, send_result, text_message
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    LONGEST_TEXT,
    Direction,
    MessageKind,
    MessageSeen,
    MessageWithdrawn,
    ReceiptSeen,
    SendOutcome,
    SendResult,
    TimerSeen,
    address_of,
    after_send,
)
from aiadmin.domain.messages.voice import MOST_BYTES, MOST_SECONDS, VoiceNote
from tests.unit.whatsapp.fake_go import Neonize_pb2

MESSAGE, RECEIPT = sorted(MAIL)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LID, PHONE = "200079995550001", "79995550001"
NOBODY = ("", "")


def jid(user: str, server: str) -> Any:
    return Neonize_pb2.JID(User=user, Server=server, RawAgent=0, Device=0, Integrator=0, IsEmpty=not (user or server))


def source(
    chat: tuple[str, str] = (LID, "lid"),
    alternative: tuple[str, str] = (PHONE, "s.whatsapp.net"),
    *,
    from_me: bool = False,
    group: bool = False,
) -> Any:
    """Where an event comes from; the alternative is beside whoever is the other side."""
    beside = {"RecipientAlt" if from_me else "SenderAlt": jid(*alternative)}
    empty = {name: jid(*NOBODY) for name in ("SenderAlt", "RecipientAlt", "BroadcastListOwner")}
    return Neonize_pb2.MessageSource(
        Chat=jid(*chat), Sender=jid(*chat), IsFromMe=from_me, IsGroup=group, **(empty | beside)
    )


def read(content: dict[str, Any], *, where: Any = None, name: str = "Анна") -> MessageSeen | None:
    """What becomes of a Message event with this content."""
    info = Neonize_pb2.MessageInfo(
        MessageSource=where or source(),
        ID="3EB0AA",
        Type="text",
        Pushname=name,
        Timestamp=int(AT.timestamp() * 1000),
    )
    event = Neonize_pb2.Message(Info=info, Message=content)
    seen = decode(MESSAGE, event.SerializePartialToString(), _Lenient)
    assert seen is None or isinstance(seen, MessageSeen)
    return seen


class _Lenient:
    """The library's messages; those made here lack fields that the real ones always have."""

    class Message:
        @staticmethod
        def FromString(data: bytes) -> Any:  # noqa: N802
            message = Neonize_pb2.Message()
            message.MergeFromString(data)
            return message

    class Receipt:
        @staticmethod
        def FromString(data: bytes) -> Any:  # noqa: N802
            receipt = Neonize_pb2.Receipt()
            receipt.MergeFromString(data)
            return receipt


def test_messages_and_receipts_are_subscribed() -> None:
    assert set(SUBSCRIBED) >= MAIL


def test_a_text_tells_who_wrote_what_and_when() -> None:
    seen = read({"conversation": "Можно записаться?"})
    assert seen == MessageSeen(
        message_id="3EB0AA",
        peer=IdentityObservation(lid=f"{LID}@lid", phone=PHONE, push_name="Анна"),
        direction=Direction.IN,
        kind=MessageKind.TEXT,
        text="Можно записаться?",
        media=None,
        quoted_id=None,
        sent_at=AT,
    )
    assert "записаться" not in repr(seen)


@pytest.mark.parametrize(
    ("content", "kind", "text", "media", "quoted"),
    [
        ({"extendedTextMessage": {"text": "Да", "contextInfo": {"stanzaID": "Q"}}}, "text", "Да", None, "Q"),
        ({"buttonsResponseMessage": {"selectedDisplayText": "Подтвердить"}}, "text", "Подтвердить", None, None),
        ({"listResponseMessage": {"title": "Второе"}}, "text", "Второе", None, None),
        ({"reactionMessage": {"key": {"ID": "Q"}, "text": "👍"}}, "reaction", "👍", None, "Q"),
        ({"reactionMessage": {"key": {"ID": "Q"}, "text": ""}}, "reaction", "", None, "Q"),
        ({"imageMessage": {"caption": "Вот"}}, "other", "Вот", "image", None),
        ({"audioMessage": {"seconds": 3}}, "other", None, "audio", None),
        ({"locationMessage": {"degreesLatitude": 1.0}}, "other", None, "location", None),
        ({"pollCreationMessageV3": {"name": "?"}}, "other", None, "pollCreation", None),
        ({"messageContextInfo": {}, "conversation": "С настройками"}, "text", "С настройками", None, None),
    ],
)
def test_each_kind_of_content(
    content: dict[str, Any], kind: str, text: str | None, media: str | None, quoted: str | None
) -> None:
    seen = read(content)
    assert seen is not None
    assert (seen.kind, seen.text, seen.media, seen.quoted_id) == (kind, text, media, quoted)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"protocolMessage": {"type": "APP_STATE_SYNC_KEY_SHARE"}},
        {"protocolMessage": {"type": "HISTORY_SYNC_NOTIFICATION"}},
        {"senderKeyDistributionMessage": {"groupID": "1@g.us"}},
        {"messageContextInfo": {"messageSecret": b"x"}},
        {"pollUpdateMessage": {}},
    ],
)
def test_what_has_no_content_is_not_kept(content: dict[str, Any]) -> None:
    """Key shares, history notices and sender keys come as messages, some before the session is connected."""
    assert read(content) is None


@pytest.mark.parametrize(
    "content",
    [
        {"stickerSyncRmrMessage": {"filehash": ["a"]}},
        {"placeholderMessage": {"type": 0}},
        {"secretEncryptedMessage": {"encPayload": b"x"}},
        {"encCommentMessage": {"encPayload": b"x"}},
        {"encEventResponseMessage": {"encPayload": b"x"}},
        {"statusMentionMessage": {"message": {"protocolMessage": {"type": "STATUS_MENTION_MESSAGE"}}}},
        {"statusNotificationMessage": {"type": 1}},
        {"requestPhoneNumberMessage": {"contextInfo": {"stanzaID": "A"}}},
        {"albumMessage": {"expectedImageCount": 2}},
        {"keepInChatMessage": {"timestampMS": 1}},
        {"pinInChatMessage": {"senderTimestampMS": 1}},
        {"pollResultSnapshotMessage": {"name": "?"}},
        {"limitSharingMessage": {"message": {"protocolMessage": {"type": "LIMIT_SHARING"}}}},
        {"botForwardedMessage": {"message": {"messageContextInfo": {"messageSecret": b"x"}}}},
    ],
    ids=lambda content: next(iter(content)),
)
def test_w10_what_machines_say_to_machines_is_no_letter(content: dict[str, Any]) -> None:
    """W10: each of these once silenced the chat for an hour, and spoiled the open question."""
    assert read(content) is None


PICTURE = {"imageMessage": {"caption": "хочу так"}}


@pytest.mark.parametrize(
    ("content", "kind", "text", "media"),
    [
        ({"associatedChildMessage": {"message": PICTURE}}, "other", "хочу так", "image"),
        ({"groupMentionedMessage": {"message": {"conversation": "Да"}}}, "text", "Да", None),
        ({"ephemeralMessage": {"message": {"viewOnceMessage": {"message": PICTURE}}}}, "other", "хочу так", "image"),
        ({"documentWithCaptionMessage": {"message": {"documentMessage": {}}}}, "other", None, "document"),
        ({"interactiveResponseMessage": {"body": {"text": "Да"}}}, "text", "Да", None),
        ({"deviceSentMessage": {"message": {"conversation": "С телефона"}}}, "text", "С телефона", None),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_w10_albums_wrapped_messages_and_pressed_buttons_are_read(
    content: dict[str, Any], kind: str, text: str | None, media: str | None
) -> None:
    """W10: whatever it is wrapped in, a picture has its caption and a button its words."""
    seen = read(content)
    assert seen is not None
    assert (seen.kind, seen.text, seen.media) == (kind, text, media)


def test_w10_no_depth_of_wrapping_is_too_much() -> None:
    content: dict[str, Any] = {"conversation": "Да"}
    for _ in range(40):
        content = {"ephemeralMessage": {"message": content}}
    assert read(content) is None


def test_what_lasts_says_how_long() -> None:
    seen = read({"audioMessage": {"seconds": 42}})
    assert seen is not None
    assert seen.seconds == 42


SPOKEN: Mapping[str, Any] = {
    "seconds": 42,
    "PTT": True,
    "directPath": "/v/t62.7117-24/12_n.enc?ccb=11-4&oh=01_Q5&oe=6A%2B&_nc_sid=5e03e0",
    "mediaKey": b"k" * 32,
    "fileSHA256": b"s" * 32,
    "fileEncSHA256": b"e" * 32,
    "fileLength": 4000,
}


def test_a_voice_message_says_where_it_can_be_heard() -> None:
    seen = read({"audioMessage": SPOKEN})
    assert seen is not None
    assert seen.voice == VoiceNote(
        path=SPOKEN["directPath"], key=b"k" * 32, sha256=b"s" * 32, sealed_sha256=b"e" * 32, size=4000
    )
    assert "t62" not in repr(seen)
    assert "kkk" not in repr(seen)


@pytest.mark.parametrize(
    "said",
    [
        {"PTT": False},
        {"seconds": MOST_SECONDS + 1},
        {"fileLength": MOST_BYTES + 1},
        {"fileLength": 0},
        {"fileLength": 2**63},
        {"mediaKey": b""},
        {"mediaKey": b"k" * 31},
        {"fileSHA256": b"s"},
        {"fileEncSHA256": b""},
        {"directPath": ""},
        {"directPath": "//evil.example/v/1"},
        {"directPath": "/v/1@evil.example"},
        {"directPath": "@evil.example/v"},
        {"directPath": ":80@evil.example/v"},
        {"directPath": ".evil.example/v"},
        {"directPath": "https://evil.example/v"},
        {"directPath": "/v/1\r\nHost: evil.example"},
        {"directPath": "/v/1 2"},
        {"directPath": "/v/1#x"},
        {"directPath": "/v/\\evil"},
        {"directPath": "/v/привет"},
        {"directPath": "/v/" + "x" * 3_000},
    ],
    ids=str,
)
def test_a_voice_message_that_is_long_or_odd_is_not_listened_to(said: Mapping[str, Any]) -> None:
    """The sender's phone may say anything: no path of it leads to another server."""
    seen = read({"audioMessage": SPOKEN | said})
    assert seen is not None
    assert (seen.media, seen.voice) == ("audio", None)


def test_what_the_salon_says_aloud_is_not_listened_to() -> None:
    seen = read({"audioMessage": SPOKEN}, where=source(from_me=True))
    assert seen is not None
    assert seen.voice is None


def _changed(kind: str, **more: Any) -> dict[str, Any]:
    return {"protocolMessage": {"type": kind, "key": {"ID": "A"}, **more}}


NEW = _changed("MESSAGE_EDIT", editedMessage={"conversation": "Нет, не смогу"})


@pytest.mark.parametrize(
    "content",
    [
        NEW,
        {"editedMessage": {"message": NEW}},
        {"ephemeralMessage": {"message": {"editedMessage": {"message": NEW}}}},
    ],
    ids=["Android", "Windows and iOS", "with a timer"],
)
def test_w9_a_correction_is_the_message_as_it_is_now(content: dict[str, Any]) -> None:
    """W9: it left no trace."""
    seen = read(content)
    assert seen is not None
    assert (seen.message_id, seen.text, seen.kind, seen.is_edit) == ("A", "Нет, не смогу", "text", True)


@pytest.mark.parametrize(("kind", "is_correction"), [(2, True), (1, False), (0, False)])
def test_w9_a_sealed_correction_says_whose_it_is(kind: int, is_correction: bool) -> None:
    """W9: what is corrected by it is not what it was; other sealed things are none of ours."""
    seen = read({"secretEncryptedMessage": {"secretEncType": kind, "targetMessageKey": {"ID": "A"}}})
    found = seen and (seen.message_id, seen.text, seen.media, seen.is_edit)
    assert found == (("A", None, "edited", True) if is_correction else None)


@pytest.mark.parametrize("from_me", [False, True])
def test_w9_a_withdrawal_names_the_message(from_me: bool) -> None:
    """W9: the words stayed readable for ninety days."""
    assert _event(_changed("REVOKE"), source(from_me=from_me)) == MessageWithdrawn(
        message_id="A",
        peer=IdentityObservation(lid=f"{LID}@lid", phone=PHONE),
        direction=Direction.OWN_PHONE if from_me else Direction.IN,
    )
    assert _event(_changed("REVOKE"), source(chat=("1203", "g.us"), group=True)) is None


@pytest.mark.parametrize(
    ("chat", "is_group"),
    [
        (("120363", "g.us"), True),
        (("status", "broadcast"), False),
        (("123", "newsletter"), False),
        (("0", "s.whatsapp.net"), False),
        (("13135550002", "bot"), False),
    ],
)
def test_groups_status_newsletters_bots_and_whatsapp_itself_are_not_kept(
    chat: tuple[str, str], is_group: bool
) -> None:
    where = source(chat, (PHONE, "s.whatsapp.net") if is_group else NOBODY, group=is_group)
    assert read({"conversation": "Всем привет"}, where=where) is None


def test_a_status_is_not_kept_although_its_author_is_known() -> None:
    where = source(("status", "broadcast"), (PHONE, "s.whatsapp.net"))
    assert read({"conversation": "Мой статус"}, where=where) is None


def test_a_message_of_the_own_phone_is_about_its_recipient_and_names_nobody() -> None:
    seen = read({"conversation": "С телефона"}, where=source(from_me=True), name="Салон")
    assert seen is not None
    assert seen.direction is Direction.OWN_PHONE
    assert seen.peer == IdentityObservation(lid=f"{LID}@lid", phone=PHONE)


@pytest.mark.parametrize(
    ("chat", "alternative"), [((PHONE, "s.whatsapp.net"), (LID, "lid")), ((LID, "lid"), (PHONE, "s.whatsapp.net"))]
)
def test_by_number_or_by_lid_it_is_one_person(chat: tuple[str, str], alternative: tuple[str, str]) -> None:
    seen = read({"conversation": "?"}, where=source(chat, alternative))
    assert seen is not None
    assert (seen.peer.lid, seen.peer.phone) == (f"{LID}@lid", PHONE)


def test_a_hidden_sender_has_no_phone() -> None:
    seen = read({"conversation": "?"}, where=source(alternative=NOBODY), name="")
    assert seen is not None
    assert seen.peer == IdentityObservation(lid=f"{LID}@lid")


def test_a_text_that_postgresql_could_not_store_is_made_fit() -> None:
    seen = read({"conversation": "а\0б" + "в" * LONGEST_TEXT})
    assert seen is not None
    assert seen.text is not None
    assert (seen.text[:3], len(seen.text)) == ("абв", LONGEST_TEXT)


@pytest.mark.parametrize(
    ("kind", "is_read"), [("DELIVERED", False), ("INACTIVE", False), ("READ", True), ("PLAYED", True)]
)
def test_a_receipt_says_delivered_or_read(kind: str, is_read: bool) -> None:
    assert _receipt(kind) == ReceiptSeen(
        message_ids=("A", "B"), peer=IdentityObservation(lid=f"{LID}@lid", phone=PHONE), is_read=is_read, at=AT
    )


@pytest.mark.parametrize("kind", ["SENDER", "RETRY", "READ_SELF", "PEER_MSG", "HISTORY_SYNC", "SERVER_ERROR"])
def test_other_receipts_are_none_of_a_clients(kind: str) -> None:
    assert _receipt(kind) is None


def test_receipts_of_groups_and_of_our_own_devices_are_none_of_a_clients() -> None:
    assert _receipt("READ", where=source(("120363", "g.us"), group=True)) is None
    assert _receipt("DELIVERED", where=source(from_me=True)) is None


def _receipt(kind: str, where: Any = None) -> ReceiptSeen | None:
    event = Neonize_pb2.Receipt(
        MessageSource=where or source(), MessageIDs=["A", "B"], Timestamp=int(AT.timestamp()), Type=kind
    )
    seen = decode(RECEIPT, event.SerializePartialToString(), _Lenient)
    assert seen is None or isinstance(seen, ReceiptSeen)
    return seen


@pytest.mark.parametrize(
    ("error", "fate", "reason"),
    [
        ("no LID found for 79995550001@s.whatsapp.net from server", SendOutcome.FAILED, "not_on_whatsapp"),
        ("server returned error 463", SendOutcome.FAILED, "reachout_locked"),
        ("server returned error 479", SendOutcome.FAILED, "refused_479"),
        ("websocket not connected", SendOutcome.NOT_TAKEN, "not_connected"),
        (
            "failed to get user info for 1@s.whatsapp.net: websocket not connected",
            SendOutcome.NOT_TAKEN,
            "not_connected",
        ),
        ("client is nil", SendOutcome.NOT_TAKEN, "not_connected"),
        ("timed out waiting for message send response", SendOutcome.UNKNOWN, "timeout"),
        ("failed to send usync query: info query timed out", SendOutcome.UNKNOWN, "timeout"),
        ("websocket disconnected before message send returned response", SendOutcome.UNKNOWN, "disconnected"),
        ("something nobody has seen", SendOutcome.UNKNOWN, "error"),
    ],
)
def test_what_the_librarys_words_mean_for_a_message(error: str, fate: SendOutcome, reason: str) -> None:
    """Only what provably never reached WhatsApp may be tried again."""
    assert refusal(error) == SendResult(outcome=fate, reason=reason)


def test_the_librarys_answer_names_the_message() -> None:
    answer = Neonize_pb2.SendMessageReturnFunction(
        SendResponse=Neonize_pb2.SendResponse(ID="3EB0", Timestamp=int(AT.timestamp()))
    )
    result = send_result(answer.SerializePartialToString(), _LenientAnswer, is_unencrypted=lambda _: False)
    assert result == SendResult(outcome=SendOutcome.SENT, message_id="3EB0", sent_at=AT)


class _LenientAnswer:
    class SendMessageReturnFunction:
        @staticmethod
        def FromString(data: bytes) -> Any:  # noqa: N802
            answer = Neonize_pb2.SendMessageReturnFunction()
            answer.MergeFromString(data)
            return answer


def test_a_text_is_sent_as_a_plain_text() -> None:
    content = type(Neonize_pb2.Message().Message).FromString(text_message("Ждём вас", Neonize_pb2))
    assert content.conversation == "Ждём вас"


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (SendOutcome.SENT, OutboxState.SENT),
        (SendOutcome.FAILED, OutboxState.FAILED),
        (SendOutcome.UNKNOWN, OutboxState.UNKNOWN),
        (SendOutcome.NOT_TAKEN, OutboxState.PENDING),
    ],
)
def test_only_what_never_went_out_is_tried_again(fate: SendOutcome, state: OutboxState) -> None:
    step = after_send(SendResult(outcome=fate), attempts=3, now=AT, jitter=0.5)
    assert step.state is state
    assert (step.next_attempt_at is not None) == (fate is SendOutcome.NOT_TAKEN)
    assert step.next_attempt_at is None or step.next_attempt_at > AT


def test_the_phone_is_where_to_send_and_a_lid_where_there_is_none() -> None:
    assert address_of(IdentityObservation(lid="1@lid", phone=PHONE)) == f"{PHONE}@s.whatsapp.net"
    assert address_of(IdentityObservation(lid="1@lid")) == "1@lid"
    with pytest.raises(ValueError, match="address"):
        address_of(IdentityObservation())


def test_an_id_that_its_writer_has_made_long_or_strange_fits_an_index_and_stays_itself() -> None:
    seen = []
    for name in ("A" * 9000, "A" * 8999 + "B", "A\0B", "Я" * 5000, "3EB0" + "7" * 28):
        info = Neonize_pb2.MessageInfo(
            MessageSource=source(), ID=name, Type="text", Pushname="Анна", Timestamp=int(AT.timestamp() * 1000)
        )
        message = Neonize_pb2.Message(Info=info, Message={"conversation": "да"})
        found = decode(MESSAGE, message.SerializePartialToString(), Neonize_pb2)
        assert isinstance(found, MessageSeen)
        seen.append(found.message_id)
    assert len(set(seen)) == len(seen)
    assert all(len(name) <= 200 and "\0" not in name for name in seen)
    assert seen[-1] == "3EB0" + "7" * 28


WEEK = 604_800
NUMBER = "5531988887777"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"conversation": "Да"}, None),
        ({"extendedTextMessage": {"text": "Да"}}, None),
        ({"extendedTextMessage": {"text": "Да", "contextInfo": {"stanzaID": "A"}}}, None),
        ({"extendedTextMessage": {"text": "Да", "contextInfo": {"expiration": WEEK}}}, WEEK),
        ({"extendedTextMessage": {"text": "Да", "contextInfo": {"expiration": 0}}}, 0),
        ({"imageMessage": {"caption": "Да", "contextInfo": {"expiration": 86_400}}}, 86_400),
        ({"extendedTextMessage": {"text": "Да", "contextInfo": {"expiration": 2**32 - 1}}}, 2**31 - 1),
    ],
)
def test_w17_a_message_says_the_chats_timer(content: dict[str, Any], expected: int | None) -> None:
    """W17: what has no room for a timer says nothing; what a column cannot hold is made to fit."""
    seen = read(content)
    assert seen is not None
    assert seen.disappears_after == expected


@pytest.mark.parametrize("from_me", [False, True])
@pytest.mark.parametrize("seconds", [0, 86_400])
def test_w17_a_setting_is_no_letter_and_says_the_timer(seconds: int, from_me: bool) -> None:
    """W17: the setting of either side."""
    setting = {"protocolMessage": {"type": 3, "ephemeralExpiration": seconds}}
    assert _event(setting, source(from_me=from_me)) == TimerSeen(
        peer=IdentityObservation(lid=f"{LID}@lid", phone=PHONE), disappears_after=seconds
    )


def test_w17_other_protocol_messages_and_those_of_groups_set_no_timer() -> None:
    """W17: type 0 withdraws a message."""
    assert _event({"protocolMessage": {"type": 0}}, source()) is None
    setting = {"protocolMessage": {"type": 3, "ephemeralExpiration": 1}}
    assert _event(setting, source(chat=("1203", "g.us"), group=True)) is None


def _event(content: dict[str, Any], where: Any) -> Any:
    info = Neonize_pb2.MessageInfo(MessageSource=where, ID="3EB0AA", Type="text", Timestamp=0)
    event = Neonize_pb2.Message(Info=info, Message=content)
    return decode(MESSAGE, event.SerializePartialToString(), _Lenient)


@pytest.mark.parametrize("seconds", [WEEK, 0])
def test_w17_a_text_is_sent_with_the_chats_timer(seconds: int) -> None:
    """W17: without a timer it is a plain text as ever."""
    content = type(Neonize_pb2.Message().Message).FromString(
        text_message("Ждём вас", Neonize_pb2, disappears_after=seconds)
    )
    if seconds:
        assert content.extendedTextMessage.text == "Ждём вас"
        assert content.extendedTextMessage.contextInfo.expiration == seconds
    else:
        assert content.conversation == "Ждём вас"


def answer(*found: tuple[str, bool, tuple[str, str]], error: str = "") -> bytes:
    """What the library says of numbers: as asked, whether it is on WhatsApp, and where."""
    answers = [
        Neonize_pb2.IsOnWhatsAppResponse(Query=query, IsIn=is_in, JID=jid(*where)) for query, is_in, where in found
    ]
    made = Neonize_pb2.IsOnWhatsAppReturnFunction(IsOnWhatsAppResponse=answers, Error=error)
    return bytes(made.SerializePartialToString())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((f"+{NUMBER}", False, (NUMBER, "s.whatsapp.net")), None),
        ((f"+{NUMBER}", True, (NUMBER, "s.whatsapp.net")), IdentityObservation(phone=NUMBER)),
        (
            (f"+{NUMBER}", True, ("553188887777", "s.whatsapp.net")),
            IdentityObservation(phone="553188887777", also=frozenset({NUMBER})),
        ),
        ((NUMBER, True, (LID, "lid")), IdentityObservation(phone=NUMBER, lid=f"{LID}@lid")),
    ],
)
def test_w8_what_whatsapp_says_of_a_number(
    found: tuple[str, bool, tuple[str, str]], expected: IdentityObservation | None
) -> None:
    """W8: a no, the number itself, the same person's other number, or a LID."""
    assert number_seen(answer(found), NUMBER, _LenientNumbers) == expected


@pytest.mark.parametrize(
    "data",
    [
        answer(),
        answer(error="websocket not connected"),
        answer(("+79990000000", False, ("79990000000", "s.whatsapp.net"))),
        answer((f"+{NUMBER}", True, ("1", "newsletter"))),
        answer(*[(f"+{NUMBER}", False, (NUMBER, "s.whatsapp.net"))] * 2),
    ],
    ids=["empty", "error", "another number", "nobody's address", "twice"],
)
def test_w8_what_is_no_answer_about_the_number_is_no_absence(data: bytes) -> None:
    """W8: and what is raised names no number."""
    with pytest.raises(LookupError) as raised:
        number_seen(data, NUMBER, _LenientNumbers)
    assert NUMBER not in str(raised.value)


class _LenientNumbers:
    """The library's messages; those made here lack the verified name."""

    class IsOnWhatsAppReturnFunction:
        @staticmethod
        def FromString(data: bytes) -> Any:  # noqa: N802
            made = Neonize_pb2.IsOnWhatsAppReturnFunction()
            made.MergeFromString(data)
            return made
