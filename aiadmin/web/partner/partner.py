"""The operator's orders about YClients: payments, channels, installations. Everything here is in the audit log."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from flask import Blueprint, request

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.partner.partner import NewPayment, PartnerOutcome, default_key, now_there
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import current_container
from aiadmin.web.http.schemas import Done, dump, load
from aiadmin.web.openapi.operation import Operation, documented
from aiadmin.web.partner import schemas

blueprint = Blueprint("partner", __name__, url_prefix="/marketplace/admin")

ACTOR = "admin-api"
ERRORS = (409, 422, 502)
"""What YClients may say to any of these; 503 is in every document."""
_COMPANY = "/companies/<id:company_id>"
_ENTRIES = 100


@blueprint.post(f"{_COMPANY}/payments")
@documented(
    Operation(
        summary="Сообщить YClients об оплате; повтор с тем же ключом ничего не отправит",
        body=schemas.PaymentOrder,
        answers={200: schemas.Paid, 201: schemas.Paid, 202: schemas.Paid},
        errors=ERRORS,
    )
)
def pay(company_id: int) -> tuple[dict[str, object], int]:
    """201 when it is done now, 200 when it was before, 202 when that is not known."""
    given, container = load(schemas.PaymentOrder, read_object()), current_container()
    payment = NewPayment(
        amount=given["amount"],
        currency=given["currency"],
        paid_at=given["paid_at"] or now_there(container.clock()),
        period_from=given["period_from"],
        period_to=given["period_to"],
    )
    key = given["key"] or default_key(payment)
    paid = container.partner_service.pay(CompanyId(company_id), payment, key=key, actor=ACTOR)
    return dump(schemas.Paid, **asdict(paid)), _status(paid.outcome, is_repeat=paid.is_repeat)


def _status(outcome: PartnerOutcome, *, is_repeat: bool) -> int:
    if outcome is PartnerOutcome.UNKNOWN:
        return HTTPStatus.ACCEPTED
    return HTTPStatus.OK if is_repeat else HTTPStatus.CREATED


@blueprint.post(f"{_COMPANY}/payments/<id:payment_id>/refund")
@documented(Operation(summary="Вернуть оплату", answers={200: Done}, errors=ERRORS))
def refund(company_id: int, payment_id: int) -> dict[str, object]:
    """Only a payment of this salon."""
    current_container().partner_service.refund(CompanyId(company_id), payment_id, actor=ACTOR)
    return dump(Done)


@blueprint.post(f"{_COMPANY}/short-names")
@documented(
    Operation(
        summary="Имена, от которых приходят сообщения", body=schemas.ShortNames, answers={200: Done}, errors=ERRORS
    )
)
def set_short_names(company_id: int) -> dict[str, object]:
    """Replaces the names that were there."""
    names = load(schemas.ShortNames, read_object())["names"]
    current_container().partner_service.set_short_names(CompanyId(company_id), names, actor=ACTOR)
    return dump(Done)


@blueprint.post(f"{_COMPANY}/channels")
@documented(
    Operation(summary="Включить или выключить канал", body=schemas.Channel, answers={200: Done}, errors=ERRORS)
)
def set_channel(company_id: int) -> dict[str, object]:
    """`whatsapp` or `sms`."""
    given = load(schemas.Channel, read_object())
    current_container().partner_service.set_channel(
        CompanyId(company_id), given["channel"], is_available=given["is_available"], actor=ACTOR
    )
    return dump(Done)


@blueprint.get(f"{_COMPANY}/payment-link")
@documented(
    Operation(
        summary="Ссылка на оплату",
        query={"discount": "Скидка в процентах, например 15.5"},
        answers={200: schemas.PaymentLink},
        errors=ERRORS,
    )
)
def payment_link(company_id: int) -> dict[str, object]:
    """Signed by YClients."""
    asked = {"discount": request.args["discount"]} if "discount" in request.args else None
    discount = None if asked is None else load(schemas.Discount, asked)["discount"]
    url = current_container().partner_service.payment_link(CompanyId(company_id), discount, actor=ACTOR)
    return dump(schemas.PaymentLink, url=url)


@blueprint.post(f"{_COMPANY}/discount")
@documented(Operation(summary="Дать скидку", body=schemas.Discount, answers={200: Done}, errors=ERRORS))
def add_discount(company_id: int) -> dict[str, object]:
    """In per cent."""
    discount = load(schemas.Discount, read_object())["discount"]
    current_container().partner_service.add_discount(CompanyId(company_id), discount, actor=ACTOR)
    return dump(Done)


@blueprint.get(f"{_COMPANY}/installation")
@documented(
    Operation(summary="Подключение, его история и оплаты", answers={200: schemas.Installation}, errors=ERRORS)
)
def installation(company_id: int) -> dict[str, object]:
    """As YClients sees it now."""
    found = current_container().partner_service.installation(CompanyId(company_id), actor=ACTOR)
    return dump(schemas.Installation, **asdict(found))


@blueprint.post(f"{_COMPANY}/uninstall")
@documented(Operation(summary="Отключить приложение в салоне", answers={200: Done}, errors=ERRORS))
def uninstall(company_id: int) -> dict[str, object]:
    """YClients' lifecycle event follows."""
    current_container().partner_service.uninstall(CompanyId(company_id), actor=ACTOR)
    return dump(Done)


@blueprint.get(f"{_COMPANY}/audit")
@documented(Operation(summary="Что делали с салоном", answers={200: schemas.AuditLog}))
def audit(company_id: int) -> dict[str, object]:
    """The last hundred actions."""
    with current_container().uow() as work:
        company = work.companies.get(CompanyId(company_id))
        entries = work.audit.recent(company.company_id, limit=_ENTRIES)
    return dump(schemas.AuditLog, entries=[asdict(entry) for entry in entries])


@blueprint.get("/tariffs")
@documented(Operation(summary="Тарифы приложения", answers={200: schemas.Tariffs}, errors=ERRORS))
def tariffs() -> dict[str, object]:
    """All of them."""
    found = current_container().partner_service.tariffs(actor=ACTOR)
    return dump(schemas.Tariffs, tariffs=[asdict(each) for each in found])


@blueprint.get("/salons")
@documented(Operation(summary="Салоны, где приложение подключено", answers={200: schemas.Salons}, errors=ERRORS))
def salons() -> dict[str, object]:
    """All of them."""
    found = current_container().partner_service.salons(actor=ACTOR)
    return dump(schemas.Salons, salons=[asdict(each) for each in found])
