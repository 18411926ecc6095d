"""Chats: what waits in them, who works on it, who has the floor; and their turns, one for each burst handled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, TextClause, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.chat.burst import LONGEST_BURST
from aiadmin.domain.chat.dialogue import Dialogue, Proposal
from aiadmin.domain.chat.floor import Floor, HandOverReason, Holder
from aiadmin.domain.chat.steps import Act, Asks, AttendanceAnswer
from aiadmin.domain.chat.turn import Chat, SaidTurn, TurnRecord, TurnVerdict
from aiadmin.domain.ids import CompanyId, ContactId, MessageId
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.domain.yclients.write_outcome import Refused, Saved, WriteOutcome
from aiadmin.storage.chat import codec
from aiadmin.storage.quarantine import keys_of, not_set_aside, numbers_of
from aiadmin.storage.tables.chat import ChatRow, ChatTurnRow

_HEARD = text("""
INSERT INTO chats (company_id, contact_id, version, waits_since, due_at, changed_at)
VALUES (:company_id, :contact_id, 1, :at, :due_at, :at)
ON CONFLICT (company_id, contact_id) DO UPDATE SET
  version = chats.version + 1,
  waits_since = COALESCE(chats.waits_since, EXCLUDED.waits_since),
  due_at = LEAST(GREATEST(chats.due_at, EXCLUDED.due_at), COALESCE(chats.waits_since, :at) + :longest),
  changed_at = EXCLUDED.changed_at
RETURNING due_at
""")
_NOT_SET_ASIDE = not_set_aside(WorkQueue.CHATS, "chats.company_id", "chats.contact_id")
_DUE = f"FROM chats WHERE due_at <= :now AND (claimed_until IS NULL OR claimed_until <= :now) AND {_NOT_SET_ASIDE}"
_DUE_ONLY = "FROM chats WHERE due_at IS NOT NULL AND company_id = ANY(:companies) AND contact_id = ANY(:only)"


def _claim(due: str) -> TextClause:
    return text(f"""
    UPDATE chats SET claimed_until = :until, run = chats.run + 1
    FROM (
      SELECT company_id, contact_id {due} ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE chats.company_id = due.company_id AND chats.contact_id = due.contact_id
    RETURNING chats.*
    """)  # noqa: S608 - our own words


_CLAIM, _CLAIM_ONLY = _claim(_DUE), _claim(_DUE_ONLY)
_DUE_KEYS = text(f"SELECT company_id, contact_id {_DUE} ORDER BY due_at LIMIT :limit")
_ANY_DUE = text(f"SELECT EXISTS (SELECT {_DUE})")
_TURN_OF = text("""
SELECT * FROM chat_turns
WHERE company_id = :company_id AND contact_id = :contact_id AND inbox_ids @> ARRAY[CAST(:inbox_id AS bigint)]
ORDER BY id DESC LIMIT 1
""")
_SAID = """
SELECT turn.*, COALESCE(message.sent_at, message.delivered_at, message.read_at) AS sent_at FROM chat_turns AS turn
JOIN outbox_messages AS message
  ON message.company_id = turn.company_id AND message.id = turn.outbox_message_id AND message.withdrawn_at IS NULL
WHERE turn.company_id = :company_id AND turn.contact_id = :contact_id
  AND COALESCE(message.sent_at, message.delivered_at, message.read_at) <= :before
"""
_LAST_SAID = text(f"{_SAID} ORDER BY turn.id DESC LIMIT 1")
_SAID_IN = text(f"{_SAID} AND turn.outbox_message_id = :message_id ORDER BY turn.id DESC LIMIT 1")
_CHATS, _TURNS = cast("Table", ChatRow.__table__), cast("Table", ChatTurnRow.__table__)
_SET = update(_CHATS).where(
    _CHATS.c.company_id == bindparam("of_company"), _CHATS.c.contact_id == bindparam("of_contact")
)
_SET_CLAIMED = _SET.where(_CHATS.c.run == bindparam("of_run"))
"""These set what they are given: one that named its columns would be built and looked up anew in each call."""
_LOCK = text("""
SELECT version FROM chats
WHERE company_id = :company_id AND contact_id = :contact_id AND run = :run FOR UPDATE
""")
_ADD_TURN = insert(_TURNS).returning(_TURNS.c.id)
_SET_TURN = update(_TURNS).where(_TURNS.c.company_id == bindparam("of_company"), _TURNS.c.id == bindparam("of_turn"))
OLDEST_DUE = f"SELECT min(due_at) AS oldest, count(*) AS waiting {_DUE}"


class Chats:
    """Rows of `chats`, and the turns of each. One worker at a time has a chat: `claim` and `finish` see to that."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hear(self, company_id: CompanyId, contact_id: ContactId, *, at: datetime, due_at: datetime) -> datetime:
        """Keep that something was heard at `at`, so that it is handled; when that will be.

        Args:
            due_at: when it would be, were it all; what waits already is handled by its own time.
        """
        given = {"company_id": company_id, "contact_id": contact_id, "at": at, "due_at": due_at}
        found: datetime = self._session.scalars(_HEARD, given | {"longest": LONGEST_BURST}).one()
        return found

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Keys of the chats that `claim` would take one after the other."""
        return keys_of(self._session.execute(_DUE_KEYS, {"now": now, "limit": limit}))

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[Chat]:
        """Claim the chats that have waited longest, until `until`: nobody else has them before."""
        given: dict[str, Any] = {"now": now, "until": until, "limit": limit}
        if only is not None:
            given |= {"companies": [key.company_id for key in only], "only": numbers_of(only)}
        return [_chat(row) for row in self._session.execute(_CLAIM if only is None else _CLAIM_ONLY, given)]

    def has_due(self, now: datetime) -> bool:
        return bool(self._session.scalar(_ANY_DUE, {"now": now}))

    def lock(self, chat: Chat) -> int | None:
        """Keep others from the chat until the commit: its version by now; None when it is ours no more."""
        mine = {"company_id": chat.company_id, "contact_id": chat.contact_id, "run": chat.run}
        version: int | None = self._session.scalar(_LOCK, mine)
        return version

    def keep(self, chat: Chat, at: datetime) -> None:
        """Write what is known of a chat that is locked: its dialogue, who has it, what was said there and when."""
        is_human = chat.floor.holder is Holder.HUMAN
        values = {
            "dialogue": codec.as_data(chat.dialogue),
            "is_human": is_human,
            "human_why": chat.floor.why if is_human else None,
            "human_until": chat.floor.until if is_human else None,
            "greeted_at": chat.greeted_at,
            "media_at": chat.media_at,
            "changed_at": at,
        }
        self._session.execute(_SET, _of(chat) | values)

    def release(self, chat: Chat, *, due_at: datetime | None, waits_since: datetime | None) -> None:
        """End the claim; what still waits is handled at `due_at`, None where nothing does."""
        values = {"claimed_until": None, "due_at": due_at, "waits_since": waits_since}
        self._session.execute(_SET_CLAIMED, _of(chat) | {"of_run": chat.run} | values)

    def give_back(self, chat: Chat) -> None:
        """End the claim, with nothing handled: what waits is due when it is due."""
        self._session.execute(_SET_CLAIMED, _of(chat) | {"of_run": chat.run, "claimed_until": None})

    def find(self, company_id: CompanyId, contact_id: ContactId) -> Chat | None:
        """A chat as it stands, claimed or not."""
        row = ChatRow
        mine = row.company_id == company_id, row.contact_id == contact_id
        found = self._session.execute(select(row.__table__).where(*mine)).one_or_none()
        return None if found is None else _chat(found)

    def give_floor(self, company_id: CompanyId, contact_id: ContactId, floor: Floor, at: datetime) -> None:
        """Have a human, or automation, speak from now on, whatever waits: a turn in hand is drafted anew."""
        is_human = floor.holder is Holder.HUMAN
        values = {
            "is_human": is_human,
            "human_why": floor.why if is_human else None,
            "human_until": floor.until if is_human else None,
            "changed_at": at,
        }
        made = insert(ChatRow).values(company_id=company_id, contact_id=contact_id, **values)
        key = [ChatRow.company_id, ChatRow.contact_id]
        changed = values | {"version": ChatRow.version + 1}
        self._session.execute(made.on_conflict_do_update(index_elements=key, set_=changed))

    def add_turn(self, turn: TurnRecord) -> int:
        """Keep a turn; its number."""
        values = {
            "company_id": turn.company_id,
            "contact_id": turn.contact_id,
            "written_at": turn.written_at,
            "began_at": turn.began_at,
            "finished_at": turn.finished_at,
            "inbox_ids": list(turn.inbox_ids),
            "heard": list(turn.heard),
            "commands": codec.commands_as_data(turn.commands),
            "looked_up": [{"need": type(one).__name__} | codec.as_data(one) for one in turn.needs],
            "written": [_outcome(one) for one in turn.written],
            "attendance": [codec.as_data(one) for one in turn.attendance],
            "act": turn.act,
            "asks": turn.asks,
            "hand_over": turn.hand_over,
            "rating": turn.rating,
            "parts": list(turn.parts),
            "reply": turn.reply,
            "outbox_message_id": turn.outbox_message_id,
            "verdict": turn.verdict,
        }
        number: int = self._session.scalars(_ADD_TURN, values).one()
        return number

    def set_reply(
        self,
        company_id: CompanyId,
        turn_id: int,
        outbox_message_id: MessageId | None,
        proposal: Proposal | None,
    ) -> None:
        """Keep which message of ours is the reply of a turn, and what it offers."""
        offered = None if proposal is None else codec.as_data(proposal)
        values = {"outbox_message_id": outbox_message_id, "proposal": offered}
        self._session.execute(_SET_TURN, {"of_company": company_id, "of_turn": turn_id} | values)

    def turn_of(self, company_id: CompanyId, contact_id: ContactId, inbox_id: int) -> TurnRecord | None:
        """The newest turn of a chat that handled this message."""
        given = {"company_id": company_id, "contact_id": contact_id, "inbox_id": inbox_id}
        row = self._session.execute(_TURN_OF, given).one_or_none()
        return None if row is None else _turn(row)

    def last_said(self, company_id: CompanyId, contact_id: ContactId, before: datetime) -> SaidTurn | None:
        """The newest turn whose reply had reached the server by then, and was not taken back."""
        return self._said(_LAST_SAID, {"company_id": company_id, "contact_id": contact_id, "before": before})

    def said_in(
        self, company_id: CompanyId, contact_id: ContactId, message_id: MessageId, before: datetime
    ) -> SaidTurn | None:
        """The turn whose reply is this message of ours, had it reached the server by then."""
        given = {"company_id": company_id, "contact_id": contact_id, "before": before, "message_id": message_id}
        return self._said(_SAID_IN, given)

    def _said(self, statement: TextClause, given: dict[str, Any]) -> SaidTurn | None:
        row = self._session.execute(statement, given).one_or_none()
        if row is None:
            return None
        return SaidTurn(turn=_turn(row), message_id=MessageId(row.outbox_message_id), sent_at=row.sent_at)

    def is_rated(self, company_id: CompanyId, contact_id: ContactId, since: datetime) -> bool:
        """Whether a client has given a rating since then."""
        row = ChatTurnRow
        theirs = row.company_id == company_id, row.contact_id == contact_id, row.rating.is_not(None)
        statement = select(row.id).where(*theirs, row.finished_at >= since).limit(1)
        return self._session.scalar(statement) is not None


def _of(chat: Chat) -> dict[str, Any]:
    return {"of_company": chat.company_id, "of_contact": chat.contact_id}


def _chat(row: Row[Any]) -> Chat:
    """What cannot be read of a dialogue is forgotten, and the client is asked again."""
    holder = Holder.HUMAN if row.is_human else Holder.AUTOMATION
    return Chat(
        company_id=CompanyId(row.company_id),
        contact_id=ContactId(row.contact_id),
        version=row.version,
        run=row.run,
        waits_since=row.waits_since,
        dialogue=codec.read(Dialogue, row.dialogue) or Dialogue(),
        floor=Floor(holder=holder, why=row.human_why or "", until=row.human_until),
        greeted_at=row.greeted_at,
        media_at=row.media_at,
    )


def _outcome(outcome: WriteOutcome) -> dict[str, Any]:
    """Without the key of a record, which is a secret."""
    if isinstance(outcome, Saved):
        return {"outcome": "saved", "records": [one.record_id for one in outcome.records]}
    return (
        {"outcome": "refused", "reason": outcome.reason} if isinstance(outcome, Refused) else {"outcome": "unknown"}
    )


def _turn(row: Row[Any]) -> TurnRecord:
    """As far as it can be read; what was looked up and written is for people alone."""
    attendance = (codec.read(AttendanceAnswer, one) for one in row.attendance)
    return TurnRecord(
        company_id=CompanyId(row.company_id),
        contact_id=ContactId(row.contact_id),
        inbox_ids=tuple(row.inbox_ids),
        heard=tuple(row.heard),
        written_at=row.written_at,
        began_at=row.began_at,
        finished_at=row.finished_at,
        commands=codec.read_commands(row.commands),
        proposal=None if row.proposal is None else codec.read(Proposal, row.proposal),
        attendance=tuple(one for one in attendance if one is not None),
        act=Act(row.act),
        asks=None if row.asks is None else Asks(row.asks),
        hand_over=None if row.hand_over is None else HandOverReason(row.hand_over),
        rating=row.rating,
        parts=tuple(row.parts),
        reply=row.reply,
        outbox_message_id=None if row.outbox_message_id is None else MessageId(row.outbox_message_id),
        verdict=TurnVerdict(row.verdict),
    )
