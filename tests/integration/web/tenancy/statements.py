"""Which statements may leave out whose rows they are about, and a watch that sees those that do."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

from aiadmin import storage
from tests.integration.web import rows

FOLDER = Path(storage.__path__[0])
OF_ALL = "finds, counts or throws away what is due, dead or old, whoever's it is"
BY_ROW = "changes a row by its number, which the caller has from a statement that named the company or found due work"
BY_DEVICE = "is fenced by the device, its host and its epoch: a device is of one company for ever"
BY_SECRET = "finds the company itself, by what only it or YClients knows"

FLEET_WIDE: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "SqlBookingEvents.forget",
            "SqlCalls.has_due",
            "SqlCalls.list_undeliverable",
            "SqlCalls.recall",
            "SqlCalls.stuck",
            "SqlCalls.list_undelivered",
            "SqlRefetches.has_due",
            "SqlRefetches.due_keys",
            "SqlRefetches.claim",
            "SqlCompanies.list_all",
            "SqlCompanies.list_pairing",
            "SqlCompanies.stats",
            "SqlHeardPhones.forget",
            "SqlInstallations.list_erasable",
            "SqlInstallations.list_unchecked",
            "SqlUnhandledMessages.has_due",
            "SqlUnhandledMessages.claim",
            "SqlUnhandledMessages.due_keys",
            "SqlNotices.has_events",
            "SqlNotices.claim_events",
            "SqlNotices.event_keys",
            "SqlNotices.salon_keys",
            "SqlNotices.salons",
            "SqlProviderOrders.has_due",
            "SqlProviderOrders.claim",
            "SqlProviderOrders.due_keys",
            "SqlOutbox.due",
            "SqlOutbox.list_held",
            "SqlOutboxMessages.expire",
            "SqlPrivacy.blank_messages",
            "SqlPrivacy.forget_left_behind",
            "SqlPrivacy.forget_notices",
            "SqlQuarantine.claim_due",
            "SqlQuarantine.due_queues",
            "SqlQuarantine.forget",
            "SqlQuestions.has_due",
            "SqlQuestions.claim",
            "SqlQuestions.due_keys",
            "SqlDueNotices.has_due",
            "SqlDueNotices.due_keys",
            "SqlDueNotices.expire",
            "SqlDueNotices.sync_with_messages",
            "SqlDueNotices.claim",
            "SqlSessionEvents.forget",
            "SqlSyncRuns.due",
            "SqlWebhooks.has_unprocessed",
            "SqlWebhooks.forget",
            "SqlWebhooks.claim_unprocessed",
            "SqlWebhooks.unprocessed_keys",
        ),
        OF_ALL,
    ),
    **dict.fromkeys(
        (
            "SqlAudit.finish",
            "SqlCalls.mark",
            "SqlUnhandledMessages.mark_handled",
            "SqlNotices.mark_handled",
            "SqlNotices.supersede",
            "SqlProviderOrders.finish",
            "SqlProviderOrders.mark_reported",
            "SqlOutbox.claim",
            "SqlOutbox.drop",
            "SqlOutbox.find",
            "SqlOutbox.find_key",
            "SqlOutbox.finish",
            "SqlOutbox.release",
            "SqlOutbox.replace_secret",
            "SqlOutbox.settle",
            "SqlDueNotices.drop",
            "SqlDueNotices.hold",
            "SqlDueNotices.is_ours",
            "SqlDueNotices.mark_released",
            "SqlWebhooks.mark",
        ),
        BY_ROW,
    ),
    **dict.fromkeys(
        (
            "SqlDevices._free_number",  # a number that WhatsApp took from one company may be linked by the next
            "SqlDevices.adopt",
            "SqlDevices.count_orphans",
            "SqlDevices.delete",
            "SqlDevices.held_by",
            "SqlDevices.known_jids",
            "SqlDevices.list_page",
            "SqlDevices.observe",
            "SqlDevices.release",
            "SqlDevices.version_of",
            "SqlOutboxMessages.claim",
            "SqlOutboxMessages.due_keys",
            "SqlOutboxMessages.give_up",
            "SqlOutboxMessages.mark",
            "SqlOutboxMessages.peek",
            "SqlContactPermissions.lock_account",
            *(f"SqlHosts.{name}" for name in ("add", "renew", "set_draining", "is_draining")),
            *(f"SqlHosts.{name}" for name in ("remove", "remove_dead", "list_alive")),
        ),
        BY_DEVICE,
    ),
    **dict.fromkeys(
        (
            "SqlCompanies.find_by_api_key_hash",
            "SqlCompanies.find_by_salon",
            "SqlInstallations.forget_landings",
            "SqlInstallations.use_landing",
        ),
        BY_SECRET,
    ),
}
"""Every statement about companies' rows that names no company, and why it may."""

CARRIED = frozenset(
    {
        "SqlCalls.give_up",
        "SqlCalls.take_back",
        "SqlRefetches.finish",
        "SqlRefetches.request",
        "SqlRefetches.postpone",
        "SqlCompanies.add",
        "SqlHeardPhones.add",
        "SqlInboxMessages.add",
        "SqlNotices.add",
        "SqlNotices.booking_keys",
        "SqlNotices.in_windows",
        "SqlNotices.last_notices",
        "SqlNotices.read_salons_of",
        "SqlNotices.salons_of",
        "SqlOutboxMessages.add",
        "SqlOutboxMessages.add_many",
        "SqlOutboxMessages.finish",
        "SqlQuarantine.release",
        "SqlQuarantine.schedule",
        "SqlQuarantine.set_aside",
        "SqlQuestions.answer",
        "SqlQuestions.answered_by",
        "SqlQuestions.ask",
        "SqlQuestions.postpone",
        "SqlQuestions.mark_written",
        "SqlDueNotices.last_listed_at",
        "SqlDueNotices.claim_related",
        "SqlSalonFacts.of",
        "SqlSyncRuns.bring_forward",
        "SqlSyncRuns.plan",
        "SqlSyncRuns.save",
        "SqlUnitOfWork.commit",
        "SqlWebhooks.add_many",
    }
)
"""Methods whose company comes inside of what they are given."""

_TABLES = {table.name for table in rows.of_company()} | {"companies"}
_TABLE = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)")
_COMPANY = re.compile(r"\bcompany_id\b|companies\.id\s*=|companies\.yclients_id\s*=")
Offence = tuple[str, str]


def methods() -> Iterator[tuple[str, set[str]]]:
    """Every public method of the repositories, with the names of what it takes."""
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name.startswith("Sql"):
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
        path = _path(sys._getframe())
        if path and not FLEET_WIDE.keys() & set(path) and _leaves_out_company(statement):
            offences.add((path[-1], statement))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield offences
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def _leaves_out_company(statement: str) -> bool:
    if not _TABLES & set(_TABLE.findall(statement)):
        return False
    is_insert = statement.lstrip().upper().startswith("INSERT")
    condition = statement if is_insert else statement.partition("WHERE")[2]
    return _COMPANY.search(condition) is None


def _path(frame: FrameType | None) -> list[str]:
    """The methods of a repository that have led to a statement, the innermost first."""
    path = []
    while frame is not None:
        owner = type(frame.f_locals.get("self")).__name__
        if frame.f_code.co_filename.startswith(str(FOLDER)) and owner.startswith("Sql"):
            path.append(f"{owner}.{frame.f_code.co_name}")
        frame = frame.f_back
    return path
