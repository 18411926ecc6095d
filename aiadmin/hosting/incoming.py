"""Keeps what devices hear: messages go to the inbox, receipts to what we sent.

The library has acknowledged a message before we see it, so WhatsApp does not repeat it: what this process holds when
it is killed is lost (at most once). One thread writes, many at a time; while PostgreSQL is away they wait here.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.device import Device
from aiadmin.domain.hosting.session_event import SessionEvent
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.messages.message import MessageSeen, MessageWithdrawn, ReceiptSeen, ReceivedEvent, TimerSeen
from aiadmin.services.messages import messages
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

BATCH = 100
HELD_AT_MOST = 20_000
"""Some 20 MB; when PostgreSQL is away for longer than that lasts, the newest are lost, and it is logged."""
EARLY_AT_MOST = 1_000
GATHER_SECONDS = 0.1
"""Receipts come with each message that we send, and nobody waits for one: they gather for so long."""
_RETRY_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Incoming:
    """`listener` for each session; `close` when no session can speak any more.

    Args:
        on_due: told when a chat is to be handled, in which something was said.
        on_news: told of each chat in which something was said, or a message of ours was delivered or read.
        keeps_voices: whether it is kept where clients' voice messages lie.
    """

    def __init__(
        self,
        *,
        uow: NewUnitOfWork,
        clock: Clock,
        on_due: Callable[[datetime], None] = lambda _: None,
        on_news: Callable[[CompanyId, ContactId], None] = lambda _company, _contact: None,
        keeps_voices: bool = False,
    ) -> None:
        self._uow, self._clock, self._keeps_voices = uow, clock, keeps_voices
        self._on_due, self._on_news = on_due, on_news
        self._waiting: deque[ReceivedEvent] = deque()
        self._changed = threading.Condition()
        self._early: OrderedDict[tuple[DeviceId, str], ReceivedEvent] = OrderedDict()
        self._sent: deque[tuple[DeviceId, str]] = deque()
        self._lost = 0
        self._is_urgent = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="incoming", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def listener(self, device: Device, others: Callable[[SessionEvent], None]) -> Callable[[SessionEvent], None]:
        """A listener for the device's session: mail stays here, the rest goes to `others`."""

        def receive(event: SessionEvent) -> None:
            if isinstance(event, MessageSeen | MessageWithdrawn | ReceiptSeen | TimerSeen):
                self._accept(device, event)
            else:
                others(event)

        return receive

    def sent(self, device_id: DeviceId, message_id: str) -> None:
        """A message has its id in PostgreSQL now: its receipts may have come before."""
        with self._changed:
            self._sent.append((device_id, message_id))
            self._changed.notify()

    def close(self, timeout: float) -> None:
        """Write what waits, and end; what is not written within `timeout` seconds is lost."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(timeout)
        if self._waiting:
            log.error("messages are lost: PostgreSQL is away", count=len(self._waiting))

    def _accept(self, device: Device, event: MessageSeen | MessageWithdrawn | ReceiptSeen | TimerSeen) -> None:
        if _is_own_chat(device, event):
            return
        heard = ReceivedEvent(
            device_id=device.device_id, company_id=device.company_id, event=event, received_at=self._clock()
        )
        with self._changed:
            if len(self._waiting) < HELD_AT_MOST:
                self._waiting.append(heard)
            else:
                self._lost += 1
            self._is_urgent |= not isinstance(event, ReceiptSeen)
            self._changed.notify()

    def _run(self) -> None:
        while True:
            batch = self._next_batch()
            if not batch and self._is_closed:
                return
            try:
                self._write(batch)
            except DependencyDownError:
                self._put_back(batch)
            except Exception:
                log.exception("some messages cannot be stored")
                self._write_singly(batch)

    def _next_batch(self) -> list[ReceivedEvent]:
        """What to write now, early receipts whose message is known by now included."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._sent or self._is_closed)
            self._changed.wait_for(lambda: self._is_urgent or self._is_closed, GATHER_SECONDS)
            while self._sent:
                early = self._early.pop(self._sent.popleft(), None)
                if early is not None:
                    self._waiting.append(early)
            if self._lost:
                log.error("messages are lost: too many wait for PostgreSQL", count=self._lost)
                self._lost = 0
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            self._is_urgent = bool(self._waiting)
            return batch

    def _write(self, batch: Sequence[ReceivedEvent]) -> None:
        if batch:
            early = messages.store(
                batch, uow=self._uow, on_due=self._on_due, on_news=self._on_news, keeps_voices=self._keeps_voices
            )
            for heard in early:
                self._keep_early(heard)

    def _write_singly(self, batch: Sequence[ReceivedEvent]) -> None:
        for position, heard in enumerate(batch):
            try:
                self._write([heard])
            except DependencyDownError:
                return self._put_back(batch[position:])
            except Exception:
                log.exception("a message is lost", company_id=heard.company_id)
        return None

    def _put_back(self, batch: Sequence[ReceivedEvent]) -> None:
        """Wait a moment for PostgreSQL; not even an end makes it come sooner."""
        with self._changed:
            self._waiting.extendleft(reversed(batch))
        time.sleep(_RETRY_SECONDS)

    def _keep_early(self, heard: ReceivedEvent) -> None:
        """The answer to a send may come after the receipt of what was sent."""
        assert isinstance(heard.event, ReceiptSeen)  # noqa: S101 - `store` returns no other
        for message_id in heard.event.message_ids:
            key = heard.device_id, message_id
            before = self._early.get(key)
            if before is None or heard.event.is_read:  # a mark is never taken back
                self._early[key] = replace(heard, event=replace(heard.event, message_ids=(message_id,)))
        while len(self._early) > EARLY_AT_MOST:
            self._early.popitem(last=False)


def _is_own_chat(device: Device, event: MessageSeen | MessageWithdrawn | ReceiptSeen | TimerSeen) -> bool:
    """Whether the salon talks to itself: its own number is a chat on its phone."""
    own_lid = re.sub(r":\d+@", "@", device.lid or "")
    return event.peer.phone == device.phone or (bool(own_lid) and event.peer.lid == own_lid)
