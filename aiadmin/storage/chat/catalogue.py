"""What a chat may say of a salon and of its client, out of our copy of the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import TextClause, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.chat import bot_settings
from aiadmin.domain.chat.bot_settings import BotMode, BotSettings
from aiadmin.domain.companies.company import DEFAULT_COUNTRY
from aiadmin.domain.companies.rights import Right, rights_of
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.journal import DEFAULT_ZONE, Client, Record, Service, StaffMember
from aiadmin.domain.journal.online_booking import BookingRules
from aiadmin.domain.messages.contact import one_spelling, spellings
from aiadmin.storage.journal import online_terms
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.tables.chat import BotSettingsRow
from aiadmin.storage.tables.core import CompanyRow
from aiadmin.storage.tables.journal import CategoryRow, RecordRow, ServiceRow, StaffRow, WorkDayRow

_VERSION = text("""
SELECT
  (SELECT ROW(count(*), sum(xmin::text::bigint)) FROM services WHERE company_id = :company_id)::text
  || (SELECT ROW(count(*), sum(xmin::text::bigint)) FROM categories WHERE company_id = :company_id)::text
  || (SELECT ROW(count(*), sum(xmin::text::bigint)) FROM staff WHERE company_id = :company_id)::text
  || (SELECT ROW(count(*), sum(xmin::text::bigint)) FROM schedule WHERE company_id = :company_id)::text
""")
"""Changes with any row: by the transaction that wrote it (PostgreSQL's `xmin`), which no clock makes equal."""
_SALON = """
SELECT companies.yclients_id, companies.title, companies.timezone, companies.country, companies.currency,
  companies.address, companies.phone, companies.ai_enabled, companies.booking_rules, companies.rights_missing,
  companies.raw_data ->> 'schedule' AS opening, bot_settings.settings
FROM companies LEFT JOIN bot_settings ON bot_settings.company_id = companies.id
WHERE companies.id = :company_id
"""
_FIND, _LOCK = text(_SALON), text(f"{_SALON} FOR NO KEY UPDATE OF companies")
_CARDS = text("""
SELECT client_id, name, visits, last_visit_on, raw_data -> 'categories' AS categories FROM clients
WHERE company_id = :company_id AND deleted_at IS NULL AND phone = ANY(:phones)
ORDER BY last_visit_on DESC NULLS LAST, visits DESC, client_id
""")
_RECORDS = f"""
SELECT {", ".join(column.name for column in RecordRow.__table__.columns if column.name != "raw_data")} FROM records
WHERE company_id = :company_id AND (
  client_id = ANY(:cards) OR client_number = ANY(:numbers) AND NOT EXISTS (
    SELECT FROM clients
    WHERE clients.company_id = :company_id AND clients.client_id = records.client_id AND clients.phone <> ALL(:phones)
  )
)
"""  # noqa: S608 - our own names
"""Where the card has another number by now, what it had is of whoever has the old one no more."""
_VISITS = text(f"""
{_RECORDS} AND starts_at + make_interval(secs => seconds) > :ends_after ORDER BY starts_at, record_id
""")
_PAST = text(f"""
{_RECORDS} AND starts_at < :before AND deleted_at IS NULL ORDER BY starts_at DESC, record_id LIMIT :most
""")


@dataclass(frozen=True, kw_only=True)
class BotSalon:
    """What stands about a salon in its own row, and what it has set about its bot.

    Attributes:
        opening: when it is open, in the salon's own words.
        is_allowed: `companies.ai_enabled`, the master switch.
        rules: None while nobody has found out.
        missing_rights: what the salon has not let our application do; None where nobody could find out.
    """

    company_id: CompanyId
    salon_id: SalonId
    title: str
    zone: str
    country: str
    currency: str | None
    address: str | None
    phone: str | None = field(repr=False)
    opening: str | None
    is_allowed: bool
    rules: BookingRules | None
    missing_rights: frozenset[Right] | None
    settings: BotSettings


@dataclass(frozen=True, kw_only=True)
class SalonCatalogue:
    """What changes seldom: what a salon offers, who works there, and when."""

    services: Mapping[int, Service]
    categories: Mapping[int, str]
    staff: Mapping[int, StaffMember]
    schedule: Mapping[tuple[int, date], tuple[tuple[time, time], ...]]


class BotSalons:
    """Readings for a chat, and the rows of `bot_settings`. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, company_id: CompanyId, *, lock: bool = False) -> BotSalon | None:
        """The salon; with `lock` its settings change nowhere else until the commit."""
        found = self._session.execute(_LOCK if lock else _FIND, {"company_id": company_id}).one_or_none()
        if found is None:
            return None
        return BotSalon(
            company_id=company_id,
            salon_id=SalonId(found.yclients_id),
            title=found.title or "",
            zone=found.timezone or DEFAULT_ZONE,
            country=found.country or DEFAULT_COUNTRY,
            currency=found.currency,
            address=found.address,
            phone=found.phone,
            opening=found.opening,
            is_allowed=found.ai_enabled is not False,
            rules=online_terms.to_rules(found.booking_rules),
            missing_rights=rights_of(found.rights_missing),
            settings=bot_settings.from_json(found.settings),
        )

    def may_answer(self, company_id: CompanyId) -> bool:
        """Whether the salon's bot answers anybody at all."""
        salon = self.find(company_id)
        return salon is not None and salon.is_allowed and salon.settings.mode is not BotMode.OFF

    def set_settings(self, company_id: CompanyId, settings: BotSettings, at: datetime) -> None:
        given = {"settings": dict(bot_settings.to_json(settings)), "updated_at": at}
        statement = insert(BotSettingsRow).values(company_id=company_id, **given)
        self._session.execute(statement.on_conflict_do_update(constraint="pk_bot_settings", set_=given))

    def set_allowed(self, company_id: CompanyId, *, is_allowed: bool) -> None:
        """Turn the master switch."""
        self._session.execute(update(CompanyRow).where(CompanyRow.id == company_id).values(ai_enabled=is_allowed))

    def version(self, company_id: CompanyId) -> str:
        """Another text as soon as anything of the catalogue has changed; asked for before the catalogue is read."""
        return str(self._session.scalar(_VERSION, {"company_id": company_id}))

    def catalogue(self, company_id: CompanyId) -> SalonCatalogue:
        """All that is not deleted, in YClients' order of numbers."""
        return SalonCatalogue(
            services={one.service_id: one for one in self._services(company_id)},
            categories=self._categories(company_id),
            staff={one.staff_id: one for one in self.staff(company_id)},
            schedule=self._schedule(company_id),
        )

    def cards(self, company_id: CompanyId, phones: Collection[str]) -> Sequence[Client]:
        """The cards with one of these numbers, in any spelling, who came last first; their `raw` has categories."""
        given = {"company_id": company_id, "phones": sorted(spellings(phones))}
        return [_client(row) for row in self._session.execute(_CARDS, given)]

    def visits(
        self, company_id: CompanyId, cards: Collection[int], phones: Collection[str], *, ends_after: datetime
    ) -> Sequence[Record]:
        """What is booked for these cards or numbers and not over, deleted or not, earliest first; without `raw`."""
        return self._records(_VISITS, company_id, cards, phones, ends_after=ends_after)

    def past_visits(
        self, company_id: CompanyId, cards: Collection[int], phones: Collection[str], *, before: datetime, most: int
    ) -> Sequence[Record]:
        """What was booked for them and is begun, the latest first; without `raw`."""
        return self._records(_PAST, company_id, cards, phones, before=before, most=most)

    def _records(
        self,
        statement: TextClause,
        company_id: CompanyId,
        cards: Collection[int],
        phones: Collection[str],
        **given: object,
    ) -> Sequence[Record]:
        of_whom = {
            "company_id": company_id,
            "cards": sorted(cards),
            "phones": sorted(spellings(phones)),
            "numbers": sorted({one_spelling(phone) for phone in phones}),
        }
        return [record_of_row(row, raw={}) for row in self._session.execute(statement, of_whom | given)]

    def _services(self, company_id: CompanyId) -> Sequence[Service]:
        columns = (
            *(ServiceRow.service_id, ServiceRow.title, ServiceRow.category_id, ServiceRow.price_min),
            *(ServiceRow.price_max, ServiceRow.seconds, ServiceRow.is_online, ServiceRow.terms),
        )
        mine = (ServiceRow.company_id == company_id, ServiceRow.deleted_at.is_(None))
        rows = self._session.execute(select(*columns).where(*mine).order_by(ServiceRow.service_id))
        return [_service(row) for row in rows]

    def _categories(self, company_id: CompanyId) -> Mapping[int, str]:
        mine = (CategoryRow.company_id == company_id, CategoryRow.deleted_at.is_(None))
        rows = self._session.execute(select(CategoryRow.category_id, CategoryRow.title).where(*mine))
        return {row.category_id: row.title for row in rows}

    def staff(self, company_id: CompanyId) -> Sequence[StaffMember]:
        """Everybody who works there, in the order of their numbers."""
        columns = (
            *(StaffRow.staff_id, StaffRow.name, StaffRow.specialization, StaffRow.is_fired, StaffRow.is_hidden),
        )
        mine = (StaffRow.company_id == company_id, StaffRow.deleted_at.is_(None), StaffRow.is_fired.is_(False))
        rows = self._session.execute(select(*columns).where(*mine).order_by(StaffRow.staff_id))
        return [StaffMember(**row._mapping) for row in rows]

    def _schedule(self, company_id: CompanyId) -> Mapping[tuple[int, date], tuple[tuple[time, time], ...]]:
        statement = select(WorkDayRow.staff_id, WorkDayRow.day, WorkDayRow.slots)
        rows = self._session.execute(statement.where(WorkDayRow.company_id == company_id))
        read = {(row.staff_id, row.day): _slots(row.slots) for row in rows}
        return {day: slots for day, slots in read.items() if slots is not None}


def _slots(stored: Any) -> tuple[tuple[time, time], ...] | None:
    """The hours of a day; None, a day that is not known, where they cannot be read."""
    try:
        return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in stored)
    except (TypeError, ValueError):
        return None


def _client(row: Any) -> Client:
    return Client(
        client_id=row.client_id,
        name=row.name,
        visits=row.visits,
        last_visit_on=row.last_visit_on,
        raw={"categories": row.categories},
    )


def _service(row: Any) -> Service:
    return Service(
        service_id=row.service_id,
        title=row.title,
        category_id=row.category_id,
        price_min=row.price_min,
        price_max=row.price_max,
        length=None if row.seconds is None else timedelta(seconds=row.seconds),
        is_online=row.is_online,
        **online_terms.to_service(row.terms),
    )
