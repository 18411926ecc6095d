"""A small salon, made by hand: three masters, eight services in three categories, forty clients, a week of visits."""

from datetime import date, datetime, timedelta

from tests.fakes.yclients.salon.entities import Category, Client, Label, Master, Record, Service, Sold
from tests.fakes.yclients.salon.state import OWNER_ID, Salon, hash_of

_CATEGORIES = ("Волосы", "Ногти", "Лицо")
_SERVICES = (
    ("Женская стрижка", 0, 1800, 2500, 60),
    ("Мужская стрижка", 0, 1300, 1500, 45),
    ("Окрашивание", 0, 4500, 9000, 150),
    ("Маникюр с покрытием", 1, 2200, 2200, 90),
    ("Педикюр", 1, 2600, 2900, 90),
    ("Снятие покрытия", 1, 500, 500, 30),
    ("Оформление бровей", 2, 1200, 1200, 45),
    ("Чистка лица", 2, 3500, 4200, 75),
)
_STAFF = (
    ("Анна", "парикмахер-стилист", "Топ-мастер", (0, 1, 2)),
    ("Оксана", "мастер маникюра", "Мастер", (3, 4, 5)),
    ("Мария", "косметолог", None, (6, 7)),
)
_NAMES = ("Анна", "Ирина", "Елена", "Дарья", "Ольга", "Пётр", "Иван", "Алексей")
_SURNAMES = ("Иванова", "Смирнова", "Кузнецова", "Попова", "Соколова", "Лебедев", "Козлов", "Новиков")
_WORKS = [("10:00", "19:00")]
_PLANNED = range(-30, 91)
_VISITS = range(-7, 15)
_HOURS = (10, 12, 15, 17)


def fill(salon: Salon) -> None:
    """Put everything in; the salon's days are around its own now."""
    add_catalogue(salon)
    plan(salon)
    for number in range(40):
        add_client(salon, number)
    clients = list(salon.clients)
    visits = [(day, hour) for day in _VISITS for hour in _HOURS[: 2 + day % 2]]
    for number, (day, hour) in enumerate(visits):
        working = [master for master in salon.staff.values() if is_working(salon, master, day)]
        master = working[number % len(working)]
        add_record(salon, master, clients[number * 7 % len(clients)], at(salon, day, hour), number)


def add_catalogue(salon: Salon) -> None:
    """Categories, services, labels, masters and the owner's account."""
    owner = {"id": OWNER_ID, "name": "Тест Тестов", "phone": "79990000000", "email": "owner@example.com"}
    salon.users = [owner | {"is_approved": True, "access": {"master_id": 0, "api_access": True}}]
    label = Label(salon.numbers.next("label"), "Мастер не важен", "#009800")
    salon.labels[label.id] = label
    for weight, title in enumerate(_CATEGORIES):
        number = salon.numbers.next("service")
        salon.categories[number] = Category(number, title, weight)
    headings = list(salon.categories)
    for weight, (title, heading, low, high, minutes) in enumerate(_SERVICES):
        number = salon.numbers.next("service")
        service = Service(number, title, headings[heading], low, high, minutes * 60, weight=weight)
        salon.services[number] = service
    for name, specialization, position, skills in _STAFF:
        services = list(salon.services)
        add_master(salon, name, specialization, [services[skill] for skill in skills], position)


def add_master(salon: Salon, name: str, specialization: str, services: list[int], position: str | None) -> Master:
    number = salon.numbers.next("staff")
    salon.staff[number] = Master(number, name, specialization, services, position)
    return salon.staff[number]


def plan(salon: Salon) -> None:
    """Everybody works from ten to seven, but for every seventh day."""
    today = salon.now().date()
    for place, master in enumerate(salon.staff):
        for day in _PLANNED:
            when: date = today + timedelta(days=day)
            salon.schedule[master, when] = [] if day > 0 and (day + place) % 7 == 0 else list(_WORKS)


def is_working(salon: Salon, master: Master, day: int) -> bool:
    """Whether the master works so many days from the salon's today."""
    return bool(salon.schedule.get((master.id, salon.now().date() + timedelta(days=day))))


def add_client(salon: Salon, number: int) -> Client:
    """The client with this place in the salon's book; the same place is always the same person."""
    created = salon.clock().replace(microsecond=0) - timedelta(days=400 - number % 300)
    is_man = number % len(_NAMES) > 4
    client = Client(
        id=salon.numbers.next("client"),
        name=_NAMES[number % len(_NAMES)],
        surname=_SURNAMES[number % len(_SURNAMES)],
        phone=f"7900{number:07d}",
        created=created,
        changed=created,
        sex_id=1 if is_man else 2,
        birth_date=date(1970 + number % 35, 1 + number % 12, 1 + number % 28) if number % 3 else None,
        sms_not=int(number % 20 == 19),
        email=f"client{number}@example.com" if number % 4 == 0 else "",
    )
    salon.clients[client.id] = client
    return client


def add_record(salon: Salon, master: Master, client: int | None, when: datetime, number: int) -> Record:
    """A visit to this master for one of the master's services; what is past has been attended, but for a few."""
    service = salon.services[master.service_ids[number % len(master.service_ids)]]
    booked = min(salon.clock().replace(microsecond=0), when.replace(tzinfo=salon.zone)) - timedelta(
        days=1 + number % 5
    )
    identity = salon.numbers.next("record")
    is_past = when < salon.now()
    record = Record(
        id=identity,
        visit_id=salon.numbers.next("visit"),
        staff_id=master.id,
        client_id=client,
        date=when,
        seance_length=service.duration,
        services=[Sold(service.id, service.title, service.price_min, service.price_min)],
        created=booked,
        changed=booked,
        record_hash=hash_of(identity),
        attendance=(-1 if number % 9 == 8 else 1) if is_past else 0,
        created_user_id=OWNER_ID,
        online=number % 3 == 0,
    )
    salon.keep(record)
    return record


def at(salon: Salon, day: int, hour: int, minute: int = 0) -> datetime:
    """That time, so many days from the salon's today."""
    midnight = salon.now().replace(hour=0, minute=0, second=0)
    return midnight + timedelta(days=day, hours=hour, minutes=minute)
