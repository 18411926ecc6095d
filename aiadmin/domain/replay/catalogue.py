"""The salon of a file of conversations: what its services are made of, take and cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiadmin.domain.replay.played import Given


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


def as_list(value: Any) -> Sequence[Any]:
    """The values that a field of the form allows: a list, or the one that stands there."""
    return value if isinstance(value, list) else [value]
