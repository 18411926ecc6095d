"""A salon of a file of conversations: whether its ids, hours, prices and starts agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from tests.conversations.form import ABILITIES, DAYS, KEYS
from tests.conversations.words import as_list, clock, hhmm


class SalonCheck:
    """One file: `problems` is what is wrong with it."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.problems: list[str] = []
        self.services = {service["id"]: service for service in data["services"]}
        self.staff = {person["id"]: person for person in data["staff"]}
        self.start_times = {time for _, _, _, times in self.starts() for time in times}

    def starts(self) -> Iterator[tuple[int, list[int], str, list[str]]]:
        for staff, combos in self.data["starts"].items():
            for combo, days in combos.items():
                for day, times in days.items():
                    yield staff, [int(part) for part in str(combo).split("+")], day, times

    def fail(self, where: str, text: str) -> None:
        self.problems.append(f"{where}: {text}")

    def keys(self, where: str, what: str, value: dict[str, Any]) -> None:
        for key in set(value) - KEYS[what]:
            self.fail(where, f"unknown key {key!r}")

    def one_of(self, where: str, name: str, value: Any, allowed: Set[Any]) -> None:
        for item in as_list(value):
            if item not in allowed:
                self.fail(where, f"{name}: {item!r} is not one of the form's words")

    def moment(self, where: str, text: Any) -> datetime | None:
        if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
            self.fail(where, f'{text!r} is no moment of the form "2026-03-12T10:00" (is it quoted?)')
            return None
        return datetime.fromisoformat(text)

    def unique(self, where: str, values: list[Any]) -> None:
        for value in {value for value in values if values.count(value) > 1}:
            self.fail(where, f"{value!r} is not unique")

    # --- the salon ---

    def expand(self, services: list[int]) -> list[int]:
        """A composite as its parts, in order."""
        return [part for one in services for part in self.services.get(one, {}).get("composite", [one])]

    def minutes(self, services: list[int], staff: int) -> int:
        lengths = [
            self.services[one]["masters"].get(staff, {}).get("minutes", self.services[one]["minutes"])
            for one in self.expand(services)
        ]
        return sum(lengths)

    def prices(self, services: list[int], staff: list[int]) -> list[Any]:
        """What the catalogue asks for the services, one figure for each master; None where it is a range."""
        answer: list[Any] = []
        for person in staff:
            each = [
                self.services[one]["masters"].get(person, {}).get("price", self.services[one]["price"])
                for one in services
            ]
            answer.append(None if any(isinstance(price, list) for price in each) else sum(each))
        return answer

    def known(self, where: str, services: Any = None, staff: Any = None) -> bool:
        """Ids exist, and each master does each service."""
        before, people = len(self.problems), as_list(staff) if staff is not None else []
        for one in services or []:
            if one not in self.services:
                self.fail(where, f"service {one!r} does not exist")
        for person in people:
            if person not in self.staff:
                self.fail(where, f"staff {person!r} does not exist")
        if len(self.problems) == before:
            for one, person in product(services or [], people):
                if person not in self.services[one]["masters"]:
                    self.fail(where, f"{self.staff[person]['name']} does not do {one}")
        return len(self.problems) == before

    def works(self, staff: int, day: date) -> tuple[int, int] | None:
        """The master's working time of a day in minutes, None when off."""
        person = self.staff[staff]
        away = person.get("away")
        if away and away[0] <= day.isoformat() <= away[1]:
            return None
        hours = person.get("works", {}).get(DAYS[day.weekday()])
        return tuple(clock(part) for part in hours.split("-")) if hours else None

    def check_salon(self) -> None:
        data, salon = self.data, self.data["salon"]
        self.keys("file", "file", data)
        self.keys("salon", "salon", salon)
        self.check_bot("salon.bot", salon["bot"])
        self.check_hours("salon", salon["hours"])
        for person in data["staff"]:
            self.keys(f"staff {person['id']}", "staff", person)
            self.check_hours(f"staff {person['id']}", person.get("works", {}))
        self.unique("services", [service["id"] for service in data["services"]])
        self.unique("staff", [person["id"] for person in data["staff"]])
        self.unique("cards", [card for client in data["clients"].values() for card in client["cards"]])
        for service in data["services"]:
            self.check_service(service)
        self.check_phones([salon["phone"], *(client["phone"] for client in data["clients"].values())])
        for key, client in data["clients"].items():
            self.keys(f"client {key}", "client", client)
            for past in client.get("past", []):
                self.check_past(f"client {key}", past)

    def check_hours(self, name: str, hours: dict[str, Any]) -> None:
        for day, span in hours.items():
            is_span = re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", str(span)) and clock(span[:5]) < clock(span[6:])
            if day not in DAYS or not is_span:
                self.fail(name, f"hours {day}: {span}")
            elif day not in self.data["salon"]["hours"]:
                self.fail(name, f"works on {day}, the salon is closed")

    def check_phones(self, phones: list[Any]) -> None:
        self.unique("phones", phones)
        for phone in phones:
            if not isinstance(phone, str) or not re.fullmatch(r"7900\d{7}", phone):
                self.fail("phones", f'{phone!r} is not of the form "7900XXXXXXX"')

    def check_past(self, where: str, past: dict[str, Any]) -> None:
        self.keys(where, "past", past)
        at = self.moment(where, past["at"])
        if self.known(where, past["services"], past["staff"]) and at:
            self.fits(f"{where}, past", past["services"], past["staff"], at, away=False)

    def check_bot(self, where: str, bot: dict[str, Any]) -> None:
        self.keys(where, "bot", bot)
        self.one_of(where, "abilities", bot.get("abilities", []), ABILITIES)

    def check_service(self, service: dict[str, Any]) -> None:
        where = f"service {service['id']}"
        self.keys(where, "service", service)
        self.known(where, service.get("composite"))
        for person, terms in service["masters"].items():
            self.known(where, None, person)
            self.keys(where, "master", terms)
        for part in service.get("composite", []):
            if set(service["masters"]) - set(self.services[part]["masters"]):
                self.fail(where, f"a master of the composite does not do {part}")
        if (
            service.get("composite")
            and sum(self.services[part]["minutes"] for part in service["composite"]) != service["minutes"]
        ):
            self.fail(where, "minutes are not the sum of the parts")
        if "group" in service:
            self.keys(where, "group", service["group"])
            for at in service["group"]["at"]:
                self.moment(where, at)

    def fits(self, where: str, services: list[int], staff: int, at: datetime, *, away: bool = True) -> None:
        """A visit lies in the master's working time and keeps the services' own rules."""
        hours = self.works(staff, at.date()) if away else self.staff[staff].get("works", {}).get(DAYS[at.weekday()])
        if not hours:
            return self.fail(
                where, f"{self.staff[staff]['name']} does not work on {at.date()} ({DAYS[at.weekday()]})"
            )
        begin, end = hours if away else (clock(part) for part in hours.split("-"))
        start = at.hour * 60 + at.minute
        if start < begin or start + self.minutes(services, staff) > end:
            self.fail(where, f"{services} at {at} does not fit into the working time of {self.staff[staff]['name']}")
        for one in services:
            rule = self.services[one]
            if "weekdays" in rule and DAYS[at.weekday()] not in rule["weekdays"]:
                self.fail(where, f"{one} is not done on {DAYS[at.weekday()]}")
            if "starts_until" in rule and start >= clock(rule["starts_until"]):
                self.fail(where, f"{one} starts at {hhmm(at)}, allowed before {rule['starts_until']}")
        return None

    def check_starts(self) -> None:
        for staff, services, day, times in self.starts():
            where = f"starts {staff} {'+'.join(map(str, services))} {day}"
            if any("composite" in self.services.get(one, {}) for one in services):
                self.fail(where, "a composite: write its parts")
            if not self.known(where, services, staff):
                continue
            if times != sorted(times) or len(set(times)) != len(times):
                self.fail(where, "times are not in order, or one stands twice")
            for time in times:
                at = self.moment(where, f"{day}T{time}")
                if at:
                    self.fits(where, services, staff, at)
                    if at < self.moment(where, self.data["now"]) + timedelta(
                        minutes=self.data["salon"]["lead_minutes"]
                    ):
                        self.fail(where, f"{time} is before now + lead")
