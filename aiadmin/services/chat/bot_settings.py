"""What a salon wants of its bot: read, changed, and switched off and on as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiadmin.domain.chat.abilities import usable
from aiadmin.domain.chat.bot_settings import Ability, BotSettings, changed, to_json
from aiadmin.domain.chat.persons import is_person
from aiadmin.domain.companies.audit import DONE
from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.domain.ids import CompanyId
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.chat.catalogue import BotSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class StaffTick:
    """Somebody of the staff, and whether the bot offers them.

    Attributes:
        is_set: whether the salon has said so itself; else it follows from whether the row is a person who is shown.
    """

    staff_id: int
    name: str
    specialization: str | None
    is_offered: bool
    is_set: bool


@dataclass(frozen=True, kw_only=True)
class BotSwitches:
    """How a salon's bot is set.

    Attributes:
        is_allowed: the master switch, `companies.ai_enabled`.
        usable: the abilities that are on and for which our application has the rights.
        staff: everybody who works there, in YClients' order of numbers.
    """

    is_allowed: bool
    settings: BotSettings
    usable: frozenset[Ability]
    staff: Sequence[StaffTick]


@dataclass(frozen=True, kw_only=True)
class BotSettingsService:
    """Every method raises CompanyNotFoundError and DependencyDownError."""

    uow: NewUnitOfWork
    clock: Clock

    def get(self, company_id: CompanyId) -> BotSwitches:
        """All that can be set, as it is."""
        with self.uow() as work:
            return self.read(company_id, work)

    def read(self, company_id: CompanyId, work: UnitOfWork) -> BotSwitches:
        """`get`, in the caller's transaction."""
        return _switches(work, _salon(work, company_id))

    def set(self, company_id: CompanyId, given: Mapping[str, object], *, actor: str) -> BotSwitches:
        """Change the settings that are `given`, in the form of `bot_settings.to_json`; the others stay.

        Raises:
            SettingsInvalidError: names every setting that is wrong; nothing is changed.
        """
        now = self.clock()
        with self.uow() as work:
            salon = _salon(work, company_id, lock=True)
            settings = changed(salon.settings, given, country=salon.country)
            before, after = to_json(salon.settings), to_json(settings)
            names = sorted(name for name in after if after[name] != before[name])
            if names:
                work.bot_salons.set_settings(company_id, settings, now)
                _log_event(work, company_id, "bot.settings", {"changed": names, "mode": settings.mode}, actor, now)
            found = _switches(work, _salon(work, company_id))
            work.commit()
        return found

    def allow(self, company_id: CompanyId, *, is_allowed: bool, actor: str) -> bool:
        """Turn the master switch; whether it was the other way."""
        now = self.clock()
        with self.uow() as work:
            was = _salon(work, company_id, lock=True).is_allowed
            if was is not is_allowed:
                work.bot_salons.set_allowed(company_id, is_allowed=is_allowed)
                _log_event(work, company_id, "bot.resume" if is_allowed else "bot.pause", {}, actor, now)
            work.commit()
        return was is not is_allowed


def _salon(work: UnitOfWork, company_id: CompanyId, *, lock: bool = False) -> BotSalon:
    salon = work.bot_salons.find(company_id, lock=lock)
    if salon is None:
        raise CompanyNotFoundError
    return salon


def _switches(work: UnitOfWork, salon: BotSalon) -> BotSwitches:
    ticks = salon.settings.ticks
    staff = [
        StaffTick(
            staff_id=one.staff_id,
            name=one.name,
            specialization=one.specialization,
            is_offered=ticks.get(one.staff_id, is_person(one) and not one.is_hidden),
            is_set=one.staff_id in ticks,
        )
        for one in work.bot_salons.staff(salon.company_id)
    ]
    return BotSwitches(
        is_allowed=salon.is_allowed,
        settings=salon.settings,
        usable=usable(salon.settings, salon.missing_rights),
        staff=staff,
    )


def _log_event(
    work: UnitOfWork, company_id: CompanyId, action: str, details: Mapping[str, object], actor: str, at: datetime
) -> None:
    """Names of what was changed alone: a value may be a phone."""
    work.audit.add(company_id, actor=actor, action=action, details=details, at=at, outcome=DONE)
