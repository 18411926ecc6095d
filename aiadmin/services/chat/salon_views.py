"""A salon as the bot and its pages see it: from our copy of the journal, no call."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Generic, TypeVar

from aiadmin.domain.chat.abilities import usable
from aiadmin.domain.chat.bot_settings import BotMode, offered_staff
from aiadmin.domain.chat.persons import is_person
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.opening_hours import Hours, worked_hours, written_hours
from aiadmin.storage.chat.catalogue import BotSalon, SalonCatalogue
from aiadmin.storage.unit_of_work import UnitOfWork

MOST_SALONS = 200
"""Of which a process remembers the catalogue and the words; those that were asked for last."""
_DEFAULT_SIGN = "₽"
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class SalonKnown:
    """A salon as a turn begins with it.

    Attributes:
        version: another text whenever its catalogue has changed.
    """

    salon: BotSalon
    view: SalonView
    version: str


class SalonCache(Generic[V]):
    """The value of each salon, for one version of what it is made of."""

    def __init__(self) -> None:
        self._found: OrderedDict[CompanyId, tuple[object, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, company_id: CompanyId, version: object, make: Callable[[], V]) -> V:
        with self._lock:
            known = self._found.get(company_id)
            if known is not None and known[0] == version:
                self._found.move_to_end(company_id)
                return known[1]
        made = make()
        with self._lock:
            self._found[company_id] = version, made
            self._found.move_to_end(company_id)
            while len(self._found) > MOST_SALONS:
                self._found.popitem(last=False)
        return made


class SalonViews:
    """Reads salons. One per process: catalogues are kept until they change."""

    def __init__(self) -> None:
        self._catalogues: SalonCache[tuple[SalonCatalogue, frozenset[int], Hours]] = SalonCache()

    def read(self, work: UnitOfWork, company_id: CompanyId) -> SalonKnown:
        """The salon as it is now. Where `companies.ai_enabled` is off, the bot's mode is off.

        Raises:
            CompanyNotFoundError: no such company.
            DependencyDownError: PostgreSQL does not answer.
        """
        salon = work.bot_salons.find(company_id)
        if salon is None:
            raise CompanyNotFoundError
        version = work.bot_salons.version(company_id)

        def loaded() -> tuple[SalonCatalogue, frozenset[int], Hours]:
            catalogue = work.bot_salons.catalogue(company_id)
            people = frozenset(one.staff_id for one in catalogue.staff.values() if is_person(one))
            return catalogue, people, worked_hours(catalogue.schedule, people)

        catalogue, people, worked = self._catalogues.get(company_id, version, loaded)
        return SalonKnown(salon=salon, view=_view(salon, catalogue, people, worked), version=version)


def _view(salon: BotSalon, catalogue: SalonCatalogue, people: frozenset[int], worked: Hours) -> SalonView:
    shown = frozenset(who for who, one in catalogue.staff.items() if not one.is_hidden)
    offered = offered_staff(salon.settings, people & shown, catalogue.staff)
    abilities = usable(salon.settings, salon.missing_rights)
    bot = replace(salon.settings, offered_staff=offered, abilities=abilities)
    return SalonView(
        title=salon.title,
        zone=salon.zone,
        country=salon.country,
        currency=salon.currency or _DEFAULT_SIGN,
        address=salon.address,
        hours=written_hours(salon.opening) or worked,
        services=catalogue.services,
        categories=catalogue.categories,
        staff={who: one for who, one in catalogue.staff.items() if who in people | offered},
        schedule=catalogue.schedule,
        rules=salon.rules,
        bot=bot if salon.is_allowed else replace(bot, mode=BotMode.OFF),
    )
