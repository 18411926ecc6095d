"""What the services need of the outside, as Protocols; `aiadmin.adapters` holds the real ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiadmin.services.ports.audit import Audit
from aiadmin.services.ports.fleet import Devices, Fleet, Hosts, SessionEvents
from aiadmin.services.ports.installations import Installations
from aiadmin.services.ports.journal import (
    BookingEvents,
    HeardPhones,
    Journal,
    Records,
    Refetches,
    SyncedSalon,
    SyncRuns,
)
from aiadmin.services.ports.messages import Contacts, InboxMessages, MessageLog, OutboxMessages
from aiadmin.services.ports.outside import (
    ActivationRequest,
    ConnectClaims,
    JobQueue,
    LinkCache,
    LiveCode,
    Marketplace,
    Members,
    Metrics,
    PageEvents,
    Secrets,
    Tokens,
    VisitorShares,
    WebhookStore,
)
from aiadmin.services.ports.partner import Partner
from aiadmin.services.ports.preferences import MessageSettingsStore
from aiadmin.services.ports.questions import Questions, UnhandledMessages
from aiadmin.services.ports.releases import DueNotices, NoticeRenderer
from aiadmin.services.ports.standings import ContactPermissions, Pauses
from aiadmin.services.ports.storage import CompanyStore, NewUnitOfWork, Outbox, UnitOfWork, Webhooks
from aiadmin.services.ports.yclients import SalonApi

Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""

__all__ = [
    "ActivationRequest",
    "Audit",
    "BookingEvents",
    "Clock",
    "CompanyStore",
    "ConnectClaims",
    "ContactPermissions",
    "Contacts",
    "Devices",
    "DueNotices",
    "Fleet",
    "HeardPhones",
    "Hosts",
    "InboxMessages",
    "Installations",
    "JobQueue",
    "Journal",
    "LinkCache",
    "LiveCode",
    "Marketplace",
    "Members",
    "MessageLog",
    "MessageSettingsStore",
    "Metrics",
    "NewUnitOfWork",
    "NoticeRenderer",
    "Outbox",
    "OutboxMessages",
    "PageEvents",
    "Partner",
    "Pauses",
    "Questions",
    "Records",
    "Refetches",
    "SalonApi",
    "Secrets",
    "SessionEvents",
    "SyncRuns",
    "SyncedSalon",
    "Tokens",
    "UnhandledMessages",
    "UnitOfWork",
    "VisitorShares",
    "WebhookStore",
    "Webhooks",
]
