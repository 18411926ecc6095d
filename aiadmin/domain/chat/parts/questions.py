"""What replies say about questions: prices, lengths, hours, the address, facts, who works when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

from aiadmin.domain.chat.dialogue import Price
from aiadmin.domain.chat.steps import Part

Span = tuple[time, time]


@dataclass(frozen=True, kw_only=True)
class ServicePrice:
    """What a service costs.

    Attributes:
        by_master: by name, where prices differ; else empty.
        names: those who do it, where all ask the same.
        latest: before which time of day it has to begin.
        comment: what the salon says of it, where that is short.
    """

    title: str
    price: Price
    by_master: tuple[tuple[str, Price], ...] = ()
    names: tuple[str, ...] = ()
    latest: time | None = None
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class Prices(Part):
    """What services cost.

    Attributes:
        more: how many others fit the words, beside those.
        total: what they cost together, where several are asked about.
    """

    services: tuple[ServicePrice, ...]
    more: int = 0
    total: Price | None = None


class WhichPrice(Part):
    """The price, or the length, of which service."""


@dataclass(frozen=True, kw_only=True)
class NotInCatalogue(Part):
    """The salon has no service that is called so."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Lengths(Part):
    """How long services take: the shortest and the longest, by their titles."""

    services: tuple[tuple[str, timedelta, timedelta], ...]


@dataclass(frozen=True, kw_only=True)
class OpenOn(Part):
    """When the salon is open on a day; None where it is closed."""

    day: date
    hours: Span | None


@dataclass(frozen=True, kw_only=True)
class OpenHours(Part):
    """When the salon is open, by weekday; a day that is missing is closed."""

    hours: tuple[tuple[int, Span], ...]


@dataclass(frozen=True, kw_only=True)
class Address(Part):
    """Where the salon is."""

    address: str


@dataclass(frozen=True, kw_only=True)
class FactQuoted(Part):
    """What the owner has told about something, as it stands."""

    topic: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ChangeBan(Part):
    """How long before a visit clients may change it."""

    ban: timedelta


@dataclass(frozen=True, kw_only=True)
class AskedOfSalon(Part):
    """It is not known; the salon is asked.

    Attributes:
        about: what is not known, said where something else was answered beside it.
        is_rest: whether it is only a part of what was asked.
    """

    about: tuple[str, ...] = ()
    is_rest: bool = False


@dataclass(frozen=True, kw_only=True)
class StaffOn(Part):
    """When somebody works on a day; no hours are a day off.

    Attributes:
        next_day: the next day on which they work, said where it is a day off.
    """

    name: str
    day: date
    hours: tuple[Span, ...]
    next_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class StaffWeek(Part):
    """The days of the coming week on which somebody works, each with its hours; none where they do not.

    Attributes:
        next_day: the next day on which they work, said where it is none of those.
    """

    name: str
    days: tuple[tuple[date, tuple[Span, ...]], ...]
    next_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class WhoWorks(Part):
    """Who works on a day.

    Attributes:
        hours: from when the first of them works until when the last; None where only who was asked for.
    """

    day: date
    names: tuple[str, ...]
    hours: Span | None = None


@dataclass(frozen=True, kw_only=True)
class OurMasters(Part):
    """Who works here, each with what they do."""

    masters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ServiceDescribed(Part):
    """What the salon says of a service, as it stands."""

    title: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class OurServices(Part):
    """What there is, by category."""

    categories: tuple[str, ...] = field(default=())


class IsMachine(Part):
    """It is a virtual assistant that writes; a human may be called."""


class MachineWrites(Part):
    """It is a virtual assistant that writes, and a human comes."""


@dataclass(frozen=True, kw_only=True)
class CategoryPrices(Part):
    """What the cheapest service of each category costs, by the category's title."""

    prices: tuple[tuple[str, Decimal], ...]


class EarlierWished(Part):
    """An earlier time is wished for, should one become free: the salon knows, nothing is promised."""
