"""Changes to clients: the rules of their fields."""

import re
from datetime import date
from typing import Any

from tests.fakes.yclients.refusals import InvalidError
from tests.fakes.yclients.salon.entities import Client, Label
from tests.fakes.yclients.salon.state import Salon

PHONE_EXISTS = "Клиент с указанным телефоном уже существует в базе"
NO_NAME = "Не указано имя клиента"
NO_PHONE = "Номер телефона клиента не может быть пустым"
BAD_PHONE = "Телефон должен содержать от 9 до 15 цифр"
_TEXTS = ("name", "surname", "patronymic", "email", "card", "comment")
_NUMBERS = ("sex_id", "importance_id", "discount", "spent", "balance", "sms_check", "sms_not")


def digits(text: object) -> str:
    """A phone without the signs in between."""
    return re.sub(r"\D", "", str(text or ""))


def is_phone(text: object) -> bool:
    return 9 <= len(digits(text)) <= 15


def add(salon: Salon, body: dict[str, Any]) -> Client:
    """A new client from the fields of `POST /clients`; raises InvalidError."""
    now = salon.clock()
    client = Client(id=salon.numbers.next("client"), name="", phone="", created=now, changed=now)
    write(salon, client, body, marks="categories")
    salon.clients[client.id] = client
    return client


def write(salon: Salon, client: Client, body: dict[str, Any], *, marks: str = "labels") -> None:
    """Put fields in; categories are called `categories` at creation and `labels` later. Raises InvalidError."""
    _check(salon, client, body)
    for name in _TEXTS:
        setattr(client, name, str(body.get(name, getattr(client, name)) or ""))
    for name in _NUMBERS:
        setattr(client, name, int(body.get(name, getattr(client, name)) or 0))
    client.phone = digits(body.get("phone", client.phone))
    if "birth_date" in body:
        client.birth_date = date.fromisoformat(body["birth_date"]) if body["birth_date"] else None
    if marks in body:
        client.categories = [salon.labels.get(int(each), Label(int(each), "VIP")) for each in body[marks] or []]
    client.custom_fields = body.get("custom_fields") or client.custom_fields
    client.changed = salon.clock()


def _check(salon: Salon, client: Client, body: dict[str, Any]) -> None:
    phone, is_asked = digits(body.get("phone")), "phone" in body or client.id not in salon.clients
    errors = {}
    if not body.get("name", client.name):
        errors["name"] = NO_NAME
    if not is_asked:
        pass
    elif not phone:
        errors["phone"] = NO_PHONE
    elif not is_phone(phone):
        errors["phone"] = BAD_PHONE
    elif salon.client_with_phone(phone) not in (None, client):
        errors["phone"] = PHONE_EXISTS
    if errors:
        raise InvalidError(**errors)
