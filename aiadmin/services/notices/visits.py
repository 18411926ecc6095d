"""The other bookings of a visit, as far as we know."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.telling import Announced, is_beside, times_of, visits_of
from aiadmin.storage.unit_of_work import UnitOfWork


def known_beside(
    work: UnitOfWork, company_id: CompanyId, told: Sequence[Announced], settings: MessageSettings
) -> Sequence[Record]:
    """The other bookings of a visit, begun or not: YClients is not asked."""
    known = known_about(work, company_id, told)
    return [one for one in known if is_beside(one, told, settings)]


def known_about(work: UnitOfWork, company_id: CompanyId, told: Sequence[Announced]) -> Sequence[Record]:
    """Bookings that may stand beside these of one client, as far as we know."""
    return work.records.about(company_id, told[0].announced, times_of(told), visits_of(told))
