"""What a message of WhatsApp's says: a text, a reaction, something else that a person sends, or nothing of these.

What counts is listed. Everything else that the protocol carries (keys, settings, sealed votes, notices of statuses,
and whatever a later version adds) is said by machines to machines: it is no content, and silences nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiadmin.domain.messages.message import LONGEST_TEXT, MessageKind
from aiadmin.domain.messages.voice import MOST_BYTES, MOST_SECONDS, VoiceNote

_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "conversation": str,
    "extendedTextMessage": lambda value: value.text,
    "buttonsResponseMessage": lambda value: value.selectedDisplayText,
    "templateButtonReplyMessage": lambda value: value.selectedDisplayText,
    "listResponseMessage": lambda value: value.title,
    "interactiveResponseMessage": lambda value: value.body.text,
    "questionResponseMessage": lambda value: value.text,
}
"""Where a text is, by the kind of message; a pressed button is what the client says."""
_OTHERS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(
        (
            *("imageMessage", "videoMessage", "ptvMessage", "documentMessage", "stickerPackMessage"),
            *("liveLocationMessage", "groupInviteMessage", "eventInviteMessage"),
        ),
        lambda value: value.caption,
    ),
    **dict.fromkeys(
        (
            *("audioMessage", "stickerMessage", "locationMessage", "contactMessage", "contactsArrayMessage"),
            *("pollCreationMessage", "pollCreationMessageV2", "pollCreationMessageV3", "pollCreationMessageV5"),
            *("pollCreationMessageV6", "eventMessage", "scheduledCallCreationMessage", "musicMessage", "call"),
            *("productMessage", "orderMessage", "invoiceMessage", "sendPaymentMessage", "requestPaymentMessage"),
            *("highlyStructuredMessage", "richResponseMessage"),
        ),
        lambda _: "",
    ),
    "buttonsMessage": lambda value: value.contentText,
    "listMessage": lambda value: value.description,
    "interactiveMessage": lambda value: value.body.text,
    "templateMessage": lambda value: value.hydratedTemplate.hydratedContentText,
}
"""What a person sends that is no text, or a business with buttons; and where its caption is."""
_WRAPPER = "FutureProofMessage"
_WRAPPED_AT_MOST = 5
"""So deep are messages opened: one of a made-up depth is nothing."""
_NAME = re.compile(r"(?P<name>\w+?)(?:Message)?(?:V\d+)?")
_LONGEST_NAME = 50
_REVOKE, _EDIT, _SEALED_EDIT = 0, 14, 2
_LONGEST_TIMER = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a message says.

    Attributes:
        quoted_id: the message that it answers or reacts to, as the library spells it; empty for none.
        timer: what it says of the chat's timer, in seconds; a plain text, which has no room for it, says nothing.
        voice: where it can be heard, of a voice message that is short enough.
    """

    kind: MessageKind
    text: str | None = field(repr=False)
    media: str | None = None
    seconds: int | None = None
    quoted_id: str = ""
    timer: int | None = None
    voice: VoiceNote | None = None


@dataclass(frozen=True, kw_only=True)
class MessageChange:
    """A message that its writer has changed, or taken back.

    Attributes:
        message_id: of the message that is changed, as the library spells it.
        content: what it says now; None where it is taken back.
    """

    message_id: str
    content: Content | None


SEALED = Content(kind=MessageKind.OTHER, text=None, media="edited")
"""What only the phone can read: the message says something else now."""


def content_of(message: Any) -> Content | None:
    """The content of a protobuf message of the library's, whatever it is wrapped in; None without any."""
    return next((_content(name, value) for name, value in _opened(message) if _is_content(name)), None)


def change_of(message: Any) -> MessageChange | None:
    """What a message changes of an earlier one of its writer; None where it changes none."""
    found = dict(_opened(message))
    sealed = found.get("secretEncryptedMessage")
    if sealed is not None and sealed.secretEncType == _SEALED_EDIT and sealed.targetMessageKey.ID:
        return MessageChange(message_id=sealed.targetMessageKey.ID, content=SEALED)
    protocol = found.get("protocolMessage")
    if protocol is None or not protocol.key.ID:
        return None
    if protocol.type == _REVOKE:
        return MessageChange(message_id=protocol.key.ID, content=None)
    if protocol.type == _EDIT:
        return MessageChange(message_id=protocol.key.ID, content=content_of(protocol.editedMessage) or SEALED)
    return None


def _opened(message: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The fields of a message, and of what it is wrapped around."""
    for field_of, value in message.ListFields():
        kind = field_of.message_type
        is_wrapper = kind is not None and kind.name == _WRAPPER
        if (is_wrapper or field_of.name == "deviceSentMessage") and depth < _WRAPPED_AT_MOST:
            yield from _opened(value.message, depth + 1)
        else:
            yield field_of.name, value


def _is_content(name: str) -> bool:
    return name == "reactionMessage" or name in _TEXTS or name in _OTHERS


def _content(name: str, value: Any) -> Content:
    if name == "reactionMessage":
        return Content(kind=MessageKind.REACTION, text=clean(value.text), quoted_id=value.key.ID)
    context = getattr(value, "contextInfo", None)
    quoted_id = context.stanzaID if context is not None else ""
    timer = _timer(context)
    if name in _TEXTS:
        text = clean(_TEXTS[name](value))
        return Content(kind=MessageKind.TEXT, text=text, quoted_id=quoted_id, timer=timer)
    return Content(
        kind=MessageKind.OTHER,
        text=clean(_OTHERS[name](value)) or None,
        media=_media(name),
        seconds=getattr(value, "seconds", None) or None,
        quoted_id=quoted_id,
        timer=timer,
        voice=_voice(value) if name == "audioMessage" else None,
    )


_SECRET_BYTES = 32
_LONGEST_PATH = 2_000


def _voice(audio: Any) -> VoiceNote | None:
    """Of what was recorded in the chat; a song that is sent on is none. The sender's phone may say anything."""
    secrets = audio.mediaKey, audio.fileSHA256, audio.fileEncSHA256
    is_short = 0 < audio.fileLength <= MOST_BYTES and audio.seconds <= MOST_SECONDS
    is_path = _PATH.fullmatch(audio.directPath) is not None and len(audio.directPath) <= _LONGEST_PATH
    if not audio.PTT or not is_short or not is_path or any(len(one) != _SECRET_BYTES for one in secrets):
        return None
    key, sha256, sealed_sha256 = map(bytes, secrets)
    return VoiceNote(
        path=audio.directPath, key=key, sha256=sha256, sealed_sha256=sealed_sha256, size=audio.fileLength
    )


_PATH = re.compile(r"/[\w%~-][\w./%~-]*(?:\?[\w./%~=&+-]*)?", re.ASCII)
"""A path with its query, of one server: nothing that would name another."""


def _media(name: str) -> str:
    found = _NAME.fullmatch(name)
    return (found["name"] if found else name)[:_LONGEST_NAME]


def _timer(context: Any) -> int | None:
    if context is None or not context.HasField("expiration"):
        return None
    return int(min(context.expiration, _LONGEST_TIMER))


def clean(text: str) -> str:
    """A text that PostgreSQL takes: it cannot store NUL."""
    return text.replace("\0", "")[:LONGEST_TEXT]
