"""Phone numbers as people type them and as YClients sends them: one reader for every door.

A number is never guessed into another country than the salon's: a message to it would reach a stranger. What could
be read in two ways is the salon's own country's, as people there write it, or nobody's; and what no network could
have is no number.
"""

from __future__ import annotations

import re
from typing import Any

from aiadmin.domain.companies.company import DEFAULT_COUNTRY

_AS_YCLIENTS_HAS_IT = re.compile(r"(\+?)7(9[0-9]{9})")
"""Nearly all that is read in Russia: the rules say the same of these, and take a hundred times as long."""
_OF_SEVEN = frozenset({"RU", "KZ"})


def read_phone(given: Any, country: str = DEFAULT_COUNTRY) -> str | None:
    """The digits of the one phone number in a text with its country code, or None when no such number can exist.

    Marks that nobody sees, dashes and blanks of every kind, an extension, and what is written beside a number (which
    it is, or whose) are taken off; of two numbers none is taken. A number with a plus (or 00) is international.
    Without one it is the salon's own country's where that makes a valid number, and otherwise begins with a country
    code; an 8 before ten digits is Russia's and Kazakhstan's trunk prefix wherever these make a valid number, and
    else may begin the code of Vietnam or Hong Kong. What desks type for a number that they do not know is none.

    Args:
        given: text or a whole number; anything else, and what YClients masks with asterisks, is no number.
        country: where the salon is, ISO 3166 code of two letters.

    >>> read_phone("8 (900) 123-45-67 Света"), read_phone("84951234567"), read_phone("85251234567")
    ('79001234567', '74951234567', '85251234567')
    >>> read_phone("291234567", "BY"), read_phone("12345"), read_phone("+7 (999) 999-99-99")
    ('375291234567', None, None)
    """
    plain = _AS_YCLIENTS_HAS_IT.fullmatch(given) if isinstance(given, str) else None
    if plain is None or not (plain[1] or country in _OF_SEVEN):
        from aiadmin.domain.messages import number_plans  # they take longer to load than most processes need them

        return number_plans.only_number_in(given, country)
    return None if is_one_digit(plain[2]) else f"7{plain[2]}"


def is_one_digit(digits: str) -> bool:
    """Whether it is one digit over and over: no number of anybody's."""
    return len(set(digits)) == 1
