"""A salon whose journal we read and whose phone is linked, as its owner and its client see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.speech import FakeSpeech
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.stack import Stack

AT_ANY_HOUR = {"quiet_from": "00:00", "quiet_to": "00:00", "gather_seconds": 0, "reminder_day": False}
SOON = 60.0
"""Five seconds of quiet, the clock's two, three of typing; and two cores that may be busy."""
_OPEN = """
SELECT 1 FROM notices WHERE state IN ('waiting', 'released')
UNION ALL SELECT 1 FROM refetches
UNION ALL SELECT 1 FROM booking_events WHERE handled_at IS NULL
UNION ALL SELECT 1 FROM outbox_messages WHERE state IN ('pending', 'sending')
"""


@dataclass(frozen=True, kw_only=True)
class World:
    """A running product, its two neighbours, and what is this test's own there: numbers, none of them linked yet."""

    product: Stack
    whatsapp: FakeWhatsApp
    yclients: FakeYClients
    speech: FakeSpeech
    salon_id: int
    phone: str
    client: str


class Salon:
    """A salon whose journal we read and whose phone is linked, as its owner sees it."""

    def __init__(self, world: World) -> None:
        self.world, self.product = world, world.product
        self._token = self.product.install(world.yclients, world.salon_id)
        self.ask("POST", "settings", json={"settings": AT_ANY_HOUR})
        code = self.product.get(f"/marketplace/qr/{self._token}").json()["qr"]
        world.whatsapp.scan(code, phone=world.phone, push_name="Салон")
        self.product.until(self._is_listening, within=60, what="active, read, and listening")

    def _is_listening(self) -> bool:
        """Up to the first look for changes: the next is in ten minutes, so that only a webhook can be quicker."""
        is_ready = """
            SELECT 1 FROM companies JOIN sync_runs ON sync_runs.company_id = companies.id
            WHERE yclients_id = %s AND integration_status = 'active' AND whatsapp_connected
                AND kind = 'changes' AND finished_at IS NOT NULL
        """
        link = self.world.yclients.link(self.world.salon_id)
        return bool(link and link["webhook_urls"] and self.product.rows(is_ready, self.world.salon_id))

    def ask(self, method: str, what: str, **options: Any) -> Mapping[str, Any]:
        """What the management page is answered."""
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self.product.request(method, f"/marketplace/manage/{what}", headers=headers, **options)
        assert answer.ok, answer.text
        return dict(answer.json())

    def log(self) -> list[tuple[str, str, str | None]]:
        """The owner's log of messages, oldest first: who wrote, about what or which words, and the mark."""
        found = self.ask("GET", "messages")["messages"]
        return [(one["author"], one["purpose"] or one["text"], one["status"]) for one in reversed(found)]

    def read_by_client(self, beginning: str) -> str:
        """The text of the message that begins so, once the client has read it and the log says so."""
        whatsapp, client = self.world.whatsapp, self.world.client
        found = whatsapp.wait_for_message(client, lambda one: beginning in one["text"], within=SOON)
        self.until_last("delivered")
        whatsapp.read(client, found["id"])
        self.until_last("read")
        return str(found["text"])

    def until_last(self, mark: str) -> None:
        """The newest message in the log has this mark."""
        self.product.until(lambda: (log := self.log()) and log[-1][2] == mark, within=SOON, what=mark)

    def until_nothing_is_open(self) -> None:
        """Whatever could still be said is said."""
        assert self.world.yclients.settled()
        self.product.until(lambda: not self.product.rows(_OPEN), within=SOON, what="nothing is open")

    def at_the_phone(self) -> list[str]:
        """The first words of everything that the client has got."""
        client = self.world.client
        texts = [one["text"] for one in self.world.whatsapp.messages(client) if one["to"] == client]
        return [text.removeprefix("Здравствуйте, Нина!\n").partition(" ")[0] for text in texts]

    def records(self) -> list[dict[str, Any]]:
        """The journal."""
        listed: list[dict[str, Any]] = self.world.yclients.state(self.world.salon_id)["records"]
        return listed
