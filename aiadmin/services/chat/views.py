"""What is known of a salon and of its client before a burst is answered: from our copy of the journal, no call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.morphology import Morphology
from aiadmin.domain.chat.own_visits import given_name, own_visits, wall_clock
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import ClientView, SalonView
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, Vocabulary, vocabulary_of
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.barred import is_barred
from aiadmin.services.chat.salon_views import SalonCache, SalonKnown, SalonViews
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import UnitOfWork

MOST_PAST = 20


@dataclass(frozen=True, kw_only=True)
class Views:
    """Reads salons, their words and their clients. One per process: words are kept until they change.

    Every method raises DependencyDownError.
    """

    salons: SalonViews
    morphology: Morphology
    clock: Clock
    _words: SalonCache[Vocabulary] = field(default_factory=SalonCache, repr=False)

    def salon(self, work: UnitOfWork, company_id: CompanyId) -> SalonKnown:
        """The salon as it is now. Raises CompanyNotFoundError."""
        return self.salons.read(work, company_id)

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
