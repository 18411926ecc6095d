"""The salon of a file of conversations: what its services are made of, take and cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiadmin.domain.replay.played import Given
from aiadmin.domain.replay.saying import prices_in, times_in, words_of


@dataclass(frozen=True)
class Catalogue:
    """The salon of a file; see `FORMAT.md`."""

    file: Given

    @cached_property
    def services(self) -> Mapping[int, Given]:
        """By their number."""
        return {int(one["id"]): one for one in self.file["services"]}

    @cached_property
    def staff(self) -> Mapping[int, Given]:
        """By their number."""
        return {int(one["id"]): one for one in self.file["staff"]}

    def expanded(self, services: Iterable[int]) -> tuple[int, ...]:
        """Composite services as their parts, in order."""
        return tuple(part for one in services for part in self.services.get(one, {}).get("composite", [one]))

    def terms(self, service: int, staff: int | None) -> Given:
        """What one master asks for and needs; empty where all do the same."""
        found: Given = self.services[service]["masters"].get(staff) or {}
        return found

    def together(self) -> Iterator[tuple[int, list[int]]]:
        """Each master with the services that `starts` has together in one visit."""
        for staff, sets in self.file["starts"].items():
            yield from ((int(staff), [int(one) for one in str(joined).split("+")]) for joined in sets)

    def minutes(self, services: Iterable[int], staff: int | None) -> int:
        """How long they take with a master."""
        each = [
            self.terms(one, staff).get("minutes", self.services[one]["minutes"]) for one in self.expanded(services)
        ]
        return sum(each)

    def prices(self, service: int) -> set[int]:
        """Every sum that the file names for a service."""
        given = self.services[service]
        own = [terms["price"] for terms in given["masters"].values() if terms and "price" in terms]
        return {int(one) for named in [given["price"], *own] for one in as_list(named) if one is not None}

    # What every reply is compared with is the same for all of a file, and found once.

    @cached_property
    def quotable(self) -> Sequence[str]:
        """The file's own words, which a reply may quote as they stand; the longest first."""
        salon = self.file["salon"]
        texts = [salon["title"], salon["address"], *salon.get("facts", {}).values(), *salon.get("rules", {}).values()]
        services = [text for one in self.file["services"] for text in (one["title"], one.get("description", ""))]
        return sorted({str(one) for one in [*texts, *services] if one}, key=len, reverse=True)

    @cached_property
    def quotable_words(self) -> frozenset[str]:
        """The words of what may be quoted, as `plain`."""
        return frozenset(word for text in self.quotable for word in words_of(text))

    @cached_property
    def times(self) -> frozenset[str]:
        """Every time of day that the file names for all clients, as HH:MM."""
        return frozenset(self._times())

    def _times(self) -> Iterator[str]:
        for hours in (self.file["salon"]["hours"], *(one.get("works") or {} for one in self.file["staff"])):
            yield from (part for span in hours.values() for part in span.split("-"))
        for days in (days for sets in self.file["starts"].values() for days in sets.values()):
            yield from (time for times in days.values() for time in times)
        for service in self.file["services"]:
            yield from filter(None, [service.get("starts_until")])
            yield from (at[11:] for at in service.get("group", {}).get("at", []))
        yield from (time for text in self.quotable for time in times_in(text))

    @cached_property
    def sums(self) -> frozenset[int]:
        """Every sum of money of a service, or in what may be quoted."""
        named = {price for number in self.services for price in self.prices(number)}
        return frozenset(named.union(*map(prices_in, self.quotable)))

    @cached_property
    def lengths(self) -> frozenset[int]:
        """In minutes: what each service takes with each master, and what they do in one visit."""
        each = {self.minutes([one], who) for one in self.services for who in (None, *self.staff)}
        return frozenset(each | {self.minutes(services, staff) for staff, services in self.together()})


def as_list(value: Any) -> Sequence[Any]:
    """The values that a field of the form allows: a list, or the one that stands there."""
    return value if isinstance(value, list) else [value]
