"""What the services need to keep of questions, of what clients answer, and of what nobody has looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.chat.confirmation import ClientAnswer, InboxMessage, Question
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.quarantine import RowKey


class UnhandledMessages(Protocol):
    """Rows of `inbox_messages` that nobody has looked at yet."""

    def claim(self, *, limit: int, only: Sequence[RowKey] | None = None) -> Sequence[InboxMessage]:
        """The oldest of all, in order. One transaction at a time has any; to others there are none."""
        ...

    def due_keys(self, *, limit: int) -> Sequence[RowKey]:
        """Of the messages that `claim` would take."""
        ...

    def has_due(self) -> bool: ...

    def mark_handled(self, messages: Sequence[InboxMessage], at: datetime) -> None:
        """Somebody has looked at them."""
        ...


class Questions(Protocol):
    """Rows of `questions`."""

    def ask(self, question: Question) -> None:
        """Keep that it was asked; the same one asked again is still the one asked first.

        Asked of somebody else, or about more bookings than before, it is a new one without an answer.
        """
        ...

    def answered_by(self, message: InboxMessage) -> Question | None:
        """The open question (`domain.chat.confirmation.is_open`) that a message answers: of the booking that it
        quotes, or else of the client's (`domain.chat.confirmation.answered`). A reaction answers nothing but what
        it is put on."""
        ...

    def of_booking(self, company_id: CompanyId, record: Record) -> Sequence[Question]:
        """All that were asked about a booking or its visit, of whomever."""
        ...

    def answer(
        self, question: Question, answer: ClientAnswer, *, at: datetime, write_at: datetime | None
    ) -> None: ...

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Of the answers that `claim` would claim one after the other."""
        ...

    def claim(self, *, now: datetime, until: datetime, only: Sequence[RowKey] | None = None) -> Question | None:
        """The answer that has waited longest to be written, as ours until then; counts the attempt."""
        ...

    def has_due(self, now: datetime) -> bool: ...

    def mark_written(self, question: Question, at: datetime) -> None:
        """YClients knows it now, unless the client has answered otherwise meanwhile."""
        ...

    def postpone(self, question: Question, *, until: datetime | None, error: str) -> None:
        """Try again then, or with None never."""
        ...

    def contact_phone(self, company_id: CompanyId, contact_id: ContactId) -> str | None: ...
