"""Facts as a Russian reader expects them: days, money and numbers, after the Unicode CLDR (Babel)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from aiadmin.domain.notice_text import Facts

_RUSSIAN = Locale("ru")


def words(facts: Facts) -> Mapping[str, str]:
    """What stands for each variable of a text; empty where nothing is known."""
    local = facts.starts_at.astimezone(ZoneInfo(facts.zone))
    return {
        "name": _one_line(facts.name),
        "date": day(local),
        "time": clock(local),
        "master": _one_line(facts.master),
        "services": ", ".join(filter(None, map(_one_line, facts.services))),
        "price": money(facts.price) if facts.price is not None else "",
        "address": _one_line(facts.address),
        "link": _one_line(facts.link),
    }


def day(local: datetime) -> str:
    """When, to the day.

    >>> day(datetime(2026, 11, 27)), day(datetime(2026, 12, 1))
    ('в пятницу, 27 ноября', 'во вторник, 1 декабря')
    """
    weekday, date = format_datetime(local, "EEEE", locale=_RUSSIAN), format_datetime(local, "d MMMM", locale=_RUSSIAN)
    preposition = "во" if weekday.startswith("вт") else "в"
    accusative = weekday[:-1] + "у" if weekday.endswith("а") else weekday
    return f"{preposition} {accusative}, {date}"


def clock(local: datetime) -> str:
    """The time of day, for example `09:05`."""
    return format_datetime(local, "HH:mm", locale=_RUSSIAN)


def money(roubles: Decimal) -> str:
    """A sum; kopecks only where there are any.

    >>> money(Decimal("1500.00")), money(Decimal("99.5"))
    ('1\\xa0500\\xa0₽', '99,50\\xa0₽')
    """
    is_whole = roubles == roubles.to_integral_value()
    return format_currency(roubles, "RUB", "#,##0\xa0¤" if is_whole else None, _RUSSIAN, currency_digits=not is_whole)


def count(number: int, one: str, few: str, many: str) -> str:
    """A number with its noun.

    >>> [count(number, "час", "часа", "часов") for number in (1, 3, 11, 1021)]
    ['1 час', '3 часа', '11 часов', '1\\xa0021 час']
    """
    forms = {"one": one, "few": few}
    return f"{format_decimal(number, locale=_RUSSIAN)} {forms.get(_RUSSIAN.plural_form(number), many)}"


def _one_line(text: str | None) -> str:
    """What somebody typed, without what would break a line or hide in it."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())
