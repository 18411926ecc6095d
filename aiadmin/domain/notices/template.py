"""The text of a notice: a template with a few names in braces. It is only ever filled in, and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Self

from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.notices.clause import GAP, text_without_gaps
from aiadmin.domain.plain_text import hidden

LONGEST = 1000
"""Characters of a template."""
VARIABLES = ("name", "date", "time", "master", "services", "price", "address", "link")

_LEAST_PRICE = Decimal("0.01")
_PIECE = re.compile(r"\{([^{}\n]*)\}|[{}]")
_VARIABLE = re.compile(r"\{(\w+)\}")
_BEGINNING = re.compile(r"(?:^|\n|[.!?…]\s)\s*$")
"""What a sentence begins behind."""


class TemplateError(AiAdminError):
    """A text of a notice cannot be used.

    Attributes:
        position: where the fault is, in characters from the beginning.
        code: what it is; `notice_texts.template_flaw` puts it into words.
        what: the part of the text that is at fault; or how long the text is.
    """

    def __init__(self, position: int, code: str, what: str = "") -> None:
        super().__init__()
        self.position, self.code, self.what = position, code, what


BookedTitle = tuple[str, int]
"""What a service is called, and how many of it are booked."""


@dataclass(frozen=True, kw_only=True)
class TemplateData:
    """What a text may speak of; what is not known is None or empty.

    Attributes:
        zone: the salon's IANA timezone.
        other_masters: who else works on the same visit.
        price: what all services cost together.
        currency: the sign behind it; None for a salon whose currency is not known: then the number stands alone.
        link: where the client sees the booking or, after the visit, writes a review.
    """

    name: str | None = field(repr=False)
    starts_at: datetime
    zone: str
    master: str | None = None
    services: tuple[BookedTitle, ...] = ()
    price: Decimal | None = None
    currency: str | None = None
    address: str | None = None
    link: str | None = None
    other_masters: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        record: Record,
        *,
        zone: str,
        currency: str | None = None,
        address: str | None = None,
        link: str | None = None,
    ) -> Self:
        """What is known of a booking; its price only where every service has one, 0 being none: nobody set it."""
        costs = [service.cost for service in record.services if service.cost and service.cost >= _LEAST_PRICE]
        is_priced = bool(costs) and len(costs) == len(record.services)
        return cls(
            name=record.client_name,
            starts_at=record.starts_at,
            zone=zone,
            master=record.staff_name,
            services=tuple((service.title, service.amount) for service in record.services),
            price=sum(costs, Decimal(0)) if is_priced else None,
            currency=currency,
            address=address,
            link=link,
        )


def joined(bookings: Sequence[TemplateData]) -> TemplateData:
    """Several bookings of one visit as one: it begins with the first, and has a price where all of them have one.

    Args:
        bookings: at least one, in the order of time.
    """
    first = bookings[0]
    masters = [*dict.fromkeys(one.master for one in bookings if one.master)]
    prices = [one.price for one in bookings if one.price is not None]
    return replace(
        first,
        master=masters[0] if masters else None,
        other_masters=tuple(masters[1:]),
        services=tuple(service for one in bookings for service in one.services),
        price=sum(prices, Decimal(0)) if len(prices) == len(bookings) else None,
    )


def check(template: str) -> None:
    """Refuse what cannot be filled in.

    Raises:
        TemplateError: the first fault: nothing but variables, a lone brace, an unknown variable, a control character,
            or a text that is too long.
    """
    for position, code, what in sorted(_faults(template)):
        raise TemplateError(position, code, what)


def _faults(template: str) -> Iterator[tuple[int, str, str]]:
    if not re.search(r"\w", _VARIABLE.sub("", template)):
        yield 0, "empty", ""
    if len(template) > LONGEST:
        yield LONGEST, "too-long", str(len(template))
    for found in _PIECE.finditer(template):
        if found[1] is None:
            yield found.start(), "brace", found[0]
        elif found[1] not in VARIABLES:
            yield found.start(), "variable", found[0]
    for position in hidden(template):
        yield position, "control", ""


def render(template: str, words: Mapping[str, str]) -> str:
    """A template that `check` takes, filled in; empty when it speaks of nothing but what is not known.

    What is not known takes with it what was said around it (`clause.text_without_gaps`).

    Args:
        words: for each of `VARIABLES` what stands in its place; nothing in it is looked at again.

    >>> render("Здравствуйте, {name}! Ждём вас.\\nАдрес: {address}", {"name": "", "address": ""})
    'Здравствуйте! Ждём вас.'
    """
    gaps = _VARIABLE.sub(lambda found: found[0] if words[found[1]] else GAP, template)
    return _VARIABLE.sub(lambda found: _said(found, words[found[1]]), text_without_gaps(gaps)).strip()


def _said(place: re.Match[str], word: str) -> str:
    """A day has a small letter of its own: not where a sentence begins with it; a point is said once."""
    if word.endswith(".") and place.string[place.end() :].startswith("."):
        word = word[:-1]
    is_beginning = place[1].startswith("date") and _BEGINNING.search(place.string, 0, place.start())
    return word[:1].upper() + word[1:] if is_beginning else word
