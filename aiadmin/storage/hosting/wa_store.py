"""What the WhatsApp library keeps of people, in its own tables beside ours: found, shown and erased.

Rows of a device are of one salon (`our_jid`), and a person in them is named by a JID (`79001234567:3@s.whatsapp.net`,
`12345@lid`) or by a Signal address (`79001234567:3`, `12345_1:3`). `whatsmeow_lid_map` alone is of all devices: which
phone has which LID. A person's line in it goes when no other salon knows them: to that salon it is needed, and known
already.

Source: whatsmeow's `store/sqlstore/upgrades` and `types/jid.go` (`SignalAddressUser`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId

SCHEMA = "wa_store"
_JID, _SIGNAL = "jid", "signal"
PERSONAL: Mapping[str, Mapping[str, str]] = {
    "whatsmeow_contacts": {"their_jid": _JID},
    "whatsmeow_chat_settings": {"chat_jid": _JID},
    "whatsmeow_message_secrets": {"chat_jid": _JID, "sender_jid": _JID},
    "whatsmeow_privacy_tokens": {"their_jid": _JID},
    "whatsmeow_retry_buffer": {"chat_jid": _JID},
    "whatsmeow_sender_keys": {"sender_id": _SIGNAL, "chat_id": _JID},
    "whatsmeow_sessions": {"their_id": _SIGNAL},
    "whatsmeow_identity_keys": {"their_id": _SIGNAL},
}
"""Which columns of which tables name a person, and how."""
MAP = "whatsmeow_lid_map"
IMPERSONAL = frozenset(
    {
        "whatsmeow_app_state_mutation_macs",  # checksums
        "whatsmeow_app_state_sync_keys",
        "whatsmeow_app_state_version",
        "whatsmeow_device",  # the salon's own
        "whatsmeow_event_buffer",  # hashes; the words in it only until an event is delivered, and it names nobody
        "whatsmeow_nct_salt",
        "whatsmeow_pre_keys",
        "whatsmeow_version",
    }
)
"""Tables that name no person."""

_OURS = "our_jid IN (SELECT jid FROM devices WHERE company_id = :company_id)"
_NAMED = {
    _JID: "regexp_replace({column}, '[.:][0-9.:]*@', '@') = ANY(:jids)",
    _SIGNAL: "regexp_replace({column}, ':[0-9]+$', '') = ANY(:signals)",
}
_IS_THERE = text(f"SELECT to_regclass('{SCHEMA}.{MAP}') IS NOT NULL")
_LIDS = text(f"SELECT lid || '@lid' FROM {SCHEMA}.{MAP} WHERE pn = :phone")  # noqa: S608 - our own words
_TOKENS_OF_NOBODY = text(f"""
DELETE FROM {SCHEMA}.whatsmeow_privacy_tokens
WHERE our_jid NOT IN (SELECT jid FROM {SCHEMA}.whatsmeow_device)
""")  # noqa: S608 - our own words
"""The one table that the library leaves behind when a device is unlinked."""


@dataclass(frozen=True)
class Names:
    """How the library's tables name a person."""

    jids: tuple[str, ...]
    signals: tuple[str, ...]
    users: tuple[str, ...]

    @classmethod
    def of(cls, addresses: Collection[str]) -> Names:
        """Of numbers (digits) and LIDs (`12345@lid`); 1, 128 and 129 are whatsmeow's numbers of their servers.

        >>> Names.of(["7900", "12@lid"]).signals
        ('7900', '7900_128', '12_1', '12_129')
        """
        users = [one.partition("@")[0] for one in sorted(addresses) if "@" in one]
        phones = [one for one in sorted(addresses) if "@" not in one]
        jids = [f"{phone}@{server}" for phone in phones for server in ("s.whatsapp.net", "hosted", "c.us")]
        jids += [f"{user}@{server}" for user in users for server in ("lid", "hosted.lid")]
        signals = [name for phone in phones for name in (phone, f"{phone}_128")]
        signals += [f"{user}_{server}" for user in users for server in (1, 129)]
        return cls(tuple(jids), tuple(signals), (*phones, *users))


class WaStore:
    """The library's rows about one person in one salon. Everything is nothing where its tables are not there."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lids(self, phone: str) -> Sequence[str]:
        """The LID of a phone, as the library has heard it (`12345@lid`)."""
        return list(self._session.scalars(_LIDS, {"phone": phone})) if self._is_there() else []

    def export(self, company_id: CompanyId, names: Names) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What is there, without keys: those are the salon's secrets, and say nothing of the person."""
        if not self._is_there():
            return {}
        given = _given(company_id, names)
        return {
            f"{SCHEMA}.{table}": [
                {name: value for name, value in row.items() if not isinstance(value, bytes | memoryview)}
                for row in self._session.execute(text(f"SELECT * FROM {which}"), given).mappings()  # noqa: S608
            ]
            for table, which in _rows().items()
        }

    def erase(self, company_id: CompanyId, names: Names) -> Mapping[str, int]:
        """Delete it; how many rows of each table."""
        if not self._is_there():
            return {}
        given = _given(company_id, names)
        return {
            f"{SCHEMA}.{table}": self._changed(f"DELETE FROM {which}", given)  # noqa: S608 - our own words
            for table, which in _rows().items()
        }

    def erase_all(self, company_id: CompanyId) -> int:
        """Delete what the salon's devices keep of people, and rows of the map that belong to no device any more."""
        if not self._is_there():
            return 0
        given = {"company_id": company_id}
        rows = sum(
            self._changed(f"DELETE FROM {SCHEMA}.{table} WHERE {_OURS}", given)  # noqa: S608 - our own words
            for table in PERSONAL
        )
        return rows + self._changed(f"DELETE FROM {SCHEMA}.{MAP} AS map WHERE {_UNKNOWN}", given)  # noqa: S608

    def forget_left_behind(self) -> int:
        """Delete what belongs to devices that are not there any more; how many rows."""
        return self._changed_by(_TOKENS_OF_NOBODY) if self._is_there() else 0

    def _is_there(self) -> bool:
        return bool(self._session.scalar(_IS_THERE))

    def _changed(self, statement: str, given: Mapping[str, Any]) -> int:
        return self._changed_by(text(statement), given)

    def _changed_by(self, statement: Any, given: Mapping[str, Any] | None = None) -> int:
        return cast("CursorResult[Any]", self._session.execute(statement, given)).rowcount


def _others(table: str, column: str) -> str:
    """The users that devices of other salons name in a column."""
    return f"""SELECT substring({column} FROM '^[0-9]+') FROM {SCHEMA}.{table}
    WHERE our_jid NOT IN (SELECT jid FROM devices WHERE company_id = :company_id)"""  # noqa: S608 - our own words


_KNOWN_TO_OTHERS = f"""
SELECT phone FROM contacts WHERE company_id <> :company_id
UNION ALL SELECT split_part(lid, '@', 1) FROM contacts WHERE company_id <> :company_id
UNION ALL SELECT split_part(address, '@', 1) FROM contact_addresses WHERE company_id <> :company_id
UNION ALL {_others("whatsmeow_contacts", "their_jid")}
UNION ALL {_others("whatsmeow_sessions", "their_id")}
"""  # noqa: S608 - our own words
_UNKNOWN = f"""NOT EXISTS (
  SELECT FROM ({_KNOWN_TO_OTHERS}) AS others (known) WHERE others.known IN (map.lid, map.pn)
)"""


def _rows() -> Mapping[str, str]:
    """For each table what follows FROM: the rows about one person. The map is last, when the salon knows no more."""
    found = {}
    for table, columns in PERSONAL.items():
        named = " OR ".join(_NAMED[kind].format(column=column) for column, kind in columns.items())
        found[table] = f"{SCHEMA}.{table} WHERE {_OURS} AND ({named})"
    return {**found, MAP: f"{SCHEMA}.{MAP} AS map WHERE (lid = ANY(:users) OR pn = ANY(:users)) AND {_UNKNOWN}"}


def _given(company_id: CompanyId, names: Names) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "jids": list(names.jids),
        "signals": list(names.signals),
        "users": list(names.users),
    }
