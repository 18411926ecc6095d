"""Two salons with a row in every table, and everything that tells one from the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from aiadmin.container import Container
from aiadmin.domain.pairing.live_code import LiveCode
from aiadmin.services.companies import connect_links, owner_sessions
from aiadmin.services.companies.owner_sessions import BrowserSecret
from aiadmin.services.console.operators import OperatorSecret
from aiadmin.services.install.arrivals import FOREIGN_USER
from aiadmin.web.http import operator_cookie, session_cookie
from aiadmin.web.http.guards import COMPANY_HEADER
from tests.fakes.yclients.marketplace.redirect import signed
from tests.support import company_rows
from tests.support.door import Door
from tests.support.site import Salon

Rows = Mapping[str, Any]
_PLAUSIBLE = {
    "message_texts": "kind = 'booked'",
    "outbox": "kind = 'activation', state = 'sent'",
    "quarantine": "queue = 'webhooks'",
    "records": "services = '[]'",
    "session_events": "state = 'online'",
    "sync_runs": "stage = NULL, counts = '{}'",
}
"""What a job that meets the row can read."""
_ENTRIES = sa.text(
    "SELECT connect_jti, ARRAY(SELECT (id, ended_at)::text FROM owner_sessions"
    " WHERE company_id = companies.id ORDER BY id) FROM companies WHERE id = :id"
)


@dataclass
class Tenant:
    """A salon that is set up, linked, and has a row everywhere; every text in them holds `word`.

    Attributes:
        user_id: of its owner at YClients.
        phone: of its WhatsApp, and of everybody in its rows.
        operator: the browser of somebody who runs us; `has_operator` says whether it was let in.
        browser: in which its pages are open; `other_session` is that of another one.
    """

    held: Container
    salon: Salon
    word: str
    user_id: int
    partner_token: str
    browser: BrowserSecret = field(default_factory=BrowserSecret.new)
    other_session: int = 0
    operator: OperatorSecret = field(default_factory=OperatorSecret.new)
    has_operator: bool = False
    _renewed: Any = None

    @property
    def company_id(self) -> int:
        return self.salon.company_id

    @property
    def phone(self) -> str:
        return f"7900{self.company_id:07}"

    @property
    def code(self) -> str:
        """The QR code that is live for it."""
        return f"2@{self.word}"

    @property
    def webhook_key(self) -> str:
        return self.held.secrets.webhook_key(self.salon.company_id)

    def signature(self) -> dict[str, str]:
        """What the owner's browser brings from YClients: who, never where."""
        return signed({"id": self.user_id, "name": "Owner again"}, self.partner_token)

    def marks(self) -> Iterator[str]:
        """What nobody else may ever be shown."""
        yield from (self.word, self.phone, self.salon.api_key, self.salon.token, self.webhook_key)
        yield from (str(value) for value in self.signature().values())

    def renew(self) -> None:
        """A link that works, browsers that are in and a code that is live, whatever became of those before."""
        if self._entries() != self._renewed:
            self._let_in()
            self._renewed = self._entries()
        self.show_code()

    def _entries(self) -> Any:
        """What lets somebody in, as it is kept."""
        with self.held.engine.connect() as connection:
            return connection.execute(_ENTRIES, {"id": self.salon.company_id}).one()

    def _let_in(self) -> None:
        held = self.held
        token = connect_links.issue(
            self.salon.company_id, uow=held.uow, tokens=held.tokens, links=held.links, clock=held.clock
        )
        self.salon = Salon(self.salon.company_id, self.salon.salon_id, self.salon.api_key, token)
        for browser in (self.browser, BrowserSecret(self.word.ljust(43, "_"))):
            self.other_session = owner_sessions.start(
                self.salon.company_id, browser, user_agent=self.word, uow=held.uow, clock=held.clock
            )

    def session(self, company_id: int | None = None) -> dict[str, str]:
        """What a page of ours sends in this salon's browser, be it for another company."""
        return {
            "Cookie": f"{session_cookie.NAME}={self.browser.clear}",
            COMPANY_HEADER: str(company_id or self.company_id),
            "Sec-Fetch-Site": "same-origin",
        }

    def operator_headers(self) -> dict[str, str]:
        """What a page of the console sends in the browser of an operator who is in."""
        if not self.has_operator:
            self.held.operators.let_in(self.operator, operator="walker", user_agent="")
            self.has_operator = True
        return {"Cookie": f"{operator_cookie.NAME}={self.operator.clear}", "Sec-Fetch-Site": "same-origin"}

    def show_code(self) -> None:
        """A code is live for twenty seconds more: without one each question for it waits for ten."""
        now = self.held.clock()
        code = LiveCode(text=self.code, generated_at=now, expires_at=now + timedelta(minutes=10))
        self.held.pairing_store.publish_code(self.salon.company_id, code)


def settle(door: Door, salon_id: int, *, word: str, user_id: int) -> Tenant:
    """A salon comes in from YClients, links a phone, and has lived with us for a while."""
    held = door.site.container
    door.install(salon_id, user={"id": user_id, "name": "Owner"})
    company, link = door.company(salon_id), door.yclients.link(salon_id)
    assert company is not None
    assert link is not None
    salon = Salon(company.company_id, salon_id, link["api_key"], token="")
    tenant = Tenant(held, salon, word, user_id, door.yclients.partner_token)
    tenant.renew()
    with held.engine.begin() as connection:
        company_rows.fill(connection, company.company_id, word)
        for table, values in _PLAUSIBLE.items():
            statement = sa.text(f"UPDATE {table} SET {values} WHERE company_id = :id")  # noqa: S608 - our own words
            connection.execute(statement, {"id": company.company_id})
        named = {"id": company.company_id, "word": word, "phone": tenant.phone, "raw": json.dumps({"word": word})}
        connection.execute(
            sa.text(
                "UPDATE companies SET title = :word, address = :word, email = :word, raw_data = :raw, phone = :phone,"
                " whatsapp_phone = :phone, whatsapp_connected = true, whatsapp_connected_at = now() WHERE id = :id"
            ),
            named,
        )
    return tenant


def tables_of_companies(connection: sa.Connection) -> set[str]:
    """Every table of the database itself that names a company."""
    found = connection.execute(
        sa.text(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'company_id' AND table_name <> 'companies'"
        )
    )
    return set(found.scalars())


def everything_of(held: Container, company_id: int) -> Rows:
    """All rows of a company as they are now, and what Redis holds for it; not that somebody was turned away."""
    with held.engine.connect() as connection:
        named = dict.fromkeys(tables_of_companies(connection), "company_id") | {"companies": "id"}
        kept = _rows(connection, named, company_id)
    kept["audit_log"] = [row for row in kept["audit_log"] if json.loads(row)["actor"] != FOREIGN_USER]
    return {**kept, "redis": _in_redis(held, company_id)}


def _rows(connection: sa.Connection, named: Mapping[str, str], company_id: int) -> dict[str, list[str]]:
    """The company's rows of each table as JSON, sorted, in one statement; `named` says under which column each names
    its company."""
    of_each = [
        f"SELECT '{table}', to_jsonb(t)::text FROM {table} AS t WHERE t.{column} = :id"  # noqa: S608 - our own words
        for table, column in sorted(named.items())
    ]
    kept: dict[str, list[str]] = {table: [] for table in named}
    for table, row in connection.execute(sa.text(" UNION ALL ".join(of_each)), {"id": company_id}):
        kept[table].append(row)
    return {table: sorted(rows) for table, rows in kept.items()}


def _in_redis(held: Container, company_id: int) -> dict[str, Any]:
    """The company's link and where its pairing stands. Not its code: that is gone by itself after a while."""
    found: dict[str, Any] = {"waits": company_id in held.pairing_store.queue()}
    for pattern in ("marketplace:company:{}:*", "aiadmin:watch:{}", "aiadmin:pairing:*:{}"):
        for key in held.redis.scan_iter(pattern.format(company_id)):
            found[str(key)] = held.redis.dump(key)
    return found
