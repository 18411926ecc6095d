"""One salon as an operator sees it: what its owner sees, and what only we do; no word that anybody has written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.audit import AuditEntry
from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxRow
from aiadmin.domain.companies.owner_session import OwnerSession
from aiadmin.domain.console.directory import ListedSalon
from aiadmin.domain.console.operator_session import OPENED_FOR, OperatorSession
from aiadmin.domain.errors import SalonLeftError
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.domain.messages.message_log import ChatLine, Cursor, LogEntry
from aiadmin.domain.quarantine import QuarantinedRow
from aiadmin.services.companies.owner_sessions import BrowserSecret
from aiadmin.services.console.salons import SalonDirectory
from aiadmin.services.manage import overview as management
from aiadmin.services.manage.overview import SalonOverview
from aiadmin.services.messages import messages
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.companies.registrations import ACTIVATION_KEY
from aiadmin.storage.console.feed import SentLine
from aiadmin.storage.unit_of_work import NewUnitOfWork
from aiadmin.texts import ru

SHOWN = 20
CHAT_OPENED = "console.chat"
TOLD_WITHIN = timedelta(days=1)
_LOOKED_THROUGH = 200
"""Openings of a salon's chats; more than there are in `OPENED_FOR`."""


@dataclass(frozen=True, kw_only=True)
class SalonPage:
    """A salon with everything around it.

    Attributes:
        listed: as the list has it, reasons included.
        seen: what its owner sees.
        callback: the outbox row that tells YClients of it.
        sent: its last messages, without words.
        set_aside: rows of it that raised.
        actions: what was done on purpose.
        browsers: where its pages are open.
    """

    listed: ListedSalon
    seen: SalonOverview
    callback: OutboxRow | None
    sent: Sequence[SentLine]
    set_aside: Sequence[QuarantinedRow]
    actions: Sequence[AuditEntry]
    browsers: Sequence[OwnerSession]


@dataclass(frozen=True, kw_only=True)
class SalonDesk:
    """What an operator reads of a salon, and opens; every opening is in the audit log with its reason."""

    uow: NewUnitOfWork
    clock: Clock
    directory: SalonDirectory

    def page(self, company: Company) -> SalonPage:
        """Raises DependencyDownError."""
        number, now = company.company_id, self.clock()
        [listed] = self.directory.listed([number])
        with self.uow() as work:
            return SalonPage(
                listed=listed,
                seen=management.overview(
                    company, work=work, now=now, is_never_sending=self.directory.is_never_sending
                ),
                callback=work.outbox.find_by_key(number, ACTIVATION_KEY),
                sent=work.feed.sent(number, limit=SHOWN),
                set_aside=work.quarantine.listed(queue=None, company_id=number, limit=SHOWN),
                actions=work.audit.recent(number, limit=SHOWN),
                browsers=work.owner_sessions.list_live(number, now),
            )

    def chats(self, company_id: CompanyId, *, before: datetime | None) -> Sequence[ChatLine]:
        """A page of the salon's chats, the newest first: neither whose they are nor what was written."""
        with self.uow() as work:
            found = work.message_log.chats(company_id, search=None, before=before, now=self.clock())
        return [replace(one, name=None, words=None) for one in found]

    def open_chat(self, company_id: CompanyId, contact_id: ContactId, *, by: OperatorSession, reason: str) -> None:
        """Let an operator read a chat for a while; why is kept."""
        now = self.clock()
        details = {"contact": contact_id, "session": by.session_id, "reason": reason}
        with self.uow() as work:
            work.audit.add(
                company_id, actor=by.actor, action=CHAT_OPENED, details=details, at=now, outcome=audit.DONE
            )
            work.commit()

    def is_open(self, company_id: CompanyId, contact_id: ContactId, *, by: OperatorSession) -> bool:
        """Whether this session has opened the chat lately."""
        since = self.clock() - OPENED_FOR
        with self.uow() as work:
            opened = work.audit.recent(company_id, limit=_LOOKED_THROUGH, action=CHAT_OPENED)
        wanted = (contact_id, by.session_id)
        return any(
            one.at > since and (one.details.get("contact"), one.details.get("session")) == wanted for one in opened
        )

    def thread(self, company_id: CompanyId, contact_id: ContactId, *, before: Cursor | None) -> Sequence[LogEntry]:
        """A page of an open chat, the newest first."""
        with self.uow() as work:
            return work.message_log.page(company_id, before=before, phone=None, contact_id=contact_id)

    def enter(self, company: Company, browser: BrowserSecret, *, by: OperatorSession, reason: str) -> None:
        """Open the salon's own pages to an operator's browser; its owner is told, on the pages and in WhatsApp.

        Raises:
            SalonLeftError: the salon has removed the application, and its pages are closed.
        """
        if company.integration_status is IntegrationStatus.UNINSTALLED:
            raise SalonLeftError
        now, number = self.clock(), company.company_id
        with self.uow() as work:
            session = work.owner_sessions.start(
                number, browser.hashed, agent=ru.SUPPORT_BROWSER, user_id=None, at=now, is_support=True
            )
            details = {"support": True, "session": session, "reason": reason}
            entry = work.audit.add(number, actor=by.actor, action=audit.ENTRY, details=details, at=now)
            work.audit.finish(entry, audit.DONE)
            if company.whatsapp_phone is not None:
                new = NewMessage(
                    company_id=number,
                    text=ru.SUPPORT_ENTRY.format(reason=reason),
                    dedup_key=f"support:{entry}",
                    deadline_at=now + TOLD_WITHIN,
                    purpose=Purpose.REPLY,
                )
                messages.enqueue(new, to=IdentityObservation(phone=company.whatsapp_phone), work=work, now=now)
            work.commit()

    def retry_rows(self, company_id: CompanyId | None, *, by: OperatorSession) -> int:
        """Have what was set aside of a salon, or of all, tried again; how many rows."""
        now = self.clock()
        with self.uow() as work:
            count = work.quarantine.retry(queue=None, company_id=company_id, at=now)
            details = {"rows": count}
            work.audit.add(
                company_id, actor=by.actor, action="quarantine.retry", details=details, at=now, outcome=audit.DONE
            )
            work.commit()
        return count
