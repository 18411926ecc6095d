"""What is known of a salon and of its client before a burst is answered: from our copy of the journal, no call."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from aiadmin.domain.chat.abilities import usable
from aiadmin.domain.chat.bot_settings import offered_staff
from aiadmin.domain.chat.morphology import Morphology
from aiadmin.domain.chat.own_visits import given_name, own_visits, wall_clock
from aiadmin.domain.chat.persons import is_person
from aiadmin.domain.chat.reading import Burst, read
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import BotMode, ClientView, SalonView
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, Vocabulary, vocabulary_of
from aiadmin.domain.errors import CompanyNotFoundError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.barred import is_barred
from aiadmin.domain.journal.opening_hours import Hours, worked_hours, written_hours
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.chat.catalogue import BotSalon, SalonCatalogue
from aiadmin.storage.unit_of_work import UnitOfWork

MOST_SALONS = 200
"""Of which a process remembers the catalogue and the words; those that were asked for last."""
MOST_PAST = 20
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


class _Latest(Generic[V]):
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


@dataclass(frozen=True, kw_only=True)
class Views:
    """Reads salons and clients. One per process: catalogues and words are kept until they change.

    Every method raises DependencyDownError.
    """

    morphology: Morphology
    clock: Clock
    _catalogues: _Latest[tuple[SalonCatalogue, frozenset[int], Hours]] = field(default_factory=_Latest, repr=False)
    _words: _Latest[Vocabulary] = field(default_factory=_Latest, repr=False)

    def salon(self, work: UnitOfWork, company_id: CompanyId) -> SalonKnown:
        """The salon as it is now. Where `companies.ai_enabled` is off, the bot's mode is off.

        Raises:
            CompanyNotFoundError: no such company.
        """
        salon = work.bot_salons.find(company_id)
        if salon is None:
            raise CompanyNotFoundError
        version = work.bot_salons.version(company_id)

        def read() -> tuple[SalonCatalogue, frozenset[int], Hours]:
            catalogue = work.bot_salons.catalogue(company_id)
            people = frozenset(one.staff_id for one in catalogue.staff.values() if is_person(one))
            return catalogue, people, worked_hours(catalogue.schedule, people)

        catalogue, people, worked = self._catalogues.get(company_id, version, read)
        return SalonKnown(salon=salon, view=_view(salon, catalogue, people, worked), version=version)

    def vocabulary(self, known: SalonKnown) -> Vocabulary:
        """The salon's own words: of its services, of those who may be offered or are people, of its facts."""
        view = known.view
        named = sorted(view.bot.offered_staff or ()), sorted(view.bot.facts)
        version = known.version, repr(named)
        return self._words.get(known.salon.company_id, version, lambda: _vocabulary(view, self.morphology))

    def client(
        self,
        work: UnitOfWork,
        company_id: CompanyId,
        *,
        phone: str | None,
        also: Collection[str] = (),
        zone: str,
    ) -> ClientView:
        """Whoever writes.

        Args:
            phone: the number that writes; None where WhatsApp has told none: then nothing is known of them.
            also: further numbers by which the contact is known.
        """
        if phone is None:
            return ClientView(also=frozenset(also))
        phones, others = {phone, *also}, frozenset(also) - {phone}
        now = self.clock()
        cards = work.bot_salons.cards(company_id, phones)
        numbers = [card.client_id for card in cards]
        coming = work.bot_salons.visits(company_id, numbers, phones, ends_after=now)
        past = work.bot_salons.past_visits(company_id, numbers, phones, before=now, most=MOST_PAST)
        hidden = [one.client_id for one in (*coming, *past) if one.client_id is not None]
        names = [card.name for card in cards] or [one.client_name for one in (*coming, *past)]
        known = own_visits([*coming, *past], wall_clock(now, zone), zone)
        deleted = [replace(one, is_deleted=False) for one in coming if one.is_deleted]
        return ClientView(
            name=given_name(names, self.morphology),
            cards=tuple(dict.fromkeys([*numbers, *hidden])),
            visits=known.coming,
            past=known.past,
            deleted=own_visits(deleted, wall_clock(now, zone), zone).coming,
            phone=phone,
            also=others,
            full_name=next((name for name in names if name), None),
            is_barred=any(is_barred(card) for card in cards),
        )

    def now(self, zone: str) -> datetime:
        """The salon's wall clock, naive."""
        return wall_clock(self.clock(), zone)


def warm(morphology: Morphology) -> None:
    """Read a first word that is misspelt: dictionaries and the words of every salon, of days and of slips are loaded.

    They take three quarters of a second, which each fork then need not spend.
    """
    words = vocabulary_of((), (), morphology)
    read(Burst(("пятнецо превед",)), ReadingContext(vocabulary=words, now=datetime.min))  # noqa: DTZ901 - any wall clock


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


def _vocabulary(view: SalonView, morphology: Morphology) -> Vocabulary:
    services = [
        OfferedService(
            id=one.service_id,
            title=one.title,
            category=view.categories.get(one.category_id or 0, ""),
            description=one.comment,
            parts=one.parts,
        )
        for one in view.services.values()
    ]
    staff = [
        OfferedStaff(id=one.staff_id, name=one.name, position=one.specialization or "") for one in view.staff.values()
    ]
    return vocabulary_of(services, staff, morphology, view.bot.facts)
