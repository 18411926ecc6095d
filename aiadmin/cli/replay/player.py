"""Plays a conversation: the host, the clock and YClients' webhooks are the replay's, all else is the product."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from aiadmin.cli.replay.history import remember
from aiadmin.cli.replay.installing import Installer
from aiadmin.cli.replay.salon import SALON, PlayedSalon
from aiadmin.domain.chat.dialogue import Dialogue, Proposal
from aiadmin.domain.chat.transcript import Speaker
from aiadmin.domain.chat.turn import TurnRecord
from aiadmin.domain.journal.webhook import NewWebhook, dedup_key
from aiadmin.domain.messages.message import OutboxMessage
from aiadmin.domain.replay.labels import known_of, made_offer, offer_of
from aiadmin.domain.replay.played import PlayedTurn
from aiadmin.services.chat.openings import Opening, OpeningReader
from aiadmin.services.chat.turns import ChatHandler
from aiadmin.services.journal import webhook_processing
from aiadmin.storage.unit_of_work import UnitOfWork

_STEP = timedelta(seconds=5)
_READS = timedelta(seconds=10)
"""A client reads what we said before they answer it."""
_MOST_STEPS = 20
"""A burst lasts 25 s at most; what still waits then is looked at no more."""


def play(installer: Installer, case: Mapping[str, Any]) -> Iterator[PlayedTurn]:
    """The turns of a conversation in a clean salon, one after the other."""
    salon = installer.begin(case)
    remember(salon)
    chat = _Chat(salon)
    for turn in case["turns"]:
        yield chat.turn(turn)
        salon.move_to(salon.product.now + _READS)


@dataclass
class _Interruption:
    """What a client writes while the product works: when the first call is made, or else before the commit."""

    salon: PlayedSalon
    waiting: list[Any] = field(default_factory=list)
    is_working: bool = False

    def come(self) -> None:
        """It is written now, if a turn is at work."""
        if self.waiting and self.is_working:
            self.salon.phone.hear(self.waiting.pop(0))

    def uow(self) -> UnitOfWork:
        """The handler's transactions: the one behind the opening of a turn is the one that ends it."""
        self.come()
        self.is_working = False
        return self.salon.product.uow()


@dataclass(frozen=True, kw_only=True)
class _WatchedOpenings(OpeningReader):
    """Says when a turn is at work."""

    interruption: _Interruption

    def read(self, *given: Any, **named: Any) -> Opening:
        opening = super().read(*given, **named)
        self.interruption.is_working = True
        return opening


class _Chat:
    """The chat of the client of one salon."""

    def __init__(self, salon: PlayedSalon) -> None:
        self._salon, self._product, self._phone = salon, salon.product, salon.phone
        self._interruption = _Interruption(salon)
        self._product.on_call = self._interruption.come
        handler = self._product.chat_handler
        openings = _WatchedOpenings(views=handler.openings.views, interruption=self._interruption)
        self._handler: ChatHandler = replace(handler, openings=openings, uow=self._interruption.uow)
        self._heard_hooks = len(salon.journal.hooks())
        self._contact_id = salon.phone.contact()

    def turn(self, given: Mapping[str, Any]) -> PlayedTurn:
        """Say what the file says, wait for what comes of it, and look at it."""
        self._salon.journal.set_faults(given.get("faults", {}))
        self._product.forget_calls()
        started, wrote = time.monotonic(), len(self._salon.journal.writes(SALON))
        stood, knew, heard_before = self._proposal(), self._known(), self._newest_heard()
        sent = self._say(given["say"])
        self._refuse_quarantine()
        calls = self._product.calls
        record = self._record(heard_before)
        offer = None if record is None else made_offer(record.act, record.proposal, stood)
        texts = [one for one in sent if one.contact_id == self._contact_id]
        if offer is not None and self._phone.first_offer is None and texts:
            self._phone.first_offer = texts[-1].message_id
        turn = PlayedTurn(
            texts=tuple(one.text for one in texts),
            act="silent" if record is None else record.act.value,
            asks=None if record is None or record.asks is None else record.asks.value,
            reason=None if record is None or record.hand_over is None else record.hand_over.value,
            offer=offer if texts else None,
            stands=offer_of(self._proposal()),
            writes=self._salon.journal.writes(SALON)[wrote:],
            salon_told=len(texts) < len(sent),
            opted_out=self._is_opted_out(),
            answered=self._product.answered,
            knew=knew,
            calls=calls,
            milliseconds=round((time.monotonic() - started) * 1000),
        )
        self._salon.journal.set_faults({})
        self._hear_hooks()
        return turn

    # --- what is said, and what comes of it ---

    def _say(self, messages: Sequence[Any]) -> list[OutboxMessage]:
        """What was sent in answer. A message `while_working` comes when the earlier ones are at work."""
        sent: list[OutboxMessage] = []
        for message in messages:
            about = message if isinstance(message, Mapping) else {}
            sent += self._pass(timedelta(seconds=about.get("after", 0)))
            if about.get("while_working"):
                self._interruption.waiting.append(message)
                sent += self._pass(_STEP)
            else:
                self._phone.hear(message)
        for _ in range(_MOST_STEPS):
            if not self._waits():
                break
            sent += self._pass(_STEP)
        return sent

    def _pass(self, passed: timedelta) -> list[OutboxMessage]:
        """Time goes by, in steps; whatever is due meanwhile is done, and what is owed is sent."""
        sent: list[OutboxMessage] = []
        while passed > timedelta():
            step = min(passed, _STEP)
            self._salon.move_to(self._product.now + step)
            passed -= step
            if self._handler.work():
                self._product.journal_confirmer.work()
            sent += self._phone.deliver()
        return sent

    def _hear_hooks(self) -> None:
        """YClients tells of changes, and the journal is read again when it is quiet about them."""
        bodies = self._salon.journal.hooks()[self._heard_hooks :]
        self._heard_hooks += len(bodies)
        if not bodies:
            return
        now = self._product.clock()
        raw = [(dict(body), json.dumps(body).encode()) for body in bodies]
        with self._product.uow() as work:
            work.webhooks.add_many(
                [
                    NewWebhook(
                        company_id=self._salon.company_id,
                        dedup_key=dedup_key(body, body=text),
                        body=text,
                        received_at=now,
                    )
                    for body, text in raw
                ]
            )
            work.commit()
        webhook_processing.drain(uow=self._product.uow, clock=self._product.clock)
        self._salon.move_to(now + _STEP)
        self._product.refetcher.work()

    # --- what is to be seen of it ---

    def _refuse_quarantine(self) -> None:
        """Raise RuntimeError where a service set something of this company aside because it raised."""
        with self._product.uow() as work:
            found = work.quarantine.listed(company_id=self._salon.company_id, queue=None, limit=1)
        if found:
            raise RuntimeError(f"{found[0].queue} was set aside: {found[0].reason}")

    def _waits(self) -> bool:
        with self._product.uow() as work:
            return work.transcripts.waits(self._salon.company_id, self._contact_id) is not None

    def _newest_heard(self) -> int:
        return max(self._heard(), default=0)

    def _heard(self) -> list[int]:
        with self._product.uow() as work:
            said = work.transcripts.read(self._salon.company_id, self._contact_id)
        return [one.number for one in said if one.speaker is Speaker.CLIENT]

    def _record(self, after: int) -> TurnRecord | None:
        """The stored turn of what was heard since: the last one that replied, or else the last."""
        whom = self._salon.company_id, self._contact_id
        with self._product.uow() as work:
            found = [work.chats.turn_of(*whom, number) for number in self._heard() if number > after]
        turns = [one for one in found if one is not None]
        return next((one for one in reversed(turns) if one.reply), turns[-1] if turns else None)

    def _proposal(self) -> Proposal | None:
        with self._product.uow() as work:
            said = work.chats.last_said(self._salon.company_id, self._contact_id, self._product.clock())
        return None if said is None else said.turn.proposal

    def _known(self) -> frozenset[str]:
        with self._product.uow() as work:
            chat = work.chats.find(self._salon.company_id, self._contact_id)
            phone = self._phone.client.phone
            client = self._product.views.client(work, self._salon.company_id, phone=phone, zone=self._salon.zone.key)
        return known_of(chat.dialogue if chat else Dialogue(), has_name=client.name is not None)

    def _is_opted_out(self) -> bool:
        with self._product.uow() as work:
            return work.permissions.recipient(self._salon.company_id, self._contact_id).opted_out_at is not None
