"""Words that nobody has read come first: what they may change is not proposed over them."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.talk import NotRead, NotUnderstoodPassedOn
from aiadmin.domain.chat.policy.open_asks import standing_proposal
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Asks, Reply
from aiadmin.domain.chat.when import Asked

_MOST_SUPPOSED = 3


def unread_first(turn: TurnFacts, reply: Reply) -> Reply:
    """The reply; or, where it leads to a visit past words that nobody has read, the question what they mean.

    Asked once: what is not read the second time is for a human.
    """
    unread = reply.dialogue.unread
    if not unread or not _leads_to_a_visit(turn, reply):
        return reply
    if reply.dialogue.is_unread_asked:
        dialogue = replace(reply.dialogue, unread=(), is_unread_asked=False, asked=None, picked=None, agreed="")
        part, reason = NotUnderstoodPassedOn(), HandOverReason.NOT_UNDERSTOOD
        return Reply(
            act=Act.HAND_OVER, parts=(part,), dialogue=dialogue, hand_over=reason, attendance=reply.attendance
        )
    dialogue = replace(reply.dialogue, asked=Asked.MEANING, is_unread_asked=True, shown=(), picked=None, agreed="")
    supposed = tuple(one for one in dialogue.supposed if one in turn.salon.services)[:_MOST_SUPPOSED]
    dialogue = replace(dialogue, supposed=supposed)
    return Reply(
        act=Act.ASK,
        parts=(NotRead(words=unread, supposed=supposed),),
        dialogue=dialogue,
        asks=Asks.OTHER,
        language=reply.language,
        attendance=reply.attendance,
    )


def _leads_to_a_visit(turn: TurnFacts, reply: Reply) -> bool:
    """Whether a visit is proposed anew, times are named for one, or a word may be the service that is asked for."""
    standing = standing_proposal(turn)
    is_new = reply.proposal is not None and (standing is None or standing.fingerprint != reply.proposal.fingerprint)
    is_supposed = bool(reply.dialogue.supposed) and reply.asks is Asks.SERVICE
    return is_new or is_supposed or reply.act is Act.OPTIONS
