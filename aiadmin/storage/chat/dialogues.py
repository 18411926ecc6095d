"""What the bot has talked about, for the salon: its chats, the newest first, and the turns of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from aiadmin.domain.chat import steps
from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.floor import Floor, HandOverReason, Holder
from aiadmin.domain.chat.steps import Act, Asks, Need
from aiadmin.domain.chat.turn import TurnVerdict
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.storage.chat import codec
from aiadmin.storage.tables.chat import ChatTurnRow

_LATEST = text("""
SELECT turn.id, turn.contact_id, turn.finished_at, turn.verdict, turn.heard, contacts.phone, contacts.push_name,
  clients.name, COALESCE(chats.is_human, false) AS is_human, chats.human_why, chats.human_until
FROM (
  SELECT DISTINCT ON (contact_id) * FROM chat_turns
  WHERE company_id = :company_id AND verdict <> 'silent' ORDER BY contact_id, id DESC
) AS turn
JOIN contacts ON contacts.company_id = turn.company_id AND contacts.id = turn.contact_id
LEFT JOIN chats ON chats.company_id = turn.company_id AND chats.contact_id = turn.contact_id
LEFT JOIN LATERAL (
  SELECT clients.name FROM clients
  WHERE clients.company_id = turn.company_id AND clients.phone = contacts.phone AND clients.deleted_at IS NULL
  ORDER BY clients.client_id LIMIT 1
) AS clients ON true
WHERE CAST(:before AS bigint) IS NULL OR turn.id < :before
ORDER BY turn.id DESC LIMIT :limit
""")
_NEEDS: Mapping[str, type[Need]] = {kind.__name__: kind for kind in Need.__args__}


@dataclass(frozen=True, kw_only=True)
class TalkedChat:
    """A chat with its newest turn.

    Attributes:
        turn_id: of that turn; chats are listed from the greatest on.
        name: of the client's card, or else their nickname in WhatsApp.
    """

    turn_id: int
    contact_id: ContactId
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    at: datetime
    said: str = field(repr=False)
    verdict: TurnVerdict
    floor: Floor


@dataclass(frozen=True, kw_only=True)
class SeenTurn:
    """A turn as the salon may look at it."""

    at: datetime
    heard: Sequence[str] = field(repr=False)
    reply: str | None = field(repr=False)
    commands: Sequence[Command]
    needs: Sequence[Need]
    act: Act
    asks: Asks | None
    hand_over: HandOverReason | None
    verdict: TurnVerdict


class Dialogues:
    """Readings of `chat_turns`. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def latest(self, company_id: CompanyId, *, before: int | None, limit: int) -> Sequence[TalkedChat]:
        """The chats in which something was done or said last, from the turn `before` on."""
        given = {"company_id": company_id, "before": before, "limit": limit}
        return [_chat(row) for row in self._session.execute(_LATEST, given)]

    def turns(self, company_id: CompanyId, contact_id: ContactId, *, limit: int) -> Sequence[SeenTurn]:
        """The last turns of a chat, the oldest first."""
        row = ChatTurnRow
        statement = select(row.__table__).where(row.company_id == company_id, row.contact_id == contact_id)
        found = self._session.execute(statement.order_by(row.id.desc()).limit(limit)).all()
        return [_turn(each) for each in reversed(found)]


def _chat(row: Any) -> TalkedChat:
    holder = Holder.HUMAN if row.is_human else Holder.AUTOMATION
    return TalkedChat(
        turn_id=row.id,
        contact_id=ContactId(row.contact_id),
        name=row.name or row.push_name,
        phone=row.phone,
        at=row.finished_at,
        said=" ".join(map(str, row.heard)),
        verdict=TurnVerdict(row.verdict),
        floor=Floor(holder=holder, why=row.human_why or "", until=row.human_until),
    )


def _turn(row: Any) -> SeenTurn:
    """As far as it can be read: a value of another version is left out."""
    return SeenTurn(
        at=row.finished_at,
        heard=[str(one) for one in row.heard],
        reply=row.reply,
        commands=codec.read_commands(row.commands),
        needs=[need for need in map(_need, row.looked_up) if need is not None],
        act=_member(Act, row.act) or Act.SILENT,
        asks=_member(Asks, row.asks),
        hand_over=_member(HandOverReason, row.hand_over),
        verdict=TurnVerdict(row.verdict),
    )


def _need(stored: Any) -> steps.Need | None:
    kind = _NEEDS.get(str(stored.get("need"))) if isinstance(stored, Mapping) else None
    return None if kind is None else codec.read(kind, {name: one for name, one in stored.items() if name != "need"})


def _member(kind: Any, value: str | None) -> Any:
    return next((one for one in kind if one.value == value), None)
