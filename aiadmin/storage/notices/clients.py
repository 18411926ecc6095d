"""SQL about whose a notice is: a client may have several cards, so that a number counts as well as a card."""

from __future__ import annotations

from typing import Any, NamedTuple

from aiadmin.domain.journal.journal import OfClient
from aiadmin.domain.messages.contact import one_spelling


class SqlClient(NamedTuple):
    """A client as SQL names them: by the number of their card, and by their phone in its one spelling."""

    card: str
    number: str


GIVEN = SqlClient(":client_id", ":client_number")
"""The client of `client_values`."""


def of_notice(notice: str) -> SqlClient:
    """Whom a row of `notices` is for."""
    return SqlClient(f"CAST({notice}.announced ->> 'client_id' AS bigint)", f"{notice}.announced ->> 'client_number'")


def of_row(row: str) -> SqlClient:
    """The client of a row that has `client_id` and `client_number`, as `records` has."""
    return SqlClient(f"{row}.client_id", f"{row}.client_number")


def is_same(one: SqlClient, other: SqlClient) -> str:
    """Whether two are one client (`journal.is_same_person`)."""
    return f"({one.card} = {other.card} OR {one.number} = {other.number})"


def client_values(client: OfClient) -> dict[str, Any]:
    """What `GIVEN` stands for."""
    phone = client.client_phone
    return {"client_id": client.client_id, "client_number": one_spelling(phone) if phone else None}
