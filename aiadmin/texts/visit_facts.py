"""What is known of a booking and its client, as any language says it: names, titles, links, sums without currency."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal

from aiadmin.domain.messages.client_name import greeting_name, known_as
from aiadmin.domain.notices.template import BookedTitle, TemplateData
from aiadmin.domain.plain_text import shown

_CENT = Decimal("0.01")
_NOBODY = re.compile(
    r"лист\w*\s+ожидани|без\s+мастера|любой\s+(?:мастер|специалист)|не\s+назначен"
    r"|waiting\s+list|any\s+(?:master|specialist|staff)|not\s+assigned",
    re.IGNORECASE,
)
"""A column of the journal that is no person."""


def said_alike(facts: TemplateData) -> Mapping[str, str]:
    """What stands for the variables that no language changes; empty where nothing is known."""
    return {
        "name": greeting_name(one_line(facts.name)) or "",
        "master": ", ".join(_masters(facts)),
        "services": ", ".join(_services(facts)),
        "address": one_line(facts.address),
        "link": one_line(facts.link),
    }


def numbers(facts: TemplateData) -> Mapping[str, int]:
    """How many of what may be several are said, by the variable."""
    return {"services": len(_services(facts)), "master": len(_masters(facts))}


def has_price(facts: TemplateData) -> bool:
    """A sum of zero is none: no price is set."""
    return facts.price is not None and facts.price.quantize(_CENT) > 0


def amount_as(amount: Decimal, locale: Locale) -> str:
    """A sum without its currency; hundredths only where there are any."""
    rounded = amount.quantize(_CENT)
    is_whole = rounded == rounded.to_integral_value()
    return str(format_decimal(rounded, "#,##0" if is_whole else "#,##0.00", locale))


def called(name: str | None, phone: str | None, *, somebody: str) -> str:
    """A client as the salon's people know them; a stranger who has typed no name is `somebody`, like any.

    >>> called("Анна", "79990000000", somebody="Клиент"), called("https://evil.example x", None, somebody="Клиент")
    ('Анна (+79990000000)', 'Клиент')
    """
    known = known_as(shown(" ".join((name or "").split()))) or somebody
    return f"{known} (+{phone})" if phone else known


def one_line(text: str | None) -> str:
    """A typed text in one line, without control characters; joined emoji stay joined."""
    return " ".join("".join(sign if _is_written(sign) else " " for sign in shown(text or "")).split())


def _services(facts: TemplateData) -> Sequence[str]:
    return [*filter(None, map(_service, facts.services))]


def _service(booked: BookedTitle) -> str:
    title, amount = booked
    written = one_line(title)
    return f"{written} × {amount}" if written and amount > 1 else written


def _masters(facts: TemplateData) -> Sequence[str]:
    return [*filter(None, map(_master, (facts.master, *facts.other_masters)))]


def _master(name: str | None) -> str:
    """Empty for a column of the journal that is no person: a waiting list, a dash."""
    written = one_line(name)
    return written if any(map(str.isalpha, written)) and not _NOBODY.search(written) else ""


def _is_written(sign: str) -> bool:
    """Whether it is more than a blank; what is left of signs that nobody sees joins those of emoji."""
    return sign.isprintable() or unicodedata.category(sign) == "Cf"
