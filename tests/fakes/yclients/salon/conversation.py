"""A salon out of a file of conversations (`tests/conversations/FORMAT.md`), with the coming visits of one of them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.yclients.salon.entities import (
    Activity,
    Category,
    Client,
    Master,
    OnlineRules,
    Record,
    Service,
    Sold,
    Terms,
)
from tests.fakes.yclients.salon.script import Script
from tests.fakes.yclients.salon.slots import length_of, time_on
from tests.fakes.yclients.salon.state import OWNER_ID, Salon, hash_of

Given = Mapping[str, Any]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PLANNED = range(-60, 91)
_HOUR = 3600


def zone_of(file: Given) -> ZoneInfo:
    return ZoneInfo(file["salon"]["timezone"])


def now_of(file: Given, case: Given) -> datetime:
    """When a conversation takes place."""
    return datetime.fromisoformat(case.get("now", file["now"])).replace(tzinfo=zone_of(file))


def load(salon: Salon, file: Given, case: Given) -> None:
    """Fill an empty salon. Keys that are numbers may be texts, as JSON makes them."""
    _itself(salon, file["salon"])
    for service in file["services"]:
        _service(salon, service)
    for person in file["staff"]:
        _master(salon, person, file["services"])
    salon.script = _script(salon, file, case)
    for service in file["services"]:
        _events(salon, service)
    people = {name: _client(salon, client) for name, client in file["clients"].items()}
    for name, client in file["clients"].items():
        for visit in client.get("past", []):
            _record(salon, visit, people[name], attendance=1)
    for visit in case.get("visits", []):
        _record(salon, visit, people[visit.get("client", case.get("client"))], attendance=0)


def _itself(salon: Salon, given: Given) -> None:
    forbidden = given.get("change_forbidden_hours", 0) * _HOUR
    salon.zone = ZoneInfo(given["timezone"])
    salon.online = OnlineRules(lead_minutes=given.get("lead_minutes", 0))
    salon.facts |= {
        "title": given["title"],
        "address": given["address"],
        "phone": f"+{given['phone']}",
        "currency_short_title": given.get("currency", "₽"),
        "schedule": ", ".join(f"{day} {hours}" for day, hours in given["hours"].items()),
        "allow_change_record_delay_step": forbidden,
        "allow_delete_record_delay_step": forbidden,
    }


def _service(salon: Salon, given: Given) -> None:
    price = given["price"] if isinstance(given["price"], list) else [given["price"]] * 2
    salon.services[given["id"]] = Service(
        id=given["id"],
        title=given["title"],
        category_id=_category(salon, given["category"]),
        price_min=price[0] or 0,
        price_max=price[1] or 0,
        duration=given["minutes"] * 60,
        active=given.get("online", True),
        weight=len(salon.services),
        comment=given.get("description", ""),
        prepaid="required" if given.get("prepay") else "forbidden",
        parts=list(given.get("composite", [])),
        capacity=given.get("group", {}).get("capacity", 0),
        terms={int(who): _terms(terms) for who, terms in given["masters"].items() if terms},
        search_finish=_seconds(given.get("starts_until", "24:00")),
    )


def _terms(given: Given) -> Terms:
    return Terms(price=given.get("price"), length=given["minutes"] * 60 if "minutes" in given else None)


def _seconds(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return (hour * 60 + minute) * 60


def _category(salon: Salon, title: str) -> int:
    known = next((one.id for one in salon.categories.values() if one.title == title), None)
    if known is None:
        known = salon.numbers.next("service")
        salon.categories[known] = Category(known, title, weight=len(salon.categories))
    return known


def _master(salon: Salon, given: Given, services: list[Given]) -> None:
    """Whoever has no hours at all, as a waiting list, has no schedule; else a day without hours is a day off."""
    number = given["id"]
    skills = [one["id"] for one in services if number in map(int, one["masters"])]
    position = given.get("position") or None
    master = Master(number, given["name"], position or "", skills, position, stands_in=given.get("offered", True))
    salon.staff[number] = master
    first, last = map(date.fromisoformat, given.get("away") or ("9999-12-31", "9999-12-31"))
    if not given.get("works"):
        return
    today = salon.now().date()
    weekly = [hours and (tuple(hours.split("-")),) for hours in map(given["works"].get, _WEEKDAYS)]
    for day in (today + timedelta(days=ahead) for ahead in _PLANNED):
        salon.schedule[number, day] = list(() if first <= day <= last else weekly[day.weekday()] or ())


def _script(salon: Salon, file: Given, case: Given) -> Script:
    script = Script()
    for who, sets in file["starts"].items():
        for joined, days in sets.items():
            asked = salon.expanded([int(one) for one in str(joined).split("+")])
            key = (int(who), frozenset(asked))
            script.lengths[key] = length_of(salon, int(who), asked)
            for day, times in days.items():
                when = date.fromisoformat(day)
                script.starts[*key, when] = [time_on(when, clock) for clock in times]
    for who, days in case.get("gaps", {}).items():
        for day, spans in days.items():
            when = date.fromisoformat(day)
            pairs = [span.split("-") for span in spans]
            script.gaps[int(who), when] = [(time_on(when, start), time_on(when, end)) for start, end in pairs]
    return script


def _events(salon: Salon, given: Given) -> None:
    for at in given.get("group", {}).get("at", []):
        number, staff_id = salon.numbers.next("activity"), int(next(iter(given["masters"])))
        when, capacity = datetime.fromisoformat(at), given["group"]["capacity"]
        taken, length = given["group"].get("taken", 0), given["minutes"] * 60
        salon.activities[number] = Activity(number, given["id"], staff_id, when, length, capacity, taken)


def _client(salon: Salon, given: Given) -> list[int]:
    """The cards of a person: none, one or several with one phone."""
    born = salon.clock() - timedelta(days=400)
    for number in given.get("cards", []):
        salon.clients[number] = Client(number, given["name"] or "", given["phone"], created=born, changed=born)
    return list(given.get("cards", []))


def _record(salon: Salon, given: Given, cards: list[int], *, attendance: int) -> None:
    staff_id, services = given["staff"], salon.expanded(given["services"])
    number, booked = given.get("record") or salon.numbers.next("record"), salon.clock() - timedelta(days=5)
    sold = [salon.services[one] for one in services]
    at = datetime.fromisoformat(given["at"])
    salon.keep(
        Record(
            id=number,
            visit_id=salon.numbers.next("visit"),
            staff_id=staff_id,
            client_id=cards[0] if cards else None,
            date=at,
            seance_length=length_of(salon, staff_id, services),
            services=[Sold(one.id, one.title, one.price_with(staff_id), one.price_with(staff_id)) for one in sold],
            created=min(booked, at.replace(tzinfo=salon.zone) - timedelta(days=1)),
            changed=booked,
            record_hash=hash_of(number),
            attendance=attendance,
            created_user_id=OWNER_ID,
            deleted=bool(given.get("deleted")),
        )
    )
