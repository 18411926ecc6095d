"""What clients read in a chat: a reply's parts, each in a sentence of the catalogue.

Every time, price, name and address stands in a part, a value of the turn's facts; no sentence has one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Reply
from aiadmin.texts.chat import booking, questions, talk, visits
from aiadmin.texts.chat.sentence import Sentence

SENTENCES: Mapping[type, Sentence] = {
    **booking.SENTENCES,
    **visits.SENTENCES,
    **questions.SENTENCES,
    **talk.SENTENCES,
}
"""A sentence for each kind of part."""


def render(reply: Reply, situation: Situation) -> str:
    """A reply as the client reads it; empty where nothing is sent."""
    sentences = [SENTENCES[type(part)](part, situation) for part in reply.parts]
    return " ".join(filter(None, sentences))
