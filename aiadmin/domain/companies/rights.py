"""What a salon lets our application do in its journal: the rights of YClients that our work rests on."""

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
    BOOK = "book"
    """To make bookings."""
    MOVE = "move"
    """To bring a booking to another time or master: a right of its own beside that to change bookings."""
    CANCEL = "cancel"
    """To delete bookings."""


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
    Right.BOOK: (("record_form", "create_records_access"),),
    Right.MOVE: (
        ("record_form", "edit_records_access"),
        ("record_form", "timetable_transferring_record_access"),
        ("timetable", "timetable_transferring_record_access"),
    ),
    Right.CANCEL: (("record_form", "delete_records_access"),),
}
"""Groups and flags of `GET /user/permissions/{salon}`; each of them takes the right away when it is off.

Where the flag of moving stands is not documented: it is looked for in both groups.
"""


def missing_rights(flags: Mapping[tuple[str, str], bool]) -> frozenset[Right]:
    """The rights that the salon has not given; what YClients does not speak of is not missing.

    Args:
        flags: by group and name.

    >>> sorted(missing_rights({("clients", "client_phones_access"): False, ("clients", "clients_access"): True}))
    [<Right.PHONES: 'phones'>]
    """
    return frozenset(right for right, names in _FLAGS.items() if any(flags.get(name) is False for name in names))


def is_given(right: Right, missing: frozenset[Right] | None) -> bool | None:
    """Whether the salon lets us do something; None where that is not known, and what was set stays.

    >>> is_given(Right.MOVE, frozenset({Right.CANCEL})), is_given(Right.CANCEL, frozenset({Right.CANCEL}))
    (True, False)
    """
    return None if missing is None else right not in missing


def are_phones_hidden(missing: frozenset[Right] | None) -> bool:
    """Whether the salon is known to let us see no phones: what is empty then tells nothing of the client's card.

    >>> are_phones_hidden(frozenset({Right.PHONES})), are_phones_hidden(None)
    (True, False)
    """
    return is_given(Right.PHONES, missing) is False


def rights_of(stored: Any) -> frozenset[Right] | None:
    """What was stored of `missing_rights`; None where it is not known."""
    known = {right.value for right in Right}
    return None if stored is None else frozenset(Right(one) for one in stored if one in known)
