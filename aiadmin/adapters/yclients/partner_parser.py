"""What the marketplace answers, as values; None for what cannot be read."""

from __future__ import annotations

from aiadmin.adapters.yclients import lenient_json
from aiadmin.domain.partner.partner import (
    InstallationDetails,
    InstalledSalon,
    KnownPayment,
    StatusChange,
    Tariff,
    TariffOption,
)


def installation(row: lenient_json.Row) -> InstallationDetails | None:
    """A status reply: how the app is installed, what it went through, what was paid."""
    connection = lenient_json.row(row.get("connection_status"))
    status = lenient_json.text(connection.get("status"))
    if status is None:
        return None
    payments = [_payment(lenient_json.row(each)) for each in lenient_json.rows(row.get("payments"))]
    return InstallationDetails(
        status=status,
        since=_text(connection, "created_at"),
        changes=[_change(lenient_json.row(each)) for each in lenient_json.rows(row.get("logs"))],
        payments=[each for each in payments if each is not None],
    )


def _change(row: lenient_json.Row) -> StatusChange:
    return StatusChange(
        changed_at=_text(row, "changed_at"),
        before=_text(row, "status_from"),
        after=_text(row, "status_to"),
        source=_text(row, "source"),
    )


def _payment(row: lenient_json.Row) -> KnownPayment | None:
    number = lenient_json.positive(row.get("id"))
    if number is None:
        return None
    return KnownPayment(
        payment_id=number,
        amount=lenient_json.money(row.get("payment_sum")),
        currency=_text(row, "currency_iso"),
        paid_at=_text(row, "payment_date"),
        period_from=_text(row, "period_from"),
        period_to=_text(row, "period_to"),
        is_refunded=lenient_json.flag(row.get("is_refunded")),
    )


def tariff(row: lenient_json.Row) -> Tariff | None:
    """A tariff with what it costs."""
    number = lenient_json.positive(row.get("id"))
    if number is None:
        return None
    options = [_option(lenient_json.row(each)) for each in lenient_json.rows(row.get("options"))]
    return Tariff(tariff_id=number, title=_text(row, "title"), options=[each for each in options if each is not None])


def _option(row: lenient_json.Row) -> TariffOption | None:
    number = lenient_json.positive(row.get("id"))
    if number is None:
        return None
    return TariffOption(
        option_id=number,
        title=_text(row, "title"),
        price=lenient_json.money(row.get("overall_price")),
        currency=_text(row, "currency_iso"),
        months=lenient_json.whole(row.get("duration_in_months")) or 0,
    )


def installed_salon(row: lenient_json.Row) -> InstalledSalon | None:
    """One line of the list; its number comes as text."""
    number = lenient_json.positive(row.get("id"))
    if number is None:
        return None
    return InstalledSalon(salon_id=number, title=_text(row, "title"), city=_text(row, "city"))


def _text(row: lenient_json.Row, name: str) -> str:
    return lenient_json.text(row.get(name)) or ""
