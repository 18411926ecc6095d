"""What the services need to have a salon call clients whom we could not keep from coming in vain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId, ContactId, NoticeId
from aiadmin.domain.notices.call import GivenUp, UnplannedEvent
from aiadmin.domain.notices.notice import Notice
from aiadmin.domain.quarantine import RowKey


class Calls(Protocol):
    """Rows of `notices` that turn a client away, where they do not reach her."""

    def list_undeliverable(self, now: datetime, *, limit: int, is_tried: bool = False) -> Sequence[GivenUp]:
        """What waits although its client is about to set out; or of that only whose message nobody has taken."""
        ...

    def stuck(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """The same of what is in quarantine."""
        ...

    def give_up(self, row: RowKey, now: datetime) -> None:
        """Drop a notice that waits, without a look at what is in it."""
        ...

    def unplanned(self, now: datetime, *, limit: int) -> Sequence[UnplannedEvent]:
        """What has happened to bookings that are to come, of which planning has raised for minutes, and no notice of
        that booking tells since."""
        ...

    def unsure(self, company_id: CompanyId, notices: Sequence[NoticeId]) -> frozenset[NoticeId]:
        """Of which of these nobody knows whether the message arrived."""
        ...

    def list_undelivered(self, now: datetime, *, limit: int) -> Sequence[Notice]:
        """What could not be sent of late, of visits that are to come, and the salon was not asked to call about.

        Only what is still so, and only of salons whose phone is linked, and who pay.
        """
        ...

    def mark(self, notices: Sequence[NoticeId], at: datetime) -> frozenset[NoticeId]:
        """The salon is asked to call about these; which of them nobody has marked before."""
        ...

    def take_back(self, like: Notice, about: ContactId, now: datetime) -> Sequence[Notice]:
        """What the salon was asked to tell this client and has not been sent yet, as far as it is still so.

        That is not asked for any more: it is marked anew, to be asked for together with what is `like` it.
        """
        ...

    def recall(self, now: datetime) -> None:
        """Take back every call that waits and is, in part at least, not so any more; what still is becomes untold."""
        ...

    def has_due(self, now: datetime) -> bool:
        """Whether anything is to be given up, asked for or taken back."""
        ...
