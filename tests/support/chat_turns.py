"""A small salon and its chats as values, for decisions: what is said, decided and answered without any call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from aiadmin.adapters.morphology import morphology
from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.bot_settings import BotSettings
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.dialogue import Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.policy.decide import decide
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.situation import ClientView, OwnVisit, SalonView, Situation
from aiadmin.domain.chat.steps import (
    Found,
    LookUp,
    Need,
    NeedDay,
    NeedDays,
    NeedEvents,
    NeedFreeStaff,
    NeedNearest,
    NeedStarts,
    NeedVisits,
    Reply,
    Step,
    Unavailable,
)
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, Vocabulary, vocabulary_of
from aiadmin.domain.journal.journal import MasterTerms, Service, StaffMember
from aiadmin.domain.journal.online_booking import BookingRules, ChangeRule
from aiadmin.texts.chat import render

NOW = datetime(2026, 5, 21, 14, 0)  # noqa: DTZ001 - a salon's wall clock; a Thursday
TOMORROW = NOW.date() + timedelta(days=1)
CUT, BEARD = 11, 12
ARTEM, RUSLAN = 1, 2
_MORPHOLOGY = morphology()


def salon(**bot: Any) -> SalonView:
    """Two masters, two services; open from eleven to nine but on Mondays; changes are closed two hours before."""
    ban = ChangeRule(ban=timedelta(hours=2))
    services = {
        CUT: _service(CUT, "Мужская стрижка", 60, {ARTEM: 2000, RUSLAN: 1700}),
        BEARD: _service(BEARD, "Моделирование бороды", 30, {ARTEM: 1000, RUSLAN: 1000}),
    }
    return SalonView(
        title="Топор",
        zone="Asia/Yekaterinburg",
        address="проспект Образцовый, 14",
        hours={day: (time(11), time(21)) for day in range(1, 7)},
        services=services,
        categories={1: "Стрижки"},
        staff={
            ARTEM: StaffMember(staff_id=ARTEM, name="Артём", specialization="барбер"),
            RUSLAN: StaffMember(staff_id=RUSLAN, name="Руслан", specialization="барбер"),
        },
        schedule={(ARTEM, TOMORROW): ((time(11), time(21)),), (RUSLAN, TOMORROW): ()},
        rules=BookingRules(lead=timedelta(minutes=30), needs_code=False, any_master=True, move=ban, cancel=ban),
        bot=BotSettings(**bot),
    )


def _service(number: int, title: str, minutes: int, prices: dict[int, int]) -> Service:
    length = timedelta(minutes=minutes)
    masters = tuple(MasterTerms(staff_id=one, price=Decimal(price), length=length) for one, price in prices.items())
    low = Decimal(min(prices.values()))
    return Service(
        service_id=number,
        title=title,
        category_id=1,
        price_min=low,
        price_max=low,
        length=length,
        masters=masters,
    )


def visit(record_id: int = 7, at: datetime | None = None, **more: Any) -> OwnVisit:
    """A haircut tomorrow at six in the evening with Артём, or what is said."""
    known: dict[str, Any] = {
        "starts": at or datetime.combine(TOMORROW, time(18)),
        "length": timedelta(hours=1),
        "services": (CUT,),
        "titles": ("Мужская стрижка",),
        "staff_id": ARTEM,
        "staff_name": "Артём",
        "price": Decimal(2000),
    }
    return OwnVisit(record_id=record_id, **{**known, **more})


def situation(**more: Any) -> Situation:
    """A known client without visits writes on a Thursday afternoon, to a bot that answers always."""
    known: dict[str, Any] = {"now": NOW, "written_at": NOW, "salon": salon(), "client": client()}
    return Situation(**{**known, **more})


def client(*visits: OwnVisit, **more: Any) -> ClientView:
    """Игорь, with these visits to come."""
    known: dict[str, Any] = {"name": "Игорь", "cards": (601,), "visits": visits, "phone": "79000000211"}
    return ClientView(**{**known, **more})


def reminder(of: OwnVisit, minutes: int = 30, **more: Any) -> OpenAsk:
    """A reminder of a visit that was sent so many minutes ago."""
    return OpenAsk(
        kind=AskKind.ATTENDANCE,
        sent_at=NOW - timedelta(minutes=minutes),
        record_id=of.record_id,
        starts=of.starts,
        **more,
    )


def offered(operation: VisitOperation, of: OwnVisit, to: datetime | None = None, minutes: int = 2) -> OpenAsk:
    """A move or a cancellation that was offered so many minutes ago."""
    price = Price(low=Decimal(2000), high=Decimal(2000))
    slot = to and Slot(starts=to, staff_id=ARTEM, services=of.services, length=of.length, price=price)
    proposal = Proposal(operation=operation, slots=(slot,) if slot else (), record_id=of.record_id, proposal_id="1")
    return OpenAsk(kind=AskKind.PROPOSAL, sent_at=NOW - timedelta(minutes=minutes), proposal=proposal)


@cache
def _vocabulary() -> Vocabulary:
    known = salon()
    return vocabulary_of(
        [OfferedService(id=one.service_id, title=one.title, category="Стрижки") for one in known.services.values()],
        [OfferedStaff(id=one.staff_id, name=one.name) for one in known.staff.values()],
        _MORPHOLOGY,
    )


def understood(text: str, known: Situation) -> tuple[Command, ...]:
    """What a text means in a situation."""
    return read(Burst(tuple(text.split("\n"))), reading_context(known, _vocabulary()))


def step_of(text: str | Sequence[Command], known: Situation, found: Found | None = None) -> Step:
    """The step that a burst leads to, given what was found so far."""
    commands = understood(text, known) if isinstance(text, str) else tuple(text)
    advanced = replace(known, dialogue=advance(known.dialogue, commands, known))
    return decide(advanced, commands, found)


def answer_to(
    text: str | Sequence[Command],
    known: Situation,
    found: Found | None = None,
    journal: Mapping[Need, Any] | None = None,
) -> Reply:
    """The reply to a burst.

    Args:
        found: what was looked up before; the client's visits, as our copy has them, by default.
        journal: what YClients answers; what is missing has no answer.
    """
    commands = understood(text, known) if isinstance(text, str) else tuple(text)
    so_far = found or Found(visits=known.client.visits)
    for _ in range(8):
        step = step_of(commands, known, so_far)
        if isinstance(step, Reply):
            return step
        assert isinstance(step, LookUp), f"{step} was not agreed to"
        for need in step.needs:
            so_far = _with(so_far, need, (journal or {}).get(need, Unavailable()))
    raise AssertionError("no reply")


_PLACES: Mapping[type, str] = {
    NeedDays: "days",
    NeedStarts: "starts",
    NeedNearest: "starts",
    NeedDay: "day_of_staff",
    NeedEvents: "events",
    NeedFreeStaff: "free_staff",
}


def _with(found: Found, need: Need, answer: Any) -> Found:
    if isinstance(need, NeedVisits):
        return replace(found, visits=answer)
    place = _PLACES[type(need)]
    return replace(found, **{place: {**getattr(found, place), need: answer}})


def said(text: str, known: Situation, found: Found | None = None) -> str:
    """What the client reads."""
    return render(answer_to(text, known, found), known)
