"""What online booking is held to, as JSON: the terms of a service, and the salon's own rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from aiadmin.domain.journal.journal import MasterTerms, Service
from aiadmin.domain.journal.online_booking import BookingRules, ChangeRule


def from_service(service: Service) -> Mapping[str, Any]:
    """What `services.terms` holds."""
    return {
        "masters": [
            {"id": one.staff_id, "price": one.price, "seconds": _seconds(one.length)} for one in service.masters
        ],
        "parts": service.parts,
        "is_group": service.is_group,
        "is_prepaid": service.is_prepaid,
        "comment": service.comment,
        "earliest": service.earliest and f"{service.earliest:%H:%M}",
        "latest": service.latest and f"{service.latest:%H:%M}",
    }


def to_service(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `Service` that `from_service` wrote."""
    return {
        "masters": tuple(_master(one) for one in stored.get("masters", ())),
        "parts": tuple(stored.get("parts", ())),
        "is_group": stored.get("is_group", False),
        "is_prepaid": stored.get("is_prepaid", False),
        "comment": stored.get("comment", ""),
        "earliest": _time(stored.get("earliest")),
        "latest": _time(stored.get("latest")),
    }


def from_rules(rules: BookingRules) -> Mapping[str, Any]:
    """What `companies.booking_rules` holds."""
    return {
        "lead": _seconds(rules.lead),
        "needs_code": rules.needs_code,
        "any_master": rules.any_master,
        "move": {"is_allowed": rules.move.is_allowed, "ban": _seconds(rules.move.ban)},
        "cancel": {"is_allowed": rules.cancel.is_allowed, "ban": _seconds(rules.cancel.ban)},
    }


def to_rules(stored: Mapping[str, Any] | None) -> BookingRules | None:
    """What `from_rules` wrote; None where nothing was."""
    if stored is None:
        return None
    return BookingRules(
        lead=timedelta(seconds=stored["lead"]),
        needs_code=stored["needs_code"],
        any_master=stored["any_master"],
        move=_change(stored["move"]),
        cancel=_change(stored["cancel"]),
    )


def _change(stored: Mapping[str, Any]) -> ChangeRule:
    return ChangeRule(is_allowed=stored["is_allowed"], ban=timedelta(seconds=stored["ban"]))


def _master(stored: Mapping[str, Any]) -> MasterTerms:
    price, seconds = stored["price"], stored["seconds"]
    return MasterTerms(
        staff_id=stored["id"],
        price=None if price is None else Decimal(price),
        length=None if seconds is None else timedelta(seconds=seconds),
    )


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())


def _time(stored: str | None) -> time | None:
    return None if stored is None else time.fromisoformat(stored)
