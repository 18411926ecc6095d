"""What the services need of the outside, as Protocols; `aiadmin.adapters` holds the real ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiadmin.services.ports.audit import Audit
from aiadmin.services.ports.fleet import Devices, Fleet, Hosts, SessionEvents
from aiadmin.services.ports.installations import Installations
from aiadmin.services.ports.journal import BookingEvents, Checks, HeardPhones, Journal, ReadSalon, Records, SyncRuns
from aiadmin.services.ports.messages import Contacts, InboxMessages, MessageLog, OutboxMessages
from aiadmin.services.ports.outside import (
    ActivationRequest,
    ConnectClaims,
    Inbox,
    JobQueue,
    LinkCache,
    LiveCode,
    Marketplace,
    Members,
    Metrics,
    Rooms,
    Secrets,
    Tokens,
    VisitorShares,
)
from aiadmin.services.ports.partner import Partner
from aiadmin.services.ports.preferences import Preferences
from aiadmin.services.ports.questions import Letters, Questions
from aiadmin.services.ports.releases import Releases, Wording
from aiadmin.services.ports.standings import Pauses, Standings
from aiadmin.services.ports.storage import Companies, NewUnitOfWork, Outbox, UnitOfWork, Webhooks
from aiadmin.services.ports.yclients import SalonApi

Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""

__all__ = [
    "ActivationRequest",
    "Audit",
    "BookingEvents",
    "Checks",
    "Clock",
    "Companies",
    "ConnectClaims",
    "Contacts",
    "Devices",
    "Fleet",
    "HeardPhones",
    "Hosts",
    "Inbox",
    "InboxMessages",
    "Installations",
    "JobQueue",
    "Journal",
    "Letters",
    "LinkCache",
    "LiveCode",
    "Marketplace",
    "Members",
    "MessageLog",
    "Metrics",
    "NewUnitOfWork",
    "Outbox",
    "OutboxMessages",
    "Partner",
    "Pauses",
    "Preferences",
    "Questions",
    "ReadSalon",
    "Records",
    "Releases",
    "Rooms",
    "SalonApi",
    "Secrets",
    "SessionEvents",
    "Standings",
    "SyncRuns",
    "Tokens",
    "UnitOfWork",
    "VisitorShares",
    "Webhooks",
    "Wording",
]
