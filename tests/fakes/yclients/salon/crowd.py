"""A large salon, by counts and a seed: the same seed and hour make the same salon."""

import math
import random

from tests.fakes.yclients.salon import filling
from tests.fakes.yclients.salon.entities import Service
from tests.fakes.yclients.salon.state import Salon

_DAYS = range(-30, 61)
_HOURS = range(10, 19)
_WORKING_DAYS = 80


def crowd(
    salon: Salon, *, clients: int = 40, records: int = 0, masters: int = 3, services: int = 8, seed: int = 1
) -> None:
    """Fill a salon; there are as many masters as the records need if `masters` are too few.

    One record in fifty blocks a slot without a client, one client in a hundred has no phone.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    filling.add_catalogue(salon)
    _more_services(salon, services)
    needed = math.ceil(records / (_WORKING_DAYS * len(_HOURS)))
    while len(salon.staff) < max(masters, needed):
        skills = chance.sample(list(salon.services), k=min(4, len(salon.services)))
        filling.add_master(salon, f"Мастер {len(salon.staff) + 1}", "универсал", skills, "Мастер")
    filling.plan(salon)
    for number in range(clients):
        client = filling.add_client(salon, number)
        client.phone = "" if number % 100 == 99 else client.phone
    _visits(salon, records, chance)


def _more_services(salon: Salon, wanted: int) -> None:
    headings = list(salon.categories)
    while len(salon.services) < wanted:
        number, place = salon.numbers.next("service"), len(salon.services)
        title, price = f"Услуга {place + 1}", 500 + 100 * (place % 40)
        heading = headings[place % len(headings)]
        salon.services[number] = Service(number, title, heading, price, price, 3600, weight=place)


def _visits(salon: Salon, wanted: int, chance: random.Random) -> None:
    """Each on an hour of its own, so that nobody has two at once unless a service is longer than that."""
    slots = [
        (day, hour, master)
        for master in salon.staff.values()
        for day in _DAYS
        if filling.is_working(salon, master, day)
        for hour in _HOURS
    ]
    people = list(salon.clients)
    for number, (day, hour, master) in enumerate(chance.sample(slots, k=wanted)):
        client = None if number % 50 == 49 or not people else chance.choice(people)
        record = filling.add_record(salon, master, client, filling.at(salon, day, hour), number)
        record.seance_length = min(record.seance_length, 3600)
