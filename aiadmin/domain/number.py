"""Numbers that a column can hold: whatever a stranger names is read by these, and nothing else becomes a number.

Python reads integers of any size, and refuses those of more than 4,300 digits by raising; PostgreSQL holds 63 bits.
"""

from __future__ import annotations

import re

BIGGEST_INTEGER = 2**31 - 1
BIGGEST_BIGINT = 2**63 - 1
_DIGITS = re.compile(r"[0-9]{1,19}")


def whole_number(value: object, *, most: int = BIGGEST_BIGINT) -> int | None:
    """A whole number from 1 to `most`, or its decimal digits as text; None for everything else.

    >>> whole_number(7), whole_number("7"), whole_number(2**63), whole_number("9" * 5000), whole_number(True)
    (7, 7, None, None, None)
    >>> whole_number("٧"), whole_number(7.0), whole_number(-7), whole_number("7\\n")
    (None, None, None, None)
    """
    if isinstance(value, str):
        value = int(value) if _DIGITS.fullmatch(value) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 1 <= value <= most else None
