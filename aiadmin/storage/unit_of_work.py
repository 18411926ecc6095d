"""One transaction as a `with` block."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from aiadmin.domain.job import Argument, Job
from aiadmin.storage.chat.catalogue import BotSalons
from aiadmin.storage.chat.chats import Chats
from aiadmin.storage.chat.dialogues import Dialogues
from aiadmin.storage.chat.questions import Questions
from aiadmin.storage.chat.report import BotReports
from aiadmin.storage.chat.transcripts import Transcripts
from aiadmin.storage.chat.visit_writes import Proposals, VisitWrites
from aiadmin.storage.companies.audit import Audit
from aiadmin.storage.companies.companies import CompanyStore
from aiadmin.storage.companies.outbox import Outbox
from aiadmin.storage.companies.owner_sessions import OwnerSessions
from aiadmin.storage.console.feed import Feed
from aiadmin.storage.console.operator_sessions import OperatorSessions
from aiadmin.storage.console.work_queues import WorkQueues
from aiadmin.storage.erasures import Erasures, Fingerprint
from aiadmin.storage.hosting.devices import Devices
from aiadmin.storage.hosting.hosts import Hosts
from aiadmin.storage.hosting.session_events import SessionEvents
from aiadmin.storage.install.installations import Installations
from aiadmin.storage.journal.booking_events import BookingEvents
from aiadmin.storage.journal.journal import Journal
from aiadmin.storage.journal.reconciliation import ReconciliationStore
from aiadmin.storage.journal.records import Records
from aiadmin.storage.journal.refetches import Refetches
from aiadmin.storage.journal.sync_runs import SyncRuns
from aiadmin.storage.journal.webhook_phones import WebhookPhones
from aiadmin.storage.journal.webhooks import Webhooks
from aiadmin.storage.manage.figures import FiguresStore
from aiadmin.storage.manage.salon_facts import SalonFactsStore
from aiadmin.storage.messages.contacts import Contacts
from aiadmin.storage.messages.inbox_messages import InboxMessages
from aiadmin.storage.messages.message_log import MessageLog
from aiadmin.storage.messages.outbox_messages import OutboxMessages
from aiadmin.storage.messages.permissions import ContactPermissions, Pauses
from aiadmin.storage.messages.senders import Senders
from aiadmin.storage.notices.calls import Calls
from aiadmin.storage.notices.change_planning import Notices, UnhandledEvents
from aiadmin.storage.notices.dispatch import DueNotices
from aiadmin.storage.notices.reminder_planning import DueReminders
from aiadmin.storage.notices.salons import NotifyingSalons
from aiadmin.storage.notices.settings import MessageSettingsStore
from aiadmin.storage.notices.upcoming import UpcomingNotices
from aiadmin.storage.outages import as_ours
from aiadmin.storage.privacy.privacy import Privacy
from aiadmin.storage.provider.orders import ProviderOrders
from aiadmin.storage.quarantine import Quarantine


class UnitOfWork:
    """One transaction: `with uow() as work: ...; work.commit()`. Leaving without a commit rolls back.

    Nudges (`work.nudge`) are sent after the commit: a nudged job finds the row, and a rollback asks for nothing.
    One that is lost in between, the sweep finds the row of.

    Each repository is made when it is first asked for: most transactions need one or two of them.

    Raises:
        DependencyDownError: PostgreSQL does not answer, cut the connection, or has not been migrated.
        SalonBusyError: another transaction held a lock for longer than `lock_timeout`.
    """

    companies = cached_property(lambda self: CompanyStore(self._session))
    owner_sessions = cached_property(lambda self: OwnerSessions(self._session))
    operator_sessions = cached_property(lambda self: OperatorSessions(self._session))
    work_queues = cached_property(lambda self: WorkQueues(self._session))
    feed = cached_property(lambda self: Feed(self._session))
    devices = cached_property(lambda self: Devices(self._session))
    hosts = cached_property(lambda self: Hosts(self._session))
    session_events = cached_property(lambda self: SessionEvents(self._session))
    outbox = cached_property(lambda self: Outbox(self._session))
    webhooks = cached_property(lambda self: Webhooks(self._session))
    contacts = cached_property(lambda self: Contacts(self._session, self.erasures))
    inbox_messages = cached_property(lambda self: InboxMessages(self._session))
    outbox_messages = cached_property(lambda self: OutboxMessages(self._session, self.nudge))
    provider_orders = cached_property(lambda self: ProviderOrders(self._session))
    message_log = cached_property(lambda self: MessageLog(self._session))
    journal = cached_property(lambda self: Journal(self._session, self.erasures))
    records = cached_property(lambda self: Records(self._session))
    webhook_phones = cached_property(lambda self: WebhookPhones(self._session, self.erasures))
    booking_events = cached_property(lambda self: BookingEvents(self._session))
    refetches = cached_property(lambda self: Refetches(self._session))
    sync_runs = cached_property(lambda self: SyncRuns(self._session))
    erasures = cached_property(lambda self: Erasures(self._session, self._fingerprint))
    privacy = cached_property(lambda self: Privacy(self._session))
    quarantine = cached_property(lambda self: Quarantine(self._session))
    audit = cached_property(lambda self: Audit(self._session))
    installations = cached_property(lambda self: Installations(self._session))
    permissions = cached_property(lambda self: ContactPermissions(self._session))
    pauses = cached_property(lambda self: Pauses(self._session))
    senders = cached_property(lambda self: Senders(self._session))
    unhandled_events = cached_property(lambda self: UnhandledEvents(self._session))
    message_settings = cached_property(lambda self: MessageSettingsStore(self._session))
    notices = cached_property(lambda self: Notices(self._session))
    upcoming = cached_property(lambda self: UpcomingNotices(self._session))
    due_reminders = cached_property(lambda self: DueReminders(self._session))
    notifying_salons = cached_property(lambda self: NotifyingSalons(self._session))
    due_notices = cached_property(lambda self: DueNotices(self._session))
    calls = cached_property(lambda self: Calls(self._session))
    figures = cached_property(lambda self: FiguresStore(self._session))
    salon_facts = cached_property(lambda self: SalonFactsStore(self._session))
    reconciliation = cached_property(lambda self: ReconciliationStore(self._session))
    bot_salons = cached_property(lambda self: BotSalons(self._session))
    bot_reports = cached_property(lambda self: BotReports(self._session))
    dialogues = cached_property(lambda self: Dialogues(self._session))
    proposals = cached_property(lambda self: Proposals(self._session))
    visit_writes = cached_property(lambda self: VisitWrites(self._session))
    questions = cached_property(lambda self: Questions(self._session))
    chats = cached_property(lambda self: Chats(self._session))
    transcripts = cached_property(lambda self: Transcripts(self._session))

    def __init__(
        self,
        engine: Engine,
        fingerprint: Fingerprint | None = None,
        *,
        send_nudge: Callable[..., None] | None = None,
    ) -> None:
        """Begin.

        Args:
            fingerprint: without it no address counts as erased.
            send_nudge: takes a job and its arguments, and raises nothing for an outage; without it all nudges are
                lost.
        """
        self._session = Session(engine, expire_on_commit=False)
        self._fingerprint = fingerprint
        self._send_nudge = send_nudge
        self._nudges: dict[tuple[Job, tuple[Argument, ...]], None] = {}

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
        ours = as_ours(error)
        if ours is not None:
            raise ours from error

    def nudge(self, job: Job, *arguments: Argument) -> None:
        """Ask for `job` after the commit, once however often it is said. Raises TypeError for wrong arguments."""
        self._nudges[job, job.checked(*arguments)] = None

    def commit(self) -> None:
        """Make everything since `with` true at once, then send the nudges."""
        self._session.commit()
        nudges, self._nudges = self._nudges, {}
        if self._send_nudge is not None:
            for job, arguments in nudges:
                self._send_nudge(job, *arguments)


NewUnitOfWork = Callable[[], UnitOfWork]
"""Begins a transaction."""
