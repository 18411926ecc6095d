"""What is said in a message: made, wrapped, and told apart. The server never sees any of it."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.whatsapp.media import SealedVoice
from tests.fakes.whatsapp.node import Jid
from tests.fakes.whatsapp.protos import Message

_MOST_PADDING = 15


@dataclass
class Entry:
    """One message in a phone's log.

    Attributes:
        message_id: as its author chose it; the same on both sides.
        sender, receiver: phone numbers.
        device: which of the sender's devices wrote it; 0 is the phone.
        kind: ``text``, ``reaction``, or the name of the field that holds it, such as ``imageMessage``.
        text: what it says; of a reaction the emoji, empty when it was taken back.
        quoted: the id of the message it answers, or that a reaction is put on.
        expiration: seconds after which the phone says that it will disappear; 0 for never.
    """

    message_id: str
    sender: str
    receiver: str
    device: int
    content: Message
    kind: str
    text: str
    quoted: str | None
    expiration: int = 0
    at: float = field(default_factory=time.time)
    delivered_at: float | None = None
    read_at: float | None = None

    @classmethod
    def of(cls, message_id: str, sender: str, receiver: str, device: int, content: Message) -> "Entry":
        expiration = content.extendedTextMessage.contextInfo.expiration
        return cls(message_id, sender, receiver, device, content, *_told(content), expiration=expiration)

    def public(self) -> dict[str, Any]:
        """The entry as the control API shows it."""
        return {
            "id": self.message_id,
            "from": self.sender,
            "to": self.receiver,
            "device": self.device,
            "kind": self.kind,
            "text": self.text,
            "quoted": self.quoted,
            "expiration": self.expiration,
            "at": self.at,
            "delivered_at": self.delivered_at,
            "read_at": self.read_at,
        }


def text_message(text: str, quoted: Entry | None, author: Jid | None, expiration: int | None = None) -> Message:
    """A text, or an answer that quotes a message of *author*; with an *expiration* it says the chat's timer."""
    if quoted is None and expiration is None:
        return Message(conversation=text)
    message = Message()
    message.extendedTextMessage.text = text
    context = message.extendedTextMessage.contextInfo
    if expiration is not None:
        context.expiration = expiration
    if quoted is None:
        return message
    context.stanzaID, context.participant = quoted.message_id, str(author)
    context.quotedMessage.CopyFrom(quoted.content)
    return message


def voice_message(note: SealedVoice, seconds: int) -> Message:
    """A voice message, as a phone tells where it has put it."""
    message = Message()
    audio = message.audioMessage
    audio.directPath, audio.URL = note.path, f"https://mmg.whatsapp.net{note.path}"
    audio.mediaKey, audio.fileSHA256, audio.fileEncSHA256 = note.key, note.sha256, note.sealed_sha256
    audio.fileLength, audio.seconds, audio.PTT = note.size, seconds, True
    audio.mimetype = "audio/ogg; codecs=opus"
    return message


def reaction_message(emoji: str, to: Entry, chat: Jid, from_me: bool) -> Message:
    """A reaction in *chat*; *from_me*: to a message of one's own. An empty *emoji* takes the reaction back."""
    message = Message()
    reaction = message.reactionMessage
    reaction.key.remoteJID, reaction.key.fromMe, reaction.key.ID = str(chat), from_me, to.message_id
    reaction.text, reaction.senderTimestampMS = emoji, int(time.time() * 1000)
    return message


def timer_message(seconds: int) -> Message:
    """Sets the chat's timer of disappearing messages; 0 takes it away."""
    message = Message()
    message.protocolMessage.type = message.protocolMessage.EPHEMERAL_SETTING
    message.protocolMessage.ephemeralExpiration = seconds
    return message


def for_own_device(message: Message, chat: Jid) -> Message:
    """The copy that one's other devices get: the message, and to whom it went."""
    wrapped = Message()
    wrapped.deviceSentMessage.destinationJID = str(chat)
    wrapped.deviceSentMessage.message.CopyFrom(message)
    return wrapped


def pack(message: Message) -> bytes:
    """The bytes to encrypt: padded, so that their length tells nothing."""
    padding = secrets.randbelow(_MOST_PADDING) + 1
    return bytes(message.SerializeToString()) + bytes([padding]) * padding


def unpack(plain: bytes) -> Message:
    """The message in decrypted bytes, without the wrapping for own devices."""
    message = Message.FromString(plain[: -plain[-1]])
    return message.deviceSentMessage.message if message.HasField("deviceSentMessage") else message


def _told(message: Message) -> tuple[str, str, str | None]:
    """Kind, text and quoted id."""
    if message.HasField("conversation"):
        return "text", message.conversation, None
    if message.HasField("extendedTextMessage"):
        extended = message.extendedTextMessage
        return "text", extended.text, extended.contextInfo.stanzaID or None
    if message.HasField("reactionMessage"):
        return "reaction", message.reactionMessage.text, message.reactionMessage.key.ID
    names = [field.name for field, _ in message.ListFields() if field.name != "messageContextInfo"]
    return (names or ["empty"])[0], "", None
