"""A new table is decided upon: which words a column may hold, whose data it is, and for how long.

Nothing else would fail for a table of a client's data that no export shows, no erasure empties and no clock tidies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import sqlalchemy as sa

from aiadmin.domain.chat.confirmation import ClientAnswer
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.turn import TurnVerdict
from aiadmin.domain.chat.visit_write import WriteState
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.companies.owner_session import SessionEnd
from aiadmin.domain.hosting.device import Desired, Observed
from aiadmin.domain.journal.booking_event import EventKind, EventSource
from aiadmin.domain.journal.refetch import Subject
from aiadmin.domain.journal.sync_run import RunState, SyncKind
from aiadmin.domain.journal.webhook import WebhookState
from aiadmin.domain.journal.webhook_settings import WebhookSettingsState
from aiadmin.domain.messages.message import Direction, MessageKind, Purpose
from aiadmin.domain.notices.dispatch import NoticeState
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.storage.privacy import privacy
from tests.support import company_rows

WORDS: Mapping[str, type[StrEnum]] = {
    "companies.integration_status": IntegrationStatus,
    "companies.webhooks_state": WebhookSettingsState,
    "owner_sessions.ended_why": SessionEnd,
    "booking_events.kind": EventKind,
    "booking_events.source": EventSource,
    "refetches.subject": Subject,
    "devices.desired": Desired,
    "devices.observed": Observed,
    "outbox.state": OutboxState,
    "sync_runs.kind": SyncKind,
    "sync_runs.state": RunState,
    "webhooks.state": WebhookState,
    "inbox_messages.direction": Direction,
    "inbox_messages.kind": MessageKind,
    "outbox_messages.purpose": Purpose,
    "outbox_messages.state": OutboxState,
    "questions.answer": ClientAnswer,
    "chat_turns.verdict": TurnVerdict,
    "chat_writes.operation": VisitOperation,
    "chat_writes.state": WriteState,
    "notices.kind": NoticeKind,
    "notices.state": NoticeState,
}
"""The enum of each column whose words a CHECK lists."""


def test_a_check_lets_in_the_words_of_its_enum_and_no_others() -> None:
    listed = {}
    for table in company_rows.Base.metadata.sorted_tables:
        for check in table.constraints:
            found = re.match(r"(\w+) IN\s*\(", str(getattr(check, "sqltext", "")))
            if isinstance(check, sa.CheckConstraint) and found:
                listed[f"{table.name}.{found[1]}"] = set(re.findall(r"'(\w+)'", str(check.sqltext)))
    assert listed == {column: {str(word) for word in words} for column, words in WORDS.items()}


PERSONAL = re.compile(r"phone|\blid\b|email|address|client|contact|record_id|text|body|push_name|outbox_message")
OF_THE_SALON = {
    "devices": "the salon's own phone",
}
"""Tables with such columns that are about no client."""


def test_each_table_about_clients_is_exported_and_erased() -> None:
    about = {
        table.name for table in company_rows.of_company() if any(PERSONAL.search(column.name) for column in table.c)
    }
    erased = {table for table, _ in privacy._ERASURES}
    assert about - set(OF_THE_SALON) == set(privacy._HELD), "see _HELD and _ERASURES of storage/privacy/privacy.py"
    assert erased == set(privacy._HELD)


TIDIED = {
    "booking_events",
    "webhook_phones",
    "session_events",
    "owner_sessions",
    "webhooks",
    "quarantine",
    "notices",
    "chats",
    "chat_turns",
    "chat_proposals",
    "chat_writes",
}
"""Old rows are deleted."""
BLANKED = {"inbox_messages", "outbox_messages"}
"""Old words are."""
AS_LONG_AS_THE_SALON = {
    *(
        "audit_log",
        "erasures",
        "salon_owners",
        "message_settings",
        "message_texts",
        "bot_settings",
        "devices",
        "outbox",
        "sync_runs",
    ),
    *("categories", "services", "staff", "schedule", "clients", "records"),  # the journal as YClients has it
    *("contacts", "contact_addresses", "questions", "provider_messages"),  # until the client is erased
    "refetches",  # until it was read
}


def test_it_is_said_of_each_table_how_long_its_rows_are_kept() -> None:
    assert {table.name for table in company_rows.of_company()} == TIDIED | BLANKED | AS_LONG_AS_THE_SALON
