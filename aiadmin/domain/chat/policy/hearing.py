"""Replies to what was spoken: the client reads what we have heard, for it may be misheard."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.chat.parts.talk import HeardAs
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Reply

_WITHOUT = frozenset({Act.HAND_OVER, Act.OPT_OUT, Act.SILENT})
"""A human has the voice itself, and whoever wants no messages is told that alone."""


def as_heard(reply: Reply, situation: Situation) -> Reply:
    """A reply that says first what was heard; in an offer, that it is agreed to in writing."""
    if not situation.spoken or not reply.parts or reply.act in _WITHOUT:
        return reply
    heard = HeardAs(words=situation.spoken, is_agreed_in_writing=reply.act is Act.OFFER)
    return replace(reply, parts=(heard, *reply.parts))
