"""The JSON of clients. A phone is left out where the app may not see it, except in webhooks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.fakes.yclients.salon.entities import Client, Record
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import without_colon

_SEXES = {0: "Не известен", 1: "Мужской", 2: "Женский"}
_IMPORTANCE = ("Без класса важности", "Бронза", "Серебро", "Золото")


def phone(salon: Salon, client: Client) -> str:
    return client.phone if salon.may("clients", "client_phones_access") else ""


def client(salon: Salon, one: Client, *, hook: bool = False) -> dict[str, Any]:
    """A client as `GET /client`; in a webhook the phone has a plus, and the sex is a number."""
    visits = sum(record.attendance == 1 for record in salon.records_of(one.id))
    return {
        "id": one.id,
        "name": one.name,
        "surname": one.surname,
        "patronymic": one.patronymic,
        "display_name": one.display_name,
        "phone": (one.phone and f"+{one.phone}") if hook else phone(salon, one),
        "email": one.email,
        "categories": [{"id": each.id, "title": each.title, "color": each.color} for each in one.categories],
        "sex_id": one.sex_id,
        "sex": one.sex_id if hook else _SEXES[one.sex_id],
        "importance_id": one.importance_id,
        "importance": _IMPORTANCE[one.importance_id],
        "discount": one.discount,
        "card": one.card,
        "birth_date": _day(one.birth_date),
        "comment": one.comment,
        "sms_check": one.sms_check,
        "sms_not": one.sms_not,
        "spent": one.spent,
        "paid": one.paid,
        "balance": one.balance,
        "visits": visits,
        "last_change_date": without_colon(one.changed, salon.zone),
        "custom_fields": one.custom_fields or [],
    }


def client_in_record(salon: Salon, one: Client | None, *, hook: bool = False) -> dict[str, Any] | None:
    """The shorter form inside a visit; None for a slot without a client."""
    if one is None:
        return None
    visits = salon.records_of(one.id)
    short = {
        "id": one.id,
        "name": one.name,
        "surname": one.surname,
        "patronymic": one.patronymic,
        "display_name": one.display_name,
        "comment": one.comment,
        "phone": one.phone if hook else phone(salon, one),
        "card": one.card,
        "email": one.email,
        "success_visits_count": sum(record.attendance == 1 for record in visits),
        "fail_visits_count": sum(record.attendance == -1 for record in visits),
        "discount": one.discount,
        "is_new": not any(record.attendance == 1 for record in visits),
        "custom_fields": one.custom_fields or [],
        "client_tags": [],
    }
    return short | ({"sex": one.sex_id, "birthday": _day(one.birth_date)} if hook else {})


def found(salon: Salon, one: Client, visits: Sequence[Record]) -> dict[str, Any]:
    """A client as the search knows one; only the fields that were asked for leave the server."""
    came = [record for record in visits if record.attendance == 1]
    days = sorted(record.date for record in came)
    return client_searchable(salon, one) | {
        "first_visit_date": f"{days[0]:%Y-%m-%d %H:%M:%S}" if days else "",
        "last_visit_date": f"{days[-1]:%Y-%m-%d %H:%M:%S}" if days else "",
        "sold_amount": sum(sold.cost for record in came for sold in record.services),
        "visits_count": len(came),
    }


def client_searchable(salon: Salon, one: Client) -> dict[str, Any]:
    """What the search knows without looking at visits."""
    return {
        "id": one.id,
        "name": one.name,
        "surname": one.surname,
        "patronymic": one.patronymic,
        "phone": phone(salon, one),
        "email": one.email,
        "discount": one.discount,
        "birth_date": _day(one.birth_date),
        "comment": one.comment,
        "card": one.card,
        "sex_id": one.sex_id,
        "importance_id": one.importance_id,
        "sms_check": one.sms_check,
        "sms_not": one.sms_not,
        "categories": [{"id": each.id, "title": each.title, "color": each.color} for each in one.categories],
        "last_change_date": without_colon(one.changed, salon.zone),
    }


def _day(day: date | None) -> str:
    return str(day) if day else ""
