"""YClients' own notifications, sent through the salon's WhatsApp: taken, and answered one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiadmin.domain.errors import SalonBusyError
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.messages.message import NewMessage, Purpose, QueuedMessage
from aiadmin.domain.messages.sending_policy import BlockReason, Recipient, Sender, SendingPolicy, when_to_send
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.provider.order import DEADLINE, Code, Order, Taken, is_double, refusal_of
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.secrets import Secrets
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between looks whether the salon is free. Nobody waits inside PostgreSQL: a salon that sends all its orders
at once would hold a connection with each of them, and web has few."""


@dataclass(frozen=True, kw_only=True)
class OrderService:
    """Takes orders of YClients to send a message.

    Attributes:
        pause: sleeps for so many seconds.
    """

    uow: NewUnitOfWork
    secrets: Secrets
    clock: Clock
    pause: Callable[[float], None]

    def accept(self, company_id: CompanyId, order: Order) -> Sequence[Taken]:
        """Owe each message of the order that was not given to us before; one answer for each, in order.

        The same id again gets the same answer, and its client nothing more. A message keeps to the salon's sending
        policy and quiet hours; one that could only go too late, or to somebody who wants none, is refused at once.

        Raises:
            DependencyDownError: nothing is taken.
            SalonBusyError: nothing is taken; something else of this salon takes too long.
        """
        for seconds in (*PAUSES, None):
            taken = self._accept(company_id, order)
            if taken is not None:
                return taken
            if seconds is not None:
                self.pause(seconds)
        raise SalonBusyError

    def _accept(self, company_id: CompanyId, order: Order) -> Sequence[Taken] | None:
        """One attempt, a dozen statements whatever the number of targets; None when another holds the salon."""
        now = self.clock()
        with self.uow() as work:
            # the same order may come twice at once; contacts are locked after the salon, as by all others
            if not work.senders.try_lock(company_id) or not work.contacts.try_lock(company_id):
                return None
            known = work.provider_orders.find_many(company_id, {one.external_id for one in order.targets})
            refused, owed = _plan(company_id, order, known, work, now)
            messages = work.outbox_messages.add_many(list(owed.values()), now)
            added = work.provider_orders.add_many(
                company_id,
                {name: messages[one.new.dedup_key] for name, one in owed.items()},
                callback=self.secrets.seal(order.callback_url) if order.callback_url else None,
                look_at=now if order.callback_url else None,
                at=now,
            )
            work.commit()
        return [_answer(one.external_id, {**known, **added}, refused) for one in order.targets]


def _answer(name: str, numbers: Mapping[str, int], refused: Mapping[str, Code]) -> Taken:
    if name in refused:
        return Taken(external_id=name, refusal=refused[name])
    return Taken(external_id=name, ext_id=str(numbers[name]))


def _plan(
    company_id: CompanyId, order: Order, known: Mapping[str, int], work: UnitOfWork, now: datetime
) -> tuple[Mapping[str, Code], Mapping[str, QueuedMessage]]:
    """By id: which new messages of the order are refused, and which are owed. Locked contacts are made for these."""
    new = {one.external_id: one.phone for one in order.targets if one.external_id not in known}
    refused = {name: Code.FIELD_INVALID for name, phone in new.items() if phone is None}
    phones = {name: phone for name, phone in new.items() if phone is not None}
    if order.is_advert:
        unwilling = work.provider_orders.opted_out(company_id, set(phones.values()))
        refused |= {name: Code.OPTED_OUT for name, phone in phones.items() if phone in unwilling}
        phones = {name: phone for name, phone in phones.items() if phone not in unwilling}
    if not phones:
        return refused, {}
    contacts = work.contacts.upsert_phones(company_id, set(phones.values()), now)
    people = work.permissions.recipients(company_id, list(contacts.values()))
    salon = work.sync_runs.salon(company_id)
    number = work.senders.find(company_id, zone=salon.zone if salon else DEFAULT_ZONE, now=now)
    schedule = _Schedule(
        number=replace(number, is_paused=False),  # hosts hold a paused salon's messages
        policy=work.message_settings.settings(company_id).policy,
        now=now,
    )
    owed: dict[str, QueuedMessage] = {}
    for name, phone in phones.items():
        contact_id = contacts[phone]
        due_at = schedule.place(people[contact_id])
        if isinstance(due_at, BlockReason):
            refused[name] = refusal_of(due_at)
        else:
            owed[name] = _owed(company_id, name, contact_id, order, due_at=due_at, now=now)
    return refused, owed


@dataclass(kw_only=True)
class _Schedule:
    """When each next message of an order may go; those before it count as written."""

    number: Sender
    policy: SendingPolicy
    now: datetime

    def place(self, person: Recipient) -> datetime | BlockReason:
        due_at = when_to_send(
            Purpose.PROVIDER,
            deadline_at=self.now + DEADLINE,
            sender=self.number,
            recipient=person,
            policy=self.policy,
            now=self.now,
        )
        if not isinstance(due_at, BlockReason):
            self.number = replace(self.number, recent=[*self.number.recent, self.now])
        return due_at


def _owed(
    company_id: CompanyId, name: str, contact_id: ContactId, order: Order, *, due_at: datetime, now: datetime
) -> QueuedMessage:
    new = NewMessage(
        company_id=company_id,
        text=order.text,
        dedup_key=f"provider:{name}",
        deadline_at=now + DEADLINE,
        purpose=Purpose.PROVIDER,
    )
    return QueuedMessage(new=new, contact_id=contact_id, due_at=due_at)


def double_notices(company_id: CompanyId, *, uow: NewUnitOfWork, clock: Clock) -> bool:
    """Whether this salon's clients may hear everything twice: from us, and from YClients through us."""
    with uow() as work:
        return hears_twice(company_id, work=work, now=clock())


def hears_twice(company_id: CompanyId, *, work: UnitOfWork, now: datetime) -> bool:
    """`double_notices`, in the caller's transaction."""
    settings = work.message_settings.settings(company_id)
    last = work.provider_orders.last_order_at(company_id)
    return is_double(notices_are_on=any(map(settings.wants, NoticeKind)), last_order_at=last, now=now)
