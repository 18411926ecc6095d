"""What is sent to change a salon's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiadmin.adapters.yclients import lenient_json
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.journal.online_booking import Appointment, Move, NewBooking, PricedService, Start

_LOCAL = "%Y-%m-%d %H:%M:%S"
_SILENT = {"send_sms": False, "sms_remain_hours": 0, "email_remain_hours": 0}
"""YClients does not write to the client: the chat does."""
_HOURS = ("sms_remain_hours", "email_remain_hours")
_PRICES = ("first_cost", "discount", "cost", "amount")
_NAMES = ("name", "surname", "patronymic", "phone", "email")


def appointments(asked: Sequence[Appointment]) -> list[dict[str, Any]]:
    """Visits as `book_check` and `book_record` take them, numbered from 1."""
    return [
        {"id": number, "services": list(one.service_ids), "staff_id": one.staff_id, "datetime": one.token}
        for number, one in enumerate(asked, 1)
    ]


def online(booking: NewBooking) -> dict[str, Any]:
    """`POST /book_record`."""
    return {
        "phone": booking.phone,
        "fullname": booking.name,
        "email": "",
        "comment": booking.comment,
        "api_id": booking.api_id,
        "notify_by_sms": 0,
        "notify_by_email": 0,
        "appointments": appointments([booking.appointment]),
    }


def entry(booking: NewBooking, start: Start) -> dict[str, Any]:
    """`POST /records`. A card is named by its number alone, for a name that is sent would replace the card's."""
    person = {"phone": booking.phone, "name": booking.name}
    return {
        "staff_id": booking.appointment.staff_id,
        "services": [{"id": number} for number in booking.appointment.service_ids],
        "client": person if booking.client_id is None else {"id": booking.client_id},
        "datetime": f"{start.wall_clock:{_LOCAL}}",
        "seance_length": int(start.length.total_seconds()),
        "save_if_busy": False,
        "comment": booking.comment,
        "api_id": booking.api_id,
        **_SILENT,
    }


def moved(record: Record, move: Move) -> dict[str, Any]:
    """`PUT /record`, which replaces the whole: everything goes back as it was read, but for what is moved."""
    raw = record.raw
    labels = [lenient_json.positive(lenient_json.row(each).get("id")) for each in _rows(raw, "record_labels")]
    return {
        "staff_id": record.staff_id if move.staff_id is None else move.staff_id,
        "services": _same_services(raw) if move.services is None else _priced(move.services),
        "client": _same_client(raw),
        "datetime": f"{move.wall_clock:{_LOCAL}}",
        "seance_length": int((move.length or record.length).total_seconds()),
        "attendance": int(record.attendance),
        "comment": raw.get("comment") or "",
        "api_id": record.api_id or "",
        "custom_color": lenient_json.text(raw.get("custom_color")) or "",
        "custom_fields": dict(lenient_json.row(raw.get("custom_fields"))),
        "record_labels": [str(number) for number in labels if number is not None],
        "save_if_busy": False,
        "send_sms": False,
        **{name: max(lenient_json.whole(raw.get(name)) or 0, 0) for name in _HOURS},
    }


def _same_services(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """With the prices that were agreed, which are not the catalogue's where somebody has a discount."""
    rows = [lenient_json.row(each) for each in _rows(raw, "services")]
    return [{"id": lenient_json.positive(row.get("id"))} | _numbers(row) for row in rows]


def _numbers(row: lenient_json.Row) -> dict[str, float]:
    found = {name: lenient_json.money(row.get(name)) for name in _PRICES}
    return {name: float(number) for name, number in found.items() if number is not None}


def _priced(services: Sequence[PricedService]) -> list[dict[str, Any]]:
    return [
        {"id": one.service_id, "first_cost": float(one.cost), "discount": 0, "cost": float(one.cost)}
        for one in services
    ]


def _same_client(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """The card by its number, with its whole name; what is hidden from us or empty is not sent."""
    client = lenient_json.row(raw.get("client"))
    number = lenient_json.positive(client.get("id"))
    if number is None:
        return None
    said = {name: lenient_json.text(client.get(name)) for name in _NAMES}
    return {"id": number} | {name: text for name, text in said.items() if text}


def _rows(raw: Mapping[str, Any], name: str) -> Sequence[Any]:
    return lenient_json.rows(raw.get(name))
