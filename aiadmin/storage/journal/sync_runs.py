"""How far the reading of each salon's journal is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.company import DEFAULT_COUNTRY
from aiadmin.domain.companies.rights import are_phones_hidden, rights_of
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.journal.sync_run import RunState, Stage, SyncKind, SyncRun
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.quarantine import keys_of, not_set_aside
from aiadmin.storage.tables.journal import SyncRunRow

IS_READ = "companies.sync_enabled IS NOT FALSE AND companies.integration_status NOT IN ('frozen', 'uninstalled')"
"""Whose journals are read."""

_IS_DUE = "sync_runs.next_at <= :now AND (sync_runs.claimed_until IS NULL OR sync_runs.claimed_until <= :now)"

_DUE = text(f"""
SELECT sync_runs.company_id, sync_runs.kind
FROM sync_runs JOIN companies ON companies.id = sync_runs.company_id
WHERE {_IS_DUE} AND {IS_READ} AND {not_set_aside(WorkQueue.SYNC_RUNS, "sync_runs.company_id", "sync_runs.kind")}
ORDER BY sync_runs.next_at LIMIT :limit
""")  # noqa: S608 - our own words

_CLAIM = text(f"""
UPDATE sync_runs SET claimed_until = :until FROM companies
WHERE companies.id = sync_runs.company_id AND sync_runs.company_id = :company_id AND sync_runs.kind = :kind
  AND {_IS_DUE} AND {IS_READ}
RETURNING sync_runs.*
""")  # noqa: S608 - our own words

_SALON = text(f"""
SELECT companies.yclients_id, companies.timezone, companies.country, companies.currency, companies.rights_missing,
  sync_runs.since
FROM companies LEFT JOIN sync_runs ON sync_runs.company_id = companies.id AND sync_runs.kind = 'full'
WHERE companies.id = :company_id AND {IS_READ}
""")  # noqa: S608 - our own words

OLDEST_DUE = f"""
SELECT min(sync_runs.next_at) AS oldest, count(*) AS waiting
FROM sync_runs JOIN companies ON companies.id = sync_runs.company_id
WHERE {_IS_DUE} AND {IS_READ} AND {not_set_aside(WorkQueue.SYNC_RUNS, "sync_runs.company_id", "sync_runs.kind")}
"""  # noqa: S608 - our own words


@dataclass(frozen=True, kw_only=True)
class SyncedSalon:
    """A salon whose journal we may read.

    Attributes:
        zone: its IANA timezone.
        country: where it is, ISO 3166 code: phone numbers without a country code are of there.
        currency: the sign behind its prices; None while it is not known.
        known_since: from when on we hear of everything in it; None before its first synchronisation.
        are_phones_hidden: whether it is known not to let us see its clients' phones.
    """

    company_id: CompanyId
    salon_id: SalonId
    zone: str
    known_since: datetime | None
    country: str = DEFAULT_COUNTRY
    currency: str | None = None
    are_phones_hidden: bool = False


class SyncRuns:
    """Rows of `sync_runs`: one of each kind and company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def salon(self, company_id: CompanyId) -> SyncedSalon | None:
        """The company's salon; None when its journal is not to be read: it has left, or said no, or is not there."""
        row = self._session.execute(_SALON, {"company_id": company_id}).one_or_none()
        if row is None:
            return None
        return SyncedSalon(
            company_id=company_id,
            salon_id=SalonId(row.yclients_id),
            zone=row.timezone or DEFAULT_ZONE,
            known_since=row.since,
            country=row.country or DEFAULT_COUNTRY,
            currency=row.currency,
            are_phones_hidden=are_phones_hidden(rights_of(row.rights_missing)),
        )

    def start(self, company_id: CompanyId, kind: SyncKind, at: datetime, *, is_new: bool) -> None:
        """Begin a run afresh, due at `at`, from any state; a worker that has claimed it loses it.

        Args:
            is_new: whether what we know is of another time: the salon was away, or never here.
        """
        fresh = _columns(SyncRun(company_id=company_id, kind=kind, state=RunState.WAITING, next_at=at))
        statement = insert(SyncRunRow).values(**fresh)
        kept = {"company_id", "kind"} | (set() if is_new else {"since"})
        replaced = {name: value for name, value in fresh.items() if name not in kept}
        self._session.execute(statement.on_conflict_do_update(constraint="pk_sync_runs", set_=replaced))

    def plan(self, run: SyncRun) -> None:
        """Plan a run for `run.next_at`, unless one is under way or planned that follows `run.since`."""
        given = _columns(run)
        statement = insert(SyncRunRow).values(**given)
        replaced = {name: value for name, value in given.items() if name not in {"company_id", "kind"}}
        is_of_another_time = SyncRunRow.state == RunState.PAUSED
        if run.since is not None:
            is_of_another_time |= SyncRunRow.since < run.since
        self._session.execute(
            statement.on_conflict_do_update(constraint="pk_sync_runs", set_=replaced, where=is_of_another_time)
        )

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        return keys_of(self._session.execute(_DUE, {"now": now, "limit": limit}))

    def claim(self, company_id: CompanyId, kind: SyncKind, *, now: datetime, until: datetime) -> SyncRun | None:
        """Take a run that is due; None when it is not, or another worker has it."""
        parameters = {"company_id": company_id, "kind": kind, "now": now, "until": until}
        row = self._session.execute(_CLAIM, parameters).one_or_none()
        return None if row is None else _run(row)

    def save(self, run: SyncRun, *, claim: datetime) -> bool:
        """Write how far `run` is; False when it is no longer ours, and nothing of this transaction may stay."""
        values = {name: value for name, value in _columns(run).items() if name not in {"company_id", "kind"}}
        is_ours = SyncRunRow.claimed_until == claim
        statement = (
            update(SyncRunRow)
            .where(SyncRunRow.company_id == run.company_id, SyncRunRow.kind == run.kind, is_ours)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1

    def find(self, company_id: CompanyId, kind: SyncKind) -> SyncRun | None:
        statement = select(SyncRunRow.__table__).where(SyncRunRow.company_id == company_id, SyncRunRow.kind == kind)
        row = self._session.execute(statement).one_or_none()
        return None if row is None else _run(row)

    def all(self, company_id: CompanyId) -> Sequence[SyncRun]:
        """Each kind that has ever begun, in the order of `SyncKind`."""
        statement = select(SyncRunRow.__table__).where(SyncRunRow.company_id == company_id)
        runs = {run.kind: run for run in map(_run, self._session.execute(statement))}
        return [runs[kind] for kind in SyncKind if kind in runs]

    def bring_forward(self, companies: Iterable[CompanyId], kind: SyncKind, at: datetime) -> None:
        """Have these companies' next runs no later than `at`."""
        statement = (
            update(SyncRunRow)
            .where(SyncRunRow.company_id.in_(sorted(companies)), SyncRunRow.kind == kind, SyncRunRow.next_at > at)
            .values(next_at=func.least(SyncRunRow.next_at, at))
            .execution_options(synchronize_session=False)
        )
        self._session.execute(statement)


def _columns(run: SyncRun) -> dict[str, Any]:
    return {field.name: getattr(run, field.name) for field in fields(run)} | {"counts": dict(run.counts)}


def _run(row: Row[Any]) -> SyncRun:
    found = row._mapping
    values = {field.name: found[field.name] for field in fields(SyncRun)}
    kind, state = SyncKind(values["kind"]), RunState(values["state"])
    stage = None if values["stage"] is None else Stage(values["stage"])
    return SyncRun(**values | {"kind": kind, "state": state, "stage": stage})
