"""The salon's phone as a host would hold it: what is owed is sent and delivered, what clients write is stored."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from aiadmin.cli.replay.product import ReplayProduct
from aiadmin.domain.hosting.device import Device, Observed
from aiadmin.domain.hosting.session import Session
from aiadmin.domain.ids import CompanyId, ContactId, HostId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    DeviceClaim,
    Direction,
    MessageKind,
    MessageSeen,
    OutboxMessage,
    ReceiptSeen,
    ReceivedEvent,
    SendOutcome,
    SendResult,
)
from aiadmin.services.hosting import sessions
from aiadmin.services.messages import messages

_LEASE = timedelta(days=365)
_MEDIA = {"voice": "audio", "photo": "image", "sticker": "sticker"}


def take_device(product: ReplayProduct) -> Device:
    """Take the device of the one company there is; it is online from now on."""
    host_id, now = HostId(uuid.uuid4()), product.clock()
    with product.uow() as work:
        work.hosts.add(host_id, lease=_LEASE, capacity=1, name="replay")
        [device] = work.devices.adopt(host_id, limit=1, now=now)
        work.commit()
    sessions.observe(device, Session(observed=Observed.ONLINE, since=now), uow=product.uow)
    return device


@dataclass
class SalonPhone:
    """The device of one company, and the one client who writes to it.

    Attributes:
        said: the names of the messages to the client, oldest first.
        first_offer: the name of the one that made the first proposal.
    """

    product: ReplayProduct
    company_id: CompanyId
    device: Device
    client: IdentityObservation
    said: list[str] = field(default_factory=list)
    first_offer: str | None = None

    def contact(self) -> ContactId:
        """The client."""
        with self.product.uow() as work:
            found = work.contacts.upsert(self.company_id, self.client, self.product.clock())
            work.commit()
        return found

    def hear(self, given: Any, *, direction: Direction = Direction.IN) -> None:
        """Store one message as the form writes it; one with `minutes` was written so long ago."""
        message: dict[str, Any] = {"text": given} if isinstance(given, str) else dict(given)
        media = next((name for name in _MEDIA if name in message), None)
        caption = message.get("photo") if isinstance(message.get("photo"), str) else None
        seen = MessageSeen(
            message_id=uuid.uuid4().hex,
            peer=self.client,
            direction=direction,
            kind=_kind(message, media),
            text=message.get("text") or message.get("reaction") or caption or None,
            media=None if media is None else _MEDIA[media],
            quoted_id=self._quoted(message),
            sent_at=self.product.clock() - timedelta(minutes=message.get("minutes", 0)),
            seconds=message.get("voice"),
        )
        self._store(seen)

    def deliver(self) -> Sequence[OutboxMessage]:
        """Send all that is owed now, and return it as sent; each message reaches the server and its phone."""
        hold, taken = DeviceClaim(device_id=self.device.device_id, epoch=self.device.epoch), []
        while batch := messages.pull([hold], uow=self.product.uow, clock=self.product.clock):
            taken += [self._send(one) for one in batch]
        contact_id = self.contact() if taken else None
        self.said += [one.message_id for one in taken if one.contact_id == contact_id and one.message_id]
        return taken

    def _send(self, message: OutboxMessage) -> OutboxMessage:
        name, now = uuid.uuid4().hex, self.product.clock()
        result = SendResult(outcome=SendOutcome.SENT, message_id=name, sent_at=now)
        messages.record_result(message, result, uow=self.product.uow, clock=self.product.clock, jitter=0.0)
        self._store(ReceiptSeen(message_ids=(name,), peer=self._peer(message), is_read=False, at=now))
        return replace(message, message_id=name, sent_at=now)

    @staticmethod
    def _peer(message: OutboxMessage) -> IdentityObservation:
        name, _, server = message.address.partition("@")
        return IdentityObservation(lid=message.address) if server == "lid" else IdentityObservation(phone=name)

    def _quoted(self, message: dict[str, Any]) -> str | None:
        """`first_offer` is the first proposal of the conversation; a reaction is to what we said last."""
        if "quote" in message:
            return self.first_offer
        return self.said[-1] if "reaction" in message and self.said else None

    def _store(self, event: MessageSeen | ReceiptSeen) -> None:
        heard = ReceivedEvent(
            device_id=self.device.device_id,
            company_id=self.company_id,
            event=event,
            received_at=self.product.clock(),
        )
        messages.store([heard], uow=self.product.uow)


def _kind(message: dict[str, Any], media: str | None) -> MessageKind:
    if "reaction" in message:
        return MessageKind.REACTION
    return MessageKind.TEXT if media is None else MessageKind.OTHER
