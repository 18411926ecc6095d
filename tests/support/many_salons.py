"""Many salons with many bookings, written straight into the tables: what one of them costs among others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, text

_AT_ONCE = 250
"""Salons in one statement, which must be over in time on a busy machine, too."""

_SALONS = """
WITH new AS (
  INSERT INTO companies (yclients_id, api_key, integration_status, whatsapp_connected)
  SELECT number, 'bench' || number, 'active', true FROM generate_series(:first, :last) AS number
  RETURNING id
)
INSERT INTO devices (company_id, jid, phone) SELECT id, id || '@s.whatsapp.net', 'bench' || id FROM new
"""
_RECORDS = """
INSERT INTO records (company_id, record_id, visit_id, staff_id, staff_name, client_id, client_name, client_phone,
  starts_at, seconds, services, created_at, raw_data, synced_at)
SELECT companies.id, booking.number, booking.number, 1, 'Мария', booking.number, 'Анна', '79' || booking.number,
  booking.at, 3600, '[{"id": 1, "title": "Стрижка", "cost": "1300"}]', booking.at - interval '3 days', '{}', now()
FROM companies, LATERAL (
  SELECT companies.id * 10000 + (day + 100) * :a_day + place AS number,
    CAST(:midnight AS timestamptz) + day * interval '1 day' + interval '9 hours'
      + place * interval '12 hours' / :a_day AS at
  FROM unnest(CAST(:days AS integer[])) AS day, generate_series(0, :a_day - 1) AS place
) AS booking
WHERE companies.yclients_id BETWEEN :first AND :last
"""


def fill(engine: Engine, first: int, last: int, *, midnight: datetime, days: Sequence[int], a_day: int) -> None:
    """Salons with phones, numbered from `first` to `last`; of each so many bookings on each day from `midnight`'s."""
    for begin in range(first, last + 1, _AT_ONCE):
        until = min(last, begin + _AT_ONCE - 1)
        with engine.begin() as connection:
            connection.execute(text(_SALONS), {"first": begin, "last": until})
        book(engine, begin, until, midnight=midnight, days=days, a_day=a_day)


def book(engine: Engine, first: int, last: int, *, midnight: datetime, days: Sequence[int], a_day: int) -> None:
    """The same bookings for salons that are there already."""
    for begin in range(first, last + 1, _AT_ONCE):
        given = {"first": begin, "last": min(last, begin + _AT_ONCE - 1)}
        with engine.begin() as connection:
            connection.execute(text(_RECORDS), given | {"midnight": midnight, "days": [*days], "a_day": a_day})


def analyse(engine: Engine) -> None:
    """As autovacuum would, a minute later."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
