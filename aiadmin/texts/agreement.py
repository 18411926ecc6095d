"""Words that agree with how many services or masters they name: «Ваша услуга: Стрижка», «Мастера: Анна, Вера».

A salon writes its text once, for one service or for several; a client reads it with what is booked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

_SIGNS = r"[\s*_~«„“\"]*"
_LABEL = rf"{_SIGNS}[:—–-]{_SIGNS}"
_BEGINS = r"(?:^|(?-i:[.!?:;,|•·(/\U0001f000-\U0001faff\u2600-\u27bf]))(?:[^\w{\n]|_){0,8}(?:вас\s+)?"
"""Where a label begins: with the line, or behind a sign or a picture that ends what was said before."""
_VERB_BEFORE = r"\b(?=(?:жд[её]т|ждут|прим[еу]т)\s)"
"""In the middle of a sentence, behind the verb that goes with it."""


@dataclass(frozen=True, kw_only=True)
class _Word:
    """How a word ends where there is one thing, and where there are several.

    Attributes:
        stem: what stands before each ending.
        behind: what stands before the word, as a pattern; a label stands alone.
        between: what stands between it and its variable, as a pattern.
        gender: which of the endings of `_WITH` go with one; with several "several", or this with an s.
        has_predicate: whether it may be the subject of what follows.
    """

    stem: str
    one: str
    several: str
    behind: str = _BEGINS
    between: str = _LABEL
    gender: str = "f"
    has_predicate: bool = False


_CLOSE = rf"{_SIGNS}[:—–-]?{_SIGNS}"
_SERVICES = (
    _Word(stem="услуг", one="а", several="и", between=_CLOSE, has_predicate=True),
    _Word(stem="процедур", one="а", several="ы", between=_CLOSE, has_predicate=True),
    *(
        _Word(stem=stem, one=one, several=several)
        for stem, one, several in (
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
    _Word(
        stem=stem,
        one=one,
        several=several,
        behind=behind,
        between=_CLOSE,
        gender=gender,
        has_predicate=behind == _BEGINS,
    )
    for stem, nominative in (("мастер", "а"), ("специалист", "ы"), ("стилист", "ы"))
    for behind, one, several, gender in (
        (_BEGINS, "", nominative, "m"),
        (_VERB_BEFORE, "", nominative, "m"),
        (r"\bк\s+", "у", "ам", "dative"),
        (r"\b(?:у|от)\s+", "а", "ов", "genitive"),
        (r"\bс\s+", "ом", "ами", "instrumental"),
    )
)
_WITH: Mapping[str, Mapping[str, str]] = {
    **{
        stem: {
            "f": "а",
            "m": "",
            "accusative": "у",
            "several": "и",
            "dative": "ему",
            "datives": "им",
            "genitive": "его",
            "genitives": "их",
            "instrumental": "им",
            "instrumentals": "ими",
        }
        for stem in ("ваш", "наш")
    },
    "следующ": {"f": "ая", "m": "ий", "accusative": "ую", "several": "ие"},
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
_PREDICATES = {
    singular: plural
    for plural, *alike in (
        ("ждут", "ждёт", "ждет"),
        ("примут", "примет"),
        ("будут", "будет"),
        ("смогут", "сможет"),
        ("могут", "может"),
        ("готовы", "готов", "готова"),
        ("рады", "рад", "рада"),
        ("готовятся", "готовится"),
        ("ожидают", "ожидает"),
        ("проведут", "проведёт", "проведет"),
        ("встретят", "встретит"),
        ("выполнят", "выполнит"),
        ("сделают", "сделает"),
        ("работают", "работает"),
        ("помогут", "поможет"),
        ("заболели", "заболел", "заболела"),
        ("займут", "займёт", "займет"),
        ("состоятся", "состоится"),
        ("отменены", "отменена"),
        ("перенесены", "перенесена"),
        ("подтверждены", "подтверждена"),
    )
    for singular in alike
}
"""What may follow such a word and agrees with it."""
_SINGULARS = {plural: singular for singular, plural in reversed(_PREDICATES.items())}
_OF_ONE = re.compile(r"\w+(?:[её]т|ит|[аиеу]л|л[ао]|[аея]н[ао]?)(?:ся|сь)?", re.IGNORECASE)
_OF_SEVERAL = re.compile(r"\w+(?:[уюая]т|ли|[аея]ны)(?:ся|сь)?", re.IGNORECASE)
"""What may be a predicate that we do not know: a word is left as it was written, rather than changed alone."""
_WORD = re.compile(r"(?<![\w{])\w+(?![\w}])")
_AGREEING = re.compile(rf"(?P<stem>{'|'.join(_WITH)})(?P<ending>\w*)", re.IGNORECASE)


@cache
def _pattern(word: _Word, variable: str) -> re.Pattern[str]:
    """Made when a text has the word: all of them take as long as ten texts."""
    endings = "|".join(sorted({word.one, word.several}, reverse=True))
    after = r"[^.!?;,\n]*" if word.has_predicate else ""
    return re.compile(
        rf"(?P<before>{word.behind})(?P<with>(?:(?:{_PIECE})\s+)*)(?P<stem>{word.stem})(?:{endings})"
        rf"(?P<between>(?![^\W_]){word.between}\{{{variable}\}})(?P<after>{after})",
        re.IGNORECASE | re.MULTILINE,
    )


_RULES = (*(("services", word) for word in _SERVICES), *(("master", word) for word in _MASTERS))


def agreed(template: str, numbers: Mapping[str, int]) -> str:
    """A text whose words agree with the numbers of what its variables stand for.

    Args:
        numbers: how many services and how many masters there are, by the variable.

    >>> agreed("Ваши услуги: {services}, мастер {master}", {"services": 1, "master": 2})
    'Ваша услуга: {services}, мастера {master}'
    """
    folded = template.casefold()
    for variable, word in _RULES:
        if numbers[variable] and word.stem in folded:
            agreement = _Agreement(word=word, is_one=numbers[variable] == 1)
            template = _pattern(word, variable).sub(agreement, template)
    return template


@dataclass(frozen=True, kw_only=True)
class _Agreement:
    """Writes one place anew."""

    word: _Word
    is_one: bool

    def __call__(self, found: re.Match[str]) -> str:
        after: str | None = found["after"]
        if self.word.has_predicate and not re.search(r"[:—–-]", found["between"]):
            after = self._with_predicates(found["after"])
        if after is None:
            return found[0]
        ending = self.word.one if self.is_one else self.word.several
        before = _AGREEING.sub(self._with, found["with"])
        return found["before"] + before + _written(found["stem"], ending) + found["between"] + after

    def _with(self, found: re.Match[str]) -> str:
        endings, gender = _WITH[found["stem"].casefold()], self.word.gender
        fitting = endings.get(gender) if self.is_one else endings.get(f"{gender}s", endings["several"])
        return found[0] if fitting is None else _written(found["stem"], fitting)

    def _with_predicates(self, after: str) -> str | None:
        """What follows with the predicates that we know; None where there may be one that we do not."""
        known = _SINGULARS if self.is_one else _PREDICATES
        unknown, right = (_OF_SEVERAL, _PREDICATES) if self.is_one else (_OF_ONE, _SINGULARS)
        words = [word.casefold() for word in _WORD.findall(after)]
        if any(unknown.fullmatch(word) and word not in known and word not in right for word in words):
            return None
        return _WORD.sub(lambda word: _as_written(known.get(word[0].casefold(), word[0]), like=word[0]), after)


def _as_written(word: str, *, like: str) -> str:
    return word.upper() if like.isupper() else word


def _written(stem: str, ending: str) -> str:
    """In the letters that it was written in."""
    return stem + (ending.upper() if stem.isupper() else ending)
