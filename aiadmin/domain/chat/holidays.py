"""Days on which the hours of a week tell nothing: public holidays, and the last day of a year."""

from __future__ import annotations

from datetime import date

_NEW_YEAR = range(1, 9)
_HOLIDAYS = frozenset({(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4), (12, 31)})


def is_holiday(day: date) -> bool:
    """Whether a salon may keep other hours then than its usual ones.

    >>> is_holiday(date(2027, 3, 8)), is_holiday(date(2027, 3, 9))
    (True, False)
    """
    return (day.month, day.day) in _HOLIDAYS or (day.month == 1 and day.day in _NEW_YEAR)
