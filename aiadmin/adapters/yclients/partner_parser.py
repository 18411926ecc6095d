"""What the marketplace answers, as values; None for what cannot be read."""

from __future__ import annotations

from aiadmin.adapters.yclients import reading
from aiadmin.domain.partner import (
    Installation,
    InstalledSalon,
    KnownPayment,
    StatusChange,
    Tariff,
    TariffOption,
)


def installation(row: reading.Row) -> Installation | None:
    """A status reply: how the app is installed, what it went through, what was paid."""
    connection = reading.row(row.get("connection_status"))
    status = reading.text(connection.get("status"))
    if status is None:
        return None
    payments = [_payment(reading.row(each)) for each in reading.rows(row.get("payments"))]
    return Installation(
        status=status,
        since=_text(connection, "created_at"),
        changes=[_change(reading.row(each)) for each in reading.rows(row.get("logs"))],
        payments=[each for each in payments if each is not None],
    )


def _change(row: reading.Row) -> StatusChange:
    return StatusChange(
        changed_at=_text(row, "changed_at"),
        before=_text(row, "status_from"),
        after=_text(row, "status_to"),
        source=_text(row, "source"),
    )


def _payment(row: reading.Row) -> KnownPayment | None:
    number = reading.positive(row.get("id"))
    if number is None:
        return None
    return KnownPayment(
        payment_id=number,
        amount=reading.money(row.get("payment_sum")),
        currency=_text(row, "currency_iso"),
        paid_at=_text(row, "payment_date"),
        period_from=_text(row, "period_from"),
        period_to=_text(row, "period_to"),
        is_refunded=reading.flag(row.get("is_refunded")),
    )


def tariff(row: reading.Row) -> Tariff | None:
    """A tariff with what it costs."""
    number = reading.positive(row.get("id"))
    if number is None:
        return None
    options = [_option(reading.row(each)) for each in reading.rows(row.get("options"))]
    return Tariff(tariff_id=number, title=_text(row, "title"), options=[each for each in options if each is not None])


def _option(row: reading.Row) -> TariffOption | None:
    number = reading.positive(row.get("id"))
    if number is None:
        return None
    return TariffOption(
        option_id=number,
        title=_text(row, "title"),
        price=reading.money(row.get("overall_price")),
        currency=_text(row, "currency_iso"),
        months=reading.whole(row.get("duration_in_months")) or 0,
    )


def installed_salon(row: reading.Row) -> InstalledSalon | None:
    """One line of the list; its number comes as text."""
    number = reading.positive(row.get("id"))
    if number is None:
        return None
    return InstalledSalon(salon_id=number, title=_text(row, "title"), city=_text(row, "city"))


def _text(row: reading.Row, name: str) -> str:
    return reading.text(row.get(name)) or ""
