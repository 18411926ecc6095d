"""Facts as a Russian reader expects them: days, money and numbers, after the Unicode CLDR (Babel)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal

from aiadmin.domain.notices.template import TemplateData
from aiadmin.texts.visit_facts import amount_as, has_price, one_line, said_alike

_RUSSIAN = Locale("ru")
_RUSSIAN_NUMBER = re.compile(r"7([0-9]{3})([0-9]{3})([0-9]{2})([0-9]{2})")
_CASES = {"а": ("у", "ы", "е"), "е": ("е", "я", "ю"), "к": ("", "а", "у"), "г": ("", "а", "у")}
"""How a weekday with this last letter ends in the accusative, the genitive and the dative."""


def words(facts: TemplateData) -> Mapping[str, str]:
    """What stands for each variable of a text, and for `{date_...}` in other cases; empty where nothing is known."""
    local = facts.starts_at.astimezone(ZoneInfo(facts.zone))
    return {
        **days(local),
        **said_alike(facts),
        "date": day(local),
        "time": clock(local),
        "price": money(facts.price, facts.currency) if has_price(facts) and facts.price is not None else "",
    }


def day(local: datetime) -> str:
    """When, to the day.

    >>> day(datetime(2026, 11, 27)), day(datetime(2026, 12, 1))
    ('в пятницу, 27 ноября', 'во вторник, 1 декабря')
    """
    on = days(local)["date_on"]
    return f"{'во' if on.startswith('вт') else 'в'} {on}"


def days(local: datetime) -> Mapping[str, str]:
    """A day in the cases that a text may want it in: alone, behind "на", behind "до", behind "к".

    >>> list(days(datetime(2026, 11, 27)).values())
    ['пятница, 27 ноября', 'пятницу, 27 ноября', 'пятницы, 27 ноября', 'пятнице, 27 ноября']
    >>> list(days(datetime(2026, 11, 29)).values())[2:]
    ['воскресенья, 29 ноября', 'воскресенью, 29 ноября']
    """
    weekday, date = format_datetime(local, "EEEE", locale=_RUSSIAN), format_datetime(local, "d MMMM", locale=_RUSSIAN)
    accusative, genitive, dative = _CASES[weekday[-1]]
    stem = weekday[:-1] if weekday[-1] in "ае" else weekday
    forms = {"alone": weekday, "on": stem + accusative, "until": stem + genitive, "towards": stem + dative}
    return {f"date_{case}": f"{form}, {date}" for case, form in forms.items()}


def clock(local: datetime) -> str:
    """The time of day, for example `09:05`."""
    return format_datetime(local, "HH:mm", locale=_RUSSIAN)


def day_and_clock(local: datetime) -> str:
    """When, to the minute.

    >>> day_and_clock(datetime(2026, 11, 27, 9, 5))
    'в пятницу, 27 ноября, в 09:05'
    """
    return f"{day(local)}, в {clock(local)}"


def money(amount: Decimal, currency: str | None) -> str:
    """A sum in the salon's currency, the number alone where that is not known; hundredths only where there are any.

    >>> money(Decimal("1500.00"), "₽"), money(Decimal("99.5"), "Br"), money(Decimal(1800), None)
    ('1\\xa0500\\xa0₽', '99,50\\xa0Br', '1\\xa0800')
    """
    written, sign = amount_as(amount, _RUSSIAN), one_line(currency)
    return f"{written}\xa0{sign}" if sign else written


def count(number: int, one: str, few: str, many: str) -> str:
    """A number with its noun.

    >>> [count(number, "час", "часа", "часов") for number in (1, 3, 11, 1021)]
    ['1 час', '3 часа', '11 часов', '1\\xa0021 час']
    """
    forms = {"one": one, "few": few}
    return f"{format_decimal(number, locale=_RUSSIAN)} {forms.get(_RUSSIAN.plural_form(number), many)}"


def moment(local: datetime) -> str:
    """When, as short as a list wants it: as browsers write it, who keep the list fresh.

    >>> moment(datetime(2026, 11, 26, 9, 5))
    '26 нояб., 09:05'
    """
    return format_datetime(local, "d MMM, HH:mm", locale=_RUSSIAN)


def number(value: int) -> str:
    """A number with its thousands apart.

    >>> number(12345)
    '12\xa0345'
    """
    return format_decimal(value, locale=_RUSSIAN)


def whole_phone(digits: str | None) -> str:
    """`phone` for a sentence: no line breaks within it.

    >>> whole_phone("79001234567")
    '+7\\xa0900\\xa0123\u201145\u201167'
    """
    return phone(digits).replace(" ", "\xa0").replace("-", "\u2011")


def phone(digits: str | None) -> str:
    """A number as people write it; nothing for none.

    >>> phone("79001234567"), phone("447911123456"), phone(None)
    ('+7 900 123-45-67', '+447911123456', '')
    """
    if not digits:
        return ""
    found = _RUSSIAN_NUMBER.fullmatch(digits)
    return f"+7 {found[1]} {found[2]}-{found[3]}-{found[4]}" if found else f"+{digits}"
