"""What happened in a salon, as its webhooks tell it."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.yclients.salon import client_shapes, record_shapes, shapes
from tests.fakes.yclients.salon.entities import Category, Client, Master, Record, Service
from tests.fakes.yclients.salon.state import Salon

CREATED, UPDATED, DELETED = "create", "update", "delete"
FLAGS = {"company": "salon", "staff": "master"}
"""The flag in the settings of hooks where it has another name than the resource."""


@dataclass(frozen=True)
class Change:
    """One change, with the thing as it is after it; a deleted thing is told whole, too.

    Attributes:
        by_api: whether an app did it through the API, and nobody at the salon.
    """

    salon_id: int
    resource: str
    resource_id: int
    status: str
    data: Any
    by_api: bool = False

    @property
    def flag(self) -> str:
        return FLAGS.get(self.resource, self.resource)


def change(salon: Salon, status: str, one: object, *, by_api: bool = False) -> Change:
    """Tell what happened to a thing, in the shape that webhooks give it."""
    resource, number, data = _told(salon, one)
    return Change(salon.id, resource, number, status, data, by_api)


def _told(salon: Salon, one: object) -> tuple[str, int, Any]:
    match one:
        case Record():
            return "record", one.id, record_shapes.record(salon, one, hook=True)
        case Client():
            return "client", one.id, client_shapes.client(salon, one, hook=True)
        case Service():
            return "service", one.id, shapes.service(salon, one)
        case Category():
            return "service_category", one.id, shapes.category(salon, one)
        case Master():
            return "staff", one.id, shapes.master(salon, one)
        case Salon():
            return "company", salon.id, shapes.company(salon)
    raise TypeError(f"nothing is told about a {type(one).__name__}")


def schedule_change(salon: Salon, staff_id: int) -> Change:
    """A schedule has no data of its own: only whose it is."""
    return Change(salon.id, "schedule", staff_id, UPDATED, [])
