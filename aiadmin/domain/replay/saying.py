"""Times of day, sums, dates and words in a text that was sent or written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_TIME = re.compile(r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_SUM = r"\d{1,3}(?:[\s\u00a0\u202f,]\d{3})+|\d+"
_MONEY = r"(?:₽|руб|р\b|\$|€|₸|тенге|сом)"
_PRICE = re.compile(rf"(?<![\d:.])({_SUM})(?:[.,]00)?\s*{_MONEY}", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?<![\d:.])({_SUM})\s*(?:{_MONEY}\S*\s*)?(?:[–—-]|до|или)\s*({_SUM})\s*{_MONEY}", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_MONTHS = (
    *("январ", "феврал", "март", "апрел", "мая", "июн"),
    *("июл", "август", "сентябр", "октябр", "ноябр", "декабр"),
)
_DAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
_DATED = re.compile(
    rf"\b({'|'.join(_DAYS)})\w*,?\s+(\d{{1,2}})(?:\s+({'|'.join(_MONTHS)})|\.(0[1-9]|1[0-2])(?!\d))", re.IGNORECASE
)


def plain(text: str) -> str:
    """In lower case, with е for ё and a common space for every kind of one."""
    return re.sub(r"[\u00a0\u202f\u2009]", " ", text.lower().replace("ё", "е"))


def words_of(text: str) -> list[str]:
    """The words, as `plain`."""
    return _WORD.findall(plain(text))


def times_in(text: str) -> list[str]:
    """Every time of day, as HH:MM, each as often as it stands there.

    >>> times_in("в 9:30 или в 15:00, 12.03")
    ['09:30', '15:00']
    """
    return [f"{int(hours):02}:{minutes}" for hours, minutes in _TIME.findall(text)]


def prices_in(text: str) -> set[int]:
    """Every sum of money.

    >>> sorted(prices_in("от 4 500 до 9 000 ₽, 60 минут"))
    [4500, 9000]
    """
    found = set(_PRICE.findall(text)) | {one for pair in _RANGE.findall(text) for one in pair}
    return {int(re.sub(r"\D", "", one)) for one in found}


def numbers_in(text: str) -> set[int]:
    """Every number, those with gaps between their thousands too."""
    return {int(re.sub(r"\D", "", one)) for one in re.findall(_SUM, text) + re.findall(r"\d+", text)}


def wrong_dates(text: str, near: date) -> list[str]:
    """Days of the week that stand beside a date of another day: "пятница, 12 марта"."""
    return [found.group() for found in _DATED.finditer(text) if not _agrees(found, near)]


def _agrees(found: re.Match[str], near: date) -> bool:
    weekday = _DAYS.index(next(day for day in _DAYS if found[1].lower().startswith(day)))
    month = int(found[4]) if found[4] else _MONTHS.index(found[3].lower()) + 1
    return any(one.weekday() == weekday for one in _dates(int(found[2]), month, near))


def _dates(day: int, month: int, near: date) -> Iterable[date]:
    """That day in the year that brings it nearest."""
    found = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return [min(found, key=lambda one: abs(one - near))] if found else []


def has(text: str, wanted: str) -> bool:
    """Whether a text has these words; a leading = means the whole word.

    >>> has("Перенесла вас", "=перенёс"), has("Записала вас на 2 000 ₽", "2 000")
    (False, True)
    """
    said, looked_for = plain(text), plain(wanted)
    if looked_for.startswith("="):
        return re.search(rf"(?<!\w){re.escape(looked_for[1:])}(?!\w)", said) is not None
    return looked_for in said
