"""The JSON of a record as its client sees it, and an app the records that were made through it."""

from typing import Any

from tests.fakes.yclients.salon.entities import Record
from tests.fakes.yclients.salon.shapes import company, master_in_record
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import naive, with_colon, without_colon

_OF_COMPANY = (
    "id",
    "title",
    "address",
    "phone",
    "phones",
    "timezone",
    "timezone_name",
    "coordinate_lat",
    "coordinate_lon",
)


def own_record(salon: Salon, one: Record) -> dict[str, Any]:
    """With the salon in it, and what the client may still do."""
    place, master = company(salon), salon.staff.get(one.staff_id)
    return {
        "id": one.id,
        "company": {name: place[name] for name in _OF_COMPANY},
        "services": [
            {"id": sold.service_id, "title": sold.title, "cost": sold.cost, "price_min": sold.first_cost, "amount": 1}
            for sold in one.services
        ],
        "staff": master_in_record(master) if master else [],
        "date": naive(one.date),
        "datetime": with_colon(one.date, salon.zone),
        "create_date": without_colon(one.created, salon.zone),
        "comment": one.comment,
        "online": one.online,
        "attendance": one.attendance,
        "confirmed": int(one.attendance != -1),
        "length": one.seance_length,
        "deleted": one.deleted,
        "notify_by_sms": 0,
        "notify_by_email": 0,
        "master_requested": 0,
        "last_change_date": without_colon(one.changed, salon.zone),
        "allow_change_record": place["allow_change_record"],
        "allow_delete_record": place["allow_delete_record"],
    }


def made_by_partner(salon: Salon, one: Record) -> dict[str, Any]:
    """For the app, with the client's phone in its fourth spelling: `+7 999 123-45-67`."""
    client = salon.clients.get(one.client_id or 0)
    phone = client.phone if client else ""
    spelt = f"+{phone[0]} {phone[1:4]} {phone[4:7]}-{phone[7:9]}-{phone[9:]}" if phone else ""
    person = {"name": client.name, "phone": spelt, "phone_code": phone[:1], "email": client.email} if client else None
    return own_record(salon, one) | {"client": person, "api_id": one.api_id}
