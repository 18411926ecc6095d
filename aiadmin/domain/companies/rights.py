"""What a salon lets our application do in its journal: the rights of YClients that messages to clients rest on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Right(StrEnum):
    """Something that does not work without it."""

    RECORDS = "records"
    """To read bookings: without it there is nothing to tell."""
    CLIENTS = "clients"
    """To read whose they are."""
    PHONES = "phones"
    """To see phones: REST leaves them empty, and webhooks alone carry them."""
    ATTENDANCE = "attendance"
    """To write that a client has confirmed."""


_FLAGS: Mapping[Right, tuple[tuple[str, str], ...]] = {
    Right.RECORDS: (("timetable", "timetable_access"), ("record_form", "record_form_access")),
    Right.CLIENTS: (("clients", "clients_access"), ("record_form", "record_form_client_access")),
    Right.PHONES: (
        ("clients", "client_phones_access"),
        ("clients", "clients_card_phone_access"),
        ("timetable", "timetable_phones_access"),
    ),
    Right.ATTENDANCE: (
        ("record_form", "edit_records_access"),
        ("record_form", "edit_records_attendance_access"),
    ),
}
"""Groups and flags of `GET /user/permissions/{salon}`; each of them takes the right away when it is off."""


def missing_rights(flags: Mapping[tuple[str, str], bool]) -> frozenset[Right]:
    """The rights that the salon has not given; what YClients does not speak of is not missing.

    Args:
        flags: by group and name.

    >>> sorted(missing_rights({("clients", "client_phones_access"): False, ("clients", "clients_access"): True}))
    [<Right.PHONES: 'phones'>]
    """
    return frozenset(right for right, names in _FLAGS.items() if any(flags.get(name) is False for name in names))


def rights_of(stored: Any) -> frozenset[Right] | None:
    """What was stored of `missing_rights`; None where nobody has found out."""
    known = {right.value for right in Right}
    return None if stored is None else frozenset(Right(one) for one in stored if one in known)
