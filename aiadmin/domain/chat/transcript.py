"""What was said in a chat, by whomever, and which of it is to be handled next.

A chat is read in the order in which it was said, however late we heard of it: an outage's backlog comes all at once.
What a client wrote before a message of ours answers nothing of it, and what a human of the salon wrote is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import AttachmentKind, Media
from aiadmin.domain.ids import MessageId
from aiadmin.domain.messages.message import MessageKind, Purpose
from aiadmin.domain.messages.voice import VOICE, VoiceNote

MACHINE_WITHIN = timedelta(seconds=5)
"""Nobody types so quickly: an answering machine of WhatsApp Business, or another service on the number."""
SILENT_BEFORE = timedelta(hours=1)
"""A letter is a first one where the chat was silent for so long: a greeting answers such."""
ALIKE_CHATS = 3
"""The same words to so many clients are a mailing."""
ALIKE_WITHIN = timedelta(hours=1)

_ATTACHMENTS: Mapping[str, AttachmentKind] = {
    VOICE: AttachmentKind.VOICE,
    "image": AttachmentKind.PHOTO,
    "video": AttachmentKind.VIDEO,
    "ptv": AttachmentKind.VIDEO,
    "document": AttachmentKind.DOCUMENT,
    "sticker": AttachmentKind.STICKER,
    "location": AttachmentKind.LOCATION,
    "liveLocation": AttachmentKind.LOCATION,
    "contact": AttachmentKind.CONTACT,
    "contactsArray": AttachmentKind.CONTACT,
}
SEALED = "edited"
"""The media of a correction that only the phone can read (`adapters.whatsapp.contents`)."""


class Speaker(StrEnum):
    """Who says something."""

    CLIENT = "client"
    US = "us"
    SALON = "salon"
    """Somebody with the salon's phone or in its cabinet, or a machine behind its number."""


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """One thing that was said.

    Attributes:
        number: of its row, in the inbox or in the outbox.
        at: when WhatsApp took it; aware.
        message_id: WhatsApp's name of it; what a quote points to.
        media: what it is when it is no text, as the library calls it.
        waits: whether it is still to be handled.
        was_handled: whether it was handled before it was corrected or taken back.
        purpose, record_id: what a message of ours is for, and the visit that it speaks of.
        voice: where a voice message can be heard that nobody has listened to; what was heard of it is its text.
    """

    speaker: Speaker
    number: int
    at: datetime
    kind: MessageKind = MessageKind.TEXT
    text: str | None = field(default=None, repr=False)
    message_id: str | None = None
    media: str | None = None
    seconds: int | None = None
    quoted_id: str | None = None
    waits: bool = False
    was_handled: bool = False
    is_withdrawn: bool = False
    purpose: Purpose | None = None
    record_id: int | None = None
    voice: VoiceNote | None = None

    @property
    def is_spoken(self) -> bool:
        """Whether its text was heard, and may be misheard."""
        return self.kind is MessageKind.OTHER and self.media == VOICE and bool(self.text)

    @property
    def is_gone(self) -> bool:
        """Whether nobody, or only the phone, can read what it says now."""
        return self.is_withdrawn or self.media == SEALED

    @property
    def is_reaction(self) -> bool:
        return self.kind is MessageKind.REACTION

    @property
    def has_words(self) -> bool:
        """Whether it says something by itself: no reaction, and not taken back."""
        return not self.is_reaction and not self.is_withdrawn

    @property
    def parts(self) -> Iterator[str | Media]:
        """What is to be read of it: its text or caption, and what is no text."""
        if self.text:
            yield self.text
        if self.kind is MessageKind.OTHER and not self.is_spoken:
            yield Media(kind=_ATTACHMENTS.get(self.media or "", AttachmentKind.OTHER), seconds=self.seconds)


Transcript = Sequence[Utterance]
"""The utterances of a chat, oldest first; of a long one those that waits may have to do with."""


@dataclass(frozen=True, kw_only=True)
class ChatPart:
    """What is handled in one turn: of one speaker, with nothing said by others in between.

    Attributes:
        utterances: in order, at least one.
    """

    utterances: Sequence[Utterance]

    @property
    def speaker(self) -> Speaker:
        return self.utterances[0].speaker

    @property
    def numbers(self) -> Sequence[int]:
        """Of the rows in the inbox."""
        return [one.number for one in self.utterances]

    @property
    def first_at(self) -> datetime:
        """When the first of it was written: an ask that it answers was sent before."""
        return self.utterances[0].at

    @property
    def written_at(self) -> datetime:
        """When the last of it was written."""
        return self.utterances[-1].at

    @property
    def quoted_id(self) -> str | None:
        """The message that it quotes or reacts to."""
        return next((one.quoted_id for one in self.utterances if one.quoted_id), None)

    @property
    def spoken(self) -> str:
        """What was heard of its voice messages; empty without any."""
        return " ".join(one.text or "" for one in self.utterances if one.is_spoken)

    @property
    def burst(self) -> Burst:
        """As it is read."""
        return Burst(tuple(part for one in self.utterances for part in one.parts))


def in_order(utterances: Sequence[Utterance]) -> Transcript:
    """As they were said; of one moment, ours come last: nothing that came with them answers them."""
    return sorted(utterances, key=lambda one: (one.at, one.speaker is Speaker.US, one.number))


def next_part(transcript: Transcript) -> ChatPart | None:
    """The first of what waits that belongs together; None where nothing waits."""
    waiting = [place for place, one in enumerate(transcript) if one.waits]
    if not waiting:
        return None
    part = [transcript[waiting[0]]]
    for before, place in pairwise(waiting):
        between, one = transcript[before + 1 : place], transcript[place]
        if not _belongs(one, part) or any(other.speaker is not one.speaker and other.has_words for other in between):
            break
        part.append(one)
    return ChatPart(utterances=part)


def _belongs(one: Utterance, part: Sequence[Utterance]) -> bool:
    """A reaction, a change of what was handled and another quote are matters of their own."""
    first = part[0]
    if one.speaker is not first.speaker or one.is_reaction or first.is_reaction:
        return False
    if one.was_handled or first.was_handled or one.is_gone is not first.is_gone:
        return False
    quoted = next((each.quoted_id for each in part if each.quoted_id), None)
    return one.quoted_id is None or one.quoted_id == quoted


def takes_the_floor(one: Utterance, transcript: Transcript, *, chats_alike: int) -> bool:
    """Whether a message of the salon's own number was written by a human, who speaks with the client from now on.

    Args:
        chats_alike: in how many chats the number has lately written the same.
    """
    if not one.has_words or one.is_gone or (one.kind is MessageKind.TEXT and not (one.text or "").strip()):
        return False
    is_typed_here = one.purpose is Purpose.STAFF
    return is_typed_here or (chats_alike < ALIKE_CHATS and not _is_prompt(one, transcript))


def _is_prompt(one: Utterance, transcript: Transcript) -> bool:
    """Whether it came so quickly behind a message of ours, or a first letter, that no human wrote it."""
    last_said: datetime | None = None
    for other in transcript:
        if other.number == one.number and other.speaker is one.speaker:
            continue
        is_quick = timedelta(0) <= one.at - other.at <= MACHINE_WITHIN
        is_first = last_said is None or other.at - last_said >= SILENT_BEFORE
        if is_quick and (other.speaker is Speaker.US or (other.speaker is Speaker.CLIENT and is_first)):
            return True
        if other.speaker is not Speaker.SALON:
            last_said = other.at
    return False


def human_spoke_at(transcript: Transcript, *, before: datetime) -> datetime | None:
    """When a human of the salon has last written in the chat, before then."""
    said = (one for one in reversed(transcript) if one.speaker is Speaker.SALON and one.at <= before)
    return next((one.at for one in said if takes_the_floor(one, transcript, chats_alike=0)), None)


def answered_by_human(part: ChatPart, transcript: Transcript) -> bool:
    """Whether a human has written since, before we came to it."""
    later = (one for one in transcript if one.speaker is Speaker.SALON and one.at > part.written_at)
    return any(takes_the_floor(one, transcript, chats_alike=0) for one in later)


def repeats(part: ChatPart, transcript: Transcript) -> int:
    """How often the client has said the same before, in a row."""
    words, count = _words(part.utterances), 0
    if not words:
        return 0
    before = [one for one in transcript if one.speaker is Speaker.CLIENT and one.at < part.first_at and one.has_words]
    for one in reversed(before):
        if _words([one]) != words:
            break
        count += 1
    return count + len(part.utterances) - len({_words([one]) for one in part.utterances})


def _words(utterances: Sequence[Utterance]) -> str:
    """Alike for what is the same but for letters' size and blanks; of several messages of one text that text."""
    said = dict.fromkeys(" ".join((one.text or one.media or "").lower().split()) for one in utterances)
    return "\n".join(said)


def message_quoted(quoted_id: str, transcript: Transcript) -> MessageId | None:
    """The number of a message of ours, in the outbox, that is quoted."""
    ours = (one for one in transcript if one.speaker is Speaker.US and one.message_id == quoted_id)
    return next((MessageId(one.number) for one in ours), None)
