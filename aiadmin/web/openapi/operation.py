"""What a view says about itself, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from marshmallow import Schema

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True)
class ListOf:
    """An array of objects of one schema."""

    item: type[Schema]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One route as a caller sees it.

    Attributes:
        answers: what comes back on success, by status: a schema, an array of one, or the media type of what is
            no JSON; also errors that do not have our usual shape.
        body: what is sent, or None.
        query: query parameters and what they are; those in `needed` must be there.
        errors: the statuses that only this route has; those of its guard, its body and its limits are added.
        uses: whether the route needs PostgreSQL or Redis, so that it may answer 503.
    """

    summary: str
    answers: Mapping[int, type[Schema] | ListOf | str]
    body: type[Schema] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()
    uses: bool = True


_ATTRIBUTE = "openapi_operation"


def documented(operation: Operation) -> Callable[[View], View]:
    """Attach `operation` to a view."""

    def attach(view: View) -> View:
        setattr(view, _ATTRIBUTE, operation)
        return view

    return attach


def operation_of(view: Callable[..., object]) -> Operation | None:
    """What `documented` attached to `view`."""
    return getattr(view, _ATTRIBUTE, None)
