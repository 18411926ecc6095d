"""Words that agree with how many services or masters they name: «Ваша услуга: Стрижка», «Мастера: Анна, Вера».

A salon writes its text once, for one service or for several; a client reads it with what is booked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SIGNS = r"[\s*_~]*"
_LABEL = rf"{_SIGNS}[:—–-]{_SIGNS}"
_BEGINS = r"(?:^|[.!?;,|•·(/])(?:[^\w{\n]|_){0,8}(?:вас\s+)?"
"""Where a label begins: with the line, or behind a sign that ends what was said before."""


@dataclass(frozen=True, kw_only=True)
class _Word:
    """How a word ends where there is one thing, and where there are several.

    Attributes:
        stem: what stands before each ending.
        behind: what stands before the word, as a pattern; a label stands alone.
        between: what stands between it and its variable, as a pattern.
        gender: which of the endings of `_WITH` go with one.
    """

    stem: str
    one: str
    several: str
    behind: str = _BEGINS
    between: str = _LABEL
    gender: str = "f"


_CLOSE = rf"{_SIGNS}[:—–-]?{_SIGNS}"
_SERVICES = (
    *(
        _Word(stem=stem, one=one, several=several)
        for stem, one, several in (
            ("услуг", "а", "и"),
            ("процедур", "а", "ы"),
            ("послуг", "а", "и"),
            ("паслуг", "а", "і"),
            ("қызмет", "", "тер"),
            ("кызмат", "", "тар"),
            ("xizmat", "", "lar"),
            ("хизмат", "", "лар"),
            ("service", "", "s"),
        )
    ),
    _Word(stem="услуг", one="у", several="и", behind=r"\bна\s+", between=_CLOSE, gender="accusative"),
    _Word(stem="процедур", one="у", several="ы", behind=r"\bна\s+", between=_CLOSE, gender="accusative"),
)
_MASTERS = tuple(
    _Word(stem=stem, one=one, several=several, behind=behind, between=_CLOSE, gender="m")
    for stem, nominative in (("мастер", "а"), ("специалист", "ы"), ("стилист", "ы"))
    for behind, one, several in (
        (_BEGINS, "", nominative),
        (r"\bк\s+", "у", "ам"),
        (r"\b(?:у|от)\s+", "а", "ов"),
        (r"\bс\s+", "ом", "ами"),
    )
)
_WITH: Mapping[str, Mapping[str, str]] = {
    "ваш": {"f": "а", "m": "", "accusative": "у", "several": "и"},
    "наш": {"f": "а", "m": "", "accusative": "у", "several": "и"},
    **{
        stem: {"f": "ая", "m": "ый", "accusative": "ую", "several": "ые"}
        for stem in ("выбранн", "заказанн", "забронированн")
    },
    "жд": {"f": "ёт", "m": "ёт", "accusative": "ёт", "several": "ут"},
    "прим": {"f": "ет", "m": "ет", "accusative": "ет", "several": "ут"},
}
"""What may stand before such a word, and how it ends with it."""
_PIECE = "|".join(
    rf"{stem}(?:{'|'.join(sorted({*endings.values(), 'ет'} if stem == 'жд' else {*endings.values()}))})"
    for stem, endings in _WITH.items()
)
_AGREEING = re.compile(rf"(?P<stem>{'|'.join(_WITH)})(?P<ending>\w*)", re.IGNORECASE)


def _pattern(word: _Word, variable: str) -> re.Pattern[str]:
    endings = "|".join(sorted({word.one, word.several}, reverse=True))
    return re.compile(
        rf"(?P<before>{word.behind})(?P<with>(?:(?:{_PIECE})\s+)*)(?P<stem>{word.stem})(?:{endings})"
        rf"(?P<between>(?![^\W_]){word.between}\{{{variable}\}})(?P<verb>\s+(?:жд|прим)(?:ёт|ет|ут)\b)?",
        re.IGNORECASE | re.MULTILINE,
    )


_RULES = tuple(
    (variable, word, _pattern(word, variable))
    for variable, words in (("services", _SERVICES), ("master", _MASTERS))
    for word in words
)


def agreed(template: str, numbers: Mapping[str, int]) -> str:
    """A text whose words agree with the numbers of what its variables stand for.

    Args:
        numbers: how many services and how many masters there are, by the variable.

    >>> agreed("Ваши услуги: {services}, мастер {master}", {"services": 1, "master": 2})
    'Ваша услуга: {services}, мастера {master}'
    """
    for variable, word, pattern in _RULES:
        if numbers[variable]:
            template = pattern.sub(_Agreement(word=word, is_one=numbers[variable] == 1), template)
    return template


@dataclass(frozen=True, kw_only=True)
class _Agreement:
    """Writes one place anew."""

    word: _Word
    is_one: bool

    def __call__(self, found: re.Match[str]) -> str:
        ending = self.word.one if self.is_one else self.word.several
        before, verb = (_AGREEING.sub(self._with, found[each] or "") for each in ("with", "verb"))
        return found["before"] + before + _written(found["stem"], ending) + found["between"] + verb

    def _with(self, found: re.Match[str]) -> str:
        return _written(
            found["stem"], _WITH[found["stem"].casefold()][self.word.gender if self.is_one else "several"]
        )


def _written(stem: str, ending: str) -> str:
    """In the letters that it was written in."""
    return stem + (ending.upper() if stem.isupper() else ending)
