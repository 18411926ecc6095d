"""Facts of a salon as a chat says them: days, times, prices, lengths, names. All times are the salon's wall clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from aiadmin.domain.chat.dialogue import Price
from aiadmin.domain.chat.situation import OwnVisit, SalonView
from aiadmin.domain.plain_text import shown
from aiadmin.texts.ru import formatting

_MINUTES = 60


def day(one: date | datetime) -> str:
    """A day alone.

    >>> day(date(2026, 3, 12))
    'четверг, 12 марта'
    """
    return formatting.days(_moment(one))["date_alone"]


def on_day(one: date | datetime) -> str:
    """A day as when something is.

    >>> on_day(date(2026, 3, 17))
    'во вторник, 17 марта'
    """
    return formatting.day(_moment(one))


def amid(one: date, today: date) -> str:
    """A day in the midst of a sentence, before its verb.

    >>> amid(date(2026, 3, 17), date(2026, 3, 12)), amid(date(2026, 3, 12), date(2026, 3, 12))
    ('во вторник, 17 марта,', 'сегодня')
    """
    return "сегодня" if one == today else f"{on_day(one)},"


def to_day(one: date | datetime) -> str:
    """A day behind "на" or "в": the accusative.

    >>> to_day(date(2026, 3, 13))
    'пятницу, 13 марта'
    """
    return formatting.days(_moment(one))["date_on"]


def at(moment: datetime) -> str:
    """A day and a time.

    >>> at(datetime(2026, 3, 12, 9, 5))
    'в четверг, 12 марта, в 09:05'
    """
    return f"{on_day(moment)}, в {clock(moment.time())}"


def clock(one: time) -> str:
    """A time of day."""
    return f"{one:%H:%M}"


def clocks(times: Iterable[time]) -> str:
    """Times, the last behind "или".

    >>> clocks([time(10), time(11, 30), time(16)])
    '10:00, 11:30 или 16:00'
    """
    return any_of([clock(one) for one in times])


def any_of(what: Sequence[str]) -> str:
    """Things of which one is meant."""
    *first, last = what
    return f"{', '.join(first)} или {last}" if first else last


def all_of(what: Sequence[str]) -> str:
    """Things that go together."""
    *first, last = what
    return f"{', '.join(first)} и {last}" if first else last


def listed(what: Sequence[str]) -> str:
    """Names in a row; a comma within one needs a stronger sign between them.

    >>> listed(["стрижки", "ногти"]), listed(["лазер, женщины", "солярий"])
    ('стрижки, ногти', 'лазер, женщины; солярий')
    """
    return ("; " if any("," in one for one in what) else ", ").join(what)


def money(amount: Decimal, salon: SalonView) -> str:
    """A sum in the salon's currency, with blanks that can be searched for.

    >>> money(Decimal(2500), SalonView(title="", zone="UTC"))
    '2 500 ₽'
    """
    return formatting.money(amount, salon.currency).replace("\xa0", " ")


def price(one: Price, salon: SalonView) -> str:
    """What something costs; empty where that is not known.

    >>> salon = SalonView(title="", zone="UTC")
    >>> price(Price(low=Decimal(4500), high=Decimal(9000)), salon), price(Price(low=Decimal(12000)), salon)
    ('от 4 500 до 9 000 ₽', 'от 12 000 ₽')
    """
    if one.low is not None and one.low == one.high:
        return money(one.low, salon)
    low = one.low if one.low else None
    if low is not None and one.high is not None:
        return f"от {formatting.money(low, None)} до {money(one.high, salon)}".replace("\xa0", " ")
    if low is not None:
        return f"от {money(low, salon)}"
    return f"до {money(one.high, salon)}" if one.high is not None else ""


def length(one: timedelta) -> str:
    """How long something takes.

    >>> [length(timedelta(minutes=minutes)) for minutes in (45, 60, 150)]
    ['45 мин', '1 ч', '2 ч 30 мин']
    """
    hours, minutes = divmod(int(one.total_seconds()) // 60, _MINUTES)
    parts = ([f"{hours} ч"] if hours else []) + ([f"{minutes} мин"] if minutes or not hours else [])
    return " ".join(parts)


def title(written: str) -> str:
    """A service's title within a sentence; an abbreviation stays as it is.

    >>> title("Маникюр с покрытием"), title("SPA-уход")
    ('маникюр с покрытием', 'SPA-уход')
    """
    plain = " ".join(shown(written).split())
    is_word = plain[:1].isupper() and plain[1:2].islower()
    return plain[:1].lower() + plain[1:] if is_word else plain


def titles(services: Iterable[int], salon: SalonView) -> str:
    """Services of the catalogue by their titles."""
    return all_of([title(salon.services[one].title) for one in services if one in salon.services] or ["визит"])


def master(staff_id: int | None, salon: SalonView) -> str:
    """A master's name; empty for one who is not known."""
    known = salon.staff.get(staff_id) if staff_id is not None else None
    return " ".join(shown(known.name).split()) if known else ""


def visit(one: OwnVisit) -> str:
    """A visit without its time: what, and with whom."""
    what = all_of([title(each) for each in one.titles] or ["визит"])
    return ", ".join(filter(None, [what, " ".join(shown(one.staff_name or "").split())]))


def capital(sentence: str) -> str:
    """A sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def _moment(one: date | datetime) -> datetime:
    return one if isinstance(one, datetime) else datetime.combine(one, time())
