"""What the services need to turn planned notices into messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId, ContactId, MessageId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.messages.sending_policy import Sender, SendingPolicy
from aiadmin.domain.notices.dispatch import NoticeRecipient
from aiadmin.domain.notices.notice import Notice, NoticeKind
from aiadmin.domain.notices.telling import VisitNotices
from aiadmin.domain.quarantine import RowKey
from aiadmin.storage.journal.sync_runs import SyncedSalon


class NoticeRenderer(Protocol):
    """What notices say, as each salon wants it."""

    def policy(self, company_id: CompanyId) -> SendingPolicy:
        """How the salon wants to write."""
        ...

    def stale_reason(self, notice: Notice, record: Record, now: datetime) -> str | None:
        """Why a notice about a booking as it is now is not to be told any more: a slug; None when it is."""
        ...

    def render(self, visits: Sequence[VisitNotices], salon: SyncedSalon) -> str:
        """One text for visits of one person that are told in the same words."""
        ...


class DueNotices(Protocol):
    """Rows of `notices`, from when they are due."""

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Of the notices that `claim` would take one salon after the other."""
        ...

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[Notice]:
        """Claim due notices, oldest first, of the one salon whose notice has waited longest.

        Only of salons that are not paused, whose journal is read, and whose phone a living host has online.
        """
        ...

    def is_ours(self, notice: Notice) -> bool:
        """Whether it waits as `claim` gave it: nobody else has claimed it since."""
        ...

    def claim_related(self, notice: Notice, *, now: datetime, until: datetime) -> Sequence[Notice]:
        """Claim what may be told in the same message to the same person: news of the same kind, and all news of the
        same visit; of what time alone brings about the same kind of the same visit."""
        ...

    def is_told(
        self,
        company_id: CompanyId,
        contact_id: ContactId,
        records: Sequence[int],
        *,
        but: NoticeKind,
        since: datetime,
    ) -> bool:
        """Whether a message about any of these bookings, but of this kind, has left for a contact since then, or is
        about to."""
        ...

    def lock_salon(self, company_id: CompanyId) -> None:
        """Nobody else releases anything of this company until the commit."""
        ...

    def try_lock_salon(self, company_id: CompanyId) -> bool:
        """`lock_salon` without a wait: False when somebody else holds it."""
        ...

    def sender(self, company_id: CompanyId, *, zone: str, now: datetime) -> Sender:
        """The salon's phone, with everything it wrote today."""
        ...

    def recipient(self, company_id: CompanyId, client_id: int) -> NoticeRecipient:
        """What the salon's list of clients says of one."""
        ...

    def last_listed_at(self, notice: Notice) -> datetime | None:
        """When a list last held its booking; None for never, or when a webhook has spoken of it and is not read."""
        ...

    def mark_listed(self, company_id: CompanyId, records: Sequence[int], at: datetime) -> None:
        """A list that began to be read at `at` held these bookings."""
        ...

    def mark_released(self, notice: Notice, message_id: MessageId) -> bool:
        """It is this message now; False when somebody else has looked at it since `claim`, and nothing may stay."""
        ...

    def hold(self, notices: Sequence[Notice], *, until: datetime, why: str | None) -> None: ...

    def hold_salon(
        self, company_id: CompanyId, *, now: datetime, until: datetime, why: str, but: Collection[str] = ()
    ) -> None:
        """All that is due, but these kinds."""
        ...

    def release_holds(self, company_id: CompanyId) -> None:
        """What is held by rules that have just changed is looked at again."""
        ...

    def drop(self, notice: Notice, *, why: str, at: datetime) -> None: ...

    def sync_with_messages(self, now: datetime) -> int:
        """Bring released notices in line with their messages; how many changed.

        A notice whose message was not sent in time waits again; whatever else became of its message, it is done.
        """
        ...

    def expire(self, now: datetime) -> int:
        """Drop what nobody could look at before its deadline; how many."""
        ...

    def has_due(self, now: datetime) -> bool:
        """Whether `claim` or `sync_with_messages` has something to do."""
        ...
