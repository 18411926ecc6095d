"""The JSON of a salon, its services and its staff. Nothing is an empty list where an object is expected."""

from typing import Any

from tests.fakes.yclients.salon.entities import Category, Master, Service
from tests.fakes.yclients.salon.state import Salon

_IMAGE = "https://assets.example.com/masters/{id}.png"
_NETWORK = {"id": 9206, "title": "Сеть"}


def company(salon: Salon, *, bookforms: bool = False, groups: bool = False, rights: bool = False) -> dict[str, Any]:
    """A salon as `GET /company/{id}`; what it was given as ``facts`` goes before the usual."""
    offset = salon.now().replace(tzinfo=salon.zone).utcoffset()
    form = {"id": 19203, "title": "Форма", "is_default": 1, "url": "https://n19203.yclients.com/"}
    usual = {
        "id": salon.id,
        "title": salon.title,
        "public_title": salon.title,
        "country_id": 1,
        "country": "Россия",
        "city_id": 2,
        "city": "Москва",
        "timezone": int(offset.total_seconds() // 3600) if offset else 0,
        "timezone_name": salon.zone.key,
        "address": "ул. Примерная, 1",
        "zip": 101000,
        "coordinate_lat": 55.7,
        "coordinate_lon": 37.6,
        "phone": "+7 495 000-00-00",
        "phones": ["+7 495 000-00-00"],
        "site": "",
        "short_descr": "Салон красоты",
        "description": "<p>Салон красоты</p>",
        "social": dict.fromkeys(("whatsapp", "telegram", "vk", "instagram", "viber", "facebook"), ""),
        "business_type_id": 1,
        "business_group_id": 1,
        "schedule": "",
        "logo": "https://assets.example.com/logo.png",
        "phone_confirmation": False,
        "active_staff_count": sum(not (one.fired or one.deleted) for one in salon.staff.values()),
        "currency_short_title": "₽",
        "allow_change_record": True,
        "allow_change_record_delay_step": 0,
        "allow_delete_record": True,
        "allow_delete_record_delay_step": 0,
        "main_group_id": _NETWORK["id"],
        "main_group": _NETWORK,
        "groups": {str(_NETWORK["id"]): _NETWORK} if groups else [],
        "bookforms": [form] if bookforms else [],
        "online_sales_form_url": "https://o1.yclients.com",
        "access": salon.rights if rights else {},
    }
    return usual | salon.facts


def category(salon: Salon, one: Category) -> dict[str, Any]:
    """A heading, with the staff who do anything under it."""
    below = {service.id for service in salon.services.values() if service.category_id == one.id}
    prices = [salon.services[number] for number in below]
    return {
        "id": one.id,
        "category_id": one.id,
        "salon_service_id": one.id,
        "title": one.title,
        "booking_title": one.title,
        "weight": one.weight,
        "api_id": one.api_id,
        "price_min": min((service.price_min for service in prices), default=0),
        "price_max": max((service.price_max for service in prices), default=0),
        "sex": 0,
        "is_chain": False,
        "staff": [master.id for master in salon.staff.values() if below & set(master.service_ids)],
    }


def service(salon: Salon, one: Service) -> dict[str, Any]:
    return {
        "id": one.id,
        "salon_service_id": one.id,
        "title": one.title,
        "booking_title": one.title,
        "category_id": one.category_id,
        "price_min": one.price_min,
        "price_max": one.price_max,
        "discount": 0,
        "comment": one.comment,
        "weight": one.weight,
        "active": int(one.active),
        "api_id": "",
        "duration": one.duration,
        "prepaid": one.prepaid,
        "online_invoicing_status": 2 if one.prepaid == "required" else 0,
        "service_type": int(one.active),
        "is_multi": bool(one.capacity),
        "capacity": one.capacity,
        "is_online": one.active,
        "technical_break_duration": one.technical_break or None,
        "seance_search_start": one.search_start,
        "seance_search_finish": one.search_finish,
        "seance_search_step": one.search_step,
        **composite(salon, one),
        "staff": [_does(master, one) for master in salon.staff.values() if one.id in master.service_ids],
        "image_group": [],
        "dates": [],
        "resources": [],
    }


def composite(salon: Salon, one: Service) -> dict[str, Any]:
    """What a composite service is made of."""
    links = [
        {"service_id": number, "position": place, "title": salon.services[number].title}
        for place, number in enumerate(one.parts, 1)
    ]
    made_of = {"composite_details": {"type": "sequential", "links": links}} if links else {}
    return {"is_composite": bool(links), **made_of}


def _does(master: Master, one: Service) -> dict[str, Any]:
    """A price of null is the service's own."""
    terms, link = one.terms.get(master.id), {"id": master.id, "technological_card_id": 0}
    link |= {"seance_length": one.length_with(master.id), "price": terms.price if terms else None}
    return link | {"name": master.name, "image_url": ""}


def position(master: Master) -> dict[str, Any] | list[Any]:
    """An object, or the empty list that stands for none."""
    return {"id": 1 + len(master.position), "title": master.position} if master.position else []


def master(salon: Salon, one: Master) -> dict[str, Any]:
    last = max((day for (staff, day), slots in salon.schedule.items() if staff == one.id and slots), default=None)
    links = [salon.services[number] for number in one.service_ids if number in salon.services]
    return master_in_record(one) | {
        "company_id": salon.id,
        "fired": int(one.fired),
        "status": int(one.deleted),
        "hidden": int(one.hidden),
        "user_id": None,
        "information": f"<p>{one.specialization}</p>",
        "weight": 10,
        "is_fired": one.fired,
        "is_deleted": one.deleted,
        "is_bookable": not (one.hidden or one.fired or one.deleted),
        "dismissal_date": None,
        "schedule_till": str(last) if last else None,
        "services_links": [
            {"service_id": each.id, "master_id": one.id, "length": each.length_with(one.id), "price": None}
            for each in links
        ],
    }


def master_in_record(one: Master) -> dict[str, Any]:
    """The shorter form inside a visit."""
    return {
        "id": one.id,
        "api_id": None,
        "name": one.name,
        "specialization": one.specialization,
        "position": position(one),
        "avatar": _IMAGE.format(id=one.id),
        "avatar_big": _IMAGE.format(id=one.id),
        "rating": 0,
        "votes_count": 0,
    }
