"""Sentences about questions: prices, lengths, hours, the address, facts, who works when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby

from aiadmin.domain.chat.dialogue import Price
from aiadmin.domain.chat.parts import questions as parts
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.texts.chat import wording
from aiadmin.texts.chat.sentence import Sentence

_WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
_WEEK = 7

_SAID: Mapping[type, str] = {
    parts.WhichPrice: "О какой услуге подсказать?",
    parts.MachineWrites: "Да, пишет виртуальный помощник салона.",
    parts.EarlierWished: "Передали администратору, что вам подойдёт время пораньше. Обещать не можем.",
}
"""What holds no fact."""


def _said(part: object, _: Situation) -> str:
    return _SAID[type(part)]


def _prices(part: parts.Prices, situation: Situation) -> str:
    rows = [price_row(one, situation.salon) for one in part.services]
    is_open = any(one.price.low != one.price.high for one in part.services if not one.by_master)
    is_said = any("мастер" in one.comment for one in part.services)
    by_master = " Точную цену скажет мастер." if is_open and not is_said else ""
    more = " Есть и другие похожие услуги." if part.more else ""
    if len(rows) == 1:
        return f"{wording.capital(rows[0])}.{by_master}{more}"
    lines = "\n".join(f"• {row}" for row in rows)
    together = f"Вместе {wording.price(part.total, situation.salon)}." if part.total else ""
    return f"Цены:\n{lines}\n{f'{together}{by_master}{more}'.strip()}".rstrip()


def price_row(one: parts.ServicePrice, salon: SalonView) -> str:
    """What a service costs, with whom, and what goes with it."""
    each = "; ".join(f"{name} — {said}" for name, price in one.by_master if (said := wording.price(price, salon)))
    whole = wording.price(one.price, salon)
    cost = each or (f"{whole}" if whole else "цену скажет администратор")
    names = f", {wording.all_of(one.names)}" if one.names and whole else ""
    about = ", ".join(filter(None, [_begins_before(one), one.comment]))
    return f"{wording.title(one.title)}: {cost}{names}{f' ({about})' if about else ''}"


def _begins_before(one: parts.ServicePrice) -> str:
    """Said where the salon's own words do not say it."""
    if one.latest is None or wording.clock(one.latest) in one.comment:
        return ""
    return f"начало до {wording.clock(one.latest)}"


def _not_ours(part: parts.NotInCatalogue, _: Situation) -> str:
    return f"Такой услуги ({wording.title(part.words)}) у нас в прайсе нет."


def _lengths(part: parts.Lengths, _: Situation) -> str:
    return f"{wording.capital('; '.join(_length(*one) for one in part.services))}."


def _length(title: str, shortest: timedelta, longest: timedelta) -> str:
    if not longest:
        return f"{wording.title(title)}: сколько длится, подскажет администратор"
    span = wording.length(shortest)
    if shortest != longest:
        span = f"от {span} до {wording.length(longest)}"
    return f"{wording.title(title)} длится {span}"


def _open_on(part: parts.OpenOn, situation: Situation) -> str:
    day = f"{wording.on_day(part.day)},"
    if part.day == situation.now.date():
        day = f"сегодня, {day}"
    if part.hours is None:
        return f"{wording.capital(day)} салон закрыт."
    return f"{wording.capital(day)} работаем с {wording.clock(part.hours[0])} до {wording.clock(part.hours[1])}."


def _open_hours(part: parts.OpenHours, _: Situation) -> str:
    spans = {span for _, span in part.hours}
    if len(part.hours) == _WEEK and len(spans) == 1:
        begins, ends = spans.pop()
        return f"Работаем ежедневно с {wording.clock(begins)} до {wording.clock(ends)}."
    hours = dict(part.hours)
    each = [(day, hours.get(day)) for day in range(_WEEK)]
    groups = [(span, [day for day, _ in days]) for span, days in groupby(each, key=lambda one: one[1])]
    return f"Часы работы: {'; '.join(f'{_days(days)} {_span(span)}' for span, days in groups)}."


def _days(days: Sequence[int]) -> str:
    first, last = _WEEKDAYS[days[0]], _WEEKDAYS[days[-1]]
    return first if len(days) == 1 else f"{first}–{last}"


def _span(span: parts.Span | None) -> str:
    return f"{wording.clock(span[0])}–{wording.clock(span[1])}" if span else "выходной"


def _address(part: parts.Address, _: Situation) -> str:
    return f"Наш адрес: {part.address.rstrip('.')}."


def _fact(part: parts.FactQuoted, _: Situation) -> str:
    begins = f"{wording.capital(part.topic)}: " if part.topic else "Наше правило: "
    text = part.text.strip()
    return f"{begins}{text}" if text.endswith((".", "!", "?")) else f"{begins}{text}."


def _ban(part: parts.ChangeBan, _: Situation) -> str:
    return f"Перенести или отменить запись можно не позже чем за {wording.length(part.ban)} до визита."


def _staff_on(part: parts.StaffOn, situation: Situation) -> str:
    day = wording.amid(part.day, situation.now.date())
    if part.hours:
        spans = wording.all_of([f"с {wording.clock(begins)} до {wording.clock(ends)}" for begins, ends in part.hours])
        return f"{part.name} {day} работает {spans}."
    again = f" Ближайший рабочий день: {wording.day(part.next_day)}." if part.next_day else ""
    return f"{part.name} {day} не работает.{again}"


def _staff_week(part: parts.StaffWeek, _: Situation) -> str:
    if not part.days:
        again = f" Ближайший рабочий день: {wording.day(part.next_day)}." if part.next_day else ""
        return f"{part.name} в ближайшие семь дней не работает.{again}"
    each = (f"{_WEEKDAYS[day.weekday()]} {day:%d.%m} {', '.join(map(_span, spans))}" for day, spans in part.days)
    return f"{part.name} работает: {'; '.join(each)}."


def _who_works(part: parts.WhoWorks, situation: Situation) -> str:
    day = wording.amid(part.day, situation.now.date())
    hours = f"с {wording.clock(part.hours[0])} до {wording.clock(part.hours[1])} " if part.hours else ""
    return f"{wording.capital(day)} {hours}работают: {', '.join(part.names)}."


def _masters(part: parts.OurMasters, _: Situation) -> str:
    each = [f"{name} ({what})" if what else name for name, what in part.masters]
    return f"Наши мастера: {', '.join(each)}."


def _asked_of_salon(part: parts.AskedOfSalon, _: Situation) -> str:
    about = ", ".join(f"«{wording.title(one)}»" for one in part.about)
    if part.is_rest:
        return "На второй ваш вопрос точно ответить не можем, передали его администратору: он ответит вам здесь."
    begins = f"На вопрос про {about} точно ответить не можем" if about else "Точно сказать не можем"
    return f"{begins}, передали вопрос администратору: он ответит вам здесь."


def _category_prices(part: parts.CategoryPrices, situation: Situation) -> str:
    each = (
        f"{wording.title(title)} от {wording.price(Price(low=low, high=low), situation.salon)}"
        for title, low in part.prices
    )
    return f"Цены по разделам: {'; '.join(each)}."


def _described(part: parts.ServiceDescribed, _: Situation) -> str:
    return f"{wording.capital(wording.title(part.title))}: {part.comment.strip().rstrip('.')}."


def _services(part: parts.OurServices, _: Situation) -> str:
    return f"У нас есть: {wording.listed([wording.title(one) for one in part.categories])}."


def _machine(_part: parts.IsMachine, situation: Situation) -> str:
    title = f" «{wording.title(situation.salon.title)}»" if situation.salon.title else ""
    return f"Вам отвечает виртуальный помощник салона{title}. Если нужен человек, напишите «администратор»."


SENTENCES: Mapping[type, Sentence] = {
    **dict.fromkeys(_SAID, _said),
    parts.Prices: _prices,
    parts.IsMachine: _machine,
    parts.AskedOfSalon: _asked_of_salon,
    parts.CategoryPrices: _category_prices,
    parts.NotInCatalogue: _not_ours,
    parts.Lengths: _lengths,
    parts.OpenOn: _open_on,
    parts.OpenHours: _open_hours,
    parts.Address: _address,
    parts.FactQuoted: _fact,
    parts.ChangeBan: _ban,
    parts.StaffOn: _staff_on,
    parts.StaffWeek: _staff_week,
    parts.WhoWorks: _who_works,
    parts.OurMasters: _masters,
    parts.ServiceDescribed: _described,
    parts.OurServices: _services,
}
"""By the part that they put into words."""
