"""Turns the library's messages and receipts into ours, and our texts and its answers the other way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiadmin.adapters.whatsapp.contents import change_of, clean, content_of
from aiadmin.domain.messages.contact import IdentityObservation, observation
from aiadmin.domain.messages.message import (
    Direction,
    MessageReason,
    MessageSeen,
    MessageWithdrawn,
    ReceiptSeen,
    SendOutcome,
    SendResult,
    TimerSeen,
)

_DELIVERED = frozenset({"DELIVERED", "INACTIVE"})
_READ = frozenset({"READ", "PLAYED"})
"""`READ_SELF` and the like are of our own phone."""


def message_seen(message: Any) -> MessageSeen | MessageWithdrawn | None:
    """What a Message event says; None when it is no content, or not of a chat with one person.

    A message that was changed is seen once more, under its own id; one that was taken back is `MessageWithdrawn`.
    """
    source = message.Info.MessageSource
    alternative = source.RecipientAlt if source.IsFromMe else source.SenderAlt
    name = None if source.IsFromMe else clean(message.Info.Pushname)
    peer = _peer(source, alternative, name)
    change = change_of(message.Message)
    content = change.content if change else content_of(message.Message)
    message_id = _identifier(change.message_id if change else message.Info.ID)
    if peer is None or message_id is None or (content is None and change is None):
        return None
    direction = Direction.OWN_PHONE if source.IsFromMe else Direction.IN
    if content is None:
        return MessageWithdrawn(message_id=message_id, peer=peer, direction=direction)
    return MessageSeen(
        message_id=message_id,
        peer=peer,
        direction=direction,
        kind=content.kind,
        text=content.text,
        media=content.media,
        seconds=content.seconds,
        quoted_id=_identifier(content.quoted_id),
        sent_at=_moment(message.Info.Timestamp / 1000),
        disappears_after=content.timer,
        is_edit=change is not None,
        voice=content.voice if direction is Direction.IN and change is None else None,
    )


_LONGEST_TIMER = 2**31 - 1
_EPHEMERAL_SETTING = 3


def timer_seen(message: Any) -> TimerSeen | None:
    """What a Message event says of the chat's timer when it is nothing but that; None when it is something else."""
    source, setting = message.Info.MessageSource, message.Message.protocolMessage
    peer = _peer(source, source.RecipientAlt if source.IsFromMe else source.SenderAlt, None)
    if peer is None or not message.Message.HasField("protocolMessage") or setting.type != _EPHEMERAL_SETTING:
        return None
    return TimerSeen(peer=peer, disappears_after=min(setting.ephemeralExpiration, _LONGEST_TIMER))


def receipt_seen(receipt: Any) -> ReceiptSeen | None:
    """What a Receipt event says; None when it is not about a client who got or read what we sent."""
    source = receipt.MessageSource
    kind = type(receipt).ReceiptType.Name(receipt.Type)
    peer = _peer(source, source.SenderAlt, None)
    if source.IsFromMe or peer is None or kind not in _DELIVERED | _READ:
        return None
    ids = tuple(found for found in map(_identifier, receipt.MessageIDs) if found is not None)
    at = _moment(receipt.Timestamp)  # seconds, unlike a message's
    return ReceiptSeen(message_ids=ids, peer=peer, is_read=kind in _READ, at=at)


def text_message(text: str, messages: Any, *, disappears_after: int = 0) -> bytes:
    """The content of a text, as the library takes it; in a chat with a timer it says so, or it would stay there."""
    content = messages.Message().Message
    if disappears_after:
        content.extendedTextMessage.text = text
        content.extendedTextMessage.contextInfo.expiration = disappears_after
    else:
        content.conversation = text
    return bytes(content.SerializeToString())


def number_seen(data: bytes, phone: str, messages: Any) -> IdentityObservation | None:
    """The account that the library found at a number (digits); None when WhatsApp says that there is none.

    Raises:
        LookupError: it did not answer that; the words name no number.
    """
    answer = messages.IsOnWhatsAppReturnFunction.FromString(data)
    about = [one for one in answer.IsOnWhatsAppResponse if one.Query.lstrip("+") == phone]
    if answer.Error or len(about) != 1:
        raise LookupError("WhatsApp did not say whether the number is there")
    if not about[0].IsIn:
        return None
    found = observation((about[0].JID.User, about[0].JID.Server))
    if found is None:
        raise LookupError("WhatsApp named nobody we could write to")
    if found.phone is None:
        return IdentityObservation(lid=found.lid, phone=phone)
    return IdentityObservation(phone=found.phone, also=frozenset({phone} - {found.phone}))


def send_result(data: bytes, messages: Any, *, is_unencrypted: Callable[[str], bool]) -> SendResult:
    """What the library answered to a send.

    Args:
        is_unencrypted: whether a message of this id went out without its content for some device.
    """
    answer = messages.SendMessageReturnFunction.FromString(data)
    if answer.Error:
        return refusal(answer.Error)
    sent_at = _moment(answer.SendResponse.Timestamp)
    is_whole = not is_unencrypted(answer.SendResponse.ID)
    return SendResult(
        outcome=SendOutcome.SENT if is_whole else SendOutcome.UNKNOWN,
        reason=None if is_whole else MessageReason.UNENCRYPTED,
        message_id=answer.SendResponse.ID,
        sent_at=sent_at,
    )


_REFUSED = re.compile(r"server returned error (\d+)")
_REACHOUT_LOCKED = "463"
_ERRORS: Mapping[str, SendResult] = {
    "no LID found": SendResult(outcome=SendOutcome.FAILED, reason=MessageReason.NOT_ON_WHATSAPP),
    "client is nil": SendResult(outcome=SendOutcome.NOT_TAKEN, reason=MessageReason.NOT_CONNECTED),
    "websocket not connected": SendResult(outcome=SendOutcome.NOT_TAKEN, reason=MessageReason.NOT_CONNECTED),
    "timed out": SendResult(outcome=SendOutcome.UNKNOWN, reason=MessageReason.TIMEOUT),
    "websocket disconnected": SendResult(outcome=SendOutcome.UNKNOWN, reason=MessageReason.DISCONNECTED),
}


def refusal(error: str) -> SendResult:
    """What the library's words mean for the message. They may hold a phone number: keep the slug alone."""
    number = _REFUSED.search(error)
    if number is not None:
        reason = MessageReason.REACHOUT_LOCKED if number[1] == _REACHOUT_LOCKED else f"refused_{number[1]}"
        return SendResult(outcome=SendOutcome.FAILED, reason=reason)
    known = next((result for words, result in _ERRORS.items() if words in error), None)
    return known or SendResult(outcome=SendOutcome.UNKNOWN, reason=MessageReason.ERROR)


def _peer(source: Any, alternative: Any, push_name: str | None) -> IdentityObservation | None:
    """The other side of a chat with one person; a status has an author, but is no chat."""
    if source.IsGroup or observation((source.Chat.User, source.Chat.Server)) is None:
        return None
    addresses = [(jid.User, jid.Server) for jid in (source.Chat, alternative)]
    return observation(*addresses, push_name=push_name)


_LONGEST_ID = 200


def _identifier(given: str) -> str | None:
    """A message's id as an index can hold it: whoever writes chooses it. Two long ones are two still."""
    name = given.replace("\0", "")
    if len(name) > _LONGEST_ID:
        name = "sha256:" + hashlib.sha256(name.encode(errors="replace")).hexdigest()
    return name or None


def _moment(seconds: float) -> datetime:
    """Unix seconds as a time; now for what is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)
