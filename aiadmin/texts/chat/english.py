"""The sentences about new visits in English, for salons that have it switched on; titles and names stay the salon's.

What has no sentence here is said in Russian: nothing is left unsaid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

from babel import Locale
from babel.dates import format_date

from aiadmin.domain.chat.dialogue import Price, Slot
from aiadmin.domain.chat.parts import booking as parts
from aiadmin.domain.chat.policy.catalogue import total
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.when import Never
from aiadmin.domain.plain_text import shown
from aiadmin.texts.chat import wording
from aiadmin.texts.chat.sentence import Sentence

_ENGLISH = Locale("en", "GB")
_ADMINISTRATOR = "We have told the salon's administrator, who will write to you here."


def day(one: date) -> str:
    """A day alone.

    >>> day(date(2026, 3, 12))
    'Thursday, 12 March'
    """
    return str(format_date(one, "EEEE, d MMMM", locale=_ENGLISH))


def clock(one: time) -> str:
    """A time of day."""
    return f"{one:%H:%M}"


def length(one: timedelta) -> str:
    """How long something takes."""
    return f"{int(one.total_seconds()) // 60} min"


def price(one: Price, salon: SalonView) -> str:
    """What something costs; empty where that is not known."""
    if one.low is None:
        return ""
    low = wording.money(one.low, salon)
    if one.high is None:
        return f"from {low}"
    return low if one.low == one.high else f"{low} to {wording.money(one.high, salon)}"


def any_of(what: Sequence[str]) -> str:
    """One of several, the last behind "or"."""
    *first, last = what
    return f"{', '.join(first)} or {last}" if first else last


def _titles(services: Sequence[int], salon: SalonView) -> str:
    return ", ".join(" ".join(shown(salon.services[one].title).split()) for one in services if one in salon.services)


def _whole(slot: Slot, salon: SalonView) -> str:
    said = [
        _titles(slot.services, salon),
        wording.master(slot.staff_id, salon),
        f"{day(slot.starts.date())}, {clock(slot.starts.time())}",
        length(slot.length),
        price(slot.price, salon),
    ]
    return ", ".join(filter(None, said))


def _what_for(_part: parts.WhatFor, _: Situation) -> str:
    return "Which service would you like to book?"


def _which_service(part: parts.WhichService, situation: Situation) -> str:
    return f"Which one exactly: {any_of([_titles([one], situation.salon) for one in part.services])}?"


def _which_master(part: parts.WhichMaster, situation: Situation) -> str:
    names = [wording.master(one, situation.salon) for one in part.staff]
    return f"Who would you like to come to: {any_of(names)}?" if names else "Would another day suit you?"


_NEVER: Mapping[Never, str] = {
    Never.NO_SUCH_DAY: "There is no such day: {said}.",
    Never.NO_SUCH_TIME: "There is no such time: {said}.",
    Never.PAST: "That day is over: {said}.",
    Never.TOO_FAR: "It cannot be booked so far ahead yet: {said}.",
}


def _no_such_moment(part: parts.NoSuchMoment, _: Situation) -> str:
    return _NEVER[part.why].format(said=part.said)


def _which_day(part: parts.WhichDay, _: Situation) -> str:
    return f"Which day do you mean: {any_of([day(one) for one in part.days])}?"


def _shall(part: parts.Shall, _: Situation) -> str:
    return 'Shall we book it? Please write "yes" and your name.' if part.is_name_missing else "Shall we book it?"


def _offered(part: parts.Offered, situation: Situation) -> str:
    lines = [f"{_whole(slot, situation.salon)}." for slot in part.slots]
    whole = price(total(slot.price for slot in part.slots), situation.salon) if len(lines) > 1 else ""
    return "\n".join([*lines, *([f"{whole} in all."] if whole else [])])


def _free_times(part: parts.FreeTimes, situation: Situation) -> str:
    salon, slots = situation.salon, [*part.slots, *([part.also] if part.also else [])]
    by_day = groupby(sorted(slots, key=lambda one: one.starts), key=lambda one: one.starts.date())
    days = [f"{day(on)}: {', '.join(_time_of(slot, salon) for slot in group)}" for on, group in by_day]
    more = " There are other times too." if part.has_more else ""
    return f"{_titles(slots[0].services, salon)}. Free: {'; '.join(days)}.{more}"


def _time_of(slot: Slot, salon: SalonView) -> str:
    about = ", ".join(filter(None, [wording.master(slot.staff_id, salon), price(slot.price, salon)]))
    return f"{clock(slot.starts.time())} ({about})" if about else clock(slot.starts.time())


def _not_free(part: parts.NotFree, _: Situation) -> str:
    days = any_of([day(one) for one in part.days]) if part.days else ""
    when = ", ".join(filter(None, [days, clock(part.at) if part.at else ""]))
    return (
        f"There is no free time on {when}." if days else f"There is no free time then{f' ({when})' if when else ''}."
    )


def _not_available(part: parts.NotAvailable, situation: Situation) -> str:
    what = "; ".join(f"{_titles(one.services, situation.salon)}, {_moment(one.starts)}" for one in part.slots)
    return f"This could not be booked: {what}." + (" That time is not available any more." if part.is_gone else "")


def _moment(one: datetime) -> str:
    return f"{day(one.date())}, {clock(one.time())}"


def _master_away(part: parts.MasterAway, situation: Situation) -> str:
    back = f" The next working day is {day(part.back_on)}." if part.back_on else ""
    return f"{wording.master(part.staff_id, situation.salon)} does not work then.{back}"


def _no_such_master(part: parts.NoSuchMaster, situation: Situation) -> str:
    names = [wording.master(one, situation.salon) for one in part.staff]
    return "We have no such master now." + (f" There are: {', '.join(names)}." if names else "")


def _not_theirs(part: parts.NotTheirs, situation: Situation) -> str:
    names = ", ".join(wording.master(one, situation.salon) for one in part.staff)
    return f"{wording.master(part.staff_id, situation.salon)} does not do this service. Those who do: {names}."


def _only_masters(part: parts.OnlyMasters, situation: Situation) -> str:
    names = ", ".join(wording.master(one, situation.salon) for one in part.staff)
    return f"{_titles(part.services, situation.salon)}: only {names} does this."


def _no_such_service(_part: parts.NoSuchService, _: Situation) -> str:
    return "We do not have such a service."


def _only_then(part: parts.OnlyThen, situation: Situation) -> str:
    service = situation.salon.services[part.service_id]
    latest = f" begins before {clock(service.latest)} only." if service.latest else ""
    return f"{_titles([part.service_id], situation.salon)}{latest}" if latest else ""


def _after_night(part: parts.AfterNight, _: Situation) -> str:
    return f"After {clock(part.after)} we book for the next day from {clock(part.not_before)}."


def _prepaid(part: parts.Prepaid, situation: Situation) -> str:
    nearest = f" The nearest free time: {_moment(part.nearest.starts)}." if part.nearest else ""
    return f"{_titles([part.service_id], situation.salon)}: booked with a prepayment.{nearest} {_ADMINISTRATOR}"


def _for_group(part: parts.ForGroup, situation: Situation) -> str:
    events = [f"{_moment(one.wall_clock)}, {one.places} places free" for one in part.events]
    said = f": {'; '.join(events)}" if events else ": there is no date yet"
    return f"{_titles([part.service_id], situation.salon)}{said}. {_ADMINISTRATOR}"


def _booked(part: parts.Booked, situation: Situation) -> str:
    address = " ".join(shown(situation.salon.address or "").split())
    where = f" Address: {address.rstrip('.')}." if address else ""
    lines = [_whole(slot, situation.salon) for slot in part.slots]
    return f"You are booked: {'; '.join(lines)}.{where}"


def _unconfirmed(part: parts.Unconfirmed, situation: Situation) -> str:
    what = "; ".join(f"{_titles(one.services, situation.salon)}, {_moment(one.starts)}" for one in part.slots)
    return f"We cannot confirm this now: {what}. The administrator will check and write to you here."


_PLAIN: Mapping[type, str] = {
    parts.WhichTime: "Which time would suit you?",
    parts.AnotherTime: "Which day and time would suit you?",
    parts.YourName: "What is your name, please?",
    parts.OneAtATime: "Here we book one visit at a time: let us begin with the nearest.",
    parts.NothingFree: "There is no free time to book online now.",
    parts.NotInARow: "We have found no time for all of it in a row.",
    parts.NoOtherTime: "There is no other free time yet.",
    parts.CannotLook: "We cannot see the free times right now.",
    parts.ByAdministrator: _ADMINISTRATOR,
    parts.AgreeWithSalon: _ADMINISTRATOR,
    parts.NotByChat: f"This cannot be booked in the chat. {_ADMINISTRATOR}",
    parts.WhatCanWeDo: "How can we help you?",
    parts.NotNow: "All right. Write to us whenever you would like to come.",
    parts.OfferIsOver: "Some time has passed, so we have checked again.",
    parts.NotBooked: "All right, we do not book this time.",
}


def _plain(part: object, _: Situation) -> str:
    return _PLAIN[type(part)]


GREETING = "Hello! This is the virtual assistant of the salon “{title}”."
SENTENCES: Mapping[type, Sentence] = {
    **dict.fromkeys(_PLAIN, _plain),
    parts.WhatFor: _what_for,
    parts.WhichService: _which_service,
    parts.WhichMaster: _which_master,
    parts.NoSuchMoment: _no_such_moment,
    parts.WhichDay: _which_day,
    parts.Shall: _shall,
    parts.Offered: _offered,
    parts.FreeTimes: _free_times,
    parts.NotFree: _not_free,
    parts.NotAvailable: _not_available,
    parts.MasterAway: _master_away,
    parts.NoSuchMaster: _no_such_master,
    parts.NotTheirs: _not_theirs,
    parts.OnlyMasters: _only_masters,
    parts.NoSuchService: _no_such_service,
    parts.OnlyThen: _only_then,
    parts.AfterNight: _after_night,
    parts.Prepaid: _prepaid,
    parts.ForGroup: _for_group,
    parts.Booked: _booked,
    parts.Unconfirmed: _unconfirmed,
}
"""By the part that they put into words."""
