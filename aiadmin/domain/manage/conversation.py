"""One client as the cabinet shows them beside their chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aiadmin.domain.chat.floor import Floor
from aiadmin.domain.ids import ContactId
from aiadmin.domain.journal.journal import Record

LONGEST_REPLY = 4_000
"""What a person types at once; WhatsApp itself takes more, and folds it."""


@dataclass(frozen=True, kw_only=True)
class ClientCard:
    """A client with what they have booked.

    Attributes:
        contact_id: of the chat.
        zone: the salon's IANA timezone, by which its visits are told.
        is_opted_out: whether they want no messages.
        floor: who has the chat.
        can_give: whether the floor can be given to the bot and taken: only where the client has written.
        upcoming: their next visits, the soonest first.
        last: the last visit that began before now.
    """

    contact_id: ContactId
    zone: str
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    is_opted_out: bool
    floor: Floor
    can_give: bool
    upcoming: Sequence[Record] = ()
    last: Record | None = None
