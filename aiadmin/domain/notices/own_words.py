"""How a salon's own text is read: its sentences, and the facts that it spells out.

A text is in any language of those whom salons write to, so no grammar is assumed but punctuation.
"""

from __future__ import annotations

import re

_BEHIND = "»”\"')\\]*_~\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d"
"""What may follow the sign that ends a sentence and still be of it: closing quotes, bold type, emoji."""
_END = re.compile(rf"(?P<sign>[.!?…؟。！？։])(?P<more>[.!?…؟。！？։{_BEHIND}]*)(?=\s|$)")
_ASIDE = re.compile(r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"|\([^()]*\)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(,])(?:ул|г|д|дом|кв|стр|корп|к|пр|просп|пр-т|пер|пл|ш|наб|б-р|мкр|тел|моб|каб|эт|под|пом|оф|обл|пос"
    r"|руб|коп|тг|р|им|см|ст|м|т|стан|көш|ko[‘'ʻ]ch|вул|буд|бул|ауд|tel|st|ул-ца|[А-ЯЁA-ZӘҒҚҢӨҰҮҺІЎҲ])\.$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[\d}\s](?:руб|коп|тг|р|сум|сом|мин|ч|тыс|см|м)\.$", re.IGNORECASE)
"""An abbreviation that may be the last word of a sentence: what follows tells."""
_ITEM = re.compile(r"^\W*\d{1,2}\.$")
"""The number of a point in a list."""
_PHONE = r"\+?\d(?:[\s()\-–.]*\d){4,}"
_LINK = r"https?://\S+|www\.\S+|[\w.+-]+@[\w.-]+|(?<!\w)@\w{3,}|(?<!\w)[\w-]+\.(?:ru|рф|com|kz|by|uz|kg|am|ge|az|ua|me)\b\S*"
_STREET = (
    r"(?<!\w)(?:ул|улица|улице|пр-т|пр|просп|проспект|проспекте|пер|переулок|наб|набережная|бульвар|б-р|ш|шоссе|пл"
    r"|площадь|мкр|көш|көшесі|вул|вулиця|кўч|д|дом|корп|стр)\.?\s+(?:[A-ZА-ЯЁӘҒҚҢӨҰҮҺІЎҲ][\w’'-]*|\d+\w*)"
    r"(?:[ ]+[A-ZА-ЯЁӘҒҚҢӨҰҮҺІЎҲ][\w’'-]*)*"
)
SPELT_OUT = re.compile(rf"{_PHONE}|{_LINK}|{_STREET}")
"""A fact that stands in the text itself: a phone number, a link, an address."""


def sentences(line: str) -> list[tuple[str, str]]:
    """Each with the sign that ends it and the blanks behind; joined they are the line.

    A point after an abbreviation ends nothing, nor a sign in brackets or quotes that the sentence goes on behind.

    >>> sentences("Салон «Кто? Я!» на ул. Мира, д. 5. Ждём!")
    [('Салон «Кто? Я!» на ул. Мира, д. 5', '. '), ('Ждём', '!')]
    """
    found: list[tuple[str, str]] = []
    begins, asides = 0, [aside.span() for aside in _ASIDE.finditer(line)]
    for end in _END.finditer(line):
        if not _is_end(line, begins, end, asides):
            continue
        behind = line[end.end() :]
        blanks = len(behind) - len(behind.lstrip())
        found.append((line[begins : end.start()], line[end.start() : end.end() + blanks]))
        begins = end.end() + blanks
    return [*found, (line[begins:], "")] if begins < len(line) else found


def _is_end(line: str, begins: int, end: re.Match[str], asides: list[tuple[int, int]]) -> bool:
    """Whether a sign ends the sentence that begins there."""
    following = line[end.end() :].lstrip()[:1]
    for opens, closes in asides:
        if begins < opens < end.start() < closes and not (end.end() >= closes and not _goes_on(following)):
            return False
        if opens == begins and end.end() < closes:
            return False
    is_point = end["sign"] == "." and not end["more"].strip(_BEHIND)
    if not is_point:
        return end["sign"] != "…" or not following.islower()
    said = line[begins : end.start() + 1]
    is_shortened = _ABBREVIATION.search(said) and not (_UNIT.search(said) and following.isupper())
    return not (is_shortened or _ITEM.match(said))


def _goes_on(following: str) -> bool:
    return bool(following) and not following.isupper()
