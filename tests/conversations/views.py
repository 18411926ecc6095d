"""What a turn begins with, out of a file of conversations: what the services read of the database in the product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from aiadmin.adapters.morphology import morphology
from aiadmin.adapters.yclients.booking_api import YClientsBooking
from aiadmin.adapters.yclients.salon_api import YClientsSalonApi
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.bot_settings import Ability, BotMode, BotSettings, NightRule
from aiadmin.domain.chat.dialogue import Dialogue, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.floor import HELD_BY_HUMAN, Floor, Holder
from aiadmin.domain.chat.situation import ClientView, OwnVisit, SalonView
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, Vocabulary, vocabulary_of
from aiadmin.domain.chat.when import Day, DayRange, When
from aiadmin.domain.ids import SalonId
from tests.conversations.form import DAYS

MORPHOLOGY = morphology()
_READ_BACK = timedelta(days=7)
"""How far back our copy of the journal reaches when a salon is new."""
_PLANNED = timedelta(days=45)
_REMINDERS = {
    **dict.fromkeys(("reminder_day", "reminder_hours", "reminder_again"), AskKind.ATTENDANCE),
    "review": AskKind.RATING,
}


def salon_view(file: Mapping[str, Any], api: YClientsSalonApi, booking: YClientsBooking, salon_id: int) -> SalonView:
    """The salon as it is read from YClients; its hours, which YClients has as words, are the file's."""
    number, given = SalonId(salon_id), file["salon"]
    today = datetime.fromisoformat(file["now"]).date()
    plan = api.schedule(number, first=today - timedelta(days=3), last=today + _PLANNED)
    return SalonView(
        title=given["title"],
        zone=given["timezone"],
        currency=given.get("currency", "₽"),
        address=given["address"],
        hours={DAYS.index(day): _span(hours) for day, hours in given["hours"].items()},
        services={one.service_id: one for one in api.services(number)},
        categories={one.category_id: one.title for one in api.categories(number)},
        staff={one.staff_id: one for one in api.staff(number)},
        schedule={(one.staff_id, one.day): one.slots for one in plan},
        rules=booking.rules(number),
    )


def _starts(visit: OwnVisit) -> datetime:
    return visit.starts


def _span(hours: str) -> tuple[time, time]:
    first, last = hours.split("-")
    return time.fromisoformat(first), time.fromisoformat(last)


def vocabulary(view: SalonView, facts: Mapping[str, str]) -> Vocabulary:
    """The words of the salon."""
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
    return vocabulary_of(services, staff, MORPHOLOGY, facts)


def bot_settings(file: Mapping[str, Any], case: Mapping[str, Any]) -> BotSettings:
    """What the salon has set, and what is otherwise in this conversation."""
    salon = file["salon"]
    given = {**salon["bot"], **case.get("bot", {})}
    night = given.get("night")
    return BotSettings(
        mode=BotMode(given.get("mode", "always")),
        abilities=frozenset(map(Ability, given.get("abilities", list(Ability)))),
        offered_staff=frozenset(one["id"] for one in file["staff"] if one.get("offered", True)),
        facts=salon["facts"],
        rules=salon["rules"],
        waiting_list=given.get("waiting_list", False),
        english=given.get("english", False),
        night=night
        and NightRule(after=time.fromisoformat(night["after"]), not_before=time.fromisoformat(night["not_before"])),
    )


@dataclass(frozen=True)
class CaseViews:
    """One conversation, before its first turn."""

    file: Mapping[str, Any]
    case: Mapping[str, Any]
    view: SalonView

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.case.get("now", self.file["now"]))

    @property
    def person(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.file["clients"][self.case["client"]]
        return found

    def client(self) -> ClientView:
        """Who writes, with the visits that our copy of the journal has."""
        own = [
            one
            for one in self.case.get("visits", [])
            if one.get("client", self.case["client"]) == self.case["client"]
        ]
        past = [self._visit({"record": 0, **one}) for one in self.person.get("past", [])]
        return ClientView(
            name=self.person["name"],
            cards=tuple(self.person["cards"]),
            visits=self._coming([one for one in own if not one.get("deleted")]),
            past=tuple(
                sorted((one for one in past if self.now - one.starts <= _READ_BACK), key=_starts, reverse=True)
            ),
            deleted=self._coming([one for one in own if one.get("deleted")]),
            phone=self.person["phone"],
        )

    def _coming(self, visits: Sequence[Mapping[str, Any]]) -> tuple[OwnVisit, ...]:
        found = [self._visit(one) for one in visits]
        return tuple(sorted((one for one in found if one.starts > self.now), key=lambda one: one.starts))

    def _visit(self, given: Mapping[str, Any]) -> OwnVisit:
        services = self._expanded(given["services"])
        prices = [self.view.services[one].price_with(given["staff"])[0] or Decimal(0) for one in services]
        return OwnVisit(
            record_id=given["record"],
            starts=datetime.fromisoformat(given["at"]),
            length=self._length(services, given["staff"]),
            services=services,
            titles=tuple(self.view.services[one].title for one in services),
            staff_id=given["staff"],
            staff_name=self.view.staff[given["staff"]].name,
            price=sum(prices, Decimal(0)),
        )

    def _expanded(self, services: list[int]) -> tuple[int, ...]:
        return tuple(part for one in services for part in self.view.services[one].parts or (one,))

    def _length(self, services: tuple[int, ...], staff: int) -> timedelta:
        return sum((self.view.services[one].length_with(staff) or timedelta() for one in services), timedelta())

    def dialogue(self) -> Dialogue:
        """What the file says that is known already."""
        given = self.case.get("given")
        if not given:
            return Dialogue()
        day = given.get("day") and DayRange.of(date.fromisoformat(given["day"]))
        return Dialogue(
            operation=VisitOperation.BOOK,
            services=tuple(given.get("services", ())),
            staff=(given["staff"],) if "staff" in given else (),
            whens=(When(day=Day(any_of=(day,))),) if day else (),
            name=given.get("name"),
            touched_at=self.now - timedelta(minutes=5),
        )

    def asks(self) -> list[OpenAsk]:
        """What waits for an answer, the newest first."""
        before = self.case.get("before", [])
        heard = min((one["minutes"] for one in before if one["from"] == "client"), default=None)
        asks = [
            OpenAsk(
                kind=_REMINDERS[one["kind"]],
                sent_at=self._ago(one["minutes"]),
                message_id=10_000 - one["minutes"],
                record_id=one.get("record"),
                starts=self._starts(one.get("record")),
            )
            for one in before
            if one.get("kind") in _REMINDERS and (heard is None or one["minutes"] < heard)
        ]
        offer = self.case.get("offer")
        if offer:
            made = self._ago(offer["minutes"])
            proposal = self._proposal(offer, made)
            asks.append(OpenAsk(kind=AskKind.PROPOSAL, sent_at=made, message_id=20_000, proposal=proposal))
        return sorted(asks, key=lambda one: one.sent_at, reverse=True)

    def _ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def _starts(self, record: int | None) -> datetime | None:
        found = [one["at"] for one in self.case.get("visits", []) if one["record"] == record]
        return datetime.fromisoformat(found[0]) if found else None

    def _proposal(self, offer: Mapping[str, Any], made: datetime) -> Proposal:
        own = [one for one in self.case.get("visits", []) if one["record"] == offer.get("record")]
        parts = offer.get("parts", [offer] if "at" in offer else [])
        parts = [{**(own[0] if own else {}), **part} for part in parts]
        return Proposal(
            operation=VisitOperation(offer["op"]),
            slots=tuple(self._slot(part) for part in parts),
            record_id=offer.get("record"),
            name=self.person["name"] or self.case.get("given", {}).get("name"),
            guests=(None,) * len(parts),
            proposal_id="before",
            made_at=made.replace(tzinfo=ZoneInfo(self.view.zone)),
        )

    def _slot(self, part: Mapping[str, Any]) -> Slot:
        services, staff = tuple(part["services"]), part["staff"]
        prices = [self.view.services[one].price_with(staff) for one in services]
        low, high = [one[0] for one in prices], [one[1] for one in prices]
        return Slot(
            starts=datetime.fromisoformat(part["at"]),
            staff_id=staff,
            services=services,
            length=self._length(self._expanded(list(services)), staff),
            price=Price(low=None if None in low else sum(low), high=None if None in high else sum(high)),
            token="",
        )

    def floor(self) -> Floor:
        """A human has the chat for two hours after the salon wrote from its phone."""
        wrote = [one["minutes"] for one in self.case.get("before", []) if one["from"] == "salon_phone"]
        if not wrote or timedelta(minutes=min(wrote)) >= HELD_BY_HUMAN:
            return Floor()
        until = (self._ago(min(wrote)) + HELD_BY_HUMAN).replace(tzinfo=ZoneInfo(self.view.zone))
        return Floor(holder=Holder.HUMAN, why="wrote", until=until)

    def promo(self) -> str | None:
        """The last message of ours, where it was an advertisement."""
        sent = [one for one in self.case.get("before", []) if one["from"] == "us"]
        return sent[-1]["text"] if sent and sent[-1].get("kind") == "promo" else None
