"""What the salon reads in its journal of a visit that was booked in a chat."""

from __future__ import annotations

_BOOKED = "Записал виртуальный администратор в WhatsApp."
_GUEST = "Для: {guest}."


def comment(guest: str | None) -> str:
    """The comment of a new record.

    >>> comment("Соня (дочь)")
    'Записал виртуальный администратор в WhatsApp. Для: Соня (дочь).'
    """
    return " ".join((_BOOKED, _GUEST.format(guest=guest))) if guest else _BOOKED
