"""Sends what we owe clients: pulls the messages of devices that are online here, one at a time for each device.

A message is committed as `sending` before the library is called, under the epoch of the hold: whatever dies, it is
sent once or not at all, and what nobody can know is called unknown and never sent again. Where there are gaps to
keep, the client first sees "typing", and a device rests after each message; what is urgent does not wait.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from aiadmin.adapters.whatsapp.engine import EngineError
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.hosting.device import Device
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.look_schedule import NET_SECONDS, TICK_SECONDS, LookSchedule
from aiadmin.domain.messages.message import (
    DeviceClaim,
    MessageReason,
    OutboxMessage,
    RecordedSend,
    SendOutcome,
    SendResult,
    SendScope,
    SentMessage,
    phone_at,
)
from aiadmin.domain.messages.sending_policy import HUMAN, UNPACED
from aiadmin.hosting.collaborators import SendingMode
from aiadmin.hosting.ports import SessionEngine
from aiadmin.services.messages import messages
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

_RETRY_SECONDS = 1.0
_TOGETHER_SECONDS = 0.1
"""Devices that may send again, or have connected, within so long of each other are looked at together."""
_rng = random.SystemRandom().random
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Online:
    """A device that is held and connected here, and the engine's name of its connection."""

    device: Device
    session_id: str

    def claim(self, scope: SendScope = SendScope.ALL) -> DeviceClaim:
        """What the outbox asks of a holder, and what it may send now."""
        return DeviceClaim(device_id=self.device.device_id, epoch=self.device.epoch, scope=scope)


class Outgoing:
    """`start` it, `wake` when something is owed, `stop` it before the sessions stop.

    Args:
        online: the devices to send for; called from a thread of ours.
        on_sent: a message of this device has this id now.
        on_news: told of each chat for which an attempt to send is over.
        on_result: called with what became of each message.
        record_sent: writes down what was sent, and claims what the device sends next.
        net_seconds: how long to wait at most between two looks.
    """

    def __init__(
        self,
        engine: SessionEngine,
        online: Callable[[], Sequence[Online]],
        *,
        uow: NewUnitOfWork,
        clock: Clock,
        on_sent: Callable[[DeviceId, str], None],
        on_news: Callable[[CompanyId, ContactId], None] = lambda _company, _contact: None,
        on_result: Callable[[SendOutcome], None],
        record_sent: Callable[[SentMessage], RecordedSend],
        mode: SendingMode | None = None,
        net_seconds: Callable[[], float] = lambda: TICK_SECONDS,
    ) -> None:
        self._engine, self._online, self._uow, self._clock = engine, online, uow, clock
        self._on_sent, self._mode, self._net_seconds = on_sent, mode or SendingMode(), net_seconds
        self._on_news, self._on_result, self._record_sent = on_news, on_result, record_sent
        self._rests_until: dict[DeviceId, float] = {}
        self._sending: set[DeviceId] = set()
        self._called_back: set[DeviceId] = set()
        self._changed = threading.Condition()
        self._is_stopping = False
        self._looks = LookSchedule()
        self._seen: frozenset[tuple[DeviceId, int]] = frozenset()
        self._next_tidy = 0.0
        self._thread = threading.Thread(target=self._run, name="outgoing", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def wake(self) -> None:
        """Something may be owed: look now rather than when something falls due."""
        with self._changed:
            self._looks.nudged(time.monotonic())
            self._changed.notify_all()

    def look_soon(self) -> None:
        """A device can send now that could not: look within a moment, at all that come with it."""
        with self._changed:
            self._looks.no_later_than(time.monotonic() + _TOGETHER_SECONDS)
            self._changed.notify_all()

    def is_sending(self, device_id: DeviceId) -> bool:
        """Whether a message of this device is on its way, so that its session should not be stopped just now.

        Whoever asks has something to do with the session: no other message follows the one on its way.
        """
        with self._changed:
            if device_id in self._sending:
                self._called_back.add(device_id)
            return device_id in self._sending

    def stop(self, timeout: float) -> bool:
        """Take nothing new, and wait for what is on its way; False when some of it still is."""
        deadline = time.monotonic() + timeout
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._thread.join(timeout)
        with self._changed:
            return self._changed.wait_for(lambda: not self._sending, max(deadline - time.monotonic(), 0.0))

    def _run(self) -> None:
        while self._waits_for_look():
            began, next_in = time.monotonic(), TICK_SECONDS
            try:
                next_in = self._look()
            except DependencyDownError:
                log.debug("PostgreSQL is away; what is owed waits")
            except Exception:
                log.exception("the outbox stumbled")
            with self._changed:
                self._looks.no_later_than(began + next_in)

    def _waits_for_look(self) -> bool:
        """False at the end."""
        with self._changed:
            while not self._is_stopping and (wait := self._looks.at - time.monotonic()) > 0:
                self._changed.wait(wait)
            self._looks.began(time.monotonic())
            return not self._is_stopping

    def _look(self) -> float:
        """Begin to send what is due; seconds until more will be. Raises DependencyDownError."""
        now, asked_at = time.monotonic(), self._clock()  # what falls due while we look is for the next look
        online = {one.device.device_id: one for one in self._online()}
        holds = [one.claim() for one in online.values()]
        self._tidy(holds)
        with self._changed:
            idle = [self._claim_of(one) for device_id, one in online.items() if device_id not in self._sending]
        if self._mode.gaps is None:
            for message in messages.pull(idle, uow=self._uow, clock=self._clock):
                if message.device_id is not None:
                    self._begin(self._send, online[message.device_id], message)
        else:
            for device_id, message in messages.peek(idle, uow=self._uow, clock=self._clock).items():
                self._begin(self._type_and_send, online[device_id], message)
        rests = [until - now for device_id, until in self._rests_until.items() if until > now and device_id in online]
        due = messages.next_due_in(holds, after=asked_at, uow=self._uow)
        return max(min([self._net_seconds(), *rests, *([] if due is None else [due])]), _TOGETHER_SECONDS)

    def _tidy(self, holds: Sequence[DeviceClaim]) -> None:
        """See to what earlier attempts have left: of devices taken since the last time, and now and then."""
        now, seen = time.monotonic(), frozenset((hold.device_id, hold.epoch) for hold in holds)
        if seen <= self._seen and now < self._next_tidy:
            return
        messages.tidy(holds, uow=self._uow, clock=self._clock)
        self._seen, self._next_tidy = seen, now + NET_SECONDS

    def _claim_of(self, online: Online) -> DeviceClaim:
        if self._mode.is_paused:
            return online.claim(SendScope.HUMAN)
        is_resting = time.monotonic() < self._rests_until.get(online.device.device_id, 0.0)
        return online.claim(SendScope.URGENT if is_resting else SendScope.ALL)

    def _begin(self, work: Callable[[Online, OutboxMessage], None], online: Online, message: OutboxMessage) -> None:
        with self._changed:
            self._sending.add(online.device.device_id)
        threading.Thread(target=self._guard, args=[work, online, message], name="send", daemon=True).start()

    def _guard(self, work: Callable[[Online, OutboxMessage], None], online: Online, message: OutboxMessage) -> None:
        try:
            work(online, message)
        except DependencyDownError:
            log.debug("PostgreSQL is away; what is owed waits")
        except Exception:
            log.exception("a message stumbled", outbox_message_id=message.outbox_message_id)
        finally:
            with self._changed:
                self._sending.discard(online.device.device_id)
                self._called_back.discard(online.device.device_id)
                self._looks.no_later_than(time.monotonic())
                self._changed.notify_all()

    def _type_and_send(self, online: Online, seen: OutboxMessage) -> None:
        """Only now is a message claimed: what dies while it types has sent nothing, and leaves nothing unknown."""
        if seen.purpose not in HUMAN:
            self._engine.show_typing(online.session_id, seen.address)
            with self._changed:
                shown_for = self._mode.typing_time(seen.text).total_seconds()
                self._changed.wait_for(lambda: self._is_stopping, shown_for)
                if self._is_stopping:
                    return
        hold = self._claim_of(online)
        for message in messages.pull([hold], uow=self._uow, clock=self._clock):
            self._send(online, message)

    def _send(self, online: Online, message: OutboxMessage) -> None:
        """Send a message, and those that follow it as long as each is taken."""
        following: OutboxMessage | None = message
        while following is not None:
            following = self._send_one(online, following)

    def _send_one(self, online: Online, message: OutboxMessage) -> OutboxMessage | None:
        """What the device sends next, claimed already."""
        result = self._send_text(online, message)
        if result.reason == MessageReason.NOT_ON_WHATSAPP:
            message, result = self._type_and_send_text(online, message, result)
        following = self._record_result(online, message, result)
        self._on_news(message.company_id, message.contact_id)
        self._on_result(result.outcome)
        device_id = online.device.device_id
        if self._mode.gaps is not None and message.purpose not in UNPACED:
            self._rests_until[device_id] = time.monotonic() + self._mode.gaps.gap_after(self._clock()).total_seconds()
        if result.message_id is not None:
            self._on_sent(device_id, result.message_id)
        return following

    def _next_claim(self, online: Online) -> DeviceClaim | None:
        """What the device may send at once: nothing where there are gaps to keep, or it is wanted for something."""
        with self._changed:
            is_free = not self._is_stopping and online.device.device_id not in self._called_back
        return self._claim_of(online) if is_free and self._mode.gaps is None else None

    def _send_text(self, online: Online, message: OutboxMessage) -> SendResult:
        return self._engine.send(
            online.session_id, message.address, message.text, disappears_after=message.disappears_after
        )

    def _type_and_send_text(
        self, online: Online, message: OutboxMessage, refused: SendResult
    ) -> tuple[OutboxMessage, SendResult]:
        """Ask for a number as a person types it before it counts as not on WhatsApp, and write to whom that names.

        One number is written in two ways in some countries, and WhatsApp finds a person only by its own; what it does
        not say is asked again later.
        """
        phone = phone_at(message.address)
        if phone is None:
            return message, refused
        unanswered = SendResult(outcome=SendOutcome.NOT_TAKEN, reason=MessageReason.NUMBER_UNANSWERED)
        try:
            found = self._engine.find_number(online.session_id, phone)
            if found is None:
                return message, refused
            moved = messages.redirect(message, found, uow=self._uow, clock=self._clock)
        except EngineError:
            return message, unanswered
        except Exception:
            log.exception("whom a number names was not kept", outbox_message_id=message.outbox_message_id)
            return message, unanswered
        if moved is None:
            return message, SendResult(outcome=SendOutcome.FAILED, reason=MessageReason.OPTED_OUT)
        result = self._send_text(online, moved)
        return moved, unanswered if result.reason == MessageReason.NOT_ON_WHATSAPP else result

    def _record_result(self, online: Online, message: OutboxMessage, result: SendResult) -> OutboxMessage | None:
        """Write the result, however long PostgreSQL takes: without it the message would be called unknown."""
        while True:
            try:
                recorded = self._recorded(online, message, result)
            except DependencyDownError:
                time.sleep(_RETRY_SECONDS)
                continue
            numbers = {"outbox_message_id": message.outbox_message_id, "company_id": message.company_id}
            level = logging.INFO if recorded.written else logging.WARNING
            log.log(
                level,
                "a message: %s",
                result.outcome.value,
                **numbers,
                reason=result.reason,
                written=recorded.written,
            )
            return recorded.following

    def _recorded(self, online: Online, message: OutboxMessage, result: SendResult) -> RecordedSend:
        """A send that failed teaches of the person, or of our account, and takes a transaction. Raises
        DependencyDownError."""
        if result.outcome is SendOutcome.SENT:
            at = self._clock()
            return self._record_sent(
                SentMessage(message=message, result=result, at=at, next_for=self._next_claim(online))
            )
        written = messages.record_result(message, result, uow=self._uow, clock=self._clock, jitter=_rng())
        return RecordedSend(written=written)
