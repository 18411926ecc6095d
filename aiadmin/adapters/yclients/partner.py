"""The partner's calls to YClients' marketplace: money, channels, installations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiadmin.adapters.yclients import lenient_json, partner_parser
from aiadmin.adapters.yclients.rest import RestApi
from aiadmin.domain.ids import SalonId
from aiadmin.domain.partner.partner import TIME, InstallationDetails, InstalledSalon, NewPayment, Tariff
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.domain.yclients.error import InvalidError, NotFoundError, NotInstalledError, UnreadableError
from aiadmin.domain.yclients.http_answer import HttpAnswer

T = TypeVar("T")
MAX_BYTES = 8 * 1024 * 1024
"""A thousand salons with their descriptions."""
_PAGE_SIZE = 1000
_NOBODY = SalonId(0)
"""Whose turn it is when no salon is asked about."""


class YClientsPartner:
    """`ports.yclients.Partner` over HTTP. These paths are not under `/api/v1`."""

    def __init__(self, rest: RestApi, *, app_id: int | None, has_key: bool) -> None:
        self._rest, self._app_id = rest, app_id
        self.is_configured = app_id is not None and has_key

    def pay(self, salon_id: SalonId, payment: NewPayment) -> int:
        sent = {
            "payment_sum": float(payment.amount),
            "currency_iso": payment.currency,
            "payment_date": f"{payment.paid_at:{TIME}}",
            "period_from": f"{payment.period_from:{TIME}}",
            "period_to": f"{payment.period_to:{TIME}}",
        }
        answer = self._send(salon_id, "/marketplace/partner/payment", **sent)
        return _needed(lenient_json.positive(lenient_json.row(_data(answer)).get("id")), answer)

    def refund(self, salon_id: SalonId, payment_id: int) -> None:
        self._rest.change(salon_id, "POST", f"/marketplace/partner/payment/refund/{payment_id}")

    def set_short_names(self, salon_id: SalonId, names: Sequence[str]) -> None:
        self._send(salon_id, "/marketplace/partner/short_names", short_names=list(names))

    def set_channel(self, salon_id: SalonId, channel: str, *, is_available: bool) -> None:
        path = "/marketplace/application/update_channel"
        self._send(salon_id, path, channel_slug=channel, is_available=is_available)

    def payment_link(self, salon_id: SalonId, discount: Decimal | None) -> str:
        query = {"salon_id": salon_id, "application_id": self._app_id}
        asked = query if discount is None else {**query, "discount": f"{discount:f}"}
        answer = self._ask(salon_id, f"/marketplace/application/payment_link?{urlencode(asked)}")
        return _needed(lenient_json.text(lenient_json.row(_data(answer)).get("url"), 2000), answer)

    def tariffs(self) -> Sequence[Tariff]:
        answer = self._ask(_NOBODY, f"/marketplace/application/{self._app_id}/tariffs")
        return [_parsed(partner_parser.tariff, each, answer) for each in _rows(answer)]

    def add_discount(self, salon_id: SalonId, discount: Decimal) -> None:
        body = {"salon_ids": [salon_id], "application_id": self._app_id, "discount": float(discount)}
        self._rest.change(salon_id, "POST", "/marketplace/application/add_discount", body)

    def installation(self, salon_id: SalonId) -> InstallationDetails:
        try:
            answer = self._ask(salon_id, f"/marketplace/salon/{salon_id}/application/{self._app_id}")
        except NotFoundError as error:
            raise NotInstalledError(
                status=error.status, message=error.message, request_id=error.request_id
            ) from error
        return _parsed(partner_parser.installation, _data(answer), answer)

    def uninstall(self, salon_id: SalonId) -> None:
        path = f"/marketplace/salon/{salon_id}/application/{self._app_id}/uninstall"
        self._rest.change(salon_id, "POST", path)

    def salons(self) -> Sequence[InstalledSalon]:
        """Sources differ about the first page, 0 or 1: both are read, and what comes twice counts once."""
        found: dict[int, InstalledSalon] = {}
        page, is_last = 0, False
        while not is_last:
            rows = self._salons(page)
            new = {salon.salon_id: salon for salon in rows}
            is_last = page > 0 and (len(rows) < _PAGE_SIZE or new.keys() <= found.keys())
            found |= new
            page += 1
        return [found[salon_id] for salon_id in sorted(found)]

    def _salons(self, page: int) -> list[InstalledSalon]:
        path = f"/marketplace/application/{self._app_id}/salons?page={page}&count={_PAGE_SIZE}"
        try:
            answer = self._ask(_NOBODY, path)
        except (InvalidError, NotFoundError):
            if page == 0:
                return []
            raise
        return [_parsed(partner_parser.installed_salon, each, answer) for each in _rows(answer)]

    def _send(self, salon_id: SalonId, path: str, **fields: Any) -> HttpAnswer:
        body = {"salon_id": salon_id, "application_id": self._app_id, **fields}
        return self._rest.change(salon_id, "POST", path, body)

    def _ask(self, salon_id: SalonId, path: str) -> HttpAnswer:
        return self._rest.read(salon_id, path, urgency=Urgency.INTERACTIVE)


def _data(answer: HttpAnswer) -> Any:
    return (answer.body or {}).get("data")


def _rows(answer: HttpAnswer) -> Sequence[Any]:
    data = _data(answer)
    if not isinstance(data, list):
        raise _unreadable(answer)
    return data


def _parsed(parse: Callable[[lenient_json.Row], T | None], given: Any, answer: HttpAnswer) -> T:
    return _needed(parse(lenient_json.row(lenient_json.clean(given))), answer)


def _needed(value: T | None, answer: HttpAnswer) -> T:
    if value is None:
        raise _unreadable(answer)
    return value


def _unreadable(answer: HttpAnswer) -> UnreadableError:
    return UnreadableError(status=answer.status, message="an unexpected answer", request_id=answer.request_id)
