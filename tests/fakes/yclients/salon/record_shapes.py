"""The JSON of visits, in the journal and in webhooks."""

from typing import Any

from tests.fakes.yclients.salon.client_shapes import client_in_record
from tests.fakes.yclients.salon.entities import Record, Sold
from tests.fakes.yclients.salon.shapes import master_in_record
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import naive, with_colon, without_colon


def record(salon: Salon, one: Record, *, hook: bool = False) -> dict[str, Any]:
    """A visit as `GET /record`.

    A webhook's differs: ids of labels are numbers there, the client has a sex and a birthday and always the phone,
    and there is no `payment_status`.
    """
    master = salon.staff.get(one.staff_id)
    person = salon.clients.get(one.client_id) if one.client_id else None
    shaped = _plain(one) | {
        "company_id": salon.id,
        "services": [_sold(sold) for sold in one.services],
        "staff": master_in_record(master) if master else [],
        "client": client_in_record(salon, person, hook=hook),
        "clients_count": int(person is not None),
        "date": naive(one.date),
        "datetime": with_colon(one.date, salon.zone),
        "create_date": without_colon(one.created, salon.zone),
        "last_change_date": without_colon(one.changed, salon.zone),
        "record_labels": [
            _label(label.id if hook else str(label.id), label.title, label.color) for label in one.labels
        ],
        "documents": [_document(salon, one)],
    }
    if hook:
        del shaped["payment_status"]
    return shaped


def _plain(one: Record) -> dict[str, Any]:
    """What needs nothing but the visit itself; most of it is always the same."""
    return {
        "id": one.id,
        "staff_id": one.staff_id,
        "goods_transactions": [],
        "comer": None,
        "comment": one.comment,
        "online": one.online,
        "visit_attendance": one.attendance,
        "attendance": one.attendance,
        "confirmed": int(one.attendance != -1),
        "seance_length": one.seance_length,
        "length": one.seance_length,
        "sms_before": 0,
        "sms_now": 0,
        "sms_now_text": "",
        "email_now": 0,
        "notified": 0,
        "master_request": 0,
        "api_id": one.api_id,
        "from_url": "",
        "review_requested": 0,
        "visit_id": one.visit_id,
        "created_user_id": one.created_user_id,
        "deleted": one.deleted,
        "paid_full": 0,
        "payment_status": 0,
        "prepaid": one.prepaid,
        "prepaid_confirmed": False,
        "is_update_blocked": False,
        "custom_color": one.custom_color,
        "custom_font_color": "",
        "activity_id": one.activity_id,
        "custom_fields": one.custom_fields or [],
        "sms_remain_hours": one.sms_remain_hours,
        "email_remain_hours": one.email_remain_hours,
        "bookform_id": 0,
        "record_from": "",
        "is_mobile": 0,
        "is_sale_bill_printed": False,
        "resource_instance_ids": [],
        "short_link": f"https://yclients.com/c/{one.id:x}/{one.record_hash[-5:]}/",
        "acceptance_free": None,
        "consumables": [],
        "finance_transactions": [],
    }


def _sold(sold: Sold) -> dict[str, Any]:
    return {
        "id": sold.service_id,
        "title": sold.title,
        "cost": sold.cost,
        "cost_to_pay": sold.cost,
        "manual_cost": sold.cost,
        "cost_per_unit": sold.cost,
        "discount": sold.discount,
        "first_cost": sold.first_cost,
        "amount": 1,
    }


def _label(identity: int | str, title: str, color: str) -> dict[str, Any]:
    return {"id": identity, "title": title, "color": color, "icon": "unlock", "font_color": "#ffffff"}


def _document(salon: Salon, one: Record) -> dict[str, Any]:
    return {
        "id": one.visit_id + 1,
        "type_id": 7,
        "storage_id": 0,
        "user_id": one.created_user_id,
        "company_id": salon.id,
        "number": one.id % 10_000,
        "comment": "",
        "date_created": naive(one.date),
        "category_id": 0,
        "visit_id": one.visit_id,
        "record_id": one.id,
        "type_title": "Визит",
        "is_sale_bill_printed": False,
    }
