"""What a reply says besides: of media that came with the words, and of a language that is not written here."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.chat.asks import OF_A_TALK
from aiadmin.domain.chat.commands import AttachmentKind, Foreign, Media
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.questions import WhichPrice
from aiadmin.domain.chat.parts.talk import OneLanguage
from aiadmin.domain.chat.policy.handing_over import is_media_said, media_part
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Reply

_ENGLISH = "en"


def dressed(turn: TurnFacts, reply: Reply) -> Reply:
    """A reply that, where words are sent, says what has to stand before them."""
    return _in_one_language(turn, _with_media(turn, reply)) if reply.parts else reply


def _with_media(turn: TurnFacts, reply: Reply) -> Reply:
    """A photo with a caption is answered by its caption, and the salon is told of it."""
    media = [one for one in turn.of(Media) if one.kind is not AttachmentKind.STICKER]
    if not media or reply.hand_over is not None:
        return reply
    if any(isinstance(one, WhichPrice) for one in reply.parts):
        reply = replace(reply, parts=(), asks=None)  # the price of what is on the photo
    parts = reply.parts if is_media_said(turn) and reply.parts else (media_part(media), *reply.parts)
    return replace(reply, act=Act.HAND_OVER, parts=parts, hand_over=HandOverReason.MEDIA)


def _in_one_language(turn: TurnFacts, reply: Reply) -> Reply:
    """Said once: where English is not switched on, an English wish is answered in Russian."""
    languages = {one.language for one in turn.of(Foreign)}
    is_written = languages == {_ENGLISH} and turn.salon.bot.english
    is_in_a_talk = any(one.kind in OF_A_TALK for one in turn.situation.asks)
    is_said = is_in_a_talk or any(isinstance(one, OneLanguage) for one in reply.parts)
    if not languages or is_written or is_said:
        return reply
    return replace(reply, parts=(OneLanguage(), *reply.parts))
