"""Voice messages: which are listened to, how often that is tried, and what a spoken yes is worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from aiadmin.domain.chat.floor import Holder
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.transcript import ChatPart, Utterance

MOST_NOTES = 3
"""Of one burst; whoever speaks more is read by a human."""
MOST_TRIES = 2
HEARD_WITHIN = timedelta(seconds=30)
"""No try is begun later in a turn: its client waits, and its claim is no longer than two minutes."""
LONGEST_TEXT = 4_000
"""In characters; two minutes of speech are some 2,500, and a recogniser that goes round in circles writes more."""


def to_listen_to(part: ChatPart, situation: Situation) -> Sequence[Utterance]:
    """The voice messages of a burst that are written down: where the bot would answer, and no others.

    Of a burst with more than `MOST_NOTES` there are none: half of what was said is not what was meant.
    """
    is_silent = situation.floor.holder is not Holder.AUTOMATION or situation.is_opted_out or not situation.is_on
    notes = [one for one in part.utterances if one.voice is not None and not one.is_gone]
    return () if is_silent or len(notes) > MOST_NOTES else notes


def is_tried_again(*, is_passing: bool, tries: int, since: timedelta) -> bool:
    """Whether a voice message is tried once more.

    Args:
        is_passing: whether the failure may be over by now: no connection, a busy server.
        tries: that were made.
        since: the first of the turn was begun.

    >>> later = timedelta(seconds=31)
    >>> [is_tried_again(is_passing=passing, tries=tries, since=since) for passing, tries, since in [
    ...     (True, 1, timedelta()), (True, 2, timedelta()), (False, 1, timedelta()), (True, 1, later)]]
    [True, False, False, False]
    """
    return is_passing and tries < MOST_TRIES and since < HEARD_WITHIN


def written_down(text: str) -> str | None:
    """What a recogniser wrote, in one line; None where it is nothing that a client said.

    >>> written_down(" На завтра,\\n пожалуйста\\0 "), written_down(" ... "), written_down("да " * 3000)
    ('На завтра, пожалуйста', None, None)
    """
    words = " ".join(text.replace("\0", "").split())
    return words if len(words) <= LONGEST_TEXT and any(one.isalnum() for one in words) else None
