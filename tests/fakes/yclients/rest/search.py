"""The filters of `POST /company/{id}/clients/search`: each is `{"type": ..., "state": {...}}`.

`invert` in the state turns it round.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon.client_shapes import found
from tests.fakes.yclients.salon.entities import Client, Record
from tests.fakes.yclients.salon.state import Salon

State = dict[str, Any]
_ATTENDANCE = {1: -1, 2: 0, 3: 1, 4: 2}
"""The search has codes of its own: 1 did not come, 2 expected, 3 came, 4 confirmed."""


def matches(salon: Salon, asked: dict[str, Any]) -> list[Client]:
    """Who is found; raises RefusedError (400) for a filter that does not exist or is not whole."""
    joined = any if str(asked.get("operation", "AND")).upper() == "OR" else all
    filters = asked.get("filters") or []
    try:
        chosen = [
            one
            for one in salon.clients.values()
            if not filters or joined(_fits(salon, one, each) for each in filters)
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RefusedError(400, f"Некорректный фильтр: {error}") from None
    return chosen


def ordered(salon: Salon, chosen: list[Client], asked: dict[str, Any]) -> list[Client]:
    """By any field that the search knows; by id if none is named."""
    name = str(asked.get("order_by") or "id")

    def known(one: Client) -> Any:
        cheap = getattr(one, name, None)
        return cheap if cheap is not None else found(salon, one, salon.records_of(one.id))[name]

    is_down = str(asked.get("order_by_direction", "ASC")).upper() == "DESC"
    try:
        return sorted(
            chosen, key=lambda one: (str(known(one)) if name == "birth_date" else known(one), one.id), reverse=is_down
        )
    except KeyError:
        raise RefusedError(400, f"Некорректная сортировка: {name}") from None


def _fits(salon: Salon, one: Client, each: dict[str, Any]) -> bool:
    state = each["state"]
    return _FILTERS[each["type"]](salon, one, state) != bool(state.get("invert"))


def _id(_salon: Salon, one: Client, state: State) -> bool:
    return one.id in state["value"]


def _quick(_salon: Salon, one: Client, state: State) -> bool:
    """Part of the phone, the name or the card."""
    wanted = str(state["value"]).lower().lstrip("+")
    return wanted in one.phone or wanted in one.display_name.lower() or wanted in one.card.lower()


def _birthday(_salon: Salon, one: Client, state: State) -> bool:
    """A day of the year; the years of the limits do not matter."""
    first, last = (date.fromisoformat(state[name]) for name in ("from", "to"))
    if one.birth_date is None:
        return False
    day, start, end = ((each.month, each.day) for each in (one.birth_date, first, last))
    return start <= day <= end if start <= end else day >= start or day <= end


def _sold(salon: Salon, one: Client, state: State) -> bool:
    came = [record for record in salon.records_of(one.id) if record.attendance == 1]
    return _between(sum(sold.cost for record in came for sold in record.services), state)


def _record(salon: Salon, one: Client, state: State) -> bool:
    """Whether the client has visits to one of these masters, for one of these services, in one of these states."""
    fitting = [record for record in salon.records_of(one.id) if _visit_fits(salon, record, state)]
    return _between(len(fitting), state["records_count"]) if "records_count" in state else bool(fitting)


def _visit_fits(salon: Salon, record: Record, state: State) -> bool:
    services = {sold.service_id for sold in record.services}
    headings = {salon.services[number].category_id for number in services if number in salon.services}
    has: dict[str, set[int]] = {"staff": {record.staff_id}, "service": services, "service_category": headings}
    wanted = {name: set(state[name]["value"]) for name in has if name in state}
    states = {_ATTENDANCE[code] for code in state["status"]["value"]} if "status" in state else {record.attendance}
    day = str(record.created.astimezone(salon.zone).date())
    return (
        all(has[name] & numbers for name, numbers in wanted.items())
        and record.attendance in states
        and _between(day, state.get("created", {}))
    )


def _client(salon: Salon, one: Client, state: State) -> bool:
    """Several filters at once, all of which must fit."""
    return all(_fits(salon, one, {"type": name, "state": inner}) for name, inner in state.items() if name != "invert")


def _between(value: Any, state: State) -> bool:
    return bool(state.get("from", value) <= value <= state.get("to", value))


_FILTERS: dict[str, Callable[[Salon, Client, State], bool]] = {
    "id": _id,
    "quick_search": _quick,
    "birthday": _birthday,
    "gender": lambda _salon, one, state: one.sex_id in state["value"],
    "importance": lambda _salon, one, state: one.importance_id in state["value"],
    "category": lambda _salon, one, state: bool({label.id for label in one.categories} & set(state["value"])),
    "has_mobile_app": lambda _salon, _one, state: not state["value"],
    "sold_amount": _sold,
    "record": _record,
    "client": _client,
}
