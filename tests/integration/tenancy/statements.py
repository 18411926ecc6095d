"""Which statements may leave out whose rows they are about, and a watch that sees those that do."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, create_engine, event

from aiadmin import storage
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.support import company_rows

FOLDER = Path(storage.__path__[0])


def _repositories() -> Iterator[type]:
    """Whatever a unit of work makes when it is asked; no connection is opened."""
    work = UnitOfWork(create_engine("postgresql+psycopg2://"))
    for name, made in vars(UnitOfWork).items():
        if isinstance(made, cached_property) and not name.startswith("_"):
            yield type(getattr(work, name))


REPOSITORIES = frozenset(kind.__name__ for kind in _repositories())
OF_ALL = "finds, counts or throws away what is due, dead or old, whoever's it is"
BY_ROW = "changes a row by its number, which the caller has from a statement that named the company or found due work"
BY_DEVICE = "is fenced by the device, its host and its epoch: a device is of one company for ever"
OF_OPERATORS = "is of those who run us: no row of it is any salon's, or it is shown to them alone"
BY_SECRET = "finds the company itself, by what only it, its owner's browser or YClients knows"

FLEET_WIDE: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "BookingEvents.forget",
            "Calls.has_due",
            "Calls.list_undeliverable",
            "Calls.recall",
            "Calls.stuck",
            "Calls.list_undelivered",
            "Calls.unplanned",
            "Refetches.has_due",
            "Refetches.due_keys",
            "Refetches.claim",
            "CompanyStore.list_all",
            "CompanyStore.list_pairing",
            "CompanyStore.stats",
            "WebhookPhones.forget",
            "Installations.list_erasable",
            "Installations.list_unchecked",
            "Chats.has_due",
            "Chats.claim",
            "Chats.due_keys",
            "UnhandledEvents.has_due",
            "UnhandledEvents.claim",
            "UnhandledEvents.due_keys",
            "NotifyingSalons.keys",
            "ProviderOrders.has_due",
            "ProviderOrders.claim",
            "ProviderOrders.due_keys",
            "Outbox.due_keys",
            "Outbox.list_held",
            "OutboxMessages.expire",
            "OwnerSessions.forget",
            "Privacy.blank_messages",
            "Privacy.forget_chats",
            "Privacy.forget_chats",
            "Privacy.forget_left_behind",
            "Privacy.forget_notices",
            "Privacy.forget_voices",
            "Privacy.forget_chats",
            "Quarantine.claim_due",
            "Quarantine.due_queues",
            "Quarantine.forget",
            "Questions.has_due",
            "Questions.claim",
            "Questions.due_keys",
            "DueNotices.has_due",
            "DueNotices.look",
            "DueNotices.due_keys",
            "DueNotices.expire",
            "DueNotices.sync_with_messages",
            "DueNotices.claim",
            "SessionEvents.forget",
            "SyncRuns.due_keys",
            "VisitWrites.has_due",
            "VisitWrites.claim",
            "VisitWrites.due_keys",
            "Webhooks.has_due",
            "Webhooks.forget",
            "Webhooks.claim",
            "Webhooks.due_keys",
        ),
        OF_ALL,
    ),
    **dict.fromkeys(
        (
            "Audit.finish",
            "Calls.mark",
            "UnhandledEvents.finish",
            "Notices.supersede",
            "ProviderOrders.finish",
            "ProviderOrders.mark_reported",
            "Outbox.claim",
            "Outbox.drop",
            "Outbox.find",
            "Outbox.find_key",
            "Outbox.finish",
            "Outbox.release",
            "Outbox.replace_secret",
            "Outbox.mark_sent",
            "DueNotices.drop",
            "DueNotices.hold",
            "DueNotices.mark_released",
            "Webhooks.finish",
        ),
        BY_ROW,
    ),
    **dict.fromkeys(
        (
            "Devices._free_number",  # a number that WhatsApp took from one company may be linked by the next
            "Devices.adopt",
            "Devices.orphans",
            "Devices.delete",
            "Devices.held_by",
            "Devices.list_page",
            "Devices.observe",
            "Devices.release",
            "Devices.version_of",
            "OutboxMessages.claim",
            "OutboxMessages.due_keys",
            "OutboxMessages.give_up",
            "OutboxMessages.mark",
            "OutboxMessages.next_due_in",
            "OutboxMessages.peek",
            "ContactPermissions.lock_account",
            *(f"Hosts.{name}" for name in ("add", "renew", "set_draining", "is_draining")),
            *(f"Hosts.{name}" for name in ("remove", "remove_dead", "list_alive", "free_connections")),
        ),
        BY_DEVICE,
    ),
    **dict.fromkeys(
        (
            "OperatorSessions.start",
            "OperatorSessions.find_live",
            "OperatorSessions.list_live",
            "OperatorSessions.record_use",
            "OperatorSessions.end",
            "OperatorSessions.forget",
            "SalonFactsStore.watched",
            *(f"Feed.{name}" for name in ("sessions", "actions", "funnel", "stopped")),
            *(f"Traffic.{name}" for name in ("by_hour", "money")),
            "WorkQueues.read",
        ),
        OF_OPERATORS,
    ),
    **dict.fromkeys(
        (
            "CompanyStore.find_by_salon",
            "Installations.forget_landings",
            "Installations.use_landing",
            "OwnerSessions.of_browser",
        ),
        BY_SECRET,
    ),
}
"""Every statement about companies' rows that names no company, and why it may."""

CARRIED = frozenset(
    {
        "Calls.give_up",
        "Calls.take_back",
        "Refetches.finish",
        "Refetches.request",
        "Refetches.postpone",
        "CompanyStore.add",
        "WebhookPhones.add",
        "Chats.add_turn",
        "Chats.give_back",
        "Chats.keep",
        "Chats.lock",
        "Chats.release",
        "InboxMessages.add",
        "InboxMessages.correct",
        "InboxMessages.withdraw",
        "Notices.add",
        "DueReminders.keys",
        "DueReminders.find",
        "Notices.last_notices",
        "NotifyingSalons.read_of",
        "NotifyingSalons.of",
        "OutboxMessages.add",
        "OutboxMessages.add_many",
        "OutboxMessages.finish",
        "Quarantine.release",
        "Quarantine.schedule",
        "Quarantine.set_aside",
        "Questions.answer",
        "Questions.ask",
        "Questions.postpone",
        "Questions.finish",
        "DueNotices.last_listed",
        "DueNotices.claim_related",
        "SalonFactsStore.of",
        "SyncRuns.bring_forward",
        "VisitWrites.add",
        "VisitWrites.begin",
        "VisitWrites.finish",
        "VisitWrites.get",
        "SyncRuns.plan",
        "SyncRuns.save",
        "Webhooks.add_many",
    }
)
"""Methods whose company comes inside of what they are given."""

_TABLES = {table.name for table in company_rows.of_company()} | {"companies"}
_TABLE = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)")
_COMPANY = re.compile(r"\bcompany_id\b|companies\.id\s*=|companies\.yclients_id\s*=")
Offence = tuple[str, str]


def methods() -> Iterator[tuple[str, set[str]]]:
    """Every public method of the repositories, with the names of what it takes."""
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name in REPOSITORIES:
                yield from _methods_of(node)


def _methods_of(node: ast.ClassDef) -> Iterator[tuple[str, set[str]]]:
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
            taken = {argument.arg for argument in (*method.args.args, *method.args.kwonlyargs)}
            yield f"{node.name}.{method.name}", taken


@contextmanager
def watched() -> Iterator[set[Offence]]:
    """Collects the methods that named no company although they have to, each with its statement."""
    offences: set[Offence] = set()

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not _leaves_out_company(statement):
            return
        path = _path(sys._getframe())
        if path and not FLEET_WIDE.keys() & set(path):
            offences.add((path[-1], statement))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield offences
    finally:
        event.remove(Engine, "before_cursor_execute", look)


@cache
def _leaves_out_company(statement: str) -> bool:
    if not _TABLES & set(_TABLE.findall(statement)):
        return False
    is_insert = statement.lstrip().upper().startswith("INSERT")
    condition = statement if is_insert else statement.partition("WHERE")[2]
    return _COMPANY.search(condition) is None


def _path(frame: FrameType | None) -> list[str]:
    """The methods of a repository that have led to a statement, the innermost first."""
    path = []
    folder = str(FOLDER)
    while frame is not None:
        if frame.f_code.co_filename.startswith(folder):
            owner = type(frame.f_locals.get("self")).__name__
            if owner in REPOSITORIES:
                path.append(f"{owner}.{frame.f_code.co_name}")
        frame = frame.f_back
    return path
