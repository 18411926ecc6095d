"""Facts as British English has them: days, times and money, after the Unicode CLDR (Babel)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

from aiadmin.domain.notices.template import TemplateData
from aiadmin.texts.visit_facts import amount_as, has_price, one_line, said_alike

_ENGLISH = Locale("en", "GB")


def words(facts: TemplateData) -> Mapping[str, str]:
    """What stands for each variable of a text; empty where nothing is known."""
    local = facts.starts_at.astimezone(ZoneInfo(facts.zone))
    return {**said_alike(facts), "date": day(local), "time": f"{local:%H:%M}", "price": _price(facts)}


def day(local: datetime) -> str:
    """When, to the day; "on" stands in the text.

    >>> day(datetime(2026, 11, 27))
    'Friday, 27 November'
    """
    return str(format_datetime(local, "EEEE, d MMMM", locale=_ENGLISH))


def day_and_clock(local: datetime) -> str:
    """When, to the minute.

    >>> day_and_clock(datetime(2026, 11, 27, 9, 5))
    'Friday, 27 November at 09:05'
    """
    return f"{day(local)} at {local:%H:%M}"


def _price(facts: TemplateData) -> str:
    """As the salon's journal has its currency, behind the sum; empty where no price is set."""
    if facts.price is None or not has_price(facts):
        return ""
    written, sign = amount_as(facts.price, _ENGLISH), one_line(facts.currency)
    return f"{written}\xa0{sign}" if sign else written
