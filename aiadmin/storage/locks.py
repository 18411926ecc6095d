"""PostgreSQL's advisory locks: every number that we lock, and what it keeps apart.

They are numbers of one database, shared with whatever else uses it. A lock of a company is a pair, `(Lock, company)`,
which PostgreSQL never confuses with a single number.
"""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """What is done by one at a time."""

    MIGRATIONS = 727_274
    """Of our tables: two releases at once."""
    LIBRARY_TABLES = 727_275
    """Made and upgraded by the WhatsApp library."""
    CONTACTS = 727_276
    """Of one company: who is merged with whom."""
    NOTICES = 727_278
    """Of one company: what may be sent now depends on what was just owed."""
    BOOKING_EVENTS = 727_279
    """Changes of bookings are planned for in the order in which they came."""
    LEADERSHIP = 4_120_617
    """The clock that leads; held by a session, not by a transaction."""
    SESSION_PROBE = 4_120_618
    """Whether a session of PostgreSQL is ours alone."""
