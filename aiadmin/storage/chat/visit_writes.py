"""What was offered to clients, what they agreed to, and what became of it in the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Row, Table, TextClause, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.chat.dialogue import PROPOSAL_LIVES, Proposal, VisitOperation
from aiadmin.domain.chat.visit_write import VisitWrite, WriteState
from aiadmin.domain.ids import CompanyId, ContactId, MessageId
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.domain.yclients.write_outcome import Refusal
from aiadmin.storage.bulk import short
from aiadmin.storage.chat import codec
from aiadmin.storage.quarantine import keys_of, not_set_aside, numbers_of
from aiadmin.storage.tables.chat import ChatProposalRow, ChatWriteRow

_AGREE = text("""
UPDATE chat_proposals SET agreed_at = :now
FROM (
  SELECT id, fingerprint, made_at, outbox_message_id FROM chat_proposals
  WHERE company_id = :company_id AND contact_id = :contact_id
  ORDER BY id DESC LIMIT 1 FOR UPDATE
) AS newest
JOIN outbox_messages AS message ON message.company_id = :company_id AND message.id = newest.outbox_message_id
WHERE chat_proposals.company_id = :company_id AND chat_proposals.id = newest.id
  AND newest.id = :proposal_id AND newest.fingerprint = :fingerprint AND chat_proposals.agreed_at IS NULL
  AND newest.made_at >= :oldest AND COALESCE(message.sent_at, message.delivered_at, message.read_at) <= :now
RETURNING chat_proposals.id
""")
"""Only the newest offer of a chat, as it was made, whose message the server has, and in time; and each once."""
_DUE = f"""FROM chat_writes WHERE next_check_at <= :now
  AND {not_set_aside(WorkQueue.CHAT_WRITES, "chat_writes.company_id", "chat_writes.id")}"""
_DUE_ONLY = "FROM chat_writes WHERE next_check_at IS NOT NULL AND id = ANY(:only)"


def _claim(due: str) -> TextClause:
    return text(f"""
    UPDATE chat_writes SET next_check_at = :until
    FROM (SELECT id {due} ORDER BY next_check_at LIMIT :limit FOR UPDATE SKIP LOCKED) AS due
    WHERE chat_writes.id = due.id
    RETURNING chat_writes.*
    """)  # noqa: S608 - our own words


_CLAIM, _CLAIM_ONLY = _claim(_DUE), _claim(_DUE_ONLY)
_DUE_KEYS = text(f"SELECT company_id, id {_DUE} ORDER BY next_check_at LIMIT :limit")
_ANY_DUE = text(f"SELECT EXISTS (SELECT {_DUE})")
_PROPOSALS = cast("Table", ChatProposalRow.__table__)
_ADD_PROPOSAL = insert(_PROPOSALS).returning(_PROPOSALS.c.id)
_ADD_WRITES = insert(cast("Table", ChatWriteRow.__table__))
_UNTOLD = text("""
SELECT id, proposal, made_at FROM chat_proposals
WHERE company_id = :company_id AND contact_id = :contact_id AND agreed_at IS NOT NULL AND told_at IS NULL
ORDER BY id DESC LIMIT 1
""")
_GUESTS = text("""
SELECT record_id, guest FROM chat_writes
WHERE company_id = :company_id AND contact_id = :contact_id AND guest IS NOT NULL AND record_id IS NOT NULL
""")
_COUNT_BOOKED = text("""
SELECT count(*) FROM chat_writes
WHERE company_id = :company_id AND contact_id = :contact_id AND operation = 'book' AND created_at >= :since
  AND state IN ('saved', 'unknown', 'sending')
""")
OLDEST_DUE = f"SELECT min(next_check_at) AS oldest, count(*) AS waiting {_DUE}"


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """An offer that a client has said yes to, and has not been told the outcome of."""

    company_id: CompanyId
    contact_id: ContactId
    proposal: Proposal


class Proposals:
    """Rows of `chat_proposals`. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        company_id: CompanyId,
        contact_id: ContactId,
        proposal: Proposal,
        *,
        message_id: MessageId | None,
        at: datetime,
    ) -> Proposal:
        """Keep what is offered in a message of ours; the proposal with its number and time.

        One that was kept already, and not agreed to, stays offered as it was.
        """
        if proposal.proposal_id and self._is_open(company_id, proposal):
            return proposal
        offered = replace(proposal, made_at=at, proposal_id="")
        values = {"company_id": company_id, "contact_id": contact_id, "fingerprint": offered.fingerprint}
        values |= {"proposal": codec.as_data(offered), "outbox_message_id": message_id, "made_at": at}
        return replace(offered, proposal_id=str(self._session.scalars(_ADD_PROPOSAL, values).one()))

    def _is_open(self, company_id: CompanyId, proposal: Proposal) -> bool:
        row = ChatProposalRow
        mine = row.company_id == company_id, row.id == _number(proposal), row.agreed_at.is_(None)
        return self._session.scalar(select(row.id).where(*mine)) is not None

    def agree(self, company_id: CompanyId, contact_id: ContactId, proposal: Proposal, now: datetime) -> bool:
        """Spend a yes: False where the offer is not the newest, not as it was, not sent, over, or agreed to already.

        The row stays locked until the commit.
        """
        given = {"company_id": company_id, "contact_id": contact_id, "now": now, "oldest": now - PROPOSAL_LIVES}
        given |= {"proposal_id": _number(proposal), "fingerprint": proposal.fingerprint}
        return self._session.execute(_AGREE, given).one_or_none() is not None

    def untold(self, company_id: CompanyId, contact_id: ContactId) -> Agreed | None:
        """What a chat's client has agreed to without having been told the outcome; the newest."""
        mine = {"company_id": company_id, "contact_id": contact_id}
        found = self._session.execute(_UNTOLD, mine).one_or_none()
        read = None if found is None else codec.read(Proposal, found.proposal)
        if found is None or read is None:
            return None
        proposal = replace(read, proposal_id=str(found.id), made_at=found.made_at)
        return Agreed(company_id=company_id, contact_id=contact_id, proposal=proposal)

    def is_told(self, company_id: CompanyId, proposal_id: int) -> bool:
        """Whether a client has agreed to an offer, and what became of it is said: a yes is to something else now."""
        row = ChatProposalRow
        mine = row.company_id == company_id, row.id == proposal_id, row.told_at.is_not(None)
        return self._session.scalar(select(row.id).where(*mine)) is not None

    def set_told(self, company_id: CompanyId, proposal: Proposal, at: datetime) -> None:
        """The message that tells what became of it is owed, in the same commit."""
        row = ChatProposalRow
        mine = update(row).where(row.company_id == company_id, row.id == _number(proposal))
        told = mine.values(told_at=func.coalesce(row.told_at, at))
        self._session.execute(told.execution_options(synchronize_session=False))


class VisitWrites:
    """Rows of `chat_writes`. Every call names its company, but for the queue of rows that are to be looked for."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, writes: Sequence[VisitWrite], at: datetime) -> None:
        """Keep what was agreed to; `write_id` is not looked at."""
        rows = [
            {
                "company_id": one.company_id,
                "contact_id": one.contact_id,
                "proposal_id": one.proposal_id,
                "part": one.part,
                "operation": one.operation,
                "api_id": one.api_id,
                "record_id": one.record_id,
                "staff_id": one.staff_id,
                "starts": one.starts,
                "seconds": None if one.length is None else int(one.length.total_seconds()),
                "service_ids": list(one.services),
                "guest": short(one.guest),
                "created_at": at,
            }
            for one in writes
        ]
        self._session.execute(_ADD_WRITES, rows)

    def of_proposal(self, company_id: CompanyId, proposal: Proposal, *, lock: bool = False) -> Sequence[VisitWrite]:
        """The changes of an offer, in order; none where it was not agreed to."""
        row = ChatWriteRow
        mine = row.company_id == company_id, row.proposal_id == _number(proposal)
        statement = select(row.__table__).where(*mine).order_by(row.part)
        return [_write(one) for one in self._session.execute(statement.with_for_update() if lock else statement)]

    def get(self, write: VisitWrite) -> VisitWrite:
        """A change as it is now; as it was, where its client has been erased since."""
        row = ChatWriteRow
        mine = row.company_id == write.company_id, row.id == write.write_id
        found = self._session.execute(select(row.__table__).where(*mine)).one_or_none()
        return write if found is None else _write(found)

    def begin(self, write: VisitWrite, at: datetime, *, check_at: datetime) -> bool:
        """Note that a call is about to be made; False where another worker has done so, or it is settled."""
        values = {"state": WriteState.SENDING, "sent_at": at, "next_check_at": check_at}
        return self._change(write, {WriteState.WAITING}, values) == 1

    def finish(self, write: VisitWrite, at: datetime, *, check_at: datetime | None) -> bool:
        """Keep what became of a change; False where more is known of it already."""
        before = {WriteState.WAITING, WriteState.SENDING, WriteState.UNKNOWN}
        values = {
            "state": write.state,
            "reason": write.reason,
            "record_id": write.record_id,
            "checks": write.checks,
            "next_check_at": check_at,
            "finished_at": at,
        }
        return self._change(write, before, values) == 1

    def guests_of(self, company_id: CompanyId, contact_id: ContactId) -> Mapping[int, str]:
        """For whom else a client has booked with us, by number of the record."""
        found = self._session.execute(_GUESTS, {"company_id": company_id, "contact_id": contact_id})
        return {row.record_id: row.guest for row in found}

    def count_booked(self, company_id: CompanyId, contact_id: ContactId, since: datetime) -> int:
        """How many visits a chat has booked since then; those of which nobody knows count."""
        given = {"company_id": company_id, "contact_id": contact_id, "since": since}
        return self._session.scalar(_COUNT_BOOKED, given) or 0

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Keys of the rows that `claim` would take."""
        return keys_of(self._session.execute(_DUE_KEYS, {"now": now, "limit": limit}))

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[VisitWrite]:
        """Take changes of which nobody knows and that are to be looked for; nobody else gets them before `until`."""
        given: dict[str, Any] = {"now": now, "until": until, "limit": limit}
        if only is not None:
            given |= {"only": numbers_of(only)}
        rows = self._session.execute(_CLAIM if only is None else _CLAIM_ONLY, given)
        return [_write(row) for row in rows]

    def has_due(self, now: datetime) -> bool:
        return bool(self._session.scalar(_ANY_DUE, {"now": now}))

    def _change(self, write: VisitWrite, before: Collection[WriteState], values: Mapping[str, Any]) -> int:
        row = ChatWriteRow
        mine = row.company_id == write.company_id, row.id == write.write_id, row.state.in_(sorted(before))
        changed = update(row).where(*mine).values(**values).execution_options(synchronize_session=False)
        return cast("CursorResult[Any]", self._session.execute(changed)).rowcount


def _number(proposal: Proposal) -> int:
    return int(proposal.proposal_id or 0)


def _write(row: Row[Any]) -> VisitWrite:
    return VisitWrite(
        write_id=row.id,
        company_id=CompanyId(row.company_id),
        contact_id=ContactId(row.contact_id),
        proposal_id=row.proposal_id,
        part=row.part,
        operation=VisitOperation(row.operation),
        api_id=row.api_id,
        record_id=row.record_id,
        staff_id=row.staff_id,
        starts=row.starts,
        length=None if row.seconds is None else timedelta(seconds=row.seconds),
        services=tuple(row.service_ids),
        guest=row.guest,
        state=WriteState(row.state),
        reason=None if row.reason is None else Refusal(row.reason),
        checks=row.checks,
    )
