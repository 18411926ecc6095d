"""One transaction as a `with` block."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, configure_mappers

from aiadmin.domain.job import Argument, Job
from aiadmin.storage.outages import as_ours

if TYPE_CHECKING:
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
    from aiadmin.storage.console.traffic import Traffic
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
    from aiadmin.storage.privacy.privacy import Privacy
    from aiadmin.storage.provider.orders import ProviderOrders
    from aiadmin.storage.quarantine import Quarantine

_MODULES: dict[str, str] = {}
"""Of each repository its module: what a container loads ahead of need."""


def _repository(place: str, *more: str) -> Any:
    """A repository of a unit of work, by its module and class under `aiadmin.storage`: imported when it is asked for,
    for a command needs few of them, and all take half a second.

    Args:
        more: attributes of the unit of work that it takes beside the session.
    """
    module, _, name = place.partition(":")
    _MODULES[place] = f"aiadmin.storage.{module}"

    def make(work: UnitOfWork) -> Any:
        repository = getattr(import_module(f"aiadmin.storage.{module}"), name)
        return repository(work._session, *(getattr(work, attribute) for attribute in more))

    return cached_property(make)


def load() -> None:
    """Import every repository now."""
    for module in _MODULES.values():
        import_module(module)


def warm() -> None:
    """Do once what the first use of some repositories does: whoever forks does it for all children."""
    from aiadmin.storage.chat import codec

    load()
    configure_mappers()
    codec.warm()


class UnitOfWork:
    """One transaction: `with uow() as work: ...; work.commit()`. Leaving without a commit rolls back.

    Nudges (`work.nudge`) are sent after the commit: a nudged job finds the row, and a rollback asks for nothing.
    One that is lost in between, the sweep finds the row of.

    Each repository is made when it is first asked for: most transactions need one or two of them.

    Raises:
        DependencyDownError: PostgreSQL does not answer, cut the connection, or has not been migrated.
        SalonBusyError: another transaction held a lock for longer than `lock_timeout`.
    """

    companies: cached_property[CompanyStore] = _repository("companies.companies:CompanyStore")
    owner_sessions: cached_property[OwnerSessions] = _repository("companies.owner_sessions:OwnerSessions")
    operator_sessions: cached_property[OperatorSessions] = _repository("console.operator_sessions:OperatorSessions")
    work_queues: cached_property[WorkQueues] = _repository("console.work_queues:WorkQueues")
    feed: cached_property[Feed] = _repository("console.feed:Feed")
    traffic: cached_property[Traffic] = _repository("console.traffic:Traffic")
    devices: cached_property[Devices] = _repository("hosting.devices:Devices")
    hosts: cached_property[Hosts] = _repository("hosting.hosts:Hosts")
    session_events: cached_property[SessionEvents] = _repository("hosting.session_events:SessionEvents")
    outbox: cached_property[Outbox] = _repository("companies.outbox:Outbox")
    webhooks: cached_property[Webhooks] = _repository("journal.webhooks:Webhooks")
    contacts: cached_property[Contacts] = _repository("messages.contacts:Contacts", "erasures")
    inbox_messages: cached_property[InboxMessages] = _repository("messages.inbox_messages:InboxMessages")
    outbox_messages: cached_property[OutboxMessages] = _repository("messages.outbox_messages:OutboxMessages", "nudge")
    provider_orders: cached_property[ProviderOrders] = _repository("provider.orders:ProviderOrders")
    message_log: cached_property[MessageLog] = _repository("messages.message_log:MessageLog")
    journal: cached_property[Journal] = _repository("journal.journal:Journal", "erasures")
    records: cached_property[Records] = _repository("journal.records:Records")
    webhook_phones: cached_property[WebhookPhones] = _repository("journal.webhook_phones:WebhookPhones", "erasures")
    booking_events: cached_property[BookingEvents] = _repository("journal.booking_events:BookingEvents")
    refetches: cached_property[Refetches] = _repository("journal.refetches:Refetches")
    sync_runs: cached_property[SyncRuns] = _repository("journal.sync_runs:SyncRuns")
    erasures: cached_property[Erasures] = _repository("erasures:Erasures", "_fingerprint")
    privacy: cached_property[Privacy] = _repository("privacy.privacy:Privacy")
    quarantine: cached_property[Quarantine] = _repository("quarantine:Quarantine")
    audit: cached_property[Audit] = _repository("companies.audit:Audit")
    installations: cached_property[Installations] = _repository("install.installations:Installations")
    permissions: cached_property[ContactPermissions] = _repository("messages.permissions:ContactPermissions")
    pauses: cached_property[Pauses] = _repository("messages.permissions:Pauses")
    senders: cached_property[Senders] = _repository("messages.senders:Senders")
    unhandled_events: cached_property[UnhandledEvents] = _repository("notices.change_planning:UnhandledEvents")
    message_settings: cached_property[MessageSettingsStore] = _repository("notices.settings:MessageSettingsStore")
    notices: cached_property[Notices] = _repository("notices.change_planning:Notices")
    due_reminders: cached_property[DueReminders] = _repository("notices.reminder_planning:DueReminders")
    notifying_salons: cached_property[NotifyingSalons] = _repository("notices.salons:NotifyingSalons")
    upcoming: cached_property[UpcomingNotices] = _repository("notices.upcoming:UpcomingNotices")
    due_notices: cached_property[DueNotices] = _repository("notices.dispatch:DueNotices")
    calls: cached_property[Calls] = _repository("notices.calls:Calls")
    figures: cached_property[FiguresStore] = _repository("manage.figures:FiguresStore")
    salon_facts: cached_property[SalonFactsStore] = _repository("manage.salon_facts:SalonFactsStore")
    reconciliation: cached_property[ReconciliationStore] = _repository("journal.reconciliation:ReconciliationStore")
    bot_salons: cached_property[BotSalons] = _repository("chat.catalogue:BotSalons")
    bot_reports: cached_property[BotReports] = _repository("chat.report:BotReports")
    dialogues: cached_property[Dialogues] = _repository("chat.dialogues:Dialogues")
    proposals: cached_property[Proposals] = _repository("chat.visit_writes:Proposals")
    visit_writes: cached_property[VisitWrites] = _repository("chat.visit_writes:VisitWrites")
    questions: cached_property[Questions] = _repository("chat.questions:Questions")
    chats: cached_property[Chats] = _repository("chat.chats:Chats")
    transcripts: cached_property[Transcripts] = _repository("chat.transcripts:Transcripts")

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
