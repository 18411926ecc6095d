"""Sentences about new visits: what is offered, what is asked, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from aiadmin.domain.chat.dialogue import GuestWish, Slot
from aiadmin.domain.chat.parts import booking as parts
from aiadmin.domain.chat.policy.catalogue import total
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.when import Never, PartOfDay
from aiadmin.domain.plain_text import shown
from aiadmin.texts.chat import wording
from aiadmin.texts.chat.sentence import Sentence
from aiadmin.texts.ru.formatting import count

_ADMINISTRATOR = "Передали администратору: он напишет вам здесь."


# --- questions ---


def _what_for(part: parts.WhatFor, _: Situation) -> str:
    """Categories are named as examples, so that the client sees what words are understood."""
    named = [wording.title(one) for one in part.categories]
    examples = f"У нас есть: {wording.listed(named)}. " if named else ""
    return f"{examples}На какую услугу вас записать?"


def _which_service(part: parts.WhichService, situation: Situation) -> str:
    titles = [wording.title(situation.salon.services[one].title) for one in part.services]
    if part.has_more:
        return f"Что именно: {', '.join(titles)} или другое?"
    return f"Что именно: {wording.any_of(titles)}?" if titles else "Какая именно услуга нужна?"


def _which_master(part: parts.WhichMaster, situation: Situation) -> str:
    names = [wording.master(one, situation.salon) for one in part.staff]
    waiting = wording.master(part.or_wait_for, situation.salon)
    if waiting and names:
        return f"Записать к другому мастеру ({', '.join(names)}) или подождать?"
    if waiting:
        return "Записать на один из этих дней?"
    return f"К кому записать: {wording.any_of(names)}?" if names else "К какому мастеру вас записать?"


_NEVER: Mapping[Never, str] = {
    Never.NO_SUCH_DAY: "Такого дня нет в календаре: {said}.",
    Never.NO_SUCH_TIME: "Такого времени не бывает: {said}.",
    Never.PAST: "Этот день уже прошёл: {said}.",
    Never.TOO_FAR: "Так далеко вперёд запись ещё не открыта: {said}.",
}


def _no_such_moment(part: parts.NoSuchMoment, _: Situation) -> str:
    return _NEVER[part.why].format(said=part.said)


def _which_day(part: parts.WhichDay, _: Situation) -> str:
    return f"Уточните, пожалуйста, день: {wording.any_of([wording.day(one) for one in part.days])}?"


def _which_time(_part: parts.WhichTime, _: Situation) -> str:
    return "Какое время вам подойдёт?"


def _another_time(_part: parts.AnotherTime, _: Situation) -> str:
    return "Какой день и время вам подойдут?"


def _one_at_a_time(_part: parts.OneAtATime, _: Situation) -> str:
    return "Записываем здесь по одной: начнём с ближайшей, о регулярных визитах договоритесь с администратором."


def _your_name(_part: parts.YourName, _: Situation) -> str:
    return "Подскажите, пожалуйста, как вас зовут?"


def _one_more(part: parts.OneMoreOrMove, _: Situation) -> str:
    visit = f"{wording.visit(part.visit)}, {wording.at(part.visit.starts)}"
    return f"У вас уже есть запись: {visit}. Перенести её или записать ещё раз?"


def _shall(part: parts.Shall, _: Situation) -> str:
    whom = _as_guest(part.guest)
    if part.is_name_missing and part.guest:
        return f"Записать? Напишите «да», ваше имя и имя {whom}."
    if part.is_name_missing:
        return "Записать вас? Напишите «да» и ваше имя."
    if part.guest:
        return f"Записать? Напишите «да» и имя {whom}."
    return "Записать вас?"


_GENITIVES = {
    "подруга": "подруги", "друг": "друга", "мама": "мамы", "папа": "папы", "муж": "мужа", "жена": "жены",
    "сестра": "сестры", "брат": "брата", "дочь": "дочери", "сын": "сына", "ребенок": "ребёнка", "бабушка": "бабушки",
    "дедушка": "дедушки", "коллега": "коллеги", "парень": "парня", "внук": "внука", "свекровь": "свекрови",
    "теща": "тёщи", "девочка": "девочки", "мальчик": "мальчика", "тетя": "тёти", "племянник": "племянника",
}  # fmt: skip


def _as_guest(guest: GuestWish | None) -> str:
    return _GENITIVES.get(guest.who, "гостя") if guest else ""


# --- what is offered ---


def _offered(part: parts.Offered, situation: Situation) -> str:
    """Each visit by what, with whom, when, how long and for how much; the sum where there are several."""
    salon = situation.salon
    if len(part.slots) == 1:
        guest = _of(part.guests, 0)
        whom = f" ({_for_whom(guest)})" if guest and (guest.who or guest.name) else ""
        return f"{_whole(part.slots[0], salon)}{whom}."
    days = {slot.starts.date() for slot in part.slots}
    is_one_day = len(days) == 1
    day = f"{wording.capital(wording.day(part.slots[0].starts))}:" if is_one_day else ""
    lines = [
        ("" if is_one_day else f"{wording.capital(wording.day(slot.starts))}, ")
        + _line(slot, salon, _of(part.guests, place))
        for place, slot in enumerate(part.slots)
    ]
    price = wording.price(total(slot.price for slot in part.slots), salon)
    return "\n".join(filter(None, [day, *lines, f"Всего {price}." if price else ""]))


def _of(guests: Sequence[GuestWish | None], place: int) -> GuestWish | None:
    return guests[place] if place < len(guests) else None


def _whole(slot: Slot, salon: SalonView) -> str:
    """One visit in a line: the day and the time stand together, so that they can be read back."""
    when = f"{wording.day(slot.starts)}, {wording.clock(slot.starts.time())}"
    return ", ".join(filter(None, [_what(slot, salon), _who(slot, salon), when, *_costs(slot, salon)]))


def _line(slot: Slot, salon: SalonView, guest: GuestWish | None) -> str:
    whom = f" ({_for_whom(guest)})" if guest and (guest.who or guest.name) else ""
    said = ", ".join(filter(None, [_what(slot, salon) + whom, _who(slot, salon), *_costs(slot, salon)]))
    return f"{wording.clock(slot.starts.time())} {wording.title(said)}"


def _for_whom(guest: GuestWish) -> str:
    return guest.name or f"для {_as_guest(guest)}"


def _what(slot: Slot, salon: SalonView) -> str:
    return wording.capital(wording.titles(slot.services, salon))


def _who(slot: Slot, salon: SalonView) -> str:
    """With whom; rows that are boxes and devices have no trade, and are no masters."""
    name = wording.master(slot.staff_id, salon)
    known = salon.staff.get(slot.staff_id)
    is_person = known is not None and bool((known.specialization or "").strip())
    return f"мастер {name}" if is_person else name


def _costs(slot: Slot, salon: SalonView) -> list[str]:
    price = wording.price(slot.price, salon)
    return [wording.length(slot.length), *([price] if price else [])]


def _free_times(part: parts.FreeTimes, situation: Situation) -> str:
    """Free times by day; what is the same for all of them is said once."""
    salon, slots = situation.salon, (*part.slots, *([part.also] if part.also else []))
    is_one_master = len({(slot.staff_id, slot.price, slot.length) for slot in slots}) == 1
    first = slots[0]
    about = [_who(first, salon), *_costs(first, salon)] if is_one_master else []
    head = ", ".join(filter(None, [_what(first, salon), *about]))
    days = [_of_day(list(group), part.also, salon, with_master=not is_one_master) for _, group in _by_day(slots)]
    more = " Есть и другое время." if part.has_more else ""
    return f"{head}. Свободно: {'; '.join(days)}.{more}"


def _by_day(slots: Iterable[Slot]) -> Iterable[tuple[date, Iterable[Slot]]]:
    return groupby(sorted(slots, key=lambda one: one.starts), key=lambda one: one.starts.date())


def _of_day(slots: Sequence[Slot], also: Slot | None, salon: SalonView, *, with_master: bool) -> str:
    named = [_time_of(slot, salon, with_master=with_master) for slot in slots if slot != also]
    besides = f", есть и {_time_of(also, salon, with_master=with_master)}" if also in slots and also else ""
    return f"{wording.day(slots[0].starts)}: {', '.join(named)}{besides}"


def _time_of(slot: Slot, salon: SalonView, *, with_master: bool) -> str:
    if not with_master:
        return wording.clock(slot.starts.time())
    about = ", ".join(filter(None, [wording.master(slot.staff_id, salon), wording.price(slot.price, salon)]))
    return f"{wording.clock(slot.starts.time())} ({about})" if about else wording.clock(slot.starts.time())


# --- why it is not what was asked for ---


_THEN = {PartOfDay.MORNING: "утром", PartOfDay.EVENING: "вечером"}


def _not_free(part: parts.NotFree, situation: Situation) -> str:
    who = wording.master(part.staff_id, situation.salon)
    days = wording.any_of([wording.to_day(one) for one in part.days]) if part.days else ""
    at = wording.clock(part.at) if part.at else ""
    when = ", ".join(filter(None, [days, at]))
    whose = f" (мастер {who})" if who else ""
    if part.is_window:
        then = _THEN[part.part] if part.part else "в это время"
        return f"{wording.capital(f'на {days} {then}' if days else then)} свободных мест нет{whose}."
    return f"На {when} свободного времени нет{whose}." if when else f"На это время свободных мест нет{whose}."


def _not_available(part: parts.NotAvailable, situation: Situation) -> str:
    what = wording.all_of([_short(one, situation.salon) for one in part.slots])
    return f"Не удалось записать: {what}.{' Это время больше недоступно.' if part.is_gone else ''}"


def _short(slot: Slot, salon: SalonView) -> str:
    return f"{wording.titles(slot.services, salon)}, {wording.day(slot.starts)}, {wording.clock(slot.starts.time())}"


def _not_in_a_row(_part: parts.NotInARow, _: Situation) -> str:
    return "Времени, чтобы сделать всё подряд, не нашли."


def _no_other_time(_part: parts.NoOtherTime, _: Situation) -> str:
    return "Другого свободного времени пока нет."


def _only_masters(part: parts.OnlyMasters, situation: Situation) -> str:
    names = wording.all_of([wording.master(one, situation.salon) for one in part.staff])
    return f"{wording.capital(wording.titles(part.services, situation.salon))}: эту услугу делает только {names}."


def _nothing_free(_part: parts.NothingFree, _: Situation) -> str:
    return "Свободного времени для записи онлайн сейчас нет."


def _cannot_look(_part: parts.CannotLook, _: Situation) -> str:
    return "Сейчас не получается посмотреть свободное время."


def _master_away(part: parts.MasterAway, situation: Situation) -> str:
    name = wording.master(part.staff_id, situation.salon)
    back = f" Ближайший рабочий день: {wording.day(part.back_on)}." if part.back_on else ""
    when = f" {wording.on_day(part.days[0])}," if len(part.days) == 1 else " в эти дни"
    return f"{name}{when} не принимает.{back}"


def _no_such_master(part: parts.NoSuchMaster, situation: Situation) -> str:
    names = [wording.master(one, situation.salon) for one in part.staff]
    if not names:
        return "Такого мастера у нас сейчас нет."
    what = wording.titles(part.services, situation.salon) if part.services else ""
    who = f"{wording.capital(what)}: {wording.all_of(names)}." if what else f"Есть {wording.all_of(names)}."
    return f"Такого мастера у нас сейчас нет. {who}"


def _not_theirs(part: parts.NotTheirs, situation: Situation) -> str:
    name = wording.master(part.staff_id, situation.salon)
    names = wording.all_of([wording.master(one, situation.salon) for one in part.staff])
    what = wording.titles(part.services, situation.salon)
    return f"{name} эту услугу не делает. {wording.capital(what)}: {names}."


def _no_such_service(part: parts.NoSuchService, _: Situation) -> str:
    named = [wording.title(one) for one in part.categories]
    has = f" Есть: {wording.listed(named)}." if named else ""
    what = f" («{' '.join(shown(part.said).split())}»)" if part.said else ""
    return f"Такой услуги{what} у нас нет.{has}"


def _only_then(part: parts.OnlyThen, situation: Situation) -> str:
    service = situation.salon.services[part.service_id]
    title, comment = wording.capital(wording.title(service.title)), " ".join(shown(service.comment).split())
    if service.latest and f"{service.latest:%H:%M}" not in comment:
        comment = f"начало до {service.latest:%H:%M}"
    elif not comment and service.earliest:
        comment = f"начало с {service.earliest:%H:%M}"
    return f"{title}: {comment}." if comment else ""


def _after_night(part: parts.AfterNight, _: Situation) -> str:
    after, not_before = wording.clock(part.after), wording.clock(part.not_before)
    return f"После {after} записываем на следующий день с {not_before}."


def _not_together(part: parts.NotTogether, situation: Situation) -> str:
    names = [wording.master(one, situation.salon) for one in part.staff]
    day = f" {wording.on_day(part.days[0])}," if part.days else ""
    if len(names) == 1:
        return f"Одновременно не получится:{day} работает один мастер, {names[0]}."
    return f"Одновременно{day} не получится, можно друг за другом."


def _as_listed(_part: parts.PriceAsListed, _: Situation) -> str:
    return "Цены у нас по прайсу."


# --- what a human does ---


def _prepaid(part: parts.Prepaid, situation: Situation) -> str:
    salon = situation.salon
    title = wording.capital(wording.titles([part.service_id], salon))
    when = part.nearest and f"{wording.day(part.nearest.starts)}, {wording.clock(part.nearest.starts.time())}"
    nearest = f" Ближайшее свободное время: {when}." if when else ""
    rule = salon.bot.rules.get("prepay", "")
    quoted = f" {wording.capital(' '.join(rule.split())).rstrip('.')}." if rule else ""
    return f"{title}: запись по предоплате.{quoted}{nearest} {_ADMINISTRATOR}"


def _for_group(part: parts.ForGroup, situation: Situation) -> str:
    title = wording.capital(wording.titles([part.service_id], situation.salon))
    events = [
        f"{wording.day(one.wall_clock)}, {wording.clock(one.wall_clock.time())}, "
        + (f"свободно {count(one.places, 'место', 'места', 'мест')}" if one.places else "мест нет")
        for one in part.events
    ]
    said = f"{title}: {'; '.join(events)}." if events else f"{title}: ближайшей даты пока нет."
    return f"{said} {_ADMINISTRATOR}"


def _by_administrator(part: parts.ByAdministrator, situation: Situation) -> str:
    what = wording.titles(part.services, situation.salon) if part.services else ""
    named = f" ({what})" if what else ""
    return f"Эту запись{named} ведёт администратор. {_ADMINISTRATOR}"


def _agree(_part: parts.AgreeWithSalon, _: Situation) -> str:
    return _ADMINISTRATOR


def _not_by_chat(_part: parts.NotByChat, _: Situation) -> str:
    return f"Записать вас в чате не получится. {_ADMINISTRATOR}"


# --- what became of it ---


def _booked(part: parts.Booked, situation: Situation) -> str:
    salon = situation.salon
    lines = [
        _whole(slot, salon) + (f" ({_for_whom(guest)})" if guest and (guest.who or guest.name) else "")
        for slot, guest in zip(part.slots, (*part.guests, *([None] * len(part.slots))), strict=False)
    ]
    address = " ".join(shown(salon.address or "").split())
    where = f" Адрес: {address.rstrip('.')}." if address else ""
    if len(lines) == 1:
        return f"Вы записаны: {wording.title(lines[0])}.{where}"
    return "\n".join(["Вы записаны:", *lines]) + f".{where}"


def _unconfirmed(part: parts.Unconfirmed, situation: Situation) -> str:
    what = wording.all_of([_short(one, situation.salon) for one in part.slots])
    return f"Не можем сейчас подтвердить запись: {what}. Администратор проверит и напишет вам здесь."


def _offer_is_over(_part: parts.OfferIsOver, _: Situation) -> str:
    return "С тех пор прошло время, проверили ещё раз."


def _what_can_we_do(_part: parts.WhatCanWeDo, _: Situation) -> str:
    return "Чем можем помочь?"


def _not_now(_part: parts.NotNow, _: Situation) -> str:
    return "Хорошо. Когда захотите записаться, напишите нам."


def _not_booked(_part: parts.NotBooked, _: Situation) -> str:
    return "Хорошо, это время не записываем."


SENTENCES: Mapping[type, Sentence] = {
    parts.WhatFor: _what_for,
    parts.WhichService: _which_service,
    parts.WhichMaster: _which_master,
    parts.NoSuchMoment: _no_such_moment,
    parts.WhichDay: _which_day,
    parts.WhichTime: _which_time,
    parts.AnotherTime: _another_time,
    parts.YourName: _your_name,
    parts.OneAtATime: _one_at_a_time,
    parts.OneMoreOrMove: _one_more,
    parts.Shall: _shall,
    parts.Offered: _offered,
    parts.FreeTimes: _free_times,
    parts.NotFree: _not_free,
    parts.NotAvailable: _not_available,
    parts.NothingFree: _nothing_free,
    parts.NotInARow: _not_in_a_row,
    parts.NoOtherTime: _no_other_time,
    parts.OnlyMasters: _only_masters,
    parts.CannotLook: _cannot_look,
    parts.MasterAway: _master_away,
    parts.NoSuchMaster: _no_such_master,
    parts.NotTheirs: _not_theirs,
    parts.NoSuchService: _no_such_service,
    parts.OnlyThen: _only_then,
    parts.AfterNight: _after_night,
    parts.NotTogether: _not_together,
    parts.PriceAsListed: _as_listed,
    parts.Prepaid: _prepaid,
    parts.ForGroup: _for_group,
    parts.ByAdministrator: _by_administrator,
    parts.AgreeWithSalon: _agree,
    parts.NotByChat: _not_by_chat,
    parts.Booked: _booked,
    parts.Unconfirmed: _unconfirmed,
    parts.OfferIsOver: _offer_is_over,
    parts.WhatCanWeDo: _what_can_we_do,
    parts.NotNow: _not_now,
    parts.NotBooked: _not_booked,
}
"""By the part that they put into words."""
