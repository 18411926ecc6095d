"""What a client may be called in a message: anybody can type anything for a name when they book online.

Such a text goes out from the salon's own number to whoever has the phone that was typed beside it.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
MOST_WORDS = 4
_MOST_DIGITS = 4
"""More are a phone, a card or a sum."""
_FILLERS = frozenset(
    {
        *(
            "без имени",
            "нет",
            "не указано имя",
            "тест тест",
            "нет имени",
            "имя",
            "имя не указано",
            "не указано",
            "не указан",
            "неизвестно",
            "фио",
            "аноним",
        ),
        *("неизвестный", "неизвестная", "клиент", "клиентка", "новый клиент", "новая клиентка", "гость", "тест"),
        *("test", "client", "new client", "guest", "unknown", "no name", "noname", "name", "n a", "none", "null"),
    }
)
"""What desks and programs write where a name is asked for and none is known; signs between words are blanks here."""
_LINK = re.compile(r"(?:^|\W)(?:www|https?)(?:$|\W)", re.IGNORECASE)
_INITIAL = re.compile(r"(?<![\w-])[А-ЯЁ]\.(?=$|[\s,)]|[А-ЯЁ]\.)")
"""A letter and a point, alone or before another: never before a word, for that would be the end of a link."""
_SIGNS = frozenset(" '’`(),")
_OF_NAMES = frozenset({"Pd", "So", "Sk", "Mn", "Me", "Cf"})
"""Categories of dashes, of marks above letters, and of what emoji are made of."""


def greeting_name(given: str | None) -> str | None:
    """The name that a message may say, or None for what is no name: then the client is greeted without one.

    A name has a letter and no more than `LONGEST` signs, `MOST_WORDS` words and four digits; it holds no link, no
    address, no phone, nothing but what names are written with, and is no filler.

    >>> greeting_name(" Анна-Мария "), greeting_name("Иванова А. С."), greeting_name("Зайди t.me/bot")
    ('Анна-Мария', 'Иванова А. С.', None)
    """
    name = " ".join((given or "").split()).rstrip("!?,")
    if not any(letter.isalpha() for letter in name) or len(name) > LONGEST or len(name.split()) > MOST_WORDS:
        return None
    if sum(letter.isdigit() for letter in name) > _MOST_DIGITS or not all(map(_is_of_a_name, _INITIAL.sub("", name))):
        return None
    return None if _LINK.search(name) or _is_filler(name) else name


def _is_filler(name: str) -> bool:
    words = re.sub(r"[\W\d_]+", " ", name).casefold().replace("ё", "е").split()
    return " ".join(words) in _FILLERS


def _is_of_a_name(sign: str) -> bool:
    return sign.isalnum() or sign in _SIGNS or unicodedata.category(sign) in _OF_NAMES
