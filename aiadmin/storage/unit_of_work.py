"""One transaction as a `with` block."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from psycopg2.errors import InvalidSchemaName, LockNotAvailable, UndefinedColumn, UndefinedTable
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from aiadmin.domain.errors import DependencyDownError, SalonBusyError
from aiadmin.masking import reason_of
from aiadmin.storage.chat.questions import SqlQuestions, SqlUnhandledMessages
from aiadmin.storage.companies.audit import SqlAudit
from aiadmin.storage.companies.companies import SqlCompanies
from aiadmin.storage.companies.outbox import SqlOutbox
from aiadmin.storage.companies.salon_facts import SqlSalonFacts
from aiadmin.storage.erasures import Erasures, Fingerprint
from aiadmin.storage.hosting.devices import SqlDevices
from aiadmin.storage.hosting.hosts import SqlHosts
from aiadmin.storage.hosting.session_events import SqlSessionEvents
from aiadmin.storage.install.installations import SqlInstallations
from aiadmin.storage.journal.booking_events import SqlBookingEvents
from aiadmin.storage.journal.heard_phones import SqlHeardPhones
from aiadmin.storage.journal.journal import SqlJournal
from aiadmin.storage.journal.reconciliation import SqlReconciliation
from aiadmin.storage.journal.records import SqlRecords
from aiadmin.storage.journal.refetches import SqlRefetches
from aiadmin.storage.journal.sync_runs import SqlSyncRuns
from aiadmin.storage.journal.webhooks import SqlWebhooks
from aiadmin.storage.messages.contacts import SqlContacts
from aiadmin.storage.messages.inbox_messages import SqlInboxMessages
from aiadmin.storage.messages.message_log import SqlMessageLog
from aiadmin.storage.messages.outbox_messages import SqlOutboxMessages
from aiadmin.storage.messages.permissions import SqlContactPermissions, SqlPauses
from aiadmin.storage.notices.calls import SqlCalls
from aiadmin.storage.notices.dispatch import SqlDueNotices
from aiadmin.storage.notices.planning import SqlNotices
from aiadmin.storage.notices.settings import SqlMessageSettings
from aiadmin.storage.privacy.privacy import SqlPrivacy
from aiadmin.storage.provider.orders import SqlProviderOrders
from aiadmin.storage.quarantine import SqlQuarantine


class SqlUnitOfWork:
    """`with uow() as work: ...; work.commit()`. Leaving without a commit rolls back.

    Raises:
        DependencyDownError: PostgreSQL does not answer, cut the connection, or has not been migrated.
    """

    def __init__(self, engine: Engine, fingerprint: Fingerprint | None = None) -> None:
        """Without a `fingerprint` it does not know who was erased."""
        self._session = Session(engine, expire_on_commit=False)
        erasures = Erasures(self._session, fingerprint)
        self.companies = SqlCompanies(self._session)
        self.devices = SqlDevices(self._session)
        self.hosts = SqlHosts(self._session)
        self.session_events = SqlSessionEvents(self._session)
        self.outbox = SqlOutbox(self._session)
        self.webhooks = SqlWebhooks(self._session)
        self.contacts = SqlContacts(self._session, erasures)
        self.inbox_messages = SqlInboxMessages(self._session)
        self.outbox_messages = SqlOutboxMessages(self._session)
        self.provider_orders = SqlProviderOrders(self._session)
        self.message_log = SqlMessageLog(self._session)
        self.journal = SqlJournal(self._session, erasures)
        self.records = SqlRecords(self._session)
        self.heard_phones = SqlHeardPhones(self._session, erasures)
        self.booking_events = SqlBookingEvents(self._session)
        self.refetches = SqlRefetches(self._session)
        self.sync_runs = SqlSyncRuns(self._session)
        self.privacy = SqlPrivacy(self._session, erasures)
        self.quarantine = SqlQuarantine(self._session)
        self.audit = SqlAudit(self._session)
        self.installations = SqlInstallations(self._session)
        self.permissions = SqlContactPermissions(self._session)
        self.pauses = SqlPauses(self._session)
        self.unhandled_messages = SqlUnhandledMessages(self._session)
        self.message_settings = SqlMessageSettings(self._session)
        self.notices = SqlNotices(self._session)
        self.due_notices = SqlDueNotices(self._session)
        self.calls = SqlCalls(self._session)
        self.salon_facts = SqlSalonFacts(self._session)
        self.reconciliation = SqlReconciliation(self._session)
        self.questions = SqlQuestions(self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._session.close()
        except DBAPIError as closing:
            # a rollback over a dead connection: PostgreSQL rolls back by itself
            error = error or closing
        if is_lock_timeout(error):
            raise SalonBusyError from error
        if error is not None and is_outage(error):
            raise DependencyDownError("PostgreSQL", reason_of(error)) from error
        if isinstance(error, DBAPIError) and isinstance(error.orig, _OF_ANOTHER_VERSION):
            # before the row at hand is blamed: no row goes until `migrate` has run, and each does after it
            reason = f"its tables are not of this version, run `python -m aiadmin migrate` ({reason_of(error)})"
            raise DependencyDownError("PostgreSQL", reason) from error

    def commit(self) -> None:
        """Make everything since `with` true at once."""
        self._session.commit()


def is_lock_timeout(error: BaseException | None) -> bool:
    """Whether a lock was not to be had within `lock_timeout`: PostgreSQL is well, and somebody else at work."""
    return isinstance(error, DBAPIError) and isinstance(error.orig, LockNotAvailable)


def is_outage(error: BaseException | None) -> bool:
    """Whether `error` says that PostgreSQL is away, rather than that it refused what we asked."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = getattr(getattr(error, "orig", None), "pgcode", None) or ""
    if state.startswith(_TOO_MUCH):
        return False
    return state == _READ_ONLY or isinstance(error, OperationalError | InterfaceError | PoolTimeoutError)


_OF_ANOTHER_VERSION = (UndefinedTable, UndefinedColumn, InvalidSchemaName)
_TOO_MUCH = "54"
"""The class of SQLSTATE for a value that is more than PostgreSQL takes, an index for example: the value is bad."""
_READ_ONLY = "25006"
"""A standby answers: a failover is going on."""
