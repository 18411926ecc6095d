"""A salon of a file in a conversation, and what the file says is known and offered before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from aiadmin.cli.replay.phone import SalonPhone
from aiadmin.cli.replay.product import ReplayProduct
from aiadmin.cli.replay.yclients import JournalOfReplay
from aiadmin.domain.chat.dialogue import Dialogue, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.when import Day, DayRange, When
from aiadmin.domain.ids import CompanyId, SalonId

SALON = SalonId(900_001)


@dataclass
class PlayedSalon:
    """The one company, in one conversation."""

    product: ReplayProduct
    journal: JournalOfReplay
    document: Mapping[str, Any]
    case: Mapping[str, Any]
    now: datetime
    company_id: CompanyId
    phone: SalonPhone

    @property
    def zone(self) -> ZoneInfo:
        """The salon's."""
        return ZoneInfo(self.document["salon"]["timezone"])

    def view(self) -> SalonView:
        """As the chat sees it."""
        with self.product.uow() as work:
            return self.product.views.salon(work, self.company_id).view

    def move_to(self, now: datetime) -> None:
        """It is that time, for the product and for YClients."""
        if now != self.product.now:
            self.product.now = now
            self.journal.set_clock(now)


def given_dialogue(case: Mapping[str, Any], touched_at: datetime) -> Dialogue | None:
    """What the file says that the dialogue knows already."""
    given = case.get("given")
    if not given:
        return None
    days = (When(day=Day(any_of=(DayRange.of(date.fromisoformat(given["day"])),))),) if "day" in given else ()
    return Dialogue(
        operation=VisitOperation.BOOK,
        services=tuple(given.get("services", ())),
        staff=(given["staff"],) if "staff" in given else (),
        whens=days,
        name=given.get("name"),
        touched_at=touched_at,
    )


def given_proposal(salon: PlayedSalon) -> Proposal | None:
    """The proposal that the file says is open."""
    case, offer = salon.case, salon.case.get("offer")
    if not offer:
        return None
    own: Mapping[str, Any] = next((one for one in case.get("visits", []) if one["record"] == offer.get("record")), {})
    parts = offer.get("parts", [offer] if "at" in offer else [])
    view, person = salon.view(), salon.document["clients"][case["client"]]
    return Proposal(
        operation=VisitOperation(offer["op"]),
        slots=tuple(_slot(view, {**own, **part}, salon.zone) for part in parts),
        record_id=offer.get("record"),
        name=person["name"] or case.get("given", {}).get("name"),
        guests=(None,) * len(parts),
        made_at=salon.now - timedelta(minutes=offer["minutes"]),
    )


def _slot(view: SalonView, part: Mapping[str, Any], zone: ZoneInfo) -> Slot:
    services, staff, at = tuple(part["services"]), part["staff"], datetime.fromisoformat(part["at"])
    booked = [each for one in services for each in view.services[one].parts or (one,)]
    lengths = [view.services[one].length_with(staff) or timedelta() for one in booked]
    prices = [view.services[one].price_with(staff) for one in services]
    return Slot(
        starts=at,
        staff_id=staff,
        services=services,
        length=sum(lengths, timedelta()),
        price=Price(low=_sum([low for low, _ in prices]), high=_sum([high for _, high in prices])),
        token=at.replace(tzinfo=zone).isoformat(),
    )


def _sum(prices: list[Decimal | None]) -> Decimal | None:
    known = [one for one in prices if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(prices) else None
