"""A salon of a file, installed and read by the product's own services, with its client's chat as it stands before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click

from aiadmin.cli.replay.phone import SalonPhone
from aiadmin.cli.replay.product import ReplayProduct
from aiadmin.cli.replay.yclients import JournalOfReplay
from aiadmin.domain.chat.bot_settings import from_json
from aiadmin.domain.chat.dialogue import Dialogue, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.when import Day, DayRange, When
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.sync_run import RunState, SyncKind
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.services.companies import registration
from aiadmin.services.pairing import pairings

FIRST_SALON = 900_000
_EARLIER = timedelta(hours=1)
"""The salon was installed so long before the first word of the chat."""


@dataclass
class PlayedSalon:
    """One company for one conversation."""

    product: ReplayProduct
    journal: JournalOfReplay
    document: Mapping[str, Any]
    case: Mapping[str, Any]
    salon_id: SalonId
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


def install(
    product: ReplayProduct,
    journal: JournalOfReplay,
    document: Mapping[str, Any],
    case: Mapping[str, Any],
    number: int,
) -> PlayedSalon:
    """The salon of a conversation, clean: loaded at YClients, connected, activated, and its journal read.

    Raises:
        click.ClickException: a service did not do its part.
    """
    salon_id = SalonId(FIRST_SALON + number)
    now = journal.load(salon_id, document, case)
    oldest = max((one["minutes"] for one in case.get("before", [])), default=0)
    product.now = now - timedelta(minutes=max(oldest, case.get("offer", {}).get("minutes", 0))) - _EARLIER
    journal.set_clock(product.now)
    company_id = _connect(product, journal, salon_id, number)
    _read_journal(product, company_id)
    _set_bot(product, company_id, document, case)
    person = document["clients"][case["client"]]
    client = IdentityObservation(lid=f"{salon_id}1@lid", phone=person["phone"])
    phone = SalonPhone.hold(product, company_id, client)
    return PlayedSalon(product, journal, document, case, salon_id, now, company_id, phone)


def _connect(product: ReplayProduct, journal: JournalOfReplay, salon_id: SalonId, number: int) -> CompanyId:
    """The owner presses Connect and scans the code; the number of the salon's phone is no other company's."""
    services: dict[str, Any] = {"uow": product.uow, "clock": product.clock}
    window = product.config.activation_window
    made = registration.register(
        salon_id=salon_id,
        phone=None,
        email=None,
        secrets=product.secrets,
        tokens=product.tokens,
        links=product.links,
        window=window,
        **services,
    )
    journal.connect(salon_id)
    account = LinkedAccount(jid=f"7999{number:07}:1@s.whatsapp.net", lid=None)
    linked = pairings.complete(made.company.company_id, account, window=window, **services)
    if linked.outbox_id is None or product.activation_sender.work(linked.outbox_id) is None:
        raise click.ClickException("the salon could not be activated")
    return made.company.company_id


def _read_journal(product: ReplayProduct, company_id: CompanyId) -> None:
    while (run := product.synchroniser.work(company_id, SyncKind.FULL)) is not None:
        if run.state is RunState.DONE:
            return
        if run.state is not RunState.RUNNING:
            break
    raise click.ClickException("the salon's journal could not be read")


def _set_bot(
    product: ReplayProduct, company_id: CompanyId, document: Mapping[str, Any], case: Mapping[str, Any]
) -> None:
    salon = document["salon"]
    ticks = {str(one["id"]): False for one in document["staff"] if not one.get("offered", True)}
    own = {"facts": salon.get("facts", {}), "rules": salon.get("rules", {}), "staff": ticks, "model_abroad": True}
    settings = from_json({**own, **salon.get("bot", {}), **case.get("bot", {})})
    with product.uow() as work:
        work.bot_salons.set_settings(company_id, settings, product.clock())
        work.commit()


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
