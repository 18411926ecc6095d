"""Dates, weekdays and times as they are written in conversations."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from tests.conversations.form import DAYS

MONTHS = ["январ", "феврал", "март", "апрел", "мая", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"]
MONTH = "|".join(MONTHS)
WEEKDAY = (
    r"понедельник\w*|вторник\w*|сред[ауеы]\b|четверг\w*|пятниц\w*|суббот\w*|воскресень\w*|\b(?:пн|вт|ср|чт|пт|сб|вск?)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
STEMS = ["по", "вт", "ср", "че", "пя", "су", "во"]
SHORT = {"пн": 0, "вт": 1, "ср": 2, "чт": 3, "пт": 4, "сб": 5, "вс": 6, "вск": 6}
TIME = r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])"


def as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def clock(text: str) -> int:
    """Minutes of the day of "HH:MM"."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def hhmm(moment: datetime) -> str:
    return moment.strftime("%H:%M")


def weekday_of(word: str) -> int:
    word = word.lower()
    if word in SHORT:
        return SHORT[word]
    if word.isascii():
        return DAYS.index(word[:3])
    return STEMS.index(word[:2])


def dates_in(text: str, near: date) -> set[date]:
    """Dates written with their month: "12 марта", "12.03"; the year is the one nearest to `near`."""
    found = re.findall(rf"(\d{{1,2}})(?:-?го|-?е)?\s+({MONTH})", text.lower())
    pairs = [(int(day), MONTHS.index(month) + 1) for day, month in found]
    pairs += [
        (int(day), int(month)) for day, month in re.findall(r"(?<![\d.])(\d{1,2})\.(0[1-9]|1[0-2])(?![\d.])", text)
    ]
    days = set()
    for day, month in pairs:
        try:
            days.add(min((date(near.year + shift, month, day) for shift in (-1, 0, 1)), key=lambda d: abs(d - near)))
        except ValueError:
            continue
    return days


def plain(text: str) -> str:
    return text.lower().replace("ё", "е")
